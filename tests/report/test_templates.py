"""The context of templates is a contract: what one uses is documented, and what is documented is there, of its type."""

import dataclasses
import re
import types
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from docs import make_templates
from mande.catalog import Room, find_sample, room_folder
from mande.errors import WrongUse
from mande.evaluation import evaluate
from mande.plan import load_plan
from mande.report import context, limits, render_html
from mande.report.context_making import report_context
from mande.report.environment import environment
from mande.report.html import refuse_if_silent_on_units
from mande.style import Style
from tests.report.test_own_look import EXAMPLE

DOCUMENT = make_templates.ROOT / "docs" / "templates.md"
TEMPLATES = [
    path for path in room_folder(Room.TEMPLATES).rglob("*.j2") if not {"form", "regional", "each"} & {*path.parts}
]
DOCUMENTED = {*make_templates.CLASSES, context.Context, limits.Limit, Style}


def documented(heading: str) -> set[str]:
    """The names in the table below a heading of the document, without what methods take."""
    section = DOCUMENT.read_text(encoding="utf-8").split(f"\n{heading}\n")[1].split("\n#")[0]
    return set(re.findall(r"^\| `(\w+)", section, flags=re.MULTILINE))


def test_the_document_is_what_the_code_says():
    assert DOCUMENT.read_text(encoding="utf-8") == make_templates.document(), "run: python docs/make_templates.py"
    assert list(make_templates.undocumented()) == []


# what templates use


@pytest.fixture(scope="module")
def evaluations(small, aiguessr):
    return [small, aiguessr, evaluate(load_plan(find_sample("fast-parents-teachers")))]


@pytest.fixture(scope="module")
def used(evaluations) -> set[tuple[type, str]]:
    """Every attribute that the templates ask a documented value for, while reports are made."""
    asked: set[tuple[type, str]] = set()
    real = ImmutableSandboxedEnvironment.getattr

    def recording(self, value, name):
        asked.add((type(value), name))
        return real(self, value, name)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ImmutableSandboxedEnvironment, "getattr", recording)
        for evaluation in evaluations:
            for template in ("ministry", "technical", "brief", EXAMPLE):
                render_html(evaluation, template=template)
    return {(kind, name) for kind, name in asked if kind in DOCUMENTED}


def test_every_part_of_a_value_that_a_template_uses_is_documented(used):
    assert len(used) > 80
    missing = {(kind.__name__, name) for kind, name in used if name not in documented(f"### {kind.__name__}")}
    assert missing == set()


def test_every_name_that_a_template_uses_is_documented_or_its_own():
    plain, free, own = environment(EXAMPLE), set(), set()
    for path in [*TEMPLATES, *EXAMPLE.glob("*.j2")]:
        tree = plain.parse(path.read_text(encoding="utf-8"))
        free |= meta.find_undeclared_variables(tree)
        own |= {name.name for name in tree.find_all(nodes.Name) if name.ctx in ("store", "param")}
        own |= {found.target for found in tree.find_all(nodes.Import)} | {m.name for m in tree.find_all(nodes.Macro)}
    known = documented("## Names at hand") | documented("### Globals") | {*Environment().globals}
    assert free - own - known - {"_", "gettext", "ngettext", "pgettext", "npgettext"} == set()


# what is documented


def hints(kind: type) -> Iterator[tuple[str, object]]:
    names = {**vars(context), **vars(limits)}
    yield from typing.get_type_hints(kind, localns=names).items()
    for name, member in vars(kind).items():
        if isinstance(member, property):
            yield name, typing.get_type_hints(member.fget, localns=names)["return"]


def misfits(value: Any, wanted: Any, place: str) -> Iterator[str]:
    """Where a value, or a part of it, is not of the type said."""
    origin, inner = typing.get_origin(wanted), typing.get_args(wanted)
    if origin in (typing.Union, types.UnionType):
        if all(list(misfits(value, one, place)) for one in inner):
            yield f"{place} is {value!r:.60}, not {wanted}"
    elif origin is typing.Annotated:
        yield from misfits(value, inner[0], place)
    elif origin is tuple and isinstance(value, tuple):
        for i, part in enumerate(value):
            yield from misfits(part, inner[0], f"{place}[{i}]")
    elif origin is Mapping and isinstance(value, Mapping):
        for key, part in value.items():
            yield from misfits(key, inner[0], f"{place} key")
            yield from misfits(part, inner[1], f"{place}[{key}]")
    elif not isinstance(value, (float, int) if wanted is float else origin or wanted):
        yield f"{place} is {value!r:.60}, not {wanted}"
    elif wanted in DOCUMENTED:
        for name, hint in hints(wanted):
            yield from misfits(getattr(value, name), hint, f"{place}.{name}")


def test_everything_documented_is_there_and_of_its_type(evaluations):
    for evaluation in evaluations:
        assert list(misfits(report_context(evaluation), context.Context, "")) == []
        assert list(misfits(evaluation.plan.style, Style, "house")) == []


def test_the_walk_reaches_the_depths_and_finds_another_type(small):
    made = report_context(small)
    false: dict[str, Any] = {"items": ("a1", 2), "verdict": "better"}
    area = dataclasses.replace(made.groups[0].areas[0], **false)
    false = {"groups": (dataclasses.replace(made.groups[0], areas=(area,)),), "better": "1"}
    broken = dataclasses.replace(made, **false)
    places = [place.split(" is ")[0] for place in misfits(broken, context.Context, "")]
    assert {".groups[0].areas[0].items[1]", ".groups[0].areas[0].verdict", ".better"} <= {*places}


def test_the_example_template_is_in_the_document_and_whole():
    assert "(example-template)" in DOCUMENT.read_text(encoding="utf-8")
    assert {path.name for path in Path(EXAMPLE).iterdir()} == {"report.html.j2", "note.css", "seal.svg", "_locale"}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{{ nosuch }}", "'nosuch' is undefined"),
        ("{% if %}", "Expected an expression"),
        ('{% include "../../../etc/passwd" %}', "../../../etc/passwd"),
        ("{{ plan.__class__ }}", "unsafe"),
        ("{{ 1 // 0 }}", "division"),
    ],
)
def test_a_fault_of_ones_own_template_is_said_with_its_line(aiguessr, tmp_path, line, said):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "report.html.j2").write_text(f"<!doctype html>\n<p>{line}</p>\n", encoding="utf-8")
    with pytest.raises(WrongUse, match=r"mine/report\.html\.j2 has a fault in line 2: ") as caught:
        render_html(aiguessr, template=tmp_path / "mine")
    assert said in str(caught.value)


def test_a_fault_of_ones_own_template_is_said_before_reports_on_units_are_begun(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "report.html.j2").write_text("<!doctype html>\n<p>{% if %}</p>\n", encoding="utf-8")
    with pytest.raises(WrongUse, match=r"mine/report\.html\.j2 has a fault in line 2: "):
        refuse_if_silent_on_units(tmp_path / "mine")
