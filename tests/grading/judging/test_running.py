"""Notebooks as they are run: what a cell did counts, what it raised doesn't, and what took too long is set aside."""

from dataclasses import replace

import pytest

from dt_helpers.grading.judging import depending, verdicts
from dt_helpers.grading.release import Task
from dt_helpers.grading.sandbox import Sandbox
from dt_helpers.grading.sandbox.limits import Limits
from dt_helpers.grading.text.script import Place, Script
from tests.grading.course import needs, solution


def task(notebook: str, solution: str, check_id: str, points: float, check: str, target: str) -> Task:
    return Task(notebook, solution, "", frozenset([target]), check_id, points, check, target)


WINDOW = task("06_replay", "context_window", "check_window", 2.0, "context_window", "context_window")
RIGHT = "def context_window(sequence, length):\n    return sequence[-length:]"
WRONG = "def context_window(sequence, length):\n    return sequence[:length]"
SETUP = "import numpy as np\nimport torch\nfrom torch import nn\nfrom dt_helpers import check, data, plots"


@pytest.fixture(scope="module")
def box():
    needs()
    with Sandbox(limits=Limits(seconds=4, cpu_seconds=4, cell_seconds=1)) as made:
        yield made


@pytest.fixture
def judged(box):
    """The result of cells with a check below them; the last cell that has the function's name is the answer's."""

    def judge(*cells: str, question=WINDOW, setup=SETUP):
        cells = [cell for cell in (setup, *cells) if cell]
        own = max((n for n, text in enumerate(cells, 1) if f"def {question.target}" in text), default=0)
        script = Script(tuple(enumerate(cells, 1)), {question.check_id: Place(len(cells))}, {question.solution_id: own})
        ((result,), _) = verdicts.judge([question], script, box, lambda check_id: 1)
        return result

    return judge


def body(line: str) -> str:
    return RIGHT.replace("    return", f"    {line}\n    return")


HONEST = {
    "a magic in a block": ["IN_COLAB = False\nif IN_COLAB:\n    %pip install x", RIGHT],
    "shell lines assigned": ["gpu = !nvidia-smi\nhere = %pwd\nt = %time 1 + 1", body("assert here and t == 2 and gpu")],
    "a shell line over two": ["!pip install \\\n  einops", RIGHT],
    "pasted prompts": ["\n".join([">>> " + RIGHT.replace("\n", "\n... ")])],
    "an indented cell": ["    x = 1\n    " + RIGHT.replace("\n", "\n    ")],
    "top-level await": ["import asyncio\nawait asyncio.sleep(0)\nONE = await asyncio.sleep(0, 1)", body("assert ONE")],
    "postponed annotations": [
        "def helper(x): return x",
        "from __future__ import annotations\n" + body("x: No = helper(1)"),
    ],
    "a helper beside a magic": [
        "%time y = 1\ndef last(s, n): return s[-n:]",
        RIGHT.replace("sequence[-length:]", "last(sequence, length)"),
    ],
    "a table that is filled": ["TABLE = {}\nTABLE.update(a=1)", body("assert TABLE['a']")],
    "a decorator that registers": [
        "ALL = []\ndef add(f):\n    ALL.append(f)\n    return f",
        "@add\n" + RIGHT,
        "context_window = ALL[0]",
    ],
    "a star import of nothing": ["from nowhere import *", RIGHT, "from nowhere_else import *"],
    "rebound by a later cell": [
        RIGHT,
        "def logged(f):\n    return lambda *a: f(*a)\ncontext_window = logged(context_window)",
    ],
    "touched by a later cell": [RIGHT, "context_window.__doc__ = 'mine'"],
    "a helper named as the release's": ["data = 1\nplots = lambda x: x", body("assert plots(data)")],
    "broken scratch cells": [
        "def broken(:",
        "1 / 0",
        "raise SystemExit",
        "import nowhere",
        RIGHT,
        "raise KeyboardInterrupt",
    ],
    "a file": [
        "%%writefile my.py\nONE = 1",
        "from my import ONE\nopen('x', 'w').write('1')",
        body("assert open('x').read() and ONE"),
    ],
    "there and back": ["%cd /tmp\n%cd -\nopen('x', 'w').close()", body("open('x')")],
    "back by a number": ["%cd /tmp\n%cd /dev/shm\n%cd -0\nopen('x', 'w').close()", body("open('x')")],
    "pushed and popped": ["%pushd /tmp\n%popd\nopen('x', 'w').close()", body("open('x')")],
    "a folder": ["%mkdir -p deep\n%cd deep\nopen('x', 'w').close()", body("open('x')")],
    "the environment": ["%env SIDE=left\nimport os", body("assert os.environ['SIDE']")],
    "a class of a library": [
        "torch.Tensor.rev = lambda self: self.flip(0)\nnp.ROWS = 0",
        body("torch.ones(2).rev(), np.ROWS"),
    ],
    "a cell in another language": ["%%bash\necho 'def f('", "%%html\n<b>", "%%javascript\nlet x = 1", RIGHT],
    "a number of the course's data": [
        "d = data.load('x')\nM = float(d.returns.max()) + np.mean(d.rewards)",
        body("assert M * int(d.n)"),
    ],
    "a pair and a loop": [
        "a, b = plots.pair()\nfor x in data.load('x'): x[0]\nprint(f'{a:.2f} {b:,}')\nLEN = len(a)",
        body("LEN"),
    ],
    "a picture left in the function": [body("plots.windows(sequence)"), "plots.windows(1)"],
    "a class of the course inherited from": ["class Mine(data.Trajectories):\n    pass\nm = Mine(1)", body("m")],
    "its exceptions caught": [
        "try:\n    1 / 0\nexcept check.CheckFailed:\n    pass\nexcept ZeroDivisionError:\n    OK = 1",
        body("assert OK"),
    ],
    "defined twice": [WRONG + "\n\n" + RIGHT],
    "asked as in a notebook": ["kind = type(get_ipython()).__name__", body("assert kind == 'ZMQInteractiveShell'")],
    "of what Out remembers": ["1 + 1", "two = _\nthree = Out[2] + 1", body("assert two == 2 and three == 3")],
    "the one that was kept": [
        "from dt_helpers.workspace.own import keep, kept\nassert kept('context_window') is None",
        RIGHT + "\nkeep(context_window)",
        "context_window = kept('context_window')",
    ],
    "packages by conda": ["%conda install -y einops\n%mamba list\n%pip install x\n" + RIGHT],
    "%timeit": ["t = %timeit -o sum(range(10))", body("assert t.best >= 0")],
    "%store": ["kept = 1\n%store kept\ndel kept\n%store -r kept", body("assert kept")],
}


