"""What the beginnings and ends of episodes look like: notes on what may be no step of an episode."""

import contextlib
import itertools
from collections.abc import Callable, Iterator
from contextvars import ContextVar

import numpy as np

from dt_helpers.data import columns
from dt_helpers.data.columns import PADDING, SHORTER

SHOWN = 1000  # ends of episodes that are looked at
ADDED = (
    "does that row hold the observation after the end of the episode before, and an action that nobody took, as in "
    "keras-rl's memory? Then leave it out of all columns: `numpy.delete(values, numpy.flatnonzero(ends[:-1]) + 1, "
    "axis=0)`, where `ends` are true in last steps"
)


_seen: ContextVar[bool] = ContextVar("episodes whose steps were seen one by one", default=False)


@contextlib.contextmanager
def seen() -> Iterator[None]:
    """Within it nothing is odd: episodes were recorded here, step by step."""
    token = _seen.set(True)
    try:
        yield
    finally:
        _seen.reset(token)


def look(
    dones: np.ndarray,
    starts: np.ndarray,
    observations: np.ndarray,
    actions: np.ndarray,
    rewards: np.ndarray,
    say: Callable[[str], object],
) -> None:
    """Say all that is odd about the beginnings and ends of episodes; an empty note says nothing."""
    if _seen.get():
        return
    if filled := padding(dones, starts, observations):
        say(filled)
        return
    columns.note_ends(dones, starts, say)
    if len(starts) > 2 and len(set(np.diff(starts).tolist())) == 1:  # episodes of one length may be filled up to it
        numbers = observations, actions, rewards
        say(zeros_at_ends(starts, *numbers) or same_at_ends(starts, *numbers) or filled_choices(starts, actions))
    say(zeros_at_starts(starts, observations, actions, rewards))
    say(single_steps(starts))
    say(unpaid_first_steps(starts, rewards))
    say(sums_of_rewards(starts, rewards))
    say(shifted_flags(starts, observations))


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
    """A note, if episodes end in several steps in which all numbers are 0; else nothing."""
    tails = []
    for first, stop in itertools.pairwise(starts):
        if any(values[stop - 1].any() for values in given):
            continue
        full = _are_full(given, first, stop)
        tails += [int(np.argmax(full[::-1]))] if full.any() else []
    if not any(tail > 1 for tail in tails):
        return ""
    return f"in the last steps of {len(tails)} episodes, up to {max(tails)} of them, all numbers are 0: {PADDING}"


def same_at_ends(starts: np.ndarray, *given: np.ndarray) -> str:
    """A note, if several episodes end in steps that are the same: filled up with -1, for instance, or with their last
    step; else nothing."""
    tails = []
    for first, stop in itertools.pairwise(starts):
        last = [values[stop - 1] for values in given]
        if stop - first < 2 or any((values[stop - 2] != own).any() for values, own in zip(given, last, strict=True)):
            continue
        other = np.any(
            [
                (values[first:stop] != own).reshape(stop - first, -1).any(axis=1)
                for values, own in zip(given, last, strict=True)
            ],
            axis=0,
        )
        tails += [int(np.argmax(other[::-1]))] if other.any() else []
    if len(tails) < 2:
        return ""
    return (
        f"the last steps of {len(tails)} episodes, up to {max(tails)} of them, are all the same. If they only fill up, "
        f"{SHORTER}"
    )


