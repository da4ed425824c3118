"""Train an expert as the course ships them: TD3 on one core, resumable, every stage kept with what it earned.

Runs in a virtual environment of its own (``make experts``), since sbx-rl brings JAX::

    python experts/train.py hopper --steps 1000000

leaves in ``output/experts/hopper``: ``stages/`` (the policy after every 25 000 steps), ``curve.json`` (what each stage
earned), and ``checkpoint/`` (what a run that was stopped goes on from). ``experts/ship.py`` chooses stages from there.
"""

from __future__ import annotations

import os

# One core a robot: set before JAX is imported.
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import argparse
import json
import shutil
import time
from importlib.metadata import version
from pathlib import Path

import gymnasium
import jax
import numpy as np
import optax
from safetensors.numpy import save_file
from sbx import TD3
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.noise import NormalActionNoise, VectorizedActionNoise

ROBOTS = {name.removesuffix("-v5").lower(): name for name in gymnasium.registry if name.endswith("-v5")}  # MuJoCo's
SETTINGS = {
    "algorithm": "TD3",
    "environments": 4,  # side by side
    "learning_starts": 10_000,  # random actions until then
    "batch_size": 128,
    "learning_rate": 1e-3,
    "fine_tuning_rate": 3e-4,  # from `--fine-tune` on: the critic's noise falls, and the policy settles
    "update_every": 16,  # environment steps, over all environments; as many updates follow in one call
    "exploration_noise": 0.1,  # standard deviation of what is added to the actions
    "hidden": [256, 256],
    "gamma": 0.99,
    "tau": 0.005,
}
STAGE = 25_000  # environment steps between two stages
CHECKPOINT = 100_000  # environment steps between two checkpoints
PACKAGES = ("sbx-rl", "stable-baselines3", "jax", "flax", "gymnasium", "mujoco", "numpy")


def new_agent(env_name: str, seed: int) -> TD3:
    env = make_vec_env(env_name, n_envs=SETTINGS["environments"], seed=seed)
    act_dim = env.action_space.shape[0]
    noise = NormalActionNoise(np.zeros(act_dim), np.full(act_dim, SETTINGS["exploration_noise"]))
    return TD3(
        "MlpPolicy",
        env,
        learning_starts=SETTINGS["learning_starts"],
        batch_size=SETTINGS["batch_size"],
        learning_rate=SETTINGS["learning_rate"],
        train_freq=SETTINGS["update_every"] // SETTINGS["environments"],
        gradient_steps=SETTINGS["update_every"],
        action_noise=VectorizedActionNoise(noise, SETTINGS["environments"]),
        policy_kwargs={"net_arch": SETTINGS["hidden"]},
        gamma=SETTINGS["gamma"],
        tau=SETTINGS["tau"],
        seed=seed,
    )


def set_learning_rate(agent: TD3, rate: float) -> None:
    """Another rate for actor and critics; Adam's averages stay."""
    policy = agent.policy
    policy.actor_state = policy.actor_state.replace(tx=optax.adam(rate))
    policy.qf_state = policy.qf_state.replace(tx=optax.adam(rate))


def layers_of(agent: TD3) -> dict[str, np.ndarray]:
    """The actor's weights by the names that `dt_helpers.data.experts` reads: kernels (in, out), biases (out,)."""
    flat = {}
    for path, value in jax.tree_util.tree_flatten_with_path(agent.policy.actor_state.params)[0]:
        *_, layer, kind = (str(getattr(part, "key", part)) for part in path)
        flat[int(layer.rsplit("_", 1)[1]), kind] = np.ascontiguousarray(value, dtype=np.float32)
    return {f"layers.{layer}.{kind}": value for (layer, kind), value in sorted(flat.items())}


def act(layers: dict[str, np.ndarray], observation: np.ndarray) -> np.ndarray:
    x = observation.astype(np.float32)
    depth = len(layers) // 2
    for i in range(depth):
        x = x @ layers[f"layers.{i}.kernel"] + layers[f"layers.{i}.bias"]
        x = np.maximum(x, 0.0) if i < depth - 1 else np.tanh(x)
    return x


def measure(layers: dict[str, np.ndarray], env_name: str, episodes: int, seed: int) -> list[float]:
    """Returns of deterministic episodes that start at ``env.reset(seed=seed + i)``."""
    env, returns = gymnasium.make(env_name), []
    for i in range(episodes):
        observation, _ = env.reset(seed=seed + i)
        total, done = 0.0, False
        while not done:
            observation, reward, terminated, truncated, _ = env.step(act(layers, observation))
            total, done = total + float(reward), terminated or truncated
        returns.append(total)
    env.close()
    return returns


