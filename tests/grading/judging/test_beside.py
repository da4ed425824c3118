"""A student's own modules, handed in beside the notebooks or not."""

import pytest

from dt_helpers.grading.judging import beside, grade
from tests.grading.course import hand_in, make_course, needs

ANSWER = """from {name} import last
def context_window(sequence, length):
    return last(sequence, length)"""
LAST = "def last(sequence, length):\n    return sequence[-length:]"


def graded(tmp_path, name="mine", files=(), **texts):
    """The result of context_window, whose answer imports a module of that name."""
    needs()
    places = make_course(tmp_path / "course")
    folder = hand_in(
        places, "ada", ("06_replay", *texts.pop("more", ())), context_window=ANSWER.format(name=name), **texts
    )
    for file, text in files:
        (folder / file).write_text(text, encoding="utf-8")
    grade.grade(places, jobs=0, only=["06_replay"])
    (result,) = (
        one for one in grade.Store(places.results).get("ada").exercises if one.check_id == "check_context_window"
    )
    return result


@pytest.mark.parametrize(
    "files",
    [
        [("mine.py", LAST)],
        [("mine.py", "from other import last"), ("other.py", LAST)],
        [("mine.py", "# größer 折扣\n" + LAST), ("not-a-name.py", "1 / 0"), ("data.csv", "1")],
    ],
)
def test_a_module_beside_the_notebook_is_there(tmp_path, files):
    result = graded(tmp_path, files=files)
    assert result.status == "passed", result.sentence


def test_a_module_that_only_another_notebook_writes_is_no_package(tmp_path):
    texts = {"more": ("02_dataset",), "returns_to_go": f"%%writefile mine.py\n{LAST}"}
    result = graded(tmp_path, **texts)
    assert result.status == "not run" and "package" not in result.sentence
    assert "mine.py, a file of the student's own" in result.sentence


def test_a_wrong_one_is_wrong_and_one_that_nobody_names_may_be_a_package(tmp_path):
    assert graded(tmp_path / "a", files=[("mine.py", LAST.replace("-", ""))]).status == "failed"
    assert "the package mine_of_mine" in graded(tmp_path / "b", name="mine_of_mine").sentence


def test_only_so_much_is_taken_and_only_plain_files(tmp_path):
    (tmp_path / "big.py").write_text("#" * (beside.MOST_BYTES + 1))
    (tmp_path / "a.py").write_text("A = 1")
    (tmp_path / "linked.py").symlink_to("/etc/passwd")
    (tmp_path / "folder.py").mkdir()
    assert [path.name for path in beside.paths(tmp_path)] == ["a.py"]
    assert beside.read(tmp_path, ["%%writefile utils.py", "open('x/deep.py')"]).named == {"utils", "deep"}
