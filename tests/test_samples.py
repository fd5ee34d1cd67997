"""Samples are what their README says: made by their generate.py, whole, and full of answers but for listed flaws."""

import csv
import importlib.util
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from mande import load_instrument
from mande.catalog import Room, names, room_folder
from mande.plan import Analysis
from mande.responses.readers import read_table

SAMPLES = room_folder(Room.SAMPLES)
GENERATED = sorted(path.parent.name for path in SAMPLES.glob("*/generate.py"))
EVALUATIONS = sorted(SAMPLES.glob("*/evaluation.toml"))
SYNTHETIC_WAVES = ["fast-parents-teachers", "lulu-youth", "strong-families-three-waves"]
PROGRAMMES = ["fast", "lulu", "sfp-10-14", "sfp-10-14-with-pretest", "strong-families"]
LEDGER = SAMPLES / "central-asia-2019" / "ledger.csv"
NEW_KEYS = {"agreement", "shift"}


def toml(path: Path) -> dict:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def sources(sample: str) -> list[dict]:
    return list(toml(SAMPLES / sample / "evaluation.toml")["source"])


def ledger() -> list[dict[str, str]]:
    with LEDGER.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def total(column: str, **where: str) -> int:
    return sum(int(row[column] or 0) for row in ledger() if all(row[key] == value for key, value in where.items()))


def test_every_programme_has_a_generated_sample():
    assert {"tashkent-2016-synthetic", *SYNTHETIC_WAVES} <= set(GENERATED)


@pytest.mark.parametrize("sample", GENERATED)
def test_generate_writes_the_same_bytes_again(sample, tmp_path):
    copy = tmp_path / sample
    shutil.copytree(SAMPLES / sample, copy, ignore=shutil.ignore_patterns("output", "__pycache__"))
    if (SAMPLES / "synthetic.py").is_file():
        shutil.copy(SAMPLES / "synthetic.py", tmp_path)
    made = (path for path in copy.rglob("*") if path.suffix in {".csv", ".xlsx", ".md"})
    written = {path.relative_to(copy): path.read_bytes() for path in made}
    for name in written:
        if name.name != "README.md":
            (copy / name).unlink()
    subprocess.run([sys.executable, str(copy / "generate.py")], check=True, capture_output=True, timeout=60)
    assert {name: (copy / name).read_bytes() for name in written} == written


@pytest.mark.parametrize("path", EVALUATIONS, ids=lambda path: path.parent.name)
def test_an_evaluation_names_what_exists(path):
    evaluation = toml(path)
    assert evaluation["analysis"] in names(Room.ANALYSES)
    for source in evaluation["source"]:
        load_instrument(source["instrument"])
        assert (path.parent / source["file"]).is_file()
        header = read_table(path.parent / source["file"]).header
        told = [source["id"], *source.get("groups", {}).values()]
        told += [source[key] for key in ("family", "wave_column") if key in source]
        assert set(told) <= set(header)


