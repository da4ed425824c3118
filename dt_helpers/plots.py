"""The course's plots: each function returns a figure, which a notebook shows as a cell's last value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from dt_helpers.machine.picture import Picture, course, listed
from dt_helpers.machine.telling import short

if TYPE_CHECKING:
    import torch

    from dt_helpers.data.trajectories import Trajectories
    from dt_helpers.rollout import Evaluation
    from dt_helpers.rollout.sweep import Sweep

RETURN, STATE, ACTION, TIME = "#d95f02", "#1b9e77", "#7570b3", "#b8b8b8"  # distinguishable with colour blindness
REWARD = "#444444"  # no token
TOKEN_COLORS = {"R": RETURN, "s": STATE, "a": ACTION, "t": TIME}


def learning_curve(history: list[dict]) -> Picture:
    """Training and held-out loss over the steps, from the Trainer's ``state.log_history``."""
    figure = Picture()
    axes = figure.subplots()
    figure.words = "Loss of the actions against the training step, on a logarithmic axis."
    for key, label, style in (("loss", "training", "-"), ("eval_loss", "held-out episodes", "o-")):
        points = [(entry["step"], entry[key]) for entry in history if key in entry]
        if points:
            steps, losses = np.array(points).T
            axes.plot(steps, losses, style, label=label, markersize=4)
            figure.words += " " + course(label, steps, losses, "at step")
    axes.set(xlabel="step", ylabel="loss of the actions", yscale="log")
    if axes.lines:
        axes.legend()
    axes.grid(alpha=0.3)
    return figure


def singular_values(matrices: dict[str, torch.Tensor]) -> Picture:
    """The singular values of matrices (label -> (rows, columns)), as shares of each matrix's largest."""
    figure = Picture()
    axes = figure.subplots()
    figure.words = "Singular values, as shares of the largest, on a logarithmic axis."
    for label, matrix in matrices.items():
        values = np.linalg.svd(np.asarray(matrix.detach(), np.float64), compute_uv=False)
        shares = values / values.max()
        axes.plot(np.arange(1, len(values) + 1), shares, label=label)
        figure.words += f" {label}: {np.sum(shares >= 0.1)} of {len(shares)} are at least a tenth."
    axes.set(xlabel="direction, the strongest first", ylabel="singular value,\nshare of the largest")
    axes.set(yscale="log", ylim=(1e-4, 2))  # the mean over a layer norm's outputs has no gradient: one value is 0
    axes.legend()
    axes.grid(alpha=0.3)
    return figure


def returns_histogram(data: Trajectories, marks: dict[str, float] | None = None) -> Picture:
    """Histogram of the episodes' returns, with vertical lines at `marks` (label -> return)."""
    figure = Picture()
    axes = figure.subplots()
    axes.hist(data.returns, bins=30, color=RETURN, alpha=0.85)
    for (label, value), style in zip((marks or {}).items(), ("-", "--", ":", "-."), strict=False):
        axes.axvline(value, color="black", linestyle=style, label=f"{label}: {value:,.0f}")
    if marks:
        axes.legend()
    axes.set(xlabel="return of an episode", ylabel="episodes", title=f"{data.name}: {len(data)} episodes")
    quarters = listed(map(short, np.percentile(data.returns, [0, 25, 50, 75, 100])))
    lines = listed(f"{label} {short(value)}" for label, value in (marks or {}).items())
    figure.words = (
        f"Histogram of the returns of {len(data)} episodes of {data.name}. From the lowest to the highest, in "
        f"quarters: {quarters}.{f' Lines mark: {lines}.' if lines else ''}"
    )
    return figure


def episode(data: Trajectories, index: int = 0, steps: int = 100) -> Picture:
    """The first steps of one episode: some of its observations and actions, and its rewards."""
    rows = {key: value[:steps] for key, value in data.episode(index).items()}
    figure = Picture(height=5.5)
    top, middle, bottom = figure.subplots(3, 1, sharex=True)
    top.plot(rows["observations"][:, :4], label=range(min(4, data.state_dim)))
    top.legend(title="number", loc="center left", bbox_to_anchor=(1, 0.5), fontsize=8, title_fontsize=8)
    top.set(ylabel=f"observations\n(4 of {data.state_dim})", title=f"{data.name}, episode {index}")
    middle.plot(rows["actions"][:, :3], label=range(min(3, data.act_dim)))
    middle.legend(title="number", loc="center left", bbox_to_anchor=(1, 0.5), fontsize=8, title_fontsize=8)
    middle.set(ylabel=f"actions\n(3 of {data.act_dim})")
    bottom.plot(rows["rewards"], color=REWARD)
    bottom.set(ylabel="reward", xlabel="timestep")
    figure.words = f"{data.name}, episode {index}, the first {len(rows['rewards'])} steps." + "".join(
        f" {kind} {place}: between {short(column.min())} and {short(column.max())}."
        for kind, columns in (("Observation", rows["observations"][:, :4]), ("Action", rows["actions"][:, :3]))
        for place, column in enumerate(columns.T)
    )
    figure.words += " " + course("Reward", range(len(rows["rewards"])), rows["rewards"], "at timestep")
    return figure


