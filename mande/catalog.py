"""Where instruments, analyses, report templates and sample data lie. The only module that knows.

A name is looked for in the project (the folder of evaluation.toml), then among what mande brings along; a path that is
given is taken as it is. In a checkout the bundled folders stand beside the package, in a wheel inside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from pathlib import Path

from mande.errors import UnknownName, nearest

__all__ = [
    "Room",
    "find_analysis",
    "find_instrument",
    "find_sample",
    "find_template",
    "names",
    "room_folder",
    "samples",
]


class Room(StrEnum):
    INSTRUMENTS = "instruments"
    ANALYSES = "analyses"
    TEMPLATES = "report_templates"
    SAMPLES = "sample_data"


@cache
def _bundle() -> Path:
    package = Path(__file__).resolve().parent
    inside = package / "_bundled"
    return inside if inside.is_dir() else package.parent


def room_folder(room: Room) -> Path:
    """The bundled folder of a room."""
    return _bundle() / room.value


def names(room: Room, project: Path | None = None) -> list[str]:
    """Every name in a room, the project's own included, sorted."""
    return sorted({entry for folder in _folders(room, project) for entry in _entries(room, folder)})


def find_instrument(name: str | Path, *, version: str | None = None, project: Path | None = None) -> Path:
    """The YAML file of an instrument: a path, or a name (newest version unless one is asked for)."""
    given = _given_path(name, project)
    if given is not None:
        return given
    for folder in _folders(Room.INSTRUMENTS, project):
        versions = sorted((folder / str(name)).glob("*.yaml"), key=lambda path: _version_key(path.stem))
        wanted = [path for path in versions if version is None or path.stem == version]
        if wanted:
            return wanted[-1]
    raise _unknown(
        "instrument", str(name) if version is None else f"{name} version {version}", Room.INSTRUMENTS, project
    )


def find_analysis(name: str | Path, *, project: Path | None = None) -> Path:
    """The TOML file of an analysis: a path, or a name."""
    given = _given_path(name, project)
    if given is not None:
        return given
    for folder in _folders(Room.ANALYSES, project):
        if (folder / f"{name}.toml").is_file():
            return folder / f"{name}.toml"
    raise _unknown("analysis", str(name), Room.ANALYSES, project)


def find_template(name: str | Path, *, project: Path | None = None) -> Path:
    """The folder of a report template: a path to it, from the project's folder when relative, or a name."""
    path = Path(name)
    if isinstance(name, Path) or len(path.parts) > 1:
        folder = path if project is None else project / path
        if not (folder / "report.html.j2").is_file():
            raise UnknownName(f"There is no report.html.j2 in {folder}. A template is a folder that holds one.")
        return folder
    beside = [] if project is None else [project]
    for folder in (*beside, *_folders(Room.TEMPLATES, project)):
        if (folder / str(name) / "report.html.j2").is_file():
            return folder / str(name)
    raise _unknown("report template", str(name), Room.TEMPLATES, project)


def find_sample(name: str, *, file: str = "evaluation.toml") -> Path:
    """The evaluation.toml (or another file) of a bundled sample. Raises UnknownName for a sample without it."""
    path = room_folder(Room.SAMPLES) / name / file
    if not path.is_file():
        if name in samples("regional.toml"):
            raise UnknownName(f"{name} is a region. To see it: mande roll-up --sample {name}")
        raise _not_among("sample", name, samples(file))
    return path


def samples(file: str = "evaluation.toml") -> list[str]:
    """The bundled samples that have such a file: "regional.toml" for regions."""
    return sorted(path.parent.name for path in room_folder(Room.SAMPLES).glob(f"*/{file}"))


def _folders(room: Room, project: Path | None) -> Iterator[Path]:
    if project is not None and (project / room.value).is_dir():
        yield project / room.value
    yield room_folder(room)


def _entries(room: Room, folder: Path) -> Iterator[str]:
    marks = {
        Room.INSTRUMENTS: "*/*.yaml",
        Room.ANALYSES: "*.toml",
        Room.TEMPLATES: "*/report.html.j2",
        Room.SAMPLES: "*/evaluation.toml",
    }
    for path in folder.glob(marks[room]):
        yield path.stem if room is Room.ANALYSES else path.parent.name


def _given_path(name: str | Path, project: Path | None) -> Path | None:
    """A path that exists, taken from the project's folder when relative; None for a bare name."""
    path = Path(name)
    looks_like_path = isinstance(name, Path) or path.suffix in {".yaml", ".yml", ".toml"} or len(path.parts) > 1
    if not looks_like_path:
        return None
    candidate = path if path.is_absolute() or project is None else project / path
    if not candidate.is_file():
        raise UnknownName(f"There is no file {candidate}. Check the path.")
    return candidate


def _version_key(stem: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts "2" before "10", and numbers before words."""
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in stem.replace("-", ".").split("."))


def _unknown(what: str, name: str, room: Room, project: Path | None) -> UnknownName:
    return _not_among(what, name, names(room, project))


def _not_among(what: str, name: str, known: list[str]) -> UnknownName:
    near = nearest(name, known) or [own for own in known if len(name) > 2 and name.casefold() in own.casefold()]
    hint = f"Did you mean {' or '.join(near)}?" if near else f"There are: {', '.join(known) or 'none'}."
    return UnknownName(f'There is no {what} "{name}". {hint}')
