"""Functions are told apart by what they do, in this process and in a fresh one."""

import functools
import json
import os
import random
import subprocess
import sys
import threading

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from dt_helpers.model import action_loss
from dt_helpers.training import fingerprint
from dt_helpers.training.fingerprint import CODE, Untold, of_data, of_function, of_weights
from tests.conftest import make_trajectories

HEAD = "import torch, functools\nfrom torch.nn import functional as F\nweight = 0.5\n"
LOSS = "def loss(p, t, m):\n    real = m > 0\n    return weight * (p[real] - t[real]).square().mean()\n"


def defined(source: str, name: str = "loss"):
    """What a cell with this source defines."""
    names = {"__name__": "__main__"}
    exec(compile(HEAD + source, f"<cell {random.random()}>", "exec"), names)
    return names[name]


SAME = {
    "again": (LOSS, LOSS),
    "in another line, with a comment": (LOSS, "\n\n# the loss\n" + LOSS.replace("mean()", "mean()  # of all")),
    "with a docstring": (LOSS, LOSS.replace("real = m", '"""The loss."""\n    real = m', 1)),
    "another docstring": (
        LOSS.replace("real = m", '"""A loss."""\n    real = m', 1),
        LOSS.replace("real = m", '"""The loss."""\n    real = m', 1),
    ),
    "a global that it doesn't use": (LOSS, "other = 3\nmean = 4\n" + LOSS),
    "a lambda": ("loss = lambda p, t, m: ((p - t) ** 2).mean()",) * 2,
    "a partial": ("loss = functools.partial(lambda p, t, m, k: k * (p - t).abs().mean(), k=2)",) * 2,
    "an object": ("class L:\n    def __init__(s): s.k = 3\n    def __call__(s, p, t, m): return s.k\nloss = L()",) * 2,
    "a module": ("loss = torch.nn.HuberLoss()",) * 2,
    "a set of strings": ("def loss(p, t, m): return p if 'a' in {'a', 'b', 'c', 'd'} else t",) * 2,
    "a dataclass": (
        "from dataclasses import dataclass\n@dataclass\nclass L:\n    k: float = 1.0\n"
        "    def __call__(s, p, t, m): return s.k * p\nloss = L()",
    )
    * 2,
    "a module of one's own": (
        "class L(torch.nn.Module):\n    def __init__(s):\n        super().__init__()\n        s.k = 3\n"
        "    def forward(s, p, t, m): return s.k\nloss = L()",
    )
    * 2,
    "a method of a string": ("def loss(p, t, m, f=str.lower): return f(p)",) * 2,
    "one that calls itself": ("def loss(p, t, m): return loss(p, t, m)",) * 2,
}
OTHERS = {
    "a number": (LOSS, LOSS.replace("m > 0", "m > 1")),
    "a method": (LOSS, LOSS.replace("square", "abs")),
    "a global": (LOSS, "weight = 0.25\n" + LOSS),
    "a default": (LOSS.replace("m)", "m, k=1)"), LOSS.replace("m)", "m, k=2)")),
    "a function that it calls": (
        "def far(x): return x.abs()\ndef loss(p, t, m): return far(p - t).mean()",
        "def far(x): return x.square()\ndef loss(p, t, m): return far(p - t).mean()",
    ),
    "a closure": ("def make(k):\n    return lambda p, t, m: k * (p - t)\nloss = make(1)",
                  "def make(k):\n    return lambda p, t, m: k * (p - t)\nloss = make(2)"),
    "a partial's argument": ("loss = functools.partial(F.huber_loss, delta=1.0)",
                             "loss = functools.partial(F.huber_loss, delta=2.0)"),
    "a partial's function": ("loss = functools.partial(F.huber_loss)", "loss = functools.partial(F.smooth_l1_loss)"),
    "an object's attribute": (SAME["an object"][0], SAME["an object"][0].replace("3", "4")),
    "an object's method": (SAME["an object"][0], SAME["an object"][0].replace("return s.k", "return -s.k")),
    "a module's setting": ("loss = torch.nn.HuberLoss(delta=1.0)", "loss = torch.nn.HuberLoss(delta=2.0)"),
    "a dataclass's field": (SAME["a dataclass"][0], SAME["a dataclass"][0].replace("L()", "L(2.0)")),
    "a module's forward": (
        SAME["a module of one's own"][0],
        SAME["a module of one's own"][0].replace("return s.k", "return -s.k"),
    ),
    "a tensor": ("w = torch.ones(2)\ndef loss(p, t, m): return w", "w = torch.zeros(2)\ndef loss(p, t, m): return w"),
    "an inner function": ("def loss(p, t, m): return (lambda: p + 1)()", "def loss(p, t, m): return (lambda: p + 2)()"),
    "a library's function": ("loss = F.mse_loss", "loss = F.l1_loss"),
    "1 and True": ("def loss(p, t, m): return p * 1", "def loss(p, t, m): return p * True"),
    "0.0 and -0.0": ("k = 0.0\ndef loss(p, t, m): return k", "k = -0.0\ndef loss(p, t, m): return k"),
}  # fmt: skip


