"""SPSS files (.sav, .zsav, .por) to a `Table`, read by pyreadstat with declared missing codes kept apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mande.aside import folder_aside
from mande.errors import ComponentMissing, DataProblems, Place, Problem
from mande.responses.heading_row import looked_over
from mande.responses.table import Table, encoded

__all__ = ["read_spss"]

_MOST_CELLS = 500_000_000


def read_spss(file: str, content: bytes, digest: str) -> Table:
    """Read the file. Raises ComponentMissing without pyreadstat, DataProblems if it cannot be read or is empty."""
    columns, meta = _read(file, content)
    names = list(meta.column_names)
    rows = int(meta.number_rows if meta.number_rows is not None else len(next(iter(columns.values()), ())))
    if not names or not rows:
        raise DataProblems([Problem("R-003" if names else "R-002", Place(file))])
    labels = tuple(str(meta.column_names_to_labels.get(name) or "") for name in names)
    looked_over(file, [*names, *labels])
    return Table(
        file=file,
        digest=digest,
        header=tuple(names),
        columns=tuple(encoded([_text(value) for value in columns[name]]) for name in names),
        row=np.arange(1, rows + 1, dtype=np.int64),
        rows_read=rows,
        how=f"SPSS, {meta.file_encoding or 'UTF-8'}",
        labels=labels,
        value_labels={i: _labels(meta.variable_value_labels.get(name, {})) for i, name in enumerate(names)},
        declared_missing={
            i: _declared(meta.missing_ranges.get(name, ()), columns[name]) for i, name in enumerate(names)
        },
    )


def _read(file: str, content: bytes) -> tuple[Mapping[str, Sequence[Any]], Any]:
    try:
        import pyreadstat
    except ImportError as error:
        raise ComponentMissing("SPSS files need pyreadstat. Install it with: pip install 'mande[spss]'") from error
    portable = file.lower().endswith(".por")
    read: Any = pyreadstat.read_por if portable else pyreadstat.read_sav
    attempts: list[dict[str, Any]] = [{}] if portable else [{"user_missing": True}]
    if not portable:
        attempts.append({"user_missing": True, "encoding": "cp1251"})
    fault: Exception | None = None
    with folder_aside() as folder:
        path = folder / f"file{'.por' if portable else '.sav'}"
        path.write_bytes(content)
        for options in attempts:
            try:
                return _whole(file, read, path, options)
            except DataProblems:
                raise
            except Exception as error:  # noqa: BLE001 - pyreadstat raises errors of many kinds on a damaged file
                fault = error
    raise _unreadable(file, " ".join(str(fault).split())[:120] or "it is damaged") from fault


def _whole(file: str, read: Any, path: Path, options: Mapping[str, Any]) -> tuple[Mapping[str, Sequence[Any]], Any]:
    _, meta = read(path, metadataonly=True, **options)
    if (meta.number_rows or 0) * max(1, meta.number_columns or 1) > _MOST_CELLS:
        raise _unreadable(file, "it claims more cells than a questionnaire can have")
    columns, meta = read(path, disable_datetime_conversion=True, output_format="dict", **options)
    return columns, meta


def _unreadable(file: str, detail: str) -> DataProblems:
    remedy = "Open it in SPSS (or PSPP) and save it again as .sav, or as CSV."
    return DataProblems([Problem("R-001", Place(file), details={"detail": detail, "remedy": remedy})])


def _text(value: object) -> str:
    if value is None or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value)


def _labels(labels: Mapping[object, object]) -> dict[str, str]:
    return {_text(value): str(label) for value, label in labels.items()}


def _declared(ranges: Sequence[Mapping[str, Any]], cells: Sequence[object]) -> frozenset[str]:
    """The values that occur and lie in a range that the file declares to be missing."""
    if not ranges:
        return frozenset()
    occurring = {value for value in cells if value is not None and value == value}
    return frozenset(_text(v) for v in occurring for r in ranges if _within(v, r["lo"], r["hi"]))


def _within(value: Any, low: Any, high: Any) -> bool:
    try:
        return bool(low <= value <= high)
    except TypeError:
        return False
