"""Write the files of this folder and the table of README.md. Nobody answered these questionnaires.

    python generate.py

Nine evaluations of four programmes in five countries, and one ledger of three years for all of them. The effect of each
country is set below, so that what a regional report finds can be held against what is true. The same seed writes the
same bytes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
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
    draw,
    mixed,
    numbered,
    put_in_readme,
    signed,
    table,
    true_change,
)

SEED = 20251121
SCHOOL_SHARE, FAMILY_SHARE = 0.07, 0.30
BLANK = 0.005


@dataclass(frozen=True)
class Study:
    """One evaluation. gain: how much of the programme's change comes about here. size: families or youth a cluster."""

    folder: str
    gain: float
    clusters: int
    size: tuple[int, int]
    sessions: int = 0

    @property
    def prefix(self) -> str:
        return self.folder[:2].upper()


UZ_SFP, KZ_SFP, TM_SFP = (
    Study("uz-sfp", 1.00, 12, (7, 10), 7),
    Study("kz-sfp", 0.70, 8, (7, 10), 7),
    Study("tm-sfp", 0.85, 4, (8, 10), 7),
)
LULU = (
    Study("kg-lulu", 0.60, 9, (16, 22)),
    Study("tj-lulu", 1.20, 8, (16, 22)),
    Study("uz-lulu", 1.00, 11, (16, 22)),
)
UZ_FAST = Study("uz-fast", 1.00, 7, (9, 12), 8)
STRONG = (Study("tj-strong-families", 1.00, 12, (7, 9), 3), Study("kg-strong-families", 0.60, 10, (7, 9), 3))


def every(letter: str, step: int, start: int, count: int) -> tuple[str, ...]:
    return numbered(letter, *(start + step * k for k in range(count)))


def sfp_parent(gain: float, items: int = 5) -> Questionnaire:
    """items: of each construct; the short questionnaire of Turkmenistan has the first three."""
    changes = {
        "family-harmony": 0.55,
        "rules-about-substance-use": 0.20,
        "communication": 0.35,
        "positive-involvement": 0.40,
    }
    means = (3.0, 4.0, 3.3, 3.4)
    constructs = tuple(
        Construct(name, every("p", 4, k, 5)[:items], mean, {"now": gain * change}, needs=items - 1)
        for k, ((name, change), mean) in enumerate(zip(changes.items(), means, strict=True), start=1)
        if items == 5 or name in ("family-harmony", "communication")
    )
    return Questionnaire("sfp-10-14-parent", constructs, reversed=frozenset({"p05", "p17", "p19"}))


def sfp_youth(gain: float) -> Questionnaire:
    changes = {
        "attachment": 0.20, "family-management": 0.18, "peer-resistance": 0.30, "family-harmony": 0.30,
        "involvement": 0.40,
    }  # fmt: skip
    constructs = tuple(
        Construct(name, every("y", 5, k, 3), 3.5, {"now": gain * change})
        for k, (name, change) in enumerate(changes.items(), start=1)
    )
    return Questionnaire("sfp-10-14-youth", constructs, reversed=frozenset({"y08", "y09"}))


def lulu(gain: float) -> Questionnaire:
    parts = {
        "h": ("risk-perception", 2.8, 0.20), "a": ("attitudes", 3.7, 0.12), "r": ("resisting-pressure", 3.4, 0.22),
        "s": ("coping", 3.2, 0.12), "m": ("communication", 3.5, 0.06), "d": ("decision-making", 3.4, 0.0),
    }  # fmt: skip
    constructs = tuple(
        Construct(
            name, numbered(letter, 1, 2, 3, 4), mean, {"endline": gain * change}, highest=4 if letter == "h" else 5
        )
        for letter, (name, mean, change) in parts.items()
    )
    return Questionnaire(
        "lulu-youth", constructs, reversed=frozenset({"a02", "a03", "r03", "s03", "d03"}), item_sd=0.85
    )


