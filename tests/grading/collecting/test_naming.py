"""What names say."""

import pytest

from dt_helpers.grading.collecting import naming

STEMS = ["01_returns", "02_window"]


@pytest.mark.parametrize(
    ("file", "stem"),
    [
        ("02_window.ipynb", "02_window"),
        ("Copy of 02_window (1).ipynb", "02_window"),
        ("my_02_window_final.ipynb", "02_window"),
        ("「02_window.ipynb」のコピー.ipynb", "02_window"),
        ("102_window.ipynb", None),
        ("02_windows.ipynb", None),
        ("01_returns 02_window.ipynb", None),
        ("Untitled.ipynb", None),
    ],
)
def test_which_notebook_a_file_names(file, stem):
    assert naming.notebook(file, STEMS) == stem


@pytest.mark.parametrize(
    ("file", "label"),
    [
        ("ada_02_window.ipynb", "ada"),
        ("02_window_ada_lovelace.ipynb", "ada_lovelace"),
        ("Kopie van ada_02_window (3).ipynb", "ada"),
        ("Copia di Copy of ada - 02_window - Copy.ipynb", "ada"),
        ("van der Berg, Jean-Luc, 02_window.ipynb.txt", "van der Berg, Jean-Luc"),
        ("my_02_window_final v2.ipynb", ""),
        ("02_window.ipynb", ""),
        ("ada_essay.ipynb", ""),
    ],
)
def test_whose_a_file_may_be(file, label):
    assert naming.label(file, STEMS) == label


@pytest.mark.parametrize(
    ("file", "is_one"),
    [
        ("a.ipynb", True),
        ("a.IPYNB", True),
        ("a.ipynb.txt", True),
        ("a.ipynb.json", True),
        ("a.ipynb (2)", True),
        ("a.ipynb.ipynb", True),
        ("a.ipynb.html", False),
        ("a.py", False),
        ("ipynb", False),
    ],
)
def test_what_browsers_make_of_a_notebook_is_one(file, is_one):
    assert naming.is_notebook(file) is is_one


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Lovelace, Ada", "ada LOVELACE", True),
        ("Jo\u0308rg O’Brien", "Jörg OBrien", True),
        ("Smith, Jr., Mary-Ann", "mary_ann smith", True),
        ("Ada Lovelace", "Ada Lovelace-Byron", False),
        ("李小龙", "李小", False),
    ],
)
def test_which_names_are_the_same(one, other, same):
    assert (naming.fold(one) == naming.fold(other)) is same


def test_a_name_cannot_leave_its_folder():
    for name in ["../../x", "/etc/passwd", "..", ".", "", "a/../b", "~root", "a\0b", "x" * 500, ".hidden", "con\nsole"]:
        for folder in (naming.folder_name(name), naming.numbered(name, "Moodle", "../1").id):
            assert "/" not in folder and not folder.startswith(".") and len(folder) <= 80, folder
            assert "\n" not in folder and "\0" not in folder
