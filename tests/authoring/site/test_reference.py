"""The pages of the reference."""

from dt_helpers.authoring.site import reference
from tests.course_tree import REPOSITORY


def test_each_room_is_a_page_that_names_its_modules(tmp_path):
    for name in ("__init__", "__main__", "plots", "data/__init__", "data/hub", "data/_old", "data/deep/__init__"):
        (tmp_path / f"package/{name}.py").parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / f"package/{name}.py").touch()
    (tmp_path / "package/assets").mkdir()
    found = reference.pages(tmp_path / "package")
    assert found.keys() == {"reference/data.md", "reference/plots.md"}
    assert found["reference/data.md"].split("\n\n")[1:4] == [
        "::: package.data",
        "::: package.data.deep",
        "::: package.data.hub",
    ]


def test_the_packages_rooms_are_there():
    assert {"reference/collator.md", "reference/data.md", "reference/check.md"} <= reference.pages(
        REPOSITORY / "dt_helpers"
    ).keys()


def test_a_docstring_is_markdown_with_its_arguments_as_a_list():
    text = "Adds a & b.\n\na, b : (T,) of <name>,\n    or `<x>` : both\n**more : all else\nReturns (T,)."
    assert reference.shown(text).split("\n") == [
        "Adds a &amp; b.",
        "",
        "- **a, b**: (T,) of &lt;name>,",
        "      or `<x>` : both",
        "- **\\*\\*more**: all else",
        "",
        "Returns (T,).",
    ]
