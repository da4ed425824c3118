"""Verdicts on one submission: each exercise runs in its own process, and the course's checks judge it out here."""

from __future__ import annotations

import contextlib
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from dt_helpers.check import exercises, one_function, whole_model
from dt_helpers.check.engine.calling import quietly
from dt_helpers.check.engine.result import CheckFailed, CheckResult
from dt_helpers.grading.judging import depending, lending
from dt_helpers.grading.judging.beside import Beside
from dt_helpers.grading.judging.exceptions import lines_of
from dt_helpers.grading.judging.remote import RemoteFunction, remote_class, value
from dt_helpers.grading.judging.running import Notebook, Ran, missing_for, set_aside_for
from dt_helpers.grading.release import Task
from dt_helpers.grading.results import ERROR, FAILED, NOT_RUN, PASSED, ExerciseResult
from dt_helpers.grading.sandbox import Sandbox
from dt_helpers.grading.sandbox.inside import wire
from dt_helpers.grading.sandbox.inside.arguments import CannotBeSent
from dt_helpers.grading.sandbox.session import Disturbed, Stopped
from dt_helpers.grading.text import slicing
from dt_helpers.grading.text.cleaning import plain
from dt_helpers.grading.text.script import THE_CHECK, Script

LIBRARY_MODEL = "library model"  # a flag: the answer used the model that it should have built
LINE = 300  # characters of a student's line that are shown
TRIES = 3  # if the sandbox fails through no fault of the student
MENDED = "The imports at the top of the notebook were missing above the check; the released ones were used."


@dataclass
class Verdict:
    """The verdict on one exercise."""

    fields: dict  # of its result
    cause: BaseException | None = None  # what the student's code raised
    remarks: list[str] = field(default_factory=list)
    read: depending.Read = depending.NOTHING  # what a wrong answer has from the course's data
    called: tuple[str, ...] | None = None  # which of the right versions that were lent it called, if that is known
    said: bytes = b""  # the digest of what it answered

    @property
    def passed(self) -> bool:
        return self.fields["status"] == PASSED


def judge(
    tasks: Sequence[Task], script: Script, sandbox: Sandbox, seed: Callable[[str], int], beside: Beside | None = None
) -> tuple[list[ExerciseResult], set[str]]:
    """The verdicts on one notebook's tasks, in its order, and flags. `seed` gives the seed of a check's inputs. Never
    raises for what a student did; if the grader itself fails, the exercise counts as not run, and says why."""
    results: list[ExerciseResult] = []
    flags: set[str] = set()
    wrong: list[Task] = []
    notebook = Notebook(script, sandbox, beside)
    for task in tasks:
        began = time.monotonic()
        try:
            verdict = _undisturbed(task, notebook, seed(task.check_id), wrong)
            if type(verdict.cause).__name__ == "LibraryModel":
                flags.add(LIBRARY_MODEL)
        except Disturbed as problem:
            verdict = _not_run(str(problem))
        except (Exception, SystemExit, Stopped, CannotBeSent) as problem:
            place = traceback.extract_tb(problem.__traceback__)[-1]
            verdict = _not_run(f"{type(problem).__name__} in {place.name}: {problem}")
        points = task.points if verdict.passed else 0.0
        wrong += [] if verdict.passed else [task]
        common = (task.notebook, task.check_id, points, task.points)
        remarks = tuple(plain(remark) for remark in (*verdict.remarks, *notebook.remarks(task)))
        seconds = round(time.monotonic() - began, 3)
        results.append(ExerciseResult(*common, **_fit(verdict.fields), remarks=remarks, seconds=seconds))
    return results, flags


def _not_run(problem: str) -> Verdict:
    return Verdict({"status": NOT_RUN, "sentence": f"The grader could not judge this: {problem}"[:500]})


