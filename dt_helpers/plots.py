"""The course's pictures. Each function returns a matplotlib figure that is not shown by itself."""

from __future__ import annotations

from matplotlib.figure import Figure


def learning_curve(history: list[dict]) -> Figure:
    """Training and held-out loss over the steps, from the Trainer's ``state.log_history``."""
    figure = Figure(figsize=(7, 3), layout="constrained")
    axes = figure.subplots()
    for key, label, style in (("loss", "training", "-"), ("eval_loss", "held-out episodes", "o-")):
        points = [(entry["step"], entry[key]) for entry in history if key in entry]
        if points:
            axes.plot(*zip(*points, strict=True), style, label=label, markersize=4)
    axes.set(xlabel="step", ylabel="mean squared error", yscale="log")
    if axes.lines:
        axes.legend()
    axes.grid(alpha=0.3)
    return figure
