"""The bundled region, rolled up once: nine evaluations take their time."""

import os
import re
from pathlib import Path

import pytest

import mande

CHECKOUT = Path(mande.__file__).parent.parent


@pytest.fixture(scope="session")
def notebook() -> dict[str, object]:
    """What the notebook of docs/region.md leaves behind; running it is a test of the document too."""
    text = (CHECKOUT / "docs" / "region.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    names: dict[str, object] = {}
    before = Path.cwd()
    os.chdir(CHECKOUT)
    try:
        exec(code, names)  # our own document
    finally:
        os.chdir(before)
    return names
