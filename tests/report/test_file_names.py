"""Labels of any alphabet become names that are readable, safe and the same from run to run."""

from hypothesis import given
from hypothesis import strategies as st

from mande.report.file_names import file_name, file_names


def test_what_can_be_a_name_stays_as_it_is():
    for label in (
        "School 12",
        "Мактаб №3, Тошкент",
        "Oʻzbekiston",
        "学校",
        "مدرسه",
        "Gjirokastër (2)",
        "Côte d'Ivoire",
    ):
        assert file_name(label) == label


def test_a_mere_number_is_told_of_what_it_is_the_number():
    names = file_names(["07", "№ 12", "School 3", "学校"], "school")
    assert [*names.values()] == ["school 07", "school № 12", "School 3", "学校"]


def test_a_number_and_the_same_in_words_are_two_names():
    names = file_names(["07", "school 07"], "school")
    assert names["07"] != names["school 07"]


def test_what_cannot_is_marked_so_that_no_two_labels_share_a_name():
    names = file_names(
        ["a/b", "a\\b", "a:b", "a-b", " a-b", "../a-b", "CON", "con.txt", "index.html", "", "/", "…"], "school"
    )
    assert names["a-b"] == "a-b"
    assert names["a/b"].startswith("a-b ")
    assert len(set(names.values())) == len(names)


def test_labels_that_differ_in_case_only_do_not_overwrite_each_other_on_windows():
    names = file_names(["school a", "School A", "school b"], "school")
    assert names["school b"] == "school b"
    assert len({name.casefold() for name in names.values()}) == 3


def test_a_name_does_not_depend_on_the_other_labels():
    assert (
        file_names(["x", "a/b"], "school")["a/b"]
        == file_names(["y", "a\\b", "a/b"], "school")["a/b"]
        == file_name("a/b")
    )


@given(st.lists(st.text(max_size=300), unique=True))
def test_no_label_leaves_the_folder_or_breaks_a_file_system(labels):
    names = file_names(labels, "school")
    assert len({name.casefold() for name in names.values()}) == len(labels)
    for name in names.values():
        assert name.strip(" .") == name
        assert not name.startswith(".")
        assert not {*name} & {*'/\\:*?"<>|\0\n\r\t'}
        assert 1 <= len(f".{name}-uz_Cyrl.html.abcdefgh".encode()) <= 255
