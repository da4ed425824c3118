"""The card that a notebook shows. Inline styles only, so that it survives sanitising and needs no stylesheet;
no colour carries meaning, and text keeps the notebook's own colour, so that light and dark themes both work."""

from collections.abc import Sequence
from html import escape

from dt_helpers.check.engine.exercise import Strip
from dt_helpers.machine.telling import as_html

_CARD = (
    "border:1px solid rgba(128,128,128,.5);border-left:5px {edge};border-radius:4px;padding:8px 14px;"
    "max-width:760px;font-family:sans-serif;font-size:14px;line-height:1.45;color:inherit"
)
_EDGES = {"✓": "solid #2e9e5b", "✗": "double #d9662c", "→": "dotted #3b78c4"}
_CELL = (
    "padding:1px 6px;text-align:center;font-family:monospace;font-size:13px;color:inherit;white-space:nowrap;"
    "border:1px solid rgba(128,128,128,.6)"
)
_TITLE = "text-align:right;padding:1px 8px 1px 0;border:0;color:inherit;font-size:13px"
_TABLE = "margin:6px 0 0;border:0;border-collapse:separate;border-spacing:2px;color:inherit;width:auto"
_CODE = "margin:6px 0 0;font-size:12px;color:inherit;background:none;white-space:pre;overflow-x:auto"
_OFF = ";border:2px dashed #d9662c;font-weight:bold"


def card(
    mark: str,
    name: str,
    sentence: str,
    strip: Strip | None = None,
    lines: Sequence[str] = (),
    hints: tuple[str, ...] = (),
    facts: Sequence[str] = (),
) -> str:
    """The verdict as HTML: `mark` is ✓, ✗ or → (help that was asked for), `lines` are of the student's code."""
    parts = [f"<div><b>{mark} {escape(name)}</b> &nbsp; {as_html(sentence)}</div>"]
    if strip:
        parts.append(picture(strip))
    if lines:
        code = "\n".join(escape(line) for line in lines)
        parts.append(f'<pre style="{_CODE}">{code}</pre>')
    for i, hint in enumerate(hints, start=1):
        label = f"Hint {i}" if len(hints) > 1 else "Hint"
        parts.append(f'<div style="margin-top:5px"><i>{label}:</i> {as_html(hint)}</div>')
    if facts:
        small = "<br>".join(escape(fact) for fact in facts)
        parts.append(f'<div style="margin-top:6px;font-size:12px;opacity:.8">{small}</div>')
    return f'<div style="{_CARD.format(edge=_EDGES[mark])}">{"".join(parts)}</div>'


def question(ask: str, answers: Sequence[tuple[str, str]]) -> str:
    """A question as HTML; each answer opens its reply."""
    parts = [f"<div><b>Before you go on:</b> {as_html(ask)}</div>"]
    for answer, reply in answers:
        summary = f'<summary style="cursor:pointer">{as_html(answer)}</summary>'
        parts.append(
            f'<details style="margin-top:5px">{summary}<div style="margin-left:16px">{as_html(reply)}</div></details>'
        )
    return f'<div style="{_CARD.format(edge=_EDGES["→"])}">{"".join(parts)}</div>'


def picture(strip: Strip) -> str:
    """One row of boxes above the other; a box that differs from the expected one has a dashed frame and a ≠."""
    rows = []
    for title, labels, wrong in strip.rows:
        boxes = "".join(
            f'<td style="{_CELL}{_OFF if off else ""}">{"≠ " * off}{escape(label) or "&nbsp;"}</td>'
            for label, off in zip(labels, wrong, strict=True)
        )
        rows.append(f'<tr style="background:none"><td style="{_TITLE}">{escape(title)}</td>{boxes}</tr>')
    return f'<div style="overflow-x:auto"><table style="{_TABLE}">{"".join(rows)}</table></div>'  # wider than the page
