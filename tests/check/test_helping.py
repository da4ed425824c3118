import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from dt_helpers import check
from dt_helpers.check import exercises, helping, tries


@pytest.fixture(autouse=True)
def notebook(monkeypatch, tmp_path):
    """A notebook with a workspace of its own."""
    monkeypatch.setenv("DT_WORKSPACE", str(tmp_path))
    monkeypatch.setattr(tries, "in_notebook", lambda: True)
    monkeypatch.setattr(tries, "_here", {})
    return tmp_path


def returns_to_go(rewards, gamma=1.0):
    return np.cumsum(rewards)


def right(rewards, gamma=1.0):
    result = [0.0]
    for reward in rewards[::-1]:
        result.append(reward + gamma * result[-1])
    return np.array(result[:0:-1])


right.__name__ = "returns_to_go"


def fail(times=1):
    for _ in range(times):
        with pytest.raises(check.CheckFailed) as failure:
            check.returns_to_go(returns_to_go)
    return failure.value


def test_tries_survive_a_restart_of_the_kernel(monkeypatch, notebook):
    assert (fail().tries, fail().tries) == (1, 2)
    monkeypatch.setattr(tries, "_here", {})  # what a new process knows
    assert fail().tries == 3
    check.returns_to_go(right)
    assert tries.of("returns_to_go") == tries.Tries(solved=True)
    assert fail().tries == 1 and tries.of("returns_to_go").solved


def test_notebooks_that_note_at_once_lose_nothing():
    names = [known.check for known in helping.course()]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: tries.note(name, tries.Tries(solved=True)), names))
    assert {name for name, each in tries.everything().items() if each.solved} == set(names)


@pytest.mark.parametrize("content", ["", "[]", '{"returns_to_go": {"new": 1}}', '{"returns_to_go": 3}'])
def test_a_file_that_is_not_ours_is_no_obstacle(notebook, content):
    (notebook / tries.FILE).write_text(content)
    assert fail().tries == 1 and fail().tries == 2
    assert json.loads((notebook / tries.FILE).read_text())["returns_to_go"]["failed"] == 2


def test_without_a_workspace_tries_last_as_long_as_the_process(monkeypatch, notebook):
    file = notebook / "file"
    file.touch()
    monkeypatch.setenv("DT_WORKSPACE", str(file))
    assert (fail().tries, fail().tries) == (1, 2)
    check.reset()
    assert fail().tries == 1


def test_outside_a_notebook_nothing_is_written(monkeypatch, notebook):
    monkeypatch.setattr(tries, "in_notebook", lambda: False)
    fail()
    assert list(notebook.iterdir()) == []


def test_hints_come_one_by_one_those_for_the_mistake_first():
    verdict = fail()
    first, second = check.hint(returns_to_go), check.hint(returns_to_go)
    assert first.hints == verdict.all_hints[:1] and len(second.hints) == 2 and first.mark == "→"
    for _ in range(10):
        last = check.hint(returns_to_go)
    assert set(last.hints) >= set(verdict.all_hints) and "That was the last one" in last.sentence
    assert "check.solution(returns_to_go) shows the solution after 2 more failed checks" in last.sentence
    assert fail().tries == 2, "to ask is no try"
    assert check.hint(right).mark == "✓"
    check.hint("returns_to_go")
    assert "last one. check.solution(returns_to_go) shows the solution.\n" in str(check.hint("returns_to_go"))
    assert check.hint("forward").hints and check.hint("DecisionTransformerModel").name == "forward"


def test_the_solution_comes_after_honest_tries(monkeypatch):
    assert "after 3 more failed checks" in check.solution(returns_to_go).sentence
    fail(2)
    assert "after 1 more failed check of an answer." in check.solution(returns_to_go).sentence
    fail()
    shown = check.solution(returns_to_go)
    assert shown.code.startswith("def returns_to_go(rewards, gamma=1.0):") and "SOLUTION" not in shown.code
    assert "result" in str(shown) and "<pre" in shown._repr_html_()
    check.returns_to_go(right)
    assert check.solution("returns_to_go").code, "and to compare, once it is solved"


def test_a_release_for_graded_work_shows_none(monkeypatch, tmp_path):
    course = [{**facts, "solution": None} for facts in json.loads(helping.COURSE.read_text())]
    (tmp_path / "exercises.json").write_text(json.dumps(course))
    monkeypatch.setattr(helping, "COURSE", tmp_path / "exercises.json")
    helping.course.cache_clear()
    try:
        fail(5)
        assert check.solution(returns_to_go).sentence.endswith("ask your instructor.")
        for _ in range(10):
            last = check.hint(returns_to_go)
        assert "Ask your instructor" in last.sentence
    finally:
        helping.course.cache_clear()


def test_progress_counts_what_is_solved_in_all_notebooks():
    fail(2)
    check.next_target_return(lambda target_return, reward, scale: target_return - reward / scale)
    told = check.progress()
    course = helping.course()
    points = sum(known.points for known in course)
    assert told.sentence.startswith(f"1 of {len(course)} exercises solved, 2 of {points:g} points")
    lines = [line.split() for line in str(told).splitlines()]
    assert ["…", "02_dataset", "Returns-to-go", "2", "tries"] in lines and len(lines) == len(course) + 1
    assert "✓ 06_replay" in str(told) and "<table" in told._repr_html_()


def test_what_is_not_an_exercise_is_told_so():
    with pytest.raises(
        ValueError, match=r"'print' is not an exercise of this course\. The exercises are: .*returns_to_go,"
    ):
        check.hint(print)


def test_every_exercise_is_known_once_with_a_solution_that_defines_it():
    assert [known.check for known in helping.course()] == list(dict.fromkeys(k.check for k in helping.course()))
    assert {known.check for known in helping.course()} == set(exercises.NAMES)
    for known in helping.course():
        assert f"{known.target}(" in known.solution
