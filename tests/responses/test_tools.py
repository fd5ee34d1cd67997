"""A file of each tool, in its shapes, gives the same answers; the exports are made here, cell by cell."""

import csv
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from mande.instrument import load_instrument
from mande.responses import ColumnNames, read_responses
from mande.responses.missing import Missing

CODES = np.array(
    [  # a01–a04 then, a01–a04 now; 0 is blank, 99 refused
        [1, 5, 2, 3, 4, 2, 4, 5],
        [2, 4, 2, 0, 3, 3, 4, 4],
        [3, 3, 99, 3, 5, 1, 5, 4],
        [1, 2, 3, 4, 2, 2, 4, 5],
    ]
)
IDS = ["007", "008", "A-9", "Б-10"]
ITEMS = ["a01", "a02", "a03", "a04"]


@pytest.fixture(scope="module")
def small():
    return load_instrument(Path(__file__).with_name("small.yaml"))


@pytest.fixture
def read(tmp_path, small):
    """Codes of a file by respondent's order, then and now side by side; 0 is blank, 99 refused, −1 set aside."""

    def reading(name, content, **names):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        responses = read_responses(path, small, ColumnNames(**names))
        return responses, shown(np.hstack([responses.codes["then"], responses.codes["now"]]))

    return reading


def shown(codes):
    kinds: dict[int, int] = {Missing.BLANK: 0, Missing.REFUSED: 99, Missing.SET_ASIDE: -1, Missing.NO_FORM: -2}
    return np.array([[kinds.get(c, c) for c in row] for row in codes.tolist()])


def labels(small, language):
    scale = small.answer_scales["often"]
    words = {a.code: a.label[language] for a in scale.answers}
    return words | {99: small.not_answers[0].label[language], 0: ""}


def text(small, item, language):
    return small.item_by_id[item].text[language]


def as_csv(rows, *, separator=",", quoting=csv.QUOTE_MINIMAL, end="\r\n"):
    out = io.StringIO()
    csv.writer(out, delimiter=separator, quoting=quoting, lineterminator=end).writerows(rows)
    return out.getvalue()


def code(value):
    return "" if value == 0 else str(value)


def coded_rows():
    return [[id_, *map(code, row)] for id_, row in zip(IDS, CODES.tolist(), strict=True)]


def labelled_rows(small, language):
    words = labels(small, language)
    return [[id_, *(words[c] for c in row)] for id_, row in zip(IDS, CODES.tolist(), strict=True)]


def headings(pattern, waves=("then", "now")):
    return [pattern.format(item=item, wave=wave) for wave in waves for item in ITEMS]


KOBO_END = [
    "_id",
    "_uuid",
    "_submission_time",
    "_validation_status",
    "_notes",
    "_status",
    "_submitted_by",
    "__version__",
    "_tags",
    "meta/rootUuid",
    "_index",
]


def kobo_end(i, status=""):
    return [
        f"10{i}",
        f"u{i}",
        "2026-05-01T09:41:19",
        status,
        "",
        "submitted_via_web",
        "anna",
        "v1",
        "",
        f"u{i}",
        str(i),
    ]


@pytest.mark.parametrize("prefix", ["", "grp/sub/", "grp - ", "grp:", "a.b.", "grp__", "Группа 1/"])
def test_kobo_codes_with_any_group_prefix(read, prefix):
    header = ["start", "code", *headings(prefix + "{item}_{wave}"), *KOBO_END]
    rows = [["2026-05-01T08:00:00.000+05:00", *row, *kobo_end(i)] for i, row in enumerate(coded_rows())]
    content = as_csv([header, *rows], separator=";", quoting=csv.QUOTE_ALL)
    responses, codes = read("kobo.csv", content, id="code")
    assert (codes == CODES).all()
    assert set(responses.personal_columns) >= {"_submitted_by"}