def _undisturbed(task: Task, notebook: Notebook, seed: int, wrong: list[Task]) -> Verdict:
    """Retries after Disturbed; raises it if that doesn't help."""
    for _ in range(TRIES - 1):
        with contextlib.suppress(Disturbed):
            return _judged(task, notebook, seed, wrong)
    return _judged(task, notebook, seed, wrong)


def _judged(task: Task, notebook: Notebook, seed: int, wrong: list[Task]) -> Verdict:
    """The verdict on the student's own work; if it builds on earlier wrong answers, with those put right."""
    verdict = _judge_one(task, notebook, seed, {})
    lacks_a_package = depending.OR_INSTALLED in verdict.fields["sentence"]
    if verdict.passed or not wrong or lacks_a_package:
        return verdict
    reached = slicing.reached(notebook.text_of(task), task.target)
    texts = {one.target: lending.right(one) for one in wrong if one.target in reached}
    lent = {name: text for name, text in texts.items() if text is not None}
    if not lent:
        return verdict
    again = _judge_one(task, notebook, seed, lent)
    if names := ", ".join(lent if again.called is None else again.called):
        again.remarks.insert(0, f"Judged with correct versions of {names}, which are scored separately.")
    return again


def _judge_one(task: Task, notebook: Notebook, seed: int, lent: dict[str, str]) -> Verdict:
    """The verdict; where the sandbox lacks what it hangs on, the exercise waits for a person."""
    verdict = _run_one(task, notebook, seed, lent)
    if verdict.passed or verdict.fields["status"] == NOT_RUN:
        return verdict
    if verdict.read.chosen_by:
        return replace(verdict, fields={"status": NOT_RUN, "sentence": depending.waits(task, verdict.read)})
    failed_on_one = depending.on_a_stand_in(verdict.fields["sentence"], verdict.cause)
    failed_on_one |= bool(verdict.read.names) and verdict.read.asks_for_a_type
    if not failed_on_one and not verdict.read.names:
        return verdict
    if not failed_on_one and _run_one(task, notebook.otherwise(), seed, lent).said == verdict.said:
        return verdict
    if verdict.read.names and verdict.read.unread:
        sentence = depending.in_place_of_arguments(task, verdict.read)
        verdict.fields |= {"status": FAILED, "mistake": None, "sentence": sentence, "hints": ()}
        return verdict
    return replace(verdict, fields={"status": NOT_RUN, "sentence": depending.waits(task, verdict.read)})


def _run_one(task: Task, notebook: Notebook, seed: int, lent: dict[str, str]) -> Verdict:
    ran = None
    try:
        with notebook.at(task, lent) as ran, lines_of(ran.cells):
            if (problem := _nothing_to_check(task, notebook, ran)) is not None:
                read = depending.read(ran.session) if "undefined" in ran.found else depending.NOTHING
                return replace(problem, called=(), read=replace(read, names=()))
            with quietly():
                verdict = _verdict(_asked(task, ran, seed))
            if not verdict.passed:
                verdict.said, verdict.read = ran.session.said.digest(), depending.read(ran.session)
            verdict.called = depending.called(ran.session, lent) if lent else ()
        if not verdict.passed and (package := missing_for(ran, notebook.script, task, verdict.cause)):
            return _waits(task, package, notebook.beside)
        if not verdict.passed and (gone := set_aside_for(ran, notebook, task, verdict.cause)):
            return _waits_for_a_cell(task, gone)
    except Stopped as reason:
        verdict = _error(f"{task.target} {reason}.")
    except wire.WireError as problem:
        verdict = _error(f"{task.target} sent back what can't be read: {problem}.")
    except (Exception, SystemExit) as error:
        if not getattr(error, "from_the_sandbox", False):
            raise
        verdict = _error(f"{task.target} stopped with {_first_line(error)}", error)
    if ran and ran.mended:
        verdict.remarks.append(MENDED)
    if ran and isinstance(name := ran.found.get("own"), str):
        verdict.remarks.append(f"Judged is {name}, which the check cell gives to check.{task.check}.")
    return verdict


