"""Environments by name, and what the course needs to know about each.

``HalfCheetah-v5``, ``Hopper-v5`` and ``Walker2d-v5`` are gymnasium's own. The same robots with ``-v3`` have the physics
that the published data was recorded with (`dt_helpers.envs.physics`); importing this module registers them with
gymnasium, as ``dt_helpers/HalfCheetah-v3`` and so on.
"""

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import gymnasium

ROBOTS = ("HalfCheetah", "Hopper", "Walker2d")
NAMESPACE = "dt_helpers"


@dataclass(frozen=True)
class Reference:
    """Returns that D4RL scores as 0 and 100, for environments with the physics that its data was recorded with."""

    random: float
    expert: float


# https://github.com/Farama-Foundation/D4RL/blob/master/d4rl/infos.py (REF_MIN_SCORE, REF_MAX_SCORE)
D4RL_REFERENCES = {
    "HalfCheetah-v3": Reference(-280.178953, 12135.0),
    "Hopper-v3": Reference(-20.272305, 3234.3),
    "Walker2d-v3": Reference(1.629008, 4592.3),
}

V3 = {name: f"{NAMESPACE}/{name}" for name in D4RL_REFERENCES}

for _name, _id in V3.items():
    if _id not in gymnasium.registry:  # a notebook may reload the module
        _class = _name.replace("-v", "V")
        gymnasium.register(_id, entry_point=f"dt_helpers.envs.physics:{_class}", max_episode_steps=1000)


def make(name: str = "HalfCheetah-v5", backend: str = "gymnasium", **options) -> gymnasium.Env:
    """`gymnasium.make` that also knows ``HalfCheetah-v3``, ``Hopper-v3`` and ``Walker2d-v3``.

    `options` are gymnasium's and the environment's, such as ``ctrl_cost_weight``. The `backend` ``"gym"`` is the
    tutorial's stack, gym 0.21 with mujoco-py, behind the same interface (`dt_helpers.envs.legacy`). Raises ValueError,
    saying what to do, if the name or the backend is unknown or MuJoCo is missing.
    """
    if backend == "gym":
        from dt_helpers.envs import legacy

        return legacy.make(name, **options)
    if backend != "gymnasium":
        raise ValueError(f"There is no backend {backend!r}: use 'gymnasium', or 'gym' for gym 0.21 with mujoco-py.")
    try:
        with deprecations_left_out():
            return gymnasium.make(V3.get(name, name), **options)
    except AttributeError as error:  # raised by `import mujoco` if MUJOCO_GL names a missing library
        if "MUJOCO_GL" not in os.environ:
            raise
        raise ValueError(
            f"MuJoCo cannot start: MUJOCO_GL={os.environ['MUJOCO_GL']} names a renderer that is not available here. "
            "Unset it, and the course will choose one that works."
        ) from error
    except (gymnasium.error.Error, ImportError) as error:
        raise ValueError(
            f"The environment {name!r} could not be made: {error} The course uses "
            f"{', '.join(f'{robot}-v5' for robot in ROBOTS)} and, with the physics of the published data, "
            f"{', '.join(V3)}; they need `pip install mujoco`."
        ) from error


@contextmanager
def deprecations_left_out() -> Iterator[None]:
    """Suppress what MuJoCo 4 prints to stderr and to a file in the current folder about a deprecated attribute in
    gymnasium's cheetah: students can do nothing about it. All other warnings become Python warnings."""
    import mujoco

    def handle(message: str) -> None:
        if "deprecated" not in message:
            warnings.warn(message, RuntimeWarning, stacklevel=2)

    before = mujoco.get_mju_user_warning()
    mujoco.set_mju_user_warning(handle)
    try:
        yield
    finally:
        mujoco.set_mju_user_warning(before)


def normalized_score(name: str, episode_return: float) -> float | None:
    """D4RL's score, 0 for a random policy and 100 for its expert; None for environments that D4RL did not use."""
    reference = D4RL_REFERENCES.get(name.removeprefix(f"{NAMESPACE}/"))
    if reference is None:
        return None
    return 100 * (episode_return - reference.random) / (reference.expert - reference.random)
