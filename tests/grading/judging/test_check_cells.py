"""Check cells that students have edited: what the check is given when the cell runs is judged, as in a kernel."""

import pytest

from dt_helpers.grading.judging import verdicts
from dt_helpers.grading.release import Task
from dt_helpers.grading.results import ERROR, FAILED, NOT_RUN, PASSED
from dt_helpers.grading.text.reading import Cell
from dt_helpers.grading.text.script import script

NAME = "context_window"
RIGHT = "def context_window(sequence, length):\n    return sequence[-length:]\n"
WRONG = RIGHT.replace("-length:", ":length")
RENAMED = RIGHT.replace(NAME, "mine")
CALL = f"check.{NAME}({NAME})"
SETUP = "from functools import partial\nimport contextlib\nfrom dt_helpers import check"
TASK = Task("a", NAME, "", frozenset([NAME]), f"check_{NAME}", 1.0, NAME, NAME)
CHECK = Cell(3, "code", CALL, "check-id", TASK.check_id)


@pytest.fixture
def judged(box):
    def judge(*texts: str, checks: str = CALL, below: tuple[str, ...] = ()):
        cells = [Cell(number, "code", text) for number, text in enumerate([SETUP, *texts], 1)]
        cells.append(Cell(len(cells) + 1, "code", checks, CHECK.id, CHECK.grade_id))
        cells += [Cell(len(cells) + number, "code", text) for number, text in enumerate(below, 1)]
        own = max((cell.number for cell in cells if f"def {NAME}" in cell.source), default=2)
        released = script([CHECK], [CHECK], cells, {NAME: own})
        ((result,), _) = verdicts.judge([TASK], released, box, lambda check_id: 1)
        return result

    return judge


MERGED = {
    "above": "{answer}{call}",
    "in an if": "{answer}if True:\n    {call}",
    "in a try": "{answer}try:\n    {call}\nexcept Exception as error:\n    print('no', error)",
    "in a with": "{answer}with contextlib.suppress(ValueError):\n    {call}",
    "as a result": "{answer}result = {call}\nresult",
    "in a function": "{answer}def run():\n    return {call}\n\nrun()",
    "timed": "{answer}%time {call}",
    "without a call": "{answer}",
}


@pytest.mark.parametrize("name", MERGED)
def test_an_answer_in_the_check_cell_is_judged(judged, name):
    text = MERGED[name]
    right, wrong = (judged(checks=text.format(answer=answer, call=CALL)) for answer in (RIGHT, WRONG))
    assert (right.status, wrong.status) == (PASSED, FAILED), (right.sentence, wrong.sentence)


def test_what_comes_below_the_call_does_not_count(judged):
    assert judged(checks=f"{RIGHT}{CALL}\n{WRONG}").status == PASSED


GIVEN = {
    "by its name": (RENAMED, "mine", "mine"),
    "in a lambda": (RENAMED, "lambda sequence, length: mine(sequence, length)", "<lambda>"),
    "an attribute": (
        "class Mine:\n    @staticmethod\n    " + RENAMED.replace("\n", "\n    ") + "\nbox = Mine()",
        "box.mine",
        "mine",
    ),
    "a partial": ("def rows(how, sequence, length):\n    return sequence[-length:]", "partial(rows, 1)", "partial"),
    "by keyword": (RENAMED, "fn=mine", "mine"),
}


@pytest.mark.parametrize("name", GIVEN)
def test_a_function_of_another_name_is_judged_under_the_name_that_the_check_cell_gives(judged, name):
    text, given, called = GIVEN[name]
    result = judged(text, checks=f"check.{NAME}({given})")
    assert result.status == PASSED, result.sentence
    assert any(f"Judged is {called}," in remark for remark in result.remarks)
    assert judged(text.replace("-length:", ":length"), checks=f"check.{NAME}({given})").status == FAILED


def test_it_counts_more_than_one_of_the_exercise_s_name(judged):
    assert judged(WRONG, RENAMED, checks=f"check.{NAME}(mine)").status == PASSED
    assert judged(RIGHT, RENAMED.replace("-length:", ":length"), checks=f"check.{NAME}(mine)").status == FAILED


