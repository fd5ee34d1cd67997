"""Write the files of this folder and the tables of README.md. Nobody answered these questionnaires.

    python generate.py

180 families of 12 communities, six with Strong Families and six on a waiting list, asked three times. The effect is
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
    Row,
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

SEED = 20210817
WAVES = ("baseline", "two-weeks", "six-weeks")
SITES = {"programme": (18, 16, 17, 15, 14, 16), "waiting-list": (17, 16, 15, 14, 18, 4)}  # families by community
SITE_SHARE, FAMILY_SHARE = 0.06, 0.35  # of how well a family is; caregiver and child share the second
DRIFT = 0.04  # points of an answer, for the better: everybody, also on the waiting list, from the second form on
WAITING_WORSE = 0.06  # points of an answer at baseline: communities were not drawn by lot
WITHOUT_PARTNER = 0.14
MISSED = {"baseline": (0.02, 0.02), "two-weeks": (0.08, 0.10), "six-weeks": (0.13, 0.21)}  # programme, waiting list
BLANK, REFUSED = 0.003, 0.001  # of the answer cells
START = {
    "baseline": datetime(2021, 4, 5, 9, tzinfo=UTC),
    "two-weeks": datetime(2021, 5, 17, 9, tzinfo=UTC),
    "six-weeks": datetime(2021, 6, 14, 9, tzinfo=UTC),
}


def pafas_scale(name: str, items: tuple[str, ...], mean: float, two: float, six: float) -> Construct:
    return Construct(name, items, mean, {"two-weeks": two, "six-weeks": six}, -1, 0, 3, score="sum")


PAFAS = Questionnaire(
    "pafas",
    (
        pafas_scale("parental-consistency", numbered("a", 1, 3, 4, 11, 12), 1.15, -0.10, -0.10),
        pafas_scale("coercive-parenting", numbered("a", 5, 7, 9, 10, 13), 1.10, -0.24, -0.26),
        pafas_scale("positive-encouragement", numbered("a", 2, 6, 8), 0.90, -0.20, -0.20),
        pafas_scale("parent-child-relationship", numbered("a", 14, 15, 16, 17, 18), 0.60, -0.10, -0.10),
        pafas_scale("parental-adjustment", numbered("a", 19, 20, 21, 22, 23), 1.20, -0.28, -0.16),
        pafas_scale("family-relationships", numbered("a", 24, 25, 26, 27), 0.85, -0.14, -0.16),
        pafas_scale("parental-teamwork", numbered("a", 28, 29, 30), 1.00, 0.0, 0.0),
    ),
    reversed=frozenset(numbered("a", 2, 3, 6, 8, 11, 14, 15, 16, 17, 18, 20, 22, 23, 24, 25, 28, 30)),
    spread=0.50,
    item_sd=0.65,
    own_change_sd=0.12,
    cluster_change_sd=0.05,
)
TEAMWORK = numbered("a", 28, 29, 30)
SDQ = sdq(
    "sdq-parent",
    {
        "emotional": {"two-weeks": -0.07, "six-weeks": -0.09},
        "conduct": {"two-weeks": -0.09, "six-weeks": -0.11},
        "hyperactivity": {"two-weeks": -0.06, "six-weeks": -0.08},
        "prosocial": {"two-weeks": 0.05, "six-weeks": 0.05},
    },
    {"emotional": 0.70, "conduct": 0.60, "hyperactivity": 0.85, "peer": 0.62, "prosocial": 1.45},
)
CYRM = Questionnaire(
    "cyrm-r-5",
    (
        Construct(
            "personal", numbered("c", 1, 2, 3, 7, 9, 10, 12, 13, 14, 16), 3.8,
            {"two-weeks": 0.10, "six-weeks": 0.12}, score="sum",
        ),
        Construct(
            "caregiver", numbered("c", 4, 5, 6, 8, 11, 15, 17), 3.9,
            {"two-weeks": 0.16, "six-weeks": 0.20}, score="sum",
        ),
    ),
    {"total": ("personal", "caregiver")},
    spread=0.50,
    item_sd=0.85,
    own_change_sd=0.12,
    cluster_change_sd=0.05,
)  # fmt: skip
MEASURED = (
    (PAFAS, "pafas/", ("coercive-parenting", "positive-encouragement", "parental-adjustment", "family-relationships",
                       "parental-consistency", "parent-child-relationship", "parental-teamwork")),
    (SDQ, "sdq/", ("total-difficulties", "emotional", "conduct", "hyperactivity", "peer", "prosocial")),
    (CYRM, "", ("total", "personal", "caregiver")),
)  # fmt: skip
PRIMARY = {"coercive-parenting", "positive-encouragement", "parental-adjustment", "family-relationships",
           "total-difficulties", "total"}  # fmt: skip


@dataclass(frozen=True)
class Families:
    site: np.ndarray  # 0 to 11
    number: np.ndarray  # in the community, from 1
    waiting: np.ndarray
    partner: np.ndarray
    child_sex: np.ndarray
    child_age: np.ndarray
    well: np.ndarray
    readiness: np.ndarray

    def __len__(self) -> int:
        return len(self.site)

    def code(self, k: int) -> str:
        return f"{self.site[k] + 1:02d}{self.number[k]:02d}"

    def shared(self, k: int) -> Row:
        """What stands on every form of a family."""
        return {
            "family": self.code(k),
            "site": f"C{self.site[k] + 1:02d}",
            "arm": "waiting-list" if self.waiting[k] else "programme",
            "child_sex": str(self.child_sex[k]),
            "child_age": str(self.child_age[k]),
            "age_band": "8 to 10" if self.child_age[k] <= 10 else "11 to 15",
        }

    def people(self, rng: np.random.Generator) -> People:
        """One member of each family."""
        well = mixed(rng, (SITE_SHARE + FAMILY_SHARE, self.well))
        return People(self.site, well, mixed(rng, (FAMILY_SHARE, self.readiness)), ~self.waiting)


def enrolled(rng: np.random.Generator) -> Families:
    sizes = SITES["programme"] + SITES["waiting-list"]
    site = np.repeat(np.arange(len(sizes)), sizes)
    n = len(site)
    number = np.concatenate([np.arange(1, size + 1) for size in sizes])
    well = np.sqrt(SITE_SHARE / (SITE_SHARE + FAMILY_SHARE)) * rng.standard_normal(len(sizes))[site]
    well = well + np.sqrt(FAMILY_SHARE / (SITE_SHARE + FAMILY_SHARE)) * rng.standard_normal(n)
    return Families(
        site,
        number,
        site >= len(SITES["programme"]),
        rng.random(n) >= WITHOUT_PARTNER,
        rng.choice(["girl", "boy"], n, p=[0.52, 0.48]),
        rng.choice(np.arange(8, 16), n, p=[0.11, 0.12, 0.13, 0.14, 0.15, 0.14, 0.12, 0.09]),
        well,
        rng.standard_normal(n),
    )


def shift(people: People):
    """What is not the programme's: a worse start on the waiting list, and the drift of everybody."""

    def moved(construct: Construct, wave: str) -> np.ndarray:
        start = np.where(people.with_programme, 0.0, -construct.better * WAITING_WORSE)
        return start + (0.0 if wave == "baseline" else construct.better * DRIFT)

    return moved


