"""Runs a plan: reads, scores, tallies and measures every source. The result saves to JSON and feeds every report."""

from __future__ import annotations

import hashlib
import json
import platform
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, reduce
from importlib.metadata import version
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from mande.change import Changes
from mande.contrast import ArmContrast, SubgroupContrast, contrast_arms, contrast_subgroups
from mande.course import Course, follow_courses
from mande.disclosure import (
    blur_reliability,
    blur_soundness,
    withhold,
    withhold_contrasts,
    withhold_courses,
    without_names,
)
from mande.errors import Effect, MandeError, Problem
from mande.families import Agreement, agreements
from mande.group_labels import labels_alone
from mande.imputing import Imputation, imputations
from mande.item_results import ItemResult, item_results
from mande.measure import measure_change
from mande.model import Instrument
from mande.output import json_of, write_whole
from mande.plan import Analysis, EvaluationFile, Plan, Quote
from mande.responses import FileRead, Flow, LinkReport, Responses
from mande.responses.sources import read_plan, released_answers
from mande.scoring import Scores, score
from mande.shifts import Shift, measure_shifts
from mande.soundness import Draws, Soundness, assess
from mande.tallies import Tallies, tallies_to_show
from mande.tally import Tally, make_tally
from mande.unlike import with_like_scores, without_unlike_scores

if TYPE_CHECKING:  # it is loaded for plans that are monitored only: short evaluations would wait for it
    from mande.reach import Reach
    from mande.reach.monitoring import Monitoring

__all__ = [
    "FORMAT",
    "Evaluation",
    "Provenance",
    "SourceResult",
    "conclude",
    "conclude_and_count",
    "evaluate",
    "evaluate_and_count",
    "evaluation_of",
    "load_evaluation",
    "pairs_alike",
    "read_sources",
]

FORMAT = "mande-evaluation-1"
"""Stands first in every saved evaluation; a change that an older mande would misread takes the next number."""


