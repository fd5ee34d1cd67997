"""HTML becomes a tagged PDF (PDF/UA-1) by WeasyPrint, which is imported only here and only when a PDF is asked for.

With files attached it is PDF/A-3u as well: made to be kept, and to carry what it was made from.
"""

from __future__ import annotations

import hashlib
import re
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from mande.errors import ComponentMissing, WrongUse

if TYPE_CHECKING:
    from weasyprint.urls import URLFetcher

__all__ = ["INSTALL_PANGO", "AttachedFile", "pdf_versions", "render_pdf"]

INSTALL_PANGO = (
    "apt-get install --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-inter"
)


OTHERWISE = "The HTML report needs none of it: --format html"


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file inside a PDF. dated: stands for its times, so that the same content gives the same bytes."""

    name: str
    content: bytes
    description: str
    dated: date


def render_pdf(
    html: str,
    *,
    attached: Sequence[AttachedFile] = (),
    otherwise: str = OTHERWISE,
) -> bytes:
    """The PDF of a page: the same page and files give the same bytes with the same versions and fonts.

    Raises ComponentMissing if Pango, which WeasyPrint needs, is not installed (`otherwise`: what can be had without),
    and WrongUse if the page asks for a file or an address.
    """
    weasyprint = _weasyprint(otherwise)
    from weasyprint.urls import FatalURLFetchingError

    fetcher = _nothing_is_fetched()
    try:
        page, styles = _without_styles(html, weasyprint, fetcher)
        document = weasyprint.HTML(string=page, url_fetcher=fetcher, base_url=None)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)  # WeasyPrint leaves its colour profile open
            pdf: bytes = document.write_pdf(
                pdf_variant="pdf/a-3u" if attached else "pdf/ua-1",
                pdf_tags=True,
                stylesheets=styles,
                pdf_identifier=_identifier(html, attached),
                attachments=[_attachment(file, fetcher) for file in attached],
                finisher=_finish_archival if attached else _finish,
            )
    except FatalURLFetchingError as error:  # not an Exception, so that WeasyPrint cannot pass over it
        raise WrongUse(str(error)) from error
    return pdf


def _without_styles(html: str, weasyprint: Any, fetcher: URLFetcher) -> tuple[str, list[Any]]:
    """The page without the style sheets in its head, and these parsed: once for many pages with the same ones.

    Drawings keep their own.
    """
    head, end, body = html.partition("</head>")
    if any(rule in head for rule in OF_ONE_DOCUMENT):
        return html, []
    sheets = [_parsed(text, weasyprint.CSS, fetcher) for text in STYLE.findall(head)]
    return STYLE.sub("", head) + end + body, sheets


@lru_cache(maxsize=8)
def _parsed(text: str, parse: Callable[..., Any], fetcher: URLFetcher) -> Any:
    return parse(string=text, url_fetcher=fetcher)


STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
OF_ONE_DOCUMENT = ("@font-face", "@counter-style", "@color-profile", "@layer")
"""Rules that a style sheet leaves in the document that it is parsed for."""


def pdf_versions(*, otherwise: str = OTHERWISE) -> dict[str, str]:
    """Versions of what makes a PDF out of a page. Raises ComponentMissing as `render_pdf` does."""
    weasyprint = _weasyprint(otherwise)
    from weasyprint.text.ffi import pango

    number = pango.pango_version()
    return {"weasyprint": weasyprint.__version__, "pango": f"{number // 10000}.{number // 100 % 100}.{number % 100}"}


def _identifier(html: str, attached: Sequence[AttachedFile]) -> bytes:
    digest = hashlib.sha256(html.encode())
    for file in attached:
        digest.update(file.content)
    return digest.digest()[:16]


def _attachment(file: AttachedFile, fetcher: URLFetcher) -> Any:
    from datetime import UTC, datetime, time

    from weasyprint import Attachment

    dated = datetime.combine(file.dated, time(), UTC)
    return Attachment(
        string=file.content,
        url_fetcher=fetcher,
        name=file.name,
        description=file.description,
        created=dated,
        modified=dated,
        relationship="Data",
    )


def _weasyprint(otherwise: str) -> Any:
    try:
        import weasyprint
    except OSError as error:
        raise ComponentMissing(
            f"A PDF needs Pango, which is not installed ({str(error).splitlines()[0]}). On Debian or Ubuntu: "
            f"{INSTALL_PANGO}. {otherwise}"
        ) from error
    return weasyprint


@cache
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
    _end_streams_plainly(pdf)


def _end_streams_plainly(pdf: Any) -> None:
    """A compressed stream whose last byte is a carriage return looks one byte shorter to a strict reader.

    So it stays as it is; the others are kept as they were compressed here, not to be compressed a second time.
    """
    for item in pdf.objects:
        if getattr(item, "compress", False):
            content = item.data.partition(b"\nstream\n")[2].removesuffix(b"\nendstream")
            item.compress = False
            if not content.endswith(b"\r"):
                item.stream, item.extra["Filter"] = [content], "/FlateDecode"


def _finish_archival(document: Any, pdf: Any) -> None:
    """PDF/A readers want their metadata in the clear, and in it that the file keeps to PDF/UA-1 too."""
    for item in pdf.objects:
        if getattr(item, "extra", {}).get("Type") == "/Metadata":
            item.compress = False
            item.stream = [part.replace(b"</rdf:RDF>", ALSO_PDF_UA + b"</rdf:RDF>") for part in item.stream]
    files = list(dict.fromkeys(pdf.catalog["AF"]))  # WeasyPrint names each file twice
    pdf.catalog["AF"].clear()
    pdf.catalog["AF"].extend(files)
    _finish(document, pdf)


ALSO_PDF_UA = b"""<rdf:Description xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" rdf:about="" pdfuaid:part="1" />
<rdf:Description xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" \
xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#" \
rdf:about=""><pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of the PDF/UA standard</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""
