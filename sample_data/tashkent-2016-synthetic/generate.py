"""Write parents.csv and youth.csv, and the two tables of README.md. Nobody answered these questionnaires.

    python generate.py

The size follows what UNODC printed for Uzbekistan in 2016: 5 schools, 2 cycles, 80 families, 148 questionnaires. For
each construct the share of people who improved is set to the printed "improved by" figure; everything else is drawn at
random around assumptions that stand at the top of this file. The same seed writes the same bytes.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

SEED = 20161014
HERE = Path(__file__).resolve().parent

SCHOOLS, CYCLES, FAMILIES_PER_GROUP = 5, 2, 8  # 80 families
FACILITATORS = ("F1", "F1", "F2", "F3", "F4", "F4", "F5", "F6", "F7", "F7")  # school 1 cycle 1, school 1 cycle 2, …
FORMS = 74  # rows of each file, the one that was typed in twice included
LOWEST, HIGHEST, REFUSED, OUT_OF_RANGE = 1, 5, 99, 7

# Spread of a person's construct around its mean, and where it comes from (shares of the variance).
PERSON_SD, SCHOOL_SHARE, FAMILY_SHARE = 0.85, 0.06, 0.20
ITEM_SD = 0.80  # an answer around the person's construct
WORSE = 0.06  # share of people who report a turn for the worse
BETTER_BY, WORSE_BY = (1, 1, 2, 2, 3), (1, 1, 2)  # points of an answer that moves, each as likely
EXCHANGED = 0.45  # share of unchanged scores under which one answer went up and another down


@dataclass(frozen=True)
class Construct:
    id: str
    items: tuple[int, ...]
    then: float  # mean before the programme, in points of 1 to 5
    printed: int  # "improved by", per cent


@dataclass(frozen=True)
class Group:
    """One questionnaire: who fills it in, what it measures, and what went wrong when it was filled in and typed."""

    file: str
    letter: str
    reversed: frozenset[int]
    constructs: tuple[Construct, ...]
    min_answered: int
    without_form: tuple[int, ...]  # families (0 to 79) that handed none in
    blank_then_side: int | None  # person: the right column was left empty
    all_then_equal_now: int  # person: the same answers in both columns
    typed_twice: tuple[int, str]  # person, and whether the second row is the "same" or a "different" form
    skipped: tuple[tuple[int, int, str], ...]  # person, item, wave ("both", "now", "then"): left blank
    refused: tuple[tuple[int, int, str], ...]
    out_of_range: tuple[tuple[int, int, str], ...]
    no_age: tuple[int, ...] = field(default=())

    @property
    def items(self) -> int:
        return sum(len(construct.items) for construct in self.constructs)


def every(step: int, start: int, count: int) -> tuple[int, ...]:
    return tuple(start + step * k for k in range(count))


PARENTS = Group(
    file="parents.csv",
    letter="p",
    reversed=frozenset({5, 17, 19}),
    constructs=(
        Construct("family-harmony", every(4, 1, 5), 3.1, 57),
        Construct("rules-about-substance-use", every(4, 2, 5), 4.75, 18),
        Construct("communication", every(4, 3, 5), 3.4, 37),
        Construct("positive-involvement", every(4, 4, 5), 3.5, 41),
    ),
    min_answered=4,
    without_form=(4, 13, 27, 38, 52, 61, 79),
    blank_then_side=44,
    all_then_equal_now=19,
    typed_twice=(30, "same"),
    skipped=(
        (2, 12, "both"),
        (11, 3, "both"),
        (25, 10, "both"),
        (37, 18, "both"),
        (37, 19, "both"),
        (37, 20, "both"),
        (58, 7, "now"),
        (66, 15, "both"),
        (66, 3, "both"),
        (71, 20, "both"),
    ),
    refused=((8, 5, "both"), (33, 17, "both"), (50, 10, "both"), (50, 18, "both")),
    out_of_range=((22, 16, "now"),),
    no_age=(16, 55),
)

YOUTH = Group(
    file="youth.csv",
    letter="y",
    reversed=frozenset({8, 9}),
    constructs=(
        Construct("attachment", every(5, 1, 3), 3.9, 26),
        Construct("family-management", every(5, 2, 3), 3.8, 24),
        Construct("peer-resistance", every(5, 3, 3), 3.8, 30),
        Construct("family-harmony", every(5, 4, 3), 3.3, 36),
        Construct("involvement", every(5, 5, 3), 3.2, 45),
    ),
    min_answered=3,
    without_form=(9, 13, 20, 38, 47, 66, 73),
    blank_then_side=None,
    all_then_equal_now=52,
    typed_twice=(63, "different"),
    skipped=((5, 12, "both"), (14, 6, "now"), (28, 10, "both"), (40, 14, "both"), (40, 15, "both"), (69, 9, "then")),
    refused=((17, 8, "both"), (34, 3, "both"), (61, 8, "both")),
    out_of_range=((46, 2, "then"),),
    no_age=(31,),
)


def families() -> list[tuple[int, int, int]]:
    """School, cycle and number in the group of each of the 80 families."""
    return [
        (school, cycle, number)
        for school in range(1, SCHOOLS + 1)
        for cycle in range(1, CYCLES + 1)
        for number in range(1, FAMILIES_PER_GROUP + 1)
    ]


def mixed(rng: np.random.Generator, who: np.ndarray, family_effect: np.ndarray) -> np.ndarray:
    """A standard normal per person, made of a school's, a family's and the person's own part."""
    school_effect = rng.standard_normal(SCHOOLS)
    school = np.array([families()[family][0] - 1 for family in who])
    own = 1.0 - SCHOOL_SHARE - FAMILY_SHARE
    return (
        np.sqrt(SCHOOL_SHARE) * school_effect[school]
        + np.sqrt(FAMILY_SHARE) * family_effect[who]
        + np.sqrt(own) * rng.standard_normal(len(who))
    )


