"""The commands as a user meets them: what they print, and how they end."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mande.catalog import Room, find_sample, room_folder
from mande.cli import main
from tests.small import forms

COMPLETE = ["P1", "s", 1, 2, 5, 4, 3, 4, 2, 2]


def run(capsys, *arguments: object) -> tuple[int, str, str]:
    code = main([str(argument) for argument in arguments])
    output = capsys.readouterr()
    return code, output.out, output.err


def test_clean_data_end_with_0(capsys, evaluation_file):
    code, out, _ = run(capsys, "check", evaluation_file(forms(20)))
    assert code == 0
    assert "20 read = 20 used + 0 set aside" in out
    assert "160 read = 160 answered" in out


def test_data_that_need_a_person_end_with_1_and_say_where_what_and_how_to_repair(capsys, evaluation_file):
    code, out, _ = run(capsys, "check", evaluation_file([*forms(20), ["P99", "s", 1, 7, 5, 4, 3, 4, 2, 2]]))
    assert code == 1
    assert (
        'forms.csv row 22, column "a1_now": "7" is not an answer of this item (1, 2, 3, 4, 5). Correct the cell' in out
    )


def test_a_file_that_cannot_be_used_ends_with_1_and_every_missing_column_is_named(capsys, evaluation_file, tmp_path):
    path = evaluation_file(forms(3))
    text = (tmp_path / "forms.csv").read_text().replace("a1_then", "a1_thn").replace("b1_now", "zzz")
    (tmp_path / "forms.csv").write_text(text)
    code, _, err = run(capsys, "check", path)
    assert code == 1
    assert "a1_thn" in err
    assert "b1" in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["check", "nowhere.toml"], "There is no file nowhere.toml"),
        (["check"], "Give either an evaluation.toml or --sample NAME"),
        (["check", "--sample", "aigessr"], "Did you mean aiguessr?"),
        (["show", "sfp-10-14-parents"], "Did you mean sfp-10-14-parent"),
        (["show", "sfp"], "Did you mean sfp-10-14-parent or "),
        (["plan-size", "--change", "0,3", "--sd", "1", "--r", ".5"], '"0,3" is not a number; write 0.3.'),
        (["plan-size", "--change", "some", "--sd", "1", "--r", ".5"], '"some" is not a number.'),
        (["report", "--sample", "tashkent-2016-synthetic", "--template", "school"], "mande report … --each school"),
        (["roll-up", find_sample("tashkent-2016-synthetic")], "is an evaluation: mande report makes its report"),
        (["no-such-verb"], "No such command"),
    ],
)
def test_wrong_use_ends_with_2_and_says_what_to_do(capsys, arguments, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, _, err = run(capsys, *arguments)
    assert code == 2
    assert message in err


def test_a_fault_of_our_own_ends_with_3_and_says_whose_fault_it_is(capsys, evaluation_file, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("broken inside")

    monkeypatch.setattr("mande.listing.check", broken)
    code, _, err = run(capsys, "check", evaluation_file(forms(3)))
    assert code == 3
    assert "broken inside" in err
    assert "not of your files" in err


def test_evaluate_writes_the_evaluation_and_says_what_it_found(capsys, evaluation_file, tmp_path):
    code, out, _ = run(capsys, "evaluate", evaluation_file([COMPLETE, *forms(20)]), "-o", tmp_path / "out")
    assert code == 0
    assert (tmp_path / "out" / "evaluation.json").is_file()
    assert "Data: 21 of 21 rows used" in out
    assert "Found: mini: the largest change is in " in out


def test_an_output_folder_that_cannot_be_made_ends_with_2(capsys, evaluation_file, tmp_path):
    (tmp_path / "file").write_text("in the way")
    code, _, err = run(capsys, "evaluate", evaluation_file(forms(20)), "-o", tmp_path / "file" / "out")
    assert code == 2
    assert "Choose another folder with -o" in err


def test_a_proposal_of_columns_is_written_over_no_file(capsys, evaluation_file, tmp_path):
    path = evaluation_file(forms(3))
    plan = path.read_text()
    code, _, err = run(capsys, "map", path, "-o", path)
    assert (code, path.read_text()) == (2, plan)
    assert f"{path} is there already, and would be lost." in err
    assert run(capsys, "map", path, "-o", tmp_path / "source.toml")[0] == 0
    assert "[[source]]" in (tmp_path / "source.toml").read_text()


@pytest.mark.parametrize(("said", "told"), [('["en", "ru"]', "--language ru"), ('["en", "fr"]', ""), ('["en"]', "")])
def test_other_languages_that_the_evaluation_names_are_told_if_there_are_reports_in_them(
    capsys, evaluation_file, tmp_path, said, told
):
    path = evaluation_file(forms(20), {"synthetic = true": f"synthetic = true\nlanguages = {said}"})
    _, out, _ = run(capsys, "report", path, "--format", "html", "-o", tmp_path / "out")
    assert ("Also in other languages" in out) == bool(told)
    assert told in out


def test_list_shows_every_instrument_with_the_status_of_its_key(capsys):
    code, out, _ = run(capsys, "list")
    assert code == 0
    assert "sfp-10-14-parent" in out
    assert "provisional" in out


def test_list_shows_every_analysis_with_the_status_of_the_keys_it_rests_on(capsys):
    _, out, _ = run(capsys, "list")
    lines = {line.split()[0]: line for line in out.splitlines() if line}
    assert "before-after" in lines["fast"]
    assert "2 provisional, 2 verified" in lines["fast"]
    assert "as its instruments" in lines["retrospective-pretest"]


@pytest.mark.parametrize("name", sorted(path.parent.name for path in room_folder(Room.SAMPLES).glob("*/README.md")))
def test_every_sample_is_listed_with_the_command_that_shows_it(capsys, name):
    _, out, _ = run(capsys, "list")
    *_, line = [line for line in out.splitlines() if line.split()[:1] == [name]]  # an instrument may be called so too
    verb, sample, _, out_folder = line.split("mande ")[1].replace("--sample ", "").split()
    assert (sample, out_folder) == (name, "output")
    if verb == "roll-up":
        code, _, err = run(capsys, "report", "--sample", name)
        assert code == 2
        assert err == f"{name} is a region. To see it: mande roll-up --sample {name}\n"
    else:
        assert verb == "report"
        assert find_sample(name).is_file()


def test_show_says_so_where_an_instrument_lacks_the_language(capsys):
    code, out, err = run(capsys, "show", "aiguessr", "--language", "ru")
    assert (code, out) == (2, "")
    assert err == 'aiguessr has no words in "ru". There are: en.\n'


def test_show_says_what_an_answer_counts_which_answer_makes_zero_and_whose_norms(capsys):
    _, out, _ = run(capsys, "show", "sdq-impact-parent")
    assert "1 A little (counts 0); 2 Much (counts 1)" in out
    assert "5 of 5; 0 if i01 = 0" in out
    assert "Norms: sdq-impact-uk-parent-3" in out


def test_show_prints_the_codebook_in_the_language_asked_for(capsys):
    code, out, _ = run(capsys, "show", "sfp-10-14-parent", "--language", "ru")
    assert code == 0
    assert "Никогда" in out
    assert "reversed" in out


@pytest.mark.parametrize(("arguments", "code"), [(["list"], 0), (["evaluate", "nowhere.toml"], 2)])
def test_a_process_of_its_own_ends_as_the_command_does(tmp_path, arguments, code):
    done = subprocess.run([sys.executable, "-m", "mande", *arguments], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == code


def test_no_other_package_looks_on_while_a_command_validates(tmp_path):
    told = tmp_path / "onlooker-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Name: onlooker\nVersion: 1.0\n")
    (told / "entry_points.txt").write_text("[pydantic]\nonlooker = onlooker:plugin\n")
    (tmp_path / "onlooker.py").write_text('print("I look on")\nclass plugin:\n    new_schema_validator = None\n')
    path = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])

    def said(*command: str) -> str:
        environment = {**os.environ, "PYTHONPATH": path}
        environment.pop("PYDANTIC_DISABLE_PLUGINS", None)
        done = subprocess.run([sys.executable, *command], env=environment, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    assert "I look on" in said("-c", "import pydantic; pydantic.create_model('Any')")
    assert "I look on" not in said("-m", "mande", "show", "aiguessr")


def test_a_command_that_is_ended_leaves_nothing_behind_on_the_disk():
    script = """
import sys, tempfile, time
import mande.cli
from mande.__main__ import run
def main():
    with tempfile.TemporaryDirectory() as aside:
        print(aside, flush=True)
        time.sleep(60)
mande.cli.main = main
sys.exit(run())
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as command:
        assert command.stdout is not None
        aside = Path(command.stdout.readline().strip())
        assert aside.is_dir()
        command.terminate()
    assert command.returncode == 143
    assert not aside.exists()
