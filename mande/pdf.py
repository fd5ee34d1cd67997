"""HTML becomes a tagged PDF (PDF/UA-1) by WeasyPrint, which is imported only here and only when a PDF is asked for."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from mande.errors import ComponentMissing, WrongUse

if TYPE_CHECKING:
    from weasyprint.urls import URLFetcher

__all__ = ["INSTALL_PANGO", "render_pdf"]

INSTALL_PANGO = (
    "apt-get install --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-inter"
)


def render_pdf(html: str, *, otherwise: str = "The HTML report needs none of it: --format html") -> bytes:
    """The PDF of a page: the same page gives the same bytes with the same versions and fonts.

    Raises ComponentMissing if Pango, which WeasyPrint needs, is not installed (`otherwise`: what can be had without),
    and WrongUse if the page asks for a file or an address.
    """
    weasyprint = _weasyprint(otherwise)
    from weasyprint.urls import FatalURLFetchingError

    identifier = hashlib.sha256(html.encode()).digest()[:16]
    try:
        document = weasyprint.HTML(string=html, url_fetcher=_nothing_is_fetched(), base_url=None)
        pdf: bytes = document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=identifier, finisher=_finish)
    except FatalURLFetchingError as error:  # not an Exception, so that WeasyPrint cannot pass over it
        raise WrongUse(str(error)) from error
    return pdf


def _weasyprint(otherwise: str) -> Any:
    try:
        import weasyprint
    except OSError as error:
        raise ComponentMissing(
            f"A PDF needs Pango, which is not installed ({str(error).splitlines()[0]}). On Debian or Ubuntu: "
            f"{INSTALL_PANGO}. {otherwise}"
        ) from error
    return weasyprint


def _nothing_is_fetched() -> URLFetcher:
    from weasyprint.urls import FatalURLFetchingError, URLFetcher

    class DataOnly(URLFetcher):  # type: ignore[misc]
        """Embedded data: URLs are read; a network address or a file stops the rendering."""

        def __init__(self) -> None:
            super().__init__(allowed_protocols={"data"}, allow_redirects=False)

        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.startswith("data:"):
                return super().fetch(url, headers)
            raise FatalURLFetchingError(f"A page may not read {url}")

    return DataOnly()


def _finish(_document: Any, pdf: Any) -> None:
    """What WeasyPrint leaves out: links that can be printed (F 4), and which cells a table header is for."""
    by_reference = {item.reference: item for item in pdf.objects if hasattr(item, "get")}
    for item in by_reference.values():
        if item.get("Subtype") == "/Link":
            item["F"] = 4
        elif item.get("S") == "/TH" and "A" in item:
            row = by_reference[item["P"]]
            in_head = by_reference[row["P"]].get("S") == "/THead"
            item["A"]["Scope"] = "/Column" if in_head else "/Row"
