"""What runs side by side, as course.toml says it."""

import re
from itertools import combinations
from pathlib import Path

import nbformat
import pytest

from dt_helpers.authoring import parts
from dt_helpers.authoring.tree import Tree
from tests.course_tree import REPOSITORY, declare, make_tree

SCRIPT = """# %%
count = 0

# %% [markdown]
# ## One

# %%
count += 1

# %% [markdown]
# The end of one.
#
# ## Two

# %%
count += 2
"""


@pytest.fixture
def tree(tmp_path):
    tree = make_tree(tmp_path / "course")
    (tree.solutions / "03_parts.py").write_text(SCRIPT)
    return tree


def sources(part):
    return [cell.source for cell in part.notebook.cells if cell.cell_type == "code"]


def test_without_a_declaration_each_notebook_is_one_part_and_waits_for_none(tree):
    notebooks, found = parts.read(tree)
    assert [part.name for part in found] == list(notebooks) == ["01_returns", "02_window", "03_parts"]
    assert all(part.after == part.leaves == () for part in found)
    assert found[0].numbers == list(range(1, 9))


def test_a_part_has_the_cells_before_the_first_and_its_own(tree):
    declare(tree, "[03_parts]\nparts = ['One', 'Two']\n")
    _, (*_, one, two) = parts.read(tree)
    assert (one.name, two.name) == ("03_parts: One", "03_parts: Two")
    assert sources(one) == ["count = 0", "count += 1"]
    assert sources(two) == ["count = 0", "count += 2"]
    assert (one.numbers, two.numbers) == ([1, 2, 3], [1, 4, 5])
    for part in (one, two):
        nbformat.validate(part.notebook)


def test_what_a_parts_own_cells_put_out_is_in_the_notebook_and_the_setup_is_the_first_parts(tree):
    declare(tree, "[03_parts]\nparts = ['One', 'Two']\n")
    notebooks, (*_, one, two) = parts.read(tree)
    for name, part in {"one": one, "two": two}.items():
        for count, cell in enumerate((cell for cell in part.notebook.cells if cell.cell_type == "code"), 1):
            cell.outputs = [nbformat.v4.new_output("stream", text=name)]
            cell.execution_count = count
    parts.number_executions(notebooks["03_parts"])
    code = [cell for cell in notebooks["03_parts"].cells if cell.cell_type == "code"]
    assert [cell.outputs[0].text for cell in code] == ["one", "one", "two"]
    assert [cell.execution_count for cell in code] == [1, 2, 3]


def test_only_the_named_notebooks_are_read(tree):
    assert [part.name for part in parts.read(tree, ["02_window"])[1]] == ["02_window"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (
            "[01_returns]\nafter = ['00_nothing']",
            "names 00_nothing, which is not a notebook. The notebooks are: 01_returns",
        ),
        ("[00_nothing]\nleaves = []", "names 00_nothing, which"),
        ("[01_returns]\nafter = '02_window'", r"\[01_returns\] may hold lists of text called after, leaves, parts"),
        ("[01_returns]\nbefore = ['02_window']", r"\[01_returns\] may hold"),
        ("01_returns = 1", r"\[01_returns\] may hold"),
        ("[01_returns", "is not TOML"),
        ("[01_returns]\nafter = ['02_window']\n[02_window]\nafter = ['01_returns']", "wait for each other"),
        ("[03_parts]\nparts = ['Three']", "no text cell of 03_parts has the heading '## Three'"),
        ("[03_parts]\nparts = ['Two', 'One']", "not in the notebook's order"),
        ("[03_parts]\nparts = ['One', 'Two']\nleaves = ['model']", "does not say which"),
    ],
)
def test_a_declaration_that_makes_no_sense_is_named(tree, text, complaint):
    declare(tree, text)
    with pytest.raises(ValueError, match=complaint):
        parts.read(tree)


# The course's own


def test_the_film_comes_after_the_training_and_the_challenges_are_in_parts():
    found = {part.name: part for part in parts.read(Tree(REPOSITORY))[1]}
    assert found["06_replay"].after == ("05_training",)
    assert found["05_training"].leaves and "replay.mp4" in found["06_replay"].leaves
    assert [name for name in found if name.startswith("09")] == [
        f"09_challenges: {heading}" for heading in ("Other robots", "Other targets", "Other eyes")
    ]


def test_no_two_parts_write_the_same_file_into_the_workspace():
    """Unless one comes after the other."""
    written = {}
    for part in parts.read(Tree(REPOSITORY))[1]:
        text = "\n".join(sources(part))
        written[part] = set(re.findall(r'workspace\(\) / f?"([^"]+)"', text))
    assert written and any(written.values())
    for one, other in combinations(written, 2):
        if one.stem not in other.after:
            assert not written[one] & written[other], f"{one.name} and {other.name}"


def test_the_declaration_is_not_released():
    assert not list(Path(REPOSITORY / "notebooks").rglob("*.toml"))
