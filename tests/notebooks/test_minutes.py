"""What a notebook's first cell says of the time that its cells take is what was measured when its outputs were made."""

import re
from pathlib import Path

import pytest

from dt_helpers.authoring import expected
from dt_helpers.authoring.tree import Tree

TREE = Tree(Path(__file__).parents[2])
SECONDS = {
    "half a minute": 30,
    "a minute": 60,
    "a minute and a half": 90,
    "two minutes": 120,
    "three minutes": 180,
    "four minutes": 240,
    "five minutes": 300,
}


def measured(stem: str) -> float:
    parts = expected.read(TREE, "quick")
    return sum(seconds for name, seconds in parts.items() if name.split(":")[0] == stem)


def said(script: Path) -> str:
    text = " ".join(script.read_text(encoding="utf-8").replace("\n# ", " ").split())
    (found,) = re.findall(r"cells take (?:about )?([\w ]+?) of one CPU core", text)
    return found


@pytest.mark.parametrize("script", TREE.scripts(), ids=lambda script: script.stem)
def test_the_cells_take_what_the_top_says_within_a_third(script):
    words, seconds = said(script), measured(script.stem)
    if words == "a few seconds":
        assert 0 < seconds <= 10
    else:
        assert 2 / 3 * SECONDS[words] <= seconds <= 4 / 3 * SECONDS[words]
