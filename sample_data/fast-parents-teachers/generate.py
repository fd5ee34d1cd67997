"""Write the files of this folder and the tables of README.md. Nobody answered these questionnaires.

    python generate.py

96 families of 8 primary schools in eight weekly sessions; parents and teachers answer before and after. The effect is
set below, so that what an analysis finds can be held against what is true. The same seed writes the same bytes.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from synthetic import (  # noqa: E402
    Construct,
    People,
    Questionnaire,
    Sheet,
    alpha,
    draw,
    first_of_each,
    mixed,
    numbered,
    pairs,
    put_in_readme,
    sdq,
    signed,
    table,
    true_change,
)

SEED = 20160312
WAVES = ("baseline", "endline")
SCHOOLS = (14, 13, 12, 14, 12, 13, 14, 4)  # families
SESSIONS = 8
SECOND_PARENT = 8  # families in which both parents answer
SCHOOL_SHARE, CHILD_SHARE = 0.08, 0.35  # of how well things are; parents and teacher of a child share the second
MISSED = {"parents": {"baseline": 0.02, "endline": 0.12}, "teachers": {"baseline": 0.0, "endline": 0.05}}
BLANK = 0.004
START = {"baseline": datetime(2016, 2, 29, 12, tzinfo=UTC), "endline": datetime(2016, 5, 9, 12, tzinfo=UTC)}


def block(
    letter: str, name: str, numbers: range, mean: float, change: float, better: int = 1, needs: int = 0
) -> Construct:
    return Construct(name, numbered(letter, *numbers), mean, {"endline": change}, better, needs=needs)


PARENT = Questionnaire(
    "fast-parent",
    (
        block("f", "cohesion", range(1, 5), 3.8, 0.20),
        block("f", "expressiveness", range(5, 9), 3.4, 0.15),
        block("f", "conflict", range(9, 13), 2.3, -0.15, -1),
        block("f", "school-involvement", range(13, 17), 3.3, 0.35),
        block("f", "social-support", range(17, 20), 2.9, 0.40),
        block("f", "reciprocity", range(20, 23), 2.8, 0.30),
    ),
)
TEACHER = Questionnaire(
    "fast-teacher",
    (
        block("t", "school-involvement", range(1, 6), 3.1, 0.20, needs=4),
        block("t", "parent-teacher-contact", range(6, 10), 3.2, 0.10),
    ),
    cluster_change_sd=0.12,  # few teachers, each with several children
)
SDQ_PARENT = sdq(
    "sdq-parent",
    {"emotional": {"endline": -0.06}, "conduct": {"endline": -0.08}, "hyperactivity": {"endline": -0.07},
     "prosocial": {"endline": 0.06}},
    {"emotional": 0.55, "conduct": 0.48, "hyperactivity": 0.80, "peer": 0.55, "prosocial": 1.50},
)  # fmt: skip
SDQ_TEACHER = sdq(
    "sdq-teacher",
    {"conduct": {"endline": -0.05}, "hyperactivity": {"endline": -0.05}},
    {"emotional": 0.38, "conduct": 0.38, "hyperactivity": 0.75, "peer": 0.45, "prosocial": 1.30},
)


@dataclass(frozen=True)
class Children:
    school: np.ndarray
    number: np.ndarray  # in the school, from 1
    sex: np.ndarray
    grade: np.ndarray
    teacher: np.ndarray
    well: np.ndarray
    readiness: np.ndarray

    def __len__(self) -> int:
        return len(self.school)

    def code(self, k: int) -> str:
        return f"S{self.school[k] + 1}-{self.number[k]:02d}"

    def people(self, rng: np.random.Generator, who: np.ndarray, share: float) -> People:
        """Respondents on the children `who`."""
        well = mixed(rng, (SCHOOL_SHARE + share, self.well[who]))
        ready = mixed(rng, (share, self.readiness[who]))
        return People(self.school[who], well, ready, np.ones(len(who), dtype=bool))


def enrolled(rng: np.random.Generator) -> Children:
    school = np.repeat(np.arange(len(SCHOOLS)), SCHOOLS)
    n = len(school)
    number = np.concatenate([np.arange(1, size + 1) for size in SCHOOLS])
    part = SCHOOL_SHARE / (SCHOOL_SHARE + CHILD_SHARE)
    well = np.sqrt(part) * rng.standard_normal(len(SCHOOLS))[school] + np.sqrt(1 - part) * rng.standard_normal(n)
    grade = rng.integers(1, 4, n)
    teacher = np.array([f"T{s + 1}{'AB'[int(g > 1)]}" for s, g in zip(school, grade, strict=True)])
    return Children(school, number, rng.choice(["girl", "boy"], n), grade, teacher, well, rng.standard_normal(n))


def absent(rng: np.random.Generator, well: np.ndarray, share: float) -> np.ndarray:
    """Who hands in no form: more often those who are less well."""
    order = np.argsort(0.4 * well + rng.standard_normal(len(well)), kind="stable")
    missing = np.zeros(len(well), dtype=bool)
    missing[order[: round(share * len(well))]] = True
    return missing


def parents(rng: np.random.Generator, children: Children) -> tuple[list[Sheet], People]:
    """An ODK Central export of each wave: XML names, groups joined with a hyphen."""
    second = np.sort(rng.choice(np.arange(sum(SCHOOLS[:7])), SECOND_PARENT, replace=False))
    who = np.concatenate([np.arange(len(children)), second])
    order = np.argsort(who, kind="stable")
    who, rank = who[order], np.repeat([1, 2], [len(children), SECOND_PARENT])[order]
    people = children.people(rng, who, CHILD_SHARE)
    family, strengths = draw(rng, PARENT, people, WAVES), draw(rng, SDQ_PARENT, people, WAVES)
    answers = [f"family-{item}" for item in PARENT.items] + [f"sdq-{item}" for item in SDQ_PARENT.items]
    end = ["meta-instanceID", "KEY", "SubmitterID", "SubmitterName", "AttachmentsPresent", "AttachmentsExpected",
           "Status", "ReviewState", "DeviceID", "Edits", "FormVersion"]  # fmt: skip
    header = [
        "SubmissionDate",
        "about-code",
        "about-family",
        "about-school",
        "about-parent",
        "about-child_sex",
        *answers,
        *end,
    ]
    sheets = []
    for wave in WAVES:
        rows = []
        gone = absent(rng, people.well, MISSED["parents"][wave])
        for k in np.flatnonzero(~gone).tolist():
            child = who[k]
            row = dict.fromkeys(header, "") | {
                "about-code": f"{children.code(child)}-{rank[k]}",
                "about-family": children.code(child),
                "about-school": f"S{children.school[child] + 1}",
                "about-parent": "father" if rank[k] == 2 or (child not in second and rng.random() < 0.1) else "mother",
                "about-child_sex": str(children.sex[child]),
            }
            row |= {f"family-{item}": str(codes[k]) for item, codes in family[wave].items()}
            row |= {f"sdq-{item}": str(codes[k]) for item, codes in strengths[wave].items()}
            rows.append(row)
        sheet = Sheet(f"parents-{wave}.csv", header, rows)
        sheet.scatter(rng, answers, BLANK)
        sheet.scatter(rng, answers[: len(PARENT.items)], BLANK / 4, "99")
        sheets.append(sheet)
    _put_mistakes(*sheets)
    for sheet, wave in zip(sheets, WAVES, strict=True):
        _stamp(rng, sheet, START[wave])
    return sheets, people


def _put_mistakes(before: Sheet, after: Sheet) -> None:
    """What goes wrong on paper and on servers, each told in the list of mistakes."""
    before.put(before.rows[9], "6", "out of range", "family-f07")
    before.put(before.rows[31], "", "a page is missing", *(f"sdq-{item}" for item in SDQ_PARENT.items))
    after.put(after.rows[40], "3", "out of range", "sdq-s14")
    after.put(after.rows[58], "", "no sex of the child", "about-child_sex")
    row = before.rows[47]
    changed = {"family-f13": "1", "family-f14": "1", "family-f15": "1", "ReviewState": "rejected"}
    before.repeat(
        row, f"`ReviewState` rejected: code {row['about-code']} stands above already, with other answers", 1, changed
    )
    after.repeat(after.rows[70], "sent twice: the same code and the same answers", 2, {})
    row = after.rows[22]
    after.put(
        row, row["about-code"].lower().replace("-", " "), f"code {row['about-code']} written otherwise", "about-code"
    )


def _stamp(rng: np.random.Generator, sheet: Sheet, first: datetime) -> None:
    for place, row in enumerate(sheet.rows):
        sent = first + timedelta(
            days=place // 20, minutes=place % 20 * 9 + int(rng.integers(0, 8)), seconds=int(rng.integers(60))
        )
        uuid = f"uuid:{UUID(bytes=rng.bytes(16), version=4)}"
        row |= {
            "SubmissionDate": sent.strftime("%Y-%m-%dT%H:%M:%S") + f".{int(rng.integers(1000)):03d}Z",
            "meta-instanceID": uuid,
            "KEY": uuid,
            "SubmitterID": str(41 + place % 3),
            "SubmitterName": f"Tablet {place % 3 + 1}",
            "AttachmentsPresent": "0",
            "AttachmentsExpected": "0",
            "DeviceID": f"collect:fast{place % 3 + 1}",
            "Edits": "0",
            "FormVersion": "2016022901",
        }


def teachers(rng: np.random.Generator, children: Children) -> tuple[list[Sheet], People]:
    """Typed from paper into Excel: a workbook of each wave, answers as numbers."""
    everybody = np.arange(len(children))
    people = children.people(rng, everybody, CHILD_SHARE)
    contact, strengths = draw(rng, TEACHER, people, WAVES), draw(rng, SDQ_TEACHER, people, WAVES)
    header = ["child", "school", "teacher", "child_sex", "grade", *TEACHER.items, *SDQ_TEACHER.items]
    sheets = []
    for wave in WAVES:
        rows = []
        gone = absent(rng, people.well, MISSED["teachers"][wave])
        for k in np.flatnonzero(~gone).tolist():
            row = {
                "child": children.code(k),
                "school": f"S{children.school[k] + 1}",
                "teacher": str(children.teacher[k]),
                "child_sex": str(children.sex[k]),
                "grade": str(children.grade[k]),
            }
            row |= {item: str(codes[k]) for item, codes in contact[wave].items()}
            row |= {item: str(codes[k]) for item, codes in strengths[wave].items()}
            rows.append(row)
        sheet = Sheet(f"teachers-{wave}.xlsx", header, rows)
        sheet.scatter(rng, [*TEACHER.items, *SDQ_TEACHER.items], BLANK)
        sheets.append(sheet)
    before, after = sheets
    for place in (15, 52, 80):
        before.put(before.rows[place], "97", "97, does not know the child well enough", *TEACHER.items[5:])
    after.put(after.rows[35], "97", "97, does not know the child well enough", "t03")
    before.put(before.rows[66], "55", "out of range, a key hit twice", "t02")
    after.put(after.rows[18], "5", "out of range", "s21")
    whole = [row for row in after.rows if row["teacher"] == after.rows[60]["teacher"]]
    for row in whole:
        after.put(row, "3", "the same teacher gave every child of the class a 3", *TEACHER.items[5:])
    after.repeat(after.rows[5], "typed twice: the same child and the same answers", 4, {})
    return sheets, people


def attendance(rng: np.random.Generator, children: Children) -> Sheet:
    """1 came, 0 did not, empty: nobody wrote it down. Attendance does not change the effect here."""
    header = ["family", "school", *(f"session_{s}" for s in range(1, SESSIONS + 1))]
    rows = []
    for k in range(len(children)):
        keen = 0.5 * children.well[k] + 0.87 * rng.standard_normal()
        chance = np.clip(0.90 + 0.07 * keen - 0.012 * np.arange(SESSIONS), 0.05, 1.0)
        came = (rng.random(SESSIONS) < chance).astype(int)
        if keen < -1.7:
            came[int(rng.integers(1, 4)) :] = 0  # left for good
        row = {"family": children.code(k), "school": f"S{children.school[k] + 1}"}
        rows.append(row | {f"session_{s}": str(value) for s, value in enumerate(came, start=1)})
    sheet = Sheet("attendance.csv", header, rows)
    for row in rows:
        if row["school"] == "S5":
            row["session_6"] = ""
    sheet.note(
        next(row for row in rows if row["school"] == "S5"),
        "no list of school S5 for `session_6`: empty for all its families",
    )
    sheet.put(rows[30], "2", "neither 0 nor 1", "session_4")
    return sheet


MEASURED = (
    (
        PARENT,
        "family-",
        ("cohesion", "expressiveness", "conflict", "school-involvement", "social-support", "reciprocity"),
    ),
    (TEACHER, "", ("school-involvement", "parent-teacher-contact")),
    (SDQ_PARENT, "sdq-", ("total-difficulties", "emotional", "conduct", "hyperactivity", "peer", "prosocial")),
    (SDQ_TEACHER, "", ("total-difficulties", "emotional", "conduct", "hyperactivity", "peer", "prosocial")),
)
SECONDARY = {"emotional", "conduct", "hyperactivity", "peer", "prosocial"}
HEAD = (
    "questionnaire | construct | | >pairs | >baseline mean (SD) | >endline mean | >r | >alpha "
    "| >true change | >found change | >better / same / worse"
)


def achieved(sheets: dict[str, list[Sheet]], people: dict[str, People]) -> list[str]:
    lines = []
    for questionnaire, prefix, names in MEASURED:
        files = sheets[questionnaire.id]
        key = files[0].header[1] if prefix else "child"
        rows = [
            first_of_each((row for row in sheet.rows if row.get("ReviewState") != "rejected"), key) for sheet in files
        ]
        who = people[questionnaire.id]
        for name in names:
            both = pairs(questionnaire, name, rows[0], rows[1], prefix)
            true = true_change(questionnaire, who, name, WAVES, who.with_programme)
            better = next((c.better for c in questionnaire.constructs if c.id == name), -1)
            up, down = int((better * both.change > 1e-9).sum()), int((better * both.change < -1e-9).sum())
            reliable = (
                "" if name in questionnaire.totals else f"{alpha(questionnaire, name, files[0].rows, prefix):.2f}"
            )
            cells = [
                questionnaire.id,
                name,
                "" if name in SECONDARY else "primary",
                str(len(both.change)),
                f"{both.earlier.mean():.2f} ({both.earlier.std(ddof=1):.2f})",
                f"{both.later.mean():.2f}",
                f"{np.corrcoef(both.earlier, both.later)[0, 1]:.2f}",
                reliable,
                f"**{signed(true)}**",
                f"**{signed(both.change.mean())}**",
                f"{up} / {len(both.change) - up - down} / {down}",
            ]
            lines.append(f"| {' | '.join(cells)} |")
    return lines


def agreement(sheets: dict[str, list[Sheet]]) -> list[str]:
    """Correlation of the two respondents' changes, one parent a family."""
    lines = []
    for (one, one_prefix), (two, two_prefix), name in (
        ((PARENT, "family-"), (TEACHER, ""), "school-involvement"),
        ((SDQ_PARENT, "sdq-"), (SDQ_TEACHER, ""), "total-difficulties"),
    ):
        changes = []
        for questionnaire, prefix, key in ((one, one_prefix, "about-family"), (two, two_prefix, "child")):
            rows = [
                first_of_each((row for row in s.rows if row.get("ReviewState") != "rejected"), key)
                for s in sheets[questionnaire.id]
            ]
            both = pairs(questionnaire, name, rows[0], rows[1], prefix)
            changes.append(
                (dict(zip(both.code, both.earlier, strict=True)), dict(zip(both.code, both.change, strict=True)))
            )
        shared = sorted(changes[0][0].keys() & changes[1][0].keys())
        r = [np.corrcoef([changes[0][i][c] for c in shared], [changes[1][i][c] for c in shared])[0, 1] for i in (0, 1)]
        lines.append(f"| {one.id} | {two.id} | {name} | {len(shared)} | {signed(r[0])} | {signed(r[1])} |")
    return lines