def lulu_knowledge(gain: float) -> Questionnaire:
    known = Construct(
        "knowledge", numbered("k", 1, 2, 3, 4, 5, 6), 0.55, {"endline": 0.15 * gain}, lowest=0, highest=1, needs=5,
        score="share-correct",
    )  # fmt: skip
    correct = dict(zip(known.items, (1, 2, 1, 2, 1, 2), strict=True))
    return Questionnaire("lulu-youth", (known,), correct=correct, spread=0.28, item_sd=0.55, own_change_sd=0.08)


def fast(gain: float) -> Questionnaire:
    parts = (
        ("cohesion", (1, 5), 3.8, 0.20, 1), ("expressiveness", (5, 9), 3.4, 0.15, 1),
        ("conflict", (9, 13), 2.3, -0.15, -1),
        ("school-involvement", (13, 17), 3.3, 0.35, 1), ("social-support", (17, 20), 2.9, 0.40, 1),
        ("reciprocity", (20, 23), 2.8, 0.30, 1),
    )  # fmt: skip
    constructs = tuple(
        Construct(name, numbered("f", *range(*at)), mean, {"endline": gain * change}, better)
        for name, at, mean, change, better in parts
    )
    return Questionnaire("fast-parent", constructs)


SATISFACTION = Questionnaire("fast-satisfaction", (Construct("satisfaction", numbered("v", 1, 2, 3, 4, 5), 4.3),))
CHECKLIST = Questionnaire(
    "facilitator-checklist",
    (
        Construct("adherence", numbered("f", 1, 2, 3, 4), 1.6, lowest=0, highest=2, score="mean"),
        Construct("delivery", numbered("q", 1, 2, 3, 4), 1.5, lowest=0, highest=2, score="mean"),
    ),
    spread=0.3,
    item_sd=0.45,
)


def pafas(gain: float) -> Questionnaire:
    parts = {
        "parental-consistency": ((1, 3, 4, 11, 12), -0.10), "coercive-parenting": ((5, 7, 9, 10, 13), -0.20),
        "positive-encouragement": ((2, 6, 8), -0.15), "parent-child-relationship": ((14, 15, 16, 17, 18), -0.10),
        "parental-adjustment": ((19, 20, 21, 22, 23), -0.18), "family-relationships": ((24, 25, 26, 27), -0.15),
        "parental-teamwork": ((28, 29, 30), -0.05),
    }  # fmt: skip
    constructs = tuple(
        Construct(
            name, numbered("a", *items), 1.1, {"two-weeks": 0.8 * gain * change, "six-weeks": gain * change}, -1, 0, 3,
            score="sum",
        )
        for name, (items, change) in parts.items()
    )  # fmt: skip
    turned = frozenset(numbered("a", 2, 3, 6, 8, 11, 14, 15, 16, 17, 18, 20, 22, 23, 24, 25, 28, 30))
    return Questionnaire("pafas", constructs, reversed=turned, spread=0.5, item_sd=0.6)


@dataclass(frozen=True)
class Crowd:
    """Those who enrolled: cluster and number in it, from 0; how well they are; whether they hand in a form."""

    study: Study
    cluster: np.ndarray
    number: np.ndarray
    well: np.ndarray
    girl: np.ndarray

    def __len__(self) -> int:
        return len(self.cluster)

    def code(self, k: int) -> str:
        return f"{self.study.prefix}{self.cluster[k] + 1:02d}-{self.number[k] + 1:02d}"

    def shared(self, k: int) -> Row:
        place = f"{self.study.prefix}-{self.cluster[k] + 1:02d}"
        return {"code": self.code(k), "school": place, "sex": "girl" if self.girl[k] else "boy"}

    def people(self, rng: np.random.Generator, with_programme: np.ndarray | None = None) -> People:
        everybody = np.ones(len(self), dtype=bool)
        well = mixed(rng, (FAMILY_SHARE, self.well))
        return People(
            self.cluster, well, rng.standard_normal(len(self)), everybody if with_programme is None else with_programme
        )

    def answering(self, rng: np.random.Generator, share: float) -> list[int]:
        """Who hands in a form: less often those who are less well."""
        order = np.argsort(0.4 * self.well + rng.standard_normal(len(self)), kind="stable")
        return sorted(order[round((1 - share) * len(self)) :].tolist())


