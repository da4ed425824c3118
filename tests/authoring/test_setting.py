"""Where the course is published and as what: one setting, written wherever it is repeated."""

import shutil

import nbformat
import pytest

from dt_helpers import cli
from dt_helpers.authoring import build
from dt_helpers.authoring.setting import PYTHON, Setting, pythons, rewritten
from dt_helpers.authoring.tree import Tree
from dt_helpers.machine import released
from tests.course_tree import REPOSITORY, edit, make_tree, tracked

PROJECT = '[tool.dt-course] \nrepository = "ada/course" # hers\nversion = "1.0.0"\n\n[tool.ruff]\nversion = "keep"\n'


@pytest.fixture
def tree(tmp_path):
    """A course that was released as ada/course 1.0.0."""
    tree = make_tree(tmp_path / "course")
    tree.project.write_text(PROJECT.replace("] \n", "]\n"), encoding="utf-8")
    (tree.root / "dt_helpers/machine").mkdir(parents=True)
    (tree.root / "dt_helpers/machine/released.py").write_text('REPOSITORY = "ada/course"\nVERSION = "1.0.0"\n')
    return tree


def page_after(tree, text, new, name="README.md"):
    (tree.root / name).write_text(text, encoding="utf-8")
    return rewritten(tree, new)[tree.root / name]


def test_the_setting_of_a_checkout_is_in_its_project(tree):
    assert Setting.read(tree) == Setting("ada/course", "1.0.0")


def test_a_checkout_without_one_is_the_course_that_runs(tmp_path):
    assert Setting.read(make_tree(tmp_path)) == Setting(released.REPOSITORY, released.VERSION)


def test_this_checkout_and_the_package_agree():
    assert Setting.read(Tree(REPOSITORY)) == Setting(released.REPOSITORY, released.VERSION)
    assert pythons(Tree(REPOSITORY)) == list(released.PYTHONS)


def test_the_package_knows_the_pythons_of_its_project(tree):
    rest = tree.project.read_text()
    tree.project.write_text(f'[project]\nclassifiers = ["{PYTHON}3", "{PYTHON}3.12", "{PYTHON}3.13"]\n{rest}')
    mark = tree.root / "dt_helpers/machine/released.py"
    assert rewritten(tree, Setting("ada/course", "1.0.0"))[mark].endswith('PYTHONS = ("3.12", "3.13")\n')


@pytest.mark.parametrize(
    "name", ["course", "https://github.com/ada/course", "ada/", "/course", "ada/my course", "ada/x/y"]
)
def test_a_repository_is_an_owner_and_a_name(name):
    with pytest.raises(ValueError, match="owner/name"):
        Setting(name, "1.0.0")


@pytest.mark.parametrize(
    ("version", "advice"), [("one", "such as 1.0.0"), ("v1.0.0", "write 1.0.0"), ("1.0-rc1", "write 1.0rc1")]
)
def test_a_version_is_written_as_pythons_packages_have_it(version, advice):
    with pytest.raises(ValueError, match=advice):
        Setting("ada/course", version)


def test_a_release_is_found_by_its_tag_and_what_is_between_releases_on_the_branch():
    assert Setting("ada/course", "1.2.0").requirement == "dt-helpers @ git+https://github.com/ada/course@v1.2.0"
    assert Setting("ada/course", "1.2.0rc1").ref == "v1.2.0rc1"
    assert Setting("ada/course", "1.3.0.dev0").ref == "main"


def test_setting_it_keeps_the_rest_of_the_project(tree):
    Setting("bob/b", "2.0.0").write(tree)
    text = tree.project.read_text()
    assert text == PROJECT.replace("] \n", "]\n").replace("ada/course", "bob/b").replace("1.0.0", "2.0.0")


