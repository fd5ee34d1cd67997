"""What the commands say, as plain text: catalogue, codebook, problems, findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mande.catalog import Room, names, samples
from mande.errors import CATALOGUE, Effect, Problem, WrongUse
from mande.instrument import load_instrument
from mande.model import Construct, Instrument, in_language
from mande.plan import LEAST_CELL, Analysis, load_analysis

if TYPE_CHECKING:
    from mande.change import Change
    from mande.evaluation import Evaluation, SourceResult
    from mande.reach import Reach
    from mande.reach.monitoring import Monitoring
    from mande.report.each import UnitReport
    from mande.responses import FileRead, LinkReport, Responses
    from mande.rollup import RollUp
    from mande.units import Units

__all__ = [
    "check",
    "codebook",
    "each",
    "everything",
    "findings",
    "monitoring",
    "next_step",
    "notices",
    "reach",
    "region",
]

SHOWN_LABELS = 40
SHOWN_PER_CODE = 5
SHOWN_FAULTS = 20
SINGLE_PEOPLE = (
    "smallest_cell = {}: reports will show results of single people or of two. Write 5, unless they stay with you; "
    f"with less than {LEAST_CELL} there are no reports for each school."
)


def everything(project: Path) -> str:
    """Every instrument with its key status, then analyses, templates and samples."""
    rows: list[tuple[str, ...]] = [("Instruments", "respondent", "items", "key", "languages", "title")]
    for name in names(Room.INSTRUMENTS, project):
        instrument = load_instrument(name, project=project)
        languages = " ".join(instrument.languages)
        items, title = str(len(instrument.items)), in_language(instrument.title, "en")
        rows.append((name, instrument.respondent, items, instrument.status.key, languages, title))
    analyses: list[tuple[str, ...]] = [("Analyses", "design", "keys of its primary results", "title")]
    for name in names(Room.ANALYSES, project):
        analysis = load_analysis(name, project=project)
        title = in_language(analysis.title, "en")
        analyses.append((name, analysis.design.value, _key_statuses(analysis, project), title))
    templates = "Report templates: " + ", ".join(names(Room.TEMPLATES, project))
    return "\n\n".join([_columns(rows), _columns(analyses), templates, _columns(list(_samples()))])


def _key_statuses(analysis: Analysis, project: Path) -> str:
    """How sure the scoring keys are that its primary results rest on."""
    if analysis.primary == "all":
        return "as its instruments"
    by_status: dict[str, int] = {}
    for name in analysis.primary:
        status = load_instrument(name, project=project).status.key
        by_status[status] = by_status.get(status, 0) + 1
    return ", ".join(f"{count} {status}" for status, count in by_status.items())


def _samples() -> Iterator[tuple[str, str]]:
    """Each sample with the command that shows it."""
    yield "Samples", "to see it"
    for name in samples():
        yield name, f"mande report --sample {name} -o output"
    for name in samples("regional.toml"):
        yield name, f"mande roll-up --sample {name} -o output"


def codebook(instrument: Instrument, language: str) -> str:
    """Items, answers and constructs of an instrument, and where its key comes from.

    Raises WrongUse if the instrument has no words in this language.
    """
    if language not in instrument.languages:
        there_are = ", ".join(instrument.languages)
        raise WrongUse(f'{instrument.id} has no words in "{language}". There are: {there_are}.')
    head = [
        f"{instrument.id} version {instrument.version}: {in_language(instrument.title, language)}",
        f"Respondent: {instrument.respondent}. Waves: {', '.join(instrument.waves)}. Licence: {instrument.licence}.",
        f"Wording: {instrument.status.wording}. Scoring key: {instrument.status.key}."
        + "".join(f" Translation {name}: {status}." for name, status in instrument.status.translations.items()),
        instrument.citation,
    ]
    answers = [("Answers", "")]
    for scale in instrument.answer_scales.values():
        offered = "; ".join(
            f"{answer.code} {in_language(answer.label, language)}"
            + (f" (counts {answer.counts})" if answer.counts != answer.code else "")
            for answer in scale.answers
        )
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
    norms = [f"Norms: {norm.id}, {in_language(norm.title, language)}. {norm.citation}." for norm in instrument.norms]
    parts = ["\n".join(filter(None, head)), _columns(answers), _columns(items), _columns(constructs), "\n".join(norms)]
    return "\n\n".join(filter(None, parts))


def check(read: Iterable[Responses], *, smallest: int) -> str:
    """For each file what was read, used and set aside, then its problems, grouped by kind; then families in common.

    smallest: groups of fewer people than this are not counted.
    """
    sources = list(read)
    told = () if smallest >= LEAST_CELL else (SINGLE_PEOPLE.format(smallest),)
    parts = [*(_checked(source, smallest) for source in sources), *_family_lines(sources), *_join_lines(sources), *told]
    return "\n\n".join(parts)


def next_step(codes: Sequence[str], evaluation: str) -> str:
    """What to do after a check. codes: of the problems that somebody should look at. evaluation: as it was given."""
    report = f"mande report {evaluation}"
    if not codes:
        return f"Nothing needs to be looked at. Next: {report}"
    return (
        f"To be looked at: {', '.join(codes)}. What a code means: mande explain {codes[0]}\n"
        f"What is set aside is counted as such; the report can be made as it is: {report}"
    )


def _join_lines(read: Sequence[Responses]) -> Iterator[str]:
    """What to paste where labels may be one."""
    from mande.responses.labels import lines_to_join

    for name, lines in lines_to_join(read).items():
        head = f"Labels by {name} that may be one (R-043): keep of these lines those that are true, and put them at the"
        where = f"end of evaluation.toml, or below its line [labels.{name}] if there is one."
        yield "\n".join([head, where, f"  [labels.{name}]", *(f"  {line}" for line in lines)])


def _family_lines(read: Sequence[Responses]) -> Iterator[str]:
    from mande.responses import families_in_common  # not at the top: `mande list` starts without numpy

    for i, later in enumerate(read):
        for earlier in read[:i]:
            counts = families_in_common(earlier, later)
            one, other = earlier.instrument.respondent, later.instrument.respondent
            if counts is not None and one != other:
                both, only_one, only_other = counts
                yield f"families  {both} with {one} and {other}, {only_one} {one} only, {only_other} {other} only"


def reach(reached: Reach, problems: Sequence[Problem]) -> str:
    """The tables of a ledger, its stated totals, indicators and attendance, then every problem grouped by kind."""
    from mande.reach.text import blocks

    parts = [block if isinstance(block, str) else _table(block) for block in blocks(reached)]
    return "\n\n".join([*parts, *(["\n".join(["Problems", *_grouped(problems)])] if problems else [])])


def region(rolled: RollUp) -> str:
    """What was put together, in a line for each programme, then what was left out."""
    forms = sum(member.forms_used for member in rolled.members)
    lines = [f"{len(rolled.members)} evaluations; {forms} forms" if rolled.members else "Ledgers alone; no evaluation"]
    if rolled.reach is not None:
        total = rolled.reach.tables.total[0]
        counts = [
            " ".join(
                [name.replace("_", " "), *["at least"][: figure.at_least], f"{figure.value:,}{'*' * figure.may_repeat}"]
            )
            for name, figure in total.figures.items()
            if figure.value is not None
        ]
        repeats = " (*: some may be counted twice)" if any(f.may_repeat for f in total.figures.values()) else ""
        lines.append(f"Delivered: {', '.join(counts)}{repeats}")
    for one in rolled.outcomes:
        if one.primary and one.interval is not None:
            unit = "% of the range" if one.unit == "percent" else "points"
            found = f"{one.interval.value:+.2f} {unit}, interval {one.interval.low:+.2f} to {one.interval.high:+.2f}"
            title = in_language(one.title, "en")
            lines.append(
                f"{one.programme}, {one.respondent}, {title}, {one.later}: {found} ({len(one.rows)} evaluations)"
            )
    return "\n".join([*lines, *_grouped(rolled.problems)])


def monitoring(read: Monitoring) -> str:
    """What was read of ledger and register, then their problems, grouped by kind."""
    lines = []
    for name, file in (("ledger", read.ledger), ("register", read.register)):
        if file is not None:
            set_aside = sum(file.flow.rows_set_aside.values())
            kept = file.flow.rows_read - set_aside
            lines.append(
                f"{file.file} ({name})\n  rows   {file.flow.rows_read} read = {kept} kept + {set_aside} set aside"
            )
    return "\n".join([*lines, *_grouped(read.problems)])


def notices(file: str, problems: Sequence[Problem]) -> str:
    """What is to be noticed of evaluation.toml itself."""
    return "\n".join([file, *_grouped(problems)])


def findings(evaluation: Evaluation) -> str:
    """What the data were, and what was found in them, a line each; a third where places may be counted too often."""
    rows_read = sum(source.flow.rows_read for source in evaluation.sources)
    rows_used = sum(source.flow.rows_used for source in evaluation.sources)
    set_aside = sum(map(_answers_set_aside, evaluation.sources))
    measured = [instrument for instrument in evaluation.instruments if instrument.constructs]
    found = "; ".join(_found(instrument, evaluation.changes) for instrument in measured)
    answers = "1 answer" if set_aside == 1 else f"{set_aside} answers"
    data = f"Data: {rows_used} of {rows_read} rows used, {answers} in them set aside. Details: mande check"
    alike = sum(source.problems.get("R-043", 0) for source in evaluation.sources)
    lines = [data, f"Found: {found}"]
    if alike:
        pairs = f"{alike} pair{'s' if alike > 1 else ''} of labels may be one and the same (R-043)"
        lines.append(f"{pairs}: one group or place may be counted as several. Details: mande check")
    return "\n".join(lines)


def each(units: Units, reports: Iterable[UnitReport]) -> str:
    """How many units have a report, and the names of those that have none, with the reason."""
    by_outcome: dict[str, list[UnitReport]] = {}
    for report in reports:
        by_outcome.setdefault(report.outcome, []).append(report)
    made, kept, withheld, failed = (len(by_outcome.get(name, ())) for name in ("made", "kept", "withheld", "failed"))
    head = f"By {units.grouping}: {made} reports made, {kept} there already, {withheld} withheld, {failed} failed"
    lines = [head]
    reasons: dict[str, list[str]] = {}
    for part in units.parts:
        if part.withheld is not None and part.mask is None:
            reasons.setdefault(part.withheld, []).append(part.label)
    few = f"fewer than {units.whole.plan.smallest_cell} people to compare, or so that another one stays hidden"
    said = {"withheld": few, "no_data": "nobody to compare"}
    lines += [f"  withheld ({said[reason]}): {_some(names)}" for reason, names in reasons.items()]
    if units.masked:
        lines.append(f"  withheld (labels that look like personal data, not printed): {units.masked}; see: mande check")
    faults: dict[str, list[str]] = {}
    for one in by_outcome.get("failed", ()):
        faults.setdefault(one.fault or "", []).append(one.label)
    lines += [f"  failed: {_some(sorted(names))}: {fault}" for fault, names in list(faults.items())[:SHOWN_FAULTS]]
    if len(faults) > SHOWN_FAULTS:
        lines.append(f"  and {len(faults) - SHOWN_FAULTS} other faults (see the index)")
    if failed:
        lines.append("  The same command makes what is missing, and leaves what is there.")
    return "\n".join(lines)


def _some(names: Sequence[str], most: int = 50, where: str = " (see the index)") -> str:
    more = f", and {len(names) - most} more{where}" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _answers_set_aside(source: SourceResult) -> int:
    """Cells that are no answers; those of rows set aside are counted with their rows."""
    by_reason = source.flow.cells.set_aside_by_reason
    return sum(n for code, n in by_reason.items() if CATALOGUE[code].effect is Effect.CELL_SET_ASIDE)


def _found(instrument: Instrument, changes: Sequence[Change]) -> str:
    """The largest change, with its interval and count. Whether it is more than chance is for the report to say."""
    from mande.tally import EVERYONE  # not at the top: `mande list` starts without numpy

    own = [change for change in changes if change.instrument == instrument.id and change.group == EVERYONE]
    shown = [(change, change.interval, change.direction) for change in own if change.interval and change.direction]
    if not shown:
        return f"{instrument.id}: nothing that can be shown; mande check says what the files hold"
    largest, interval, direction = max(shown, key=lambda one: abs(one[0].effects.pomp or 0))
    title = in_language(instrument.construct_by_id[largest.construct].title, "en")
    size = f"{interval.value:+.2f}, {interval.confidence:.0%} interval {interval.low:+.2f} to {interval.high:+.2f}"
    unclear = "; the interval holds zero" if interval.low <= 0 <= interval.high else ""
    improved = f"{direction.improved} of {largest.n} improved"
    return f"{instrument.id}: the largest change is in {title} ({size}{unclear}; {improved})"


def _construct_row(construct: Construct, language: str) -> tuple[str, ...]:
    parts = construct.items or construct.of
    needs = f"{construct.answers_needed} of {len(parts)}" if construct.items else "all"
    if construct.zero_if is not None:
        needs += f"; 0 if {construct.zero_if.item} = {construct.zero_if.code}"
    title = in_language(construct.title, language)
    return construct.id, construct.score.value, needs, construct.better, " ".join(parts), title


def _checked(source: Responses, smallest: int) -> str:
    lines = [line for file in source.files for line in _file_lines(file)]
    if source.links is not None:
        lines += _link_lines(source.links)
    lines += _stayed_lines(source)
    lines += _group_lines(source, smallest)
    return "\n".join([*lines, *_grouped(source.problems)])


def _file_lines(file: FileRead) -> list[str]:
    """A file's account, and how its columns were taken."""
    flow, cells = file.flow, file.flow.cells
    rows = [f"{flow.rows_used} used", *_by_reason(flow.rows_set_aside)]
    parts = [f"{cells.answered} answered ({cells.adjusted} in another notation)", f"{cells.blank} blank"]
    parts += [f"{count} {kind}" for kind, count in cells.not_answers_by_kind.items()] + _by_reason(
        cells.set_aside_by_reason
    )
    lines = [
        f"{file.name} ({file.instrument} {file.version}; {file.how})",
        f"  rows   {flow.rows_read} read = {' + '.join(rows)}",
        f"  cells  {cells.read} read = {' + '.join(parts)}",
        *_layout_lines(file),
    ]
    if file.personal_columns:
        lines.append(f"  dropped as personal data: {_names(file.personal_columns)}")
    if file.unused_columns:
        lines.append(f"  columns not used: {_names(file.unused_columns)}")
    return lines


