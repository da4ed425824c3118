"""A model and its robot as files for the page ``live``, which runs both in a browser (`docs/live.md`)."""

from __future__ import annotations

import json
from contextlib import closing
from copy import deepcopy
from dataclasses import asdict
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np

from dt_helpers import data, envs
from dt_helpers.data import spaces
from dt_helpers.data.replay_facts import ReplayFacts
from dt_helpers.data.simulate import ROBOTS
from dt_helpers.model import onnx_form, onnx_steps
from dt_helpers.rollout import robots
from dt_helpers.workspace import replacing

FORMAT = 2  # of model.json; the page refuses another one
STARTS = 32  # seeds whose beginnings are exported
BODIES = ("body_mass", "body_inertia", "body_ipos", "body_iquat", "geom_margin")  # what `envs.physics` changes


def export(model: Any, folder: Path | str, env_name: str | None = None, half: bool = False) -> Path:
    """Write a trained model and all that a replay of it needs to `folder`, and return the folder.

    ``model.onnx`` is the model (`onnx_steps`, or `onnx_form` for a student's own class), ``robot.xml`` the robot, and
    ``model.json`` says how the inputs are made, what a step of the environment is, where episodes begin and which
    returns the data knows. The environment is `env_name`, or the one of the model's data. With `half`, weights are
    rounded to float16, two bytes each; what is computed stays float32. A folder that is there is replaced as a whole.
    Raises ImportError without the extra ``web``, and ValueError if the environment isn't one of the course's robots or
    the model can't be exported.
    """
    facts = ReplayFacts.of(model.config)
    env_name, space = environment(facts, env_name), facts.action_space
    assert isinstance(space, spaces.Continuous)  # the robots' actions are
    onnx_form.require_extra()
    config, model = model.config, (deepcopy(model).half() if half else deepcopy(model)).float()
    form = onnx_steps if onnx_steps.fits(model) else onnx_form
    described = {
        "format": FORMAT,
        "name": facts.dataset or env_name,
        "env": env_name,
        "context_length": facts.context_length,
        "state_dim": config.state_dim,
        "act_dim": config.act_dim,
        "max_ep_len": config.max_ep_len,
        "layers": config.n_layer,
        "hidden_size": config.hidden_size,
        "keeps": form is onnx_steps,  # whether keys and values go in and out
        "state_mean": facts.state_mean.tolist(),
        "state_std": facts.state_std.tolist(),
        "return_scale": facts.return_scale,
        "action_low": list(space.low),
        "action_high": list(space.high),
        "targets": targets(facts),
    }
    with closing(envs.make(env_name)) as env:
        robots.Robot(env, config, facts).reset(0)  # says so if the model doesn't fit
        physics, xml = robot(env, env_name)
    with replacing(Path(folder)) as staged:
        staged.mkdir()
        form.write(model, staged / "model.onnx")
        (staged / "robot.xml").write_text(xml, encoding="utf-8")
        (staged / "model.json").write_text(json.dumps(described | physics, allow_nan=False), encoding="utf-8")
    return Path(folder)


def environment(facts: ReplayFacts, env_name: str | None = None) -> str:
    """The environment that a model acts in on the page: `env_name`, or that of its data.

    Raises ValueError if it isn't one of the course's robots.
    """
    env_name = env_name or data.home(facts)
    if env_name not in ROBOTS or not isinstance(facts.action_space, spaces.Continuous):
        raise ValueError(
            f"The page has the robots {', '.join(ROBOTS)}, and the model acts in {env_name!r}: choose a model of one "
            "of them, or name its environment with --env ID."
        )
    return env_name


def robot(env: Any, env_name: str) -> tuple[dict[str, Any], str]:
    """What a step of the environment is and where the first STARTS seeds begin, as entries of ``model.json``, and the
    robot's XML."""
    import mujoco

    inner = env.unwrapped
    with envs.deprecations_left_out():
        plain = mujoco.MjModel.from_xml_path(inner.fullpath)
    other = {name: getattr(inner.model, name) for name in BODIES}
    starts = []
    for seed in range(STARTS):
        env.reset(seed=seed)
        starts.append({"qpos": inner.data.qpos.tolist(), "qvel": inner.data.qvel.tolist()})
    described = {
        "frame_skip": inner.frame_skip,
        "time_limit": env.spec.max_episode_steps,
        # infinite bounds are null
        "rules": {key: _finite(value) for key, value in asdict(ROBOTS[env_name]).items()},
        # values that aren't those of the file, row after row
        "changed": {k: v.ravel().tolist() for k, v in other.items() if not np.array_equal(v, getattr(plain, k))},
        "starts": starts,
    }
    return described, Path(inner.fullpath).read_text(encoding="utf-8")


def _finite(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_finite(part) for part in value]
    return value if isfinite(value) else None


def targets(facts: ReplayFacts) -> dict[str, float]:
    """Returns to ask for: ``lowest``, ``median`` and ``suggested`` of the episodes in the data, and the ``highest``.

    Raises ValueError if the data isn't one of the course's and no target return is known.
    """
    if facts.dataset in (*data.SETS, *data.PUBLISHED):
        low, median, high, best = np.quantile(
            data.load(facts.dataset, say=lambda told: None).returns, [0.05, 0.5, 0.9, 1.0]
        )
    elif facts.target_return is not None:
        high = best = facts.target_return
        low, median = 0.1 * high, 0.5 * high
    else:
        raise ValueError(
            f"The data {facts.dataset!r} is not one of the course's, and the model's config has no target_return: set "
            "model.config.target_return to a return that good episodes earn."
        )
    named = {"lowest": low, "median": median, "suggested": high, "highest": best}
    return {name: float(value) for name, value in named.items()}
