"""From the bytes of a text file to UTF-8, whatever spreadsheet wrote them. What cannot be told is refused.

Order: byte order mark, strict UTF-8, UTF-16 without a mark, then the Cyrillic encodings, the likeliest text winning.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from mande.errors import DataProblems, Place, Problem

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["as_utf8", "garbled", "lost_letters"]

_MARKS = ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
WINDOWS, MACINTOSH = "cp1251", "mac-cyrillic"
_CYRILLIC = (WINDOWS, "koi8-r", "cp866", MACINTOSH)
_USUAL = 0.3
"""What speaks for Windows before anything is read, shared among the different letters: "м" alone is Windows'."""

_OF_WINDOWS = re.compile(rb"(?<![\x80-\xff])[\xc0-\xdc](?=[\xc0-\xff])|\xff")
_OF_MACINTOSH = re.compile(
    rb"[\x80\x81\x83\x8a\x8c-\x90\x9a\x9c-\x9f]|(?<![\x80-\xff])[\x80-\x9f](?=[\x80-\x9f\xde-\xfe])|(?<=[\xe0-\xfe])\xdf"
)
"""What tells the two apart, whose small letters are the same but for я: capitals that begin a word. Each reads those of
the other as signs and as letters of Serbian, for which a count of letters takes off too little."""

_BY_FREQUENCY = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё"
_SAMPLE = 1 << 16
_CHUNK = 1 << 22
_LEAST_LIKELY = 0.1
_PLAIN_SIGNS = "«»—–…№“”„‘’‹›•©®°±·\u00a0"
_LOST = re.compile(r"(?:(?<=[^\W\d_])|(?<![^\s(«\"'—-]))\?(?=[^\W\d_]{2})|(?<=[^\W\d_])\?(?=[^\W\d_])")


def as_utf8(content: pa.Buffer, file: str) -> tuple[pa.Buffer, str]:
    """The text in UTF-8 without a mark, and the encoding it came in. Raises DataProblems if that cannot be told."""
    import pyarrow as pa

    head = content[:4096].to_pybytes()
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return _converted(content, encoding, file)
    if head.startswith(codecs.BOM_UTF8):
        content = content[3:]
    if _utf16_without_mark(head) is None and (fault := _utf8_fault(content)) is None:
        return content, "UTF-8"
    if (wide := _utf16_without_mark(head)) is not None:
        return _converted(content, wide, file)
    whole = content.to_pybytes()
    if head.startswith(codecs.BOM_UTF8) or _mostly_utf8(whole):
        line = whole[:fault].count(b"\n") + 1
        detail = f"line {line} is damaged (it is not UTF-8, as the rest is)"
        raise _refused(file, detail, "Export the file again; was the download cut off?")
    encoding, likelihood = _likeliest(whole)
    if likelihood < _LEAST_LIKELY:
        raise _refused(file, "its letters are in an old encoding that cannot be told", _SAVE_AGAIN)
    return pa.py_buffer(whole.decode(encoding, errors="replace").encode()), encoding


_SAVE_AGAIN = 'Save it as "CSV UTF-8" or as .xlsx.'


def garbled(text: str) -> str | None:
    """What the text was before somebody opened UTF-8 as if it were cp1251 and saved it so; None if it is sound.

    >>> garbled("Возраст".encode().decode("cp1251"))
    'Возраст'
    >>> garbled("Возраст") is None
    True
    """
    for encoding in ("cp1251", "cp1252", "latin-1"):
        try:
            was = text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
        if was != text:
            return was
    return None


def lost_letters(text: str) -> str | None:
    """The word in which a spreadsheet has put "?" for a letter that its encoding lacks; None if there is none.

    >>> lost_letters("?ар доим о?з"), lost_letters("Кто? Где?"), lost_letters("Правда?")
    ('?ар', None, None)
    """
    for word in text.split():
        if "?" in word and "/" not in word and "=" not in word and _LOST.search(word):
            return word
    return None


def _converted(content: pa.Buffer, encoding: str, file: str) -> tuple[pa.Buffer, str]:
    import pyarrow as pa

    try:
        text = content.to_pybytes().decode(encoding)
    except UnicodeDecodeError as error:
        raise _refused(file, f"it is damaged (not {encoding} throughout)", _SAVE_AGAIN) from error
    return pa.py_buffer(text.removeprefix("\ufeff").encode("utf-8", errors="replace")), encoding


def _utf8_fault(content: pa.Buffer) -> int | None:
    """Where the bytes stop being UTF-8, None if nowhere."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    for start in range(0, content.size, _CHUNK):
        chunk = content[start : start + _CHUNK]
        try:
            decoder.decode(memoryview(chunk), final=start + _CHUNK >= content.size)
        except UnicodeDecodeError as error:
            return start + error.start
    return None


def _utf16_without_mark(head: bytes) -> str | None:
    """UTF-16 has a byte of 0 (Latin, digits) or 4 (Cyrillic) at nearly every second place, and zeros among them."""
    halves = {"utf-16-be": head[0::2], "utf-16-le": head[1::2]}
    for encoding, high in halves.items():
        pages = high.count(0) + high.count(4) + high.count(2) + high.count(0x20)
        if high.count(0) and len(head) >= 4 and pages >= 0.9 * len(high):
            return encoding
    return None


def _mostly_utf8(whole: bytes) -> bool:
    """Whether nearly all letters beyond ASCII are good UTF-8, so that the file is damaged, not in another encoding."""
    text = whole.decode("utf-8", errors="replace")
    beyond = sum(map(len, re.findall(r"[^\x00-\x7f]+", text)))
    return text.count("\ufffd") * 20 < beyond


def _likeliest(whole: bytes) -> tuple[str, float]:
    """The Cyrillic encoding, and how much the bytes look like a language in it."""
    runs = re.findall(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*", whole)
    words = b" ".join(runs[: _SAMPLE // 4])[:_SAMPLE]
    found = {name: _likelihood(words.decode(name, errors="replace")) for name in _CYRILLIC}
    usual = _USUAL / max(1, len({byte for byte in words if byte > 0x7F}))
    encoding = max(found, key=lambda name: found[name] + usual * (name == WINDOWS))
    if encoding in (WINDOWS, MACINTOSH):
        of_windows, of_macintosh = (len(own.findall(words)) for own in (_OF_WINDOWS, _OF_MACINTOSH))
        encoding = MACINTOSH if of_macintosh > of_windows else WINDOWS
    return encoding, max(found[encoding], found[WINDOWS])


def _likelihood(text: str) -> float:
    """How much it looks like a Cyrillic language: frequent letters, no capital after a small one, few signs."""
    score, letters, before = 0.0, 0, " "
    for character in text:
        if character.isascii():
            before = character
            continue
        letters += 1
        rank = _BY_FREQUENCY.find(character.lower())
        if rank >= 0:
            score += 1 - 2 * rank / len(_BY_FREQUENCY)
        elif not ("\u0400" <= character <= "\u04ff"):
            score -= 0 if character in _PLAIN_SIGNS else 2
        if character.isupper() and before.islower():
            score -= 1.5
        before = character
    return score / letters if letters else 0.0


def _refused(file: str, detail: str, remedy: str) -> DataProblems:
    return DataProblems([Problem("R-001", Place(file), details={"detail": detail, "remedy": remedy})])