def present(rng: np.random.Generator, families: Families) -> dict[str, np.ndarray]:
    """Who hands in a form at each wave. The less well a family is, the sooner it stays away; some come back."""
    stays = 0.5 * families.well + 0.87 * rng.standard_normal(len(families))
    there = {}
    for wave in WAVES:
        fresh = 0.8 * stays + 0.6 * rng.standard_normal(len(families))
        there[wave] = np.ones(len(families), dtype=bool)
        for arm, share in zip((~families.waiting, families.waiting), MISSED[wave], strict=True):
            order = np.argsort(np.where(arm, fresh, np.inf), kind="stable")
            there[wave][order[: round(share * arm.sum())]] = False
    return there


def caregivers(
    rng: np.random.Generator, families: Families, there: dict[str, np.ndarray]
) -> tuple[list[Sheet], People]:
    """A KoboToolbox export of each wave: XML names, groups in the headers."""
    people = families.people(rng)
    moved = shift(people)
    pafas, strengths = draw(rng, PAFAS, people, WAVES, moved), draw(rng, SDQ, people, WAVES, moved)
    answers = [f"pafas/{item}" for item in PAFAS.items] + [f"sdq/{item}" for item in SDQ.items]
    shared = ["family", "site", "arm", "child_sex", "child_age", "age_band"]
    end = ["_id", "_uuid", "_submission_time", "_validation_status", "_notes", "_status", "_submitted_by",
           "__version__", "_tags", "meta/rootUuid", "_index"]  # fmt: skip
    header = ["start", "end", "today", "code", *shared, *answers, *end]
    sheets = []
    for wave in WAVES:
        rows = []
        for k in np.flatnonzero(there[wave]).tolist():
            row = dict.fromkeys(header, "") | families.shared(k) | {"code": families.code(k) + "1"}
            row |= {f"pafas/{item}": str(codes[k]) for item, codes in pafas[wave].items()}
            row |= {f"sdq/{item}": str(codes[k]) for item, codes in strengths[wave].items()}
            if not families.partner[k]:
                row |= {f"pafas/{item}": "98" for item in TEAMWORK}
            rows.append(row)
        sheet = Sheet(f"caregivers-{wave}.csv", header, rows)
        given = [column for column in answers if not column.startswith(tuple(f"pafas/{item}" for item in TEAMWORK))]
        sheet.scatter(rng, given, BLANK)
        sheet.scatter(rng, answers[: len(PAFAS.items)], REFUSED, "99")
        sheets.append(sheet)
    _caregiver_flaws(sheets)
    for sheet, wave in zip(sheets, WAVES, strict=True):
        _stamp(rng, sheet, START[wave])
    return sheets, people


