"""The kinds of problem a questionnaire file can have: code, what it did to the data, what is said, and the remedy.

R-0xx  reading: file, columns, cells, rows. R-03x are checks of what a field office cannot see on a single form.
L-0xx  linking: the forms of one person at several waves, and of one family.
"""

from __future__ import annotations

from mande.problem_kinds.kind import Effect, kinds

__all__ = ["QUESTIONNAIRE_KINDS"]

_NOTHING = "Nothing needs to be done."

_READING = (
    ("R-001", Effect.REFUSED, "The file cannot be read: {detail}.", "{remedy}"),
    ("R-002", Effect.REFUSED, "The file is empty.", "Export it again, with its header row."),
    ("R-003", Effect.REFUSED, "The file has a header and no rows.", "Export it again, with the answers."),
    ("R-004", Effect.REFUSED, 'There are {count} columns "{value}".', "Rename or remove all but one."),
    (
        "R-005",
        Effect.ROW_SET_ASIDE,
        "The row has {cells:cell|cells}, the header {columns}; which cell is which cannot be known.",
        "Look for a separator inside an answer, or a missing quote.",
    ),
    ("R-006", Effect.ROW_SET_ASIDE, "The row is empty.", _NOTHING),
    (
        "R-007",
        Effect.REFUSED,
        'Letters were replaced by "?", as in "{value}": they are lost in this file.',
        'Open the original and save it as "CSV UTF-8" or .xlsx; the other CSV of Excel lacks these letters.',
    ),
    (
        "R-008",
        Effect.REFUSED,
        'The header seems to be in two rows: row {row} holds "{value}".',
        "Make one header row of the two, with item and wave in one cell, and save again.",
    ),
    (
        "R-009",
        Effect.REFUSED,
        "{found} of the {wanted} columns of {instrument} are found. {what_is_there}",
        "{hint} If it is: mande map {evaluation} proposes which column is which question.",
    ),
    ("R-010", Effect.REFUSED, "No column for {items}.", "{hint}"),
    ("R-011", Effect.REFUSED, 'There is no column "{value}", which {evaluation} names.', "{hint}"),
    (
        "R-012",
        Effect.REFUSED,
        'The column speaks of two items: "{first}" and "{second}".',
        'Name the right one in {evaluation}: columns = {{ {first}_{wave} = "{value}" }}.',
    ),
    (
        "R-013",
        Effect.REFUSED,
        "The columns {value} could each be the item {item} ({wave}){why}.",
        'Name the right one in {evaluation}: columns = {{ {item}_{wave} = "…" }}.',
    ),
    (
        "R-014",
        Effect.CELL_SET_ASIDE,
        '"{value}" is not an answer of this item ({answers}).',
        "Correct the cell, leave it empty if unanswered, or say in {evaluation} what it means (answers, missing).",
    ),
    ("R-015", Effect.ADJUSTED, '"{value}" was read as {read_as} in {count:cell|cells}.', _NOTHING),
    ("R-016", Effect.ADJUSTED, '"{value}" was read as unanswered in {count:cell|cells}.', _NOTHING),
    ("R-017", Effect.REFUSED, '{evaluation} names a column for "{value}", which is no item and wave.', "{hint}"),
    (
        "R-018",
        Effect.CELL_SET_ASIDE,
        '"{value}" says two answers at once: the number {number}, and words that stand for {read_as}.',
        "Correct the cell, or give the meaning of the number in {evaluation} under answers.",
    ),
    (
        "R-019",
        Effect.CELL_SET_ASIDE,
        'A spreadsheet has turned this answer into a date: "{value}".',
        "Format the column as text and enter the answer again.",
    ),
    (
        "R-020",
        Effect.ROW_SET_ASIDE,
        "The respondent of this row also stands in {first}, which was used.",
        "{which}",
    ),
    ("R-021", Effect.ROW_SET_ASIDE, "Every question of this row is unanswered.", "Delete the row, or enter the form."),
    ("R-022", Effect.NOTICED, "The row has no respondent code.", "Enter the code, so that duplicates can be found."),
    (
        "R-023",
        Effect.NOTICED,
        "A spreadsheet has rounded the respondent code of this row, so it stands for nobody.",
        "Format the column as text and enter the codes again.",
    ),
    ("R-024", Effect.ROW_SET_ASIDE, 'The row is a sum of others ("{value}"), not a form.', "Delete it from the data."),
    ("R-025", Effect.ROW_SET_ASIDE, 'The server marks this form as "{value}".', "Review it there, and export again."),
    ("R-026", Effect.ROW_SET_ASIDE, "The form of {first} was sent twice; this is the second copy.", _NOTHING),
    (
        "R-027",
        Effect.ROW_SET_ASIDE,
        'The form is "{value}", but the file was given for {instrument}.',
        "Give these rows to a source of their own instrument.",
    ),
    (
        "R-028",
        Effect.ROW_SET_ASIDE,
        '"{value}" is none of the waves ({waves}).',
        "Correct the cell, or name the value in {evaluation} under wave_values.",
    ),
    (
        "R-029",
        Effect.CELL_SET_ASIDE,
        '"{value}" stands for several answers ({answers}), in different languages.',
        "Enter the answer's number instead.",
    ),
)

