"""All submissions of the real course, from folders to results: real workers, the real sandbox."""

import io
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest
from dask.distributed import LocalCluster
from rich.console import Console

from dt_helpers.authoring import CourseError
from dt_helpers.grading import sandbox
from dt_helpers.grading.judging import grade as module
from dt_helpers.grading.judging import scheduling, worker
from dt_helpers.grading.judging.grade import grade
from dt_helpers.grading.results import Store
from dt_helpers.grading.sandbox import view
from tests.grading.course import (
    POINTS,
    REPOSITORY,
    failed,
    grades,
    hand_in,
    in_this_process,
    make_course,
    needs,
    solution,
)

BLOCKS = (
    "def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):\n"
    "    return torch.cat((returns_embeddings, state_embeddings, action_embeddings), dim=1)\n"
)


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """A course that four students handed in and that was graded once."""
    places = make_course(tmp_path_factory.mktemp("grade") / "course")
    hand_in(places, "ada")
    hand_in(places, "bob", stack_inputs=BLOCKS, context_window="def context_window(sequence, length):\n    return (\n")
    hand_in(places, "cyd", only=("02_dataset", "06_replay"))
    (places.submitted("cyd") / "06_replay.ipynb").write_text("{")
    hand_in(
        places,
        "dan",
        pad_left="def pad_left(sequence, length, value):\n    raise NotImplementedError()\n",
        walk_rewards="def walk_rewards(walk, goal, lengths):\n    paid = -lengths[walk[:-1], walk[1:]]\n",
    )
    return places


@pytest.fixture(scope="module")
def results(places):
    return grades(places, students=["ada", "bob", "cyd", "dan", "eve"], jobs=2)


def test_a_right_submission_gets_all_points(results):
    assert results["ada"].score == POINTS and results["ada"].state == "graded"
    assert all(exercise.status == "passed" for exercise in results["ada"].exercises)
    assert "bubblewrap" in results["ada"].limits.values()


def test_mistakes_are_named_and_each_exercise_stands_alone(results):
    assert failed(results["bob"]) == {
        "check_stack_inputs": ("failed", "blocks"),
        "check_context_window": ("error", None),
    }
    by_id = {exercise.check_id: exercise for exercise in results["bob"].exercises}
    assert "SyntaxError" in by_id["check_context_window"].sentence
    assert by_id["check_stack_inputs"].hints
    assert "correct versions of stack_inputs" in by_id["check_forward"].remarks[0]
    assert failed(results["dan"]) == {
        "check_pad_left": ("failed", "unfilled"),
        "check_walk_rewards": ("failed", "unfilled"),
    }
    by_id = {exercise.check_id: exercise for exercise in results["dan"].exercises}
    assert by_id["check_pad_left"].sentence == "pad_left is not filled in yet."
    assert "walk_rewards is written, but it returns None" in by_id["check_walk_rewards"].sentence


def test_what_was_not_graded_is_not_zero_and_has_a_reason(results):
    assert results["cyd"].state == "partly"
    assert "03_collator.ipynb was not handed in" in results["cyd"].reason and "JSON" in results["cyd"].reason
    assert failed(results["cyd"])["check_context_window"] == ("not run", None)
    assert failed(results["cyd"])["check_pad_left"] == ("missing", None)
    assert results["eve"].state == "missing" and results["eve"].score is None


def test_the_texts_that_were_graded_are_kept(results):
    matched = results["bob"].matched["04_model"]
    assert matched["solutions"]["stack_inputs"] == BLOCKS and matched["how"]["stack_inputs"] == "cell id"


@pytest.fixture(scope="module")
def warm():
    """For the sandbox of this process."""
    yield
    worker.close()


@pytest.fixture
def here(monkeypatch, warm):
    monkeypatch.setattr(module, "run", in_this_process)


def counting(places, **options):
    """A run of one worker, and whose results were made in it."""
    made = []
    summary = grade(places, jobs=1, on_result=lambda result: made.append(result.student), **options)
    return summary, made


def test_nothing_is_graded_twice(places, results):
    summary, made = counting(places)
    assert made == [] and summary.kept == 4
    assert summary.scores and summary.done == 4


