"""What all pages have in common: one file, nothing remote, no script, everything escaped."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from dt_helpers.authoring.styles import styles
from dt_helpers.telling import as_html

TEMPLATES = Path(__file__).parents[2] / "assets" / "grading"
# Even if something got through: the page may load and run nothing.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_PATH = re.compile(r"(?<![\w/.])(?:~|[A-Za-z]:)?(?:[/\\][\w.+@-]+){2,}[/\\]?")


def render(template: str, **values) -> str:
    """The page of a template in assets/grading; all values are escaped."""
    return _environment().get_template(template).render(css=styles(TEMPLATES / "page.css"), policy=POLICY, **values)


def code(text: str) -> Markup:
    """Python, highlighted, with the numbers of its lines."""
    formatter = HtmlFormatter(linenos="inline", wrapcode=True)
    return Markup(highlight(text.rstrip(), PythonLexer(stripnl=False), formatter))


def prose(text: str) -> Markup:
    """A sentence with `code` between backticks; no path of the grader's machine, line breaks kept."""
    return Markup(as_html(without_paths(text)))


def without_paths(text: str) -> str:
    """Of a path the last name alone."""
    return _PATH.sub(lambda found: re.split(r"[/\\]", found[0].rstrip("/\\"))[-1], text)


def points(value: float | None) -> str:
    return "–" if value is None else f"{value:g}"


@cache
def _environment() -> Environment:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    environment.filters |= {"code": code, "prose": prose, "points": points}
    return environment