@dataclass(frozen=True, slots=True)
class SourceResult:
    """What was read from one file.

    problems: how many of each code. alike: pairs of labels that may be one, by grouping.
    """

    file: str
    digest: str
    instrument: str
    respondent: str
    flow: Flow
    problems: Mapping[str, int]
    unused_columns: tuple[str, ...]
    alike: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Provenance:
    """What the figures were made from and with: SHA-256 of each input, versions of each program."""

    inputs: Mapping[str, str]
    versions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything a report needs, and nothing about a single person.

    unit: the group that the report is about (`school=A`), in one made by `mande.units`; None: about everybody.
    """

    plan: EvaluationFile
    analysis: Analysis
    instruments: tuple[Instrument, ...]
    sources: tuple[SourceResult, ...]
    changes: Changes
    contrasts: tuple[ArmContrast, ...]
    subgroups: tuple[SubgroupContrast, ...]
    courses: tuple[Course, ...]
    soundness: tuple[Soundness, ...]
    items: tuple[ItemResult, ...]
    tallies: Tallies
    provenance: Provenance
    agreements: tuple[Agreement, ...] = ()
    imputations: tuple[Imputation, ...] = ()
    links: tuple[LinkReport, ...] = ()
    reach: Reach | None = None
    unit: str | None = None
    shifts: tuple[Shift, ...] = ()

    def _repr_html_(self) -> str:
        """For notebooks; the front door knows who draws."""
        import mande

        shown: str = mande.to_html(self)
        return shown

    def to_json(self) -> str:
        """The evaluation as JSON with full precision; the same evaluation gives the same text."""
        return NUMBERS_ONLY.sub(_on_one_line, json_of(self, as_format=FORMAT))

    def save(self, path: Path) -> Path:
        """Write the JSON. Raises OutputNotWritable."""
        return write_whole(path, self.to_json().encode())


NUMBERS_ONLY = re.compile(r"\[\n\s*-?\d+(?:,\n\s*-?\d+)*\n\s*\]")
"""A list of whole numbers, one a line; text cannot look so, for in JSON it holds no line break."""


def _on_one_line(numbers: re.Match[str]) -> str:
    return f"[{', '.join(numbers[0][1:-1].replace(',', ' ').split())}]"


def load_evaluation(path: str | Path) -> Evaluation:
    """Load a saved evaluation. Raises MandeError if the file is not one, or one of another format."""
    try:
        return evaluation_of(Path(path).read_bytes(), str(path))
    except OSError as error:
        raise MandeError(f"{path} cannot be read ({error.strerror}). Make one with: mande evaluate") from error


def evaluation_of(content: bytes, name: str) -> Evaluation:
    """The evaluation saved in `content`. Raises MandeError, which calls it `name`."""
    try:
        found = json.loads(content)
        written = found.get("format") if isinstance(found, dict) else None
        if written not in (None, FORMAT):
            raise MandeError(
                f'{name} has the format "{written}"; this mande ({version("mande")}) reads "{FORMAT}". '
                "Use the mande that wrote it, or make it anew with: mande evaluate"
            )
        return _reader().validate_json(content)
    except ValueError as error:  # JSON's and pydantic's errors are ValueErrors
        raise MandeError(
            f"{name} is not a saved evaluation ({_why_none(error)}). Make one with: mande evaluate"
        ) from error


@cache
def _reader() -> TypeAdapter[Evaluation]:
    from mande.reach import Reach  # noqa: F401  # by this name the type of a field is found

    return TypeAdapter(Evaluation)


def _why_none(error: ValueError) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    first = ".".join(map(str, error.errors()[0]["loc"])) or "all"
    return f'"{first}" is missing or wrong' + (f", and {error.error_count() - 1} more" * (error.error_count() > 1))


def read_sources(plan: Plan) -> tuple[Responses, ...]:
    """Read every source of the plan. Raises DataProblems with those of all sources, if any cannot be used."""
    return read_plan(plan)


def evaluate(plan: Plan, responses: Sequence[Responses] | None = None) -> Evaluation:
    """Run a plan. responses: those of its sources, if they have been read already.

    Groups smaller than the plan's smallest cell are withheld here, once, so that no output can show them.
    """
    return evaluate_and_count(plan, plan.analysis, responses)[0]


def evaluate_and_count(
    plan: Plan, counted_by: Analysis, responses: Sequence[Responses] | None = None
) -> tuple[Evaluation, Tally]:
    """Run a plan, and give the counts too, for which `counted_by` may name subgroups beyond those of the plan.

    The evaluation is the same whatever else is counted. The counts are of any number of people: nothing made of them
    may be shown before `mande.disclosure` has seen it.
    """
    monitoring = _monitoring(plan)
    read = tuple(responses if responses is not None else read_sources(plan))
    if monitoring is not None:
        read = monitoring.with_dose(read)
    scores = [score(source) for source in read]
    counts = reduce(add, (make_tally(source, counted_by) for source in scores), Tally())
    sources = [_source_result(file) for source in read for file in source.files]
    return conclude_and_count(plan, counted_by, counts, sources, read, scores=scores, monitoring=monitoring)


def conclude_and_count(
    plan: Plan,
    counted_by: Analysis,
    counts: Tally,
    sources: Sequence[SourceResult],
    read: Sequence[Responses],
    **known: Any,
) -> tuple[Evaluation, Tally]:
    """As `conclude`, of what the plan names among the `counts`; and all of them."""
    counts = with_like_scores(counts).without_lone_families()
    own = counts.without({*counted_by.subgroups} - {*plan.analysis.subgroups})
    return conclude(plan, own, sources, read, **known), counts


def conclude(
    plan: Plan,
    counts: Tally,
    sources: Sequence[SourceResult],
    read: Sequence[Responses],
    *,
    scores: Sequence[Scores] = (),
    monitoring: Monitoring | None = None,
) -> Evaluation:
    """Every figure of a plan whose sources have been counted. scores: where they are known; some figures need them."""
    monitoring = monitoring or _monitoring(plan)
    counts, scores = counts.without_lone_families(), without_unlike_scores(scores, counts)
    smallest = plan.evaluation.smallest_cell
    with Draws(counts, plan.analysis) as draws:  # which go on while the other figures are reckoned
        measured = withhold(measure_change(counts, plan.analysis), smallest, plan.analysis.subgroups, counts)
        changes = blur_reliability(without_names(measured, counts, plan.analysis, smallest), counts, smallest)
        return Evaluation(
            plan=_to_save(plan, read),
            analysis=plan.analysis,
            instruments=tuple(counts.instruments.values()),
            sources=tuple(sources),
            changes=changes,
            contrasts=withhold_contrasts(contrast_arms(counts, plan.analysis), smallest),
            subgroups=contrast_subgroups(counts, plan.analysis, [c.key for c in changes if c.n is not None]),
            courses=withhold_courses(follow_courses(counts, scores, plan.analysis, smallest=smallest), smallest),
            items=item_results(counts, smallest),
            tallies=tallies_to_show(counts, changes, smallest, plan.analysis.subgroups),
            provenance=_provenance(plan, read, monitoring.inputs if monitoring is not None else {}),
            imputations=imputations(scores, plan.analysis, smallest=smallest),
            agreements=agreements(read, scores, plan.analysis, smallest=smallest) if scores else (),
            links=tuple(source.links for source in read if source.links is not None),
            reach=monitoring.reach(read, changes) if monitoring is not None else None,
            shifts=measure_shifts(counts, plan.analysis, smallest=smallest),
            soundness=blur_soundness(
                assess(counts, changes, plan.analysis, draws, smallest=smallest), counts, smallest
            ),  # last: it waits for the draws
        )


def _monitoring(plan: Plan) -> Monitoring | None:
    """What was read of a plan's monitoring; None if it says nothing of it. Raises PlanProblems and DataProblems."""
    if not plan.evaluation.is_monitored:
        return None
    from mande.reach.monitoring import read_monitoring

    return read_monitoring(plan)


