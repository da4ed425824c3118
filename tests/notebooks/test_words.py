"""What is written for readers: the words that CONTRIBUTING.md asks for, and a README that is short and leads on."""

import ast
import re
import tokenize

import pytest

from dt_helpers.authoring import scripts
from tests.course_tree import REPOSITORY

from .test_notebooks import SCRIPTS

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
PAGES = [REPOSITORY / "README.md", REPOSITORY / "Makefile", *sorted((REPOSITORY / "docs").glob("*.md"))]
PACKAGE = REPOSITORY / "dt_helpers"
ROOMS = [*sorted(path.parent for path in PACKAGE.glob("*/__init__.py")), REPOSITORY / "benchmarks"]
ROW = re.compile(r"^\| [^|]+ \| ([^|(]+)(\([^|]*\) )?\|$", re.MULTILINE)


def words_to_avoid() -> list[str]:
    """The right column of the table, but for the rows whose words are wrong in one sense alone."""
    page = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = page.split("| write | not |\n| --- | --- |\n")[1].split("\n\n")[0]
    return [word.strip() for words, sense in ROW.findall(table) if not sense for word in words.split(",")]


def text_of(script) -> str:
    return "\n".join(cell.source for cell in scripts.read(script).cells if cell.cell_type == "markdown")


def words_of_code(path) -> str:
    """The docstrings, comments and messages of a module."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    texts = [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    with path.open("rb") as file:
        texts += [token.string for token in tokenize.tokenize(file.readline) if token.type == tokenize.COMMENT]
    return "\n".join(texts)


def odd(text: str) -> list[str]:
    found = [word for word in words_to_avoid() if re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE)]
    return found + re.findall(r"\b\d{1,3} \d{3}\b", text)  # numbers with a space for thousands


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_notebook_uses_the_words_of_the_list(script):
    assert odd(text_of(script)) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_uses_the_words_of_the_list(page):
    assert odd(page.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("room", [PACKAGE, *ROOMS], ids=lambda room: room.name)
def test_the_package_uses_the_words_of_the_list(room):
    modules = sorted(room.glob("*.py") if room == PACKAGE else room.rglob("*.py"))
    assert {module.name: found for module in modules if (found := odd(words_of_code(module)))} == {}


@pytest.mark.parametrize("text", ["another wish", "What to take along", "50 000 steps", "This Is Solved Since 1959"])
def test_odd_words_are_found(text):
    assert len(odd(text)) == 1


def test_the_readme_is_short_and_its_links_lead_somewhere():
    assert len(README.split()) <= 500
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]
    assert links and not [link for link in links if not (REPOSITORY / link).exists()]
