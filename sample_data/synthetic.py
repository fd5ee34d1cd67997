"""What the generate.py of samples share: drawing answers, making flaws, writing files, filling in a README.

An answer is a person's construct plus an item's own part, rounded to the offered answers and cut at both ends:

    mean + change + spread x (stable part + state of the day) + own change + change of the cluster + item part

All parts are normal, so the expected answer at every wave is known exactly, floor and ceiling included. That is the
true effect which a README prints beside the one that the file happens to show. Numpy is all that this needs.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import erf, floor, sqrt
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np

Array = np.ndarray
Row = dict[str, str]

STABLE = 0.78  # share of a construct's variance that stays from wave to wave
COMMON = 0.45  # share of the stable part that all constructs of a person have in common
ITEM_STABLE = 0.35  # share of an item's own variance that stays


@dataclass(frozen=True)
class Construct:
    id: str
    items: tuple[str, ...]
    mean: float  # of an answer at baseline, in its points, after turning reversed items
    change: Mapping[str, float] = field(default_factory=dict)  # by wave, for those with the programme
    better: int = 1  # -1: lower is better
    lowest: int = 1
    highest: int = 5
    needs: int = 0  # answers for a score; 0: all
    score: str = "mean"  # or "sum", "prorated-sum", "share-correct"

    @property
    def factor(self) -> int:
        """Points of the score per point of an answer."""
        return len(self.items) if self.score in ("sum", "prorated-sum") else 1


@dataclass(frozen=True)
class Questionnaire:
    """A questionnaire as far as drawing and scoring need it; `correct` holds the right codes of true-or-false items."""

    id: str
    constructs: tuple[Construct, ...]
    totals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reversed: frozenset[str] = frozenset()
    correct: Mapping[str, int] = field(default_factory=dict)
    spread: float = 0.65  # SD between people, in points of an answer
    item_sd: float = 0.75
    own_change_sd: float = 0.15
    cluster_change_sd: float = 0.06

    @property
    def items(self) -> list[str]:
        return sorted(item for construct in self.constructs for item in construct.items)

    def deviation(self, *, later: bool) -> float:
        """SD of an answer before it is rounded."""
        change = self.own_change_sd**2 + self.cluster_change_sd**2 if later else 0.0
        return sqrt(self.spread**2 + self.item_sd**2 + change)


def numbered(letter: str, *numbers: int) -> tuple[str, ...]:
    """Item ids: a letter and two digits."""
    return tuple(f"{letter}{number:02d}" for number in numbers)


def expected(mean: float, deviation: float, lowest: int, highest: int) -> float:
    """Expected value of a normal answer that is rounded and cut at both ends."""
    above = (0.5 * (1 - erf((step - 0.5 - mean) / (deviation * sqrt(2)))) for step in range(lowest + 1, highest + 1))
    return lowest + sum(above)


def mixed(rng: np.random.Generator, *parts: tuple[float, Array]) -> Array:
    """A standard normal per person: parts that people share, given with their share of variance, and an own part."""
    people = len(parts[0][1])
    own = 1.0 - sum(share for share, _ in parts)
    return sum(sqrt(share) * part for share, part in parts) + sqrt(own) * rng.standard_normal(people)


@dataclass(frozen=True)
class People:
    """Who answers: cluster (number) of each, how well they are (a standard normal), and how readily they change."""

    cluster: Array
    well: Array
    readiness: Array
    with_programme: Array

    def __len__(self) -> int:
        return len(self.cluster)


Shift = Callable[[Construct, str], Array | float]


def no_shift(construct: Construct, wave: str) -> float:
    """Nobody differs from the construct's mean or change."""
    return 0.0


def means(people: People, construct: Construct, wave: str, shift: Shift) -> Array:
    """Mean of each person's answers before spread."""
    moved = np.where(people.with_programme, construct.change.get(wave, 0.0), 0.0)
    return construct.mean + moved + shift(construct, wave)


