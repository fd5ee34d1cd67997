"""What the commands say, as plain text: catalogue, codebook, problems, findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mande.catalog import Room, names
from mande.errors import Problem
from mande.instrument import load_instrument
from mande.model import Construct, Instrument, in_language
from mande.plan import load_analysis

if TYPE_CHECKING:
    from mande.change import Change
    from mande.evaluation import Evaluation
    from mande.responses import Responses
    from mande.verify import Compared, Verification

__all__ = ["check", "codebook", "everything", "findings", "verification"]

SHOWN_PER_CODE = 5


def everything(project: Path) -> str:
    """Every instrument with its key status, then analyses, templates and samples."""
    rows: list[tuple[str, ...]] = [("Instruments", "respondent", "items", "key", "languages", "title")]
    for name in names(Room.INSTRUMENTS, project):
        instrument = load_instrument(name, project=project)
        languages = " ".join(instrument.languages)
        items, title = str(len(instrument.items)), in_language(instrument.title, "en")
        rows.append((name, instrument.respondent, items, instrument.status.key, languages, title))
    analyses: list[tuple[str, ...]] = [("Analyses", "title")]
    analyses += [
        (name, in_language(load_analysis(name, project=project).title, "en")) for name in names(Room.ANALYSES, project)
    ]
    templates = "Report templates: " + ", ".join(names(Room.TEMPLATES, project))
    samples = "Samples: " + ", ".join(names(Room.SAMPLES))
    return "\n\n".join([_columns(rows), _columns(analyses), templates, samples])


def codebook(instrument: Instrument, language: str) -> str:
    """Items, answers and constructs of an instrument, and where its key comes from."""
    head = [
        f"{instrument.id} version {instrument.version}: {in_language(instrument.title, language)}",
        f"Respondent: {instrument.respondent}. Waves: {', '.join(instrument.waves)}. Licence: {instrument.licence}.",
        f"Wording: {instrument.status.wording}. Scoring key: {instrument.status.key}."
        + "".join(f" Translation {name}: {status}." for name, status in instrument.status.translations.items()),
        instrument.citation,
    ]
    answers = [("Answers", "")]
    for scale in instrument.answer_scales.values():
        offered = "; ".join(f"{answer.code} {in_language(answer.label, language)}" for answer in scale.answers)
        answers.append((scale.id, offered))
    answers += [
        (non_answer.kind.value, f"{non_answer.code} {in_language(non_answer.label, language)}")
        for non_answer in instrument.not_answers
    ]
    items = [("Item", "answers", "", "text")]
    for item in instrument.items:
        turned = "reversed" if item.reversed else ""
        items.append((item.id, item.answers or item.kind.value, turned, in_language(item.text, language)))
    constructs: list[tuple[str, ...]] = [("Construct", "score", "needs", "better", "items", "title")]
    constructs += [_construct_row(construct, language) for construct in instrument.constructs]
    return "\n\n".join(["\n".join(filter(None, head)), _columns(answers), _columns(items), _columns(constructs)])


def check(read: Iterable[Responses]) -> str:
    """For each file what was read, used and set aside, then its problems, grouped by kind."""
    return "\n\n".join(_checked(source) for source in read)


def findings(evaluation: Evaluation) -> str:
    """Two lines: what the data were, and what was found in them."""
    rows_read = sum(source.flow.rows_read for source in evaluation.sources)
    rows_used = sum(source.flow.rows_used for source in evaluation.sources)
    set_aside = sum(source.flow.cells.set_aside for source in evaluation.sources)
    found = "; ".join(_found(instrument, evaluation.changes) for instrument in evaluation.instruments)
    data = f"Data: {rows_used} of {rows_read} forms used, {set_aside} answers set aside. For details: mande check"
    return f"{data}\nFound: {found}"


def _found(instrument: Instrument, changes: Sequence[Change]) -> str:
    """How many constructs moved to the better side with their whole interval, and the largest of those changes."""
    from mande.tally import EVERYONE  # not at the top: `mande list` starts without numpy

    own = [change for change in changes if change.instrument == instrument.id and change.group == EVERYONE]
    better = [change for change in own if _better_by(change) > 0]
    line = f"{instrument.respondent}: {len(better)} of {len(own)} constructs better beyond their interval"
    if not better:
        return line
    largest = max(better, key=lambda change: abs(change.effects.pomp or 0))
    title = in_language(instrument.construct_by_id[largest.construct].title, "en")
    improved = largest.direction.improved if largest.direction else 0
    return f"{line}, most {title} ({improved} of {largest.n} improved)"


def _better_by(change: Change) -> float:
    """The distance from zero of the interval's nearer end, positive when the whole interval is on the better side."""
    if change.interval is None:
        return 0.0
    return change.interval.low if change.better == "higher" else -change.interval.high


