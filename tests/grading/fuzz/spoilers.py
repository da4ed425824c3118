"""What makes a right answer fail in a fresh kernel."""

import textwrap

from .notebooks import target

SPOILERS = []


def spoiler(function):
    SPOILERS.append(function)
    return function


ABOVE = {  # lines above the answer, in its cell
    "comment_above_a_cell_magic": "# mine\n%%time\n",
    "timed_and_gone": "%%timeit -n1 -r1\n",
    "only_written": "%%writefile mine.py\n",
    "a_file_that_is_not_there": "data = open('/home/me/data.csv').read()\n",
    "a_module_that_is_not_there": "import my_utils_of_last_year as my\n",
}
for name, lines in ABOVE.items():

    def above(nb, answer, rng, lines=lines):
        answer["source"] = lines + answer["source"]

    above.__name__ = name
    spoiler(above)


@spoiler
def overwritten_before_the_check(nb, answer, rng):
    nb.after(answer, f"def {target(answer) or 'x'}(*args, **kwargs):\n    return None")


@spoiler
def deleted_before_the_check(nb, answer, rng):
    nb.after(answer, f"del {target(answer) or 'x'}")


@spoiler
def helper_below_the_check(nb, answer, rng):
    name = target(answer) or "x"
    nb.after(nb.check_of(answer), answer["source"].replace(name, f"my_{name}"))
    answer["source"] = f"def {name}(*args, **kwargs):\n    return my_{name}(*args, **kwargs)"


@spoiler
def answer_below_the_check(nb, answer, rng):
    check = nb.check_of(answer)
    nb.cells.remove(answer)
    nb.cells.insert(nb.index(check) + 1, answer)


@spoiler
def right_only_below_the_check(nb, answer, rng):
    nb.after(nb.check_of(answer), answer["source"])
    answer["source"] = f"def {target(answer) or 'x'}(*args, **kwargs):\n    return None"


@spoiler
def only_in_prose(nb, answer, rng):
    prose = nb.code("```python\n" + answer["source"] + "\n```") | {"cell_type": "markdown"}
    nb.cells.insert(nb.index(answer), prose)
    answer["source"] = "# see above"


@spoiler
def imports_lost(nb, answer, rng):
    nb.after(answer, "np = torch = nn = 3")


@spoiler
def builtin_lost(nb, answer, rng):
    nb.after(answer, "len = range = zip = min = max = list = tuple = map = reversed = 'shadowed'")


@spoiler
def error_above_the_definition(nb, answer, rng):
    answer["source"] = "print(result_of_yesterday)\n\n" + answer["source"]


@spoiler
def syntax_error_below_the_definition(nb, answer, rng):
    answer["source"] += "\n\nprint 'done'"


@spoiler
def under_a_flag(nb, answer, rng):
    answer["source"] = "if False:\n" + textwrap.indent(answer["source"], "    ")


@spoiler
def reset(nb, answer, rng):
    nb.after(
        answer, "%reset -f", "import numpy as np\nimport torch\nfrom torch import nn\nfrom dt_helpers import check"
    )


@spoiler
def a_coroutine(nb, answer, rng):
    answer["source"] = answer["source"].replace("def ", "async def ", 1)


@spoiler
def another_name(nb, answer, rng):
    name = target(answer) or "x"
    answer["source"] = answer["source"].replace(name, f"my_{name}")


@spoiler
def a_result_in_place_of_the_function(nb, answer, rng):
    answer["source"] += f"\n\n{target(answer) or 'x'} = 3.0"


@spoiler
def check_hidden(nb, answer, rng):
    nb.after(answer, "def check(f):\n    return True")


@spoiler
def cells_moved(nb, answer, rng):
    nb.cells.insert(rng.randrange(len(nb.cells)), nb.cells.pop(rng.randrange(len(nb.cells))))