@pytest.mark.parametrize("language", ["en", "ru", "uz"])
def test_kobo_labels_in_each_language(read, small, language):
    before, now = {"en": ("BEFORE", "NOW"), "ru": ("ТОГДА", "СЕЙЧАС"), "uz": ("OLDIN", "HOZIR")}[language]
    header = ["Code", *[f"{text(small, i, language)} – {w}" for w in (before, now) for i in ITEMS], *KOBO_END]
    rows = [[*row, *kobo_end(i)] for i, row in enumerate(labelled_rows(small, language))]
    content = as_csv([header, *rows], separator=";", quoting=csv.QUOTE_ALL)
    assert (read("kobo.csv", content, id="Code")[1] == CODES).all()


def test_kobo_hxl_tags_are_no_answers(read):
    header = ["code", *headings("{item}_{wave}")]
    content = as_csv([header, ["", "#symmetry", *[""] * 7], *coded_rows()], separator=";", quoting=csv.QUOTE_ALL)
    responses, codes = read("kobo.csv", content, id="code")
    assert (codes == CODES).all()
    assert responses.row.tolist() == [3, 4, 5, 6]
    assert "R-053" in {problem.code for problem in responses.problems}


def test_kobo_helper_columns_never_compete(read):
    extra = ["reserved_name_for_field_list_labels_37", "grp_header", "x/a01_then"]
    header = ["code", *headings("grp/{item}_{wave}"), *extra]
    content = as_csv([header, *[[*row, "", "", ""] for row in coded_rows()]], separator=";")
    assert (read("kobo.csv", content, id="code")[1] == CODES).all()


def test_kobo_rejected_forms_are_set_aside(read):
    header = ["code", *headings("{item}_{wave}"), *KOBO_END]
    status = ["", "validation_status_not_approved", "", ""]
    rows = [[*row, *kobo_end(i, s)] for i, (row, s) in enumerate(zip(coded_rows(), status, strict=True))]
    responses, codes = read("kobo.csv", as_csv([header, *rows], separator=";"), id="code")
    assert (codes == CODES[[0, 2, 3]]).all()
    assert responses.flow.rows_set_aside == {"R-025": 1}


def test_kobo_legacy_writes_n_a(read):
    rows = [[cell or "n/a" for cell in row] for row in coded_rows()]
    content = as_csv([["group/code", *headings("group/{item}_{wave}")], *rows])
    assert (read("legacy.csv", content, id="group/code")[1] == CODES).all()


def test_odk_central_zip_with_repeats_and_status(read):
    header = ["SubmissionDate", "meta-instanceID", "code", *headings("grp-{item}_{wave}")]
    header += ["KEY", "SubmitterName", "Status", "ReviewState", "FormVersion"]
    rows = [
        ["2026-05-01T04:00:00.000Z", f"uuid:{i}", *row, f"uuid:{i}", "Anna", "", "", "1"]
        for i, row in enumerate(coded_rows())
    ]
    rows.append(["2026-05-01T04:00:00.000Z", "uuid:8", "x", *["1"] * 8, "uuid:8", "Anna", "", "rejected", "1"])
    rows.append(["2026-05-01T04:00:00.000Z", "uuid:9", "y", *[""] * 8, "uuid:9", "Anna", "not decrypted", "", "1"])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("Form.csv", as_csv([header, *rows], end="\n"))
        archive.writestr("Form-children.csv", "child-name,PARENT_KEY,KEY\nx,uuid:1,uuid:1/child[1]\n")
        archive.writestr("media/photo.jpg", b"\xff\xd8")
    responses, codes = read("Form.csv.zip", out.getvalue(), id="code")
    assert (codes == CODES).all()
    assert responses.flow.rows_set_aside == {"R-025": 2}
    assert "SubmitterName" in responses.personal_columns


