"""What people are told, and where they read it: in whatever terminal, or in a notebook as HTML."""

import sys
from html import escape


def tell(*lines: object) -> None:
    """Print each on a line of its own; what the terminal's code page doesn't have becomes a question mark."""
    for line in map(str, lines):
        try:
            print(line)
        except UnicodeEncodeError:
            encoding = sys.stdout.encoding or "ascii"
            print(line.encode(encoding, "replace").decode(encoding))


def in_notebook() -> bool:
    """Whether this runs in a Jupyter kernel (JupyterLab, Colab, nbclient)."""
    get_ipython = getattr(sys.modules.get("IPython"), "get_ipython", None)
    return get_ipython is not None and hasattr(get_ipython(), "kernel")


def as_html(text: str) -> str:
    """Escaped, with `code` between backticks and line breaks kept."""
    pieces = escape(text).split("`")
    for i in range(1, len(pieces), 2):
        pieces[i] = f"<code>{pieces[i]}</code>"
    return "".join(pieces).replace("\n", "<br>")