def enrolled(rng: np.random.Generator, study: Study) -> Crowd:
    sizes = rng.integers(study.size[0], study.size[1] + 1, study.clusters)
    cluster = np.repeat(np.arange(study.clusters), sizes)
    number = np.concatenate([np.arange(size) for size in sizes])
    well = mixed(rng, (SCHOOL_SHARE, rng.standard_normal(study.clusters)[cluster]))
    return Crowd(study, cluster, number, well, rng.random(len(cluster)) < 0.48)


def write(study: Study, sheet: Sheet) -> None:
    (HERE / study.folder).mkdir(exist_ok=True)
    sheet.write_csv(HERE / study.folder)


def register(rng: np.random.Generator, crowd: Crowd) -> Sheet:
    """1 came, 0 did not. Attendance does not change the effect here."""
    sessions = [f"session_{s}" for s in range(1, crowd.study.sessions + 1)]
    rows = []
    for k in range(len(crowd)):
        keen = 0.5 * crowd.well[k] + 0.87 * rng.standard_normal()
        came = (rng.random(len(sessions)) < np.clip(0.88 + 0.08 * keen, 0.05, 1.0)).astype(int)
        if keen < -1.6:
            came[1:] = 0  # left for good
        row = {"family": crowd.code(k), "school": crowd.shared(k)["school"], "cycle": "1"}
        rows.append(row | {name: str(value) for name, value in zip(sessions, came, strict=True)})
    return Sheet("attendance.csv", ["family", "school", "cycle", *sessions], rows)


def then_and_now(
    rng: np.random.Generator, crowd: Crowd, questionnaire: Questionnaire, file: str, who: Sequence[int]
) -> Sheet:
    """One form at the last session, with both columns."""
    drawn = draw(rng, questionnaire, crowd.people(rng), ("then", "now"))
    columns = [f"{item}_{wave}" for item in questionnaire.items for wave in ("now", "then")]
    rows = [
        {**crowd.shared(k), "family": crowd.code(k), "code": f"{crowd.code(k)}-{file[0].upper()}"}
        | {f"{item}_{wave}": str(codes[k]) for wave, of_wave in drawn.items() for item, codes in of_wave.items()}
        for k in who
    ]
    sheet = Sheet(file, ["code", "family", "school", "sex", *columns], rows)
    sheet.scatter(rng, columns, BLANK)
    return sheet


def waves(
    rng: np.random.Generator, crowd: Crowd, questionnaires: Sequence[Questionnaire], file: str,
    missed: Mapping[str, float], arm: np.ndarray | None = None,
) -> Sheet:  # fmt: skip
    """One long file, a row for each form, baseline first. missed: share without a form, by wave."""
    people, answers = crowd.people(rng, arm), {wave: dict[str, np.ndarray]() for wave in missed}
    for questionnaire in questionnaires:
        for wave, codes in draw(rng, questionnaire, people, list(missed)).items():
            answers[wave] |= codes
    items = [item for questionnaire in questionnaires for item in questionnaire.items]
    extra = [] if arm is None else ["arm"]
    sheet = Sheet(file, ["code", "family", "wave", "school", "sex", *extra, *items], [])
    for wave, share in missed.items():
        for k in crowd.answering(rng, 1 - share):
            row = {**crowd.shared(k), "family": crowd.code(k), "wave": wave}
            if arm is not None:
                row["arm"] = "programme" if arm[k] else "waiting-list"
            sheet.rows.append(row | {item: str(answers[wave][item][k]) for item in items})
    sheet.scatter(rng, items, BLANK)
    return sheet