def _caregiver_flaws(sheets: list[Sheet]) -> None:
    baseline, two, six = sheets
    alone = [row["code"] for row in baseline.rows if row["pafas/a28"] == "98"]
    columns = [f"pafas/{item}" for item in TEAMWORK]
    for code in alone[:2]:
        baseline.put(baseline.find("code", code), "", "no partner, left blank and not 98", *columns)
    later = next(row for row in six.rows if row["code"] in alone[4:])
    six.put(later, "1", "answered, with 98 (no partner) at baseline", *columns)
    baseline.put(baseline.rows[20], "4", "out of range", "pafas/a09")
    baseline.put(baseline.rows[61], "", "a page is missing", *(f"sdq/{item}" for item in SDQ.items[10:]))
    two.put(two.rows[33], "22", "out of range", "sdq/s12")
    two.put(two.rows[90], "", "left blank", "sdq/s03", "sdq/s08", "sdq/s13")
    six.put(six.rows[12], "3", "out of range", "sdq/s05")
    baseline.repeat(baseline.rows[75], "sent twice: the same code and the same answers", 1, {})
    row = two.rows[50]
    changed = {f"pafas/{item}": "2" for item in numbered("a", 5, 7, 9)}
    two.repeat(row, f"code {row['code']} a second time, with other answers", 3, changed)
    six.put(six.rows[100], "", "no code", "code")
    row = six.rows[5]
    six.put(row, "C99", "a community that does not exist", "site")
    for row in (two.rows[70],):
        two.put(row, "Programme ", "written otherwise", "arm")


