import subprocess
import sys

import pytest

from dt_helpers.workspace import sources
from tests.workspace.cells import Notebook


@pytest.fixture
def notebook():
    return Notebook().run


def alone(source: str, expression: str) -> str:
    """What an expression is, beside a kept source, in a process of its own."""
    command = f"{source}\nprint({expression})"
    return subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True).stdout.strip()


def test_a_function_brings_what_it_needs(notebook):
    names = notebook(
        "import numpy as np, math\nfrom collections import OrderedDict as Ordered",
        "SIZES = (2, 3)\ndef unused(): pass\ndef helper(x):\n    return np.sum(x) * SIZES[1]",
        "@staticmethod\ndef early(x): return x",
        "def outer(x, scale=math.pi, shape: Ordered = None):\n    table = Ordered(a=helper(x))\n    return table['a']"
        " * (lambda y: y + SIZES[0])(scale)",
    )
    source = sources.of(names["outer"])
    assert "unused" not in source and "import numpy as np" in source and "import OrderedDict as Ordered" in source
    assert float(alone(source, "outer([1, 2])")) == pytest.approx(9 * (3.141592653589793 + 2))


def test_the_definition_that_counts_is_the_last_one(notebook):
    names = notebook("def f():\n    return 1", "def f():\n    return 2\ndef f():\n    return 3", "def g(): return f()")
    assert alone(sources.of(names["g"]), "g()") == "3"
    names = notebook("def f():\n    return 4")
    assert alone(sources.of(names["g"]), "g()") == "4", "as a call in the notebook would give"


def test_a_class_with_its_base_its_decorator_and_a_loop_among_functions(notebook):
    names = notebook(
        "from dataclasses import dataclass",
        "class Base:\n    def twice(self): return 2 * self.n\n"
        "    @property\n    def even(self): return not odd(self.n)",
        "def odd(n): return n != 0 and even(n - 1)\ndef even(n): return n == 0 or odd(n - 1)",
        "@dataclass\nclass Own(Base):\n    n: int = 3\n    def thrice(self): return self.twice() + self.n",
    )
    assert alone(sources.of(names["Own"]), "(Own().thrice(), Own(4).even)") == "(9, True)"


def test_lines_of_ipython_beside_it_do_no_harm(notebook):
    names = notebook("%matplotlib inline\ndef f(x):\n    '''One\n\n    more.'''\n    return x\n!true\n")
    assert alone(sources.of(names["f"]), "f(5)") == "5"


def test_decorated_functions(notebook):
    names = notebook(
        "import functools\ndef loud(f):\n    @functools.wraps(f)\n    def g(*a): return f(*a) + 1\n    return g",
        "@loud\ndef f(x): return x\n@functools.cache\ndef slow(x): return 2 * x\ndef both(x): return f(x) + slow(x)",
    )
    assert alone(sources.of(names["both"]), "both(3)") == "10"


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (["import numpy as np\ntable = np.zeros(3)", "def f(): return table"], "it uses table, a ndarray"),
        (
            ["class A:\n    def m(self): return 1", "def m(self): return 2\nA.m2 = m\nf = A"],
            "A.m2 was added to the class",
        ),
        (["f = lambda x: x"], "can't be kept: the cell that defines"),
        (["class Empty: pass\nf = Empty"], "it is not known where Empty was written"),
    ],
)
def test_what_can_not_be_kept_says_why(notebook, cells, message):
    names = notebook(*cells)
    with pytest.raises(sources.NotToBeKept, match=message):
        sources.of(names["f"])
