"""Plots of graphs, walks and paths. In all of them the goal is at the right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import networkx as nx
import numpy as np

from dt_helpers.machine.picture import Picture, listed
from dt_helpers.machine.telling import short
from dt_helpers.plots import ACTION, RETURN, STATE, TIME
from dt_helpers.stitching.asking import Asked
from dt_helpers.stitching.comparing import segments
from dt_helpers.stitching.roads import Roads

BEND = 0.12  # of an edge's arrow, as a share of its length
OFF_NODES, OFF_NUMBERS = 0.19, 0.12  # inches that the middle of an edge's number keeps away
SOURCES = ("#7570b3", "#e7298a", "#1f78b4", "#a6761d", "#66a61e")  # of the walks that a path is stitched from


def roads(roads: Roads, walks: Sequence[Sequence[int]] = ()) -> Picture:
    """The graph, with some walks on it in colour."""
    figure = Picture(width=8, height=4.4)
    figure.words = _graph(roads)
    axes = figure.subplots()
    place = positions(roads)
    _draw_graph(axes, roads, place)
    for number, walk in enumerate(walks):
        color = SOURCES[number % len(SOURCES)]
        _draw_path(axes, place, walk, color, width=2.2, bend=0.12 + 0.08 * number)
        axes.plot([], [], color=color, label=f"walk {number + 1}: {' → '.join(_until_goal(walk, roads.goal))}")
        figure.words += f" Walk {number + 1}: {listed(_until_goal(walk, roads.goal))}."
    if len(walks):
        figure.legend(loc="outside lower center", fontsize=8, frameon=False)
    return figure


def stitched(roads: Roads, walks: np.ndarray, path: Sequence[int]) -> Picture:
    """A path over the walks that it was stitched from, each in its own colour; dashed: the whole walk."""
    figure = Picture(width=8, height=4.6)
    figure.words = f"The model's path: {listed(path)}, over the walks that it was stitched from."
    axes = figure.subplots()
    place = positions(roads)
    _draw_graph(axes, roads, place, bold=path)
    for number, (walk, first, last) in enumerate(segments(walks, path)):
        color = SOURCES[number % len(SOURCES)]
        nodes = _moving(walks[walk], roads.goal)
        _draw_path(axes, place, nodes, color, width=1.4, bend=0.28, style="--")
        _draw_path(axes, place, path[first : last + 1], color, width=4.5, bend=0.0)
        axes.plot([], [], "--", color=color, linewidth=1.4, label=f"recorded: {' → '.join(map(str, nodes))}")
        figure.words += f" {listed(path[first : last + 1])} from the walk {listed(nodes)}."
    axes.set_title(f"the model's path: {' → '.join(map(str, path))}", fontsize=11)
    figure.legend(loc="outside lower center", fontsize=8, frameon=False)
    return figure


def promises(asked: Asked, roads: Roads, chosen: Mapping[int, float]) -> Picture:
    """For each start (row) and each target (column): whether the model arrived, and as soon as it was asked to.

    A ring marks the chosen target, a cross the shortest path, which the model never gets to know.
    """
    shortest = roads.shortest()
    order = sorted(range(len(asked.starts)), key=lambda row: shortest[asked.starts[row]])
    achieved, lengths = asked.achieved[order], -asked.targets
    kept = np.where(achieved >= asked.targets, 2, np.isfinite(achieved))  # (starts, n): 0 never, 1 too late, 2 kept
    figure = Picture(width=7, height=0.9 + 0.21 * len(order))
    axes = figure.subplots()
    colors = ("#eeeeee", "#fdc38d", STATE)
    for value, color, label in zip((2, 1, 0), colors[::-1], ("as asked, or sooner", "later", "never"), strict=True):
        rows, columns = (kept == value).nonzero()
        axes.scatter(lengths[columns], rows, marker="s", s=105, color=color, linewidths=0, label=label)
    starts = [asked.starts[row] for row in order]
    rows = np.arange(len(starts))
    axes.scatter([-chosen[start] for start in starts], rows, s=70, facecolors="none", edgecolors="black",
                 linewidths=1.4, label="chosen target")  # fmt: skip
    axes.scatter([shortest[start] for start in starts], rows, marker="x", s=22, color="black", linewidths=1,
                 label="shortest path (Dijkstra)")  # fmt: skip
    figure.words = "For each start, the lengths asked for at which the model arrives as asked, or sooner." + "".join(
        f" Start {start}: {listed(sorted(int(length) for length in lengths[kept[row] == 2])) or 'none'}; chosen target "
        f"{short(-chosen[start])}, shortest path {shortest[start]}."
        for row, start in enumerate(starts)
    )
    axes.set(xlabel="length asked for", ylabel="start", yticks=rows, yticklabels=starts)
    axes.locator_params(axis="x", integer=True)
    axes.tick_params(axis="y", labelsize=7)
    axes.invert_yaxis()
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside right upper", fontsize=8, frameon=False, title="it arrives")
    return figure


def lengths(paths: Mapping[str, np.ndarray]) -> Picture:
    """Shares of path lengths for each kind of path (name -> lengths, infinite if the goal was not reached)."""
    finite = np.concatenate([values[np.isfinite(values)] for values in paths.values()])
    last = int(finite.max()) if len(finite) else 1
    palette = ("#444444", STATE, "#f0c05a", ACTION, TIME, RETURN)
    figure = Picture(width=8, height=3.4)
    figure.words = "Shares of the lengths of paths to the goal."
    axes = figure.subplots()
    width = 0.84 / len(paths)
    for number, (name, values) in enumerate(paths.items()):
        shares = [np.mean(values == length) for length in range(1, last + 1)] + [np.mean(np.isinf(values))]
        places = np.append(np.arange(1, last + 1), last + 2) + (number - (len(paths) - 1) / 2) * width
        axes.bar(places, shares, width=0.92 * width, color=palette[number % len(palette)], label=name)
        there = [f"{length} {share:.0%}" for length, share in enumerate(shares[:-1], 1) if share]
        figure.words += f" {name}: {listed([*there, f'never arrives {shares[-1]:.0%}'])}."
    ticks = [*range(1, last + 1)]
    axes.set(xlabel="length of the path to the goal", ylabel="share")
    axes.set_xticks([*ticks, last + 2], [*map(str, ticks), "never\narrives"])
    axes.yaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(fontsize=8, frameon=False)
    return figure


def positions(roads: Roads) -> dict[int, tuple[float, float]]:
    """node -> (x, y): x is minus the number of steps to the goal; y keeps neighbours close together."""
    steps = nx.single_source_shortest_path_length(roads.graph.reverse(copy=False), roads.goal)
    columns = [[node for node in steps if steps[node] == away] for away in range(max(steps.values()) + 1)]
    y = {roads.goal: 0.0}
    for column in columns[1:]:
        towards = {node: np.mean([y[n] for n in roads.neighbours(node) if n in y]) for node in column}
        column.sort(key=lambda node: (towards[node], node))
        heights = np.arange(len(column)) - (len(column) - 1) / 2
        y |= dict(zip(column, heights.tolist(), strict=True))
    return {node: (-float(away), y[node] + 0.13 * (-1) ** away) for node, away in steps.items()}


def _graph(roads: Roads) -> str:
    """The graph in words: from where one gets to where."""
    far = roads.lengths.max() > 1

    def to(here: int) -> str:
        edges = sorted(roads.graph.out_edges(here, data="weight"))
        return listed(f"{there} (length {length})" if far else there for _, there, length in edges)

    return f"A graph of {roads.nodes} nodes; the goal is {roads.goal}." + "".join(
        f" From {node} to {to(node)}." for node in sorted(roads.graph.nodes) if node != roads.goal
    )


def _draw_graph(axes, roads: Roads, place, bold: Sequence[int] = ()) -> None:
    for here, there in roads.graph.edges:
        _arrow(axes, place[here], place[there], "#c9c9c9", 0.9, BEND)
    for node, (x, y) in place.items():
        color = RETURN if node == roads.goal else STATE if node in bold or not len(bold) else TIME
        axes.scatter(x, y, s=330, color=color, edgecolors="white", linewidths=1.5, zorder=4)
        axes.text(x, y, node, color="white", fontsize=9, ha="center", va="center", zorder=5)
    axes.annotate("goal", place[roads.goal], (0, 15), textcoords="offset points", ha="center", color=RETURN, fontsize=9)
    axes.margins(0.06)
    axes.axis("off")
    if roads.lengths.max() > 1:
        _label_edges(axes, roads, place)


def _label_edges(axes, roads: Roads, place) -> None:
    """Write each edge's length on its arrow, where no node and no other number is near."""
    axes.figure.draw_without_rendering()  # from now on the picture's pixels are known, in which the arrows are bent
    pixels = {node: axes.transData.transform(at) for node, at in place.items()}
    dpi = axes.figure.dpi
    taken = [(at, OFF_NODES * dpi) for at in pixels.values()]
    edges = roads.graph.edges(data="weight")
    for here, there, length in sorted(edges, key=lambda edge: np.hypot(*(pixels[edge[0]] - pixels[edge[1]]))):
        line = pixels[there] - pixels[here]
        middle = (pixels[here] + pixels[there]) / 2 + BEND * line[::-1] * (1, -1)  # as matplotlib's arc3
        places = [
            (1 - t) ** 2 * pixels[here] + 2 * t * (1 - t) * middle + t**2 * pixels[there]
            for t in np.linspace(0.25, 0.75, 21)
        ]
        room = [min(np.hypot(*(at - other)) - away for other, away in taken) for at in places]
        enough = [at for at, free in zip(places, room, strict=True) if free > 0]
        chosen = enough[len(enough) // 2] if enough else places[int(np.argmax(room))]
        taken.append((chosen, OFF_NUMBERS * dpi))
        axes.text(*axes.transData.inverted().transform(chosen), length, fontsize=8, color="#222222",
                  ha="center", va="center", zorder=2,
                  bbox={"boxstyle": "circle,pad=0.08", "facecolor": "white", "edgecolor": "none"})  # fmt: skip


def _draw_path(axes, place, nodes, color: str, width: float, bend: float, style: str = "-") -> None:
    for here, there in pairwise(nodes):
        if here != there:
            _arrow(axes, place[here], place[there], color, width, bend, style, above=True)


def _arrow(axes, here, there, color: str, width: float, bend: float, style: str = "-", above: bool = False) -> None:
    axes.annotate(
        "", there, here, zorder=3 if above else 1,
        arrowprops={
            "arrowstyle": f"-|>,head_width={0.15 + 0.04 * width:.2f},head_length={0.3 + 0.08 * width:.2f}",
            "color": color, "linewidth": width, "linestyle": style, "shrinkA": 9, "shrinkB": 9,
            "connectionstyle": f"arc3,rad={bend}",
        },
    )  # fmt: skip


def _moving(walk: Sequence[int], goal: int) -> list[int]:
    """The walk up to the goal."""
    nodes = [int(node) for node in walk]
    return nodes[: nodes.index(goal) + 1] if goal in nodes else nodes


def _until_goal(walk: Sequence[int], goal: int) -> list[str]:
    return [str(node) for node in _moving(walk, goal)]
