"""What students and their editors do to the cells around the answers, as `habits` does to the answers."""

from .habits import habit
from .notebooks import copied, marks, target


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
    check = nb.check_of(answer)
    nb.before(answer, check["source"])
    nb.after(check, check["source"], f"try:\n    {check['source']}\nexcept Exception as e:\n    print(e)")


@habit
def check_copied_with_its_id(nb, answer, rng):
    check = nb.check_of(answer)
    nb.cells.insert(nb.index(answer), copied(check, "copied-check"))


@habit
def stub_left_above(nb, answer, rng):
    name = target(answer)
    if name and name[0].islower():
        stub = copied(answer, "stub-copy")
        stub["source"] = f"def {name}(*args, **kwargs):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
        nb.cells.insert(nb.index(answer), stub)


@habit
def other_cells_in_between(nb, answer, rng):
    raw = {"cell_type": "raw", "metadata": {}, "id": "own-raw", "source": f"def {target(answer)}(): return 'raw'"}
    prose = raw | {"cell_type": "markdown", "id": "own-prose"}
    nb.cells[nb.index(answer) + 1 : nb.index(answer) + 1] = [raw, prose]


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
