"""A questionnaire's YAML file becomes a checked `Instrument`; its mistakes are said all at once, with line numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

from mande.catalog import find_instrument
from mande.checked import KeyPath, Mistake, check
from mande.errors import InstrumentProblems, Place, Problem, nearest
from mande.model import Instrument, ScoreRule
from mande.yaml_file import parsed_yaml

__all__ = ["load_instrument"]


def load_instrument(name: str | Path, *, version: str | None = None, project: Path | None = None) -> Instrument:
    """Load an instrument by name (from the project, then from those mande brings) or from a YAML file.

    Raises UnknownName if there is none, and InstrumentProblems with every mistake of the file.

    >>> load_instrument("sfp-10-14-parent").respondent
    'parent'
    """
    path = find_instrument(name, version=version, project=project)
    raw, text = parsed_yaml(path)
    mistakes = chain(_misplaced(path, raw, bundled=not isinstance(name, Path)), _cross_checks(raw))
    locate = _Locator(path, text)
    instrument, problems = check(Instrument, _shaped(raw), mistakes=mistakes, locate=locate, prefix="I")
    if instrument is None:
        raise InstrumentProblems(problems)
    gaps = [Problem(m.code, locate(m.path), m.value, m.details) for m in _scores_without_band(instrument)]
    if gaps:
        raise InstrumentProblems(gaps)
    return instrument


# ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _shaped(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The file's short forms written out as the model has them."""
    data = dict(raw)
    answers = data.pop("answers", None)
    if isinstance(answers, dict):
        scales = {name: answer for name, answer in answers.items() if name != "not_answers"}
        data["answer_scales"] = {name: {"id": name, "answers": answer} for name, answer in scales.items()}
        data["not_answers"] = answers.get("not_answers", ())
    if isinstance(data.get("norms"), list):
        data["norms"] = [_shaped_norm(norm) for norm in data["norms"]]
    return data


def _shaped_norm(norm: Any) -> Any:
    """`[0, 3, normal]` is short for a band."""
    if not isinstance(norm, dict) or not isinstance(norm.get("bands"), dict):
        return norm

    def shaped(band: Any) -> Any:
        return dict(zip(("low", "high", "id"), band, strict=False)) if isinstance(band, list) else band

    return {
        **norm,
        "bands": {
            name: [shaped(band) for band in bands] if isinstance(bands, list) else bands
            for name, bands in norm["bands"].items()
        },
    }


class _Locator:
    """Finds the line of a value. Reads the file a second time, with marks, and only if something is wrong with it."""

    def __init__(self, path: Path, text: str) -> None:
        self._file, self._text = path.name, text
        self._marked: Any = None

    def __call__(self, path: KeyPath) -> Place:
        from ruamel.yaml import YAML

        if self._marked is None:
            self._marked = YAML().load(self._text)
        node, line = self._marked, 1
        for step in _as_in_file(path):
            marks = getattr(node, "lc", None)
            if marks is None or not _contains(node, step):
                break
            line = (marks.key(step) if isinstance(node, dict) else marks.item(step))[0] + 1
            node = node[step]
        return Place(self._file, line=line)


def _as_in_file(path: KeyPath) -> KeyPath:
    """Undo `_shaped`: the model's way to a value, as the file has it."""
    match path:
        case ("answer_scales", name, "answers", *rest):
            return ("answers", name, *rest)
        case ("answer_scales", *rest):
            return ("answers", *rest)
        case ("not_answers", *rest):
            return ("answers", "not_answers", *rest)
    return path


def _contains(node: Any, step: str | int) -> bool:
    return (
        step in node
        if isinstance(node, dict)
        else isinstance(step, int) and isinstance(node, list) and step < len(node)
    )


# ── checks across parts of the file; each takes the raw file and passes over what the model will refuse anyway ────────


def _cross_checks(raw: Mapping[str, Any]) -> Iterator[Mistake]:
    yield from _twice(raw, "items", "item")
    yield from _twice(raw, "constructs", "construct")
    yield from _scale_codes(raw)
    yield from _item_answers(raw)
    yield from _construct_parts(raw)
    yield from _item_ranges(raw)
    yield from _totals_of_whole_points(raw)
    yield from _zero_ifs(raw)
    yield from _norm_bands(raw)
    yield from _translations(raw)


