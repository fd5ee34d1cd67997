"""Files for the tests of the engine: odd in every way that a small file can be."""

import numpy as np

from tests.small import forms, forms_text

ODD_CELLS = [
    "",
    "99",
    "7",
    "Never",
    " 4 ",
    "5.0",
    "05",
    "0x5",
    "i prefer  NOT to say",
    "-1",
    "ALWAYS",
    "3,0",
    "4 - Often",
]


def odd_rows(n: int, seed: int = 5) -> list[list[object]]:
    """Forms with blanks, labels, other notations, refusals, slips, second forms, rows without a code, empty forms.

    Schools are spelled in several ways; some forms are copies of others, some people give one answer throughout.
    """
    random = np.random.default_rng(seed)
    rows = forms(n, seed)
    for row in rows:
        for i in range(2, len(row)):
            if random.random() < 0.05:
                row[i] = ODD_CELLS[random.integers(len(ODD_CELLS))]
        if random.random() < 0.05:
            row[0] = ["", " P001 ", "1,23E+14", "ИТОГО", f" P{random.integers(n):03d} "][random.integers(5)]
        if random.random() < 0.04:
            row[2:] = [""] * (len(row) - 2)
        if random.random() < 0.04:
            row[3::2] = row[2::2]
        if random.random() < 0.04:
            row[2:] = rows[random.integers(n)][2:]
        if random.random() < 0.1:
            row[1] = ["", "Ёлка, 5", 'the "old" school', "two\nlines", "School 1", "school  1", "?"][random.integers(7)]
    return rows


def odd_text(n: int, seed: int = 5) -> str:
    """The same as text, with rows too long, too short and empty ones, and quotes where CSV wants them."""
    random = np.random.default_rng(seed)

    def quoted(cell: object) -> str:
        text = str(cell)
        return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in ',"\n') else text

    header, *_ = forms_text([]).splitlines()
    lines = [header]
    for row in odd_rows(n, seed):
        lines.append(",".join(map(quoted, row)))
        if random.random() < 0.02:
            lines.append(["", ",,,,,,,,,", "P1,s,1,2", lines[-1] + ",9", lines[-1] + ", ,"][random.integers(5)])
    return "\n".join(lines) + "\n"


def wide_text(n: int, seed: int = 5) -> str:
    """The same with columns that no question needs: phones, submission numbers (some twice), age, version, comments."""
    random = np.random.default_rng(seed)
    head, *rows = forms_text(forms(n, seed)).splitlines()
    lines = [head + ",phone,_uuid,age,__version__,comment"]
    for i, row in enumerate(rows):
        uuid = f"uuid:{i if random.random() > 0.05 else i // 2}"
        age = ["31", "200", "old", ""][random.integers(4)]
        lines.append(f"{row},+99890123{i:04d},{uuid},{age},v{i % 2},{'nothing' if i % 3 else ''}")
    return "\n".join(lines) + "\n"
