"""What all pages share: one file, nothing remote, no script, everything escaped."""

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
from dt_helpers.machine.telling import as_html

TEMPLATES = Path(__file__).parents[2] / "assets" / "grading"
# Even if something slips through, the page may load and run nothing.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_PATH = re.compile(r"(?<![\w/.])(?:~|[A-Za-z]:)?(?:[/\\][\w.+@-]+){2,}[/\\]?")


def render(template: str, **values) -> str:
    """The page from a template in assets/grading; all values are escaped."""
    return _environment().get_template(template).render(css=styles(TEMPLATES / "page.css"), policy=POLICY, **values)


def code(text: str) -> Markup:
    """Highlighted Python with line numbers."""
    formatter = HtmlFormatter(linenos="inline", wrapcode=True)
    return Markup(highlight(text.rstrip(), PythonLexer(stripnl=False), formatter))


def prose(text: str) -> Markup:
    """A sentence with `code` between backticks and line breaks kept, without paths on the grader's machine."""
    return Markup(as_html(without_paths(text)))


def without_paths(text: str) -> str:
    """Only the last name of each path."""
    return _PATH.sub(lambda found: re.split(r"[/\\]", found[0].rstrip("/\\"))[-1], text)


def points(value: float | None) -> str:
    return "–" if value is None else f"{value:g}"


@cache
def _environment() -> Environment:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    environment.filters |= {"code": code, "prose": prose, "points": points}
    return environment