def flow(sheets: dict[str, list[Sheet]]) -> list[str]:
    lines = []
    for label, key, column in (
        ("parents", "fast-parent", "about-code"),
        ("teachers' forms on a child", "fast-teacher", "child"),
    ):
        enrolled_ = sum(SCHOOLS) + (SECOND_PARENT if label == "parents" else 0)
        codes = [{row[column] for row in sheet.rows if row.get("ReviewState") != "rejected"} for sheet in sheets[key]]
        lines.append(f"| {label} | {enrolled_} | {len(codes[0])} | {len(codes[1])} | {len(codes[0] & codes[1])} |")
    return lines


def attended(sheet: Sheet) -> str:
    came = np.array([[row[f"session_{s}"] for s in range(1, SESSIONS + 1)] for row in sheet.rows])
    per_session = [f"{(came[:, s] == '1').sum()} of {(np.isin(came[:, s], ['0', '1'])).sum()}" for s in range(SESSIONS)]
    six = int(((came == "1").sum(axis=1) >= 6).sum())
    often = f"At six sessions or more: {six} of {len(came)}."
    return f"Families at sessions 1 to {SESSIONS}: {', '.join(per_session)}. {often}"


def answer_columns(sheet: Sheet) -> list[str]:
    """Columns whose name ends in an item: a letter and two digits."""
    return [column for column in sheet.header if column[-3] in "fts" and column[-2:].isdigit()]


