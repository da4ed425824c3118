"""What students do to their answers: each takes a notebook, one of its answers, a random generator, and changes them.

Not all leave the answer right in every combination; what a notebook is worth a kernel says.
"""

import textwrap

from .notebooks import target
from .scratch import SCRATCH

HABITS = []


def habit(function):
    HABITS.append(function)
    return function


def begins_with(answer, line: str) -> bool:
    """Puts a line at the start of the answer's function; whether there was one."""
    head, colon, body = answer["source"].partition(":\n")
    if there := head.startswith("def ") and bool(colon):
        answer["source"] = f"{head}:\n    {line}\n{body}"
    return there


@habit
def scratch_cells(nb, answer, rng):
    for source in rng.sample(SCRATCH, rng.randint(1, 5)):
        nb.cells.insert(rng.randint(1, len(nb.cells)), nb.code(source))


@habit
def scratch_around_the_answer(nb, answer, rng):
    nb.before(answer, rng.choice(SCRATCH))
    nb.after(answer, rng.choice(SCRATCH))


@habit
def scratch_in_the_answer(nb, answer, rng):
    answer["source"] += "\n\n" + rng.choice([text for text in SCRATCH if not text.startswith(("%%", " ", ">"))])


@habit
def magic_above_the_answer(nb, answer, rng):
    answer["source"] = (
        rng.choice(("%matplotlib inline", "!true", "x = !echo 1", "%precision 3", "%time y = 1"))
        + "\n"
        + answer["source"]
    )


@habit
def cell_magic(nb, answer, rng):
    answer["source"] = (
        rng.choice(("%%time", "%%capture", "%%capture --no-stderr said", "\n%%time")) + "\n" + answer["source"]
    )


@habit
def prompts_of_python(nb, answer, rng):
    first, *rest = answer["source"].split("\n")
    answer["source"] = "\n".join([f">>> {first}", *(f"... {line}" if line else "..." for line in rest)])


@habit
def prompts_of_ipython(nb, answer, rng):
    first, *rest = answer["source"].split("\n")
    answer["source"] = "\n".join([f"In [3]: {first}", *(f"   ...: {line}" for line in rest)])


@habit
def indented(nb, answer, rng):
    answer["source"] = textwrap.indent(answer["source"], "    ")


@habit
def in_a_block(nb, answer, rng):
    head = rng.choice(("if True:", "for _ in range(2):", "try:", "with __import__('contextlib').nullcontext():"))
    answer["source"] = f"{head}\n" + textwrap.indent(answer["source"], "    ")
    answer["source"] += "\nexcept ImportError:\n    pass" if head == "try:" else ""


@habit
def future_annotations(nb, answer, rng):
    answer["source"] = "from __future__ import annotations\n\n" + answer["source"]


@habit
def future_at_the_top(nb, answer, rng):
    nb.cells.insert(0, nb.code("from __future__ import annotations"))
    nb.before(answer, "def hinted(x: Unknown) -> Nowhere:\n    return x")


DECORATOR = """
import functools
CALLS = []

def logged(f):
    @functools.wraps(f)
    def inner(*args, **kwargs):
        CALLS.append(f.__name__)
        return f(*args, **kwargs)
    return inner
"""


@habit
def decorated_later(nb, answer, rng):
    name = target(answer)
    if name and name[0].islower():
        nb.before(answer, DECORATOR)
        nb.after(answer, f"{name} = logged({name})", f"{name}.__doc__ = 'mine'\n{name}.author = 'me'")


@habit
def decorated(nb, answer, rng):
    if answer["source"].startswith("def "):
        nb.before(answer, DECORATOR)
        answer["source"] = "@logged\n" + answer["source"]


@habit
def registered(nb, answer, rng):
    name = target(answer)
    if answer["source"].startswith("def "):
        nb.before(answer, "REGISTRY = {}\ndef register(f):\n    REGISTRY[f.__name__] = f")
        answer["source"] = "@register\n" + answer["source"]
        nb.after(answer, f"{name} = REGISTRY[{name!r}]")


@habit
def helper_above(nb, answer, rng):
    _help(answer, nb.before)


@habit
def helper_below(nb, answer, rng):
    _help(answer, nb.after)


def _help(answer, put):
    """The answer calls a function of its own, which `put` puts into another cell."""
    name = target(answer)
    if answer["source"].startswith("def "):
        put(answer, answer["source"].replace(name, f"my_{name}"))
        answer["source"] = f"def {name}(*args, **kwargs):\n    return my_{name}(*args, **kwargs)"


