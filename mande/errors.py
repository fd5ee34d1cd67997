"""What can go wrong, said once: the exception tree and the catalogue of problems.

    MandeError                    everything mande raises on purpose
    ├── WrongUse                  the request cannot be carried out as asked (exit code 2)
    │   ├── UnknownName           no such instrument, analysis, template or sample
    │   ├── OutputNotWritable     the output folder or file cannot be written
    │   └── ComponentMissing      a library of the system or an extra is not installed
    ├── ProblemsFound             carries every problem found, not only the first (exit code 1)
    │   ├── InstrumentProblems    in an instrument file
    │   ├── PlanProblems          in evaluation.toml or an analysis
    │   └── DataProblems          in questionnaire files
    └── NotTestable               a statistic has no value for these data; says why

A `Problem` is a fact about one place (file, row or line, column) with the value as it stood. Its sentences come from
`CATALOGUE`, so each kind of problem is worded, and its remedy thought about, in one place only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from mande.problem_kinds import DATA_KINDS, Effect, ProblemKind

__all__ = [
    "CATALOGUE",
    "ComponentMissing",
    "DataProblems",
    "Effect",
    "InstrumentProblems",
    "MandeError",
    "NotTestable",
    "OutputNotWritable",
    "Place",
    "PlanProblems",
    "Problem",
    "ProblemKind",
    "ProblemsFound",
    "Reason",
    "UnknownName",
    "WrongUse",
    "nearest",
]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a problem is. Rows count as a spreadsheet shows them: the header is row 1; `key` is for TOML files."""

    file: str
    row: int | None = None
    column: str | None = None
    line: int | None = None
    key: str | None = None

    def __str__(self) -> str:
        parts = [self.file]
        if self.line is not None:
            parts.append(f"line {self.line}")
        if self.key:
            parts.append(f"({self.key})")
        if self.row is not None:
            parts.append(f"row {self.row}")
        place = " ".join(parts)
        return place if self.column is None else f'{place}, column "{self.column}"'


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a file that a person must know of: code, place, the value as it stood, and a remedy.

    >>> place = Place("parents.csv", row=17, column="p05_now")
    >>> print(Problem("R-014", place, value="7", details={"answers": "1, 2, 3, 4, 5"}))
    R-014 parents.csv row 17, column "p05_now": "7" is not an answer of this item (1, 2, 3, 4, 5). Correct the cell, \
leave it empty if unanswered, or say in evaluation.toml what it means (answers, missing).
    """

    code: str
    place: Place
    value: str = ""
    details: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def kind(self) -> ProblemKind:
        return CATALOGUE[self.code]

    @property
    def effect(self) -> Effect:
        return self.kind.effect

    @property
    def what(self) -> str:
        return self._filled(self.kind.what)

    @property
    def remedy(self) -> str:
        return self._filled(self.kind.remedy)

    def _filled(self, words: str) -> str:
        return words.format(**{"value": self.value, "evaluation": "evaluation.toml", **self.details})

    def __str__(self) -> str:
        return f"{self.code} {self.place}: {self.what} {self.remedy}"


class MandeError(Exception):
    """Base of everything mande raises on purpose."""


class WrongUse(MandeError):
    """The request cannot be carried out as asked; the message says what to do instead."""


class UnknownName(WrongUse):
    """No instrument, analysis, template or sample of that name."""


class OutputNotWritable(WrongUse):
    """The output cannot be written where it was asked for."""


class ComponentMissing(WrongUse):
    """A system library or an optional package is not installed; the message has the command that installs it."""


class ProblemsFound(MandeError):
    """All problems found in one go, in the order of the file."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class InstrumentProblems(ProblemsFound):
    """An instrument file says something that cannot be."""


class PlanProblems(ProblemsFound):
    """evaluation.toml or an analysis says something that cannot be."""


class DataProblems(ProblemsFound):
    """A questionnaire file cannot be used at all."""