def main() -> None:
    rng = np.random.default_rng(SEED)
    children = enrolled(rng)
    parent_sheets, adults = parents(rng, children)
    teacher_sheets, raters = teachers(rng, children)
    came = attendance(rng, children)
    for sheet in [*parent_sheets, came]:
        sheet.write_csv(HERE)
    for sheet in teacher_sheets:
        sheet.write_xlsx(HERE, "Sheet1", ["grade", *TEACHER.items, *SDQ_TEACHER.items])

    sheets = {
        "fast-parent": parent_sheets,
        "sdq-parent": parent_sheets,
        "fast-teacher": teacher_sheets,
        "sdq-teacher": teacher_sheets,
    }
    people = {"fast-parent": adults, "sdq-parent": adults, "fast-teacher": raters, "sdq-teacher": raters}
    lines = achieved(sheets, people)
    everything = [*parent_sheets, *teacher_sheets, came]
    put_in_readme(HERE, "flaws", table("file | >row | what", [line for sheet in everything for line in sheet.flaws()]))
    put_in_readme(HERE, "flow", table("who | >enrolled | >baseline | >endline | >both", flow(sheets)))
    put_in_readme(HERE, "achieved", table(HEAD, lines))
    put_in_readme(
        HERE,
        "agreement",
        table("of | and | construct | >children | >r at baseline | >r of the changes", agreement(sheets)),
    )
    put_in_readme(HERE, "attendance", attended(came) + "\n")
    cells = [sheet.cell_counts(answer_columns(sheet)) for sheet in everything[:4]]
    put_in_readme(HERE, "cells", table("file | >answer cells | >blank | >99, refused", cells))
    print(table(HEAD, lines))


if __name__ == "__main__":
    main()