def family_skills(rng: np.random.Generator, study: Study, items: int = 5) -> list[str]:
    crowd = enrolled(rng, study)
    parents = sfp_parent(study.gain, items)
    write(study, register(rng, crowd))
    write(study, then_and_now(rng, crowd, parents, "parents.csv", crowd.answering(rng, 0.90)))
    lines = true_lines(study, crowd, parents, ("then", "now"))
    if items == 5:
        youth = sfp_youth(study.gain)
        write(study, then_and_now(rng, crowd, youth, "youth.csv", crowd.answering(rng, 0.88)))
        lines += true_lines(study, crowd, youth, ("then", "now"))
    return lines


def life_skills(rng: np.random.Generator, study: Study) -> list[str]:
    crowd = enrolled(rng, study)
    both = [lulu_knowledge(study.gain), lulu(study.gain)]
    write(study, waves(rng, crowd, both, "youth.csv", {"baseline": 0.02, "endline": 0.11}))
    return [line for q in both for line in true_lines(study, crowd, q, ("baseline", "endline"))]


def families_and_schools(rng: np.random.Generator, study: Study) -> list[str]:
    crowd = enrolled(rng, study)
    write(study, register(rng, crowd))
    write(study, waves(rng, crowd, [fast(study.gain)], "parents.csv", {"baseline": 0.02, "endline": 0.12}))
    write(study, once(rng, crowd, SATISFACTION, "satisfaction.csv", crowd.answering(rng, 0.85)))
    sessions = enrolled(rng, Study("uz-fast", 1.0, study.clusters, (study.sessions, study.sessions)))
    write(study, once(rng, sessions, CHECKLIST, "observed.csv", sessions.answering(rng, 0.75)))
    return true_lines(study, crowd, fast(study.gain), ("baseline", "endline"))


def once(rng: np.random.Generator, crowd: Crowd, questionnaire: Questionnaire, file: str, who: Sequence[int]) -> Sheet:
    """A form that is filled in once: at the last session, or for a session that was observed."""
    drawn = draw(rng, questionnaire, crowd.people(rng), ("one",))["one"]
    rows = [crowd.shared(k) | {item: str(codes[k]) for item, codes in drawn.items()} for k in who]
    sheet = Sheet(file, ["code", "school", *questionnaire.items], rows)
    sheet.scatter(rng, questionnaire.items, BLANK)
    return sheet


def strong_families(rng: np.random.Generator, study: Study) -> list[str]:
    """Half of the communities wait."""
    crowd = enrolled(rng, study)
    arm = crowd.cluster % 2 == 0
    missed = {"baseline": 0.0, "two-weeks": 0.06, "six-weeks": 0.10}
    write(study, waves(rng, crowd, [pafas(study.gain)], "caregivers.csv", missed, arm))
    return true_lines(study, crowd, pafas(study.gain), ("baseline", "six-weeks"))


def true_lines(study: Study, crowd: Crowd, questionnaire: Questionnaire, waves: tuple[str, str]) -> list[str]:
    everybody = np.ones(len(crowd), dtype=bool)
    people = People(crowd.cluster, crowd.well, crowd.well, everybody)
    digits = 3 if questionnaire.correct else 2
    return [
        f"| {study.folder} | {questionnaire.id} | {construct.id} "
        f"| {signed(true_change(questionnaire, people, construct.id, waves, everybody), digits)} |"
        for construct in questionnaire.constructs
    ]


