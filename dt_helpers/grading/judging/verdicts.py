"""Verdicts on one submission: each exercise in a process of its own, judged by the course's checks out here."""

from __future__ import annotations

import contextlib
import time
import traceback
from collections.abc import Callable, Mapping, Sequence

from dt_helpers.check import catalogue, one_function, whole_model
from dt_helpers.check.engine.calling import quietly
from dt_helpers.check.engine.result import CheckFailed, CheckResult
from dt_helpers.grading.judging.exceptions import lines_of, rebuilt
from dt_helpers.grading.judging.remote import RemoteFunction, remote_class, value
from dt_helpers.grading.questions import Question, cells_to_run
from dt_helpers.grading.results import ERROR, FAILED, NOT_RUN, PASSED, ExerciseResult
from dt_helpers.grading.sandbox import Sandbox
from dt_helpers.grading.sandbox.inside import wire
from dt_helpers.grading.sandbox.inside.values import CannotBeSent
from dt_helpers.grading.sandbox.session import Disturbed, Session, Stopped
from dt_helpers.grading.text.cleaning import plain

LIBRARY_MODEL = "library model"  # a flag: the answer called what it should have built
LINE = 300  # characters of a student's line that are shown
TRIES = 3  # where the sandbox fails, for no reason of the student's


def judge(
    questions: Sequence[Question], solutions: Mapping[str, str], sandbox: Sandbox, seed: Callable[[str], int]
) -> tuple[list[ExerciseResult], set[str]]:
    """The verdicts on one notebook's questions, and flags. `solutions` are the texts of the solution cells by their
    grade ids; `seed` gives the numbers that the inputs of a check are drawn from. Never raises for what a student did;
    where the grader itself fails, the exercise counts as not run, and says why."""
    results, flags = [], set()
    for question in questions:
        began = time.monotonic()
        try:
            fields, error = _undisturbed(question, solutions, sandbox, seed(question.grade_id))
            if type(error).__name__ == "LibraryModel":
                flags.add(LIBRARY_MODEL)
        except Disturbed as problem:
            fields = {"status": NOT_RUN, "sentence": f"The grader could not judge this: {problem}."[:500]}
        except (Exception, SystemExit, Stopped, CannotBeSent) as problem:
            place = traceback.extract_tb(problem.__traceback__)[-1]
            where = f"{type(problem).__name__} in {place.name}: {problem}"
            fields = {"status": NOT_RUN, "sentence": f"The grader could not judge this: {where}"[:500]}
        points = question.points if fields["status"] == PASSED else 0.0
        common = (question.notebook, question.grade_id, points, question.points)
        results.append(ExerciseResult(*common, **_fit(fields), seconds=round(time.monotonic() - began, 3)))
    return results, flags


def _undisturbed(question: Question, solutions, sandbox: Sandbox, seed: int) -> tuple[dict, BaseException | None]:
    """As `_judge_one`, tried again where it raises Disturbed; raises it when that is no help."""
    for _ in range(TRIES - 1):
        with contextlib.suppress(Disturbed):
            return _judge_one(question, solutions, sandbox, seed)
    return _judge_one(question, solutions, sandbox, seed)


def _judge_one(question: Question, solutions, sandbox: Sandbox, seed: int) -> tuple[dict, BaseException | None]:
    """The fields of the result, and what the student's code raised."""
    cells = cells_to_run(question, solutions)
    with sandbox.session() as session, lines_of(dict(cells)):
        try:
            loaded, data = session.ask(
                {"do": "load", "imports": question.imports, "cells": cells, "target": question.target}
            )
            if "failed" in loaded:
                return _cell_failed(question, rebuilt(loaded["failed"]))
            if "undefined" in loaded:
                return _error(f"{question.target} is not there after its cell has run."), None
            with quietly():
                return _verdict(_asked(question, session, loaded, data, seed))
        except Stopped as reason:
            return _error(f"{question.target} {reason}."), None
        except wire.WireError as problem:
            return _error(f"{question.target} sent back what can't be read: {problem}."), None
        except (Exception, SystemExit) as error:
            if not getattr(error, "from_the_sandbox", False):
                raise
            return _error(f"{question.target} stopped with {_first_line(error)}"), error


def _asked(question: Question, session: Session, loaded: dict, data: bytes, seed: int) -> CheckResult | CheckFailed:
    """The check's own verdict on the function or class that the session has loaded."""
    kind = loaded.get("kind")
    if question.check == "forward":
        return whole_model.judge(remote_class(session) if kind == "class" else value(loaded, data), seed)
    given = RemoteFunction(session) if kind in ("class", "callable") else value(loaded, data)
    return one_function.judge(catalogue.exercise(question.check), given, seed)


def _verdict(verdict: CheckResult | CheckFailed) -> tuple[dict, BaseException | None]:
    if verdict.passed:
        return {"status": PASSED, "sentence": verdict.sentence}, None
    fields = {
        "status": FAILED,
        "mistake": verdict.mistake,
        "sentence": verdict.sentence,
        "hints": tuple(verdict.all_hints),
        "lines": tuple(verdict.students_lines),
    }
    return fields, verdict.__cause__


def _cell_failed(question: Question, error: BaseException) -> tuple[dict, BaseException]:
    """The cell itself stopped: there is no function to check."""
    trace = traceback.extract_tb(error.__traceback__)
    lines = tuple(f"line {frame.lineno} in {frame.name}:  {frame.line}" for frame in trace if frame.filename[0] == "<")
    return _error(f"The cell of {question.target} stopped with {_first_line(error)}", lines=lines[-4:]), error


def _first_line(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".partition("\n")[0][:200]


def _error(sentence: str, **fields) -> dict:
    return {"status": ERROR, "sentence": sentence, **fields}


def _fit(fields: dict) -> dict:
    """The fields as every database and page takes them: names and lines in them are a student's."""
    lines = tuple(plain(line, LINE) for line in fields.get("lines", ()))
    return fields | {"sentence": plain(fields["sentence"]), "lines": lines}
