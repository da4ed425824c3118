"""The tutorial's stack, gym 0.21 with mujoco-py and colabgymrender, behind gymnasium's interface.

It cannot be installed together with the course's requirements: ``make test-legacy`` makes a separate environment for
it and compares the two. `envs.make(name, backend="gym")` ends up here.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import gymnasium
import numpy as np

from dt_helpers import video

VERSION = "0.21."


class GymEnv(gymnasium.Env):
    """`gym_env`, a MuJoCo environment of gym 0.21, with gymnasium's methods.

    Whether an episode is ``terminated`` or ``truncated`` is taken from gym's own wrapper for time limits. Observations
    are (state_dim,) float64.
    """

    def __init__(self, gym_env):
        self.gym_env = gym_env
        actions, observations = gym_env.action_space, gym_env.observation_space
        self.action_space = gymnasium.spaces.Box(actions.low, actions.high, dtype=np.float32)
        self.observation_space = gymnasium.spaces.Box(observations.low, observations.high, dtype=np.float64)
        self.dt = gym_env.unwrapped.dt
        self.metadata = {"render_modes": ["rgb_array"], "render_fps": round(1 / self.dt)}
        self.render_mode = "rgb_array"

    @property
    def unwrapped(self) -> GymEnv:
        """The same robot without a time limit: it continues after the end of an episode."""
        return GymEnv(self.gym_env.unwrapped)

    def reset(self, *, seed: int | None = None, options: dict | None = None) -> tuple[np.ndarray, dict]:
        if seed is not None:
            self.gym_env.seed(seed)
        return self.gym_env.reset(), {}

    def step(self, action: np.ndarray) -> tuple[np.ndarray, float, bool, bool, dict]:
        observation, reward, done, info = self.gym_env.step(action)
        truncated = bool(info.get("TimeLimit.truncated", False))
        return observation, float(reward), bool(done) and not truncated, truncated, info

    def set_state(self, qpos: np.ndarray, qvel: np.ndarray) -> None:
        """Put the robot into a state, and clear what the contact solver remembers of the previous one."""
        robot = self.gym_env.unwrapped
        robot.sim.data.qacc_warmstart[:] = 0
        robot.set_state(qpos, qvel)

    def state(self) -> tuple[np.ndarray, np.ndarray]:
        """Copies of ``qpos`` and ``qvel``, for another environment's `set_state`."""
        data = self.gym_env.unwrapped.sim.data
        return data.qpos.copy(), data.qvel.copy()

    def render(self) -> np.ndarray:
        """The camera's frame, (500, 500, 3), uint8. Raises RuntimeError if it is black, as no scene in gym is."""
        frame = self.gym_env.render(mode="rgb_array")
        if not frame.any():
            raise RuntimeError("mujoco-py rendered nothing but black: is OSMesa (Debian's libosmesa6-dev) installed?")
        return frame

    def close(self) -> None:
        self.gym_env.close()


def make(name: str, **options) -> GymEnv:
    """``HalfCheetah-v3``, ``Hopper-v3`` or ``Walker2d-v3`` of gym 0.21; `options` are the environment's own.

    Raises ValueError, saying what to do, if gym or mujoco-py is missing, or gym is another version.
    """
    os.environ.setdefault("MUJOCO_PY_FORCE_CPU", "1")  # OSMesa; otherwise mujoco-py may look for a GPU's driver
    try:
        import gym
        import mujoco_py  # noqa: F401
    except Exception as error:  # mujoco-py compiles itself at the first import, and fails in many ways
        raise ValueError(_advice(f"{type(error).__name__}: {error}".splitlines()[0])) from error
    if not gym.__version__.startswith(VERSION):
        raise ValueError(_advice(f"gym is version {gym.__version__}, not {VERSION}0"))
    try:
        return GymEnv(gym.make(name, **options))
    except gym.error.Error as error:
        raise ValueError(f"gym 0.21 has no environment {name!r}: {error}") from error


def _advice(problem: str) -> str:
    return (
        f"The backend 'gym' needs the tutorial's old stack, which is not here ({problem}). `make test-legacy` makes "
        "an environment with it, .venv-legacy. Without backend=, `envs.make` has the same physics on today's MuJoCo."
    )


@contextmanager
def recording(env: GymEnv, path: str | Path) -> Iterator[GymEnv]:
    """Yields an environment whose episodes colabgymrender films, into an MP4 at `path` when the block ends.

    By itself, colabgymrender 1.0.2 plays everything at 30 frames per second, finishes its file only when an episode
    ends, uses a codec that browsers don't play, and leaves files and two X servers behind. This video has the
    environment's true rate, is H.264, and nothing is left behind. Raises ValueError if no episode began in the block.
    """
    from colabgymrender import recorder

    displays = []

    class Display(recorder.Display):
        def __init__(self, *args, **options):
            super().__init__(*args, **options)
            displays.append(self)

    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="colabgymrender-")))
        stack.callback(lambda: [display.stop() for display in reversed(displays) if display.is_alive()])
        original, recorder.Display = recorder.Display, Display
        try:
            filmed = recorder.Recorder(env.gym_env, str(folder), fps=round(1 / env.dt))
        finally:
            recorder.Display = original
        reset = filmed.reset

        def finish_and_reset():
            _finish(filmed)
            return reset()

        filmed.reset = finish_and_reset
        yield GymEnv(filmed)
        _finish(filmed)
        video.record(_frames(sorted(folder.glob("*.mp4"))), path, fps=1 / env.dt)


def _finish(filmed) -> None:
    if filmed.writer is not None:
        filmed.writer.release()


def _frames(paths: list[Path]) -> Iterator[np.ndarray]:
    import imageio_ffmpeg

    for path in paths:
        reader = imageio_ffmpeg.read_frames(str(path))
        width, height = next(reader)["size"]
        for data in reader:
            yield np.frombuffer(data, np.uint8).reshape(height, width, 3)
