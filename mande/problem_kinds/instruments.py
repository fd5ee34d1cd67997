"""The kinds of problem an instrument file can have: I-0xx."""

from __future__ import annotations

from mande.problem_kinds.kind import Effect, kinds

__all__ = ["INSTRUMENT_KINDS"]

INSTRUMENT_KINDS = kinds(
    [
        ("I-001", Effect.REFUSED, "This cannot be read: {detail}.", "{remedy}"),
        ("I-002", Effect.REFUSED, 'The key "{key}" is missing.', "Add it here: {example}"),
        ("I-003", Effect.REFUSED, '"{value}" is not a key that is known here.', "{hint}"),
        ("I-004", Effect.REFUSED, 'The key "{key}" cannot be {value}.', "It should be: {expected}."),
        ("I-010", Effect.REFUSED, 'There are two {what}s "{value}".', "Give each an id of its own."),
        ("I-011", Effect.REFUSED, 'There is no {what} "{value}" in this instrument.', "{hint}"),
        ("I-012", Effect.REFUSED, "The code {value} stands for two answers.", "Give each answer its own code."),
        (
            "I-013",
            Effect.REFUSED,
            "The code {value} is an answer here and also one of not_answers.",
            "Give the non-answer another code, such as 99.",
        ),
        (
            "I-014",
            Effect.REFUSED,
            'The construct "{value}" has nothing to score.',
            'List its parts under "{key}".',
        ),
        (
            "I-015",
            Effect.REFUSED,
            "min_answered is {value}, but the construct has {items} items.",
            "Ask for at most as many answers as there are items.",
        ),
        (
            "I-016",
            Effect.REFUSED,
            'The items of "{value}" have different ranges ({ranges}), so their mean or sum has no meaning.',
            "Split the construct, or give its items one answer scale.",
        ),
        (
            "I-017",
            Effect.REFUSED,
            'The right answer {value} is not on the answer scale "{scale}".',
            "Write one of its codes.",
        ),
        ("I-018", Effect.REFUSED, 'The item "{value}" has no right answer.', 'Give it one: "correct: <code>".'),
        (
            "I-019",
            Effect.REFUSED,
            '"{value}" has no words in: {languages}.',
            "Add them, or take the language out of the instrument's title.",
        ),
        (
            "I-020",
            Effect.REFUSED,
            'The {key} is "{value}", but the file lies where "{expected}" belongs.',
            "Name the folder by the id and the file by the version.",
        ),
        ("I-021", Effect.REFUSED, 'The item "{value}" has no answers.', 'Add "answers:" with one of: {known}.'),
        ("I-022", Effect.REFUSED, '"{value}" stands twice in "{construct}".', "Take one away."),
        (
            "I-023",
            Effect.REFUSED,
            'The total "{total}" adds "{value}", which is no sum in whole points.',
            "Add constructs scored as a sum, or as a prorated-sum with round: half-up.",
        ),
        ("I-024", Effect.REFUSED, '{value} is no answer on the scale "{scale}".', "Write one of its codes."),
        (
            "I-025",
            Effect.REFUSED,
            'The bands of "{value}" overlap, or do not rise.',
            "List them from the lowest scores to the highest, each as [from, to, name].",
        ),
        ("I-026", Effect.REFUSED, 'The band "{value}" has no words.', 'Add them to the norm, under "words".'),
        (
            "I-027",
            Effect.REFUSED,
            'The score {value} of "{construct}" is in none of the bands.',
            "Close the gap: whoever has that score would be missing from every share.",
        ),
    ]
)