def filled_choices(starts: np.ndarray, actions: np.ndarray) -> str:
    """A note, if whole numbers as actions have one that stands in the last steps of several episodes, and nowhere else;
    else nothing."""
    if actions.dtype.kind not in "iu":
        return ""
    rows = actions.reshape(len(actions), -1)
    for filler in np.unique(rows[starts[1:] - 1], axis=0)[:SHOWN]:
        own = (rows == filler).all(axis=1)
        begins = own & ~np.append(False, own[:-1])  # of each run of it
        begins[starts[:-1]] = own[starts[:-1]]
        ends = np.isin(starts[1:] - 1, np.flatnonzero(own))
        if begins.sum() == ends.sum() >= 2 and own.sum() > ends.sum():
            return (
                f"the actions {filler.tolist()} stand in the last steps of {ends.sum()} episodes, and nowhere else. "
                f"If they only fill up, {SHORTER}"
            )
    return ""


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
    """A note, if the reward is 0 in the first step of each episode, or each but the first, and in hardly any other;
    else nothing."""
    first = np.isin(np.arange(len(rewards)), starts[1:-1])
    rest = ~first & (np.arange(len(rewards)) > 0)
    if len(starts) < 4 or not rest.any() or (rewards[first] != 0).any() or (rewards[rest] == 0).mean() > 0.1:
        return ""
    if rewards[0] != 0:
        return f"in the first step of each episode but the first the reward is 0, and in hardly any other: {ADDED}"
    return (
        "in the first step of each episode the reward is 0, and in hardly any other. If rewards or actions are a row "
        'late, beside the state that they led to, as in TD-MPC2\'s data: see "What is beside what" in docs/your_data.md'
    )


def sums_of_rewards(starts: np.ndarray, rewards: np.ndarray) -> str:
    """A note, if the rewards look like what was earned so far, or like what is still to come: they go one way within an
    episode, also before its last step, and mostly back at the next one's start; else nothing."""
    lengths = np.diff(starts)
    if len(lengths) < 3 or lengths.min() < 3:
        return ""
    changes = np.diff(rewards)
    again = starts[1:-1] - 1  # from an episode's last step to the next one's first
    within = np.delete(changes, again)
    early = np.delete(changes, np.union1d(again, np.append(again, len(changes)) - 1))
    up, down = not (within < 0).any(), not (within > 0).any()
    back = (changes[again] < 0 if up else changes[again] > 0).mean() >= 0.5
    if up == down or not back or np.count_nonzero(early) <= len(lengths):
        return ""
    way, other = ("fall", "lower") if up else ("rise", "higher")
    before = ""
    if not rewards[starts[:-1]].any():
        before = (
            "; each begins with 0: if that is the sum before the step, take `numpy.diff(sums)`, and leave each "
            "episode's last row out of all columns"
        )
    return (
        f"`rewards` never {way} within an episode and are {other} where the next begins. If they are sums, of what was "
        f"earned so far, take their differences in each episode: `numpy.diff(sums, prepend=0)`{before}. If they are "
        "returns-to-go, of what is still to come: `-numpy.diff(to_go, append=0)`"
    )


def shifted_flags(starts: np.ndarray, observations: np.ndarray) -> str:
    """A note, if observations jump one step before the last of most episodes, and not after it: the flags that end
    episodes are then a row late; or one step after the first: that row then belongs to the episode before. Else
    nothing."""
    lengths = np.diff(starts)
    ends = starts[1:-1][(lengths[:-1] >= 3) & (lengths[1:] >= 2)]  # the row after an end
    if len(ends) < 4 or observations.dtype == np.uint8:
        return ""
    ends = ends[:: max(1, len(ends) // SHOWN)]
    scale = observations.std(axis=0)
    scale[scale == 0] = 1

    def jump(row: np.ndarray) -> np.ndarray:
        return np.abs((observations[row] - observations[row - 1]) / scale).reshape(len(row), -1).max(axis=1)

    usual, before, here, after = (jump(ends + shift) for shift in (-2, -1, 0, 1))
    if ((before > 3 * here) & (before > 3 * usual)).mean() >= 0.8:
        return (
            "observations jump before the last step of episodes, and not after it: are the flags that end them a row "
            'late? See "What is beside what" in docs/your_data.md'
        )
    if ((after > 3 * here) & (after > 3 * before) & (after > 3 * usual)).mean() >= 0.8:
        return f"observations jump after the first step of episodes, and not before it: {ADDED}"
    return ""


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
