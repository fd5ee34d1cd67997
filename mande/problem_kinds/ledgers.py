"""The kinds of problem of monitoring: ledgers, attendance registers, results frameworks, roll-ups. M-0xx."""

from __future__ import annotations

from mande.problem_kinds.kind import Effect, kinds

__all__ = ["LEDGER_KINDS"]

LEDGER_KINDS = kinds(
    [
        (
            "M-001",
            Effect.REFUSED,
            "The ledger has no column of numbers.",
            "Name at least one column as one of these: {known}.",
        ),
        ("M-002", Effect.NOTICED, 'The column "{value}" is not used.', "{hint}"),
        ("M-003", Effect.REFUSED, 'There are two columns "{value}".', "Rename or remove one."),
        (
            "M-010",
            Effect.CELL_SET_ASIDE,
            '"{value}" is not a whole number of 0 or more.',
            "Correct it, without separators for thousands; leave the cell empty if it is not known.",
        ),
        (
            "M-011",
            Effect.CELL_SET_ASIDE,
            '"{value}" is not a date that can be read one way only.',
            "Write it as 2019-06-30, 2019-06 or 2019.",
        ),
        (
            "M-012",
            Effect.CELL_SET_ASIDE,
            '"{value}" is not an amount of 0 or more.',
            "Write digits and at most two decimals; the currency has a column of its own.",
        ),
        ("M-013", Effect.ADJUSTED, '"{value}" was read as {read_as}.', "Nothing needs to be done."),
        (
            "M-014",
            Effect.CELL_SET_ASIDE,
            "The period ends on {value} and begins on {begins}; neither is used.",
            "Correct one of the two dates.",
        ),
        (
            "M-015",
            Effect.NOTICED,
            "{value} is outside of the evaluation's period, {from} to {to}.",
            "Correct the date, or the period; entries outside of it are counted too.",
        ),
        ("M-020", Effect.ROW_SET_ASIDE, '"{value}" is no country that is known.', "{hint}"),
        ("M-021", Effect.ROW_SET_ASIDE, "The row has no country.", "Enter it."),
        (
            "M-022",
            Effect.ADJUSTED,
            '"{value}" was read as {read_as} in {count:row|rows}.',
            "Nothing needs to be done.",
        ),
        (
            "M-023",
            Effect.NOTICED,
            '"{value}" looks like "{near}" ({count:row|rows}), and is counted apart.',
            "If they are the same, write one name in all rows.",
        ),
        (
            "M-030",
            Effect.ROW_SET_ASIDE,
            "The row says the same as row {first}, which was used.",
            "Delete it; if it is another event, say so in its note or period.",
        ),
        (
            "M-031",
            Effect.NOTICED,
            "Activity, place and period are those of row {first}, the numbers are others; both are added.",
            'If this row corrects that one, give that one an "entry" number and write it here under "corrects".',
        ),
        (
            "M-032",
            Effect.ROW_SET_ASIDE,
            'The entry number "{value}" stands in row {first} already.',
            'Give the row a number of its own, or write "{value}" under "corrects" if it corrects that row.',
        ),
        (
            "M-033",
            Effect.ROW_SET_ASIDE,
            'No row above has the entry number "{value}", which this row corrects.',
            "{hint}",
        ),
        (
            "M-034",
            Effect.NOTICED,
            'Row {first} corrects "{value}" too; this row, the later one, counts.',
            "Keep the right correction of the two.",
        ),
        (
            "M-035",
            Effect.ROW_SET_ASIDE,
            "The row has no number that can be used.",
            "Enter one, or delete the row. To withdraw an entry, correct it with 0.",
        ),
        (
            "M-036",
            Effect.NOTICED,
            "One school is named, and {value} are counted; {value} are used.",
            "Name each school in a row of its own, or none.",
        ),
        (
            "M-040",
            Effect.NOTICED,
            "{girls} girls and {boys} boys are not {value} children.",
            "Correct the wrong one; all three are used as they stand.",
        ),
        (
            "M-041",
            Effect.NOTICED,
            "The age bands {bands} add up to {sum}, more than {value}.",
            "Correct the wrong one; all are used as they stand.",
        ),
        (
            "M-042",
            Effect.NOTICED,
            "{stated} {measure} are stated; the entries of {scope} add up to {counted} ({difference}).",
            "Find out which is right; the stated total is not added.",
        ),
        (
            "M-050",
            Effect.REFUSED,
            "The register has no column {value}.",
            'It needs "family", and either session_1, session_2 … or "session" and "attended".',
        ),
        (
            "M-051",
            Effect.CELL_SET_ASIDE,
            '"{value}" does not say whether the family was there.',
            "Write 1 or 0 (or yes, no); leave it empty if it was not recorded.",
        ),
        (
            "M-052",
            Effect.ROW_SET_ASIDE,
            "The family is in another school of the same cycle in row {first}, which was used.",
            "Correct the family's code or school in one of the rows.",
        ),
        (
            "M-053",
            Effect.ROW_SET_ASIDE,
            "The same family{session} stands in row {first}, which was used.",
            "Keep the right row of the two and delete the other.",
        ),
        ("M-054", Effect.ROW_SET_ASIDE, "The row has no family code.", "Enter the code."),
        (
            "M-055",
            Effect.NOTICED,
            "The register has sessions up to {value}, the programme has {expected}.",
            "Correct the register, or the number of sessions in {evaluation}.",
        ),
        (
            "M-056",
            Effect.ROW_SET_ASIDE,
            '"{value}" is not the number of a session, 1 to {expected}.',
            "Correct the cell.",
        ),
        (
            "M-057",
            Effect.NOTICED,
            "In {count:cell|cells} it was not recorded whether the family was there.",
            "Look it up in the paper register, if there is one.",
        ),
        ("M-060", Effect.REFUSED, 'The indicator "{value}" has a target and no unit.', 'Add unit = "…".'),
        ("M-061", Effect.REFUSED, '"{value}" is no column of a ledger that can be added up.', "{hint}"),
        ("M-062", Effect.REFUSED, 'Nobody measures "{value}": it is no {what} of this evaluation.', "{hint}"),
        ("M-063", Effect.REFUSED, 'There are two {what}s "{value}".', "Give each an id of its own."),
        ("M-064", Effect.REFUSED, '"{value}" is not a column that entries are chosen by.', "{hint}"),
        ("M-065", Effect.REFUSED, '"{value}" is no country that is known.', "{hint}"),
        ("M-066", Effect.NOTICED, 'No entry has the {column} "{value}".', "{hint}"),
        (
            "M-067",
            Effect.REFUSED,
            'The target of "{value}" is its baseline, so no way leads from one to the other.',
            "Correct one of the two.",
        ),
        (
            "M-068",
            Effect.REFUSED,
            'A roll-up has no entries any more, so they cannot be chosen by "{value}".',
            "Choose by programme or country, or compute this indicator in each evaluation.",
        ),
        ("M-070", Effect.NOTICED, "This evaluation is there twice; it was counted once.", "Name it once."),
        (
            "M-071",
            Effect.ADJUSTED,
            "{count:entry is|entries are} in {other} too, and counted once.",
            "Nothing needs to be done.",
        ),
        (
            "M-072",
            Effect.NOTICED,
            "Of the entries on {scope}, some are in {other} too and some are not; only those of {other} are used.",
            "Give the roll-up the ledgers themselves, or one of the two.",
        ),
        (
            "M-073",
            Effect.NOTICED,
            'The questionnaire file "{value}" was analysed in {other} too; the results are not pooled.',
            "Name one of the two evaluations.",
        ),
        ("M-074", Effect.REFUSED, "No evaluation and no ledger is named.", 'Add evaluations = ["…"].'),
    ]
)