# programme, country, and for each year: people trained, families (or none), schools, girls, boys
DELIVERED: dict[tuple[str, str], tuple[tuple[int | None, ...], ...]] = {
    ("sfp-10-14", "Uzbekistan"): (
        (420, 5200, 410, 2690, 2510), (510, 6850, 545, 3540, 3310), (480, 7300, 580, 3760, 3540),
    ),
    ("sfp-10-14", "Kazakhstan"): ((60, 380, 19, 190, 190), (74, 460, 24, 242, 218), (66, 520, 27, 268, 252)),
    ("sfp-10-14", "Turkmenistan"): ((18, 48, 3, 25, 23), (22, 61, 4, 30, 31), (20, 70, 4, 36, 34)),
    ("strong-families", "Tajikistan"): (
        (140, 1480, 52, 760, 720), (180, 2100, 70, 1088, 1012), (150, 2240, 74, 1150, 1090),
    ),
    ("strong-families", "Kyrgyzstan"): ((40, 310, 12, 160, 150), (52, 420, 15, 214, 206), (44, 460, 16, 238, 222)),
    ("lulu", "Kyrgyzstan"): ((30, None, 9, 210, 330), (36, None, 12, 262, 371), (28, None, 12, 270, 352)),
    ("lulu", "Tajikistan"): ((24, None, 14, 400, 410), (37, None, 18, 450, 450), (31, None, 19, 480, 470)),
    ("lulu", "Uzbekistan"): ((28, None, 15, 240, 330), (37, None, 20, 270, 340), (33, None, 22, 310, 350)),
    ("fast", "Uzbekistan"): ((24, 60, 3, 32, 30), (36, 84, 5, 44, 42), (30, 72, 4, 38, 36)),
    ("fast", "Kyrgyzstan"): ((), (), (6, 5, 1, None, None)),
}  # fmt: skip
YEARS = (2023, 2024, 2025)
COUNTS = ("people_trained", "families", "schools", "girls", "boys")
LEDGER = ("entry", "corrects", "activity", "programme", "country", "period_from", "period_to", *COUNTS, "note")


def delivered() -> Iterator[Row]:
    """A row of training and one of sessions for each programme, country and year."""
    for (programme, country), years in DELIVERED.items():
        for year, counts in zip(YEARS, years, strict=True):
            if not counts:
                continue
            said = dict(zip(COUNTS, ("" if n is None else str(n) for n in counts), strict=True))
            where = {"programme": programme, "country": country}
            when = {"period_from": f"{year}-01-01", "period_to": f"{year}-12-31"}
            shared = dict.fromkeys(LEDGER, "") | where | when
            sessions = {name: said[name] for name in COUNTS[1:]}
            yield shared | {"activity": "training", COUNTS[0]: said[COUNTS[0]]}
            yield shared | {"activity": "family-sessions" if said["families"] else "youth-sessions"} | sessions


def ledgers() -> None:
    """The region's ledger, with a correction and printed totals; and the part of it that Uzbekistan keeps itself."""
    rows = list(delivered())
    for number, row in enumerate(rows, start=1):
        row["entry"] = f"R{number:02d}"
    last = next(row for row in rows if (row["country"], row["activity"]) == ("Kazakhstan", "family-sessions"))
    right = {**last, "entry": "R99", "corrects": last["entry"], "note": "380 stood here with two schools too few"}
    last["schools"] = "17"
    families = sum(int(row["families"] or 0) for row in rows if row["programme"] == "sfp-10-14")
    total = dict.fromkeys(LEDGER, "") | {
        "activity": "stated total",
        "programme": "sfp-10-14",
        "note": "annual report 2025",
    }
    rows += [right, total | {"families": str(families)}, total | {"families": "22000", "note": "speech in Vienna"}]
    Sheet("ledger.csv", list(LEDGER), rows).write_csv(HERE)
    own = [row for row in delivered() if (row["programme"], row["country"]) == ("sfp-10-14", "Uzbekistan")]
    write(UZ_SFP, Sheet("ledger.csv", list(LEDGER), [row for row in own if row["period_to"].startswith("2024")]))


def main() -> None:
    rng = np.random.default_rng(SEED)
    lines = [*family_skills(rng, UZ_SFP), *family_skills(rng, KZ_SFP), *family_skills(rng, TM_SFP, items=3)]
    for study in LULU:
        lines += life_skills(rng, study)
    lines += families_and_schools(rng, UZ_FAST)
    for study in STRONG:
        lines += strong_families(rng, study)
    ledgers()
    put_in_readme(HERE, "true", table("evaluation | questionnaire | construct | >true change", lines))


if __name__ == "__main__":
    main()