def test_a_project_without_the_table_is_said_to_lack_it(tree):
    tree.project.write_text("[project]\n")
    with pytest.raises(ValueError, match=r"no \[tool.dt-course\] with lines for repository and version"):
        Setting("bob/b", "2.0.0").write(tree)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("https://github.com/ada/course.", "https://github.com/bob/b."),
        ("git clone https://github.com/ada/course.git here", "git clone https://github.com/bob/b.git here"),
        ("git+https://github.com/ada/course@v1.0.0", "git+https://github.com/bob/b@v2.0.0"),
        ("(https://github.com/ada/course/blob/v1.0.0/a.md)", "(https://github.com/bob/b/blob/v2.0.0/a.md)"),
        ("mybinder.org/v2/gh/ada/course/v1.0.0?labpath=a", "mybinder.org/v2/gh/bob/b/v2.0.0?labpath=a"),
        ("github.com/ada/course/tree/main", "github.com/bob/b/tree/main"),
        ("github.com/ada/course/blob/v1.0.0.post1/a", "github.com/bob/b/blob/v1.0.0.post1/a"),
        ("[site](https://ada.github.io/course/a/)", "[site](https://bob.github.io/b/a/)"),
        (
            "github.com/ada/course-two, github.com/granada/course",
            "github.com/ada/course-two, github.com/granada/course",
        ),
        ("numpy 1.0.0 is v1.0.0", "numpy 1.0.0 is v1.0.0"),
    ],
)
def test_addresses_on_pages(tree, before, after):
    assert page_after(tree, before, Setting("bob/b", "2.0.0")) == after


def test_the_citation_has_the_version(tree):
    text = "cff-version: 1.2.0\nversion: 1.0.0\nrepository-code: https://github.com/ada/course\n"
    wanted = "cff-version: 1.2.0\nversion: 2.0.0\nrepository-code: https://github.com/bob/b\n"
    assert page_after(tree, text, Setting("bob/b", "2.0.0"), "CITATION.cff") == wanted


def test_what_was_unreleased_is_the_versions(tree):
    text = "# Changes\n\n## Unreleased\n\n- more\n\n## 1.0.0\n"
    assert page_after(tree, text, Setting("ada/course", "1.0.0"), "CHANGELOG.md") == text
    assert page_after(tree, text, Setting("ada/course", "1.1.0.dev0"), "CHANGELOG.md") == text
    wanted = text.replace("Unreleased\n", "Unreleased\n\n## 1.1.0\n")
    assert page_after(tree, text, Setting("ada/course", "1.1.0"), "CHANGELOG.md") == wanted


def test_a_page_that_fell_behind_is_no_longer_up_to_date(tree):
    (tree.root / "README.md").write_text("https://github.com/ada/course")
    build.write(build.plan(tree))
    assert build.plan(tree).up_to_date
    edit(tree.project, "ada/course", "bob/b")
    assert tree.root / "README.md" in build.plan(tree).drifted


def test_the_placeholders_of_scripts_are_filled_in_and_a_new_version_changes_no_id_and_no_output(tree):
    script = tree.solutions / "01_returns.py"
    edit(
        script,
        "# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/)",
        "# {{badges}} [page]({{address}}/a.md)",
    )
    edit(script, "# %%\nfrom dt_helpers.workspace", '# %% tags=["setup"]\nfrom dt_helpers.workspace')
    build.write(build.plan(tree))
    solution = nbformat.read(tree.solution("01_returns"), as_version=4)
    setup = next(cell for cell in solution.cells if cell.cell_type == "code")
    assert "ada/course@v1.0.0" in setup.source
    assert setup.source.endswith('print(f"results go to {workspace()}")')
    setup.execution_count = 1
    nbformat.write(solution, tree.solution("01_returns"))

    Setting("bob/b", "2.0.0").write(tree)
    build.write(build.plan(tree))
    new = nbformat.read(tree.solution("01_returns"), as_version=4)
    assert [cell.id for cell in new.cells] == [cell.id for cell in solution.cells]
    first, again = new.cells[0].source, next(cell for cell in new.cells if cell.cell_type == "code")
    assert "colab.research.google.com/github/bob/b/blob/v2.0.0/notebooks/decision_transformer/01_returns.ipynb" in first
    assert "[page](https://github.com/bob/b/blob/v2.0.0/a.md)" in first
    assert "bob/b@v2.0.0" in again.source
    assert again.execution_count == 1


def test_a_fork_sets_it_once_and_the_address_stands_nowhere_else(tmp_path, monkeypatch, capsys):
    for name in tracked():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    assert cli.main(["release", "--repository", "somebody/their-course", "--version", "97.1.0"]) == 0
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    old = released.REPOSITORY.encode()
    assert [str(path) for path in files if old in path.read_bytes()] == []
    for file in ("README.md", "notebooks/decision_transformer/02_dataset.ipynb"):
        assert "somebody/their-course/blob/v97.1.0/" in (tmp_path / file).read_text(encoding="utf-8")
    capsys.readouterr()
    assert cli.main(["release", "--check"]) == 0, capsys.readouterr().out
    assert cli.main(["release", "--check", "--version", "98.0.0"]) == 2