def _by_reason(counts: Mapping[str, int]) -> list[str]:
    return [f"{count} set aside ({code})" for code, count in counts.items()] or ["0 set aside"]


def _names(columns: Sequence[str]) -> str:
    return ", ".join(_short(name) for name in columns)


def _short(text: str, at_most: int = 38) -> str:
    line = " ".join(text.split())
    return line if len(line) <= at_most else f"{line[: at_most // 2]}…{line[-at_most // 2 + 1 :]}"


def _layout_lines(file: FileRead) -> list[str]:
    """Items down, waves across: the heading of each column that was taken."""
    waves = list(dict.fromkeys(wave for _, wave, _, _ in file.layout))
    by_item: dict[str, dict[str, str]] = {}
    for item, wave, column, by in file.layout:
        by_item.setdefault(item, {})[wave] = _short(column) + ("" if by == "name" else f" ({by})")
    rows = [("  item", *(wave or "every wave" for wave in waves))]
    rows += [(f"  {item}", *(own.get(wave, "") for wave in waves)) for item, own in by_item.items()]
    return _columns(rows).splitlines()


def _link_lines(links: LinkReport) -> list[str]:
    left = [f"{count} of {wave} ambiguous" for wave, count in links.ambiguous.items()]
    left += [f"{count} of {wave} without another wave" for wave, count in links.unmatched.items()]
    forms = ", ".join(f"{wave} {count}" for wave, count in links.forms.items())
    how = f"{links.exact} by the same code, {links.other_letters} in other letters, {links.tolerance} but for one part"
    return [
        f"  people {links.people} ({forms}); {links.in_all_waves} with every wave",
        f"  links  {how}",
        f"  left   {'; '.join(left)}",
    ]


