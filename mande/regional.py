"""regional.toml becomes a checked `RegionalPlan`: what makes a region, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import Field

from mande.checked import Mistake, check
from mande.errors import PlanProblems, WrongUse
from mande.model import Frozen
from mande.named_files import file_not_there
from mande.plan import Narrative, Programme, Title
from mande.toml_file import parsed_toml, refuse_if_not_toml, toml_locator

__all__ = ["RegionalFile", "RegionalPlan", "load_regional"]


class RegionalFile(Frozen):
    """What regional.toml says. Files are named from its folder.

    evaluations: saved ones (evaluation.json), or an evaluation.toml that is evaluated first. ledgers: of what was
    delivered, beside those of the evaluations. results: a results framework for all of them. programme: the region's.
    """

    title: Title
    synthetic: bool = False
    languages: tuple[str, ...] = ("en",)
    smallest_cell: int = Field(default=5, ge=1)
    output: str = "output"
    programme: Programme
    evaluations: tuple[str, ...] = ()
    ledgers: tuple[str, ...] = ()
    results: str | None = None
    narrative: Narrative = Narrative()


@dataclass(frozen=True, slots=True)
class RegionalPlan:
    """A checked regional.toml, and where it lies."""

    file: Path
    regional: RegionalFile

    @property
    def folder(self) -> Path:
        return self.file.parent

    @property
    def output(self) -> Path:
        return self.folder / self.regional.output

    @property
    def evaluations(self) -> tuple[Path, ...]:
        return tuple(self.folder / name for name in self.regional.evaluations)

    @property
    def ledgers(self) -> tuple[Path, ...]:
        return tuple(self.folder / name for name in self.regional.ledgers)

    @property
    def results(self) -> Path | None:
        return None if self.regional.results is None else self.folder / self.regional.results


def load_regional(path: str | Path) -> RegionalPlan:
    """Load a regional.toml. Raises WrongUse if it is none, PlanProblems with every mistake in it."""
    file = Path(path)
    refuse_if_not_toml(file, "regional.toml", data_under="ledgers", otherwise="Check the path.")
    raw = parsed_toml(file)
    if "source" in raw and not {"evaluations", "ledgers"} & {*raw}:
        raise WrongUse(
            f"{file} is an evaluation: mande report makes its report. For a region, name saved evaluations "
            "(evaluation.json) in a regional.toml."
        )
    mistakes = [*_nothing_named(raw), *_files_not_there(raw, file.parent)]
    regional, problems = check(RegionalFile, raw, mistakes=mistakes, locate=toml_locator(file), prefix="P")
    if regional is None:
        raise PlanProblems(problems)
    return RegionalPlan(file, regional)


def _nothing_named(raw: Mapping[str, Any]) -> Iterator[Mistake]:
    if not raw.get("evaluations") and not raw.get("ledgers"):
        yield Mistake("M-074", ("evaluations",))


def _files_not_there(raw: Mapping[str, Any], folder: Path) -> Iterator[Mistake]:
    for key in ("evaluations", "ledgers", "results"):
        named = raw.get(key)
        for i, name in enumerate(named if isinstance(named, list) else [named]):
            if isinstance(name, str) and not (folder / name).is_file():
                yield file_not_there((key, i) if isinstance(named, list) else (key,), name, folder)
