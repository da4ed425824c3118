"""Roll policies out in many environments in parallel, nearly as fast as the physics itself.

MuJoCo's own `rollout` module advances all robots in C++ threads; between steps the policy is called once for all.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from math import inf
from typing import Any

import numpy as np

from dt_helpers.data import recording, spaces
from dt_helpers.data.trajectories import Trajectories
from dt_helpers.machine.bars import bar
from dt_helpers.machine.hardware import usable_cores

Policy = Callable[[np.ndarray], np.ndarray]  # observations (n, state_dim) -> actions (n, act_dim)


@dataclass(frozen=True)
class Robot:
    """How an environment turns the physics of a robot into observations, rewards and the end of an episode.

    Observations are all positions but the first `hidden`, then all velocities; rewards are for progress along x. An
    environment that differs, such as Ant with its contact forces, is stepped by gymnasium (`data.recording`).
    """

    ctrl_cost_weight: float
    healthy_reward: float = 0.0  # for each step that ends upright
    healthy_z: tuple[float, float] = (-inf, inf)  # metres, of the torso
    healthy_angle: tuple[float, float] = (-inf, inf)  # radians, of the torso
    healthy_state: float = inf  # bound on all other coordinates and velocities
    velocity_clip: float = inf  # observed velocities are clipped to ± this
    falling_is_rewarded: bool = False  # gym's -v3 also gave the healthy reward for the step of the fall
    hidden: int = 1  # number of first positions that are not observed: x

    def is_healthy(self, qpos: np.ndarray, qvel: np.ndarray) -> np.ndarray:
        """Which of n robots, qpos (n, nq) and qvel (n, nv), are upright: (n,) bool."""
        z, angle = qpos[:, 1], qpos[:, 2]
        rest = np.concatenate([qpos[:, 2:], qvel], axis=1)
        upright = (self.healthy_z[0] < z) & (z < self.healthy_z[1])
        upright &= (self.healthy_angle[0] < angle) & (angle < self.healthy_angle[1])
        return upright & (np.abs(rest) < self.healthy_state).all(axis=1)


# The defaults of gymnasium/envs/mujoco/{half_cheetah,hopper,walker2d}_v5.py
_CHEETAH = Robot(ctrl_cost_weight=0.1)
_HOPPER = Robot(
    ctrl_cost_weight=1e-3, healthy_reward=1.0, healthy_z=(0.7, inf), healthy_angle=(-0.2, 0.2),
    healthy_state=100.0, velocity_clip=10.0,
)  # fmt: skip
_WALKER = Robot(
    ctrl_cost_weight=1e-3, healthy_reward=1.0, healthy_z=(0.8, 2.0), healthy_angle=(-1.0, 1.0),
    velocity_clip=10.0,
)  # fmt: skip
ROBOTS = {
    "HalfCheetah-v5": _CHEETAH,
    "Hopper-v5": _HOPPER,
    "Walker2d-v5": _WALKER,
    "HalfCheetah-v3": _CHEETAH,
    "Hopper-v3": replace(_HOPPER, falling_is_rewarded=True),
    "Walker2d-v3": replace(_WALKER, falling_is_rewarded=True),
}


def roll_out(
    policy: Policy,
    env_name: str = "HalfCheetah-v5",
    episodes: int = 200,
    steps: int = 1000,
    noise: float = 0.1,
    seed: int = 0,
    progress: bool = True,
    name: str = "rollouts",
    threads: int | None = None,
) -> Trajectories:
    """Episodes of `policy` with Gaussian noise of standard deviation `noise` added to its actions.

    Episode i starts at ``env.reset(seed=seed + i)`` and ends when the robot falls or after `steps`; the same arguments
    give the same data. Actions are recorded as executed: with the noise, clipped to [-1, 1]. Observations are the
    environment's own, as float32. Environments that are not in ROBOTS are stepped by gymnasium, with noise in units of
    half the range of their actions (`dt_helpers.data.recording.record`). Raises ValueError for an environment that
    can't be made.
    """
    import mujoco
    from mujoco.rollout import Rollout

    from dt_helpers import envs

    robot = ROBOTS.get(env_name)
    if robot is None:
        return recording.record(policy, env_name, episodes, steps, noise, seed, progress, name)
    with closing(envs.make(env_name)) as env:
        inner: Any = env.unwrapped  # gymnasium's or gym's class for MuJoCo
        model, dt, frame_skip = inner.model, inner.dt, inner.frame_skip
        nq, act_dim = model.nq, model.nu
        (state_dim,) = env.observation_space.shape or ()
        if state_dim != nq + model.nv - robot.hidden:
            raise ValueError(
                f"{env_name} should observe {nq + model.nv - robot.hidden} numbers, all positions but the first "
                f"{robot.hidden} and all velocities, but observes {state_dim}. Correct `hidden` in ROBOTS, or take the "
                "robot out of ROBOTS: gymnasium then steps it."
            )

        size = mujoco.mj_stateSize(model, mujoco.mjtState.mjSTATE_FULLPHYSICS)  # time, qpos, qvel
        state = np.empty((episodes, size))
        for i in range(episodes):
            env.reset(seed=seed + i)
            state[i] = np.concatenate([[0.0], inner.data.qpos, inner.data.qvel])

    rng = np.random.default_rng(seed)
    observations = np.empty((episodes, steps, state_dim), np.float32)
    actions = np.empty((episodes, steps, act_dim), np.float32)
    rewards = np.empty((episodes, steps), np.float32)
    lengths = np.full(episodes, steps, np.int64)
    fell = np.zeros(episodes, bool)
    running = np.arange(episodes)
    n_threads = threads or usable_cores()
    workers = [mujoco.MjData(model) for _ in range(n_threads)]
    with Rollout(nthread=n_threads) as physics, bar(steps, f"rolling out {name}", show=progress) as progress_bar:
        for t in range(steps):
            before = state[running]  # (n, time + nq + nv), of the robots still upright
            qpos, qvel = before[:, 1 : 1 + nq], before[:, 1 + nq :]
            velocities = np.clip(qvel, -robot.velocity_clip, robot.velocity_clip)
            seen = np.concatenate([qpos[:, robot.hidden :], velocities], axis=1).astype(np.float32)  # (n, state_dim)
            tremble = rng.normal(0.0, noise, (episodes, act_dim))[running]
            done = np.clip(policy(seen) + tremble, -1.0, 1.0).astype(np.float32)  # (n, act_dim)
            control = np.repeat(done[:, None].astype(np.float64), frame_skip, axis=1)  # (n, frame_skip, act_dim)
            trajectory, _ = physics.rollout(model, workers, before, control)  # (n, frame_skip, time + nq + nv)
            after = trajectory[:, -1]

            healthy = robot.is_healthy(after[:, 1 : 1 + nq], after[:, 1 + nq :])
            x_velocity = (after[:, 1] - before[:, 1]) / dt  # (n,)
            effort = np.square(done, dtype=np.float64).sum(axis=1)
            upright = robot.healthy_reward * (healthy | robot.falling_is_rewarded)
            observations[running, t], actions[running, t] = seen, done
            rewards[running, t] = x_velocity + upright - robot.ctrl_cost_weight * effort
            state[running] = after

            fallen = running[~healthy]
            lengths[fallen], fell[fallen] = t + 1, True
            running = running[healthy]
            progress_bar.update()
            if not len(running):
                break
    recorded = np.arange(steps) < lengths[:, None]  # (episodes, steps)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    dones = np.zeros(offsets[-1], bool)
    dones[offsets[1:] - 1] = fell
    columns = (observations[recorded], actions[recorded], rewards[recorded], dones, offsets)
    return Trajectories(*columns, name=name, env=env_name, action_space=spaces.unit(act_dim))