@pytest.mark.parametrize("stamp", ["2026/05/01 9:03:11 AM GMT+5", "19.09.2023 18:07:33"])
@pytest.mark.parametrize("language", ["en", "ru", "uz"])
def test_google_forms_grid(read, small, language, stamp):
    before = {
        "en": "How was it BEFORE the programme?",
        "ru": "Как было ДО программы?",
        "uz": "Dasturdan OLDIN qanday edi?",
    }
    now = {"en": "How is it NOW?", "ru": "Как обстоит дело СЕЙЧАС?", "uz": "HOZIR qanday?"}
    header = ["Отметка времени", "Code"]
    header += [f"{question[language]} [{text(small, i, language)}]" for question in (before, now) for i in ITEMS]
    rows = [[stamp, *row] for row in labelled_rows(small, language)]
    assert (read("google.csv", as_csv([header, *rows]), id="Code")[1] == CODES).all()


def test_google_forms_with_the_item_as_question_and_the_wave_as_row(read, small):
    header = ["Timestamp", "Code", *[f"{text(small, i, 'en')} [{w}]" for w in ("Before", "Now") for i in ITEMS]]
    rows = [["2026/05/01 9:03:11 AM GMT+5", *row] for row in labelled_rows(small, "en")]
    assert (read("google.csv", as_csv([header, *rows]), id="Code")[1] == CODES).all()


def test_a_question_that_names_both_waves_tells_neither(read, small):
    from mande.errors import DataProblems

    header = ["Code", *[f"How was it before, and how is it now? [{text(small, i, 'en')}]" for i in ITEMS]]
    with pytest.raises(DataProblems) as caught:
        read("google.csv", as_csv([header, *[row[:5] for row in labelled_rows(small, "en")]]), id="Code")
    assert {problem.code for problem in caught.value.problems} == {"R-062"}


def lime_rows():
    return [[str(i), "1980-01-01 00:00", "5", "ru", *row] for i, row in enumerate(coded_rows())]


LIME = ["id", "submitdate", "lastpage", "startlanguage", "code"]


def test_limesurvey_codes_with_byte_order_mark(read):
    content = as_csv([[*LIME, *headings("Q1[{item}_{wave}]")], *lime_rows()], quoting=csv.QUOTE_ALL) + "\r\n"
    assert (read("lime.csv", b"\xef\xbb\xbf" + content.encode(), id="code")[1] == CODES).all()


def test_limesurvey_dual_scale_is_asked_about_and_then_read(read):
    from mande.errors import DataProblems

    content = as_csv([[*LIME, *headings("Q1[{item}][{wave}]", ("1", "2"))], *lime_rows()], separator=";")
    with pytest.raises(DataProblems) as caught:
        read("lime.csv", content, id="code")
    assert {problem.code for problem in caught.value.problems} == {"R-058"}
    _, codes = read("lime.csv", content, id="code", waves={"then": "[1]", "now": "[2]"})
    assert (codes == CODES).all()


def test_limesurvey_full_headings_and_answers(read, small):
    header = [
        *LIME,
        *[f"Bitte antworten Sie [{text(small, i, 'ru')}][{w}]" for w in ("Тогда", "Сейчас") for i in ITEMS],
    ]
    rows = [[*lime[:4], *row] for lime, row in zip(lime_rows(), labelled_rows(small, "ru"), strict=True)]
    assert (read("lime.csv", as_csv([header, *rows]), id="code")[1] == CODES).all()


def test_limesurvey_codes_with_text(read, small):
    header = [*LIME, *[f"Q{w}[{i}]. {text(small, i, 'en')} {w.upper()}" for w in ("then", "now") for i in ITEMS]]
    assert (read("lime.csv", as_csv([header, *lime_rows()]), id="code")[1] == CODES).all()


def test_limesurvey_author_codes_need_their_meaning(read):
    rows = [[*row[:5], *(f"A{c}" if c else "" for c in row[5:])] for row in lime_rows()]
    content = as_csv([[*LIME, *headings("Q1[{item}_{wave}]")], *rows])
    responses, codes = read("lime.csv", content, id="code")
    assert set(codes.ravel().tolist()) == {0, -1}
    assert responses.flow.cells.set_aside_by_reason["R-014"] == 31
    answers, missing = {f"A{c}": c for c in range(1, 6)}, {"A99": "refused"}
    assert (read("lime.csv", content, id="code", answers=answers, missing=missing)[1] == CODES).all()