@habit
def helper_in_the_first_cell(nb, answer, rng):
    name = target(answer)
    if answer["source"].startswith("def "):
        first = next(cell for cell in nb.cells if cell["cell_type"] == "code")
        first["source"] += "\n\n" + answer["source"].replace(name, f"my_{name}")
        answer["source"] = f"{name} = my_{name}"


@habit
def a_class_that_is_called(nb, answer, rng):
    name = target(answer)
    if answer["source"].startswith("def "):
        body = textwrap.indent(
            answer["source"].replace(f"def {name}(", "def __call__(self, ").replace(name, "self"), "    "
        )
        answer["source"] = f"class Answer:\n{body}\n\n{name} = Answer()"


@habit
def a_method(nb, answer, rng):
    name = target(answer)
    if answer["source"].startswith("def "):
        body = textwrap.indent("@staticmethod\n" + answer["source"], "    ")
        answer["source"] = f"class Answers:\n{body}\n\n{name} = Answers.{name}"


@habit
def made_by_a_factory(nb, answer, rng):
    name = target(answer)
    if answer["source"].startswith("def "):
        body = textwrap.indent(answer["source"], "    ")
        answer["source"] = f"def make(calls=0):\n{body}\n    return {name}\n\n{name} = make()"


@habit
def made_by_exec(nb, answer, rng):
    answer["source"] = rng.choice(("exec({!r})", "get_ipython().run_cell({!r})", "exec({!r}, globals())")).format(
        answer["source"]
    )


@habit
def first_try_above(nb, answer, rng):
    name = target(answer)
    if name and name[0].islower():
        nb.before(answer, f"def {name}(*args):\n    return None  # first try")


@habit
def changed_below_the_check(nb, answer, rng):
    name = target(answer)
    check = nb.check_of(answer)
    if name:
        nb.after(
            check,
            f"_kept = {name}\ndef {name}(*args, **kwargs):\n    return None  # how bad does it get?",
            f"{name} = _kept",
        )


@habit
def constant_elsewhere(nb, answer, rng):
    if begins_with(answer, "zero = ZERO + OFFSETS['none']"):
        where = rng.choice((nb.before, nb.after))
        where(answer, "ZERO = 1\nOFFSETS = {}", "ZERO -= 1", "OFFSETS.update(none=0)")


@habit
def read_from_a_file(nb, answer, rng):
    if begins_with(answer, "assert json.load(open('settings.json'))['a'] == 1"):
        nb.before(answer, "import json\njson.dump({'a': 1}, open('settings.json', 'w'))")


@habit
def written_and_imported(nb, answer, rng):
    name = target(answer)
    imports = "import numpy as np\nimport torch\n\n"
    if answer["source"].startswith("def "):
        nb.before(answer, "%%writefile my_answer.py\n" + imports + answer["source"])
        answer["source"] = rng.choice((f"from my_answer import {name}", "from my_answer import *", "%run my_answer.py"))


@habit
def from_the_environment(nb, answer, rng):
    if begins_with(answer, "assert os.environ['MY_SIDE'] + os.environ['MY_OTHER'] == 'leftx'"):
        nb.before(answer, "%env MY_SIDE=left", "import os\nos.environ['MY_OTHER'] = 'x'")


@habit
def magics_in_the_function(nb, answer, rng):
    """In its first call: the course calls some functions thousands of times, and each `!` starts a process."""
    begins_with(answer, "if 'SAID' not in globals():\n        globals()['SAID'] = !echo 1\n        here = %pwd")


@habit
def top_level_await(nb, answer, rng):
    nb.before(
        answer,
        "import asyncio\nasync def ready():\n    await asyncio.sleep(0.01)\n    return 1\n\nREADY = await ready()",
    )
    answer["source"] = f"assert READY == 1\n{answer['source']}"


@habit
def a_fallback(nb, answer, rng):
    if answer["source"].startswith("def "):
        fallback = "try:\n    from numba_of_mine import njit\nexcept ImportError:\n    njit = lambda f: f\n\n"
        answer["source"] = fallback + "@njit\n" + answer["source"]


@habit
def error_at_the_end(nb, answer, rng):
    answer["source"] += "\n\nprint(not_defined_anywhere)"
