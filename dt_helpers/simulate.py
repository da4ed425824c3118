"""Roll policies out in many environments at once, near the speed of the physics itself.

MuJoCo's own `rollout` module advances all robots in C++ threads; in between there is one call of the policy for all.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dt_helpers.bars import bar
from dt_helpers.hardware import usable_cores
from dt_helpers.trajectories import Trajectories

Policy = Callable[[np.ndarray], np.ndarray]  # observations (n, state_dim) -> actions (n, act_dim)


@dataclass(frozen=True)
class Robot:
    """How gymnasium turns the physics of a robot into observations and rewards."""

    env: str
    forward_reward_weight: float = 1.0
    ctrl_cost_weight: float = 0.1


# gymnasium/envs/mujoco/half_cheetah_v5.py
ROBOTS = {"HalfCheetah-v5": Robot("HalfCheetah-v5")}


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

    Episode i starts where ``env.reset(seed=seed + i)`` starts; the same arguments give the same data. Actions are
    recorded as they were carried out: with the noise, clipped to [-1, 1]. Observations are float32 of gymnasium's own.
    Raises ValueError for an environment that it does not know.
    """
    import mujoco
    from mujoco.rollout import Rollout

    from dt_helpers import envs

    if env_name not in ROBOTS:
        raise ValueError(f"Rolling out knows {', '.join(ROBOTS)}, not {env_name!r}.")
    robot = ROBOTS[env_name]
    env = envs.make(env_name).unwrapped
    model, dt, frame_skip = env.model, env.dt, env.frame_skip
    nq, act_dim, state_dim = model.nq, model.nu, env.observation_space.shape[0]

    state = np.empty((episodes, mujoco.mj_stateSize(model, mujoco.mjtState.mjSTATE_FULLPHYSICS)))  # time, qpos, qvel
    for i in range(episodes):
        env.reset(seed=seed + i)
        state[i] = np.concatenate([[0.0], env.data.qpos, env.data.qvel])
    env.close()

    rng = np.random.default_rng(seed)
    observations = np.empty((episodes, steps, state_dim), np.float32)
    actions = np.empty((episodes, steps, act_dim), np.float32)
    rewards = np.empty((episodes, steps), np.float32)
    trajectory = np.empty((episodes, frame_skip, state.shape[1]))
    n_threads = threads or usable_cores()
    workers = [mujoco.MjData(model) for _ in range(n_threads)]
    with Rollout(nthread=n_threads) as physics:
        progress_bar = bar(steps, f"rolling out {name}", show=progress)
        for t in range(steps):
            observations[:, t] = state[:, 2:]  # all but the time and the x position
            wish = policy(observations[:, t]) + rng.normal(0.0, noise, (episodes, act_dim))
            actions[:, t] = np.clip(wish, -1.0, 1.0)
            control = np.repeat(actions[:, t, None].astype(np.float64), frame_skip, axis=1)  # (E, frame_skip, act_dim)
            physics.rollout(model, workers, state, control, state=trajectory)
            x_velocity = (trajectory[:, -1, 1] - state[:, 1]) / dt  # (E,)
            effort = np.square(actions[:, t], dtype=np.float64).sum(axis=1)
            rewards[:, t] = robot.forward_reward_weight * x_velocity - robot.ctrl_cost_weight * effort
            state[:] = trajectory[:, -1]
            progress_bar.update()
        progress_bar.close()
    assert state_dim == 2 * nq - 1
    return Trajectories(
        observations.reshape(-1, state_dim),
        actions.reshape(-1, act_dim),
        rewards.reshape(-1),
        np.zeros(episodes * steps, bool),  # a cheetah never falls, only the clock ends its episodes
        np.arange(episodes + 1, dtype=np.int64) * steps,
        name=name,
    )
