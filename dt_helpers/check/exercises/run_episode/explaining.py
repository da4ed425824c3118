"""Where an episode that no known slip gives leaves the right way: in what the model was shown, or in what was done."""

import numpy as np

from dt_helpers.check.engine.exercise import Case


def explain(case: Case, faces: tuple) -> str | None:
    """A sentence on the first step in which the model was shown something else than what had happened by then, or in
    which something else was carried out than it predicted; None if there is none, or if it can't be told."""
    asked, played = (face.record for face in faces)
    windows, steps = asked.windows, len(played.actions)
    if played.resets > 1:
        return f"`env.reset` was called {_times(played.resets)}. One call begins the episode; its end ends the loop."
    if len(windows) not in (steps, steps + 1) or len(played.observations) != steps + 1:
        return None  # no window for each step
    config = case.args[0].config
    K, scale = config["context_length"], config["return_scale"]
    states = (np.array(played.observations) - config["state_mean"]) / np.array(config["state_std"])
    left = (case.args[2] - np.concatenate([[0.0], np.cumsum(played.rewards)]))[:, None] / scale
    actions = np.array(played.actions).reshape(steps, config["act_dim"])
    for t, (shown, predicted, training) in enumerate(windows):
        if len(shown[0]) != 1:
            return None
        if training:
            return f"{_in(t)}, the model was in training mode, with its dropout on."
        real = shown[4][0] > 0
        first = max(0, t + 1 - K)
        if real.sum() != t + 1 - first:
            return f"{_in(t)}, the model sees {real.sum()} steps; it should see {t + 1 - first}."
        rows = slice(first, t + 1)
        wanted = (
            ("timesteps", shown[3][0][real][:, None], np.arange(t + 1)[rows][:, None]),
            ("states", shown[0][0][real], states[rows]),
            ("returns_to_go", shown[2][0][real], left[rows]),
            ("actions", shown[1][0][real][:-1], actions[first:t]),
        )
        for name, given, right in wanted:
            if sentence := _first(t, name, given, right, first):
                return sentence
        newest = np.flatnonzero(real)[-1]  # where the padding stands is free
        if t < steps and not np.allclose(actions[t], predicted[0, newest], atol=1e-3):
            return f"{_in(t)}, the model saw what it should, but another action was carried out than the predicted one."
    wanted_steps = case.args[1].ends_after
    if steps != wanted_steps:
        return f"{steps} steps were made; the episode is over after {wanted_steps}."
    return "torch kept track of gradients in the episode: nothing is trained here." if asked.learned else None


def _first(t: int, name: str, given: np.ndarray, right: np.ndarray, first: int) -> str | None:
    off = ~np.isclose(given, right, rtol=1e-3, atol=1e-3)
    if not off.any():
        return None
    row, column = (int(i) for i in np.argwhere(off)[0])
    what = f"{given[row, column]:.4g} in place of {right[row, column]:.4g}"
    return f"{_in(t)}, the model was shown other {name}: in the row of step {first + row}, {what}."


def _times(count: int) -> str:
    return "twice" if count == 2 else f"{count} times"


def _in(t: int) -> str:
    return f"In step {t} (the first is step 0)"