def lost(group: Group, wave: str) -> set[tuple[int, int]]:
    """Cells (person, item) of a wave without a usable answer."""
    cells = group.skipped + group.refused + group.out_of_range
    gone = {(person, item) for person, item, which in cells if which in ("both", wave)}
    if wave == "then" and group.blank_then_side is not None:
        gone |= {(group.blank_then_side, item) for item in range(1, group.items + 1)}
    return gone


def usable_pairs(group: Group, construct: Construct, people: int) -> np.ndarray:
    """Who has enough answers at both waves."""
    enough = np.ones(people, dtype=bool)
    for wave in ("now", "then"):
        gone = lost(group, wave)
        for person in range(people):
            answered = sum((person, item) not in gone for item in construct.items)
            enough[person] &= answered >= group.min_answered
    return enough


def exchange(rng: np.random.Generator, before: np.ndarray) -> np.ndarray:
    """One answer up, another down: the score stays."""
    after = before.copy()
    up, down = np.flatnonzero(before < HIGHEST), np.flatnonzero(before > LOWEST)
    pairs = [(i, j) for i in up for j in down if i != j]
    if pairs:
        i, j = pairs[rng.integers(len(pairs))]
        after[i] += 1
        after[j] -= 1
    return after


def move(rng: np.random.Generator, before: np.ndarray, direction: int, kept: np.ndarray) -> np.ndarray:
    """Answers (more is better) after a change for the better (1), for the worse (-1) or none (0) of the items kept."""
    if direction == 0:
        return exchange(rng, before) if kept.all() and rng.random() < EXCHANGED else before.copy()
    chance, sizes = (0.85, BETTER_BY) if direction > 0 else (0.5, WORSE_BY)
    while True:
        steps = np.where(rng.random(len(before)) < chance, rng.choice(sizes, len(before)), 0)
        slips = np.where(rng.random(len(before)) < 0.05, 1, 0)
        after = np.clip(before + direction * (steps - slips), LOWEST, HIGHEST)
        if direction * (after[kept].sum() - before[kept].sum()) > 0:
            return after


