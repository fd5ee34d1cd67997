"""A report for every unit, by worker processes: what is whole is not made again, what fails does not stop the rest."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path

from mande.catalog import find_template
from mande.errors import OutputNotWritable, Reason, WrongUse
from mande.evaluation import Evaluation
from mande.group_labels import LabelWords
from mande.output import output_folder, write_whole
from mande.plan import LEAST_CELL, EvaluationFile
from mande.report import FORMATS, check_formats, render
from mande.report.attached import EVALUATION, making, template_digest
from mande.report.file_names import file_names
from mande.report.html import refuse_if_silent_on_units
from mande.report.unit_index import Listed, links_to, render_index
from mande.units import UnitCounts, Units, unit_evaluation
from mande.workers import cores, in_workers

__all__ = ["INDEX", "Outcome", "UnitReport", "each_folder", "refuse_if_on_single_people", "render_each"]

INDEX = "index.html"
LEAST_FREE = 1 << 20
"""Bytes: a disk with fewer cannot take another report."""

PRELOAD = ("mande.report.each", "weasyprint", "mande.stats.signs", "scipy.special")


class Outcome(StrEnum):
    """What became of a unit's report."""

    MADE = "made"
    KEPT = "kept"  # it was there already, whole, from the same inputs
    WITHHELD = "withheld"  # nothing may be shown
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class UnitReport:
    """The report of one unit. files: in the order of the formats. fault: why it failed.

    label: "(personal data)" or the like for a unit whose label could name a person; such a unit is always withheld.
    """

    label: str
    outcome: Outcome
    files: tuple[Path, ...] = ()
    reason: Reason | None = None
    fault: str | None = None


def each_folder(folder: str | Path, grouping: str) -> Path:
    """Where the reports of the units are: a folder beside the report of everybody."""
    return Path(folder) / f"by-{grouping}"


def render_each(
    units: Units,
    folder: str | Path,
    *,
    template: str | Path = "school",
    language: str = "en",
    formats: Sequence[str] = FORMATS,
    draft: bool = False,
    workers: int | None = None,
) -> Iterator[UnitReport]:
    """Write the report and the evaluation.json of every unit below `folder`, and at the end an index of them.

    Yields each as it is done, in any order; those that need no work first. workers: processes; None for one a core.
    A report is made anew only if something that it depends on has changed, or a file of it; so a run that was killed
    goes on where it was. Raises WrongUse or ComponentMissing before anything is written, if no report could be made,
    and OutputNotWritable if the disk is full.
    """
    check_formats(formats)
    refuse_if_on_single_people(units.whole.plan)
    refuse_if_silent_on_units(template, language, draft=draft)
    target = each_folder(folder, units.grouping)
    setting = _Setting(units.everybody, target, find_template(template), language, tuple(formats), draft)
    names = file_names((part.label for part in units.parts), units.grouping)
    output_folder(setting.folder)
    common = setting.digest()
    jobs: list[_Job] = []
    done: list[UnitReport] = []
    for part in units.parts:
        job = _Job(names[part.label], part, hashlib.sha256(f"{common} {part.label}".encode()).hexdigest())
        if part.withheld is not None:
            done.append(_withheld(job, setting))
        elif setting.is_whole(job):
            done.append(UnitReport(part.label, Outcome.KEPT, setting.files(job)))
        else:
            jobs.append(job)
    yield from done
    for one in in_workers(_begin, setting, jobs, workers=workers or cores(), preload=PRELOAD):
        label = one.job.part.label
        made = UnitReport(label, Outcome.MADE, setting.files(one.job))
        if one.fault is not None:
            _refuse_if_full(target, one.fault)
        done.append(made if one.fault is None else UnitReport(label, Outcome.FAILED, fault=one.fault))
        yield done[-1]
    write_whole(target / INDEX, _index(units, done, setting).encode())


def refuse_if_on_single_people(plan: EvaluationFile) -> None:
    """Raises WrongUse if the plan's smallest cell would let a unit's report tell what single people answered."""
    if plan.smallest_cell < LEAST_CELL:
        raise WrongUse(
            f"With smallest_cell = {plan.smallest_cell}, a report of each unit tells what single people answered. "
            f"Write smallest_cell = 5 (at least {LEAST_CELL}) in evaluation.toml, or leave --each out."
        )