def _misplaced(path: Path, raw: Mapping[str, Any], *, bundled: bool) -> Iterator[Mistake]:
    """In a catalogue the folder is the id and the file name the version, or a name would find another questionnaire."""
    if bundled and path.parent.parent.name == "instruments":
        for key, expected in (("id", path.parent.name), ("version", path.stem)):
            if isinstance(raw.get(key), str) and raw[key] != expected:
                yield Mistake("I-020", (key,), raw[key], {"key": key, "expected": expected})


def _dicts(raw: Mapping[str, Any], key: str) -> list[tuple[int, dict[str, Any]]]:
    entries = raw.get(key)
    return [(i, e) for i, e in enumerate(entries) if isinstance(e, dict)] if isinstance(entries, list) else []


def _id(entry: Mapping[str, Any]) -> str:
    """The id of an entry, "" if it has none, which the model says."""
    return "" if entry.get("id") is None else str(entry["id"])


def _scales(raw: Mapping[str, Any]) -> dict[str, list[int]]:
    """Codes by answer scale, `not_answers` among them."""
    answers = raw.get("answers")
    found: dict[str, list[int]] = {}
    for name, entries in answers.items() if isinstance(answers, dict) else ():
        entries = entries if isinstance(entries, list) else []
        found[str(name)] = [e["code"] for e in entries if isinstance(e, dict) and isinstance(e.get("code"), int)]
    return found


def _twice(raw: Mapping[str, Any], key: str, what: str) -> Iterator[Mistake]:
    counts = Counter(_id(entry) for _, entry in _dicts(raw, key))
    for i, entry in _dicts(raw, key):
        name = _id(entry)
        if name and counts[name] > 1:
            counts[name] = 1  # named once
            yield Mistake("I-010", (key, i, "id"), name, {"what": what})


def _scale_codes(raw: Mapping[str, Any]) -> Iterator[Mistake]:
    scales = _scales(raw)
    non_answers = set(scales.get("not_answers", ()))
    for name, codes in scales.items():
        for code, count in Counter(codes).items():
            if count > 1:
                yield Mistake("I-012", ("answers", name), str(code))
        for code in sorted(non_answers & set(codes)) if name != "not_answers" else ():
            yield Mistake("I-013", ("answers", name), str(code))


def _item_answers(raw: Mapping[str, Any]) -> Iterator[Mistake]:
    scales = _scales(raw)
    known = sorted(set(scales) - {"not_answers"})
    for i, item in _dicts(raw, "items"):
        answers, kind = item.get("answers"), item.get("kind", "rating")
        if answers is None and kind == "rating":
            yield Mistake("I-021", ("items", i), _id(item), {"known": ", ".join(known)})
        elif answers is not None and answers not in known:
            yield _unknown("answer scale", ("items", i, "answers"), str(answers), known)
        elif item.get("correct") is not None and item["correct"] not in scales.get(str(answers), ()):
            yield Mistake("I-017", ("items", i, "correct"), str(item["correct"]), {"scale": str(answers)})


def _construct_parts(raw: Mapping[str, Any]) -> Iterator[Mistake]:
    items = [_id(item) for _, item in _dicts(raw, "items") if _id(item)]
    constructs = [_id(construct) for _, construct in _dicts(raw, "constructs") if _id(construct)]
    for i, construct in _dicts(raw, "constructs"):
        name, is_total = _id(construct), construct.get("score") == ScoreRule.TOTAL
        key, known, what = ("of", constructs, "construct") if is_total else ("items", items, "item")
        parts = [str(part) for part in construct.get(key) or () if part is not None]
        if not parts:
            yield Mistake("I-014", ("constructs", i), name, {"key": key})
        for part in dict.fromkeys(parts):
            if part not in known:
                yield _unknown(what, ("constructs", i, key), part, known)
            if parts.count(part) > 1:
                yield Mistake("I-022", ("constructs", i, key), part, {"construct": name})
        least = construct.get("min_answered")
        if isinstance(least, int) and parts and least > len(parts):
            yield Mistake("I-015", ("constructs", i, "min_answered"), str(least), {"items": str(len(parts))})


def _item_ranges(raw: Mapping[str, Any]) -> Iterator[Mistake]:
    """A mean of items on different scales, or a share of right answers without a key, means nothing."""
    scales, items = _scales(raw), {_id(item): item for _, item in _dicts(raw, "items")}
    for i, construct in _dicts(raw, "constructs"):
        used = [items[part] for part in map(str, construct.get("items") or ()) if part in items]
        if construct.get("score") == ScoreRule.SHARE_CORRECT:
            for item in used:
                if item.get("correct") is None:
                    yield Mistake("I-018", ("constructs", i, "items"), _id(item))
            continue
        ranges = {(min(codes), max(codes)) for item in used if (codes := scales.get(str(item.get("answers"))))}
        if len(ranges) > 1:
            shown = ", ".join(f"{low}–{high}" for low, high in sorted(ranges))
            yield Mistake("I-016", ("constructs", i, "items"), _id(construct), {"ranges": shown})


