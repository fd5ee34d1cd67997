"""The engine gives what reading at once gives, to the last bit, whatever the blocks and whoever counts them."""

import gc
import zipfile
from pathlib import Path
from threading import Lock

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mande import evaluation, load_plan
from mande.engine import counting, evaluating, files, marks
from mande.engine.evaluating import evaluate
from mande.engine.files import shared_out
from mande.engine.sums import Sums
from mande.errors import DataProblems, MandeError, WrongUse
from mande.responses import blocks
from mande.responses.storage import StoredFile
from mande.responses.table import Table
from mande.stats.cluster import ClusterSums
from mande.stats.counts import PairCounts
from mande.tally import ChangeKey, Tally
from tests.engine.conftest import outcome
from tests.engine.odd_files import ODD_CELLS, odd_text, wide_text
from tests.small import forms, forms_text

BLOCKS = [60, 700, 5000, 10**7]
SAMPLES = Path(__file__).parents[2] / "sample_data"

GROUPS = 'groups = { school = "school" }'
ARMS = """\
id = "own"
title = {en = "x"}
design = "comparison"
comparisons = [{earlier = "then", later = "now"}]
cluster = "school"
subgroups = ["school"]
arms = {grouping = "school", programme = "school 2", comparison = "school 0"}
"""


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_blocks_give_the_same_bytes(plan_of, in_blocks, at_once, block, seed):
    plan = plan_of(odd_text(150, seed))
    assert in_blocks(plan, block).to_json() == at_once(plan).to_json()


@pytest.mark.parametrize("block", [200, 3000, 10**7])
def test_columns_that_no_question_needs_are_judged_over_all_blocks(plan_of, in_blocks, at_once, block):
    plan = plan_of(wide_text(90))
    found = in_blocks(plan, block)
    assert found.to_json() == at_once(plan).to_json()
    assert {"R-026", "R-036", "R-038", "R-050"} <= found.sources[0].problems.keys()


