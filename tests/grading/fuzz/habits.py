"""What students do to notebooks: each takes a notebook, one of its answers and a random generator, and changes them.

Not all leave the answer right in every combination; what a notebook is worth a kernel says.
"""

import textwrap

from .notebooks import copied, is_check, marks, target

HABITS = []


def habit(function):
    HABITS.append(function)
    return function


SCRATCH = (
    "%pip install -q einops\n!pip --version",
    "%matplotlib inline\n%config InlineBackend.figure_format = 'retina'",
    "import matplotlib.pyplot as plt\nplt.plot([1, 2]);",
    "%load_ext autoreload\n%autoreload 2",
    "gpu = !nvidia-smi\nprint(gpu[:1])",
    "!echo a \\\n  b \\\n  | cat\nhere = %pwd",
    "import sys\nIN_COLAB = 'google.colab' in sys.modules\nif IN_COLAB:\n    %pip install -q wandb\n    !apt install x",
    "for i in range(2):\n    %time total = sum(range(10))\n    !echo {i}",
    "%%bash\necho hello\nfor i in 1 2; do echo $i; done",
    "%%html\n<b>bold</b>",
    "%%javascript\nconsole.log('def f(): return')",
    "%%capture out\nprint('a lot of text')",
    "%%timeit -n1 -r1\nsum(range(100))",
    "%%writefile notes.py\nNOTE = 'mine'",
    "import numpy as np\nnp.ones?\nnp.zeros??",
    "1 / 0",
    "rewards_of_first[0]",
    "def broken(:\n    pass",
    "import nowhere_to_be_found",
    "from nowhere_to_be_found import *",
    "raise KeyboardInterrupt",
    "import sys\nsys.exit('done')",
    "import asyncio\nawait asyncio.sleep(0)\nasync with asyncio.Lock():\n    x = 1",
    "assert False, 'TODO'",
    "x = 5\nx",
    "_",
    "sum_of = 0\nfor i in (1, 2):\n    sum_of += i",
    "id = 7; type = 'x'; input = None; max = 5",
    "import os\nos.makedirs('work', exist_ok=True)\nos.environ['MINE'] = '1'",
    "%cd /tmp\n%pwd\n%cd -",
    "import ipywidgets\nslider = ipywidgets.IntSlider(3)\nslider",
    "from ipywidgets import interact\ninteract(lambda x: x, x=(0, 5));",
    "import warnings\nwarnings.filterwarnings('ignore')",
    "import threading, time\nthreading.Thread(target=time.sleep, args=(1,), daemon=True).start()",
    '#@title A form { display-mode: "form" }\nlr = 0.1 #@param {type:"number"}',
    "# 回报 · العائد · сумма\nétape = 'é'; print(étape, '🎉')",
    "class Tools:\n    @staticmethod\n    def show(*xs):\n        print(*xs)\nTools.show(1)",
    "from tqdm.auto import tqdm\nfor _ in tqdm(range(3)): pass",
    "import pandas as pd\npd.DataFrame({'a': [1, 2]})",
    ">>> y = 1\n>>> y + 1",
    "    z = 1\n    if z:\n        print(z)",
    "who\nls",
    "get_ipython().run_line_magic('matplotlib', 'inline')\nget_ipython().system('true')",
    "import random\nrandom.seed(0)\nimport torch\ntorch.manual_seed(0)",
    "exec('made_by_exec = 1')\nglobals()['also'] = 2",
    "%store -z\n%who",
    "print('many lines\\n' * 1000)",
    "import numpy as np\nnp.set_printoptions(precision=2)",
    "",
)


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
    name = target(answer)
    if answer["source"].startswith("def "):
        nb.before(answer, answer["source"].replace(name, f"my_{name}"))
        answer["source"] = f"def {name}(*args, **kwargs):\n    return my_{name}(*args, **kwargs)"


@habit
def helper_below(nb, answer, rng):
    name = target(answer)
    if answer["source"].startswith("def "):
        nb.after(answer, answer["source"].replace(name, f"my_{name}"))
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
    check = next(cell for cell in nb.cells[nb._index(answer) :] if is_check(cell))
    if name:
        nb.after(
            check,
            f"_kept = {name}\ndef {name}(*args, **kwargs):\n    return None  # how bad does it get?",
            f"{name} = _kept",
        )


@habit
def constant_elsewhere(nb, answer, rng):
    if answer["source"].startswith("def "):
        head, body = answer["source"].split(":\n", 1)
        answer["source"] = (
            f"{head}:\n    zero = ZERO + OFFSETS['none']\n{body}" if '"""' not in body else answer["source"]
        )
        where = rng.choice((nb.before, nb.after))
        where(answer, "ZERO = 1\nOFFSETS = {}", "ZERO -= 1", "OFFSETS.update(none=0)")


@habit
def read_from_a_file(nb, answer, rng):
    if answer["source"].startswith("def "):
        head, body = answer["source"].split(":\n", 1)
        nb.before(answer, "import json\njson.dump({'a': 1}, open('settings.json', 'w'))")
        answer["source"] = f"{head}:\n    assert json.load(open('settings.json'))['a'] == 1\n{body}"