def test_redcap_raw_with_two_events(read):
    rows = []
    for id_, row in zip(IDS, CODES.tolist(), strict=True):
        rows.append([id_, "then_arm_1", "", *map(code, row[:4]), "2"])
        rows.append([id_, "now_arm_1", "", *map(code, row[4:]), "2"])
    header = ["record_id", "redcap_event_name", "redcap_repeat_instrument", *ITEMS, "form_complete"]
    responses, codes = read("redcap.csv", as_csv([header, *rows], end="\n"), id="record_id")
    assert (codes == CODES).all()
    assert responses.links.exact == 4


def test_redcap_events_named_by_the_evaluator(read):
    rows = [
        [id_, f"visit_{v}_arm_1", *map(code, row[4 * v : 4 * v + 4])]
        for id_, row in zip(IDS, CODES.tolist(), strict=True)
        for v in (0, 1)
    ]
    content = as_csv([["record_id", "redcap_event_name", *ITEMS], *rows], separator="|")
    _, codes = read(
        "redcap.csv", content, id="record_id", wave_column="redcap_event_name",
        wave_values={"then": "visit_0_arm_1", "now": "visit_1_arm_1"},
    )  # fmt: skip
    assert (codes == CODES).all()


def test_surveycto_wide(read):
    header = [
        "SubmissionDate",
        "deviceid",
        "devicephonenum",
        "code",
        *headings("{item}_{wave}"),
        "intronote",
        "instanceID",
        "KEY",
    ]
    rows = [
        ["Sep 18, 2018 12:12:37 PM", "35", "+998901234567", *r, "", f"u{i}", f"u{i}"]
        for i, r in enumerate(coded_rows())
    ]
    responses, codes = read("cto.csv", as_csv([header, *rows]), id="code")
    assert (codes == CODES).all()
    assert set(responses.personal_columns) == {"deviceid", "devicephonenum"}


@pytest.mark.parametrize(
    ("encoding", "separator"),
    [("cp1251", ";"), ("utf-8-sig", ";"), ("utf-16", "\t"), ("cp866", ";"), ("koi8-r", ","), ("utf-16-le", "\t")],
)
def test_excel_on_a_russian_windows(read, small, encoding, separator):
    header = ["Код", *[f"{text(small, i, 'ru')} ({w})" for w in ("тогда", "сейчас") for i in ITEMS]]
    content = as_csv([header, *labelled_rows(small, "ru")], separator=separator)
    assert (read("excel.csv", content.encode(encoding), id="Код")[1] == CODES).all()


def test_a_sep_line_is_no_header(read):
    content = "sep=;\r\n" + as_csv([["code", *headings("{item}_{wave}")], *coded_rows()], separator=";")
    assert (read("excel.csv", content, id="code")[1] == CODES).all()


def test_excel_with_title_rows_and_a_sum_below(read):
    rows = [
        ["Анкета родителей, школа 5"],
        [],
        ["code", *headings("{item} {wave}")],
        *coded_rows(),
        ["Итого", *["3"] * 8],
    ]
    responses, codes = read("excel.csv", as_csv(rows, separator=";"), id="code")
    assert (codes == CODES).all()
    assert responses.row.tolist() == [4, 5, 6, 7]
    assert responses.flow.rows_set_aside == {"R-024": 1}


def workbook(rows, *, sheets=()):
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for name, own in [("Данные", rows), *sheets]:
            sheet = book.add_worksheet(name)
            for i, row in enumerate(own):
                for k, cell in enumerate(row):
                    sheet.write(i, k, cell)
    return out.getvalue()