def answers(rng: np.random.Generator, group: Group, who: np.ndarray, ease: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Answers THEN and NOW (people x items), more is better; `ease` is how readily each family changes."""
    people = len(who)
    then = np.zeros((people, group.items), dtype=int)
    now = np.zeros((people, group.items), dtype=int)
    level = mixed(rng, who, rng.standard_normal(len(families())))
    readiness = mixed(rng, who, ease)
    gone = lost(group, "now") | lost(group, "then")
    for construct in group.constructs:
        columns = np.array(construct.items) - 1
        own = 0.75 * level + np.sqrt(1 - 0.75**2) * rng.standard_normal(people)
        latent = construct.then + PERSON_SD * own
        drawn = latent[:, None] + ITEM_SD * rng.standard_normal((people, len(columns)))
        before = np.clip(np.rint(drawn), LOWEST, HIGHEST).astype(int)

        usable = usable_pairs(group, construct, people)
        liability = 0.6 * readiness + 0.7 * rng.standard_normal(people) - 0.4 * own
        can_rise = before.sum(axis=1) < HIGHEST * len(columns)
        fixed = np.arange(people) == group.all_then_equal_now
        liability[~can_rise | fixed] = -99.0
        direction = np.zeros(people, dtype=int)
        for part in (usable, ~usable):  # the share holds among those who are counted
            rank = np.argsort(-np.where(part, liability, -np.inf), kind="stable")
            direction[rank[: round(construct.printed / 100 * part.sum())]] = 1
        settled = (direction == 1) | fixed | (before.sum(axis=1) == LOWEST * len(columns))
        direction[~settled & (rng.random(people) < WORSE / (1 - construct.printed / 100))] = -1

        for person in range(people):
            kept = np.array([(person, item) not in gone for item in construct.items])
            kept = kept if kept.any() else ~kept
            after = before[person] if fixed[person] else move(rng, before[person], direction[person], kept)
            then[person, columns], now[person, columns] = before[person], after
    for person in np.flatnonzero((then == now).all(axis=1)):  # one form with all THEN equal to NOW is enough
        for construct in group.constructs if person != group.all_then_equal_now else ():
            if not any((person, item) in gone for item in construct.items):
                columns = np.array(construct.items) - 1
                now[person, columns] = exchange(rng, then[person, columns])
    return then, now


def cell(group: Group, person: int, item: int, wave: str, value: int) -> str:
    """What stands in the file."""
    if (person, item, wave) in group.out_of_range:
        return str(OUT_OF_RANGE)
    if any((person, item, which) in group.refused for which in ("both", wave)):
        return str(REFUSED)
    if (person, item) in lost(group, wave):
        return ""
    return str(LOWEST + HIGHEST - value if item in group.reversed else value)


def table(rng: np.random.Generator, group: Group, ease: np.ndarray) -> tuple[list[str], list[list[str]]]:
    """Header and rows of one file."""
    who = np.array([family for family in range(len(families())) if family not in group.without_form])
    then, now = answers(rng, group, who, ease)
    parents = group.letter == "p"
    female = rng.random(len(who)) < (0.81 if parents else 0.52)
    age = np.clip(np.rint(rng.normal(38, 5.5, len(who))), 27, 58) if parents else rng.integers(10, 15, len(who))
    waves = (("now", now), ("then", then))  # as on paper: NOW in the left column
    header = ["code", "family", "school", "cycle", "facilitator", "sex", "age"]
    header += [f"{group.letter}{item:02d}_{wave}" for item in range(1, group.items + 1) for wave, _ in waves]
    rows = []
    for person, family in enumerate(who):
        school, cycle, number = families()[family]
        name = f"S{school}C{cycle}-{number:02d}"
        row = [
            f"{name}-{group.letter.upper()}",
            name,
            f"School {school}",
            str(cycle),
            FACILITATORS[(school - 1) * CYCLES + cycle - 1],
        ]
        row += ["female" if female[person] else "male", "" if person in group.no_age else str(int(age[person]))]
        row += [
            cell(group, person, item, wave, value[person, item - 1])
            for item in range(1, group.items + 1)
            for wave, value in waves
        ]
        rows.append(row)
    person, kind = group.typed_twice
    again = list(rows[person])
    if kind == "different":  # another form that was given a code already in use
        spare = rng.integers(LOWEST + 1, HIGHEST + 1, 2 * group.items)
        again[6:] = [str(10 + int(rng.integers(0, 5))), *map(str, spare)]
    rows.append(again) if kind == "different" else rows.insert(person + 4, again)
    return header, rows


def scores(group: Group, header: list[str], rows: list[list[str]], construct: Construct, wave: str) -> np.ndarray:
    """Mean score per row as read from the file, NaN without enough answers."""
    result = []
    for row in rows:
        given = dict(zip(header, row, strict=True))
        values = [(item, given[f"{group.letter}{item:02d}_{wave}"]) for item in construct.items]
        taken = [
            LOWEST + HIGHEST - int(value) if item in group.reversed else int(value)
            for item, value in values
            if value in {"1", "2", "3", "4", "5"}
        ]
        result.append(sum(taken) / len(taken) if len(taken) >= group.min_answered else np.nan)
    return np.array(result)


def achieved(group: Group, header: list[str], rows: list[list[str]]) -> list[str]:
    """One line of the README's table per construct; of a code that occurs twice the first row counts."""
    first = [row for k, row in enumerate(rows) if row[0] not in {earlier[0] for earlier in rows[:k]}]
    lines = []
    for construct in group.constructs:
        then, now = (scores(group, header, first, construct, wave) for wave in ("then", "now"))
        both = ~np.isnan(then) & ~np.isnan(now)
        then, now = then[both], now[both]
        change = np.rint((now - then) * 60).astype(int)  # whole numbers: 60 holds fifths, quarters and thirds
        up, same, down = int((change > 0).sum()), int((change == 0).sum()), int((change < 0).sum())
        mean, n = change.mean() / 60, len(change)
        figures = [
            "parent" if group.letter == "p" else "youth",
            construct.id,
            f"{construct.printed} %",
            f"**{100 * up / n:.1f} %**",
            f"{up} of {n}",
            f"{same} / {down}",
            f"{then.mean():.2f}",
            f"{now.mean():.2f}",
            f"{np.corrcoef(then, now)[0, 1]:.2f}",
            f"{100 * mean / (HIGHEST - LOWEST):.1f}",
            f"{100 * mean / then.mean():.1f} %",
            f"{100 * (then == HIGHEST).mean():.0f} / {100 * (now == HIGHEST).mean():.0f} %",
        ]
        lines.append("| " + " | ".join(figures) + " |")
    return lines


def flaws(group: Group, header: list[str], rows: list[list[str]]) -> list[str]:
    """One line of the README's table per flaw, read back from the rows."""
    found = []
    codes = [row[0] for row in rows]
    answered = header[7:]
    for number, row in enumerate(rows, start=2):
        given = dict(zip(answered, row[7:], strict=True))
        now, then = ([given[name] for name in answered if name.endswith(wave)] for wave in ("_now", "_then"))
        if (earlier := codes.index(row[0]) + 2) < number:
            alike = "the same answers" if rows[earlier - 2] == row else "other answers"
            found.append((number, f"code {row[0]} stands in row {earlier} already, with {alike}"))
        if not any(then):
            found.append((number, "the THEN side is blank"))
        elif now == then:
            found.append((number, "every THEN equals NOW"))
        single = {name: value for name, value in given.items() if any(then) or name.endswith("_now")}
        for what, wanted in (("blank", ""), ("99, refused", str(REFUSED)), ("7, out of range", str(OUT_OF_RANGE))):
            if columns := [f"`{name}`" for name, value in single.items() if value == wanted]:
                found.append((number, f"{what}: {', '.join(columns)}"))
        if not row[6]:
            found.append((number, "no age"))
    return [f"| {group.file} | {number} | {what} |" for number, what in found]


ACHIEVED_HEAD = (
    "| | construct | printed | improved | people | same / worse | then | now | r | POMP | change of the mean "
    "| at best then / now |\n|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n"
)


FLAWS_HEAD = "| file | row | what |\n|---|---|---|\n"


def put_in_readme(start: str, end: str, text: str) -> None:
    """Replace what stands between two comments of README.md."""
    readme = HERE / "README.md"
    before, rest = readme.read_text(encoding="utf-8").split(f"<!-- {start} -->\n")
    after = rest.split(f"<!-- {end} -->")[1]
    readme.write_bytes(f"{before}<!-- {start} -->\n{text}\n<!-- {end} -->{after}".encode())


def main() -> None:
    rng = np.random.default_rng(SEED)
    ease = rng.standard_normal(len(families()))
    lines: list[str] = []
    flawed: list[str] = []
    for group in (PARENTS, YOUTH):
        header, rows = table(rng, group, ease)
        if len(rows) != FORMS:
            raise SystemExit(f"{group.file}: {len(rows)} rows instead of {FORMS}")
        with (HERE / group.file).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([header, *rows])
        lines += achieved(group, header, rows)
        flawed += flaws(group, header, rows)
    print(ACHIEVED_HEAD + "\n".join(lines))
    put_in_readme("achieved: written by generate.py", "end", ACHIEVED_HEAD + "\n".join(lines))
    put_in_readme("flaws: written by generate.py", "end of flaws", FLAWS_HEAD + "\n".join(flawed))


if __name__ == "__main__":
    main()
