"""What is written for students: the words that CONTRIBUTING.md asks for, and a README that is short and leads on."""

import re

import pytest

from dt_helpers.authoring import scripts
from tests.course_tree import REPOSITORY

from .test_notebooks import SCRIPTS

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| [^|]+ \| ([^|(]+)(\([^|]*\) )?\|$", re.MULTILINE)


def words_to_avoid() -> list[str]:
    """The right column of the table, but for the rows whose words are wrong in one sense alone."""
    page = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = page.split("| write | not |\n| --- | --- |\n")[1].split("\n\n")[0]
    return [word.strip() for words, sense in ROW.findall(table) if not sense for word in words.split(",")]


def text_of(script) -> str:
    return "\n".join(cell.source for cell in scripts.read(script).cells if cell.cell_type == "markdown")


def odd(text: str) -> list[str]:
    found = [word for word in words_to_avoid() if re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE)]
    return found + re.findall(r"\b\d{1,3} \d{3}\b", text)  # numbers with a space for thousands


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_notebook_uses_the_words_of_the_list(script):
    assert odd(text_of(script)) == []


def test_the_readme_uses_the_words_of_the_list():
    assert odd(README) == []


@pytest.mark.parametrize("text", ["another wish", "What to take along", "50 000 steps", "This Is Solved Since 1959"])
def test_odd_words_are_found(text):
    assert len(odd(text)) == 1


def test_the_readme_is_short_and_its_links_lead_somewhere():
    assert len(README.split()) <= 500
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]
    assert links and not [link for link in links if not (REPOSITORY / link).exists()]