def test_workbook_with_numbers_text_and_an_empty_sheet(read):
    rows = [["code", *headings("{item}_{wave}"), "story"]]
    rows += [
        [id_, *(c or None for c in row), "=хорошо" if id_ == "007" else ""]
        for id_, row in zip(IDS, CODES.tolist(), strict=True)
    ]
    content = workbook(rows, sheets=[("Лист2", []), ("Кодировка", [["1", "Никогда"], ["2", "Редко"]])])
    responses, codes = read("book.xlsx", content, id="code", open_answers={"story": "story"})
    assert (codes == CODES).all()
    assert [answer.text for answer in responses.open_answers] == ["=хорошо"]
    assert "R-057" in {problem.code for problem in responses.problems}


def test_two_sheets_that_fit_are_asked_about(read):
    from mande.errors import DataProblems

    rows = [["code", *headings("{item}_{wave}")], *coded_rows()]
    content = workbook(rows, sheets=[("School 2", rows)])
    with pytest.raises(DataProblems, match=r'R-056 .*"Данные", "School 2"'):
        read("book.xlsx", content, id="code")
    assert (read("book.xlsx", content, id="code", sheet="school 2")[1] == CODES).all()


@pytest.mark.parametrize("suffix", ["sav", "zsav", "por"])
def test_spss_with_labels_and_declared_missing_codes(read, small, tmp_path, suffix):
    pd, pyreadstat = pytest.importorskip("pandas"), pytest.importorskip("pyreadstat")
    names = headings("V_{item}_{wave}") if suffix == "por" else headings("{item}_{wave}")
    names = [name.replace("_", "")[:8].upper() for name in names] if suffix == "por" else names
    frame = pd.DataFrame(np.where(CODES == 0, np.nan, CODES), columns=names)
    frame.insert(0, "code", [i.encode("ascii", "ignore").decode() or "x" for i in IDS])
    frame.loc[0, names[0]] = 77
    texts = ["", *[f"{text(small, i, 'ru')} {w}" for w in ("ТОГДА", "СЕЙЧАС") for i in ITEMS]]
    path = tmp_path / f"made.{suffix}"
    if suffix == "por":
        pyreadstat.write_por(frame, path)
    else:
        words = {c: w for c, w in labels(small, "ru").items() if c}
        pyreadstat.write_sav(
            frame,
            path,
            column_labels=texts,
            variable_value_labels=dict.fromkeys(names, words),
            row_compress=suffix == "zsav",
            missing_ranges={n: [{"lo": 77, "hi": 99}] for n in names},
        )
    expected = CODES.copy()
    expected[0, 0] = -1 if suffix == "por" else 0
    keys = [f"{item}_{wave}" for wave in ("then", "now") for item in ITEMS]
    columns = {"columns": dict(zip(keys, names, strict=True))} if suffix == "por" else {}
    _, codes = read(path.name, path.read_bytes(), id="code", **columns)
    assert (codes == expected).all()


def test_spss_groups_and_waves_are_called_by_the_labels_of_the_file(small, tmp_path):
    pd, pyreadstat = pytest.importorskip("pandas"), pytest.importorskip("pyreadstat")
    frame = pd.DataFrame({item: [1.0, 2.0, 3.0, 4.0] for item in ITEMS})
    frame["sex"], frame["visit"], frame["code"] = [1.0, 2.0, 1.0, 2.0], [1.0, 1.0, 2.0, 2.0], ["a", "b", "a", "b"]
    words = {"sex": {1.0: "мальчик", 2.0: "девочка"}, "visit": {1.0: "до программы", 2.0: "после программы"}}
    pyreadstat.write_sav(frame, tmp_path / "long.sav", variable_value_labels=words)
    names = ColumnNames(id="code", groups={"sex": "sex"}, wave_column="visit")
    responses = read_responses(tmp_path / "long.sav", small, names)
    assert responses.groups["sex"].labels == ("девочка", "мальчик")
    assert responses.codes["now"][:, 0].tolist() == [3, 4]