@pytest.mark.parametrize("habit", HONEST)
def test_what_works_in_jupyter_works_here(judged, habit):
    result = judged(*HONEST[habit])
    assert (result.status, result.remarks) == ("passed", ()), (result.sentence, result.lines)


SPOILT = {
    "overwritten": [RIGHT, WRONG],
    "deleted": [RIGHT, "del context_window"],
    "an import lost": [body("np.ones(1)"), "np = 3"],
    "an event loop in a running one": ["import asyncio", body("asyncio.run(asyncio.sleep(0))")],
    "an error above it": ["print(nothing)\n" + RIGHT],
    "a comment above a cell magic": ["# mine\n%%time\n" + RIGHT],
    "a check of the student's own": [RIGHT, "def check(f): return True"],
    "the course's own function": [
        "from dt_helpers.rollout import window",
        RIGHT.replace("sequence[-length:]", "window(1)"),
    ],
    "nothing": ["pass"],
}


@pytest.mark.parametrize("what", SPOILT)
def test_what_fails_in_jupyter_fails_here_with_a_reason(judged, what):
    result = judged(*SPOILT[what])
    assert result.status in ("failed", "error") and result.points == 0
    assert result.sentence


TOO_LONG = "more than 1 CPU seconds"


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("import os\ndef helper(s, n): return s[-n:]\nwhile True: pass", TOO_LONG),
        ("import time\nhelper = lambda s, n: s[-n:]\ntime.sleep(1000)", "did nothing"),
        ("import os\ndef helper(s, n): return s[-n:]\nos._exit(0)", "ended the Python"),
        ("import ctypes\ndef helper(s, n): return s[-n:]\nctypes.string_at(0)", "crashed Python"),
    ],
)
def test_a_cell_that_takes_too_long_or_ends_python_is_set_aside_but_for_what_it_defines(judged, cell, reason):
    result = judged(cell, RIGHT.replace("sequence[-length:]", "helper(sequence, length)"))
    assert result.status == "passed"
    assert len(result.remarks) == 1 and result.remarks[0].startswith("Cell 2 ") and reason in result.remarks[0]


FOR_LACK_OF = {
    "a table": ["T = {i: -i for i in range(9)}\nwhile True: pass", RIGHT.replace("-length", "T[1] * length")],
    "a call": ["ONE = int('1')\nwhile True: pass", body("assert ONE")],
    "a table of a table": ["T = [1, 2]\nwhile True: pass", "U = sum(T)", body("assert U == 3")],
    "the answer": ["context_window = (lambda f: f)(lambda s, n: s[-n:])\nwhile True: pass"],
    "the answer, of a part": ["last = (lambda f: f)(lambda s, n: s[-n:])\nwhile True: pass", "context_window = last"],
}


@pytest.mark.parametrize("cells", FOR_LACK_OF.values(), ids=FOR_LACK_OF)
def test_what_fails_for_lack_of_what_a_cell_set_aside_would_have_made_waits_and_the_cell_is_named(judged, cells):
    result = judged(*cells)
    assert result.status == "not run", result.sentence
    assert "which cell 2 makes" in result.sentence and TOO_LONG in result.sentence
    assert "--cell-seconds" in depending.for_the_instructor(result.sentence)


@pytest.mark.parametrize("wrong", [WRONG, body("assert nothing"), body("T.x")])
def test_what_is_wrong_without_that_cell_is_wrong(judged, wrong):
    assert judged("T = None\nU = [0]\nwhile True: pass", wrong).status == "failed"


