"""Makes docs/gallery.md and its images: pages of every report template, in every language that has a catalogue.

    ./run gallery

Needs pdftoppm (apt-get install poppler-utils). Pages are those of the samples as they are made here and now.
"""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from PIL import Image  # noqa: E402

from mande.catalog import find_sample  # noqa: E402
from mande.engine.evaluating import evaluate  # noqa: E402
from mande.evaluation import Evaluation  # noqa: E402
from mande.plan import load_plan  # noqa: E402
from mande.regional import load_regional  # noqa: E402
from mande.report import render_html, render_pdf  # noqa: E402
from mande.report.region import render_region_html  # noqa: E402
from mande.rollup import RollUp, roll_up_plan  # noqa: E402
from mande.units import Units, evaluate_each  # noqa: E402

IMAGES = ROOT / "docs" / "images"
DOTS_PER_INCH, COLOURS = 64, 128
RETROSPECTIVE, WAITING_LIST = "tashkent-2016-synthetic", "strong-families-three-waves"
REGION = "central-asia-regional-synthetic"
EXAMPLE = ROOT / "docs" / "example-template"


class Shown(NamedTuple):
    """An image: pages of one report side by side. template: a name or a folder, None for a region's report.

    unit: the school of a school's report.
    """

    name: str
    words: str
    sample: str
    template: str | Path | None
    language: str
    pages: tuple[int, ...]
    unit: str | None = None


GALLERY = (
    Shown("ministry", "`ministry`: cover, summary, a chapter", RETROSPECTIVE, "ministry", "en", (1, 3, 8)),
    Shown("arms", "`ministry`, with a comparison group", WAITING_LIST, "ministry", "en", (3, 7, 9)),
    Shown("ministry-ru", "in Russian", RETROSPECTIVE, "ministry", "ru", (1, 3, 8)),
    Shown("ministry-uz", "in Uzbek", RETROSPECTIVE, "ministry", "uz", (1, 3, 8)),
    Shown("brief", "`brief`: two pages", RETROSPECTIVE, "brief", "en", (1, 2)),
    Shown("school", "`school`: two pages for its head", RETROSPECTIVE, "school", "en", (1, 2), "School 1"),
    Shown("technical", "`technical`: annexes", RETROSPECTIVE, "technical", "en", (9, 14, 16)),
    Shown("region", "several countries together ([region](region.md))", REGION, None, "en", (1, 3, 6)),
    Shown("own", "a template of one's own ([templates](templates.md))", RETROSPECTIVE, EXAMPLE, "en", (1,)),
)


def main() -> None:
    evaluation, units, rolled = cache(_evaluation), cache(_units), cache(_rolled)
    for shown in GALLERY:
        if shown.template is None:
            html = render_region_html(rolled(shown.sample), language=shown.language)
        else:
            own = evaluation(shown.sample) if shown.unit is None else units(shown.sample)[shown.unit]
            html = render_html(own, template=shown.template, language=shown.language)
        pages = list(_drawn(render_pdf(html), shown.pages))
        _side_by_side(pages).save(IMAGES / f"{shown.name}.png", optimize=True)
    (ROOT / "docs" / "gallery.md").write_text(document(), encoding="utf-8")


def _evaluation(sample: str) -> Evaluation:
    return evaluate(load_plan(find_sample(sample)))


def _units(sample: str) -> Units:
    return evaluate_each(load_plan(find_sample(sample)), "school")


def _rolled(sample: str) -> RollUp:
    return roll_up_plan(load_regional(find_sample(sample, file="regional.toml")))


def document() -> str:
    parts = [f"## {shown.words}\n\n![{shown.words}](images/{shown.name}.png)\n" for shown in GALLERY]
    return "\n".join(["# Gallery\n\nMade by `./run gallery` from the samples; all data are synthetic.\n", *parts])


def _drawn(pdf: bytes, pages: tuple[int, ...]) -> Iterator[Image.Image]:
    for page in pages:
        one = ("-f", str(page), "-l", str(page), "-r", str(DOTS_PER_INCH), "-png", "-")
        drawn = subprocess.run(["pdftoppm", *one], input=pdf, capture_output=True, check=True)  # noqa: S603, S607
        yield Image.open(io.BytesIO(drawn.stdout)).convert("RGB")


def _side_by_side(pages: list[Image.Image]) -> Image.Image:
    gap = 6
    width, height = pages[0].size
    sheet = Image.new("RGB", (len(pages) * (width + gap) - gap, height), "#c9d1d5")
    for place, page in enumerate(pages):
        sheet.paste(page, (place * (width + gap), 0))
    return sheet.quantize(COLOURS)


if __name__ == "__main__":
    main()