def _totals_of_whole_points(raw: Mapping[str, Any]) -> Iterator[Mistake]:
    """A total adds exact integers; the mean of two items or a share comes in fractions of a point."""
    scores = {_id(c): _whole_points(c) for _, c in _dicts(raw, "constructs")}
    for i, construct in _dicts(raw, "constructs"):
        if construct.get("score") == ScoreRule.TOTAL:
            for part in map(str, construct.get("of") or ()):
                if not scores.get(part, True):
                    yield Mistake("I-023", ("constructs", i, "of"), part, {"total": _id(construct)})


def _whole_points(construct: Mapping[str, Any]) -> bool:
    """Whether the score is a whole number of points and is not a total itself."""
    rule, rounds = construct.get("score", ScoreRule.MEAN), construct.get("round") is not None
    return rule == ScoreRule.SUM or (rule == ScoreRule.PRORATED_SUM and rounds)


def _zero_ifs(raw: Mapping[str, Any]) -> Iterator[Mistake]:
    scales, items = _scales(raw), {str(item.get("id")): item for _, item in _dicts(raw, "items")}
    for i, construct in _dicts(raw, "constructs"):
        asked = construct.get("zero_if")
        if not isinstance(asked, dict):
            continue
        item = items.get(str(asked.get("item")))
        if item is None:
            yield _unknown("item", ("constructs", i, "zero_if"), str(asked.get("item")), list(items))
        elif asked.get("code") not in scales.get(str(item.get("answers")), ()):
            scale = {"scale": str(item.get("answers"))}
            yield Mistake("I-024", ("constructs", i, "zero_if"), str(asked.get("code")), scale)


def _norm_bands(raw: Mapping[str, Any]) -> Iterator[Mistake]:
    """Bands are of constructs that exist, have their words, and hold every score once, lowest first."""
    constructs = [_id(construct) for _, construct in _dicts(raw, "constructs")]
    for i, norm in _dicts(raw, "norms"):
        bands, words = norm.get("bands"), norm.get("words")
        for name, own in bands.items() if isinstance(bands, dict) else ():
            path: KeyPath = ("norms", i, "bands", str(name))
            if name not in constructs:
                yield _unknown("construct", path, str(name), constructs)
            shaped = [band for band in own or () if isinstance(band, list) and len(band) == 3]
            for *_, called in shaped:
                if isinstance(called, str) and (not isinstance(words, dict) or called not in words):
                    yield Mistake("I-026", path, called)
            for ends in pairwise([_number(end) for end in band[:2]] for band in shaped):
                known = [end for end in (*ends[0], *ends[1]) if end is not None]
                if len(known) == 4 and not known[0] <= known[1] < known[2] <= known[3]:
                    yield Mistake("I-025", path, str(name))


def _number(value: object) -> float | None:
    """What is none is said of the value itself."""
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None


def _scores_without_band(instrument: Instrument) -> Iterator[Mistake]:
    """Every score that can occur is in a band: nobody may be missing from a share."""
    for i, norm in enumerate(instrument.norms):
        for name, bands in norm.bands.items():
            for score in instrument.scores_that_occur(instrument.construct_by_id[name]):
                if not any(band.low <= float(score) <= band.high for band in bands):
                    yield Mistake("I-027", ("norms", i, "bands", name), f"{float(score):g}", {"construct": name})
                    break


def _translations(raw: Mapping[str, Any]) -> Iterator[Mistake]:
    """A language the instrument claims (in its title) is complete, or it cannot be printed in it."""
    title = raw.get("title")
    claimed = set(title) if isinstance(title, dict) else set()
    for key, field in (("items", "text"), ("constructs", "title")):
        for i, entry in _dicts(raw, key):
            words = entry.get(field)
            missing = sorted(claimed - set(words)) if isinstance(words, dict) else []
            if missing:
                yield Mistake("I-019", (key, i, field), _id(entry), {"languages": ", ".join(missing)})


def _unknown(what: str, path: KeyPath, value: str, known: Sequence[str]) -> Mistake:
    near = nearest(value, known)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"There are: {', '.join(dict.fromkeys(known)) or 'none'}."
    return Mistake("I-011", path, value, {"what": what, "hint": hint})