class Stages(BaseCallback):
    """Keeps the policy and measures it at every stage, and a checkpoint now and then; each appears by a rename."""

    def __init__(self, folder: Path, env_name: str, seed: int, stop_after: float):
        super().__init__()
        self.folder, self.env_name, self.seed, self.stop_after = folder, env_name, seed, stop_after
        self.curve = read_curve(folder)
        self.seconds = self.curve[-1]["seconds"] if self.curve else 0.0  # of earlier sessions
        self.begin = time.perf_counter()

    def _on_step(self) -> bool:
        steps = self.num_timesteps
        if steps % STAGE < SETTINGS["environments"] and steps > SETTINGS["learning_starts"]:
            self.keep_stage(steps - steps % STAGE)
        if steps % CHECKPOINT < SETTINGS["environments"]:
            self.keep_checkpoint()
        return time.perf_counter() - self.begin < self.stop_after  # false ends the training

    def keep_stage(self, steps: int) -> None:
        layers = layers_of(self.model)
        returns = measure(layers, self.env_name, episodes=5, seed=10_000)
        seconds = round(self.seconds + time.perf_counter() - self.begin, 1)
        self.curve = [entry for entry in self.curve if entry["steps"] < steps]
        self.curve.append({"steps": steps, "mean": np.mean(returns), "std": np.std(returns), "seconds": seconds})
        save_file(layers, made(self.folder / "stages") / f"{steps // 1000}k.safetensors")
        (self.folder / "curve.json.new").write_text(json.dumps(self.curve, indent=1))
        (self.folder / "curve.json.new").rename(self.folder / "curve.json")
        print(
            f"{self.env_name} {steps:>9,} steps  {np.mean(returns):7.0f} ± {np.std(returns):5.0f}  {seconds:6.0f} s",
            flush=True,
        )

    def keep_checkpoint(self) -> None:
        fresh, kept = self.folder / "checkpoint.new", self.folder / "checkpoint"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        self.model.save(fresh / "agent.zip")
        self.model.save_replay_buffer(fresh / "replay.pkl")
        (fresh / "steps.json").write_text(json.dumps(self.num_timesteps))
        shutil.rmtree(kept, ignore_errors=True)
        fresh.rename(kept)


def made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def read_curve(folder: Path) -> list[dict]:
    file = folder / "curve.json"
    return json.loads(file.read_text()) if file.exists() else []


def train(robot: str, steps: int, fine_tune: int, seed: int, folder: Path, stop_after: float) -> None:
    """Train until `steps` environment steps in all, those from `fine_tune` on with the smaller learning rate, going on
    from a checkpoint in `folder` if there is one."""
    env_name, checkpoint = ROBOTS[robot], folder / "checkpoint"
    done = json.loads((checkpoint / "steps.json").read_text()) if (checkpoint / "steps.json").exists() else 0
    if done >= steps:
        print(f"{robot}: has {done:,} steps already; --steps asks for more")
        return
    print(f"{robot}: from {done:,} to {steps:,} steps, in {folder}", flush=True)
    agent = new_agent(env_name, seed)
    if done:
        env = agent.get_env()
        env.seed(seed + done)
        agent = TD3.load(checkpoint / "agent.zip", env=env)
        agent.load_replay_buffer(checkpoint / "replay.pkl")
    made(folder)
    about = {"robot": robot, "env": env_name, "seed": seed, "settings": {**SETTINGS, "fine_tune": fine_tune}}
    about["versions"] = {package: version(package) for package in PACKAGES}
    (folder / "about.json").write_text(json.dumps(about, indent=1))
    stages = Stages(folder, env_name, seed, stop_after)
    for end, rate in ((min(fine_tune, steps), SETTINGS["learning_rate"]), (steps, SETTINGS["fine_tuning_rate"])):
        left = end - agent.num_timesteps
        if left > 0:
            set_learning_rate(agent, rate)
            agent.learn(left, callback=stages, reset_num_timesteps=False, log_interval=None)
    stages.keep_checkpoint()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("robot", choices=ROBOTS)
    parser.add_argument("--steps", type=int, default=1_000_000, help="environment steps in all")
    parser.add_argument("--fine-tune", type=int, default=800_000, help="from this step on with a smaller learning rate")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, default=Path("output/experts"))
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop after so long; the same call goes on")
    options = parser.parse_args()
    folder = options.output / options.robot
    train(options.robot, options.steps, options.fine_tune, options.seed, folder, options.minutes * 60)


if __name__ == "__main__":
    main()
