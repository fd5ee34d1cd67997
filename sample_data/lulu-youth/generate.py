"""Write the files of this folder and the tables of README.md. Nobody answered these questionnaires.

    python generate.py

610 young people of 20 schools, before and after ten sessions: the numbers of girls, boys and schools are those printed
for Uzbekistan in 2019. The effect is set below, so that what an analysis finds can be held against what is true. The
same seed writes the same bytes.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from synthetic import (  # noqa: E402
    Construct,
    People,
    Questionnaire,
    Row,
    Sheet,
    alpha,
    draw,
    first_of_each,
    mixed,
    numbered,
    pairs,
    put_in_readme,
    signed,
    table,
    true_change,
)

SEED = 20191005
WAVES = ("baseline", "endline")
SCHOOLS = (22, 26, 28, 29, 30, 30, 31, 31, 32, 32, 33, 33, 34, 34, 34, 35, 36, 37, 37, 6)  # 610 young people
GIRLS, GIRLS_IN_THE_SMALLEST = 270, 2
SESSIONS = 10
SCHOOL_SHARE = 0.07
GIRLS_START = {"risk-perception": 0.15, "attitudes": 0.15}  # points of an answer above the boys
GIRLS_GAIN = {
    "resisting-pressure": 0.18
}  # more than the boys: the one true difference between girls and boys in change
MISSED = {"baseline": 0.025, "endline": 0.11}
BLANK, REFUSED = 0.006, 0.002


def block(letter: str, name: str, mean: float, change: float, highest: int = 5) -> Construct:
    return Construct(name, numbered(letter, 1, 2, 3, 4), mean, {"endline": change}, highest=highest)


LIKERT = Questionnaire(
    "lulu-youth",
    (
        block("h", "risk-perception", 2.8, 0.20, 4),
        block("a", "attitudes", 3.7, 0.12),
        block("r", "resisting-pressure", 3.4, 0.08),
        block("s", "coping", 3.2, 0.12),
        block("m", "communication", 3.5, 0.06),
        block("d", "decision-making", 3.4, 0.0),
    ),
    reversed=frozenset({"a02", "a03", "r03", "s03", "d03"}),
    item_sd=0.85,
    cluster_change_sd=0.08,
)
KNOWLEDGE = Questionnaire(
    "lulu-youth",
    (Construct("knowledge", numbered("k", 1, 2, 3, 4, 5, 6), 0.55, {"endline": 0.17}, lowest=0, highest=1,
               needs=5, score="share-correct"),),
    correct={"k01": 1, "k02": 2, "k03": 1, "k04": 2, "k05": 1, "k06": 2},
    spread=0.28,
    item_sd=0.55,
    own_change_sd=0.08,
    cluster_change_sd=0.05,
)  # fmt: skip
MEASURED = ((KNOWLEDGE, ("knowledge",)), (LIKERT, tuple(construct.id for construct in LIKERT.constructs)))
ITEMS = [
    item
    for letter, last in zip("kharsmd", (6, 4, 4, 4, 4, 4, 4), strict=True)
    for item in numbered(letter, *range(1, last + 1))
]


@dataclass(frozen=True)
class Youth:
    school: np.ndarray
    number: np.ndarray  # in the school, from 1
    girl: np.ndarray
    age: np.ndarray
    people: People

    def __len__(self) -> int:
        return len(self.school)

    def code(self, k: int) -> str:
        return f"{self.school[k] + 1:02d}{self.number[k]:02d}"

    def shared(self, k: int) -> Row:
        age = int(self.age[k])
        return {
            "code": self.code(k),
            "school": f"{self.school[k] + 1:02d}",
            "sex": "girl" if self.girl[k] else "boy",
            "age": str(age),
            "age_band": "13 to 15" if age <= 15 else "16 to 18",
        }


def enrolled(rng: np.random.Generator) -> Youth:
    school = np.repeat(np.arange(len(SCHOOLS)), SCHOOLS)
    n, small = len(school), SCHOOLS[-1]
    girl = np.zeros(n, dtype=bool)
    girl[rng.choice(n - small, GIRLS - GIRLS_IN_THE_SMALLEST, replace=False)] = True
    girl[n - small + rng.choice(small, GIRLS_IN_THE_SMALLEST, replace=False)] = True
    number = np.concatenate([np.arange(1, size + 1) for size in SCHOOLS])
    age = rng.choice(np.arange(13, 19), n, p=[0.10, 0.22, 0.26, 0.22, 0.14, 0.06])
    well = mixed(rng, (SCHOOL_SHARE, rng.standard_normal(len(SCHOOLS))[school]))
    people = People(school, well, mixed(rng, (0.05, rng.standard_normal(len(SCHOOLS))[school])), np.ones(n, dtype=bool))
    return Youth(school, number, girl, age, people)


def shift(youth: Youth):
    """Girls start higher on two constructs and gain more on one."""

    def moved(construct: Construct, wave: str) -> np.ndarray:
        more = GIRLS_START.get(construct.id, 0.0) + (GIRLS_GAIN.get(construct.id, 0.0) if wave == "endline" else 0.0)
        return np.where(youth.girl, more, 0.0)

    return moved


def forms(rng: np.random.Generator, youth: Youth) -> Sheet:
    """One long file, a row for each form: typed from paper by two people, baseline first."""
    answers: dict[str, dict[str, np.ndarray]] = {"baseline": {}, "endline": {}}
    for questionnaire, _ in MEASURED:
        for wave, codes in draw(rng, questionnaire, youth.people, WAVES, shift(youth)).items():
            answers[wave] |= codes
    header = ["code", "wave", "school", "sex", "age", "age_band", "typist", *ITEMS]
    sheet = Sheet("youth.csv", header, [])
    for wave in WAVES:
        leaning = 0.35 * youth.people.well + 0.15 * youth.girl + rng.standard_normal(len(youth))
        order = np.argsort(leaning, kind="stable")
        there = np.ones(len(youth), dtype=bool)
        there[order[: round(MISSED[wave] * len(youth))]] = False
        for k in np.flatnonzero(there).tolist():
            row = youth.shared(k) | {"wave": wave, "typist": "A" if youth.school[k] % 2 else "B"}
            sheet.rows.append(row | {item: str(answers[wave][item][k]) for item in ITEMS})
    sheet.scatter(rng, ITEMS, BLANK)
    sheet.scatter(rng, ITEMS, REFUSED, "99")
    _flaws(sheet)
    return sheet


def _flaws(sheet: Sheet) -> None:
    rows = list(sheet.rows)
    last = [row for row in rows if row["wave"] == "endline"]
    sheet.put(rows[17], "12", "younger than the questionnaire is for", "age")
    sheet.put(rows[203], "19", "older than the questionnaire is for", "age")
    sheet.put(rows[340], "1З", "the letter З and not the digit 3", "age")
    sheet.put(rows[88], "", "no sex", "sex")
    sheet.put(last[95], "boy" if last[95]["sex"] == "girl" else "girl", "another sex than at baseline", "sex")
    for row, column, value in (
        (rows[40], "h02", "5"),
        (rows[151], "r01", "0"),
        (last[33], "m04", "33"),
        (last[210], "k05", "4"),
    ):
        sheet.put(row, value, "out of range", column)
    sheet.put(rows[260], "", "the second page is blank", *ITEMS[14:])
    sheet.put(last[300], "", "the second page is blank", *ITEMS[14:])
    sheet.put(
        rows[412],
        "3",
        "the same answer to everything but the first part",
        *(item for item in ITEMS if item[0] in "arsmd"),
    )
    for row in last[40:42]:
        sheet.put(row, row["code"].lstrip("0"), f"code {row['code']} without its leading zero", "code")
    sheet.put(last[133], "", "no code", "code")
    sheet.repeat(rows[120], "typed twice: the same code, wave and answers", 2, {})
    again = last[222]
    sheet.repeat(again, f"code {again['code']} a second time at endline, with other answers", 1,
                 dict.fromkeys(numbered("d", 1, 2, 3, 4), "4"))  # fmt: skip
    sheet.put(last[180], "endline ", "a space after the word", "wave")
    sheet.put(last[350], "follow-up", "a wave that the analysis does not name", "wave")


def attendance(rng: np.random.Generator, youth: Youth) -> Sheet:
    """How many of the ten sessions each came to. Attendance does not change the effect here."""
    keen = 0.4 * youth.people.well + 0.92 * rng.standard_normal(len(youth))
    came = rng.binomial(SESSIONS, np.clip(0.84 + 0.10 * keen, 0.05, 0.99))
    rows = [
        {
            "code": youth.code(k),
            "school": f"{youth.school[k] + 1:02d}",
            "sex": youth.shared(k)["sex"],
            "sessions": str(came[k]),
        }
        for k in range(len(youth))
    ]
    sheet = Sheet("attendance.csv", ["code", "school", "sex", "sessions"], rows)
    sheet.put(rows[77], "11", "more than ten sessions", "sessions")
    sheet.put(rows[301], "", "not written down", "sessions")
    return sheet


def by_wave(sheet: Sheet) -> list[dict[str, Row]]:
    return [
        first_of_each((row for row in sheet.rows if row["code"] and row["wave"].strip() == wave), "code")
        for wave in WAVES
    ]


HEAD = (
    "construct | >pairs | >baseline mean (SD) | >endline mean | >r | >alpha | >true change | >found change "
    "| >girls: n | >true | >found | >boys: n | >true | >found | >best score, baseline / endline"
)


def achieved(sheet: Sheet, youth: Youth) -> list[str]:
    before, after = by_wave(sheet)
    lines = []
    for questionnaire, names in MEASURED:
        for name in names:
            digits = 3 if name == "knowledge" else 2
            construct = next(c for c in questionnaire.constructs if c.id == name)
            both = pairs(questionnaire, name, before, after)

            def true(who: np.ndarray, questionnaire=questionnaire, name=name, digits=digits) -> str:
                return signed(true_change(questionnaire, youth.people, name, WAVES, who, shift(youth)), digits)

            top = [100 * (wave >= construct.highest - 1e-9).mean() for wave in (both.earlier, both.later)]
            cells = [
                name,
                str(len(both.change)),
                f"{both.earlier.mean():.{digits}f} ({both.earlier.std(ddof=1):.{digits}f})",
                f"{both.later.mean():.{digits}f}",
                f"{np.corrcoef(both.earlier, both.later)[0, 1]:.2f}",
                f"{alpha(questionnaire, name, before.values()):.2f}",
                f"**{true(np.ones(len(youth), dtype=bool))}**",
                f"**{signed(both.change.mean(), digits)}**",
            ]
            for sex, who in (("girl", youth.girl), ("boy", ~youth.girl)):
                part = pairs(questionnaire, name, before, after, keep=lambda row, sex=sex: row["sex"] == sex)
                cells += [str(len(part.change)), true(who), signed(part.change.mean(), digits)]
            cells.append(f"{top[0]:.0f} / {top[1]:.0f} %")
            lines.append(f"| {' | '.join(cells)} |")
    return lines


def flow(sheet: Sheet, youth: Youth) -> list[str]:
    before, after = by_wave(sheet)
    lines = []
    for label, who in (("girls", youth.girl), ("boys", ~youth.girl), ("all", np.ones(len(youth), dtype=bool))):
        codes = {youth.code(k) for k in np.flatnonzero(who).tolist()}
        first, second = codes & before.keys(), codes & after.keys()
        lines.append(f"| {label} | {len(codes)} | {len(first)} | {len(second)} | {len(first & second)} |")
    return lines


def attended(sheet: Sheet) -> str:
    came = np.array(
        [int(row["sessions"]) for row in sheet.rows if row["sessions"] and int(row["sessions"]) <= SESSIONS]
    )
    often = f"{(came >= 8).sum()} of {len(came)} with a usable entry"
    return f"Sessions attended: mean {came.mean():.1f} of {SESSIONS}; at eight or more: {often}."


def main() -> None:
    rng = np.random.default_rng(SEED)
    youth = enrolled(rng)
    sheet = forms(rng, youth)
    came = attendance(rng, youth)
    sheet.write_csv(HERE, separator=";", bom=True, end="\r\n")
    came.write_csv(HERE)
    lines = achieved(sheet, youth)
    put_in_readme(HERE, "flaws", table("file | >row | what", [*sheet.flaws(), *came.flaws()]))
    put_in_readme(HERE, "cells", table("file | >answer cells | >blank | >99, refused", [sheet.cell_counts(ITEMS)]))
    put_in_readme(HERE, "flow", table("who | >enrolled | >baseline | >endline | >both", flow(sheet, youth)))
    put_in_readme(HERE, "achieved", table(HEAD, lines))
    put_in_readme(HERE, "attendance", attended(came) + "\n")
    print(table(HEAD, lines))


if __name__ == "__main__":
    main()
