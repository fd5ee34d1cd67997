"""Columns by which a person could be found: dropped when the file is opened, and listed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from mande.errors import Place, Problem
from mande.responses.evidence import LOOKED_AT, Evidence
from mande.responses.table import Table
from mande.responses.text import tokens

__all__ = ["kind_of_column", "look_at", "looks_personal", "personal_columns"]

_KINDS = {
    "a name": (
        "first name", "last name", "full name", "surname", "family name", "patronymic", "name of parent",
        "name of child", "your name", "child name", "parent name", "respondent name", "participant name", "childs name",
        "имя", "фамилия", "отчество", "фио", "ф и о", "имя ребенка", "ism", "ismi", "familiya", "familiyasi",
        "fish", "f i sh", "sharif", "sharifi", "otasining ismi", "исм", "исми", "фамилияси", "шариф", "насаб", "ном",
        "номи", "аты", "тегі", "аты жөні", "аты жөнү", "ady", "familiýasy",
    ),
    "a phone number": (
        "phone", "telephone", "mobile", "cell phone", "whatsapp", "telegram", "devicephonenum", "phonenumber",
        "phone number", "contact", "contacts", "телефон", "тел", "мобильный", "номер телефона", "контакт", "контакты",
        "telefon", "telefon raqami", "телефони", "kontakt",
    ),
    "an e-mail address": (
        "email", "e mail", "email address", "mail", "почта", "электронная почта", "адрес электронной почты",
        "pochta", "elektron pochta", "имейл",
    ),
    "an address": ("address", "home address", "street", "адрес", "улица", "домашний адрес", "manzil", "manzili",
                   "манзил", "суроға", "мекенжай", "дарек", "salgy"),
    "an identity document": ("passport", "pinfl", "inn", "iin", "snils", "паспорт", "инн", "иин", "пинфл", "pasport"),
    "a place on the map": ("gps", "latitude", "longitude", "altitude", "coordinates", "geopoint", "location", "широта",
                           "долгота", "координаты", "геолокация", "kenglik", "uzunlik"),
    "a device or network address": (
        "deviceid", "device id", "imei", "subscriberid", "simid", "simserial", "ipaddr", "ip address", "ip", "username",
        "user name", "submitted by", "submittername", "submitterid", "subscriber id", "mac address", "refurl",
    ),
    "a date of birth": ("date of birth", "dob", "birth date", "дата рождения", "tugilgan sana", "tugilgan kun",
                        "туғилган сана", "birthdate"),
}  # fmt: skip

_PHRASES = [(tokens(phrase), kind) for kind, phrases in _KINDS.items() for phrase in phrases]
_LONG = [(phrase, kind) for phrase, kind in _PHRASES]

_PATTERNS = (
    ("an e-mail address", re.compile(r"^[^@\s,;]+@[^@\s,;]+\.[^@\s,;]{2,}$"), 0.1),
    (
        "a phone number",
        re.compile(
            r"^(?:\+\d[\d\s()-]{8,17}\d|[78]?9\d{9}|998\d{9}|9\d{8}|0\d{9}|\d{2,3}[\s-]\d{3}[\s-]\d{2}[\s-]\d{2})$"
        ),
        0.3,
    ),
    ("a place on the map", re.compile(r"^-?\d{1,2}\.\d{4,}[ ,;]+-?\d{1,3}\.\d{4,}(?:[ ,;].*)?$"), 0.1),
    ("a device or network address", re.compile(r"^(?:\d{15}|\d{1,3}(?:\.\d{1,3}){3}|collect:\w+|ee\.\S+)$"), 0.3),
)  # fmt: skip
_WITHIN = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]{2,}|\+?\d(?:[\s()-]?\d){8,}")


def look_at(table: Table, columns: Iterable[int], evidence: Evidence) -> None:
    """Keep the first texts of these columns."""
    for column in columns:
        values, _ = table.coded(column)
        evidence.look(column, values[:LOOKED_AT].to_pylist())


def personal_columns(table: Table, keep: set[int], evidence: Evidence) -> Iterator[Problem]:
    """The columns to drop, by what they look like. keep: columns with answers, and those that the evaluator names."""
    for column in range(len(table.header)):
        if column in keep:
            continue
        kind = kind_of_column(table, column, evidence)
        if kind is not None:
            yield Problem("R-050", Place(table.file, column=table.name_of(column)), details={"kind": kind})


def kind_of_column(table: Table, column: int, evidence: Evidence) -> str | None:
    """What kind of personal data a column looks like, by its heading or its first texts; None if none."""
    texts = evidence.texts.get(column, {})
    return _by_heading(table.header[column]) or _by_heading(table.label_of(column)) or _by_values(texts)


def looks_personal(text: str) -> bool:
    """Whether a text is, or holds, an e-mail address or a phone number, or is a pair of coordinates.

    >>> looks_personal("anna@example.org"), looks_personal("Anna +998901234567"), looks_personal("Often")
    (True, True, False)
    """
    return any(pattern.match(text.strip()) for _, pattern, _ in _PATTERNS) or _WITHIN.search(text) is not None


def _by_heading(heading: str) -> str | None:
    """A heading that ends with, or is made of, words for personal data; "name of the school" is none."""
    words = tokens(heading)
    if not words or len(words) > 8:
        return None
    for phrase, kind in _PHRASES:
        at_end = words[-len(phrase) :] == phrase
        at_start = words[: len(phrase)] == phrase and (len(words) <= len(phrase) + 3)
        if words == phrase or at_end or at_start:
            return kind
    return "a name" if words == ("name",) or words[-2:] in {("parent", "name"), ("s", "name")} else None


def _by_values(texts: Iterable[str]) -> str | None:
    values = [text.strip() for text in texts if text.strip()]
    for kind, pattern, share in _PATTERNS:
        if values and sum(1 for value in values if pattern.match(value)) >= max(1, share * len(values)):
            return kind
    return None
