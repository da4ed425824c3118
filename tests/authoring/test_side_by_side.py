"""Which part begins when; the runs themselves are in test_course.py and test_execution.py."""

import io

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from dt_helpers.authoring import side_by_side as module
from dt_helpers.authoring.lines import Lines
from dt_helpers.authoring.parts import Part
from dt_helpers.authoring.side_by_side import expected_seconds, side_by_side


def part(name, *after):
    stem, _, heading = name.partition(": ")
    return Part(stem, heading or None, nbformat.v4.new_notebook(), [], after)


PARTS = [part("1"), part("5"), part("6", "5"), part("7"), part("8: a"), part("8: b")]
SECONDS = {"1": 10, "5": 100, "6": 70, "7": 120, "8: a": 150, "8: b": 130}


def order(parts, jobs, seconds, monkeypatch):
    """The order in which they begin, with runs that take no time."""
    begun = []

    class Run:
        def __init__(self, *args, **options):
            pass

        def run(self):
            pass

    monkeypatch.setattr(module, "Execution", Run)
    lines = Lines(Console(file=io.StringIO()), [part.name for part in parts])
    options = {"folder": None, "workspace": None, "preset": None, "still": 1, "lines": lines}
    before = lambda part: begun.append(part.name)  # noqa: E731
    ended = side_by_side(parts, jobs=jobs, seconds=seconds, before=before, **options)
    assert sorted(found.name for found, _, _ in ended) == sorted(part.name for part in parts)
    return begun


def test_the_longest_way_to_the_end_begins_first(monkeypatch):
    assert order(PARTS, 1, SECONDS, monkeypatch) == ["5", "8: a", "8: b", "7", "6", "1"]


def test_without_times_it_is_the_order_of_the_course_but_what_is_waited_for_is_waited_for(monkeypatch):
    assert order(PARTS, 1, {}, monkeypatch) == ["1", "5", "6", "7", "8: a", "8: b"]
    assert order([part("1", "2"), part("2"), part("3", "1")], 3, {}, monkeypatch) == ["2", "1", "3"]


def test_all_parts_of_a_notebook_are_waited_for(monkeypatch):
    assert order([part("9", "8"), *PARTS], 1, SECONDS, monkeypatch).index("9") > 2


def test_what_is_expected_is_what_the_cores_can_do():
    assert expected_seconds(PARTS, 1, SECONDS) == sum(SECONDS.values())
    assert expected_seconds(PARTS, 2, SECONDS) == 300
    assert expected_seconds(PARTS, 100, SECONDS) == 170, "the chain"
    assert expected_seconds([], 2, SECONDS) == 0


@given(st.lists(st.integers(1, 100), min_size=1, max_size=8), st.integers(1, 4), st.integers(0, 3))
def test_more_cores_are_never_worth_less_than_graham_says(times, jobs, chained):
    parts = [part(str(n), *([str(n - 1)] if 0 < n <= chained else [])) for n in range(len(times))]
    seconds = {str(n): float(time) for n, time in enumerate(times)}
    longest = max(sum(times[: chained + 1]), *times)
    taken = expected_seconds(parts, jobs, seconds)
    assert max(longest, sum(times) / jobs) - 1e-9 <= taken <= sum(times) / jobs + longest


def test_a_run_that_raises_is_handed_over_with_its_error(monkeypatch):
    class Run:
        def __init__(self, *args, **options):
            self.name = options["name"]

        def run(self):
            if self.name == "5":
                raise KeyError(self.name)

    monkeypatch.setattr(module, "Execution", Run)
    lines = Lines(Console(file=io.StringIO()), [part.name for part in PARTS])
    options = {"folder": None, "workspace": None, "preset": None, "still": 1, "lines": lines, "seconds": {}}
    errors = {found.name: error for found, _, error in side_by_side(PARTS, jobs=2, **options)}
    assert set(errors) == set(SECONDS), "what comes after it runs all the same"
    assert [name for name, error in errors.items() if error] == ["5"]


def test_leaving_the_loop_stops_the_others(monkeypatch):
    from threading import Event

    stopped = []

    class Run:
        def __init__(self, *args, **options):
            self.name, self.over = options["name"], Event()

        def run(self):
            if self.name != "5":
                assert self.over.wait(60)

        def stop(self):
            stopped.append(self.name)
            self.over.set()

    monkeypatch.setattr(module, "Execution", Run)
    lines = Lines(Console(file=io.StringIO()), [part.name for part in PARTS])
    options = {"folder": None, "workspace": None, "preset": None, "still": 1, "lines": lines, "seconds": SECONDS}

    def first():
        for found, _, _ in side_by_side(PARTS, jobs=3, **options):
            raise ZeroDivisionError(found.name)

    with pytest.raises(ZeroDivisionError, match="5"):
        first()
    assert len(stopped) >= 2 and set(stopped) == {"8"}, "both parts of it"