def _construct_row(construct: Construct, language: str) -> tuple[str, ...]:
    parts = construct.items or construct.of
    needs = f"{construct.answers_needed} of {len(parts)}" if construct.items else "all"
    title = in_language(construct.title, language)
    return construct.id, construct.score.value, needs, construct.better, " ".join(parts), title


def _checked(source: Responses) -> str:
    flow, cells = source.flow, source.flow.cells
    not_used = f"{cells.blank} blank + {cells.not_answers} not answers + {cells.set_aside} set aside"
    lines = [
        f"{source.file} ({source.instrument.id} {source.instrument.version})",
        f"  rows   {flow.rows_read} read = {flow.rows_used} used + {sum(flow.rows_set_aside.values())} set aside",
        f"  cells  {cells.read} read = {cells.answered} answered ({cells.adjusted} in another notation) + {not_used}",
    ]
    if source.unused_columns:
        lines.append(f"  columns not used: {', '.join(source.unused_columns)}")
    return "\n".join([*lines, *_grouped(source.problems)])


def _grouped(problems: Sequence[Problem]) -> Iterator[str]:
    counts = Counter(problem.code for problem in problems)
    for code in sorted(counts):
        own = [problem for problem in problems if problem.code == code]
        yield f"  {code}  {counts[code]} × {own[0].effect}"
        for problem in own[:SHOWN_PER_CODE]:
            yield f"    {problem.place}: {problem.what} {problem.remedy}"
        if len(own) > SHOWN_PER_CODE:
            yield f"    … and {len(own) - SHOWN_PER_CODE} more"


def _columns(rows: Sequence[Sequence[str]]) -> str:
    """Rows as aligned columns; the last one runs free."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]) - 1)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]).rstrip()
        for row in rows
    )


def verification(found: Verification) -> str:
    """What agrees, what differs and where, and what could not be recomputed and why."""
    made = found.making
    blocks = [
        f"{found.name}: template {made.template}, language {made.language}, mande {made.versions.get('mande', '?')}",
        _verified("Figures, recomputed from the counts in the report", found.figures),
        _verified("Pages, read against the figures in the report", found.pages),
    ]
    if found.data is not None:
        blocks.append(_verified("Everything, recomputed from the questionnaires", found.data))
    if not found.agrees:
        blocks.append("The report is not what its figures give: do not rely on what differs.")
    elif found.data is None:
        blocks.append(
            "The report agrees with itself. Whether its counts are those of the questionnaires, only these can show: "
            "--data evaluation.toml"
        )
    else:
        blocks.append("The report agrees with itself and with the questionnaires.")
    return "\n".join(blocks)


def _verified(head: str, compared: Sequence[Compared]) -> str:
    counts = Counter(str(one.outcome) for one in compared)
    alone = compared[0].place if len(compared) == 1 and counts["agrees"] else ""
    lines = [f"{head}: {alone or ', '.join(f'{counts[name]} {name}' for name in sorted(counts))}"]
    differing = [one for one in compared if one.outcome == "differs"]
    lines += [f"  {one.place}: the report has {one.stated!r}, it should be {one.found!r}" for one in differing[:MOST]]
    if len(differing) > MOST:
        lines.append(f"  … and {len(differing) - MOST} more")
    lines += [f"  {count} not recomputed: {why}" for why, count in Counter(c.why for c in compared if c.why).items()]
    return "\n".join(lines)


MOST = 20
"""Differences that are listed one by one."""