def reward_and_return_to_go(rewards: np.ndarray, returns_to_go: np.ndarray) -> Picture:
    """An episode's rewards, and below them its returns-to-go, both (T,)."""
    figure = Picture(height=3.6)
    top, bottom = figure.subplots(2, 1, sharex=True)
    top.plot(rewards, color=REWARD, linewidth=0.8)
    top.set(ylabel="reward")
    bottom.plot(returns_to_go, color=RETURN)
    bottom.fill_between(np.arange(len(returns_to_go)), returns_to_go, color=RETURN, alpha=0.2)
    bottom.set(ylabel="return-to-go", xlabel="timestep")
    steps = range(len(rewards))
    parts = (("Above, the reward", rewards), ("Below, the return-to-go", returns_to_go))
    figure.words = " ".join(course(name, steps, values, "at timestep") for name, values in parts)
    return figure


def windows(batch: dict, rows: int = 12) -> Picture:
    """Rows are windows, columns their steps: the timestep of a real step, a dot for padding."""
    mask = np.asarray(batch["attention_mask"])[:rows] > 0  # (rows, K)
    timesteps = np.asarray(batch["timesteps"])[:rows]  # (rows, K)
    figure = Picture(height=0.6 + 0.28 * len(mask))
    axes = figure.subplots()
    axes.imshow(np.where(mask, 1.0, 0.0), cmap="Greens", vmin=0, vmax=2.5, aspect="auto")
    for (i, j), real in np.ndenumerate(mask):
        axes.text(j, i, str(int(timesteps[i, j])) if real else "·", ha="center", va="center", fontsize=6.5)
    axes.set(xlabel="position in the window (the newest step on the right)", ylabel="window", xticks=[], yticks=[])
    figure.words = f"{len(mask)} windows of {mask.shape[1]} steps, the newest step on the right." + "".join(
        f" Window {row + 1}: {np.sum(~real)} of padding, then timesteps {listed(times[real]) or 'none'}."
        for row, (real, times) in enumerate(zip(mask, timesteps, strict=True))
    )
    return figure


def tokens(rows: dict[str, Sequence[str]]) -> Picture:
    """Rows of tokens: label -> names such as ``R1``, ``s1``, ``a1``, coloured by their first letter."""
    width = max(len(names) for names in rows.values())
    figure = Picture(height=0.35 + 0.55 * len(rows))
    axes = figure.subplots()
    for y, (label, names) in enumerate(rows.items()):
        axes.text(-0.8, -y, label, ha="right", va="center")
        for x, name in enumerate(names):
            color = TOKEN_COLORS.get(name[:1], "white")
            axes.text(
                x, -y, name, ha="center", va="center", color="white",
                bbox={"boxstyle": "round,pad=0.35", "facecolor": color, "edgecolor": "none"},
            )  # fmt: skip
    axes.set(xlim=(-3.2, width - 0.4), ylim=(0.6 - len(rows), 0.6))
    axes.axis("off")
    figure.words = "Rows of tokens. " + " ".join(f"{label}: {listed(names)}." for label, names in rows.items())
    return figure


def architecture(steps: int = 2) -> Picture:
    """The model's inputs and outputs, and which token predicts what."""
    figure = Picture(height=3.4)
    axes = figure.subplots()
    axes.add_patch(_box((-0.6, 1.0), 3 * steps + 0.2, 0.8, "#dddddd"))
    axes.text(1.5 * steps - 0.5, 1.4, "GPT-2 encoder with causal attention: a token sees itself and those to its left",
              ha="center", va="center", fontsize=9)  # fmt: skip
    for t in range(1, steps + 1):
        for place, kind in enumerate("Rsa"):
            x = 3 * (t - 1) + place
            axes.add_patch(_box((x - 0.35, 0.0), 0.7, 0.55, TOKEN_COLORS[kind]))
            axes.text(x, 0.28, f"{kind}$_{t}$", ha="center", va="center", color="white", fontsize=12)
            axes.annotate("", (x, 0.98), (x, 0.58), arrowprops={"arrowstyle": "->"})
            axes.text(x, -0.22, f"+ time {t}", ha="center", va="center", fontsize=8, color="#555555")
        for place, predicted in ((1, ((0.0, f"a$_{t}$", ACTION),)),
                                 (2, ((-0.2, f"R$_{t + 1}$", RETURN), (0.2, f"s$_{t + 1}$", STATE)))):  # fmt: skip
            x = 3 * (t - 1) + place
            axes.annotate("", (x, 2.3), (x, 1.85), arrowprops={"arrowstyle": "->"})
            for beside, label, color in predicted:
                axes.text(x + beside, 2.5, label, ha="center", va="center", fontsize=12, color=color)
    axes.text(-0.75, 2.5, "predicted", ha="right", va="center", fontsize=9)
    axes.text(-0.75, 0.28, "tokens", ha="right", va="center", fontsize=9)
    axes.set(xlim=(-2, 3 * steps - 0.2), ylim=(-0.45, 2.8))
    axes.axis("off")
    below = listed(f"{kind}{t}" for t in range(1, steps + 1) for kind in "Rsa")
    figure.words = (
        f"Below, the tokens: {below}. The embedding of its time is added to each. They go into a GPT-2 encoder with "
        "causal attention, in which a token sees itself and those to its left. What comes out is read above some of "
        "them: the action of a step above its state, and the next step's return-to-go and state above the action."
    )
    return figure