@pytest.mark.parametrize("case", SAME)
def test_the_same_function_is_the_same(case):
    first, second = map(defined, SAME[case])
    assert of_function(first) == of_function(second)


@pytest.mark.parametrize("case", OTHERS)
def test_another_function_is_another(case):
    first, second = map(defined, OTHERS[case])
    assert of_function(first) != of_function(second)


def test_in_a_fresh_process_the_same_functions_are_the_same():
    script = (
        "import json\nfrom dt_helpers.training.fingerprint import of_function\n"
        "from dt_helpers.model import action_loss\n"
        "from tests.training.test_fingerprint import SAME, defined\n"
        "print(json.dumps([of_function(action_loss)] + [of_function(defined(first)) for first, _ in SAME.values()]))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": str(random.randint(1, 10**6))}
    fresh = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment)
    here = [of_function(action_loss)] + [of_function(defined(first)) for first, _ in SAME.values()]
    assert json.loads(fresh.stdout) == here


def test_a_function_that_has_run_often_is_the_same():
    loss = defined("def loss(p, t, m):\n    return p + t * m")
    before = of_function(loss)
    for _ in range(1000):
        loss(1, 2, 3)
    assert of_function(loss) == before


def test_what_has_changed_is_named():
    before, after = of_function(defined(LOSS)), of_function(defined("weight = 2\n" + LOSS))
    assert {name for name in before if before[name] != after[name]} == {"weight"}
    assert CODE in before


@pytest.mark.parametrize(
    "thing",
    [threading.Lock(), (i for i in range(3)), sys.__stdout__],
    ids=lambda thing: str(type(thing)),
)
def test_what_cannot_be_looked_into_is_said(thing):
    with pytest.raises(Untold, match=type(thing).__name__):
        of_function(lambda p, t, m: thing)


def test_it_does_not_get_lost_in_things_that_refer_to_one_another():
    knots = [[] for _ in range(30)]
    for knot in knots:
        knot.extend(knots)
    with pytest.raises(Untold, match="too many things"):
        of_function(lambda p, t, m: knots)


def test_a_wrapper_that_bears_a_librarys_name_is_looked_into():
    def wrap(k):
        @functools.wraps(F.mse_loss)
        def loss(p, t, m):
            return k * F.mse_loss(p, t)

        return functools.partial(loss)

    assert of_function(wrap(1)) != of_function(wrap(2))


@pytest.mark.parametrize("column", ["observations", "actions", "rewards", "dones"])
def test_every_number_of_the_data_counts(column):
    data, other = make_trajectories([5, 4]), make_trajectories([5, 4])
    assert of_data(data) == of_data(other)
    array = getattr(other, column)
    array.flat[3] = not array.flat[3] if array.dtype == bool else np.nextafter(array.flat[3], np.float32(9))
    assert of_data(data) != of_data(other)


def test_where_episodes_begin_counts():
    assert of_data(make_trajectories([5, 4])) != of_data(make_trajectories([4, 5]))


def test_weights_are_those_that_are_saved_of_them(tmp_path):
    layer = torch.nn.Linear(2, 3)
    assert of_weights(layer.state_dict()) == of_weights(dict(layer.named_parameters()))
    assert of_weights(layer.half().state_dict()) == of_weights(layer.float().state_dict())
    assert of_weights(layer.state_dict()) != of_weights(torch.nn.Linear(2, 3).state_dict())
    assert fingerprint.of_weights({}) == of_weights({})