@pytest.mark.parametrize("sample", GENERATED)
def test_synthetic_data_say_so(sample):
    said = [
        toml(path) for path in (SAMPLES / sample).rglob("*.toml") if path.name in ("evaluation.toml", "regional.toml")
    ]
    assert said
    assert all(file["synthetic"] is True for file in said)
    assert "Nobody answered these questionnaires" in (SAMPLES / sample / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("sample", SYNTHETIC_WAVES)
def test_waves_of_the_files_are_those_that_the_analysis_compares(sample):
    evaluation = toml(SAMPLES / sample / "evaluation.toml")
    analysis = toml(room_folder(Room.ANALYSES) / f"{evaluation['analysis']}.toml")
    compared = {wave for comparison in analysis["comparisons"] for wave in comparison.values()}
    asked: dict[str, set[str]] = {}
    for source in evaluation["source"]:
        waves = {source["wave"]} if "wave" in source else set(column(sample, source["file"], source["wave_column"]))
        asked.setdefault(source["instrument"], set()).update(waves)
    for instrument in analysis["primary"]:
        assert compared <= asked[instrument]


def column(sample: str, file: str, name: str) -> list[str]:
    table = read_table(SAMPLES / sample / file)
    values, position = table.distinct(table.header.index(name))
    return [values[i] for i in position]


@pytest.mark.parametrize("sample", SYNTHETIC_WAVES)
def test_every_item_has_its_column_and_answers_but_for_the_listed_flaws(sample):
    listed = (SAMPLES / sample / "README.md").read_text(encoding="utf-8")
    for source in sources(sample):
        instrument = load_instrument(source["instrument"])
        table = read_table(SAMPLES / sample / source["file"])
        for item in instrument.rated_items:
            (name,) = (name for name in table.header if re.fullmatch(rf"(\w+[/-])?{item.id}", name))
            offered = {str(code) for code in instrument.scale_of(item).codes} | {""}
            offered |= {str(answer.code) for answer in instrument.not_answers}
            for row, value in zip(table.row.tolist(), column(sample, source["file"], name), strict=True):
                if value not in offered:
                    assert re.search(rf"\| {source['file']} \| {row} \| out of range[^|]*`{name}`", listed), (
                        name,
                        row,
                        value,
                    )


@pytest.mark.parametrize("sample", [*SYNTHETIC_WAVES, "sfp-with-pretest"])
def test_the_scores_of_a_readme_follow_the_instruments(sample, monkeypatch):
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    path = SAMPLES / sample / "generate.py"
    spec = importlib.util.spec_from_file_location(f"generate_{sample.replace('-', '_')}", path)
    assert spec
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    compared = 0
    for questionnaire in {id(entry[0]): entry[0] for entry in module.MEASURED}.values():
        instrument = load_instrument(questionnaire.id)
        for construct in questionnaire.constructs:
            theirs = instrument.construct_by_id[construct.id]
            assert construct.items == theirs.items
            assert construct.score == theirs.score.value
            assert (construct.needs or len(construct.items)) == theirs.min_answered
            assert (construct.better == 1) == (theirs.better == "higher")
            items = [item for item in instrument.rated_items if item.id in construct.items]
            assert {item.id for item in items if item.reversed} == questionnaire.reversed & set(construct.items)
            if construct.score == "share-correct":
                assert {item.id: item.correct for item in items} == questionnaire.correct
            else:
                offered = {tuple(sorted(instrument.scale_of(item).codes)) for item in items}
                assert offered == {tuple(range(construct.lowest, construct.highest + 1))}
            compared += 1
        for name, parts in questionnaire.totals.items():
            assert parts == instrument.construct_by_id[name].of
    assert compared >= 4


@pytest.mark.parametrize("sample", SYNTHETIC_WAVES)
def test_waves_are_linked_by_code(sample):
    codes: dict[tuple[str, str], set[str]] = {}
    for source in sources(sample):
        given = column(sample, source["file"], source["id"])
        of_wave = (
            [source["wave"]] * len(given) if "wave" in source else column(sample, source["file"], source["wave_column"])
        )
        for code, wave in zip(given, of_wave, strict=True):
            codes.setdefault((source["instrument"], wave.strip()), set()).add(code)
    for (instrument, wave), later in codes.items():
        if wave in {"endline", "two-weeks", "six-weeks"}:
            assert len(codes[instrument, "baseline"] & later) > 0.7 * len(later), (instrument, wave)


@pytest.mark.parametrize("name", PROGRAMMES)
def test_an_analysis_names_constructs_and_keys_that_exist(name):
    analysis = toml(room_folder(Room.ANALYSES) / f"{name}.toml")
    assert analysis["id"] == name
    assert set(analysis) <= set(Analysis.model_fields) | NEW_KEYS
    for instrument, constructs in analysis["primary"].items():
        assert set(constructs) <= set(load_instrument(instrument).construct_by_id)
    for pair in analysis.get("agreement", []):
        assert all(instrument in analysis["primary"] for instrument in pair)
    assert set(analysis["title"]) == {"en", "ru", "uz"}
    assert "no-comparison-group" in analysis["caveats"] or "arms" in analysis


def test_lulu_has_the_printed_numbers_of_girls_boys_and_schools():
    with (SAMPLES / "lulu-youth" / "attendance.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [sum(row["sex"] == sex for row in rows) for sex in ("girl", "boy")] == [270, 340]
    assert len({row["school"] for row in rows}) == 20


@pytest.mark.parametrize(
    ("column_", "expected"),
    [
        ("people_trained", {"Kazakhstan": 157, "Kyrgyzstan": 17, "Turkmenistan": 41, "Uzbekistan": 1556}),
        ("families", {"Kazakhstan": 925, "Kyrgyzstan": 40, "Turkmenistan": 70, "Uzbekistan": 42900}),
        ("schools", {"Kazakhstan": 40, "Kyrgyzstan": 4, "Turkmenistan": 3, "Uzbekistan": 4290}),
    ],
)
def test_the_ledger_gives_the_published_table_back(column_, expected):
    for country, value in expected.items():
        assert total(column_, programme="sfp-10-14", country=country) == value


def test_the_ledger_adds_up_to_the_published_totals():
    columns = ("people_trained", "families", "schools")
    assert [total(name, programme="sfp-10-14") for name in columns] == [1771, 43935, 4337]
    assert [total(name, programme="strong-families") for name in columns] == [3689, 10536, 238]


@pytest.mark.parametrize(
    ("country", "girls", "boys", "trained"),
    [("Kyrgyzstan", 235, 382, 93), ("Uzbekistan", 270, 340, 37), ("Tajikistan", 450, 450, 37)],
)
def test_the_ledger_has_girls_and_boys_of_line_up_live_up(country, girls, boys, trained):
    found = [total(name, programme="lulu", country=country) for name in ("girls", "boys", "people_trained")]
    assert found == [girls, boys, trained]


def test_every_entry_of_the_ledger_has_a_source_and_whole_numbers():
    for row in ledger():
        assert row["source"]
        numbers = [row[name] for name in list(row)[8:17]]
        assert any(numbers)
        assert all(number == "" or number.isdigit() for number in numbers)


def test_indicators_and_stated_totals_name_what_exists():
    framework = toml(LEDGER.parent / "results.toml")
    known = set(ledger()[0])
    for entry in framework["indicator"]:
        source = entry["source"]
        assert entry["unit"]
        if "ledger" in source:
            assert set(source["where"]) | set(entry["disaggregation"]) <= known | {"sex"}
            wanted = source["ledger"] if isinstance(source["ledger"], list) else [source["ledger"]]
            assert set(wanted) <= known
        else:
            assert source["construct"] in load_instrument(source["instrument"]).construct_by_id
    for entry in framework["stated"]:
        wanted = entry["against"]["ledger"]
        value = sum(
            total(name, **entry["against"]["where"]) for name in (wanted if isinstance(wanted, list) else [wanted])
        )
        assert entry["expect"] in {"equal", "rounded", "other-scope"}
        assert (value == entry["value"]) or entry["expect"] != "equal"
