"""Reach in plain text: paragraphs and tables (lists of rows), for the command line and for reading in a notebook."""

from __future__ import annotations

from collections.abc import Iterator

from mande.model import in_language
from mande.reach.completion import AttendedGroup
from mande.reach.delivered import Delivered
from mande.reach.export import key_text, stated_rows
from mande.reach.indicators import IndicatorResult
from mande.reach.measuring import Reach
from mande.reach.tables import Figure, ReachRow

__all__ = ["blocks", "indicator_rows"]

Rows = list[tuple[str, ...]]


def blocks(reach: Reach) -> Iterator[str | Rows]:
    """What there is to say, in order: rows read, tables, stated totals, indicators, attendance."""
    if reach.delivered is not None:
        yield _read(reach.delivered)
        yield _places(reach.delivered)
        if len(reach.delivered.tables.periods) > 1:
            yield _periods(reach.delivered)
        yield from _marks(reach.delivered)
        if reach.delivered.stated:
            yield [tuple(map(_text, row)) for row in stated_rows(reach.delivered)]
    if reach.indicators:
        yield [tuple(map(_text, row)) for row in indicator_rows(reach)]
    if reach.attendance is not None:
        yield _attendance(reach)


def _read(delivered: Delivered) -> str:
    flow = delivered.flow
    parts = [f"{flow.rows_used} used"]
    parts += [f"{flow.rows_superseded} superseded"] if flow.rows_superseded else []
    parts += [f"{flow.stated_totals} stated totals"] if flow.stated_totals else []
    parts.append(f"{sum(flow.rows_set_aside.values())} set aside")
    return f"{delivered.file}\n  rows   {flow.rows_read} read = {' + '.join(parts)}"


def _places(delivered: Delivered) -> Rows:
    """Each programme's countries, then its total; the total of all last."""
    tables = delivered.tables
    rows: Rows = [("Programme", "country", *(name.replace("_", " ") for name in tables.measures))]
    for programme in tables.programmes:
        name = key_text(delivered, "programme", programme.programme)
        own = [row for row in tables.programme_countries if row.programme == programme.programme]
        own.sort(key=lambda row: key_text(delivered, "country", row.country))
        rows += [(name, key_text(delivered, "country", row.country), *_figures(delivered, row)) for row in own]
        if len(own) > 1:
            rows.append((name, "all", *_figures(delivered, programme)))
    if len(tables.programmes) > 1:
        rows += [("all", "all", *_figures(delivered, row)) for row in tables.total]
    return rows


def _periods(delivered: Delivered) -> Rows:
    rows: Rows = [("Programme", "period", *(name.replace("_", " ") for name in delivered.tables.measures))]
    for row in delivered.tables.programme_periods:
        keys = key_text(delivered, "programme", row.programme), key_text(delivered, "period", row.period)
        rows.append((*keys, *_figures(delivered, row)))
    return rows


def _figures(delivered: Delivered, row: ReachRow) -> Iterator[str]:
    for measure in delivered.tables.measures:
        yield _figure(row.figures[measure])


def _figure(figure: Figure) -> str:
    if figure.withheld:
        return "withheld"
    if figure.value is None:
        return ""
    return f"{'≥ ' if figure.at_least else ''}{figure.value:,}{' *' if figure.may_repeat else ''}"


def _marks(delivered: Delivered) -> Iterator[str]:
    """What the signs beside numbers mean, where there are some."""
    figures = [
        figure
        for row in (*delivered.tables.programme_countries, *delivered.tables.total)
        for figure in row.figures.values()
    ]
    figures += [figure for row in delivered.tables.programmes for figure in row.figures.values()]
    lines = []
    if any(figure.at_least for figure in figures):
        lines.append("≥ at least: some entries lack the number, though others of their activity have it")
    if any(figure.may_repeat for figure in figures):
        lines.append("* may count the same family, person or school twice: the ledger does not say who they are")
    if any(figure.withheld for figure in figures):
        lines.append("withheld: fewer children than the smallest cell, or a number that would give them away")
    if lines:
        yield "\n".join(lines)


def indicator_rows(reach: Reach) -> list[list[str | float | int]]:
    """Indicators with value, target and status, as rows under a header."""
    rows: list[list[str | float | int]] = [["Indicator", "unit", "baseline", "value", "target", "progress", "status"]]
    for result in reach.indicators:
        indicator = result.indicator
        rows.append(
            [
                in_language(indicator.title, "en"),
                indicator.unit,
                _number(indicator.baseline, share=False),
                _value(result),
                _number(indicator.target, share=False),
                _number(result.progress, share=True),
                result.status or ("no target" if indicator.target is None else ""),
            ]
        )
    return rows


def _value(result: IndicatorResult) -> str:
    if result.value is None:
        return result.reason.value if result.reason else ""
    source = result.indicator.source
    share = source.attendance == "completion" or (source.instrument is not None and source.figure.endswith("-share"))
    marks = ("≥ " if result.at_least else "", " *" if result.may_repeat else "")
    return f"{marks[0]}{_number(result.value, share=share)}{marks[1]}"


def _number(value: float | None, *, share: bool) -> str:
    if value is None:
        return ""
    if share:
        return f"{value:.0%}"
    return f"{value:,.0f}" if value == round(value) else f"{value:,.2f}"


def _attendance(reach: Reach) -> str:
    found = reach.attendance
    assert found is not None  # noqa: S101 - asked for by `blocks` only
    set_aside, twice = sum(found.flow.rows_set_aside.values()), found.in_several_cycles
    lines = [
        found.file,
        f"  rows      {found.flow.rows_read} read = {found.flow.rows_used} used + {set_aside} set aside",
        f"  families  {found.families} in {found.enrolments} enrolments; {twice} in more than one cycle",
        "  " + _completed(found.total, found.sessions, found.completed_from),
        "  sessions  " + " ".join(f"{at.session}: {at.present}" for at in found.retention),
        "  dose      " + ", ".join(f"{dose.label} sessions: {dose.enrolments}" for dose in found.doses),
    ]
    return "\n".join(lines)


def _completed(total: AttendedGroup, sessions: int, completed_from: int | None) -> str:
    came = f"came      {total.attended} of {total.enrolments} to at least one of {sessions} sessions"
    if completed_from is None:
        return came
    others = f"{total.not_completed} did not, {total.unknown} unknown"
    return f"{came}; {total.completed} completed ({completed_from} or more), {others}"


def _text(cell: str | float | int) -> str:
    return f"{cell:,}" if isinstance(cell, int) else str(cell)