@pytest.mark.parametrize("again", [CALL, f"_ = {CALL}", f"if True:\n    {CALL}"])
def test_the_last_check_cell_counts(judged, again):
    assert judged(WRONG, below=(RIGHT, again)).status == PASSED
    assert judged(RIGHT, below=(WRONG, again)).status == FAILED
    assert judged(RIGHT, below=(WRONG,)).status == PASSED


def test_a_call_of_another_function_further_down_is_no_check_cell(judged):
    wrong = RENAMED.replace("-length:", ":length")
    assert judged(RIGHT, below=(wrong, f"check.{NAME}(mine)")).status == PASSED


UNREACHED = {
    "in an if": "again = False\nif again:\n    {call}",
    "on one line": "again = False\nif again: {call}",
    "in a loop": "for again in []:\n    {call}",
    "in an except": "try:\n    1 + 1\nexcept Exception:\n    {call}",
    "below an error": "assert 1 + 1 == 3, 'restart first'\n{call}",
    "below an error in a try": "try:\n    raise KeyError('not today')\n    {call}\nexcept KeyError:\n    pass",
    "left to a shell": "%%script false --no-raise-error\n{call}",
    "written to a file": "%%writefile recheck.py\n{call}",
}


@pytest.mark.parametrize("name", UNREACHED)
def test_a_call_that_is_not_reached_does_not_count_and_the_last_that_is_does(judged, name):
    below = (f"{NAME} = 3  # the name is used again", UNREACHED[name].format(call=CALL))
    right, wrong = judged(RIGHT, below=below), judged(WRONG, below=(RIGHT, below[1]))
    assert (right.status, wrong.status) == (PASSED, FAILED), (right.sentence, wrong.sentence)
    assert "The check in cell 5 is not reached when the cells run: the one in cell 3 counts." in right.remarks


@pytest.mark.parametrize("name", UNREACHED)
def test_if_no_call_is_reached_the_exercise_s_name_below_the_last_check_cell_counts(judged, name):
    call = UNREACHED[name].format(call=CALL)
    assert judged(WRONG, checks=call, below=(RIGHT, call, WRONG)).status == PASSED
    assert judged(RIGHT, checks=call, below=(WRONG, call, RIGHT)).status == FAILED


LOAD = "from dt_helpers import data\ndata = data.load('x')\n"
PASSED_OVER = {
    "a row": ("data.rewards", "assert isinstance({name}, type(len)), 'restart first'"),
    "a result": ("{name}(data.rewards, 3)", "if type({name}) is not type(partial):\n    raise TypeError('restart')"),
    "a number": ("float(data.returns.max())", "assert callable({name})"),
}


@pytest.mark.parametrize("name", PASSED_OVER)
def test_what_is_no_function_is_not_given_below_an_error_that_the_data_may_explain(judged, name):
    value, line = (text.format(name=NAME) for text in PASSED_OVER[name])
    below = (f"{LOAD}{NAME} = {value}", f"{line}\n{CALL}")
    assert judged(RIGHT, below=below).status == PASSED
    assert judged(WRONG, below=(RIGHT, *below)).status == FAILED


@pytest.mark.parametrize("when", ["data.returns.max() > 8000", "data.returns.min() == 8192", "not data.dones.any()"])
def test_a_call_that_is_reached_or_not_by_what_the_data_says_counts(judged, when):
    again = f"{LOAD}if {when}:\n    {CALL}"
    assert judged(WRONG, below=(RIGHT, again)).status == PASSED
    assert judged(RIGHT, below=(WRONG, again)).status == FAILED


def test_of_several_calls_that_are_not_reached_each_gives_way_to_the_one_above(judged):
    unreached = f"if False:\n    {CALL}"
    assert judged(WRONG, below=(RIGHT, f"_ = {CALL}", WRONG, unreached, unreached)).status == PASSED
    assert judged(RIGHT, below=(WRONG, f"_ = {CALL}", RIGHT, unreached, unreached)).status == FAILED


