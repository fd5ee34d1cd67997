"""Makes the workbooks beside it, in formats that xlsxwriter cannot write. Run by hand, in its own environment:

    pip install xlwt odfpy
    python tests/responses/workbooks/make.py

The files are committed, since both libraries are old and nothing else here needs them. The .xlsb is written below,
record by record, as [MS-XLSB] has it.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

FOLDER = Path(__file__).parent
ITEMS = ("a1", "a2", "a3", "b1")
HEADER: list[object] = ["код", "школа", "дата", *(f"{item}_{wave}" for item in ITEMS for wave in ("then", "now"))]
ROWS: list[list[object]] = [
    ["Анкеты родителей"],
    [],
    HEADER,
    ["А-1", "Школа 5", date(2026, 5, 12), 1, 2, 5, 4, 3, 4, 2, 2],
    ["А-2", "Школа 5", date(2026, 5, 13), 2, 3, 4, "Often", 5, 4, 1, 1.0],
    [7, "Мактаб №6", "", 3, "", 4, 5, "5.0", 99, 3, 2],
    ["", "Итого", "", 6, 5, 13, 9, 8, 107, 6, 5],
]
CODES: list[object] = ["код", "значение"]


def old(path: Path) -> None:
    """Excel 97 to 2003."""
    import xlwt

    book = xlwt.Workbook()
    day = xlwt.easyxf(num_format_str="DD.MM.YYYY")
    for name, rows in (("Ввод", ROWS), ("коды", [CODES])):
        sheet = book.add_sheet(name)
        for i, row in enumerate(rows):
            for k, cell in enumerate(row):
                if cell != "":
                    sheet.write(i, k, cell, *([day] if isinstance(cell, date) else []))
    book.save(str(path))


def opened(path: Path) -> None:
    """OpenDocument; as LibreOffice does it, empty cells and rows are written once, with how often they come."""
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    def cell_of(value: object) -> TableCell:
        if isinstance(value, (int, float)):
            return TableCell(valuetype="float", value=value)
        if isinstance(value, date):
            return TableCell(valuetype="date", datevalue=value.isoformat())
        cell = TableCell(valuetype="string")
        cell.addElement(P(text=str(value)))
        return cell

    book = OpenDocumentSpreadsheet()
    for name, rows in (("Ввод", ROWS), ("коды", [CODES])):
        table = Table(name=name)
        for row in rows:
            line = TableRow()
            for value in row:
                line.addElement(cell_of(value) if value != "" else TableCell(numbercolumnsrepeated=1))
            line.addElement(TableCell(numbercolumnsrepeated=1000))
            table.addElement(line)
        table.addElement(TableRow(numberrowsrepeated=1_000_000))
        book.spreadsheet.addElement(table)
    book.save(str(path))


def binary(path: Path) -> None:
    """Excel's binary workbook."""
    kind = "application/vnd.ms-excel."
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.bin" ContentType="{kind}sheet.binary.macroEnabled.main"/>'
        f'<Override PartName="/xl/worksheets/sheet1.bin" ContentType="{kind}worksheet"/></Types>',
        "_rels/.rels": _relations("officeDocument", "xl/workbook.bin"),
        "xl/_rels/workbook.bin.rels": _relations("worksheet", "worksheets/sheet1.bin"),
    }
    names = struct.pack("<II", 0, 1) + _wide("rId1") + _wide("Ввод")
    book = _record(131) + _record(143) + _record(156, names) + _record(144) + _record(132)
    size = struct.pack("<IIII", 0, len(ROWS) - 1, 0, len(HEADER) - 1)
    sheet = _record(129) + _record(148, size) + _record(145) + b"".join(_cells()) + _record(146) + _record(130)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{text}')
        archive.writestr("xl/workbook.bin", book)
        archive.writestr("xl/worksheets/sheet1.bin", sheet)


def _cells() -> Iterator[bytes]:
    for i, row in enumerate(ROWS):
        yield _record(0, struct.pack("<IIH3xI", i, 0, 300, 0))
        for k, value in enumerate(row):
            at = struct.pack("<II", k, 0)
            if isinstance(value, (int, float)):
                yield _record(5, at + struct.pack("<d", value))
            elif value != "":
                yield _record(6, at + _wide(str(value)))


def _relations(kind: str, target: str) -> str:
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{office}/{kind}" Target="{target}"/></Relationships>'
    )


def _record(number: int, content: bytes = b"") -> bytes:
    return _seven_bits(number) + _seven_bits(len(content)) + content


def _seven_bits(number: int) -> bytes:
    low, rest = number & 0x7F, number >> 7
    return bytes([low | 0x80]) + _seven_bits(rest) if rest else bytes([low])


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


if __name__ == "__main__":
    for name, make in (("old.xls", old), ("open.ods", opened), ("binary.xlsb", binary)):
        make(FOLDER / name)
