"""Frames of an environment: from MuJoCo's state by `render.Renderer`, or by its own ``render()``."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np

from dt_helpers.envs.door import is_mujoco
from dt_helpers.video.render import Renderer


@dataclass(frozen=True)
class _ByMujoco:
    """Renders a MuJoCo environment's state."""

    renderer: Renderer

    @property
    def backend(self) -> str:
        return self.renderer.backend

    def __call__(self, env) -> np.ndarray:
        return self.renderer.render(env.unwrapped.data)


def camera(env, stack: ExitStack, width: int, height: int, backend: str | None = None) -> tuple[Callable, float]:
    """A function that renders environments like `env` as frames (height, width, 3), until `stack` closes, and the
    seconds per step. An environment that isn't MuJoCo's renders itself, at its own size."""
    require_pictures(env)
    if is_mujoco(env):
        return _ByMujoco(stack.enter_context(Renderer(env.unwrapped.model, width, height, backend))), env.unwrapped.dt
    return _own_picture, seconds(env)


def _own_picture(env) -> np.ndarray:
    try:
        frame = env.render()
    except NotImplementedError:
        raise TypeError(
            f"{type(env.unwrapped).__name__} can't be filmed: it has no render() of its own. One that returns a frame "
            "(height, width, 3), uint8, is enough."
        ) from None
    frame = np.asarray(frame[-1] if isinstance(frame, list) else frame)
    if frame.ndim != 3 or frame.shape[2] < 3 or frame.dtype != np.uint8:
        raise ValueError(f"render() must return a frame (height, width, 3), uint8, not {frame.shape}, {frame.dtype}.")
    height, width = (side - side % 2 for side in frame.shape[:2])  # yuv420p has one colour for two by two pixels
    return np.ascontiguousarray(frame[:height, :width, :3])


def require_pictures(env) -> None:
    missing = [name for name in ("model", "data", "dt") if not hasattr(env.unwrapped, name)]
    if missing and getattr(env, "render_mode", None) not in ("rgb_array", "rgb_array_list"):
        raise TypeError(
            f"{env.unwrapped} is not a MuJoCo environment: it has no {' and no '.join(missing)}. To film it by its own "
            "render(), make it with render_mode='rgb_array', if it has that."
        )


def seconds(env) -> float:
    """Seconds per step."""
    return env.unwrapped.dt if is_mujoco(env) else 1 / (env.metadata.get("render_fps") or 30)