def test_what_trains_below_the_answer_in_its_own_cell_costs_nothing(judged):
    assert judged(RIGHT + "\nwhile True: pass").status == "passed"


def test_an_answer_s_cell_that_never_ends_is_told_so(judged):
    result = judged("def forever():\n    while True: pass\ndef context_window(a, b, c=forever()):\n    return a[-b:]")
    assert result.status == "error" and TOO_LONG in result.sentence


def test_cells_without_end_don_t_take_a_grader_s_time_without_end(judged):
    result = judged(*["while True: pass"] * 30, RIGHT)
    assert result.status == "passed" and len(result.remarks) <= 6


def test_where_the_imports_are_gone_the_release_s_are_taken_and_that_is_said(judged):
    question = replace(WINDOW, imports=("import numpy as np", "from dt_helpers import check"))
    result = judged(body("np.ones(1)"), question=question, setup="")
    assert result.status == "passed" and result.remarks == (verdicts.MENDED,)


@pytest.mark.parametrize(
    "cells",
    [
        ["import scipy_of_mine\n" + RIGHT],
        ["import scipy_of_mine as so", body("so.f()")],
        ["from scipy_of_mine import *", body("so()")],
        [body("import scipy_of_mine")],
        ["import scipy_of_mine as so", "def helper(): pass\nx = so.x\n", "y = x", body("y")],
        ["from scipy_of_mine import njit", "@njit\n" + RIGHT],
        ["import scipy_of_mine\nscipy_of_mine.apply()", "import asyncio\nTWO = asyncio.run(f())", body("TWO")],
    ],
)
def test_a_package_that_the_grader_lacks_waits_for_a_human_by_name(judged, cells):
    result = judged(*cells)
    assert result.status == "not run"
    assert "needs the package scipy_of_mine" in result.sentence


@pytest.mark.parametrize("cells", [["import scipy_of_mine", WRONG], [WRONG + "\nimport scipy_of_mine"]])
def test_a_wrong_answer_doesn_t_wait_for_a_package_that_it_does_without(judged, cells):
    assert judged(*cells).status == "failed"


def of_the_model(box, **texts):
    """Results of notebook 04 with these texts in place of right ones."""
    names = ("add_time_embeddings", "stack_inputs", "stack_attention_mask", "predict")
    checks = ("time_embeddings", "stacked_inputs", "stacked_attention_mask", "prediction_heads")
    asked = [task("04_model", n, f"check_{n}", 2.0, c, n) for n, c in zip(names, checks, strict=True) if n in texts]
    asked.append(task("04_model", "forward", "check_forward", 4.0, "forward", "DecisionTransformerModel"))
    module = "transformers.models.decision_transformer.modeling_decision_transformer"
    setup = (
        f"{SETUP}\nfrom {module} import *\nfrom {module} import DecisionTransformerGPT2Model, DecisionTransformerOutput"
    )
    texts = {name: solution(name) for name in (*names, "forward")} | texts
    cells = tuple(enumerate([setup, *texts.values()], 1))
    own = {name: number for number, name in enumerate(texts, 2)}
    places = {one.check_id: Place(own[one.solution_id]) for one in asked}
    results, _ = verdicts.judge(asked, Script(cells, places, own), box, lambda check_id: 1)
    return {result.check_id: result for result in results}


LEFT = {
    "gradients off": "torch.set_grad_enabled(False)",
    "no_grad entered": "_ = torch.no_grad().__enter__()",
    "inference mode entered": "_ = torch.inference_mode().__enter__()",
    "gradients off in both ways": "torch.set_grad_enabled(False)\n_ = torch.inference_mode().__enter__()",
    "another dtype": "torch.set_default_dtype(torch.float64)",
    "warnings that raise": "import warnings\nwarnings.simplefilter('error')\nnp.seterr(all='raise')",
}


@pytest.mark.parametrize("setting", LEFT.values(), ids=LEFT)
def test_a_setting_that_a_cell_has_left_is_put_right_as_by_a_check_in_the_notebook(box, setting):
    results = of_the_model(box, add_time_embeddings=f"{setting}\n{solution('add_time_embeddings')}")
    assert {one.check_id: one.sentence for one in results.values() if one.status != "passed"} == {}


def test_the_model_is_judged_with_right_versions_of_what_was_wrong_before_it(box):
    wrong = "def stack_inputs(r, s, a):\n    return torch.cat((r, s, a), dim=1)"
    results = of_the_model(box, stack_inputs=wrong)
    assert results["check_stack_inputs"].mistake == "blocks"
    assert results["check_forward"].status == "passed"
    assert "correct versions of stack_inputs, which are scored separately" in results["check_forward"].remarks[0]


def test_the_model_s_own_mistake_is_its_own(box):
    wrong = solution("forward").replace("predict(", "(lambda *a: predict(*a)[::-1])(", 1)
    results = of_the_model(box, stack_inputs="def stack_inputs(r, s, a):\n    return 1 / 0", forward=wrong)
    assert results["check_forward"].status == "failed"
    assert results["check_forward"].remarks