def test_spss_that_numbers_the_labels_otherwise_is_refused(read, small, tmp_path):
    pd, pyreadstat = pytest.importorskip("pandas"), pytest.importorskip("pyreadstat")
    from mande.errors import DataProblems

    frame = pd.DataFrame(np.where(CODES == 0, np.nan, CODES), columns=headings("{item}_{wave}"))
    path = tmp_path / "made.sav"
    turned = {1: "Always", 2: "Often", 3: "Sometimes", 4: "Rarely", 5: "Never"}
    pyreadstat.write_sav(frame, path, variable_value_labels=dict.fromkeys(frame.columns, turned))
    with pytest.raises(DataProblems, match=r'R-059 .*1 means "Always"; in the instrument that is 5'):
        read(path.name, path.read_bytes())


CHOSEN = [{1}, {1, 3}, set(), {2, 3}]
SPLIT = ["where/1", "where/2", "where/3"]
WHERE = {1: "Дома", 2: "В школе", 3: "В дороге, или на улице"}
CHOICES = [f"Where do you talk? (choice={w})" for w in ("At home", "At school", "On the road, or outside")]


def joined(own):
    return " ".join(map(str, sorted(own)))


def ticks(own, yes="1", no="0", never=None):
    return [yes if c in own else no if own or never is None else never for c in (1, 2, 3)]


SHAPES = {  # which of three options the four people chose, in each shape of select-multiple
    "joined": (["where"], lambda own: [joined(own)]),
    "labels": (["Где вы разговариваете?"], lambda own: [", ".join(WHERE[c] for c in sorted(own))]),
    "kobo": (["where", *SPLIT], lambda own: [joined(own), *ticks(own, never="")]),
    "odk": (["where", *SPLIT], lambda own: [joined(own), *ticks(own)]),
    "redcap": (["where___1", "where___2", "where___3"], ticks),
    "redcap labels": (CHOICES, lambda own: ticks(own, "Checked", "Unchecked")),
    "legacy": ([f"g/{name}" for name in SPLIT], lambda own: ticks(own, "True", "False", "n/a")),
}


@pytest.mark.parametrize("kind", SHAPES)
def test_select_multiple_in_each_shape(read, kind):
    header, cells = SHAPES[kind]
    rows = [[*row, *cells(own)] for row, own in zip(coded_rows(), CHOSEN, strict=True)]
    responses, codes = read("multiple.csv", as_csv([["code", *headings("{item}_{wave}"), *header], *rows]), id="code")
    assert (codes == CODES).all()
    assert responses.choices["where"].counts() == {1: 2, 2: 1, 3: 2}
    assert responses.choices["where"].answered.tolist() == [True, True, False, True]
    assert not [p for p in responses.problems if p.code == "R-063"]


@pytest.mark.parametrize(
    "pattern",
    [
        *("{item}_{wave}", "{item}{wave}", "{wave}_{item}", "{wave}{item}", "{item} ({wave})", "{wave}: {item}"),
        *("GRP.{item}.{wave}", "{wave}/grp/{item}"),
    ],
)
@pytest.mark.parametrize(
    "waves", [("then", "now"), ("pre", "post"), ("BEFORE", "AFTER"), ("тогда", "сейчас"), ("oldin", "hozir")]
)
def test_names_of_columns(read, pattern, waves):
    content = as_csv([["code", *headings(pattern, waves)], *coded_rows()])
    assert (read("names.csv", content, id="code")[1] == CODES).all()


def test_the_hidden_form_id_guards_the_rows(read):
    header = ["code", *headings("{item}_{wave}"), "form_id"]
    rows = [[*row, "small/1" if i else "other/1"] for i, row in enumerate(coded_rows())]
    responses, codes = read("forms.csv", as_csv([header, *rows]), id="code")
    assert (codes == CODES[1:]).all()
    assert responses.flow.rows_set_aside == {"R-027": 1}
