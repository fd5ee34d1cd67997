"""Cells of a ledger as values: whole numbers, amounts, dates. A text that could mean two things means none."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

__all__ = ["NotReadable", "Whole", "read_amount", "read_day", "read_whole"]

_SPACES = re.compile(r"(?<=\d)[ \u00a0\u2009\u202f'’](?=\d{3})")


class NotReadable(ValueError):
    """The text is no such value."""


class Whole(NamedTuple):
    """A whole number; `adjusted` if it did not stand as one ("1 556", "12.0")."""

    value: int
    adjusted: bool


def read_whole(text: str) -> Whole:
    """A whole number of 0 or more. Raises NotReadable for others, and for "1,556", which could be one and a half.

    >>> read_whole("1 556"), read_whole("12.0")
    (Whole(value=1556, adjusted=True), Whole(value=12, adjusted=True))
    """
    plain = _SPACES.sub("", text)
    if not re.fullmatch(r"[0-9]+([.,]0{1,2})?", plain):
        raise NotReadable(text)
    value = int(re.split("[.,]", plain)[0])
    return Whole(value, str(value) != text)


def read_amount(text: str) -> Decimal:
    """An amount of money of 0 or more, with at most two decimals. Raises NotReadable.

    >>> read_amount("12 500,50")
    Decimal('12500.50')
    """
    plain = _SPACES.sub("", text).replace(",", ".")
    if not re.fullmatch(r"[0-9]+(\.[0-9]{1,2})?", plain):
        raise NotReadable(text)
    return Decimal(plain)


def read_day(text: str, *, last: bool) -> date:
    """A day as 2019-06-30 or 30.06.2019; of a month (2019-06) or year (2019), its first or `last` day.

    Raises NotReadable; 03/04/2019 is the third of April or the fourth of March, so it is neither.

    >>> read_day("2019", last=True), read_day("2019-02", last=True), read_day("01.02.2019", last=False)
    (datetime.date(2019, 12, 31), datetime.date(2019, 2, 28), datetime.date(2019, 2, 1))
    """
    text = re.sub(r"[T ]00:00(:00)?$", "", text)
    if dotted := re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text):
        day, month, year = map(int, dotted.groups())
        return _date(text, year, month, day)
    parts = re.fullmatch(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", text)
    if parts is None:
        raise NotReadable(text)
    year, month, day = int(parts[1]), int(parts[2] or (12 if last else 1)), int(parts[3] or 1)
    found = _date(text, year, month, day)
    return _last_of_month(found) if last and parts[3] is None else found


def _last_of_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _date(text: str, year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise NotReadable(text) from error
