"""How fast a model runs in its environment: ``python benchmarks/evaluation.py``.

The tutorial's loop runs one episode; sixteen of them, one after the other, would run at the same pace. It gets slower
from step to step, since it carries the whole history along, so whole episodes are measured. Ours runs all side by side.
"""

import argparse
import time

import dt_helpers  # noqa: F401 (before torch)

# isort: split
import numpy as np
import torch
import tutorial
from figures import Figure, report
from machine import describe
from torch.utils.flop_counter import FlopCounterMode
from whole_run import multiplication_rate

from dt_helpers import envs, rollout, training
from dt_helpers.collator import STATE_PAD
from dt_helpers.model import fast_cpu


def tutorials_way(model, env_name: str, target: float, steps: int) -> float:
    """Environment steps per second in one episode."""
    theirs = tutorial.Model(model.config).train()  # dropout stays on, as the training leaves it
    theirs.set_attn_implementation("sdpa")
    theirs.load_state_dict(model.state_dict())
    statistics = type("Statistics", (), {
        "state_mean": np.array(model.config.state_mean), "state_std": np.array(model.config.state_std),
        "act_dim": model.config.act_dim,
    })  # fmt: skip
    env = envs.make(env_name)
    begin = time.perf_counter()
    done = len(tutorial.replay(theirs, statistics, env, target, seed=10_000, max_steps=steps))
    seconds = time.perf_counter() - begin
    env.close()
    return done / seconds


def our_way(model, env_name: str, target: float, episodes: int, steps: int) -> float:
    begin = time.perf_counter()
    result = rollout.evaluate(model, env_name, target, episodes, 10_000, steps, progress=False)
    return result.lengths.sum() / (time.perf_counter() - begin)


def needed_operations(model, episodes: int) -> int:
    """Floating-point operations of the matrix products in one step of all our episodes, as torch counts them."""
    states, wanted = torch.full((episodes, model.config.state_dim), STATE_PAD), torch.zeros(episodes, 1)
    with torch.inference_mode():
        actor = fast_cpu.Actor(model.eval(), episodes)
        for t in range(model.config.context_length):
            actor.act(states, wanted, t)
        with FlopCounterMode(display=False) as counter:
            actor.act(states, wanted, t + 1)
    return counter.get_total_flops()


def physics_rate(env_name: str, steps: int) -> float:
    """Environment steps per second of one environment with random actions."""
    env = envs.make(env_name)
    env.reset(seed=0)
    env.action_space.seed(0)
    actions = [env.action_space.sample() for _ in range(steps)]
    begin = time.perf_counter()
    for action in actions:
        env.step(action)
    return steps / (time.perf_counter() - begin)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--episodes", type=int, default=16)
    parser.add_argument("--steps", type=int, default=1000, help="maximum per episode")
    parser.add_argument("--repeats", type=int, default=3)
    args = parser.parse_args()
    print(describe())

    model, env_name, target = training.load(training.PROVIDED), "HalfCheetah-v5", 8700.0
    our_way(model, env_name, target, args.episodes, 5)
    theirs, ours = [], []
    for _ in range(args.repeats):
        theirs.append(tutorials_way(model, env_name, target, args.steps))
        ours.append(our_way(model, env_name, target, args.episodes, args.steps))
    operations = needed_operations(model, args.episodes)
    rate = multiplication_rate(torch.float32, rows=3 * model.config.context_length * args.episodes)
    physics = physics_rate(env_name, args.steps)
    floor = args.episodes / (operations / rate + args.episodes / physics)
    report(
        Figure(
            f"evaluation, {args.episodes} episodes", "steps/s", ours, theirs, 15, more_is_better=True, floor=floor,
            floor_is=f"{operations / 1e9:.2f} billion operations in matrix products for a step of all episodes, at "
            f"{rate / 1e9:.0f} billion a second in float32, and the environments alone at {physics:,.0f} steps/s, in "
            "turn",
        )
    )  # fmt: skip


if __name__ == "__main__":
    main()