def _refuse_if_full(folder: Path, fault: str) -> None:
    """Every further report would fail alike, each after the work of making it."""
    if shutil.disk_usage(folder).free < LEAST_FREE:
        raise OutputNotWritable(
            f"The disk of {folder} is full ({fault}). What was finished is whole. Free some space and give the same "
            "command again: it makes what is missing."
        )


def _index(units: Units, done: Sequence[UnitReport], setting: _Setting) -> str:
    """In the order of the units, whatever the order in which they were done."""
    folder, by_label = setting.folder, {report.label: report for report in done}
    reports = [by_label[part.label] for part in units.parts if part.mask is None]
    words = LabelWords.read(units.whole.plan.labels, setting.language)
    listed = [
        Listed(words.of(units.grouping, r.label), r.outcome, links_to(r.files, folder), r.fault or "") for r in reports
    ]
    whole = (folder.parent / f"report-{setting.language}.{name}" for name in setting.formats)
    links = links_to([path for path in whole if path.is_file()], folder)
    return render_index(
        units.whole.plan, units.grouping, listed, links, setting.language, masked=units.masked, draft=setting.draft
    )


@dataclass(frozen=True, slots=True)
class _Job:
    """One report to make. digest: of all that it depends on."""

    name: str
    part: UnitCounts
    digest: str


@dataclass(frozen=True, slots=True)
class _Setting:
    """What all reports of a run have in common."""

    everybody: Evaluation
    folder: Path
    template: Path
    language: str
    formats: tuple[str, ...]
    draft: bool

    def digest(self) -> str:
        """Of the inputs, the template and the versions, which make the bytes of every report."""
        if "pdf" in self.formats:
            set_by = asdict(making(self.template, self.language, draft=self.draft))
        else:
            set_by = {"template": template_digest(self.template), "mande": version("mande")}
        made_of = [self.everybody.to_json(), set_by, self.language, self.formats, self.draft]
        return hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()

    def files(self, job: _Job) -> tuple[Path, ...]:
        return tuple(self.folder / job.name / f"{job.name}-{self.language}.{name}" for name in self.formats)

    def stamp(self, job: _Job) -> Path:
        """Written last, beside the files: what they were made from, and the digest of each."""
        return self.folder / job.name / f".made-{self.language}.json"

    def is_whole(self, job: _Job) -> bool:
        """Whether the report is there, from the same inputs, and nobody has touched a file of it."""
        try:
            stamp = json.loads(self.stamp(job).read_bytes())
            return bool(stamp == self.stamped(job))
        except (OSError, ValueError):
            return False

    def stamped(self, job: _Job) -> dict[str, object]:
        files = (self.folder / job.name / EVALUATION, *self.files(job))
        return {"from": job.digest, "files": {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in files}}


def _withheld(job: _Job, setting: _Setting) -> UnitReport:
    """An earlier report of the unit, from when more could be shown, would tell what is withheld now."""
    own = setting.folder / job.name
    for path in (*own.glob(f"{job.name}-*"), *own.glob(".made-*.json"), own / EVALUATION):
        path.unlink(missing_ok=True)
    with suppress(OSError):  # somebody put a file of their own there, or there is no folder
        own.rmdir()
    return UnitReport(job.part.mask or job.part.label, Outcome.WITHHELD, reason=job.part.withheld)


def _begin(setting: _Setting) -> Callable[[_Job], None]:
    """In a worker process: what makes one report, the stamp last."""

    def make(job: _Job) -> None:
        evaluation = unit_evaluation(setting.everybody, job.part)
        folder = output_folder(setting.folder / job.name)
        setting.stamp(job).unlink(missing_ok=True)
        evaluation.save(folder / EVALUATION)
        render(
            evaluation,
            folder,
            name=job.name,
            template=setting.template,
            language=setting.language,
            formats=setting.formats,
            draft=setting.draft,
        )
        write_whole(setting.stamp(job), json.dumps(setting.stamped(job), indent=1).encode())

    return make