def _stayed_lines(source: Responses) -> Iterator[str]:
    """How many came back, from the first wave to each later one."""
    first, *others = source.codes
    for later in others if source.links is not None else ():
        both, lost, new = source.stayed(first, later)
        share = f" ({both / (both + lost):.0%})" if both + lost else ""
        yield f"  stayed {both} of {both + lost}{share} from {first} to {later}; {new} of {later} had no {first}"


def _group_lines(source: Responses, smallest: int) -> Iterator[str]:
    from mande.checkup.groups import groupings  # not at the top: `mande list` starts without numpy

    for own in groupings(source, smallest):
        sizes = [f"{label} {count}" for label, count in own.sizes]
        yield f"  by {own.name}  {_some(sizes, SHOWN_LABELS, ' (all are in check.html)')}"
        for hidden in own.withheld_too:
            few = _some(hidden.few, 5, "")
            yield f"    {hidden.label} ({hidden.people}) is withheld too, for with it one could work out: {few}"


def _grouped(problems: Sequence[Problem]) -> Iterator[str]:
    by_code: dict[str, list[Problem]] = {}
    for problem in problems:
        by_code.setdefault(problem.code, []).append(problem)
    for code in sorted(by_code):
        own = by_code[code]
        yield f"  {code}  {len(own)} × {own[0].effect}"
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


def _table(rows: Sequence[Sequence[str]]) -> str:
    """Rows as aligned columns, numbers to the right; columns that are empty below their heading are left out."""
    kept = [i for i in range(len(rows[0])) if i == 0 or any(row[i] for row in rows[1:])]
    widths = {i: max(len(row[i]) for row in rows) for i in kept}
    numeric = {i for i in kept if all(not row[i] or row[i].lstrip("≥ −+-")[:1].isdigit() for row in rows[1:])}
    lines = (
        "  ".join(row[i].rjust(widths[i]) if i in numeric else row[i].ljust(widths[i]) for i in kept) for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)