def test_what_changed_is_graded_again_and_the_rest_is_kept(places, results, here):
    hand_in(places, "dan")
    summary, made = counting(places)
    assert made == ["dan"] and summary.kept == 3
    assert Store(places.results).get("dan").score == POINTS


def test_regrade_and_no_resume(places, results, here):
    assert counting(places, regrade=["ada"])[1] == ["ada"]
    assert counting(places, students=["ada"], resume=False)[1] == ["ada"]
    again = Store(places.results).get("ada")
    assert replace(again, seconds=0, exercises=()) == replace(results["ada"], seconds=0, exercises=())


def test_one_exercise_of_one_student_is_graded_again_and_both_verdicts_are_kept(places, results, here):
    """As for a request of a student's, after the check was mended."""
    store, asked = Store(places.results), "check_predict"
    right = store.get("ada")
    unjust = [replace(e, status="failed", points=0.0, mistake="x") for e in right.exercises]
    store.put(replace(right, exercises=tuple(unjust)))
    summary, made = counting(places, students=["ada"], regrade=["ada"], only=["predict"])
    after = store.get("ada")
    assert made == ["ada"] and [e.check_id for e in after.exercises if e.status == "passed"] == [asked]
    assert [(e.check_id, e.status, e.mistake) for e in after.before] == [(asked, "failed", "x")]
    assert [(name, was.status, now.status) for name, was, now in summary.changed] == [("ada", "failed", "passed")]
    counting(places, students=["ada"], regrade=["ada"])
    assert store.get("ada").score == POINTS and len(store.get("ada").before) == len(unjust)
    assert counting(places, students=["ada"], regrade=["ada"])[0].changed == []


def test_only_some_notebooks(places, results, here):
    hand_in(places, "fay")
    first = grades(places, students=["fay"], only=["02_dataset"])["fay"]
    assert first.state == "partly" and first.score == 2.0
    assert {e.status for e in first.exercises if e.notebook != "02_dataset"} == {"not run"}
    assert counting(places, students=["fay"], only=["02_dataset"])[1] == []
    whole = grades(places, students=["fay"])["fay"]
    assert whole.score == POINTS
    kept = [e for e in whole.exercises if e.notebook == "02_dataset"]
    assert kept == [e for e in first.exercises if e.notebook == "02_dataset"]


def test_a_notebook_that_does_not_exist_is_refused(places):
    with pytest.raises(ValueError, match=r"no notebook or exercise 09_end\. Choose from 01_setup, 02_dataset"):
        grade(places, only=["09_end"])


def test_a_failing_gradebook_stops_the_run_and_nothing_is_lost(places, results, here):
    def full(result):
        raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space"):
        grade(places, students=["ada", "bob"], regrade=["all"], jobs=1, on_result=full)
    assert Store(places.results).get("ada").score == POINTS


def test_a_cluster_by_its_address(places, results):
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, memory_limit=0) as cluster,
    ):
        made = []
        grade(
            places,
            students=["ada", "bob"],
            regrade=["all"],
            scheduler=cluster.scheduler_address,
            on_result=lambda result: made.append((result.student, result.score)),
        )
        assert sorted(made) == [("ada", POINTS), ("bob", POINTS - 4)]


def test_no_cluster_at_the_address(places, monkeypatch):
    monkeypatch.setattr(scheduling, "PATIENCE", 1)
    with pytest.raises(scheduling.ClusterUnavailable, match=r"tcp://127\.0\.0\.1:9"):
        grade(places, scheduler="tcp://127.0.0.1:9", regrade=["all"])


def test_limits_instead_of_a_sandbox_are_said_aloud_and_recorded(places, results, here):
    text = io.StringIO()
    console = Console(file=text, width=200)
    found = grades(places, students=["ada"], sandbox_kind="limits", console=console)["ada"]
    assert found.score == POINTS and found.limits["sandbox"] == "limits"
    assert "No sandbox" in text.getvalue()
    assert f"graded 1 of 1: 1 graded, mean {POINTS:.1f} of {POINTS:g}" in text.getvalue()


