"""What the Decision Transformer is an alternative to: ``python benchmarks/alternatives.py``, the tables of notebook 8.

Five graphs with long shortest paths, and three seeds each, of the walks and of the training: the share of the starts
from which one try, offline, takes a shortest path. Then the key and the door: the share of new rooms in which the door
is opened when 1 is asked for, and 0. Then the gamble: what comes of asking for the best return in the data. The bars:
at least 95% when asked for 1, at most 20% when asked for 0, in each seed.
"""

import argparse
import time

import numpy as np
import torch
from figures import Figure, report
from machine import describe

from dt_helpers import stitching
from dt_helpers.stitching import alternatives
from dt_helpers.stitching.alternatives import doors, gamble

SUCCESS, FAILURE = 95.0, 20.0


def table(head: tuple[str, ...]) -> None:
    print(f"\n| {' | '.join(head)} |\n|{' --- |' * len(head)}")


def on_a_graph(graph: int, seed: int, count: int, settings) -> dict[str, float]:
    """Share of shortest paths of each method."""
    roads = stitching.draw_roads(graph)
    walks = stitching.random_walks(roads, count, seed=graph + 100 * seed)
    steps = alternatives.steps_of(roads, walks)
    best = alternatives.best_tenth(stitching.returns_to_go(roads, walks)[:, 0])
    zeros = np.zeros((roads.nodes, roads.nodes))
    seen = zeros.astype(bool)
    seen[steps.states, steps.actions] = True
    q = alternatives.q_learning(steps, zeros, seed=seed)
    careful = alternatives.q_learning(steps, alternatives.pessimistic(zeros, seen, -100.0), seed=seed)
    policies = {
        "cloning": alternatives.clone(steps, roads.nodes),
        "cloning the best tenth": alternatives.clone(steps[np.isin(steps.walks, best)], roads.nodes),
        "cloning the walks that arrived": alternatives.clone(steps[np.isfinite(steps.returns)], roads.nodes),
        "the best tenth at each node": alternatives.clone_best_at_each_node(steps, roads.nodes),
        "Q-learning": q.argmax(axis=1),
        "pessimistic when acting": alternatives.pessimistic(q, seen, -100.0).argmax(axis=1),
        "pessimistic throughout": careful.argmax(axis=1),
    }
    paths = {name: alternatives.follow(roads, policy) for name, policy in policies.items()}
    model, _ = stitching.train(roads, stitching.Samples(roads, walks), settings, seed, progress=False)
    targets = stitching.best_in_data(roads, walks, parts=True)[roads.starts].clip(-roads.longest)
    paths["Decision Transformer"] = stitching.follow(model, roads, roads.starts, targets)
    return {
        name: stitching.compare(roads, walks, dict(zip(roads.starts, walked, strict=True))).optimal
        for name, walked in paths.items()
    }


def with_a_key(seed: int, settings, count: int, rooms: int) -> tuple[float, ...]:
    """Shares of episodes that succeed: recorded, asked for 1, asked for 0, and of a clone of the successes."""
    recorded = doors.record(count, seed)
    wins = recorded[recorded.returns == 1].without_returns()
    options = (doors.DoorEncoder, len(doors.MOVES), settings, seed, False)
    (model, _), (clone, _) = alternatives.train(recorded, *options), alternatives.train(wins, *options)
    played = (doors.play(model, 1, rooms, seed=1), doors.play(model, 0, rooms, seed=1), doors.play(clone, 0, rooms, 1))
    return (recorded.returns.mean(), *(episodes.returns.mean() for episodes in played))


def with_luck(seed: int, settings, count: int) -> tuple[float, ...]:
    """Returns: the data's mean and best, what comes of asking for the best, for 5, and of Q-learning."""
    games = gamble.record(count, seed)
    model, _ = alternatives.train(games, gamble.StepEncoder, 2, settings, seed, progress=False)
    q = alternatives.q_learning(gamble.steps_of(games), np.zeros((gamble.STEPS, 2)), learning_rate=0.01, seed=seed)
    best = games.returns.max()
    acts = (gamble.asked(model, best), gamble.asked(model, float(gamble.STEPS)), gamble.greedy(q))
    return (games.returns.mean(), best, *(gamble.play(act, 5000, seed=100).returns.mean() for act in acts))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--graphs", type=int, nargs="*", default=[5, 11, 18, 22, 24], help="their seeds")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--walks", type=int, default=1000)
    parser.add_argument("--recorded", type=int, default=4000, help="episodes with a key; half as many gambles")
    parser.add_argument("--rooms", type=int, default=1000, help="new ones, for each target")
    parser.add_argument("--steps", type=int, help="training steps, in place of the presets'")
    args = parser.parse_args()

    torch.set_num_threads(1)
    changes = {"steps": args.steps} if args.steps else {}
    begin = time.process_time()
    print(describe())

    runs = []
    for graph in args.graphs:
        for seed in range(args.seeds):
            runs.append(on_a_graph(graph, seed, args.walks, stitching.preset(**changes)))
            if len(runs) == 1:
                table(("graph", "seed", *runs[0]))
            print(f"| {graph} | {seed} | {' | '.join(f'{share:.0%}' for share in runs[-1].values())} |", flush=True)
    print(f"| all | | {' | '.join(f'{np.mean([run[name] for run in runs]):.1%}' for name in runs[0])} |")

    table(("key and door: seed", "recorded", "asked for 1", "asked for 0", "clone of the successes"))
    opened = []
    for seed in range(args.seeds):
        opened.append(with_a_key(seed, doors.preset(**changes), args.recorded, args.rooms))
        print(f"| {seed} | {' | '.join(f'{share:.1%}' for share in opened[-1])} |", flush=True)

    table(("gamble: seed", "the data's mean", "its best", "asked for the best", "asked for 5", "Q-learning"))
    for seed in range(args.seeds):
        earned = with_luck(seed, gamble.preset(**changes), args.recorded // 2)
        print(f"| {seed} | {' | '.join(f'{value:.2f}' for value in earned)} |", flush=True)

    print(f"\n{time.process_time() - begin:.0f} seconds of one core\n")
    asked_for = 100 * np.array(opened).T
    report(
        Figure(
            "the worst seed when asked for success", "%", [float(asked_for[1].min())], bar=SUCCESS, more_is_better=True
        ),
        Figure("the worst seed when asked for failure", "%", [float(asked_for[2].max())], bar=FAILURE),
    )


if __name__ == "__main__":
    main()
