"""What all pages of the course look like: colours for light and dark themes, and those of highlighted code."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from markupsafe import Markup
from pygments.formatters import HtmlFormatter

COLORS = Path(__file__).parents[1] / "assets" / "colors.css"


@cache
def styles(sheet: Path) -> Markup:
    """The colours, the page's own `sheet`, which names them as variables, and the styles of `.highlight`."""
    parts = [path.read_text(encoding="utf-8") for path in (COLORS, sheet)]
    light = HtmlFormatter(style="xcode").get_style_defs(".highlight")
    dark = HtmlFormatter(style="github-dark").get_style_defs(".highlight")
    return Markup("\n".join([*parts, light, "@media (prefers-color-scheme: dark) {", dark, "}"]))
