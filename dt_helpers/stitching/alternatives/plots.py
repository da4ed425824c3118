"""Plots of notebook 8: what values promise, key-to-door episodes, and what comes of asking a gambler."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from dt_helpers.machine.picture import Picture, listed
from dt_helpers.machine.telling import short
from dt_helpers.plots import ACTION, RETURN, STATE, TIME
from dt_helpers.stitching.alternatives.doors import MOVES
from dt_helpers.stitching.alternatives.sequences import Episodes
from dt_helpers.stitching.roads import Roads


def promised(roads: Roads, values: Mapping[str, np.ndarray]) -> Picture:
    """What tables promise at each start (name -> (nodes,) values), beside what can be had, the nearest start first."""
    possible = {node: -length for node, length in roads.shortest().items()}
    order = sorted(roads.starts, key=lambda node: -possible[node])
    figure = Picture(width=8, height=3.2)
    axes = figure.subplots()
    places = np.arange(len(order))
    axes.step(places, [possible[node] for node in order], where="mid", color="black", label="possible (Dijkstra)")
    for (name, table), marker, color in zip(values.items(), ("^", "o"), (RETURN, STATE), strict=False):
        axes.plot(places, table[order], marker, color=color, label=name)
    figure.words = "The return from each start: what is possible, and what the tables promise."
    for node in order:
        tables = (f"{name} {short(table[node])}" for name, table in values.items())
        figure.words += f" Start {node}: {listed([f'possible {possible[node]}', *tables])}."
    axes.set(xlabel="start", ylabel="return from there")
    axes.set_xticks(places, [str(node) for node in order], fontsize=7)
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside right upper", fontsize=8, frameon=False)
    return figure


def doors(episodes: Episodes, rows: Sequence[int]) -> Picture:
    """The way of the agent in some episodes, with the key and the door where they were."""
    figure = Picture(width=2.1 * len(rows), height=2.4)
    for axes, row in zip(np.atleast_1d(figure.subplots(1, len(rows))), rows, strict=True):
        images = episodes.states[row, : episodes.lengths[row]]  # (steps, 3, size, size)
        size = images.shape[-1]
        before = np.stack([np.argwhere(image[0])[0] for image in images])  # (steps, 2)
        last = np.clip(before[-1] + MOVES[episodes.actions[row, len(before) - 1]], 0, size - 1)
        agent = np.vstack([before, last])  # (steps + 1, 2)
        shaken = agent + np.linspace(-0.18, 0.18, len(agent))[:, None]  # a cell may be passed several times
        axes.plot(shaken[:, 1], shaken[:, 0], color=TIME, linewidth=1.5)
        axes.plot(*shaken[0, ::-1], "o", color=STATE, label="start")
        for channel, marker, color, name in ((1, "P", RETURN, "key"), (2, "s", ACTION, "door")):
            place = np.argwhere(images[0][channel])[0]
            axes.plot(*place[::-1], marker, color=color, markersize=11, alpha=0.8, label=name)
        axes.set(xlim=(-0.5, size - 0.5), ylim=(size - 0.5, -0.5), xticks=[], yticks=[], aspect="equal")
        axes.set_title(f"return {episodes.returns[row]:.0f}", fontsize=9)
        key, door = (listed(np.argwhere(images[0][channel])[0]) for channel in (1, 2))
        figure.words += (
            f"Episode of {len(before)} steps, return {episodes.returns[row]:.0f}, by row and column: key at {key}, "
            f"door at {door}; the agent goes through {'; '.join(listed(cell) for cell in agent)}. "
        )
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=3, fontsize=8, frameon=False)
    return figure


def luck(targets: Sequence[float], achieved: np.ndarray, safe: float, best: float) -> Picture:
    """Mean return (seeds, targets) for each target, beside what the best plan earns; `best` is the data's best."""
    figure = Picture(width=7, height=3.2)
    axes = figure.subplots()
    axes.plot(targets, targets, ":", color=TIME, label="what was asked for")
    axes.axhline(safe, color=STATE, linewidth=1.2, label="the best plan: never gamble")
    for number, row in enumerate(achieved):
        axes.plot(targets, row, "o-", color=RETURN, markersize=3, alpha=0.7, label="achieved" if number == 0 else None)
    axes.axvline(best, color="black", linestyle="--", linewidth=0.8, label="best return in the data of the three")
    means = achieved.mean(axis=0)
    pairs = (f"{short(target)}: {short(mean)}" for target, mean in zip(targets, means, strict=True))
    figure.words = (
        f"Mean return over {len(achieved)} seeds for each return asked for. {listed(pairs)}. The best plan, never to "
        f"gamble, earns {short(safe)}; the best return in the data is {short(best)}."
    )
    axes.set(
        xlabel="return asked for",
        ylabel="mean return",
        ylim=(min(-2.0, achieved.min() - 1), max(safe + 3, achieved.max() + 1)),
    )
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside right upper", fontsize=8, frameon=False)
    return figure
