"""Numbers as a reader sees them. Only here is anything rounded."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from babel import Locale
from babel.numbers import format_decimal, format_percent

__all__ = ["Numbers", "as_printed"]

NONE = "–"
MINUS = "\N{MINUS SIGN}"
POINTS = 2
"""Decimals of a change in points."""

MOST_DIGITS = 4
"""Decimals of a per cent; a share smaller than they can show is printed as 0."""


def as_printed(change: float, digits: int = POINTS) -> float:
    """A change in points as a reader sees it: words must not call one an improvement that is printed as 0.00.

    >>> as_printed(0.004), as_printed(0.005), as_printed(-0.006)
    (0.0, 0.01, -0.01)
    """
    return float(_rounded(change, digits))


class Numbers:
    """Numbers as the locale writes them, with a real minus sign; None is a dash.

    Halves are rounded away from zero, as a calculator and a spreadsheet do: 72.5 % is 73 %.
    """

    def __init__(self, locale: Locale) -> None:
        self.locale = locale

    def number(self, value: float | None, digits: int = 0) -> str:
        if value is None:
            return NONE
        text = format_decimal(_rounded(value, digits), "#,##0." + "0" * digits, locale=self.locale)
        return text.replace("-", MINUS)

    def signed(self, value: float | None, digits: int = POINTS) -> str:
        text = self.number(value, digits)
        return f"+{text}" if value is not None and _rounded(value, digits) > 0 else text

    def percent(self, share: float | None, digits: int = 0) -> str:
        """A share as a percentage; 99.6 % is never printed as 100 %, nor 0.4 % as 0 %, nor −0.3 % as −0 %."""
        if share is None:
            return NONE
        if 0 < abs(share) <= 0.005 or 0.995 <= abs(share) < 1:
            digits = max(digits, 1)
        while 0 < abs(share) < 1 and abs(_rounded(share, digits + 2)) in (0, 1) and digits < MOST_DIGITS:
            digits += 1
        pattern = self.locale.percent_formats[None].pattern.replace("#,##0", f"#,##0.{'0' * digits}")
        text = format_percent(_rounded(share, digits + 2), pattern, locale=self.locale)
        return text.replace("-", MINUS).replace(" ", "\N{NO-BREAK SPACE}")

    def p(self, value: float | None) -> str:
        if value is None:
            return NONE
        if value < 0.001:
            return f"<\N{NO-BREAK SPACE}{self.number(0.001, 3)}"
        return self.number(value, 3)


def _rounded(value: float, digits: int) -> Decimal:
    """Of the number as it is written: 0.685 is rounded as such, though no binary number is 0.685. No zero is minus."""
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return rounded or Decimal(0)
