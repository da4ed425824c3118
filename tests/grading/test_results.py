"""Results survive their way to disk and back, and a damaged file is as good as none."""

import pytest

from dt_helpers.grading.results import ExerciseResult, Store, SubmissionResult, seed

PASSED = ExerciseResult("02_dataset", "check_returns_to_go", 2.0, 2.0, "passed", sentence="right")
FAILED = ExerciseResult(
    "04_model", "check_stack_inputs", 0.0, 2.0, "failed", "interleaved", "wrong", ("look", "again"), ("line 3",), 0.2
)


def result(student="ada", **fields):
    return SubmissionResult(student, "decision_transformer", **({"state": "graded"} | fields))


def test_a_result_comes_back_as_it_was():
    whole = result(
        exercises=(PASSED, FAILED),
        matched={"04_model": {"how": {"stack_inputs": "cell id"}, "notes": ["odd \ud800"]}},
        flags=("library model",),
        limits={"seconds": 20},
        fingerprint="0f",
        seconds=1.5,
        before=(FAILED,),
    )
    assert SubmissionResult.from_json(whole.to_json()) == whole
    assert (whole.score, whole.max_score) == (2.0, 4.0)


def test_a_result_of_an_earlier_version_is_read():
    before = result(exercises=(PASSED,)).to_json().replace('"check_id"', '"grade_id"')
    before = before.replace(',\n "before": []', "")
    assert "before" not in before
    assert SubmissionResult.from_json(before) == result(exercises=(PASSED,))


@pytest.mark.parametrize("state", ["unreadable", "missing"])
def test_never_graded_is_not_zero(state):
    assert result(state=state, reason="no notebook").score is None


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"exercises": [{}]}', '{"exercises": 3}'])
def test_what_is_no_result_is_refused(text):
    with pytest.raises(ValueError):
        SubmissionResult.from_json(text)


def test_the_store_keeps_the_last_result_of_each_student(tmp_path):
    store = Store(tmp_path / "results")
    for one in (result("bob"), result("ada"), result("bob", reason="again")):
        store.put(one)
    assert [(one.student, one.reason) for one in Store(tmp_path / "results").all()] == [("ada", ""), ("bob", "again")]
    assert store.get("eve") is None


def test_a_damaged_file_is_as_if_the_student_had_not_been_graded(tmp_path):
    store = Store(tmp_path)
    store.put(result("ada"))
    (tmp_path / "ada.json").write_text("{")
    assert store.get("ada") is None
    assert list(store.all()) == []


@pytest.mark.parametrize("name", ["../ada", "a/b", "", ".."])
def test_a_name_that_leads_elsewhere_is_refused(tmp_path, name):
    with pytest.raises(ValueError, match="a file name"):
        Store(tmp_path / "results").put(result(name))


def test_the_key_stays_and_seeds_depend_on_it(tmp_path):
    key = Store(tmp_path).key()
    assert Store(tmp_path).key() == key and len(key) == 32
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0
    assert seed(key, "ada", "check") == seed(key, "ada", "check")
    assert len({seed(key, "ada", "check"), seed(key, "adac", "heck"), seed(b"other", "ada", "check")}) == 3


@pytest.mark.parametrize(
    ("state", "statuses", "lacking"),
    [
        ("partly", ("passed", "missing"), True),
        ("partly", ("passed", "not run"), False),
        ("graded", ("passed", "failed"), False),
        ("missing", ("missing", "missing"), False),
    ],
)
def test_who_lacks_notebooks(state, statuses, lacking):
    exercises = tuple(ExerciseResult("02_dataset", f"check_{one}", 0.0, 2.0, one) for one in statuses)
    assert result(state=state, exercises=exercises).lacking is lacking
