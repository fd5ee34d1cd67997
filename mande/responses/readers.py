"""From a questionnaire file to the tables in it, by kind of file."""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from mande.errors import DataProblems, Place, Problem
from mande.responses.archive import members
from mande.responses.delimited import read_delimited
from mande.responses.parquet import PARQUET, read_parquet
from mande.responses.spss import read_spss
from mande.responses.storage import is_address, opened, stored
from mande.responses.table import Table
from mande.responses.workbook import OLD_WORKBOOK, read_workbook

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["read_table", "read_tables"]

WORKBOOKS = {".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"}
SPSS = {".sav", ".zsav", ".por"}
_CHUNK = 1 << 24


def read_tables(path: str | Path) -> list[Table]:
    """Every table in the file: one of delimited text or Parquet, one a sheet, one a member of a zip.

    The first bytes decide where a name does not tell the truth (a workbook renamed to .csv).
    Raises DataProblems if nothing can be read at all, ComponentMissing if a library is not installed.
    """
    import pyarrow as pa

    content, name = _content(str(path)), stored(str(path)).name
    digest, start, kind = _digest(content), content[:8].to_pybytes(), PurePosixPath(name).suffix.lower()
    if not content.size:
        raise DataProblems([Problem("R-002", Place(name))])
    if kind in SPSS or start[:4] in (b"$FL2", b"$FL3"):
        return [read_spss(name, content.to_pybytes(), digest)]
    if kind in PARQUET or start[:4] == b"PAR1":
        return [read_parquet(name, pa.BufferReader(content), digest)]
    if kind == ".zip":
        return _zipped(name, content.to_pybytes(), digest)
    if start[:4] == OLD_WORKBOOK or start[:4] == b"PK\x03\x04" or (kind in WORKBOOKS and not _is_text(content)):
        return read_workbook(name, content.to_pybytes(), digest)
    if _is_web_page(content):
        detail, remedy = "it is a web page, not a table", "Log in to the server, download the data again, as CSV."
        raise DataProblems([Problem("R-001", Place(name), details={"detail": detail, "remedy": remedy})])
    return [read_delimited(name, content, digest)]


def read_table(path: str | Path) -> Table:
    """The first table of the file. Raises as `read_tables`."""
    return read_tables(path)[0]


def _zipped(file: str, content: bytes, digest: str) -> list[Table]:
    """Every CSV in a zip; those that cannot be read matter only if none can."""
    import pyarrow as pa

    tables: list[Table] = []
    problems: list[Problem] = []
    for name, member in members(file, content):
        try:
            tables.append(read_delimited(file, pa.py_buffer(member), digest, part=name))
        except DataProblems as error:
            problems += error.problems
    if not tables:
        raise DataProblems(problems or [Problem("R-002", Place(file))])
    return tables


def _content(name: str) -> pa.Buffer:
    """The bytes of a file; of one on this machine without a copy in memory."""
    import pyarrow as pa

    if is_address(name):
        with opened(stored(name)) as remote:
            return pa.py_buffer(remote.read())
    path = Path(name)
    try:
        if not path.stat().st_size:
            return pa.py_buffer(b"")
        with pa.memory_map(str(path)) as source:
            return source.read_buffer()
    except OSError as error:
        details = {"detail": error.strerror or str(error), "remedy": "Check the path and the rights."}
        raise DataProblems([Problem("R-001", Place(path.name), details=details)]) from error


def _digest(content: pa.Buffer) -> str:
    digest, view = hashlib.sha256(), memoryview(content)
    for start in range(0, content.size, _CHUNK):
        digest.update(view[start : start + _CHUNK])
    return digest.hexdigest()


def _is_text(content: pa.Buffer) -> bool:
    head: bytes = content[:4096].to_pybytes()
    return b"\x00" not in head


def _is_web_page(content: pa.Buffer) -> bool:
    start: bytes = content[:512].to_pybytes().lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html", b"<?xml"))