def draw(
    rng: np.random.Generator,
    questionnaire: Questionnaire,
    people: People,
    waves: Sequence[str],
    shift: Shift = no_shift,
) -> dict[str, dict[str, Array]]:
    """Answer codes as they would stand in a file, by wave and item."""
    n = len(people)
    codes: dict[str, dict[str, Array]] = {wave: {} for wave in waves}
    clusters = int(people.cluster.max()) + 1
    for construct in questionnaire.constructs:
        own = sqrt(COMMON) * construct.better * people.well + sqrt(1 - COMMON) * rng.standard_normal(n)
        item_own = {item: rng.standard_normal(n) for item in construct.items}
        for number, wave in enumerate(waves):
            person = sqrt(STABLE) * own + sqrt(1 - STABLE) * rng.standard_normal(n)
            level = means(people, construct, wave, shift) + questionnaire.spread * person
            together = rng.standard_normal(clusters)[people.cluster]
            if number:
                level = level + questionnaire.own_change_sd * construct.better * people.readiness
                level = level + questionnaire.cluster_change_sd * together
            for item in construct.items:
                part = sqrt(ITEM_STABLE) * item_own[item] + sqrt(1 - ITEM_STABLE) * rng.standard_normal(n)
                answer = np.rint(level + questionnaire.item_sd * part)
                answer = np.clip(answer, construct.lowest, construct.highest).astype(int)
                if item in questionnaire.reversed:
                    answer = construct.lowest + construct.highest - answer
                if item in questionnaire.correct:
                    answer = _statement(rng, answer, questionnaire.correct[item], later=bool(number))
                codes[wave][item] = answer
    return codes


def _statement(rng: np.random.Generator, right: Array, correct: int, *, later: bool) -> Array:
    """1 true, 2 false, 3 do not know: who is not right is wrong, or says that they do not know."""
    unsure = rng.random(len(right)) < (0.35 if later else 0.5)
    return np.where(right == 1, correct, np.where(unsure, 3, 3 - correct))


def true_change(
    questionnaire: Questionnaire, people: People, name: str, waves: tuple[str, str], who: Array, shift: Shift = no_shift
) -> float:
    """Expected change of a score among those of `people` whom `who` picks, exact for the way the answers are drawn."""
    if name in questionnaire.totals:
        return sum(true_change(questionnaire, people, part, waves, who, shift) for part in questionnaire.totals[name])
    construct = next(construct for construct in questionnaire.constructs if construct.id == name)
    value = []
    for later, wave in enumerate(waves):
        deviation = questionnaire.deviation(later=bool(later))
        given, count = np.unique(
            np.broadcast_to(means(people, construct, wave, shift), who.shape)[who], return_counts=True
        )
        scores = [expected(mean, deviation, construct.lowest, construct.highest) for mean in given.tolist()]
        value.append(construct.factor * float(np.average(scores, weights=count)))
    return value[1] - value[0]


def score(questionnaire: Questionnaire, name: str, row: Mapping[str, str], prefix: str = "") -> float:
    """Score of one row as it stands in the file, NaN without enough answers; by the instrument's own rule."""
    if name in questionnaire.totals:
        return sum(score(questionnaire, part, row, prefix) for part in questionnaire.totals[name])
    construct = next(construct for construct in questionnaire.constructs if construct.id == name)
    taken = [
        value
        for item in construct.items
        if (value := _value(questionnaire, construct, item, row.get(prefix + item, ""))) is not None
    ]
    if len(taken) < (construct.needs or len(construct.items)):
        return float("nan")
    if construct.score == "prorated-sum":
        return float(floor(sum(taken) * len(construct.items) / len(taken) + 0.5))
    return float(sum(taken)) if construct.score == "sum" else sum(taken) / len(taken)


def _value(questionnaire: Questionnaire, construct: Construct, item: str, text: str) -> int | None:
    if item in questionnaire.correct:
        return int(text == str(questionnaire.correct[item])) if text in {"1", "2", "3"} else None
    if text not in {str(code) for code in range(construct.lowest, construct.highest + 1)}:
        return None
    return construct.lowest + construct.highest - int(text) if item in questionnaire.reversed else int(text)