CHANGES = {
    "crlf": lambda text: text.replace("\n", "\r\n"),
    "bom": lambda text: "\ufeff" + text,
    "no last line break": lambda text: text.rstrip("\n"),
    "stray quotation mark": lambda text: text.replace("school 1", 'school 1" new'),
    "header spelled freely": lambda text: text.replace("code,", "  code , ").replace("a1_then", "A1 then"),
    "title rows": lambda text: "Parents of Tashkent\n\n" + text,
    "semicolons": lambda text: text.replace(",", ";"),
    "letters beyond ascii": lambda text: text.replace("school 0", "мактаб №0"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("block", [200, 10**7])
def test_any_way_to_write_the_file_gives_the_same_bytes(plan_of, in_blocks, at_once, change, block):
    plan = plan_of(change(odd_text(120)))
    assert in_blocks(plan, block).to_json() == at_once(plan).to_json()


def test_cells_unlike_those_of_the_first_rows_are_read_as_they_stand(plan_of, in_blocks, at_once, monkeypatch):
    monkeypatch.setattr(blocks, "_FIRST", 400)  # in which each answer is one letter, and no code stands twice
    monkeypatch.setattr(blocks, "_MANY_DIFFERENT", 5)
    regular, odd = forms_text(forms(20)), odd_text(100).partition("\n")[2]
    plan = plan_of(regular + odd)
    found = in_blocks(plan, 700)
    assert found.to_json() == at_once(plan).to_json()
    assert found.sources[0].problems["R-020"] >= 10


CELL = st.sampled_from([*map(str, range(1, 6)), *ODD_CELLS])
SCHOOL = st.sampled_from(["a", "A", " a ", "b", "", "?", "Б"])
ROW = st.tuples(st.sampled_from(["", "p1", "P1", "p2", "p3", "7,1E+10"]), SCHOOL, *[CELL] * 8)


@pytest.mark.parametrize(("size", "shares"), [(105_000_000, 2), (105_000_000, 8), (5_000_000, 2), (60_000_000, 2)])
def test_every_worker_gets_as_many_pieces_and_none_larger_than_a_block(size, shares):
    piece = shared_out(size, blocks.BLOCK, shares)
    assert piece <= blocks.BLOCK
    assert -(-size // piece) % shares == 0


def test_a_file_is_not_cut_into_crumbs_for_many_workers():
    assert shared_out(5_000_000, blocks.BLOCK, 64) == 1 << 20


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(rows=st.lists(ROW, min_size=1, max_size=12), block=st.integers(1, 200))
def test_any_rows_in_any_blocks_give_the_same_bytes_or_the_same_refusal(plan_of, at_once, monkeypatch, rows, block):
    monkeypatch.setattr(evaluating, "SMALL", 0)
    cells = [['"' + cell + '"' if "," in cell else cell for cell in row] for row in rows]
    plan = plan_of(forms_text(cells))
    assert outcome(lambda: evaluate(plan, block=block)) == outcome(lambda: at_once(plan))


@pytest.mark.parametrize("sample", sorted(path.parent.name for path in SAMPLES.glob("*/evaluation.toml")))
def test_every_sample_is_the_same_in_blocks_or_says_why_it_is_read_at_once(sample, rows_alone_matter, monkeypatch):
    plan = load_plan(SAMPLES / sample / "evaluation.toml")
    said = []
    monkeypatch.setattr(evaluating, "SMALL", 0)
    monkeypatch.setattr(evaluating, "_require_memory", lambda plan, size, reason: said.append(reason))
    a_fifth = max(path.stat().st_size for path in (SAMPLES / sample).glob("*.csv")) // 5
    assert evaluate(plan, block=a_fifth).to_json() == evaluation.evaluate(plan).to_json()
    assert bool(said) == (sample == "fast-parents-teachers")  # which compares the answers of two people of one family


@pytest.mark.parametrize(
    "text",
    [
        odd_text(60).encode("utf-16"),
        odd_text(60).replace("school 1", "мактаб").encode("cp1251"),
        odd_text(60).replace("\n", "\r").encode(),
        odd_text(60).replace("\n", ",,\n").encode(),  # columns without a name
        b"code;school;" + odd_text(3).encode(),
        b"",
        b"\n\n",
        forms_text([]).encode(),
        b"\xff\xfa\n",
        b"<!doctype html><html>",
    ],
    ids=["utf-16", "cp1251", "old mac", "no names", "no such columns", "empty", "blank", "header", "no text", "web"],
)
def test_what_cannot_be_cut_is_read_at_once_or_refused_in_the_same_words(plan_of, at_once, text, monkeypatch):
    monkeypatch.setattr(evaluating, "SMALL", 0)
    plan = plan_of(text)
    assert outcome(lambda: evaluate(plan, block=300)) == outcome(lambda: at_once(plan))


def test_what_must_be_read_at_once_and_is_larger_than_memory_is_refused_with_the_reason(plan_of, monkeypatch):
    monkeypatch.setattr(evaluating, "BYTES_AT_ONCE", 10**12)
    plan = plan_of(odd_text(30).encode("utf-16"))
    with pytest.raises(
        MandeError, match=r"must be read at once, because only text in UTF-8 and Parquet .* \(docs/scale"
    ):
        evaluate(plan, workers=1)


def test_so_few_people_that_their_scores_are_imputed_are_read_at_once(plan_of):
    plan = plan_of(odd_text(60))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(evaluating, "SMALL", 0)
        assert evaluate(plan, block=500).to_json() == evaluation.evaluate(plan).to_json()
        assert evaluate(plan, block=500).imputations


@pytest.mark.parametrize("block", BLOCKS)
def test_subgroups_and_arms_keep_their_order(plan_of, tmp_path, in_blocks, at_once, block):
    (tmp_path / "own.toml").write_text(ARMS)
    plan = plan_of(odd_text(200), {'"retrospective-pretest"': '"own.toml"'})
    assert in_blocks(plan, block).to_json() == at_once(plan).to_json()


LABELS = """
[labels.school]
"school 0" = { ru = "Ёлка 5", en = "Ёлка, five" }
"SCHOOL-1" = "School 1"
"the old school" = "School 1"
"?" = "unknown"
"""


@pytest.mark.parametrize("block", BLOCKS)
def test_labels_of_groups_are_read_alike_in_every_block(plan_of, tmp_path, in_blocks, at_once, block):
    own = ARMS.replace('"school 0"', '"Ёлка, five"')
    (tmp_path / "own.toml").write_text(own, encoding="utf-8")
    labelled = {'"retrospective-pretest"': '"own.toml"', 'groups = { school = "school" }\n': f"{GROUPS}\n{LABELS}"}
    found = in_blocks(plan := plan_of(odd_text(200), labelled), block)
    assert found.to_json() == at_once(plan).to_json()
    schools = {change.group for change in found.changes if change.group.startswith("school=")}
    assert {"school=Ёлка, five", "school=School 1", "school=unknown"} <= schools
    assert not {"school=school 0", "school=Ёлка, 5", "school=school 1", 'school=the "old" school'} & schools


def test_labels_of_a_grouping_that_no_file_has_are_refused_in_blocks_too(plan_of, in_blocks):
    plan = plan_of(
        odd_text(200), {'groups = { school = "school" }\n': f"{GROUPS}\n{LABELS.replace('school]', 'sex]')}"}
    )
    with pytest.raises(DataProblems, match=r"^P-020 .*No source has the grouping \"sex\".* There are: school"):
        in_blocks(plan, 500)


def test_an_arm_that_most_people_spell_otherwise_is_read_at_once(plan_of, tmp_path, in_blocks, at_once):
    (tmp_path / "own.toml").write_text(ARMS.replace("school 2", "SCHOOL 2"))
    plan = plan_of(forms_text(forms(60)), {'"retrospective-pretest"': '"own.toml"'})
    with pytest.raises(AssertionError, match="read at once"):
        in_blocks(plan, 500)


def test_a_second_form_in_another_block_is_left_out(plan_of, in_blocks):
    rows = forms(60)
    rows[50][0] = rows[3][0]
    result = in_blocks(plan_of(forms_text(rows)), 200)
    assert (result.sources[0].flow.rows_used, result.sources[0].problems["R-020"]) == (59, 1)


def test_a_group_with_a_label_for_each_person_is_refused_though_each_block_has_few(plan_of, in_blocks):
    rows = [[code, f"family {code}", *answers] for code, _, *answers in forms(90)]
    with pytest.raises(DataProblems, match="a label for each person"):
        in_blocks(plan_of(forms_text(rows)), 200)


def test_another_numbering_is_refused_though_no_block_has_enough_of_it(plan_of, in_blocks):
    rows = [[*row[:2], *(int(str(answer)) - 1 for answer in row[2:])] for row in forms(60)]
    with pytest.raises(DataProblems, match="0"):
        in_blocks(plan_of(forms_text(rows)), 60)


def as_table(text: str) -> pa.Table:
    options = pyarrow.csv.ConvertOptions(strings_can_be_null=False)
    return pyarrow.csv.read_csv(pa.py_buffer(text.encode()), convert_options=options)


def test_parquet_gives_the_figures_of_the_csv_in_blocks_and_at_once(plan_of, tmp_path, in_blocks, at_once):
    rows = forms(90)
    rows[7][2], rows[40][0] = "", rows[3][0]
    pyarrow.parquet.write_table(as_table(forms_text(rows)), tmp_path / "forms.parquet", row_group_size=20)
    plan = plan_of(None, file="forms.parquet")
    parquet = in_blocks(plan, block=3000)
    assert parquet.to_json() == at_once(plan).to_json()
    expected = at_once(plan_of(forms_text(rows)))
    assert (parquet.changes, parquet.items) == (expected.changes, expected.items)
    assert parquet.sources[0].flow == expected.sources[0].flow


@pytest.fixture
def parts(tmp_path):
    """A text in two files with one person in both, and in a zip of the one."""
    rows = forms(80)
    rows[60][0] = rows[2][0]
    rows[61][2:] = rows[4][2:]
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "a.csv").write_text(forms_text(rows[:50]))
    (tmp_path / "parts" / "b.csv").write_text(forms_text([*rows[50:], *rows[50:52]]))
    with zipfile.ZipFile(tmp_path / "parts.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("export/forms.csv", forms_text(rows))
        archive.writestr("export/notes.csv", "a,b\n1,2\n")


@pytest.mark.parametrize("file", ["parts/*.csv", "parts.zip"])
@pytest.mark.parametrize("block", [400, 10**7])
def test_files_of_a_pattern_and_a_zip_are_counted_as_read_at_once(plan_of, in_blocks, at_once, parts, file, block):
    plan = plan_of(None, file=file)
    result = in_blocks(plan, block=block)
    assert result.to_json() == at_once(plan).to_json()
    assert sum(source.flow.rows_used for source in result.sources) == 79


@pytest.mark.parametrize(("held", "written"), [(10**9, {"0"}), (10, {"0", "1"})])
def test_marks_of_an_earlier_file_are_on_disk_and_those_of_a_large_one_as_they_come(
    plan_of, in_blocks, parts, monkeypatch, held, written
):
    monkeypatch.setattr(marks, "MOST_HELD", 10**6)
    monkeypatch.setattr(files, "_HELD", held)
    last, judged = [], files._judged

    def looked_at(plan, own, job, total, counting, digest):
        last[:] = {path.parent.name for path in counting.aside.parent.glob("*/marks-*") if path.stat().st_size}
        return judged(plan, own, job, total, counting, digest)

    monkeypatch.setattr(files, "_judged", looked_at)
    in_blocks(plan_of(None, file="parts/*.csv"), block=400)
    assert {*last} == written


KEY = ChangeKey("i", "c", "then", "now", "all")


def counted_in(*schools):
    clusters = ClusterSums.of([1] * len(schools), [2] * len(schools), schools)
    return Tally(pairs={KEY: PairCounts.of([1] * len(schools), [2] * len(schools))}, clusters={KEY: clusters})


@pytest.mark.parametrize(
    ("tallies", "most"),
    [
        ([Tally()] * 100, 1),
        ([counted_in("a", "b")] * 100, 1),
        ([counted_in(f"a{i}", f"b{i}") for i in range(100)], 7),  # 2⁷ > 100
    ],
    ids=["of nothing", "of the same schools", "each of its own schools"],
)
def test_few_sums_of_tallies_are_held(tallies, most):
    sums, held = Sums(), []
    for tally in tallies:
        sums.add(tally)
        held.append(len(sums._sums))
    assert max(held) <= most
    total = sums.total()
    assert total.pairs == sum(tallies, Tally()).pairs
    assert total.clusters == sum(tallies, Tally()).clusters


def test_copies_of_another_file_are_said(plan_of, in_blocks, at_once, tmp_path, monkeypatch):
    from mande.responses import checks

    monkeypatch.setattr(checks, "ENOUGH_FOR_DUPLICATES", 4)
    (tmp_path / "parts").mkdir()
    again = [[f"Q{row[0]}", *row[1:]] for row in forms(20)]
    (tmp_path / "parts" / "a.csv").write_text(forms_text(forms(40)))
    (tmp_path / "parts" / "b.csv").write_text(forms_text(again))
    plan = plan_of(None, file="parts/*.csv")
    result = in_blocks(plan, 300)
    assert result.sources[1].problems["R-042"] == 1
    assert result.to_json() == at_once(plan).to_json()


def test_a_file_of_a_pattern_with_other_columns_is_refused_by_name(plan_of, tmp_path, in_blocks):
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "a.csv").write_text(forms_text(forms(9)))
    (tmp_path / "parts" / "b.csv").write_text(forms_text(forms(9)).replace("a2_now", "a2_nwo"))
    plan = plan_of(None, file="parts/*.csv")
    with pytest.raises(DataProblems, match=r"b\.csv: .*a2.*a2_nwo"):
        in_blocks(plan)


@pytest.mark.parametrize(("pieces", "first"), [(5, 7), (12, 0), (50, 0)])
def test_of_parquet_the_last_row_groups_are_counted_one_by_one(tmp_path, pieces, first):
    path = tmp_path / "forms.parquet"
    pyarrow.parquet.write_table(as_table(forms_text(forms(120))), path, row_group_size=10)
    own, _ = blocks.first_rows(StoredFile(str(path), path.name))
    assert own.last(pieces, block=10 * blocks.BYTES_A_ROW) == first


def test_a_parquet_part_with_other_columns_is_refused_by_name(plan_of, tmp_path, in_blocks):
    (tmp_path / "parts").mkdir()
    for name, text in (("a", forms_text(forms(9))), ("b", forms_text(forms(9)).replace("a2_now", "a2_nwo"))):
        pyarrow.parquet.write_table(as_table(text), tmp_path / "parts" / f"{name}.parquet")
    with pytest.raises(DataProblems, match=r"b\.parquet: .*a2.*a2_nwo"):
        in_blocks(plan_of(None, file="parts/*.parquet"))


@pytest.mark.parametrize("keep", [0.5, 0.97], ids=["half", "almost all"])
@pytest.mark.parametrize("run", ["in_blocks", "at_once"])
def test_a_truncated_parquet_is_refused(plan_of, tmp_path, keep, run, request):
    path = tmp_path / "forms.parquet"
    pyarrow.parquet.write_table(as_table(forms_text(forms(500))), path)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * keep)])
    with pytest.raises(DataProblems, match=r"forms\.parquet: The file cannot be read: it is not a whole Parquet file"):
        request.getfixturevalue(run)(plan_of(None, file="forms.parquet"))


