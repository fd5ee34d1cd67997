"""Damaged files: whatever happens to bytes and structure, mande either reads and accounts for it or says why not."""

import io
import random
import zipfile
from pathlib import Path

import pytest

from mande.errors import MandeError
from mande.instrument import load_instrument
from mande.responses import ColumnNames, read_responses

HEADER = ["code", *[f"p{i:02d}_{wave}" for wave in ("then", "now") for i in range(1, 21)]]
WORKBOOKS = Path(__file__).parent / "workbooks"
COMMITTED = {"xls": "old.xls", "ods": "open.ods", "xlsb": "binary.xlsb"}
KINDS = ["csv", "xlsx", "zip", "sav", *COMMITTED]
ODD = [
    '"',
    "'",
    ",",
    ";",
    "\t",
    "\n",
    "\r\n",
    "\x00",
    "=",
    "\ufeff",
    "é",
    "ы",
    "99",
    "-1",
    "1e309",
    " ",
    "{",
    "\x1a",
    '""',
    "#",
]


@pytest.fixture(scope="module")
def parents():
    return load_instrument("sfp-10-14-parent")


def rows_of(draw, forms=12):
    return [[f"A{i}", *(str(draw.randint(1, 5)) for _ in HEADER[1:])] for i in range(forms)]


def text_of(rows, separator=","):
    return "\n".join(separator.join(row) for row in [HEADER, *rows]).encode()


def workbook_of(rows):
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for i, row in enumerate([HEADER, *rows]):
            sheet.write_row(i, 0, row)
    return out.getvalue()


def zip_of(rows):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("form.csv", text_of(rows))
    return out.getvalue()


def spss_of(rows, folder):
    pd, pyreadstat = pytest.importorskip("pandas"), pytest.importorskip("pyreadstat")
    frame = pd.DataFrame(rows, columns=HEADER)
    frame[HEADER[1:]] = frame[HEADER[1:]].astype(float)
    pyreadstat.write_sav(frame, folder / "made.sav")
    return (folder / "made.sav").read_bytes()


def damaged(draw, content):
    """One of many accidents: bytes changed, cut out, doubled, swapped, put in; the end missing."""
    content = bytearray(content)
    for _ in range(draw.randint(1, 4)):
        at, other = draw.randrange(len(content) + 1), draw.randrange(len(content) + 1)
        low, high = min(at, other), min(max(at, other), min(at, other) + 200)
        match draw.randrange(6):
            case 0:
                content[at : at + 1] = bytes([draw.randrange(256)])
            case 1:
                del content[low:high]
            case 2:
                content[at:at] = content[low:high]
            case 3:
                content[at:at] = draw.choice(ODD).encode(draw.choice(["utf-8", "utf-16-le", "utf-8"]))
            case 4:
                del content[max(at, len(content) // 2) :]
            case _:
                content[low:high] = content[low:high][::-1]
        if not content:
            break
    return bytes(content)


def read_or_refuse(path, parents):
    """Read the file; every row and cell is accounted for when `Flow` is made. None if it was refused."""
    try:
        responses = read_responses(path, parents, ColumnNames(id="code"))
    except MandeError as error:
        return None if str(error).strip() else pytest.fail("refused without a word")
    for problem in responses.problems:
        assert problem.what
        assert problem.remedy
    assert responses.flow.rows_used == len(responses)
    return responses


def run(seed, kind, folder, parents):
    draw = random.Random(seed)
    rows = rows_of(draw)
    make = {"csv": text_of, "xlsx": workbook_of, "zip": zip_of, "sav": lambda rows: spss_of(rows, folder)}
    path = folder / f"damaged.{kind}"
    path.write_bytes(damaged(draw, make[kind](rows) if kind in make else (WORKBOOKS / COMMITTED[kind]).read_bytes()))
    return read_or_refuse(path, parents)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(15))
def test_a_few_damaged_files(tmp_path, parents, kind, seed):
    run(seed, kind, tmp_path, parents)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_many_damaged_files(tmp_path, parents, kind):
    for seed in range(100, 3100 if kind == "csv" else 700):
        try:
            run(seed, kind, tmp_path, parents)
        except BaseException as error:
            raise AssertionError(f"seed {seed}") from error


def broken_structure(draw, rows):
    """Cells and rows moved, lost or filled oddly, in a file that can still be told into rows."""
    table = [list(HEADER), *map(list, rows)]
    for _ in range(draw.randint(1, 5)):
        i, k = draw.randrange(1, len(table)), draw.randrange(len(HEADER))
        match draw.randrange(7):
            case 0:
                table[i][k % len(table[i])] = draw.choice(["", "7", "Всегда", "4 – Часто", "x", "5,0", "n/a", " 3 "])
            case 1:
                table[i].insert(k, "3")
            case 2:
                del table[i][k % len(table[i])]
            case 3:
                table.insert(i, list(table[draw.randrange(1, len(table))]))
            case 4:
                table.insert(i, [""] * len(HEADER))
            case 5:
                table[i] = table[i] + ["", ""]
            case _:
                table[i][0] = draw.choice(["", "A1", "А1", "Итого", "1,23E+14"])
    return table


def check_structure(seed, folder, parents):
    draw = random.Random(seed)
    table = broken_structure(draw, rows_of(draw))
    separator = draw.choice(",;\t") if not any("," in cell for row in table for cell in row) else draw.choice(";\t")
    path = folder / "broken.csv"
    path.write_text("\n".join(separator.join(row) for row in table), encoding="utf-8")
    responses = read_or_refuse(path, parents)
    assert responses is not None
    assert responses.flow.rows_read == len(table) - 1
    said = {problem.place.row for problem in responses.problems}
    for number, row in enumerate(table[1:], start=2):
        if number in responses.row:
            person = responses.row.tolist().index(number)
            codes = [int(responses.codes[w][person, i]) for w in ("then", "now") for i in range(20)]
            for cell, code in zip(row[1:41], codes, strict=True):
                assert cell.strip() != str(code) or code > 0
                if cell.strip() in "12345" and cell.strip():
                    assert code == int(cell)
        else:
            assert number in said


@pytest.mark.parametrize("seed", range(60))
def test_no_answer_is_lost_or_changed_in_a_broken_table(tmp_path, parents, seed):
    check_structure(seed, tmp_path, parents)


@pytest.mark.slow
def test_no_answer_is_lost_or_changed_in_many_broken_tables(tmp_path, parents):
    for seed in range(1000, 4000):
        try:
            check_structure(seed, tmp_path, parents)
        except BaseException as error:
            raise AssertionError(f"seed {seed}") from error