_CHECKS = (
    (
        "R-030",
        Effect.NOTICED,
        "Every answer is the same for {earlier} and {later}.",
        "Look at the paper form: was the second column filled in?",
    ),
    (
        "R-031",
        Effect.NOTICED,
        "All {count} answers ({wave}) are {value}, also where the question is put the other way round.",
        "Look at the paper form: was it read before it was answered?",
    ),
    (
        "R-032",
        Effect.NOTICED,
        "Every answer is better by the same {value} from {earlier} to {later}.",
        "Look at the paper form: did the person answer, or somebody for the person?",
    ),
    (
        "R-033",
        Effect.NOTICED,
        'In the {group} "{value}", {worse} of {count} people got worse ({share}, {low} to {high}); elsewhere {others}.',
        "Look at the paper forms: were {earlier} and {later} entered in each other's columns?",
    ),
    (
        "R-034",
        Effect.NOTICED,
        "{worse} of {count} people who changed got worse ({share}, {low} to {high}).",
        "Check the columns: may {earlier} and {later} stand in each other's place?",
    ),
    (
        "R-035",
        Effect.NOTICED,
        "Every answer is the same as in row {first}, which {who}.",
        "Compare the paper forms: was one entered twice?{tell_apart}",
    ),
    ("R-036", Effect.NOTICED, 'The age "{value}" cannot be ({low} to {high} was expected).', "Correct the cell."),
    (
        "R-037",
        Effect.TOLD,
        "{count} of {of} people are at the best score of {value} already at {earlier} ({share}, {low} to {high}).",
        "They cannot improve; say so beside the result.",
    ),
    (
        "R-038",
        Effect.NOTICED,
        "Versions of the form are mixed: {value}.",
        "Check that the questions did not change between them, or make a source of each.",
    ),
    (
        "R-039",
        Effect.NOTICED,
        'The headings are in "{header}", but the answers of {count:cell|cells} only in "{value}".',
        "Check that the translation of the form belongs to this questionnaire.",
    ),
    (
        "R-040",
        Effect.REFUSED,
        'The file holds the same data as "{value}".',
        "Give each file once; is the other one perhaps missing?",
    ),
    (
        "R-041",
        Effect.ADJUSTED,
        'In the grouping "{group}", {value} were taken as one name: "{read_as}".',
        "Write the name the same way in every row.",
    ),
    (
        "R-042",
        Effect.NOTICED,
        "{count} of {of} forms hold the same answers as forms of the file {value}.",
        "Check that the same forms were not given twice.",
    ),
)

