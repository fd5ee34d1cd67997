"""Pages become PDF and read nothing from outside; without Pango the error says what to install."""

import sys

import pytest

from mande.errors import ComponentMissing, WrongUse
from mande.pdf import render_pdf

PAGE = '<!doctype html><html lang="en"><head><title>A page</title>{head}</head><body>{body}</body></html>'


@pytest.mark.parametrize(
    "page",
    [
        PAGE.format(head="", body='<img alt="x" src="file:///etc/hostname">'),
        PAGE.format(head="", body='<img alt="x" src="http://127.0.0.1:9/x.png">'),
        PAGE.format(head='<link rel="attachment" href="file:///etc/hostname">', body=""),
        PAGE.format(head="<style>@import 'file:///etc/hostname';</style>", body=""),
    ],
)
def test_a_page_that_reaches_for_a_file_or_the_network_is_not_rendered(page):
    with pytest.raises(WrongUse, match="A page may not read"):
        render_pdf(page)


def test_without_pango_the_error_has_the_command_and_what_can_be_had_without(monkeypatch):
    class NoPango:
        def find_spec(self, name, *_):
            if name == "weasyprint":
                raise OSError("cannot load library 'pango-1.0-0'")

    for module in [name for name in sys.modules if name.split(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setattr(sys, "meta_path", [NoPango(), *sys.meta_path])
    with pytest.raises(ComponentMissing, match=r"apt-get install .*libpango.*\. Take the HTML"):
        render_pdf(PAGE.format(head="", body=""), otherwise="Take the HTML")
