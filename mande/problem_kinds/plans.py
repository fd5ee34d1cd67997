"""The kinds of problem evaluation.toml and analyses can have: P-0xx."""

from __future__ import annotations

from mande.problem_kinds.kind import Effect, kinds

__all__ = ["PLAN_KINDS"]

PLAN_KINDS = kinds(
    [
        ("P-001", Effect.REFUSED, "This line cannot be read: {value} – {detail}.", "{remedy}"),
        ("P-005", Effect.REFUSED, "The file is not UTF-8 text.", "Save it with the encoding UTF-8."),
        ("P-002", Effect.REFUSED, 'The key "{key}" is missing.', "Add it {where}: {example}"),
        ("P-003", Effect.REFUSED, '"{value}" is not a key that is known here.', "{hint}"),
        ("P-004", Effect.REFUSED, 'The key "{key}" cannot be {value}.', "It should be: {expected}."),
        ("P-010", Effect.REFUSED, 'There is no file "{value}" in {folder}.', "{hint}"),
        ("P-011", Effect.REFUSED, "{detail}", "Correct the name."),
        (
            "P-012",
            Effect.REFUSED,
            "The analysis compares the {value}, which no source has ({waves}).",
            "Say below the [[source]] of a file which wave it holds: {lines}.",
        ),
        (
            "P-013",
            Effect.REFUSED,
            'The analysis names "{value}" as primary, which is no construct of {instrument}.',
            "{hint}",
        ),
        (
            "P-014",
            Effect.REFUSED,
            "The logo cannot be used: {detail}",
            "Give a PNG, JPEG or plain SVG beside this file.",
        ),
        (
            "P-015",
            Effect.REFUSED,
            "Version {value} of {instrument} is named here, version {first} before: their scores are not the same.",
            "Name the version that was printed for every wave, or evaluate each version by itself.",
        ),
        (
            "P-016",
            Effect.REFUSED,
            '"{value}" and "{first}" are the same text for mande, and each is given a label.',
            "Keep one of the two lines.",
        ),
        (
            "P-017",
            Effect.REFUSED,
            'The label "{first}" is also called "{value}"{language}; labels that share a word are one group.',
            "Write one of the two words in both places, or give the groups words of their own.",
        ),
        (
            "P-018",
            Effect.REFUSED,
            '"{value}" is read as "{label}", and is itself the label that "{first}" is given.',
            'Give both the same label, or "{first}" another one.',
        ),
        (
            "P-019",
            Effect.REFUSED,
            'The analysis says {arm} = "{value}", which is called "{label}" under labels.',
            'Write in the analysis, in its arms: {arm} = "{label}".',
        ),
        (
            "P-020",
            Effect.REFUSED,
            'No source has the grouping "{value}", whose labels are given.',
            "{hint}",
        ),
        (
            "P-021",
            Effect.NOTICED,
            'In the grouping "{group}" no cell holds "{value}", whose label is given.',
            "Correct the text if it is misspelt, or remove the line. {hint}",
        ),
        (
            "P-022",
            Effect.NOTICED,
            'The programme is called "{value}", which is nearly "{near}", a programme that mande knows.',
            "If it is that one, write its id: evaluations and ledgers of one programme are put together by it.",
        ),
        (
            "P-023",
            Effect.NOTICED,
            'Reports have no sentences in "{value}" ({language}) yet; there are: {known}.',
            "A report in it is refused, or English with --draft. Take it out, or translate it: docs/languages.md.",
        ),
        (
            "P-024",
            Effect.NOTICED,
            'There are no reports in a language "{value}"; there are: {known}.',
            "Correct its code, or take it out: a report in it is refused.",
        ),
        (
            "P-025",
            Effect.NOTICED,
            '"{value}" is grouped by {groups}; the analysis looks for {cluster}, so people count one by one.',
            "If one of these is the place, call it {cluster} under groups: intervals then allow for places.",
        ),
        (
            "P-026",
            Effect.NOTICED,
            'The analysis asks for the subgroup "{value}", which no source has: no table will show it.',
            "Name its column in a source, under groups, or correct the name in the analysis. {hint}",
        ),
        (
            "P-027",
            Effect.REFUSED,
            'This file holds "{value}", another "{earlier}"; the analysis is of people asked for both on one form.',
            (
                'If they were asked twice, write analysis = "before-after" and, in the sources, wave = "baseline" and '
                '"endline". If one form was saved as two files, put its columns into one.'
            ),
        ),
        (
            "P-028",
            Effect.NOTICED,
            "{value}: {count:person|people}, fewer than smallest_cell = {smallest}, so nothing is shown of them.",
            "Add their files when more have answered. A smaller smallest_cell would let single people be recognised.",
        ),
    ]
)
