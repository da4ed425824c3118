"""What students get wrong in the window and its padding: each a `Loop` with another part."""

import numpy as np

from dt_helpers.check.exercises.run_episode.loop import Loop


def _first(rows, K):
    return rows[:K]


def _behind(rows, missing):
    return np.concatenate([rows, np.zeros((missing, *rows.shape[1:]), rows.dtype)])


def _repeated(rows, missing):
    """Padded with the first row."""
    return np.concatenate([np.repeat(rows[:1], missing, axis=0), rows])


WINDOWS = (
    (
        "window-not-cut",
        "The window is longer than `context_length`, as one of 20 rows or of the whole episode is; the model has never "
        "seen more than K steps.",
        ("Which function of yours cuts the window, and which number is it given as its length?",),
        (Loop(window=lambda rows, K: rows),),
    ),
    (
        "window-too-long",
        "The window has a step more than K.",
        ("Is the newest step counted among the K?",),
        (Loop(window=lambda rows, K: rows[-K - 1 :], missing=lambda t, K: max(K - t, 0)),),
    ),
    (
        "window-too-short",
        "The model sees fewer than K steps.",
        ("How many steps does `rows[-K + 1:]` have?", "How many does the model see in the K-th round?"),
        (
            Loop(window=lambda rows, K: rows[-K + 1 :] if K > 1 else rows[-1:]),
            Loop(window=lambda rows, K: rows[-(K // 2) :] if K > 1 else rows),
        ),
    ),
    (
        "window-too-short",
        "The model sees the newest step alone; it should see the last K steps.",
        ("What is kept of the steps before?",),
        (
            Loop(window=lambda rows, K: rows[-1:], missing=lambda t, K: K - 1),
            Loop(window=lambda rows, K: rows[-1:], missing=lambda t, K: 0),
        ),
    ),
    (
        "window-of-a-third",
        "The window is cut to K // 3 steps. `context_length` counts steps; each of them makes three tokens later on.",
        ("What does K count: steps, or tokens?",),
        (
            Loop(window=lambda rows, K: rows[-(K // 3) :], missing=lambda t, K: 0),
            Loop(window=lambda rows, K: rows[-max(K // 3, 1) :], missing=lambda t, K: 0),
        ),
    ),
    (
        "window-from-the-start",
        "The window is the beginning of the episode; the newest steps have to be in it.",
        ("From which end is K counted?",),
        (Loop(window=_first),),
    ),
    (
        "window-turned",
        "The window is in reverse: the newest step has to stand last.",
        ("At which end is each step added?",),
        (
            Loop(window=lambda rows, K: rows[-K:][::-1].copy()),
            Loop(window=lambda rows, K: rows[-K:][::-1].copy(), read=lambda output, real: output.action_preds[0, 0]),
        ),
    ),
    (
        "padding-behind",
        "The padding stands behind the real steps, so that the last position is none of them.",
        ("What does `action_preds[0, -1]` belong to, when the padding stands on the right?",),
        (Loop(padded=_behind, mask=lambda real, missing: np.concatenate([np.ones(real), np.zeros(missing)])),),
    ),
    (
        "mask-on-the-wrong-side",
        "The mask doesn't fit the window: its 0s have to stand where the padding stands.",
        ("Print the mask beside the timesteps, in the second step.",),
        (
            Loop(mask=lambda real, missing: np.concatenate([np.ones(real), np.zeros(missing)])),
            Loop(mask=lambda real, missing: np.concatenate([np.ones(missing), np.zeros(real)])),
            Loop(padded=_behind),
        ),
    ),
    (
        "padding-not-masked",
        "The padding counts as if it were steps of the episode: its mask has to be 0.",
        ("How does the model know which rows are real?",),
        (
            Loop(mask=lambda real, missing: np.ones(real + missing)),
            Loop(mask=lambda real, missing: None),
            Loop(mask=lambda real, missing: np.ones(real + missing), padded=_repeated),
        ),
    ),
)