def _stamp(rng: np.random.Generator, sheet: Sheet, first: datetime) -> None:
    """Times, numbers and identifiers that the server adds."""
    for place, row in enumerate(sheet.rows):
        start = first + timedelta(days=place // 30, minutes=int(place % 30) * 14 + int(rng.integers(0, 9)))
        stop = start + timedelta(minutes=int(rng.integers(17, 41)))
        uuid = str(UUID(bytes=rng.bytes(16), version=4))
        row |= {
            "start": f"{(start + timedelta(hours=5)).replace(tzinfo=None).isoformat()}.000+05:00",
            "end": f"{(stop + timedelta(hours=5)).replace(tzinfo=None).isoformat()}.000+05:00",
            "today": start.date().isoformat(),
            "_id": str(8_100_000 + 17 * place + first.month * 1000),
            "_uuid": uuid,
            "_submission_time": (stop + timedelta(minutes=2)).replace(tzinfo=None).isoformat(),
            "_status": "submitted_via_web",
            "_submitted_by": f"enumerator{place % 4 + 1}",
            "__version__": "vS7trongFam1",
            "meta/rootUuid": f"uuid:{uuid}",
            "_index": str(place + 1),
        }


def children(rng: np.random.Generator, families: Families, there: dict[str, np.ndarray]) -> tuple[list[Sheet], People]:
    """Typed from paper into Excel: separator `;`, byte order mark, CRLF. Only children from 11 on have a form."""
    people = families.people(rng)
    codes = draw(rng, CYRM, people, WAVES, shift(people))
    header = ["code", "family", "site", "arm", "child_sex", "child_age", *CYRM.items]
    old_enough = families.child_age >= 11
    sheets = []
    for wave in WAVES:
        handed_in = there[wave] & old_enough & (rng.random(len(families)) > 0.03)
        rows = []
        for k in np.flatnonzero(handed_in).tolist():
            row = families.shared(k) | {"code": families.code(k) + "2"}
            row |= {item: str(given[k]) for item, given in codes[wave].items()}
            rows.append({column: row[column] for column in header})
        sheet = Sheet(f"children-{wave}.csv", header, rows)
        sheet.scatter(rng, CYRM.items, BLANK)
        sheets.append(sheet)
    baseline, two, six = sheets
    for row in two.rows[10:13]:
        two.put(row, row["code"].lstrip("0"), f"code {row['code']} without its leading zero", "code")
    baseline.put(baseline.rows[44], "6", "out of range", "c11")
    baseline.put(baseline.rows[70], "0", "out of range", "c02")
    six.put(six.rows[30], "", "the back page is blank", *CYRM.items[9:])
    six.repeat(six.rows[51], "typed twice: the same code and the same answers", 6, {})
    two.put(two.rows[65], "", "no sex", "child_sex")
    return sheets, people


def youth_of_eleven(people: People, families: Families) -> People:
    """Those who have a form of their own."""
    chosen = families.child_age >= 11
    return People(people.cluster[chosen], people.well[chosen], people.readiness[chosen], people.with_programme[chosen])


RELATION = ("Мать", "Отец", "Бабушка или дедушка", "Другой родственник", "Другой опекун")
SEX = {"girl": "Девочка", "boy": "Мальчик"}
PARTNER = (
    "Живу с супругом или партнёром",
    "Супруг или партнёр живёт или работает в другом месте",
    "У меня нет супруга или партнёра",
)
SCHOOLING = (
    "Нет школьного образования",
    "Несколько классов школы",
    "Полное среднее",
    "Профессиональное училище или колледж",
    "Высшее",
)
WORK = ("Оплачиваемая работа", "Своё хозяйство или дело", "Веду домашнее хозяйство", "Ищу работу", "Другое")
HOUSING = ("Своё жильё", "Съёмное жильё", "У родственников", "Центр, лагерь или общежитие")


def demographics(rng: np.random.Generator, families: Families, there: dict[str, np.ndarray]) -> Sheet:
    """About the family, asked once; answers as words, in Russian."""
    header = ["code", "family", "site", "arm", *numbered("d", *range(1, 13))]
    rows = []
    for k in np.flatnonzero(there["baseline"]).tolist():
        relation = int(rng.choice(5, p=[0.76, 0.13, 0.07, 0.03, 0.01]))
        under_18 = int(rng.integers(1, 6))
        partner = int(rng.choice(2, p=[0.82, 0.18])) if families.partner[k] else 2
        age = 62 if relation == 2 else 38
        male = relation == 1 or (relation > 1 and rng.random() < 0.2)
        row = families.shared(k) | {
            "code": families.code(k) + "1",
            "d01": RELATION[relation],
            "d02": str(int(np.clip(rng.normal(age, 6), 19, 79))),
            "d03": "Мужской" if male else "Женский",
            "d04": str(families.child_age[k]),
            "d05": SEX[str(families.child_sex[k])],
            "d06": str(under_18 + int(rng.integers(1, 5))),
            "d07": str(under_18),
            "d08": PARTNER[partner],
            "d09": SCHOOLING[int(rng.choice(5, p=[0.01, 0.08, 0.47, 0.29, 0.15]))],
            "d10": WORK[int(rng.choice(5, p=[0.32, 0.16, 0.40, 0.09, 0.03]))],
            "d11": HOUSING[int(rng.choice(4, p=[0.71, 0.13, 0.15, 0.01]))],
            "d12": "Да" if rng.random() < 0.04 else "Нет",
        }
        rows.append({column: row[column] for column in header})
    sheet = Sheet("demographics.csv", header, rows)
    sheet.scatter(rng, ["d02", "d09", "d10", "d11"], 0.015)
    sheet.scatter(rng, ["d12"], 0.02, "Предпочитаю не отвечать")
    sheet.put(sheet.rows[40], "19", "a child of 19", "d04")
    sheet.put(sheet.rows[77], "тридцать пять", "a number in words", "d02")
    sheet.put(sheet.rows[110], "8", "more children than people in the home", "d07")
    return sheet


def achieved(sheets: dict[str, list[Sheet]], people: dict[str, People], wave: str) -> list[str]:
    """True and found changes from baseline, and their difference between programme and waiting list."""
    lines = []
    for questionnaire, prefix, names in MEASURED:
        who = people[questionnaire.id]
        files = [sheets[questionnaire.id][WAVES.index(w)] for w in ("baseline", wave)]
        before, after = (first_of_each((row for row in sheet.rows if row["code"]), "code") for sheet in files)
        for name in names:
            true = [
                true_change(questionnaire, who, name, ("baseline", wave), arm, shift(who))
                for arm in (who.with_programme, ~who.with_programme)
            ]
            found = [
                pairs(questionnaire, name, before, after, prefix, lambda row, arm=arm: arm_of(row) == arm)
                for arm in ("programme", "waiting-list")
            ]
            start = np.concatenate([part.earlier for part in found])
            change = [part.change.mean() for part in found]
            cells = [
                questionnaire.id,
                name,
                "primary" if name in PRIMARY else "",
                f"{len(found[0].change)} / {len(found[1].change)}",
                f"{start.mean():.2f} ({start.std(ddof=1):.2f})",
                f"{signed(true[0])} / {signed(true[1])}",
                f"{signed(change[0])} / {signed(change[1])}",
                f"**{signed(true[0] - true[1])}**",
                f"**{signed(change[0] - change[1])}**",
            ]
            lines.append(f"| {' | '.join(cells)} |")
    return lines


HEAD = (
    "questionnaire | construct | | >people | >baseline mean (SD) | >true change | >found change "
    "| >true difference | >found difference"
)


def arm_of(row: Row) -> str:
    return row["arm"].strip().casefold()


FLOW_HEAD = (
    "who | arm | >enrolled | >baseline | >two weeks | >six weeks | >baseline and two | >baseline and six "
    "| >all three | >lost by six weeks"
)


def flow(families: Families, sheets: dict[str, list[Sheet]]) -> list[str]:
    lines = []
    for label, key in (("caregivers", "pafas"), ("children of 11 to 15", "cyrm-r-5")):
        for arm in ("programme", "waiting-list"):
            waiting = arm == "waiting-list"
            able = families.waiting == waiting
            if key == "cyrm-r-5":
                able = able & (families.child_age >= 11)
            rows = [first_of_each((row for row in sheet.rows if row["code"]), "code") for sheet in sheets[key]]
            whose = [{code for code, row in wave.items() if arm_of(row) == arm} for wave in rows]
            counts = [len(wave) for wave in whose]
            both = [len(whose[0] & wave) for wave in whose[1:]]
            lost = f"{100 * (1 - both[1] / counts[0]):.0f} %"
            cells = [label, arm, able.sum(), *counts, *both, len(whose[0] & whose[1] & whose[2]), lost]
            lines.append(f"| {' | '.join(map(str, cells))} |")
    return lines


def main() -> None:
    rng = np.random.default_rng(SEED)
    families = enrolled(rng)
    there = present(rng, families)
    adult_sheets, adults = caregivers(rng, families, there)
    child_sheets, youth = children(rng, families, there)
    about = demographics(rng, families, there)
    for sheet in adult_sheets:
        sheet.write_csv(HERE, separator=";", quoted=True, end="\r\n")
    for sheet in child_sheets:
        sheet.write_csv(HERE, separator=";", bom=True, end="\r\n")
    about.write_csv(HERE)

    sheets = {"pafas": adult_sheets, "sdq-parent": adult_sheets, "cyrm-r-5": child_sheets}
    people = {"pafas": adults, "sdq-parent": adults, "cyrm-r-5": youth_of_eleven(youth, families)}
    for wave in WAVES[1:]:
        text = table(HEAD, achieved(sheets, people, wave))
        put_in_readme(HERE, f"achieved after {wave}", text)
        print(f"\n{wave}\n{text}")
    everything = [*adult_sheets, *child_sheets, about]
    put_in_readme(HERE, "flaws", table("file | >row | what", [line for sheet in everything for line in sheet.flaws()]))
    put_in_readme(HERE, "flow", table(FLOW_HEAD, flow(families, sheets)))
    reliable = [
        f"| {questionnaire.id} | {construct.id} | {alpha(questionnaire, construct.id, files[0].rows, prefix):.2f} |"
        for questionnaire, prefix, _ in MEASURED
        for files in (sheets[questionnaire.id],)
        for construct in questionnaire.constructs
    ]
    put_in_readme(HERE, "alpha", table("questionnaire | construct | >alpha at baseline", reliable))
    cells = [
        sheet.cell_counts([column for column in sheet.header if column[-3:] in {*PAFAS.items, *SDQ.items, *CYRM.items}])
        for sheet in everything[:6]
    ]
    put_in_readme(HERE, "cells", table("file | >answer cells | >blank | >99, refused", cells))


if __name__ == "__main__":
    main()
