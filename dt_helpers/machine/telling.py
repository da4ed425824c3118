"""Printing for any terminal, and text as HTML for notebooks."""

import sys
from functools import cache
from html import escape


def tell(*lines: object) -> None:
    """Print each on its own line; characters that the terminal can't encode become question marks."""
    for line in map(str, lines):
        try:
            print(line)
        except UnicodeEncodeError:
            encoding = sys.stdout.encoding or "ascii"
            print(line.encode(encoding, "replace").decode(encoding))


def short(value: float) -> str:
    """A number in few digits: as an integer from 100 up, with three significant digits below."""
    return f"{value:,.0f}" if abs(value) >= 100 or float(value).is_integer() else f"{value:.3g}"


@cache
def tell_once(line: str) -> None:
    """Print it the first time that this process has to say it."""
    tell(line)


def in_notebook() -> bool:
    """Whether this runs in a Jupyter kernel (JupyterLab, Colab, nbclient)."""
    get_ipython = getattr(sys.modules.get("IPython"), "get_ipython", None)
    return get_ipython is not None and hasattr(get_ipython(), "kernel")


def as_html(text: str) -> str:
    """Escaped text, with line breaks kept and `code` between backticks as code."""
    pieces = escape(text).split("`")
    for i in range(1, len(pieces), 2):
        pieces[i] = f"<code>{pieces[i]}</code>"
    return "".join(pieces).replace("\n", "<br>")
