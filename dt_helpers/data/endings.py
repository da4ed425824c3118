"""What the beginnings and ends of episodes look like: notes on what may be no step of an episode."""

import itertools

import numpy as np

from dt_helpers.data.columns import PADDING


def padding(dones: np.ndarray, starts: np.ndarray, observations: np.ndarray) -> str:
    """A note, if the steps after a `done` are all the same; else nothing."""
    inside = np.setdiff1d(np.flatnonzero(dones), starts[1:] - 1, assume_unique=True)
    episodes, first = np.unique(np.searchsorted(starts, inside, "right") - 1, return_index=True)
    rests = [observations[row + 1 : starts[i + 1]] for row, i in zip(inside[first], episodes, strict=True)]
    if not all((rest == rest[0]).all() for rest in rests) or not any(len(rest) > 1 for rest in rests):
        return ""
    return (
        f"`dones` are true within {len(rests)} episodes, first in episode {episodes[0]} at step "
        f"{inside[0] - starts[episodes[0]]}, and the observations after it are all the same: {PADDING}"
    )


def _are_full(given: tuple[np.ndarray, ...], first: int, stop: int) -> np.ndarray:
    """Which steps from `first` to `stop` hold a number other than 0, (stop - first,) bool."""
    return np.any([values[first:stop].reshape(stop - first, -1).any(axis=1) for values in given], axis=0)


def zeros_at_ends(starts: np.ndarray, *given: np.ndarray) -> str:
    """A note, if episodes that are all of one length end in several steps in which all numbers are 0; else nothing."""
    if len(starts) < 3 or len(set(np.diff(starts).tolist())) > 1:
        return ""
    tails = []
    for first, stop in itertools.pairwise(starts):
        if any(values[stop - 1].any() for values in given):
            continue
        full = _are_full(given, first, stop)
        tails += [int(np.argmax(full[::-1]))] if full.any() else []
    if not any(tail > 1 for tail in tails):
        return ""
    return f"in the last steps of {len(tails)} episodes, up to {max(tails)} of them, all numbers are 0: {PADDING}"


def zeros_at_starts(starts: np.ndarray, *given: np.ndarray) -> str:
    """A note, if episodes begin with several steps in which all numbers are 0; else nothing."""
    heads = []
    for first, stop in itertools.pairwise(starts[1:]):
        if any(values[first].any() for values in given):
            continue
        full = _are_full(given, first, stop)
        heads.append(int(np.argmax(full)) if full.any() else int(stop - first))
    if not any(head > 1 for head in heads):
        return ""
    return (
        f"{len(heads)} episodes begin with steps in which all numbers are 0, up to {max(heads)} of them: if they fill "
        "up the episode before, they would be learned. Leave these rows out of all columns"
    )


def unpaid_first_steps(starts: np.ndarray, rewards: np.ndarray) -> str:
    """A note, if the reward is 0 in the first step of each episode, and in hardly any other; else nothing."""
    first = np.isin(np.arange(len(rewards)), starts[:-1])
    if len(starts) < 4 or first.all() or (rewards[first] != 0).any() or (rewards[~first] == 0).mean() > 0.1:
        return ""
    return (
        "in the first step of each episode the reward is 0, and in hardly any other. If rewards or actions are a row "
        'late, beside the state that they led to, as in TD-MPC2\'s data: see "What is beside what" in docs/your_data.md'
    )


def single_steps(starts: np.ndarray) -> str:
    """A note, if some episodes have a single step, and most of the others several; else nothing."""
    lengths = np.diff(starts)
    single = int((lengths == 1).sum())
    if len(lengths) < 4 or not 0 < single < len(lengths) or np.median(lengths[lengths > 1]) < 3:
        return ""
    return (
        f"{single} of {len(lengths)} episodes have a single step. Do flags stay true after an end, in rows that are to "
        "be left out, or do the rows of several agents or environments take turns?"
    )
