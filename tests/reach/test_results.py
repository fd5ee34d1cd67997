"""A results framework: every mistake at once, values by period, words by declared thresholds."""

import pytest

from mande import load_instrument, measure_reach
from mande.errors import PlanProblems, UnknownName
from mande.reach import load_results
from tests.reach.test_ledger import read, row

HEAD = 'id = "test"\ntitle = { en = "Test" }\n'


def indicator(text: str, name: str = "x") -> str:
    return f'[[indicator]]\nid = "{name}"\ntitle = {{ en = "X" }}\n{text}\n'


def load(tmp_path, *indicators: str, head: str = HEAD, instruments=None):
    path = tmp_path / "results.toml"
    path.write_text(head + "".join(indicators), encoding="utf-8")
    return load_results(path, instruments=instruments)


def mistakes(tmp_path, *indicators: str, **more) -> list[str]:
    with pytest.raises(PlanProblems) as caught:
        load(tmp_path, *indicators, **more)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            'target = 40\nsource = { ledger = "families" }',
            (
                "M-060 results.toml line 6 (indicator 1, target): "
                'The indicator "x" has a target and no unit. Add unit = "…".'
            ),
        ),
        (
            'source = { ledger = "famlies" }',
            (
                "M-061 results.toml line 6 (indicator 1, source, ledger): "
                '"famlies" is no column of a ledger that can be '
                "added up. Did you mean families?"
            ),
        ),
        (
            'source = { ledger = "families", where = { programm = "sfp" } }',
            (
                "M-064 results.toml line 6 (indicator 1, source, where, programm): "
                '"programm" is not a column that entries '
                "are chosen by. Did you mean programme?"
            ),
        ),
        (
            'source = { ledger = "families", where = { country = "Uzbekstan" } }',
            (
                "M-065 results.toml line 6 (indicator 1, source, where, country): "
                '"Uzbekstan" is no country that is known. '
                "Did you mean Uzbekistan?"
            ),
        ),
        (
            'source = { instrument = "sfp-10-14-parent", construct = "family-harmny" }',
            (
                'M-062 results.toml line 6 (indicator 1, source, construct): Nobody measures "family-harmny": it is no '
                "construct of this evaluation. Did you mean family-harmony?"
            ),
        ),
        (
            'source = { instrument = "sfp-10-14-youths", construct = "family-harmony" }',
            (
                "M-062 results.toml line 6 (indicator 1, source, instrument): "
                'Nobody measures "sfp-10-14-youths": it is no '
                "instrument of this evaluation. Did you mean sfp-10-14-parent?"
            ),
        ),
        (
            'unit = "x"\nbaseline = 5\ntarget = 5\nsource = { ledger = "families" }',
            (
                "M-067 results.toml line 8 (indicator 1, target): "
                'The target of "x" is its baseline, so no way leads from '
                "one to the other. Correct one of the two."
            ),
        ),
        (
            "source = { }",
            (
                "P-004 results.toml line 6 (indicator 1, source): "
                'The key "source" cannot be an empty table. It should be: one '
                "of ledger, attendance, or instrument (with its construct)."
            ),
        ),
    ],
)
def test_each_mistake_says_where_what_and_how_to_repair(tmp_path, text, message):
    assert mistakes(tmp_path, indicator(text), instruments=[load_instrument("sfp-10-14-parent")]) == [message]


def test_all_mistakes_come_at_once(tmp_path):
    wrong = indicator('target = 4\nsource = { ledger = "famlies" }')
    assert [m[:5] for m in mistakes(tmp_path, wrong, wrong, head='id = "test"\n')] == [
        "P-002", "M-063", "M-060", "M-061", "M-063", "M-060", "M-061",
    ]  # fmt: skip


def test_a_framework_that_is_not_there(tmp_path):
    with pytest.raises(UnknownName, match="There is no file"):
        load_results(tmp_path / "nothing.toml")


def test_values_by_period_are_cumulative_and_held_against_milestones(tmp_path):
    ledger = read(
        tmp_path,
        row(families=100, period_to="2017"),
        row(families=50, period_to="2018"),
        row(families=30, country="KZ", period_to="2019"),
        row(families=7, cycle=9, period_to=""),
    )
    results = load(
        tmp_path,
        indicator(
            'unit = "families"\ntarget = 200\ndisaggregation = ["country"]\nsource = { ledger = "families" }\n'
            "milestones = [{ by = 2017-12-31, value = 80 }, { by = 2018-12-31, value = 300 }]"
        ),
    )
    (found,) = measure_reach(ledger, results=results).indicators
    assert [(p.period, p.value, p.cumulative, p.milestone, p.status) for p in found.periods] == [
        ("2017", 100, 100, 80, "achieved"),
        ("2018", 50, 150, 300, "behind"),
        ("2019", 30, 180, 300, "behind"),
    ]
    assert (found.value, found.progress, found.status) == (187, 0.935, "nearly")
    assert found.may_repeat
    assert {part.key: part.value for part in found.parts} == {"KZ": 30, "UZ": 157}


@pytest.mark.parametrize(
    ("baseline", "target", "value", "progress", "status"),
    [
        (0, 100, 100, 1.0, "achieved"),
        (50, 100, 75, 0.5, "behind"),
        (100, 50, 60, 0.8, "nearly"),  # an indicator that should fall
        (50, 100, 40, -0.2, "behind"),
    ],
)
def test_progress_is_the_share_of_the_way_from_baseline_to_target(tmp_path, baseline, target, value, progress, status):
    results = load(
        tmp_path, indicator(f'unit = "f"\nbaseline = {baseline}\ntarget = {target}\nsource = {{ ledger = "families" }}')
    )
    (found,) = measure_reach(read(tmp_path, row(families=value)), results=results).indicators
    assert (found.progress, found.status) == (pytest.approx(progress), status)


def test_declared_words_replace_the_bundled_ones(tmp_path):
    head = HEAD + '[[status]]\nid = "green"\nfrom = 0.9\n[[status]]\nid = "red"\nfrom = 0.0\n'
    results = load(tmp_path, indicator('unit = "f"\ntarget = 100\nsource = { ledger = "families" }'), head=head)
    (found,) = measure_reach(read(tmp_path, row(families=90)), results=results).indicators
    assert found.status == "green"


def test_what_nobody_measured_or_counted_has_no_value_and_says_why(tmp_path):
    results = load(
        tmp_path,
        indicator('source = { instrument = "sfp-10-14-parent", construct = "family-harmony" }', "a"),
        indicator('source = { attendance = "completion" }', "b"),
        indicator('source = { ledger = "schools" }', "c"),
        indicator('source = { ledger = "girls" }', "d"),
    )
    reach = measure_reach(read(tmp_path, row(girls=3)), results=results)
    assert [found.reason.value for found in reach.indicators if found.reason] == [
        "not measured", "not measured", "not counted", "withheld",
    ]  # fmt: skip


def test_a_programme_that_no_entry_has_is_suggested(tmp_path):
    results = load(tmp_path, indicator('source = { ledger = "families", where = { programme = "sfp-1014" } }'))
    assert measure_reach(read(tmp_path, row(families=3)), results=results).problems == {"M-066": 1}