@pytest.mark.parametrize("run", ["in_blocks", "at_once"])
def test_damage_inside_a_parquet_is_refused(plan_of, tmp_path, run, request):
    path = tmp_path / "forms.parquet"
    pyarrow.parquet.write_table(as_table(forms_text(forms(500))), path)
    content = bytearray(path.read_bytes())
    content[200:900] = bytes(700)
    path.write_bytes(content)
    with pytest.raises(DataProblems, match="not a whole Parquet file"):
        request.getfixturevalue(run)(plan_of(None, file="forms.parquet"))


def test_a_zip_cut_short_and_one_that_swells_are_refused(plan_of, tmp_path, in_blocks):
    with zipfile.ZipFile(tmp_path / "forms.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("forms.csv", "a" * 10**8)
    with pytest.raises(DataProblems, match="would unpack to"):
        in_blocks(plan_of(None, file="forms.zip"))
    (tmp_path / "forms.zip").write_bytes((tmp_path / "forms.zip").read_bytes()[:200])
    with pytest.raises(DataProblems, match="damaged zip"):
        in_blocks(plan_of(None, file="forms.zip"))


def test_a_pattern_that_fits_no_file_is_refused(evaluation_file):
    from mande.errors import PlanProblems

    with pytest.raises(PlanProblems, match=r"none/\*\.csv"):
        load_plan(evaluation_file([], {'"forms.csv"': '"none/*.csv"'}))


def test_a_full_disk_is_said_and_the_last_good_result_stays(plan_of, monkeypatch, tmp_path, capsys, rows_alone_matter):
    from mande.cli import main
    from mande.engine import evaluating, marks

    def full(place, mode="w", **__):
        assert mode != "rb"
        raise OSError(28, "No space left on device")

    plan = plan_of(forms_text(forms(60)))
    good = tmp_path / "out" / "evaluation.json"
    command = ["evaluate", str(plan.file), "-o", str(good.parent)]
    monkeypatch.setattr(evaluating, "SMALL", 0)
    assert main(command) == 0
    before = good.read_bytes()
    for place in (marks.__name__ + "._opened", "mande.output.os.fdopen"):
        with monkeypatch.context() as patched:
            patched.setattr(place, full)
            assert main(command) == 2
        assert "No space left on device" in capsys.readouterr().err
    assert good.read_bytes() == before
    assert [path.name for path in good.parent.iterdir()] == ["evaluation.json"]


def test_processes_give_the_same_bytes(plan_of, in_blocks, at_once):
    plan = plan_of(odd_text(150))
    assert in_blocks(plan, 2000, workers=2).to_json() == at_once(plan).to_json()


def test_what_was_read_of_a_piece_is_let_go_before_its_answers_are_counted(plan_of, in_blocks, monkeypatch):
    """The peak of memory is where answers are counted."""
    held, count, alone = [], counting._count_answers, Lock()

    def one_at_a_time(job, pieces):
        with alone:
            return counting.count_pieces(job, pieces)

    def look_and_count(job, responses, counted):
        gc.collect()
        held.append(sum(type(own) is Table and "a1_then" in own.header for own in gc.get_objects()))
        count(job, responses, counted)

    monkeypatch.setattr(counting, "_count_answers", look_and_count)
    monkeypatch.setattr(files, "count_pieces", one_at_a_time)
    in_blocks(plan_of(forms_text(forms(60))), 700)
    assert len(held) > 2
    assert not any(held)


@pytest.mark.parametrize(("workers", "scheduler"), [(0, None), (2, "tcp://127.0.0.1:1")])
def test_wrong_use_is_said(plan_of, workers, scheduler):
    with pytest.raises(WrongUse):
        evaluate(plan_of(forms_text(forms(9))), workers=workers, scheduler=scheduler)


def test_a_reason_travels_from_a_worker(plan_of, rows_alone_matter):
    """Text that stops being UTF-8 in a later block is read at once, wherever the block was read."""
    text = forms_text(forms(50)).encode() + "P9,школа,1,1,1,1,1,1,1,1\n".encode("cp1251")
    plan = plan_of(text)
    here, there = (outcome(lambda own=own: evaluate(plan, workers=own, block=300)) for own in (None, 1))
    assert here == there == outcome(lambda: evaluation.evaluate(plan))


@pytest.mark.parametrize("block", [700, 10**7])
def test_every_unit_is_the_same_in_blocks_too(plan_of, rows_alone_matter, monkeypatch, block):
    """Labels in several spellings, and the tables by two groupings at once that decide what is withheld."""
    from mande import units

    plan = plan_of(odd_text(400))
    at_once = units.evaluate_each(plan, "school")
    monkeypatch.setattr(units, "BLOCK", block)
    in_blocks = units.evaluate_each(plan, "school", workers=1)
    assert in_blocks.withheld == at_once.withheld
    assert [in_blocks[name].to_json() for name in at_once] == [at_once[name].to_json() for name in at_once]
    assert len(at_once) > 1
