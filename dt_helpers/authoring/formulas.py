"""Formulas as MathML, which browsers draw by themselves: no script, nothing to load."""

from __future__ import annotations

import re
from html import escape, unescape

from latex2mathml.converter import convert

# as pymdownx.arithmatex writes them with `generic: true`
WRITTEN = re.compile(r'<(?P<tag>span|div) class="arithmatex">(?:\\\((.*?)\\\)|\\\[(.*?)\\\])</(?P=tag)>', re.DOTALL)


def drawn(html: str) -> str:
    return WRITTEN.sub(lambda found: _formula(found[2] or found[3] or "", found["tag"]), html)


def formula(tex: str, display: str) -> str:
    """MathML, `display` being "inline" or "block"; what can't be converted stays readable, as it was written."""
    try:
        return convert(tex.strip(), display=display)
    except Exception:  # whatever the converter stumbles over
        return f"<code>{escape(tex)}</code>"


def _formula(tex: str, tag: str) -> str:
    if tag == "span":
        return formula(unescape(tex), "inline")
    return f'<div class="dt-formula" tabindex="0">{formula(unescape(tex), "block")}</div>'  # may be too wide