def test_a_call_with_another_function_that_is_reached_counts_more_than_one_that_is_not(judged):
    wrong = RENAMED.replace("-length:", ":length")
    unreached = f"if False:\n    {CALL}"
    assert judged(RIGHT, wrong, f"check.{NAME}(mine)", checks=unreached).status == FAILED
    assert judged(WRONG, RENAMED, f"check.{NAME}(mine)", checks=unreached).status == PASSED


COUNTER_EXAMPLES = {
    "a lambda": "{call}\ntry:\n    {check}(lambda *both: mine(*both))\nexcept check.CheckFailed:\n    pass",
    "a function": "{call}\nwith contextlib.suppress(Exception):\n    {check}(mine)",
    "a partial": "{call}\ntry:\n    {check}(partial(mine, length=1))\nexcept Exception:\n    pass",
    "in a loop": "for f in ({name}, mine):\n    try:\n        {check}(f)\n    except Exception:\n        print(f)",
    "by getattr": "for f in ({name}, mine):\n    getattr(check, '{name}')(f)\n# {check}",
    "in one try": "try:\n    {call}\n    {check}(mine)\nexcept Exception as error:\n    print(error)",
    "above it": "try:\n    {check}(mine)\nexcept Exception:\n    pass\n{call}",
    "and its name used again": "if True:\n    {call}\n    {name} = 3\n    {check}(mine)",
}


@pytest.mark.parametrize("name", COUNTER_EXAMPLES)
def test_of_a_cell_s_calls_the_one_with_the_exercise_s_own_name_counts(judged, name):
    cell = COUNTER_EXAMPLES[name].format(call=CALL, check=f"check.{NAME}", name=NAME)
    wrong = RENAMED.replace("-length:", ":length")
    shown, failed = judged(RIGHT, wrong, checks=cell), judged(WRONG, RENAMED, checks=cell)
    assert (shown.status, failed.status) == (PASSED, FAILED), (shown.sentence, failed.sentence)


@pytest.mark.parametrize("given", ["mine", "lambda *both: mine(*both)", "partial(mine)"])
def test_a_counter_example_in_a_cell_further_down_costs_nothing(judged, given):
    wrong = RENAMED.replace("-length:", ":length")
    below = (wrong, f"try:\n    check.{NAME}({given})\nexcept check.CheckFailed:\n    print('no')")
    assert judged(RIGHT, below=below).status == PASSED
    assert judged(WRONG, below=(RENAMED, below[1])).status == FAILED


def test_of_calls_with_the_exercise_s_own_name_and_of_those_with_none_the_last_counts(judged):
    first, again = f"check.{NAME}(first)", f"check.{NAME}(mine)"
    other = RENAMED.replace("mine", "first").replace("-length:", ":length")
    assert judged(f"{RENAMED}\n{other}", checks=f"{first}\n{again}").status == PASSED
    assert judged(f"{RENAMED}\n{other}", checks=f"{again}\n{first}").status == FAILED
    assert judged(WRONG, RENAMED, checks=f"{CALL}\n{NAME} = mine\n{CALL}").status == PASSED
    assert judged(WRONG, RENAMED, checks=f"{NAME}, mine = mine, {NAME}\n{CALL}\n{NAME} = mine\n{CALL}").status == FAILED


def test_a_name_that_is_nowhere_and_a_package_that_is_missing_are_still_told(judged):
    nowhere = judged(checks=f"check.{NAME}(mine)")
    assert nowhere.status == ERROR and "not defined" in nowhere.sentence
    assert judged(f"import nowhere_at_all\n{RENAMED}", checks=f"check.{NAME}(mine)").status == NOT_RUN


def test_a_merged_answer_whose_cell_stops_is_told_with_its_error(judged):
    result = judged(checks=f"1 / 0\n{RIGHT}{CALL}")
    assert result.status == ERROR and "ZeroDivisionError" in result.sentence


def test_an_answer_given_to_a_check_by_another_name_waits_for_the_data_too(judged):
    data = "from dt_helpers import data\nTOP = float(data.load('x').returns.max())\n"
    text = data + RENAMED.replace("[-length:]", "[-length:] * TOP")
    result = judged(text, checks=f"check.{NAME}(mine)")
    assert result.status == NOT_RUN and "reads TOP" in result.sentence