def _nothing_to_check(task: Task, notebook: Notebook, ran: Ran) -> Verdict | None:
    """Why there is no function to check, as far as known; None if there is one."""
    own, place = notebook.script.own.get(task.solution_id), notebook.script.checks.get(task.check_id)
    if place and own == place.number:
        own = THE_CHECK
    if "undefined" in ran.found and (package := missing_for(ran, notebook.script, task, None)):
        return _waits(task, package, notebook.beside)
    if "undefined" in ran.found and (gone := set_aside_for(ran, notebook, task, None)):
        return _waits_for_a_cell(task, gone)
    if ran.found.get("unchecked") == "hidden":
        return _error("The name `check` has been reassigned above, so the check cell can't run.")
    if "undefined" not in ran.found and "unchecked" not in ran.found:
        return None
    if own in notebook.aside:
        return _error(f"The cell of {task.target} {notebook.aside[own]}.")
    if own in ran.errors:
        return _cell_failed(task, ran.errors[own])
    return _error(f"{task.target} is not defined when its check runs.")


def _waits(task: Task, package: str, beside: Beside) -> Verdict:
    if package in beside.named:
        sentence = (
            f"{task.target} needs {package}.py, a file of the student's own that was not handed in beside the notebook."
        )
        return Verdict({"status": NOT_RUN, "sentence": f"{sentence} {depending.BY_HAND}"})
    sentence = f"{task.target} needs the package {package}, which the grader does not have. {depending.OR_INSTALLED}"
    return Verdict({"status": NOT_RUN, "sentence": sentence})


def _waits_for_a_cell(task: Task, gone: str) -> Verdict:
    """`gone`: what wasn't bound by a cell that was set aside."""
    subject = "" if gone.startswith(f"{task.target},") else f"{task.target} "
    return Verdict({"status": NOT_RUN, "sentence": f"{subject}{gone}. {depending.OR_LONGER}"})


def _asked(task: Task, ran: Ran, seed: int) -> CheckResult | CheckFailed:
    """The check's verdict on the function or class that was found."""
    kind = ran.found.get("kind")
    if task.check == "forward":
        return whole_model.judge(remote_class(ran.session) if kind == "class" else value(ran.found, ran.data), seed)
    if kind in ("class", "callable"):
        given = RemoteFunction(ran.session, ran.found.get("written") is True)
    else:
        given = value(ran.found, ran.data)
    return one_function.judge(exercises.exercise(task.check), given, seed)


def _verdict(verdict: CheckResult | CheckFailed) -> Verdict:
    if isinstance(verdict, CheckResult):
        return Verdict({"status": PASSED, "sentence": verdict.sentence})
    fields = {
        "status": FAILED,
        "mistake": verdict.mistake,
        "sentence": verdict.sentence,
        "hints": tuple(verdict.all_hints),
        "lines": tuple(verdict.students_lines),
    }
    return Verdict(fields, verdict.__cause__)


def _cell_failed(task: Task, error: BaseException) -> Verdict:
    """The cell itself stopped: there is no function to check."""
    trace = traceback.extract_tb(error.__traceback__)
    lines = tuple(f"line {frame.lineno} in {frame.name}:  {frame.line}" for frame in trace if frame.filename[0] == "<")
    return _error(f"The cell of {task.target} stopped with {_first_line(error)}", error, lines=lines[-4:])


def _first_line(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".partition("\n")[0][:200]


def _error(sentence: str, cause: BaseException | None = None, **fields) -> Verdict:
    return Verdict({"status": ERROR, "sentence": sentence, **fields}, cause)


def _fit(fields: dict) -> dict:
    """The fields in a form that every database and page takes, as names and lines in them come from a student."""
    lines = tuple(plain(line, LINE) for line in fields.get("lines", ()))
    return fields | {"sentence": plain(fields["sentence"]), "lines": lines}