def test_without_bubblewrap_nothing_is_run(places, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(sandbox.SandboxUnavailable, match="apt install bubblewrap"):
        grade(places, regrade=["all"])


def test_a_course_that_the_sandbox_would_show_is_refused(tmp_path, monkeypatch):
    needs()
    seen = view.shown() | {"/course": os.path.realpath(tmp_path)}
    monkeypatch.setattr(view, "shown", lambda: seen)
    with pytest.raises(CourseError, match="move the course elsewhere"):
        grade(make_course(tmp_path / "course"))


def test_a_grader_that_fails_on_a_submission_says_so(places, results, monkeypatch, warm):
    killed = scheduling.Failed("4 workers died of this submission")
    monkeypatch.setattr(module, "run", lambda jobs_of, work, **options: ((tag, killed) for tag, _ in jobs_of))
    found = grades(places, students=["ada"], regrade=["ada"])["ada"]
    assert found.state == "partly" and found.score == 0
    assert {e.status for e in found.exercises} == {"not run"}
    assert "4 workers died" in found.reason
    monkeypatch.setattr(module, "run", in_this_process)
    assert grades(places, students=["ada"])["ada"].score == POINTS


def six_submissions(tmp_path):
    """A course in which six students handed one notebook in, and their names."""
    needs()
    places = make_course(tmp_path / "course")
    names = [f"student-{number}" for number in range(6)]
    for name in names:
        hand_in(places, name, only=("02_dataset",))
    return places, names


def test_a_run_that_is_killed_goes_on_where_it_stopped(tmp_path):
    places, names = six_submissions(tmp_path)
    program = (
        "from dt_helpers.grading.judging.grade import grade\nfrom dt_helpers.grading.places import Places\n"
        f"if __name__ == '__main__':\n    grade(Places.find({str(places.root)!r}), jobs=1)\n"
    )
    script = tmp_path / "run.py"
    script.write_text(program)
    run = subprocess.Popen([sys.executable, script], cwd=REPOSITORY)
    while not list(places.results.glob("*.json")):
        time.sleep(0.01)
        assert run.poll() is None
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    before = {result.student: result for result in Store(places.results).all()}
    summary, made = counting(places)
    assert summary.kept == len(before) and sorted([*made, *before]) == names
    after = {result.student: result for result in Store(places.results).all()}
    assert {name: after[name] for name in before} == before
    assert {result.score for result in after.values()} == {2.0}


def test_who_waits_for_an_instructor_is_in_the_summary_with_the_reason(places, results):
    """Kept results too; not those of whom nothing is wanted now."""
    waiting = dict(grade(places, jobs=1).waiting)
    assert list(waiting) == ["cyd"] and waiting["cyd"].startswith("06_replay: ") and "JSON" in waiting["cyd"]
    assert grade(places, jobs=1, only=["02_dataset"]).waiting == []


STOPPED = "dt-course: Stopped. What was graded is kept: the same command goes on from there."


def test_ctrl_c_ends_a_run_in_one_sentence_and_the_same_command_goes_on(tmp_path):
    """The terminal sends the signal to the whole group: workers, sandboxes, everything."""
    places, names = six_submissions(tmp_path)
    command = [sys.executable, "-m", "dt_helpers", "grade", "--jobs", "2"]
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    with open(tmp_path / "said", "w+", encoding="utf-8") as said:
        run = subprocess.Popen(
            command, cwd=places.root, env=environment, stdout=said, stderr=said, start_new_session=True
        )
        while not list(places.results.glob("*.json")):
            time.sleep(0.01)
            assert run.poll() is None
        os.killpg(run.pid, signal.SIGINT)
        assert run.wait(60) == 130
        said.seek(0)
        lines = [line for line in said.read().splitlines() if not line.startswith("graded ")]
    assert lines == [STOPPED]
    summary, _ = counting(places)
    assert summary.kept >= 1 and summary.done == len(names)


def test_the_solution_s_text_is_what_students_would_write():
    assert "repeat_interleave" in solution("stack_attention_mask")