_MARKS_AND_LABELS = (
    (
        "R-043",
        Effect.NOTICED,
        'In the grouping "{group}", {value} may be one and the same.',
        "They count as two groups. If they are one, write at the end of {evaluation}, below [labels.{group}]: {line}",
    ),
    (
        "R-044",
        Effect.CELL_SET_ASIDE,
        '"{value}" is not one answer but several ({answers}).',
        "Look at the paper form: if several are marked there{or_number}, leave the cell empty; nobody can choose.",
    ),
)

_OTHER_VERSIONS = (
    (
        "R-045",
        Effect.REFUSED,
        "{count} answers such as {value} are none of {instrument}, but of {other}.",
        'Name the version that was printed: instrument = "{other}". Scores of the two cannot be compared.',
    ),
    (
        "R-046",
        Effect.REFUSED,
        "Versions are mixed: in {value} no answer is above {highest}, elsewhere many are ({instrument} and {other}).",
        "Make a source of each version, in an evaluation of its own: scores of the two cannot be compared.",
    ),
    (
        "R-047",
        Effect.NOTICED,
        "None of the {count} answers of {people} people ({wave}) is above {highest}, though {offered} are offered.",
        "Look at the paper forms: were they printed with three answers? Then they belong to another instrument.",
    ),
    (
        "R-048",
        Effect.NOTICED,
        "{value} runs against the rest of {construct} ({wave}): item-rest {r}; alpha {alpha}, if turned {turned}.",
        "{remedy}",
    ),
    (
        "R-049",
        Effect.NOTICED,
        'The age is "{value}", but {instrument} is for {low} to {high}.',
        "Correct the age, or leave the form out: for other ages the scores and their bands mean nothing.",
    ),
)

_COLUMNS = (
    (
        "R-050",
        Effect.TOLD,
        "The column looks like {kind} and was dropped when the file was opened.",
        "Leave such columns out of the export.",
    ),
    ("R-051", Effect.TOLD, 'There are {count} columns "{value}"; none of them is used.', _NOTHING),
    (
        "R-052",
        Effect.TOLD,
        "The header was found in row {row}; the {count:row above it was|rows above it were} passed over.",
        _NOTHING,
    ),
    ("R-053", Effect.TOLD, "Row {row} holds HXL tags, no answers.", _NOTHING),
    (
        "R-054",
        Effect.REFUSED,
        "From row {row} on, a quotation mark is missing: {lines} lines of the file ended up in one cell.",
        "Open the file in a text editor, find the odd quotation mark near that row, and remove it.",
    ),
    (
        "R-055",
        Effect.REFUSED,
        'The letters are garbled, as in "{value}" (it was "{was}").',
        "Open the original export with Data, From text, UTF-8 (or give mande the original itself).",
    ),
    (
        "R-056",
        Effect.REFUSED,
        "Several tables of the file fit the instrument: {value}.",
        'Name the right one in {evaluation}: sheet = "…"; to use more than one, make a source of each.',
    ),
    ("R-057", Effect.TOLD, 'The table "{value}" was read; the others do not fit the instrument: {others}.', _NOTHING),
    (
        "R-058",
        Effect.REFUSED,
        "The items stand on a dual scale ({value}), and the headings do not say which is {waves}.",
        'Say it in {evaluation}, such as: waves = {{ {earlier} = "[1]", {later} = "[2]" }}.',
    ),
    (
        "R-059",
        Effect.REFUSED,
        'The file says that {value} means "{label}"; in the instrument that is {meant}.',
        "Recode the column, or export labels instead of codes.",
    ),
    ("R-060", Effect.REFUSED, 'The file has no table "{value}".', "There are: {known}."),
    (
        "R-061",
        Effect.NOTICED,
        "The column holds formulas, whose results were used as they were last computed.",
        "Copy the column and paste it as values.",
    ),
    (
        "R-062",
        Effect.REFUSED,
        "{count:column is an item, but does|columns are items, but do} not say whether {waves}: {value}.",
        "{hint}",
    ),
    (
        "R-063",
        Effect.NOTICED,
        '"{value}" is not an option of this question.',
        "Correct the cell, or add the option to the instrument.",
    ),
    (
        "R-064",
        Effect.REFUSED,
        "The answers run from {low} to {high}, those of the instrument are {answers}: the file is numbered otherwise.",
        'Say what the numbers mean in {evaluation}: answers = {{ "{value}" = … }} for each of them.',
    ),
    (
        "R-065",
        Effect.REFUSED,
        'The grouping "{value}" would print {why}: its labels stand in every output.',
        "Group by something that several people share, such as school or sex.",
    ),
    (
        "R-067",
        Effect.TOLD,
        'The "{value}" of the form is not used as a grouping: it would print {why}.',
        "To group by it, write something that several people share, such as a number for each.",
    ),
    (
        "R-068",
        Effect.NOTICED,
        "Of {of} used forms {count:has|have} no label by {group}: not in any group's results, and no further place.",
        "Fill the cells in from the paper forms.",
    ),
    (
        "R-069",
        Effect.NOTICED,
        "None of {people} people answered {value} ({wave}).",
        "If it was answered on the forms, the answers were lost in the export, or stand in another column.",
    ),
    (
        "R-070",
        Effect.NOTICED,
        "None of {people} people answered any question of {wave}, so no change from or to it can be shown.",
        "If they did on the forms, the answers were lost in the export, or stand in other columns.",
    ),
)

