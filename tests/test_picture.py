"""A picture is read from one folder, and only if all it can do is be seen."""

import base64
import zlib

import pytest

from mande.errors import WrongUse
from mande.picture import LARGEST, read_picture

SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">{}</svg>'


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = (1).to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\xff\0\0")) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (png(), "image/png"),
        (SVG.format('<path d="M0 0h9v9z"/><use href="#a"/>').encode(), "image/svg+xml"),
        (SVG.format('<metadata><r xmlns="http://www.inkscape.org/n"/></metadata>').encode(), "image/svg+xml"),
        (SVG.format("<style>.a { fill: url(#b) }</style>").encode(), "image/svg+xml"),
    ],
)
def test_a_drawing_or_a_photograph_is_taken_as_it_is(tmp_path, content, kind):
    (tmp_path / "logo").write_bytes(content)
    assert read_picture("logo", tmp_path) == f"data:{kind};base64,{base64.b64encode(content).decode()}"


@pytest.mark.parametrize(
    ("inner", "reason"),
    [
        ("<script>alert(1)</script>", "<script>, which can run or fetch"),
        ('<image href="x.png"/>', "<image>"),
        ("<foreignObject/>", "<foreignObject>"),
        ('<animate attributeName="href" to="http://x"/>', "<animate>"),
        ('<use href="http://x.example/a.svg#b"/>', "refers to http://x.example"),
        ('<use xlink:href="file:///etc/passwd"/>', "refers to file:///etc/passwd"),
        ('<path onclick="go()"/>', "reacts to events"),
        ('<path style="fill: url(http://x.example/a)"/>', "fetches something"),
        ("<path style=\"fill: u\\72l('http://x.example/a')\"/>", "fetches something"),
        ("<style>@import 'http://x.example/a.css';</style>", "style fetches something"),
        ('<h:iframe xmlns:h="http://www.w3.org/1999/xhtml" src="http://x"/>', "no drawing"),
        ("<g>", "no PNG, JPEG or SVG"),
    ],
)
def test_svg_that_could_run_or_fetch_anything__error(tmp_path, inner, reason):
    (tmp_path / "logo.svg").write_text(SVG.format(inner))
    with pytest.raises(WrongUse) as error:
        read_picture("logo.svg", tmp_path)
    assert reason in str(error.value)


def test_entities__error(tmp_path):
    (tmp_path / "x.svg").write_text('<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + SVG.format("&a;"))
    with pytest.raises(WrongUse, match="declares entities"):
        read_picture("x.svg", tmp_path)


def test_nothing_outside_the_folder_is_read__error(tmp_path):
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "secret.svg").write_text(SVG.format(""))
    (inside / "link.svg").symlink_to(tmp_path / "secret.svg")
    for name in ("../secret.svg", str(tmp_path / "secret.svg"), "link.svg"):
        with pytest.raises(WrongUse, match="outside"):
            read_picture(name, inside)
    for name in ("http://x.example/logo.svg", "file:///etc/passwd", "//x.example/a.png", "data:image/png;base64,AA"):
        with pytest.raises(WrongUse, match="is an address"):
            read_picture(name, inside)


def test_what_is_missing_too_large_or_broken__error(tmp_path):
    (tmp_path / "large.svg").write_text(SVG.format(" " * LARGEST))
    (tmp_path / "broken.png").write_bytes(png()[:40])
    for name, reason in [("none.svg", "no picture"), ("large.svg", "may have 500,000"), ("broken.png", "broken")]:
        with pytest.raises(WrongUse, match=reason):
            read_picture(name, tmp_path)
