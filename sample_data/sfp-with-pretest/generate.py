"""Write the files of this folder and the tables of README.md. Nobody answered these questionnaires.

    python generate.py

96 parents of 8 schools, asked before the first session, and at the last one for NOW and for THEN. How they move and how
far they judge their earlier selves otherwise is set below, so that what an analysis finds can be held against what is
true. The same seed writes the same bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from synthetic import (  # noqa: E402
    Construct,
    People,
    Questionnaire,
    Sheet,
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

SEED = 20181024
WAVES = ("baseline", "then", "now")
SCHOOLS, PARENTS_PER_SCHOOL = 8, 12
SCHOOL_SHARE = 0.06
MISSED = 0.15  # of the last session
BLANK = 0.006
OTHER_HAND = {"female": "ж", "male": "м"}  # who typed the last session wrote it so


def block(name: str, first: int, mean: float, then: float, now: float) -> Construct:
    """then: how far THEN is from the answer given at the time; now: the true change."""
    items = numbered("p", *range(first, 21, 4))
    return Construct(name, items, mean, {"then": then, "now": now}, needs=4)


PARENTS = Questionnaire(
    "sfp-10-14-parent",
    (
        block("family-harmony", 1, 3.4, -0.45, 0.25),  # looking back, people are stricter with themselves
        block("rules-about-substance-use", 2, 4.0, -0.15, 0.15),
        block("communication", 3, 3.5, -0.35, 0.15),
        block("positive-involvement", 4, 3.4, 0.0, 0.30),  # and here they are not
    ),
    reversed=frozenset({"p05", "p17", "p19"}),
)
MEASURED = ((PARENTS, tuple(construct.id for construct in PARENTS.constructs)),)
ITEMS = PARENTS.items
BOTH = [f"{item}_{wave}" for item in ITEMS for wave in ("now", "then")]  # as on paper: NOW in the left column


def parents(rng: np.random.Generator) -> People:
    school = np.repeat(np.arange(SCHOOLS), PARENTS_PER_SCHOOL)
    together = rng.standard_normal(SCHOOLS)[school]
    well = mixed(rng, (SCHOOL_SHARE, together))
    return People(school, well, rng.standard_normal(len(school)), np.ones(len(school), dtype=bool))


def forms(rng: np.random.Generator, people: People) -> tuple[Sheet, Sheet]:
    """The file of the first session and that of the last one."""
    codes = draw(rng, PARENTS, people, WAVES)
    female = rng.random(len(people)) < 0.8
    leaves = 0.4 * people.well + rng.standard_normal(len(people))
    stayed = np.ones(len(people), dtype=bool)
    stayed[np.argsort(leaves, kind="stable")[: round(MISSED * len(people))]] = False
    first = Sheet("first-session.csv", ["code", "school", "sex", *ITEMS], [])
    last = Sheet("last-session.csv", ["code", "school", "sex", *BOTH], [])
    for k in range(len(people)):
        school, number = int(people.cluster[k]) + 1, k % PARENTS_PER_SCHOOL + 1
        own = {"code": f"{school}-{number:02d}", "school": str(school), "sex": "female" if female[k] else "male"}
        first.rows.append(own | {item: str(codes["baseline"][item][k]) for item in ITEMS})
        if stayed[k]:
            typed = own | {"sex": OTHER_HAND[own["sex"]]}
            last.rows.append(typed | {column: str(codes[column[4:]][column[:3]][k]) for column in BOTH})
    first.scatter(rng, ITEMS, BLANK)
    last.scatter(rng, BOTH, BLANK)
    rows = list(last.rows)
    first.put(first.rows[17], "6", "out of range", "p08")
    for row in [row for row in rows if row["school"] == "6"][:6]:  # the page was not turned in one room
        row.update(dict.fromkeys((column for column in BOTH if column.endswith("_then")), ""))
        last.note(row, "the THEN side is blank")
    last.repeat(rows[12], "typed twice: the same code and answers", 1, {})
    last.put(rows[63], "9-01", "a code that nobody has at the first session", "code")
    return first, last


def achieved(people: People, first: Sheet, last: Sheet) -> list[str]:
    """Of those with a score before, THEN and now; THEN and now are read from the columns of their wave."""
    before = first_of_each(first.rows, "code")
    side = {
        wave: {
            code: {item: row[f"{item}_{wave}"] for item in ITEMS} | {"code": code}
            for code, row in first_of_each(last.rows, "code").items()
        }
        for wave in ("then", "now")
    }
    everyone, lines = np.ones(len(people), dtype=bool), []
    for construct in PARENTS.constructs:
        at = {wave: pairs(PARENTS, construct.id, before, rows) for wave, rows in side.items()}
        three = [code for code in at["then"].code if code in at["now"].code]
        found = [
            np.mean([dict(zip(at[wave].code, at[wave].change, strict=True))[code] for code in three])
            for wave in ("then", "now")
        ]
        true = [true_change(PARENTS, people, construct.id, ("baseline", wave), everyone) for wave in ("then", "now")]
        cells = [construct.id, str(len(three))]
        for shift, measured in (true, found):
            cells += [signed(shift), signed(measured - shift), signed(measured)]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


HEAD = (
    "construct | >people with all three | >true shift | >true perceived | >true measured "
    "| >found shift | >found perceived | >found measured"
)


def main() -> None:
    rng = np.random.default_rng(SEED)
    people = parents(rng)
    first, last = forms(rng, people)
    first.write_csv(HERE)
    last.write_csv(HERE)
    lines = achieved(people, first, last)
    put_in_readme(HERE, "flaws", table("file | >row | what", [*first.flaws(), *last.flaws()]))
    cells = [first.cell_counts(ITEMS), last.cell_counts(BOTH)]
    put_in_readme(HERE, "cells", table("file | >answer cells | >blank | >99, refused", cells))
    put_in_readme(HERE, "achieved", table(HEAD, lines))
    print(table(HEAD, lines))


if __name__ == "__main__":
    main()
