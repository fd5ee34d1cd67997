"""Writes docs/problems.md from the catalogue of problems (mande/problem_kinds/) and their examples.

python docs/make_problems.py
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from mande.errors import CATALOGUE, Effect  # noqa: E402
from mande.problem_examples import example_problem  # noqa: E402

HEAD = """# Problems

Everything that mande can say of a file, by its code, with an invented example; `mande explain R-014` prints one.
Written by docs/make_problems.py from the catalogue. Texts that could name a person are never shown: "(15 letters, not
shown)" stands for one, and its row and column find it in your own file.

| what became of it | means |
|---|---|
"""
MEANS = {
    Effect.REFUSED: "nothing of the file was used; correct it first",
    Effect.ROW_SET_ASIDE: "the row (a form) is not analysed, and is counted with this reason",
    Effect.CELL_SET_ASIDE: "the answer is counted as not given, with this reason",
    Effect.ADJUSTED: "used, though it was written in another way",
    Effect.NOTICED: "used as it stands; somebody should look",
    Effect.TOLD: "as it should be; said so that nothing happens in silence",
}
PARTS = {
    "Questionnaire files: reading": "R-",
    "Waves and families: linking": "L-",
    "evaluation.toml, analyses, results frameworks": "P-",
    "Ledgers, registers, indicators": "M-",
    "Instruments": "I-",
}


def problems() -> str:
    """The text of docs/problems.md."""
    lines = [HEAD.rstrip("\n"), *(f"| {effect.value} | {MEANS[effect]} |" for effect in Effect)]
    for title, starts in PARTS.items():
        lines += ["", f"## {title}", "", "| code | what became of it | for example | what to do |", "|---|---|---|---|"]
        lines += [_line(code) for code in sorted(CATALOGUE) if code.startswith(starts)]
    return "\n".join(lines) + "\n"


def _line(code: str) -> str:
    problem = example_problem(code)
    cells = (code, problem.effect.value, f"{problem.place}: {problem.what}", problem.remedy)
    return f"| {' | '.join(cell.replace('|', '¦') for cell in cells)} |"


def main() -> None:
    (ROOT / "docs" / "problems.md").write_text(problems(), encoding="utf-8")


if __name__ == "__main__":
    main()
