"""Plots of what `dt_helpers.attention` finds inside a model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dt_helpers.attention import Attention, principal_components
from dt_helpers.machine.picture import Picture, listed
from dt_helpers.machine.telling import short
from dt_helpers.plots import RETURN, TOKEN_COLORS

KINDS = {"R": "return-to-go", "s": "state", "a": "action"}


def where_it_looks(attention: Attention) -> Picture:
    """One row per layer: the share of attention on each token of the window, averaged over the steps."""
    mean = attention.mean  # (layers, K, 3)
    layers, K = mean.shape[:2]
    steps = np.arange(1 - K, 1)
    figure = Picture(width=8, height=0.6 + 1.5 * layers)
    rows = figure.subplots(layers, 1, sharex=True, squeeze=False)[:, 0]
    figure.words = f"What an action attends to: shares of the attention; equal for all tokens is {1 / (3 * K - 1):.1%}."
    for layer, axes in enumerate(rows):
        for place, (kind, name) in enumerate(KINDS.items()):
            share = mean[layer, :, place]  # (K,)
            label = f"{name} ({share.sum():.0%})"
            axes.bar(steps + (place - 1) * 0.28, share, width=0.26, color=TOKEN_COLORS[kind], label=label)
            most = int(share.argmax())
            figure.words += (
                f" Layer {layer + 1}, {name}: {share.sum():.0%}, most {-steps[most]} steps before ({share[most]:.0%})."
            )
        axes.axhline(1 / (3 * K - 1), color="black", linestyle=":", linewidth=0.8, label="equal for all tokens")
        axes.set(ylabel=f"layer {layer + 1}", ylim=(0, None))
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1), fontsize=8, frameon=False)
        axes.grid(alpha=0.3)
    rows[-1].set(xlabel="steps before the action", xticks=steps[:: max(1, K // 10)])
    figure.suptitle("what an action attends to: share of the attention", fontsize=10)
    return figure


def attention_over_time(attention: Attention, layer: int = -1, kind: str = "s", steps: int = 100) -> Picture:
    """Columns are the actions of the episode's last `steps`, rows how many steps back they attend."""
    place = list(KINDS).index(kind)
    weights = attention.weights[-steps:, layer, :, place]  # (steps, K)
    last = len(attention.weights)
    number = layer % attention.weights.shape[1] + 1
    figure = Picture(width=8, height=3)
    axes = figure.subplots()
    extent = (last - len(weights), last, -attention.context_length + 0.5, 0.5)
    image = axes.imshow(weights.T[::-1], extent=extent, aspect="auto", cmap="magma", interpolation="nearest")
    axes.set(xlabel="timestep of the action", ylabel="steps before it")
    axes.locator_params(axis="y", integer=True)
    back = weights.mean(axis=0)[::-1]  # (K,), this step first
    figure.words = (
        f"How much the actions of the last {len(weights)} steps attend to the {KINDS[kind]} tokens of layer {number}. "
        f"On average, from this step backwards: {listed(f'{share:.1%}' for share in back)}."
    )
    axes.set_title(f"attention to the {KINDS[kind]} tokens, layer {number}", fontsize=10)
    figure.colorbar(image, ax=axes)
    return figure


def state_map(
    tokens: np.ndarray, colors: Sequence[float], label: str, paths: dict[str, np.ndarray] | None = None
) -> Picture:
    """State tokens (n, hidden) along the two directions in which they vary most, coloured by `colors` (n,), with
    `paths` (name -> tokens of consecutive steps)."""
    directions, shares = principal_components(tokens)
    center = tokens.mean(axis=0)
    figure = Picture(width=7, height=4.8)
    axes = figure.subplots()
    x, y = ((tokens - center) @ directions.T).T
    dots = axes.scatter(x, y, c=colors, s=5, cmap="viridis", linewidths=0)
    for (name, path), color in zip((paths or {}).items(), ("black", RETURN), strict=False):
        axes.plot(*((path - center) @ directions.T).T, "o-", color=color, markersize=4, linewidth=1, label=name)
    axes.set(
        xlabel=f"first component ({shares[0]:.0%} of the variance)", ylabel=f"second component ({shares[1]:.0%})",
        xticks=[], yticks=[],
    )  # fmt: skip
    figure.colorbar(dots, ax=axes, label=label)
    figure.words = (
        f"{len(tokens)} state tokens as dots along the two directions in which they vary most ({shares[0]:.0%} and "
        f"{shares[1]:.0%} of the variance), coloured by {label}, {short(np.min(colors))} to {short(np.max(colors))}."
    )
    for name, path in (paths or {}).items():
        figure.words += f" {name}: a line through {len(path)} tokens."
    if paths:
        figure.legend(loc="outside upper center", ncols=2, fontsize=9, frameon=False)
    return figure
