"""What of evaluation.toml is not wrong, and yet is hardly what was meant: said by a check, refused by nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from pathlib import Path

from mande.catalog import Room, find_analysis, find_template, room_folder
from mande.errors import Problem, WrongUse
from mande.plan import Plan
from mande.programmes import known_programmes
from mande.reach.completion import DOSE
from mande.report.translation import SOURCE_LANGUAGE, load_translation, there_are
from mande.responses import Responses
from mande.responses.label_checks import grouping_hint
from mande.toml_file import toml_locator

__all__ = ["plan_notices"]

NEAR = 0.75
"""From this likeness on an id is taken for a misspelling of a known one; numbers must be the same."""


def plan_notices(plan: Plan, read: Sequence[Responses] = ()) -> list[Problem]:
    """Notices of the programme's id, of languages in which there are no reports, of groupings that nothing has, and of
    questionnaires of so few people that nothing can be shown.

    read: the responses, of which some have groupings that evaluation.toml does not name.
    """
    places = list(_groupings(plan))
    subgroups = [p for p in _subgroups(plan, read) if not places or p.value not in plan.analysis.cluster]
    return [*_programme(plan), *_languages(plan), *places, *subgroups, *_too_few(plan, read)]


def _programme(plan: Plan) -> Iterator[Problem]:
    """An id that is nearly one that the instruments know: evaluations of one programme are put together by it."""
    own = plan.evaluation.programme.id
    known = {*known_programmes(), *(i.programme for i in plan.instruments if i.programme is not None)}
    near = sorted(name for name in known if _likeness(own, name) >= NEAR)
    if own not in known and near:
        details = {"near": max(near, key=lambda name: _likeness(own, name))}
        yield Problem("P-022", toml_locator(plan.file)(("programme", "id")), own, details)


def _groupings(plan: Plan) -> Iterator[Problem]:
    """Sources that name groupings, none of them by a name under which the analysis takes it for clusters."""
    analysis = plan.analysis
    for i, source in enumerate(plan.evaluation.source):
        own = [name for name in source.groups if name not in analysis.subgroups]
        if own and analysis.cluster and not {*analysis.cluster} & {*source.groups}:
            details = {"groups": ", ".join(own), "cluster": " or ".join(analysis.cluster)}
            yield Problem("P-025", toml_locator(plan.file)(("source", i, "groups")), source.file, details)


def _subgroups(plan: Plan, read: Sequence[Responses]) -> Iterator[Problem]:
    """Subgroups that an analysis of one's own asks for and no source has; those that mande brings are for any files."""
    path = find_analysis(plan.evaluation.analysis, project=plan.folder)
    if path.parent == room_folder(Room.ANALYSES):
        return
    named = {name for source in plan.evaluation.source for name in source.groups}
    dose = {DOSE} if plan.evaluation.attendance is not None else set()
    there = sorted(named | dose | {name for responses in read for name in responses.groups})
    for i, name in enumerate(plan.analysis.subgroups):
        if name not in there:
            yield Problem("P-026", toml_locator(path)(("subgroups", i)), name, {"hint": grouping_hint(name, there)})


def _too_few(plan: Plan, read: Sequence[Responses]) -> Iterator[Problem]:
    """Questionnaires of fewer people than may be shown."""
    smallest = plan.evaluation.smallest_cell
    for responses in read:
        if 0 < len(responses) < smallest:
            place = toml_locator(plan.file)(("smallest_cell",))
            details = {"count": str(len(responses)), "smallest": str(smallest)}
            yield Problem("P-028", place, responses.instrument.id, details)


def _likeness(one: str, other: str) -> float:
    numbers, letters = zip(*((re.sub(r"\D", "", text), text.replace("-", "")) for text in (one, other)), strict=True)
    return SequenceMatcher(None, *letters).ratio() if numbers[0] == numbers[1] else 0.0


def _languages(plan: Plan) -> Iterator[Problem]:
    """Languages in which no report can be made, or none without English sentences in it."""
    template = _template(plan)
    known = there_are(template)
    for i, language in enumerate(plan.evaluation.languages):
        place, details = toml_locator(plan.file)(("languages", i)), {"known": ", ".join(known)}
        try:
            locale = load_translation(language, template).locale
        except WrongUse:
            yield Problem("P-024", place, language, details)
            continue
        if str(locale) not in known and locale.language != SOURCE_LANGUAGE:
            yield Problem("P-023", place, language, details | {"language": locale.english_name or language})


def _template(plan: Plan) -> Path | None:
    try:
        return find_template(plan.evaluation.template, project=plan.folder)
    except WrongUse:  # which is said when a report is made
        return None
