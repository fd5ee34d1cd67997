"""Every figure of an evaluation anew, from the counts that it carries, or the reason why not."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from mande.change import Change
from mande.contrast import ArmContrast, SubgroupContrast, contrast_arms, contrast_subgroups
from mande.disclosure import withhold_contrasts
from mande.evaluation import Evaluation
from mande.measure import measure_change
from mande.soundness import Draws, Soundness, assess
from mande.tallies import CountedChange
from mande.tally import EVERYONE, ChangeKey, Tally, dimension
from mande.verify.comparing import Compared, Outcome, compare, values_of

__all__ = ["recomputed"]

FROM_ITEMS = (
    *("reliability", "notes · alpha_earlier", "notes · alpha_later", "notes · omega_earlier", "notes · omega_later"),
    *("same_measure", "wording", "unreversed", "items"),
    *(f"notes · {name}" for name in ("same_measure", "wording", "unreversed", "item_rest", "alpha_without")),
)
FROM_CLUSTERS = ("clustered", "notes · clustered", "notes · icc", "p_adjusted", "permutation", "notes · permutation")
OF_ARMS_IN_CLUSTERS = ("difference", "ancova", "hedges_g", "balance", "permutation", "notes")
OF_PEOPLE_LOST = ("intention_to_treat", "notes · intention_to_treat")

NO_ITEMS = "the sums of single questions are kept back: too few people answered one and not all"
NO_CLUSTERS = "the sums of single clusters are kept back: too few people in one"
IN_THE_WHOLE = "a report on one unit leaves the sums behind the figures of everybody to the report of everybody"
NO_LOST = "how many were lost in single clusters is not in the report"
NO_FAMILY = "it was adjusted together with an area that is withheld"
NO_ROWS = "it rests on several answers of the same people, which counts do not hold"
NO_LEDGER = "the ledger and the registers are not in the report"


def recomputed(evaluation: Evaluation) -> Iterator[Compared]:
    """Compare every figure of the evaluation with the same one made anew from its tallies."""
    counts = evaluation.tallies.tally(evaluation.instruments)
    rows = {row.key: row for row in evaluation.tallies.rows}
    yield from _changes(evaluation, counts, rows)
    yield from _soundness(evaluation, counts, rows)
    yield from _arms(evaluation, counts, rows)
    yield from _subgroups(evaluation, counts, rows)
    for course in evaluation.courses:
        yield Compared(f"course of {course.construct}, from {course.baseline}", Outcome.CANNOT, why=NO_ROWS)
    for name in ("agreements", "imputations"):
        for one in getattr(evaluation, name):
            yield Compared(f"{name} of {one.construct}, {one.earlier} to {one.later}", Outcome.CANNOT, why=NO_ROWS)
    for shift in evaluation.shifts:
        waves = f"{shift.before}, {shift.then} and {shift.now}"
        yield Compared(f"response shift of {shift.construct}, {waves}", Outcome.CANNOT, why=NO_ROWS)
    if evaluation.reach is not None and evaluation.reach.has_files:
        yield Compared("reach", Outcome.CANNOT, why=NO_LEDGER)
    yield from _accounts(evaluation)


def _changes(evaluation: Evaluation, counts: Tally, rows: Mapping[ChangeKey, CountedChange]) -> Iterator[Compared]:
    anew = {change.key: change for change in measure_change(counts, evaluation.analysis)}
    for change in evaluation.changes:
        place = f"change of {_name(change.key)}"
        if change.n is None and change.key not in rows:
            continue  # withheld: nothing is printed of it
        if change.key not in anew or change.n is None:
            yield Compared(place, Outcome.DIFFERS, "a result", "no counts")
            continue
        elsewhere = evaluation.unit is not None and change.group != evaluation.unit
        unknown = _unknown(rows[change.key], family=_has_gaps(change, evaluation, rows), elsewhere=elsewhere)
        yield from _compared(place, change, anew[change.key], unknown)


def _has_gaps(change: Change, evaluation: Evaluation, rows: Mapping[ChangeKey, CountedChange]) -> bool:
    """Whether the p values adjusted together with this one cannot all be had anew."""

    def family(other: Change) -> tuple[object, ...]:
        return (other.respondent, other.earlier, other.later, other.group, other.primary)

    own = (other.key for other in evaluation.changes if family(other) == family(change))
    return any(key not in rows or "clusters" in rows[key].kept_back for key in own)


def _soundness(evaluation: Evaluation, counts: Tally, rows: Mapping[ChangeKey, CountedChange]) -> Iterator[Compared]:
    shown = [change for change in evaluation.changes if change.key in rows]
    with Draws(counts, evaluation.analysis) as draws:
        anew = assess(counts, shown, evaluation.analysis, draws, smallest=evaluation.plan.smallest_cell)
    found = {_key(one): one for one in anew}
    for stated in evaluation.soundness:
        key = _key(stated)
        place = f"soundness of {_name(key)}"
        if key not in found:
            yield Compared(place, Outcome.DIFFERS, "a result", "no counts")
            continue
        yield from _compared(place, stated, found[key], _unknown(rows[key], family=False))


def _arms(evaluation: Evaluation, counts: Tally, rows: Mapping[ChangeKey, CountedChange]) -> Iterator[Compared]:
    contrasts = contrast_arms(counts, evaluation.analysis)
    found = {_key(one): one for one in withhold_contrasts(contrasts, evaluation.plan.smallest_cell)}
    for stated in evaluation.contrasts:
        key = _key(stated)
        place = f"programme against comparison, {_name(key)}"
        if key not in found:
            yield Compared(place, Outcome.DIFFERS, "a result", "no counts")
            continue
        hidden = "clusters" in rows[key].kept_back
        by_cluster = _beginning(OF_ARMS_IN_CLUSTERS if hidden else (), NO_CLUSTERS)
        were_lost = hidden or any(row.left_out.no_later for row in rows.values() if row.key[:4] == key[:4])
        lost = _beginning(OF_PEOPLE_LOST if were_lost and stated.difference is not None else (), NO_LOST)
        yield from _compared(place, stated, found[key], lambda at: by_cluster(at) or lost(at))  # noqa: B023


def _subgroups(evaluation: Evaluation, counts: Tally, rows: Mapping[ChangeKey, CountedChange]) -> Iterator[Compared]:
    for stated in evaluation.subgroups:
        whole = _key(stated)
        keys = [
            key for key in rows if key._replace(group=EVERYONE) == whole and dimension(key.group) == stated.grouping
        ]
        place = f"{_name(whole)}, by {stated.grouping}"
        if any("clusters" in rows[key].kept_back for key in (whole, *keys) if key in rows):
            yield Compared(place, Outcome.CANNOT, why=NO_CLUSTERS)
            continue
        found = contrast_subgroups(counts, evaluation.analysis, keys)
        if len(found) != 1:
            yield Compared(place, Outcome.DIFFERS, "a result", "no counts")
            continue
        yield from _compared(place, stated, found[0], lambda _: "")


def _accounts(evaluation: Evaluation) -> Iterator[Compared]:
    """Rows and cells read are those used and those set aside."""
    for source in evaluation.sources:
        flow, cells = source.flow, source.flow.cells
        rows = flow.rows_used + sum(flow.rows_set_aside.values())
        yield _sum(f"{source.file}, rows read", flow.rows_read, rows)
        yield _sum(
            f"{source.file}, cells read", cells.read, cells.answered + cells.blank + cells.not_answers + cells.set_aside
        )


def _sum(place: str, stated: int, found: int) -> Compared:
    return Compared(place, Outcome.AGREES if stated == found else Outcome.DIFFERS, stated, found)


def _compared(place: str, stated: object, found: object, unknown: Callable[[str], str]) -> Iterator[Compared]:
    for one in compare(values_of(stated), values_of(found), unknown=unknown):
        yield Compared(f"{place} · {one.place}", one.outcome, one.stated, one.found, one.why)


def _unknown(row: CountedChange, *, family: bool, elsewhere: bool = False) -> Callable[[str], str]:
    """elsewhere: the row is that of everybody, in the report of one unit."""
    items = _beginning(FROM_ITEMS if "items" in row.kept_back else (), IN_THE_WHOLE if elsewhere else NO_ITEMS)
    clusters = _beginning(
        FROM_CLUSTERS if "clusters" in row.kept_back else (), IN_THE_WHOLE if elsewhere else NO_CLUSTERS
    )
    adjusted = _beginning(("p_adjusted",) if family else (), NO_FAMILY)
    return lambda place: items(place) or clusters(place) or adjusted(place)


def _beginning(names: Collection[str], why: str) -> Callable[[str], str]:
    return lambda place: why if any(place == name or place.startswith(f"{name} · ") for name in names) else ""


def _key(result: Soundness | ArmContrast | SubgroupContrast) -> ChangeKey:
    return ChangeKey(result.instrument, result.construct, result.earlier, result.later, EVERYONE)


def _name(key: ChangeKey) -> str:
    group = "" if key.group == EVERYONE else f", {key.group}"
    return f"{key.construct} ({key.instrument}), {key.earlier} to {key.later}{group}"