def _source_result(read: FileRead) -> SourceResult:
    return SourceResult(
        file=read.name,
        digest=read.digest,
        instrument=read.instrument,
        respondent=read.respondent,
        flow=read.flow,
        problems=dict(sorted(Counter(problem.code for problem in read.problems).items())),
        unused_columns=read.unused_columns,
        alike=pairs_alike(read.problems),
    )


def pairs_alike(problems: Iterable[Problem]) -> dict[str, int]:
    """By grouping, how many pairs of labels may be one (R-043)."""
    return dict(sorted(Counter(problem.details["group"] for problem in problems if problem.code == "R-043").items()))


def _to_save(plan: Plan, read: Sequence[Responses]) -> EvaluationFile:
    """evaluation.toml with the open answers that it releases among its quotes, and no more word of where they stood.

    Of labels what they are stays, and not which texts of cells are read as them.
    """
    quotes = tuple(Quote(text=answer.text, who=who) for answer, who in released_answers(plan, read))
    narrative = plan.evaluation.narrative
    narrative = narrative.model_copy(update={"quotes": (*narrative.quotes, *quotes), "released": ()})
    return plan.evaluation.model_copy(
        update={"narrative": narrative, "labels": labels_alone(plan.evaluation.labels)},
    )


def _provenance(plan: Plan, read: Sequence[Responses], monitored: Mapping[str, str]) -> Provenance:
    digests = {plan.file.name: hashlib.sha256(plan.file.read_bytes()).hexdigest()}
    digests |= {f"instrument {i.id} {i.version}": _model_digest(i) for i in plan.instruments}
    digests |= {f"analysis {plan.analysis.id}": _model_digest(plan.analysis)}
    digests |= {file.file: file.digest for source in read for file in source.files}
    digests |= monitored
    packages = ("mande", "numpy", "scipy", "pandas", "pyarrow")
    versions = {"python": platform.python_version()} | {package: version(package) for package in packages}
    return Provenance(digests, versions)


def _model_digest(value: Instrument | Analysis) -> str:
    return hashlib.sha256(value.model_dump_json().encode()).hexdigest()


def needs_a_person(problems: Sequence[Problem]) -> bool:
    """Whether somebody should look at the data: anything but a cell read in another notation, or an empty row."""
    return bool(to_be_looked_at(problems))


NOTHING_TO_DO = {"R-006", "R-026"}
"""Rows that are set aside for good: empty ones, and second copies that a server holds."""


def to_be_looked_at(problems: Sequence[Problem]) -> list[str]:
    """The codes of problems for which somebody should look at the data, sorted."""
    quiet = (Effect.ADJUSTED, Effect.TOLD)
    return sorted({problem.code for problem in problems if problem.effect not in quiet} - NOTHING_TO_DO)
