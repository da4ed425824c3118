"""A figure that a notebook shows with its words: what it tells to those who can't see it."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Iterable, Sequence

import numpy as np
from matplotlib.figure import Figure

from dt_helpers.machine.telling import short


class Picture(Figure):
    """A figure that any notebook displays, whether or not pyplot was imported.

    `words` says what it shows, for a screen reader: its axes, and the numbers that a glance would tell. A notebook gets
    an HTML image, since JupyterLab shows a plain PNG without words.
    """

    def __init__(self, width: float = 7.0, height: float = 3.0, **options):
        super().__init__(figsize=(width, height), layout="constrained", dpi=110, **options)
        self.words = ""

    def _repr_html_(self) -> str:
        buffer = io.BytesIO()
        self.savefig(buffer, format="png")
        data = base64.b64encode(buffer.getvalue()).decode("ascii")
        words = html.escape(self.words)
        return f'<img alt="{words}" style="max-width: 100%; height: auto" src="data:image/png;base64,{data}">'


def listed(parts: Iterable[object]) -> str:
    return ", ".join(map(str, parts))


def course(name: str, x: Sequence[float] | np.ndarray, y: np.ndarray, at: str) -> str:
    """A line in words: where it begins and ends, and how low and high it gets between.

    ``course("training", [1, 500], [0.4, 0.02], "at step")`` is "training: 0.4 at step 1, 0.02 at step 500".
    """
    if not len(y):
        return f"{name}: nothing."
    first, last = 0, len(y) - 1
    ends = listed(f"{short(y[i])} {at} {short(x[i])}" for i in dict.fromkeys((first, last)))
    between = [
        f"{word} {short(y[place])} {at} {short(x[place])}"
        for word, place in (("lowest", int(np.argmin(y))), ("highest", int(np.argmax(y))))
        if place not in (first, last) and y[place] not in (y[first], y[last])
    ]
    return f"{name}: {listed([ends, *between])}."
