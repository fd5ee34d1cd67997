"""Colours that everybody can read, and no others."""

import pytest
from pydantic import ValidationError

from mande.style import READABLE, Style, contrast


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#767676", "#ffffff", 4.54),
        ("#ff0000", "#ffffff", 4.0),
    ],
)
def test_contrast_is_that_of_wcag(one, other, ratio):
    assert contrast(one, other) == contrast(other, one) == pytest.approx(ratio, abs=0.005)


def test_pale_colour__error_names_a_shade_that_can_be_read():
    with pytest.raises(ValidationError, match=r"contrast of 2\.1 to 1 .* need 4\.5 to 1 .* is #[0-9a-f]{6}") as error:
        Style(accent="#e0a800")
    shade = str(error.value).split("read is ")[1][:7]
    assert Style(accent=shade).accent == shade


@pytest.mark.parametrize("colour", ["teal", "#0f6", "0f6b7c1", "#0f6b7g", "#0f6b7c; } body { x", "url(http://x)"])
def test_what_is_no_colour__error(colour):
    with pytest.raises(ValidationError, match="a colour as"):
        Style(heading=colour)


@pytest.mark.parametrize("style", [Style(), Style(accent="#7a1f3d", caution="#004494"), Style(caution="#000000")])
def test_bars_of_better_same_and_worse_are_three_greys(style):
    """Printed without colour, each stands apart from its neighbour."""
    same = "#e3e9ec"
    assert contrast(style.accent, "#ffffff") >= READABLE
    assert contrast(style.accent, style.worse) >= 1.6
    assert contrast(style.worse, same) >= 1.6
    assert contrast(style.accent, same) >= 3


def test_a_stranger_can_put_no_page_in_the_place_of_a_logo():
    import base64

    page = base64.b64encode(b"<script>alert(1)</script>").decode()
    for content in (f"data:text/html;base64,{page}", "http://x.example/a.png", '"><script>'):
        with pytest.raises(ValidationError, match="a picture"):
            Style.model_validate({"logo": {"file": "a.svg", "content": content}})
