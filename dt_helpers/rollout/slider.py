"""A slider over target returns: shows the replay for the chosen one, without a kernel, in any notebook or page.

All replays are filmed beforehand into one video, one above another, and a window shows one of them, so they stay in
sync while the slider moves. The handler is an attribute of the slider itself, without a script or an id, so that two
sliders on one page do not interfere. In a notebook that it does not trust, JupyterLab removes the handler and most of
the style; the whole video remains, with its captions below.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from html import escape
from pathlib import Path

import numpy as np

from dt_helpers import rollout, video
from dt_helpers.envs import door
from dt_helpers.envs.door import Environment
from dt_helpers.model import DecisionTransformerModel
from dt_helpers.video import cameras

MOVED = "this.closest('.dt-slider').style.setProperty('--row', this.value)"
PAUSED = "this.paused ? this.play() : this.pause()"


@dataclass(frozen=True)
class Slider:
    """Replays in one video, the first target's at the top, and a slider that chooses one of them."""

    path: Path  # the MP4
    size: tuple[int, int]  # width and height of one replay, in pixels
    labels: list[str]  # at the slider's stops
    notes: list[str]  # the caption below each replay

    def __repr__(self) -> str:
        return f"<Slider {self.path.name}: {', '.join(self.labels)}>"

    def _repr_html_(self) -> str:
        data = base64.b64encode(self.path.read_bytes()).decode("ascii")
        width, height = self.size
        stops = len(self.labels)
        notes = "".join(f"<div>{escape(note)}</div>" for note in self.notes)
        places = [i / max(1, stops - 1) for i in range(stops)]
        labels = "".join(
            f'<span style="position: absolute; left: calc(8px + (100% - 16px) * {place:.4f}); '
            f'transform: translateX(-50%)">{escape(label)}</span> '
            for place, label in zip(places, self.labels, strict=True)
        )
        # JupyterLab captures the arrow keys, except in elements with Lumino's data-lm-… attribute.
        return f"""<div class="dt-slider"
 style="--row: 0; box-sizing: content-box; max-width: {width}px; padding: 0 20px; container-type: inline-size">
<div style="overflow: hidden; aspect-ratio: {width} / {height}">
<video autoplay loop muted playsinline aria-label="Films of the same start, {escape("; ".join(self.notes))}"
 title="click to pause or play" onclick="{PAUSED}"
 style="display: block; width: 100%; transform: translateY(calc(var(--row) * -100% / {stops}))"
 src="data:video/mp4;base64,{data}"></video></div>
<div style="overflow: hidden; height: 1.8em; line-height: 1.8em; text-align: center; white-space: nowrap;
 font-size: min(1em, 3.6cqw)">
<div style="transform: translateY(calc(var(--row) * -1.8em))">{notes}</div></div>
<input type="range" min="0" max="{stops - 1}" step="1" value="0" aria-label="target return"
 data-lm-suppress-shortcuts="true" style="width: 100%; margin: 0" oninput="{MOVED}">
<div style="position: relative; height: 1.8em; font-size: 85%; opacity: 0.8">{labels}</div></div>"""


def film(
    model: DecisionTransformerModel,
    env_name: Environment,
    target_returns: Sequence[float],
    path: str | Path,
    seed: int = 0,
    max_steps: int = 200,
    size: tuple[int, int] = (360, 216),
    frames_per_second: float = 10.0,
    backend: str | None = None,
    progress: bool = True,
) -> Slider:
    """Film the first `max_steps` of one episode per target, all from the same start, into the MP4 at `path`.

    Steps are skipped so that about `frames_per_second` remain; the video still plays in real time. `backend` as in
    `render.Renderer`. Raises ValueError as `rollout.evaluate_targets` does.
    """
    frames = []
    with ExitStack() as stack:
        (env,) = door.open_all(env_name, 1, stack, drawn=True)
        render, dt = cameras.camera(env, stack, *size, backend)
        stride = max(1, round(1 / (frames_per_second * dt)))

        def capture(robots: list, t: int, returns: np.ndarray) -> None:
            if t % stride == 0:
                frames.append(np.concatenate([render(robot) for robot in robots]))

        runs = rollout.evaluate_targets(
            model, env_name, target_returns, 1, seed, max_steps, progress, on_step=capture, drawn=True
        )
    size = (frames[0].shape[1], frames[0].shape[0] // len(target_returns))
    path = video.record(frames, path, fps=1 / (dt * stride))
    notes = [
        f"asked for {_told(run.target_return)}: {_told(run.mean)} in the first {run.lengths[0]} steps" for run in runs
    ]
    return Slider(path, size, [_told(run.target_return) for run in runs], notes)


def _told(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else rollout.short(value)