@dataclass
class Sheet:
    """The rows of one file, and a note for each flaw put into them."""

    file: str
    header: list[str]
    rows: list[Row]
    notes: list[tuple[Row, str]] = field(default_factory=list)

    def find(self, key: str, value: str) -> Row:
        return next(row for row in self.rows if row[key] == value)

    def put(self, row: Row, value: str, what: str, *columns: str) -> None:
        for column in columns:
            row[column] = value
        self.note(row, f"{what}: {', '.join(f'`{column}`' for column in columns)}")

    def note(self, row: Row, what: str) -> None:
        self.notes.append((row, what))

    def repeat(self, row: Row, what: str, after: int, changed: Mapping[str, str]) -> Row:
        """The same form once more, some cells changed, `after` rows further down."""
        again = {**row, **changed}
        self.rows.insert(min(self._place(row) + 1 + after, len(self.rows)), again)
        self.note(again, what)
        return again

    def scatter(self, rng: np.random.Generator, columns: Sequence[str], chance: float, value: str = "") -> None:
        """Answers left out, or refused, here and there; counted and not listed."""
        for row in self.rows:
            for column in columns:
                if rng.random() < chance and row[column]:
                    row[column] = value

    def flaws(self) -> list[str]:
        found = sorted((self._place(row) + 2, what) for row, what in self.notes)
        return [f"| {self.file} | {number} | {what} |" for number, what in found]

    def _place(self, row: Row) -> int:
        return next(place for place, other in enumerate(self.rows) if other is row)

    def cell_counts(self, columns: Sequence[str]) -> str:
        """One line: answer cells of the file, those left blank, those refused."""
        cells = [row[column] for row in self.rows for column in columns]
        return f"| {self.file} | {len(cells)} | {cells.count('')} | {cells.count('99')} |"

    def _table(self) -> list[list[str]]:
        return [self.header, *([row[column] for column in self.header] for row in self.rows)]

    def write_csv(
        self, folder: Path, *, separator: str = ",", quoted: bool = False, bom: bool = False, end: str = "\n"
    ) -> None:
        text = io.StringIO()
        quoting = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
        csv.writer(text, delimiter=separator, quoting=quoting, lineterminator=end).writerows(self._table())
        (folder / self.file).write_bytes(("\ufeff" if bom else "").encode() + text.getvalue().encode())

    def write_xlsx(self, folder: Path, name: str, numbers: Iterable[str]) -> None:
        """A workbook of one sheet. Stored, not compressed, so that its bytes depend on no library's version."""
        numeric = {*numbers}
        lines = [
            f'<row r="{r}">'
            + "".join(_cell(c, r, text, column in numeric) for c, (column, text) in enumerate(cells))
            + "</row>"
            for r, cells in enumerate((list(zip(self.header, row, strict=True)) for row in self._table()), start=1)
        ]
        sheet = f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'
        with zipfile.ZipFile(folder / self.file, "w", zipfile.ZIP_STORED) as archive:
            for path, content in {
                **_XLSX,
                "xl/workbook.xml": _WORKBOOK.format(name=escape(name)),
                "xl/worksheets/sheet1.xml": sheet,
            }.items():
                info = zipfile.ZipInfo(path, (2020, 1, 1, 0, 0, 0))
                info.create_system = 3
                archive.writestr(info, '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + content)


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_WORKBOOK = (
    f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
    '<sheets><sheet name="{name}" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
_XLSX = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}


def _cell(column: int, row: int, text: str, numeric: bool) -> str:
    place = f"{chr(65 + column) if column < 26 else chr(64 + column // 26) + chr(65 + column % 26)}{row}"
    if not text:
        return ""
    if numeric and row > 1 and text.isdigit():
        return f'<c r="{place}"><v>{int(text)}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'


def first_of_each(rows: Iterable[Row], key: str) -> dict[str, Row]:
    """Rows by code; of a code that occurs twice the first counts."""
    found: dict[str, Row] = {}
    for row in rows:
        found.setdefault(row[key], row)
    return found


@dataclass(frozen=True)
class Pairs:
    """Scores of those who have one at both waves."""

    code: list[str]
    earlier: Array
    later: Array

    @property
    def change(self) -> Array:
        return self.later - self.earlier


def pairs(
    questionnaire: Questionnaire, name: str, earlier: Mapping[str, Row], later: Mapping[str, Row],
    prefix: str = "", keep: Callable[[Row], bool] = lambda row: True,
) -> Pairs:  # fmt: skip
    """Scores of the rows that both waves have, by code."""
    codes = [code for code, row in earlier.items() if code in later and keep(row)]
    both = [
        (score(questionnaire, name, earlier[code], prefix), score(questionnaire, name, later[code], prefix))
        for code in codes
    ]
    values = np.array(both, dtype=float).reshape(-1, 2)
    complete = ~np.isnan(values).any(axis=1)
    return Pairs(
        [code for code, whole in zip(codes, complete, strict=True) if whole], values[complete, 0], values[complete, 1]
    )


def alpha(questionnaire: Questionnaire, name: str, rows: Iterable[Row], prefix: str = "") -> float:
    """Cronbach's alpha of the rows that answered every item."""
    construct = next(construct for construct in questionnaire.constructs if construct.id == name)
    values = [[_value(questionnaire, construct, item, row[prefix + item]) for item in construct.items] for row in rows]
    whole = np.array([row for row in values if None not in row], dtype=float)
    k = len(construct.items)
    return float(k / (k - 1) * (1 - whole.var(axis=0, ddof=1).sum() / whole.sum(axis=1).var(ddof=1)))


def put_in_readme(folder: Path, name: str, text: str) -> None:
    """Replace what stands between `<!-- name -->` and `<!-- end of name -->` of README.md."""
    readme = folder / "README.md"
    before, rest = readme.read_text(encoding="utf-8").split(f"<!-- {name} -->\n")
    after = rest.split(f"<!-- end of {name} -->")[1]
    readme.write_bytes(f"{before}<!-- {name} -->\n{text}\n<!-- end of {name} -->{after}".encode())


def table(head: str, lines: Iterable[str]) -> str:
    """A Markdown table: the cells of the head separated by |, a leading > for numbers."""
    cells = [cell.strip() for cell in head.split("|")]
    rule = "|".join("--:" if cell.startswith(">") else "---" for cell in cells)
    return "\n".join([f"| {' | '.join(cell.lstrip('>') for cell in cells)} |", f"|{rule}|", *lines])


def signed(value: float, digits: int = 2) -> str:
    """With its sign; a rounded zero has none.

    >>> signed(-0.004), signed(0.5)
    ('0.00', '+0.50')
    """
    text = f"{value:+.{digits}f}"
    return text if float(text) else text[1:]


def sdq(name: str, change: Mapping[str, Mapping[str, float]], mean: Mapping[str, float]) -> Questionnaire:
    """The Strengths and Difficulties Questionnaire with these means and changes of an answer."""
    items = {
        "emotional": (3, 8, 13, 16, 24),
        "conduct": (5, 7, 12, 18, 22),
        "hyperactivity": (2, 10, 15, 21, 25),
        "peer": (6, 11, 14, 19, 23),
        "prosocial": (1, 4, 9, 17, 20),
    }
    constructs = tuple(
        Construct(
            key, numbered("s", *numbers), mean[key], change.get(key, {}), 1 if key == "prosocial" else -1,
            0, 2, needs=3, score="prorated-sum",
        )
        for key, numbers in items.items()
    )  # fmt: skip
    return Questionnaire(
        name,
        constructs,
        {"total-difficulties": ("emotional", "conduct", "hyperactivity", "peer")},
        frozenset(numbered("s", 7, 11, 14, 21, 25)),
        spread=0.38,
        item_sd=0.55,
        own_change_sd=0.08,
        cluster_change_sd=0.03,
    )