def return_so_far(evaluation: Evaluation) -> Picture:
    """Each episode's return so far at each step, and a straight line to the target return."""
    figure = Picture()
    axes = figure.subplots()
    axes.plot(evaluation.rewards.cumsum(axis=1).T, color=RETURN, alpha=0.5, linewidth=1)
    axes.plot([0, evaluation.rewards.shape[1]], [0, evaluation.target_return], "--", color="black", label="target")
    axes.set(xlabel="timestep", ylabel="return so far", title=evaluation.env_name)
    axes.legend()
    so_far = evaluation.rewards.sum(axis=1)  # (episodes,)
    figure.words = (
        f"{evaluation.env_name}: the return so far at each timestep of {len(so_far)} episodes, which end at "
        f"{listed(map(short, so_far))}; a straight line to the target return, {short(evaluation.target_return)}."
    )
    return figure


def slips(left: dict[str, float], guess: dict[str, float]) -> Picture:
    """What each slip leaves of the return, as a share of the right loop's, beside what was guessed."""
    figure = Picture(height=0.4 * len(left) + 1)
    axes, places = figure.subplots(), np.arange(len(left))
    axes.barh(places, list(left.values()), height=0.6, color=RETURN, alpha=0.85, label="what was left")
    axes.plot([guess[slip] for slip in left], places, "D", color="black", label="your guess")
    axes.axvline(1, color="black", linewidth=0.8)
    axes.set(yticks=places, yticklabels=list(left), xlabel="share of the right loop's return")
    axes.invert_yaxis()  # the first one on top
    figure.legend(loc="outside upper right", ncols=2)
    figure.words = "What each slip left of the right loop's return, and your guess. " + listed(
        f"{slip}: {share:.0%} ({guess[slip]:.0%})" for slip, share in left.items()
    )
    return figure


def target_against_achieved(sweep: Sweep) -> Picture:
    """The return of every episode of a sweep against its target, with mean and spread; the diagonal, the best return in
    the data, and above them a histogram of the recorded episodes' returns."""
    table, runs = sweep.table, sweep.episodes
    figure = Picture(width=6, height=5)
    top, axes = figure.subplots(2, 1, sharex=True, height_ratios=[1, 5])
    top.hist(sweep.data_returns, bins=40, color=TIME)
    top.set(ylabel="recorded\nepisodes", yticks=[])
    top.spines[["top", "right"]].set_visible(False)

    ends = [min(table["target"].min(), sweep.data_returns.min()), max(table["target"].max(), sweep.best)]
    axes.plot(ends, ends, "--", color="black", linewidth=1, label="as asked")
    axes.scatter(runs["target"], runs["achieved"], s=12, color=RETURN, alpha=0.35, linewidths=0)
    axes.errorbar(
        table["target"], table["mean"], table["std"], fmt="o", color=RETURN, capsize=3, label="achieved (mean ± std)"
    )
    label = f"best in the data: {sweep.best:,.0f}"
    axes.axvline(sweep.best, color="black", linestyle=":", label=label)
    top.axvline(sweep.best, color="black", linestyle=":")
    axes.axhline(sweep.best, color="black", linestyle=":", linewidth=0.8)
    axes.set(xlabel="target return", ylabel="achieved return")
    axes.legend(loc="upper left", fontsize=9)
    axes.grid(alpha=0.3)
    rows = (f"{short(row.target)}: {short(row.mean)} ± {short(row.std)}" for row in table.itertuples())
    figure.words = (
        f"Achieved return (mean ± std) for each target return. {listed(rows)}. The best return in the data is "
        f"{short(sweep.best)}. Above, a histogram of the recorded episodes' returns, from "
        f"{short(sweep.data_returns.min())} to {short(sweep.data_returns.max())}."
    )
    return figure


def _box(corner: tuple[float, float], width: float, height: float, color: str):
    from matplotlib.patches import FancyBboxPatch

    return FancyBboxPatch(
        corner, width, height, boxstyle="round,pad=0.02,rounding_size=0.1", facecolor=color, edgecolor="none"
    )