_VERSIONS = (
    (
        "R-066",
        Effect.NOTICED,
        "The columns {value} are the item {item} ({wave}) in versions of the form; each row has one of them.",
        "Check that it is the same question; if it is not, name its column: columns = {{ {item}_{wave} = … }}.",
    ),
)

_LINKING = (
    (
        "L-001",
        Effect.REFUSED,
        "The forms of {waves} cannot be brought together: no column says who is who.",
        'Name it in {evaluation}: id = "…", or the parts of a self-made code: code = ["…", "…"].',
    ),
    (
        "L-002",
        Effect.NOTICED,
        "The person of this row could be any of {count} of {wave} (rows {rows}); it was left unlinked.",
        "Compare the paper forms, and enter the codes in full.",
    ),
    (
        "L-003",
        Effect.NOTICED,
        "The person of this row was found in row {row} of {file}, though one part of the code differs.",
        "Compare the paper forms.",
    ),
    (
        "L-004",
        Effect.NOTICED,
        "The code of this row is the code of row {row} of {file} in other letters.",
        "Enter the code the same way in both.",
    ),
    (
        "L-005",
        Effect.NOTICED,
        "Of {of} people of {wave} {count:has|have} no form of another wave.",
        "Look at the codes in {rows}: K-09 for K-009 makes two people of one. Who stayed away is counted as left out.",
    ),
    (
        "L-007",
        Effect.REFUSED,
        'There is no form of the wave "{value}" for {instrument}, which the analysis compares.',
        "Add the file of that wave, or say under wave or wave_values which wave is which.",
    ),
    (
        "L-008",
        Effect.REFUSED,
        'The wave "{value}" of {instrument} was asked with {other}: the same questions with other answers.',
        "Scores of the two cannot be compared. Give every wave with one version, or evaluate each by itself.",
    ),
    (
        "L-009",
        Effect.NOTICED,
        'No comparison names the wave "{value}"; {count:form is|forms are} read and not used ({instrument}).',
        "Correct the name of the wave ({waves} are compared), or add the comparison to an analysis of your own.",
    ),
    ("L-010", Effect.REFUSED, "Row {value} has no answer to {question} among the rows used.", "Correct the row."),
    ("L-011", Effect.REFUSED, 'There is no open answer "{value}" in this file.', "{hint}"),
)

QUESTIONNAIRE_KINDS = kinds(
    (*_READING, *_CHECKS, *_MARKS_AND_LABELS, *_OTHER_VERSIONS, *_COLUMNS, *_VERSIONS, *_LINKING)
)
