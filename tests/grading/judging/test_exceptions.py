"""Exceptions that crossed the wire read like those that were raised here."""

import sys
import traceback

import pytest

from dt_helpers.check.engine.generic import is_students, is_unfilled, students_frames
from dt_helpers.grading.judging.exceptions import lines_of, rebuilt
from dt_helpers.grading.sandbox.inside.child import described
from dt_helpers.grading.sandbox.inside.wire import WireError

TEXT = "def f(x):\n    y = 1\n    raise NotImplementedError()\n"


def raised(text, call):
    """The description of what `call` raises after the cell `text` has run."""
    space = {}
    exec(compile(text, "<cell>", "exec"), space)
    try:
        eval(compile(call, "<check>", "eval"), space)
    except BaseException as error:
        return described(error.with_traceback(error.__traceback__.tb_next.tb_next))
    raise AssertionError


def test_type_text_and_the_students_lines_are_the_same():
    with lines_of({"cell": TEXT}):
        error = rebuilt(raised(TEXT, "f(1)"))
        (frame,) = traceback.extract_tb(error.__traceback__)
        assert (frame.filename, frame.lineno, frame.name) == ("<cell>", 3, "f")
        assert frame.line == "raise NotImplementedError()"
        assert isinstance(error, NotImplementedError) and not error.args
        assert is_students(frame) and is_unfilled(error)
    assert "<cell>" not in sys.modules["linecache"].cache


def test_a_librarys_exception_is_the_librarys():
    error = rebuilt(raised("import json\ndef f(x): json.loads(x)\n", "f('{')"))
    assert type(error).__name__ == "JSONDecodeError" and isinstance(error, ValueError)
    first, *_, last = traceback.extract_tb(error.__traceback__)
    assert is_students(first) and not is_students(last)


def test_an_exception_of_the_students_own_keeps_its_name():
    error = rebuilt(raised("class Odd(KeyError): pass\ndef f(): raise Odd('k')", "f()"))
    assert type(error).__name__ == "Odd" and isinstance(error, KeyError) and str(error) == "'k'"


def test_a_call_that_never_reached_the_student_has_no_frames():
    error = rebuilt(raised("def f(): pass", "f(1)") | {"frames": []})
    assert students_frames(error.__traceback__) is None


def test_endless_recursion_is_short():
    error = rebuilt(raised("def f(): return f()", "f()"))
    assert isinstance(error, RecursionError)
    assert len(traceback.extract_tb(error.__traceback__)) < 30


def test_no_file_of_the_graders_is_read_for_a_trace():
    told = raised(TEXT, "f(1)") | {"frames": [[__file__, 1, "f"]]}
    (frame,) = traceback.extract_tb(rebuilt(told).__traceback__)
    assert frame.filename != __file__ and not frame.line


@pytest.mark.parametrize(
    "change",
    [
        {"name": 3},
        {"text": None},
        {"frames": [["<cell>", "one", "f"]]},
        {"frames": [["<cell>", 1, "f"]] * 1000},
        {"frames": 7},
    ],
)
def test_what_is_no_description_is_refused(change):
    with pytest.raises(WireError):
        rebuilt(raised(TEXT, "f(1)") | change)
    with pytest.raises(WireError):
        rebuilt([])


@pytest.mark.parametrize(
    "change", [{"name": "\0"}, {"like": "exec"}, {"frames": [["<\0>", 10**9, "\0"]]}, {"name": ""}]
)
def test_odd_names_do_no_harm(change):
    assert isinstance(rebuilt(raised(TEXT, "f(1)") | change), Exception)