class Reason(StrEnum):
    """Why a statistic has no value. The report words each one in its language."""

    NO_DATA = "no_data"
    TOO_FEW = "too_few"  # fewer people than the figure needs
    NO_CHANGE = "no_change"  # every difference is zero
    ALL_EQUAL = "all_equal"  # every difference is the same, not zero
    NO_VARIANCE = "no_variance"  # a wave (or item) has one value only
    TOO_FEW_CLUSTERS = "too_few_clusters"  # one cluster, or an effect that rests on one cluster alone
    TOO_FEW_ITEMS = "too_few_items"  # reliability of fewer than two items
    NO_COMPLETE_CASES = "no_complete_cases"
    WITHHELD = "withheld"  # fewer people than the smallest cell that may be shown
    NO_BASE = "no_base"  # a per cent of an earlier mean that is zero or below
    NO_SCALE_RANGE = "no_scale_range"  # a construct whose best and worst possible scores are the same


class NotTestable(MandeError):
    """A statistic has no value for these data, and this is why."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(reason.value)


def nearest(name: str, known: Sequence[str], *, at_most: int = 3) -> list[str]:
    """Known names that look like `name`, best first, for "did you mean".

    >>> nearest("sfp-10-14-parents", ["sfp-10-14-parent", "sfp-10-14-youth", "aiguessr"])
    ['sfp-10-14-parent', 'sfp-10-14-youth']
    """
    from difflib import get_close_matches  # not needed until something is misspelt

    by_folded = {candidate.casefold(): candidate for candidate in known}
    return [by_folded[match] for match in get_close_matches(name.casefold(), list(by_folded), n=at_most, cutoff=0.6)]


def _kind(code: str, effect: Effect, what: str, remedy: str) -> tuple[str, ProblemKind]:
    return code, ProblemKind(code, effect, what, remedy)


CATALOGUE: Mapping[str, ProblemKind] = MappingProxyType(
    dict(
        [
            # instrument files
            _kind("I-001", Effect.REFUSED, "This cannot be read: {detail}.", "{remedy}"),
            _kind("I-002", Effect.REFUSED, 'The key "{key}" is missing.', "Add it here: {example}"),
            _kind("I-003", Effect.REFUSED, '"{value}" is not a key that is known here.', "{hint}"),
            _kind("I-004", Effect.REFUSED, 'The key "{key}" cannot be {value}.', "It should be: {expected}."),
            _kind("I-010", Effect.REFUSED, 'There are two {what}s "{value}".', "Give each an id of its own."),
            _kind("I-011", Effect.REFUSED, 'There is no {what} "{value}" in this instrument.', "{hint}"),
            _kind(
                "I-012", Effect.REFUSED, "The code {value} stands for two answers.", "Give each answer its own code."
            ),
            _kind(
                "I-013",
                Effect.REFUSED,
                "The code {value} is an answer here and also one of not_answers.",
                "Give the non-answer another code, such as 99.",
            ),
            _kind(
                "I-014",
                Effect.REFUSED,
                'The construct "{value}" has nothing to score.',
                'List its parts under "{key}".',
            ),
            _kind(
                "I-015",
                Effect.REFUSED,
                "min_answered is {value}, but the construct has {items} items.",
                "Ask for at most as many answers as there are items.",
            ),
            _kind(
                "I-016",
                Effect.REFUSED,
                'The items of "{value}" have different ranges ({ranges}), so their mean or sum has no meaning.',
                "Split the construct, or give its items one answer scale.",
            ),
            _kind(
                "I-017",
                Effect.REFUSED,
                'The right answer {value} is not on the answer scale "{scale}".',
                "Write one of its codes.",
            ),
            _kind(
                "I-018", Effect.REFUSED, 'The item "{value}" has no right answer.', 'Give it one: "correct: <code>".'
            ),
            _kind(
                "I-019",
                Effect.REFUSED,
                '"{value}" has no words in: {languages}.',
                "Add them, or take the language out of the instrument's title.",
            ),
            _kind(
                "I-020",
                Effect.REFUSED,
                'The {key} is "{value}", but the file lies where "{expected}" belongs.',
                "Name the folder by the id and the file by the version.",
            ),
            _kind(
                "I-021", Effect.REFUSED, 'The item "{value}" has no answers.', 'Add "answers:" with one of: {known}.'
            ),
            _kind("I-022", Effect.REFUSED, '"{value}" stands twice in "{construct}".', "Take one away."),
            _kind(
                "I-023",
                Effect.REFUSED,
                'The total "{total}" adds "{value}", which is no sum in whole points.',
                "Add constructs scored as a sum, or as a prorated-sum with round: half-up.",
            ),
            _kind("I-024", Effect.REFUSED, '{value} is no answer on the scale "{scale}".', "Write one of its codes."),
            _kind(
                "I-025",
                Effect.REFUSED,
                'The bands of "{value}" overlap, or do not rise.',
                "List them from the lowest scores to the highest, each as [from, to, name].",
            ),
            _kind("I-026", Effect.REFUSED, 'The band "{value}" has no words.', 'Add them to the norm, under "words".'),
            _kind(
                "I-027",
                Effect.REFUSED,
                'The score {value} of "{construct}" is in none of the bands.',
                "Close the gap: whoever has that score would be missing from every share.",
            ),
            # evaluation.toml and analyses
            _kind("P-001", Effect.REFUSED, "This line cannot be read: {value} – {detail}.", "{remedy}"),
            _kind("P-005", Effect.REFUSED, "The file is not UTF-8 text.", "Save it with the encoding UTF-8."),
            _kind("P-002", Effect.REFUSED, 'The key "{key}" is missing.', "Add it {where}: {example}"),
            _kind("P-003", Effect.REFUSED, '"{value}" is not a key that is known here.', "{hint}"),
            _kind("P-004", Effect.REFUSED, 'The key "{key}" cannot be {value}.', "It should be: {expected}."),
            _kind("P-010", Effect.REFUSED, 'There is no file "{value}" in {folder}.', "{hint}"),
            _kind("P-011", Effect.REFUSED, "{detail}", "Correct the name."),
            _kind(
                "P-012",
                Effect.REFUSED,
                'The analysis compares the wave "{value}", which no source has ({waves}).',
                'Say in a source which wave its file holds: wave = "{value}".',
            ),
            _kind(
                "P-013",
                Effect.REFUSED,
                'The analysis names "{value}" as primary, which is no construct of {instrument}.',
                "{hint}",
            ),
            _kind(
                "P-014",
                Effect.REFUSED,
                "The logo cannot be used: {detail}",
                "Give a PNG, JPEG or plain SVG beside this file.",
            ),
            _kind(
                "P-015",
                Effect.REFUSED,
                "Version {value} of {instrument} is named here, version {first} before: their scores are not the same.",
                "Name the version that was printed for every wave, or evaluate each version by itself.",
            ),
            _kind(
                "P-016",
                Effect.REFUSED,
                '"{value}" and "{first}" are the same text for mande, and each is given a label.',
                "Keep one of the two lines.",
            ),
            _kind(
                "P-017",
                Effect.REFUSED,
                'The label "{first}" is also called "{value}"{language}; labels that share a word are one group.',
                "Write one of the two words in both places, or give the groups words of their own.",
            ),
            _kind(
                "P-018",
                Effect.REFUSED,
                '"{value}" is read as "{label}", and is itself the label that "{first}" is given.',
                'Give both the same label, or "{first}" another one.',
            ),
            _kind(
                "P-019",
                Effect.REFUSED,
                'The analysis says {arm} = "{value}", which is called "{label}" under labels.',
                'Write in the analysis, in its arms: {arm} = "{label}".',
            ),
            _kind(
                "P-020",
                Effect.REFUSED,
                'No source has the grouping "{value}", whose labels are given.',
                "{hint}",
            ),
            _kind(
                "P-021",
                Effect.NOTICED,
                'In the grouping "{group}" no cell holds "{value}", whose label is given.',
                "Correct the text if it is misspelt, or remove the line. {hint}",
            ),
            _kind(
                "P-022",
                Effect.NOTICED,
                'The programme is called "{value}", which is nearly "{near}", a programme that mande knows.',
                "If it is that one, write its id: evaluations and ledgers of one programme are put together by it.",
            ),
            _kind(
                "P-023",
                Effect.NOTICED,
                'Reports have no sentences in "{value}" ({language}) yet; there are: {known}.',
                "A report in it is refused, or English with --draft. Take it out, or translate it: docs/languages.md.",
            ),
            _kind(
                "P-024",
                Effect.NOTICED,
                'There are no reports in a language "{value}"; there are: {known}.',
                "Correct its code, or take it out: a report in it is refused.",
            ),
            _kind(
                "P-025",
                Effect.NOTICED,
                '"{value}" is grouped by {groups}; the analysis looks for {cluster}, so people count one by one.',
                "If one of these is the place, call it {cluster} under groups: intervals then allow for places.",
            ),
            # ledgers, attendance registers, results frameworks
            _kind(
                "M-001",
                Effect.REFUSED,
                "The ledger has no column of numbers.",
                "Name at least one column as one of these: {known}.",
            ),
            _kind("M-002", Effect.NOTICED, 'The column "{value}" is not used.', "{hint}"),
            _kind("M-003", Effect.REFUSED, 'There are two columns "{value}".', "Rename or remove one."),
            _kind(
                "M-010",
                Effect.CELL_SET_ASIDE,
                '"{value}" is not a whole number of 0 or more.',
                "Correct it, without separators for thousands; leave the cell empty if it is not known.",
            ),
            _kind(
                "M-011",
                Effect.CELL_SET_ASIDE,
                '"{value}" is not a date that can be read one way only.',
                "Write it as 2019-06-30, 2019-06 or 2019.",
            ),
            _kind(
                "M-012",
                Effect.CELL_SET_ASIDE,
                '"{value}" is not an amount of 0 or more.',
                "Write digits and at most two decimals; the currency has a column of its own.",
            ),
            _kind("M-013", Effect.ADJUSTED, '"{value}" was read as {read_as}.', "Nothing needs to be done."),
            _kind(
                "M-014",
                Effect.CELL_SET_ASIDE,
                "The period ends on {value} and begins on {begins}; neither is used.",
                "Correct one of the two dates.",
            ),
            _kind(
                "M-015",
                Effect.NOTICED,
                "{value} is outside of the evaluation's period, {from} to {to}.",
                "Correct the date, or the period; entries outside of it are counted too.",
            ),
            _kind("M-020", Effect.ROW_SET_ASIDE, '"{value}" is no country that is known.', "{hint}"),
            _kind("M-021", Effect.ROW_SET_ASIDE, "The row has no country.", "Enter it."),
            _kind(
                "M-022",
                Effect.ADJUSTED,
                '"{value}" was read as {read_as} in {count} rows.',
                "Nothing needs to be done.",
            ),
            _kind(
                "M-023",
                Effect.NOTICED,
                '"{value}" looks like "{near}" ({count} rows), and is counted apart.',
                "If they are the same, write one name in all rows.",
            ),
            _kind(
                "M-030",
                Effect.ROW_SET_ASIDE,
                "The row says the same as row {first}, which was used.",
                "Delete it; if it is another event, say so in its note or period.",
            ),
            _kind(
                "M-031",
                Effect.NOTICED,
                "Activity, place and period are those of row {first}, the numbers are others; both are added.",
                'If this row corrects that one, give that one an "entry" number and write it here under "corrects".',
            ),
            _kind(
                "M-032",
                Effect.ROW_SET_ASIDE,
                'The entry number "{value}" stands in row {first} already.',
                'Give the row a number of its own, or write "{value}" under "corrects" if it corrects that row.',
            ),
            _kind(
                "M-033",
                Effect.ROW_SET_ASIDE,
                'No row above has the entry number "{value}", which this row corrects.',
                "{hint}",
            ),
            _kind(
                "M-034",
                Effect.NOTICED,
                'Row {first} corrects "{value}" too; this row, the later one, counts.',
                "Keep the right correction of the two.",
            ),
            _kind(
                "M-035",
                Effect.ROW_SET_ASIDE,
                "The row has no number that can be used.",
                "Enter one, or delete the row. To withdraw an entry, correct it with 0.",
            ),
            _kind(
                "M-036",
                Effect.NOTICED,
                "One school is named, and {value} are counted; {value} are used.",
                "Name each school in a row of its own, or none.",
            ),
            _kind(
                "M-040",
                Effect.NOTICED,
                "{girls} girls and {boys} boys are not {value} children.",
                "Correct the wrong one; all three are used as they stand.",
            ),
            _kind(
                "M-041",
                Effect.NOTICED,
                "The age bands {bands} add up to {sum}, more than {value}.",
                "Correct the wrong one; all are used as they stand.",
            ),
            _kind(
                "M-042",
                Effect.NOTICED,
                "{stated} {measure} are stated; the entries of {scope} add up to {counted} ({difference}).",
                "Find out which is right; the stated total is not added.",
            ),
            _kind(
                "M-050",
                Effect.REFUSED,
                "The register has no column {value}.",
                'It needs "family", and either session_1, session_2 … or "session" and "attended".',
            ),
            _kind(
                "M-051",
                Effect.CELL_SET_ASIDE,
                '"{value}" does not say whether the family was there.',
                "Write 1 or 0 (or yes, no); leave it empty if it was not recorded.",
            ),
            _kind(
                "M-052",
                Effect.ROW_SET_ASIDE,
                "The family is in another school of the same cycle in row {first}, which was used.",
                "Correct the family's code or school in one of the rows.",
            ),
            _kind(
                "M-053",
                Effect.ROW_SET_ASIDE,
                "The same family{session} stands in row {first}, which was used.",
                "Keep the right row of the two and delete the other.",
            ),
            _kind("M-054", Effect.ROW_SET_ASIDE, "The row has no family code.", "Enter the code."),
            _kind(
                "M-055",
                Effect.NOTICED,
                "The register has sessions up to {value}, the programme has {expected}.",
                "Correct the register, or the number of sessions in {evaluation}.",
            ),
            _kind(
                "M-056",
                Effect.ROW_SET_ASIDE,
                '"{value}" is not the number of a session, 1 to {expected}.',
                "Correct the cell.",
            ),
            _kind(
                "M-057",
                Effect.NOTICED,
                "In {count} cells it was not recorded whether the family was there.",
                "Look it up in the paper register, if there is one.",
            ),
            _kind("M-060", Effect.REFUSED, 'The indicator "{value}" has a target and no unit.', 'Add unit = "…".'),
            _kind("M-061", Effect.REFUSED, '"{value}" is no column of a ledger that can be added up.', "{hint}"),
            _kind("M-062", Effect.REFUSED, 'Nobody measures "{value}": it is no {what} of this evaluation.', "{hint}"),
            _kind("M-063", Effect.REFUSED, 'There are two {what}s "{value}".', "Give each an id of its own."),
            _kind("M-064", Effect.REFUSED, '"{value}" is not a column that entries are chosen by.', "{hint}"),
            _kind("M-065", Effect.REFUSED, '"{value}" is no country that is known.', "{hint}"),
            _kind("M-066", Effect.NOTICED, 'No entry has the {column} "{value}".', "{hint}"),
            _kind(
                "M-067",
                Effect.REFUSED,
                'The target of "{value}" is its baseline, so no way leads from one to the other.',
                "Correct one of the two.",
            ),
            _kind(
                "M-068",
                Effect.REFUSED,
                'A roll-up has no entries any more, so they cannot be chosen by "{value}".',
                "Choose by programme or country, or compute this indicator in each evaluation.",
            ),
            _kind("M-070", Effect.NOTICED, "This evaluation is there twice; it was counted once.", "Name it once."),
            _kind(
                "M-071",
                Effect.ADJUSTED,
                "{count} entries are in {other} too; they were counted once.",
                "Nothing needs to be done.",
            ),
            _kind(
                "M-072",
                Effect.NOTICED,
                "Of the entries on {scope}, some are in {other} too and some are not; only those of {other} are used.",
                "Give the roll-up the ledgers themselves, or one of the two.",
            ),
            _kind(
                "M-073",
                Effect.NOTICED,
                'The questionnaire file "{value}" was analysed in {other} too; the results are not pooled.',
                "Name one of the two evaluations.",
            ),
            _kind("M-074", Effect.REFUSED, "No evaluation and no ledger is named.", 'Add evaluations = ["…"].'),
        ]
    )
    | DATA_KINDS  # questionnaire files
)
