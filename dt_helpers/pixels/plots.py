"""Plots of what an agent sees."""

from __future__ import annotations

import numpy as np

from dt_helpers.machine.picture import Picture, listed


def frames(rows: np.ndarray, columns: int = 10, titles: list[str] | None = None) -> Picture:
    """Frames (n, size * size), uint8, in reading order, with `titles` above them if given."""
    pictures = _unfold(rows)  # (n, size, size)
    lines = -(-len(pictures) // columns)
    figure = Picture(width=7.0, height=lines * 7.0 / columns * (1.25 if titles else 1.05))
    figure.words = (
        f"{len(pictures)} grey pictures of {pictures.shape[1]} by {pictures.shape[2]} pixels, in reading order."
    )
    figure.words += f" Above them: {listed(titles)}." if titles else ""
    for i, axes in enumerate(np.ravel(figure.subplots(lines, columns))):
        axes.axis("off")
        if i < len(pictures):
            axes.imshow(pictures[i], cmap="gray", vmin=0, vmax=255)
            if titles:
                axes.set_title(titles[i], fontsize=7)
    return figure


def enlarged(rows: np.ndarray, times: int = 8) -> np.ndarray:
    """Frames (n, size * size), uint8, enlarged for a video: (n, times * size, times * size, 3), uint8."""
    pictures = _unfold(rows).repeat(times, axis=1).repeat(times, axis=2)
    return np.repeat(pictures[..., None], 3, axis=-1)


def _unfold(rows: np.ndarray) -> np.ndarray:
    rows = np.asarray(rows)
    size = round(rows.shape[1] ** 0.5)
    return rows.reshape(len(rows), size, size)