@habit
def written_and_imported(nb, answer, rng):
    name = target(answer)
    imports = "import numpy as np\nimport torch\n\n"
    if answer["source"].startswith("def "):
        nb.before(answer, "%%writefile my_answer.py\n" + imports + answer["source"])
        answer["source"] = rng.choice((f"from my_answer import {name}", "from my_answer import *", "%run my_answer.py"))


@habit
def from_the_environment(nb, answer, rng):
    if answer["source"].startswith("def "):
        head, body = answer["source"].split(":\n", 1)
        nb.before(answer, "%env MY_SIDE=left", "import os\nos.environ['MY_OTHER'] = 'x'")
        answer["source"] = f"{head}:\n    assert os.environ['MY_SIDE'] + os.environ['MY_OTHER'] == 'leftx'\n{body}"


@habit
def magics_in_the_function(nb, answer, rng):
    if answer["source"].startswith("def "):
        head, body = answer["source"].split(":\n", 1)
        answer["source"] = f"{head}:\n    said = !echo 1\n    here = %pwd\n{body}"


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


@habit
def split_setup(nb, answer, rng):
    first = next(cell for cell in nb.cells if cell["cell_type"] == "code")
    paragraphs = first["source"].split("\n\n")
    first["source"] = paragraphs[0]
    nb.after(first, *paragraphs[1:])


@habit
def imports_shadowed_and_back(nb, answer, rng):
    nb.after(answer, "np = 3\ntorch = None\nrange = []", "import numpy as np, torch\ndel range")


@habit
def star_imports(nb, answer, rng):
    nb.before(answer, "from math import *\nfrom numpy import *\nimport numpy as np")


@habit
def answer_moved_up(nb, answer, rng):
    nb.cells.remove(answer)
    nb.cells.insert(rng.randint(0, 3), answer)


@habit
def answers_merged(nb, answer, rng):
    first, *others = nb.answers()
    first["source"] = "\n\n\n".join(cell["source"] for cell in (first, *others))
    for cell in others:
        cell["source"] = "# above"


@habit
def markdown_deleted(nb, answer, rng):
    nb.cells[:] = [cell for cell in nb.cells if cell["cell_type"] == "code"]


@habit
def ids_lost(nb, answer, rng):
    nb.notebook["nbformat_minor"] = 4
    for cell in nb.cells:
        cell.pop("id", None)


@habit
def saved_by_colab(nb, answer, rng):
    """New ids in the metadata; nbgrader's is kept."""
    ids_lost(nb, answer, rng)
    for number, cell in enumerate(nb.cells):
        cell["metadata"]["id"] = f"aBc{number:09d}"


@habit
def check_copied(nb, answer, rng):
    check = next(cell for cell in nb.cells[nb._index(answer) :] if is_check(cell))
    nb.before(answer, check["source"])
    nb.after(check, check["source"], f"try:\n    {check['source']}\nexcept Exception as e:\n    print(e)")


@habit
def check_copied_with_its_id(nb, answer, rng):
    check = next(cell for cell in nb.cells[nb._index(answer) :] if is_check(cell))
    nb.cells.insert(nb._index(answer), copied(check, "copied-check"))


@habit
def stub_left_above(nb, answer, rng):
    name = target(answer)
    if name and name[0].islower():
        stub = copied(answer, "stub-copy")
        stub["source"] = f"def {name}(*args, **kwargs):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
        nb.cells.insert(nb._index(answer), stub)


@habit
def other_cells_in_between(nb, answer, rng):
    raw = {"cell_type": "raw", "metadata": {}, "id": "own-raw", "source": f"def {target(answer)}(): return 'raw'"}
    prose = raw | {"cell_type": "markdown", "id": "own-prose"}
    nb.cells[nb._index(answer) + 1 : nb._index(answer) + 1] = [raw, prose]


@habit
def windows_line_ends(nb, answer, rng):
    answer["source"] = answer["source"].replace("\n", "\r\n")


@habit
def metadata_of_editors(nb, answer, rng):
    nb.notebook["metadata"] |= {"vscode": {"interpreter": {"hash": "x"}}, "accelerator": "GPU"}
    for cell in nb.cells:
        cell["metadata"] |= {"collapsed": True, "tags": ["raises-exception", "hide-input"], "scrolled": False}


@habit
def answers_tested_by_the_student(nb, answer, rng):
    if name := target(answer):
        text = f"import unittest\nclass T(unittest.TestCase):\n    def test(self): self.assertTrue(callable({name}))\n"
        nb.after(
            answer, text + "unittest.main(argv=[''], exit=False)", f"import inspect\nprint(inspect.signature({name}))"
        )


@habit
def deleted_and_made_again(nb, answer, rng):
    if name := target(answer):
        nb.after(answer, f"import copy\nkept = copy.copy({name})\ndel {name}", f"{name} = kept")
        assert marks(answer)
