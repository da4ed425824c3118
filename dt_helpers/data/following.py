"""What the observation after each step, ``next_observations``, says of where episodes end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from dt_helpers.data import columns, lists, order
from dt_helpers.data.guesses import NEXT

SHOWN = 6  # rows named in an error
SAME = "numpy.isclose(next_observations[:-1], observations[1:]).reshape(len(observations) - 1, -1).all(axis=1)"
BREAKS = f"numpy.flatnonzero(~{SAME})"


def ends(
    parts: Mapping[str, np.ndarray],
    after: np.ndarray,
    flagged: np.ndarray,
    clocks: list[str],
    timed: np.ndarray | None,
    say: Callable[[str], object],
) -> np.ndarray:
    """Ends of episodes, the row after each, checked against where `after` differs from the next row's observation.

    parts : columns of all steps; after : the observation after each step; flagged : the ends that flags say.
    clocks : names of the flags of time that ran out; without them, ends are added, and said. timed : the ends that they
    alone say; None where `clocks` names the column of episodes.
    Of the last row nothing tells, unless its episode is as long as all those that no flag ended.

    Raises ValueError where rows are out of order, flags a row late or missing, or rows no steps of the robot's.
    """
    observations = parts["observations"]
    if after.shape != observations.shape:
        raise ValueError(f"`{NEXT}` must have the shape of `observations`, {observations.shape}, not {after.shape}.")
    if len(observations) < 2:
        return flagged
    _require_no_ring(observations, after, flagged)
    same = np.isclose(after[:-1], observations[1:], rtol=1e-4, atol=1e-6).reshape(len(observations) - 1, -1)
    breaks = np.append(np.flatnonzero(~same.all(axis=1)) + 1, len(observations))
    _require_steps(parts["rewards"], flagged, breaks)
    inner = flagged[flagged < len(observations)]
    if hidden := int((~np.isin(inner, breaks)).sum()):
        say(
            f"after {hidden} of {len(inner)} ends `{NEXT}` go on in the next row: right if they hold the first "
            "observation after a reset; if not, no episode ends there"
        )
    unmarked = np.setdiff1d(breaks, flagged)
    unmarked = unmarked[:-1] if len(observations) not in flagged else unmarked
    if len(unmarked) > 0.5 * len(observations):
        if turns := _turns(observations, after):
            raise ValueError(
                f"`{NEXT}` are not in the next row but {turns} rows on: the rows of {turns} environments take turns. "
                f"Put each one's together, in all columns: `values.reshape(-1, {turns}, *values.shape[1:]).swapaxes(0, "
                f"1).reshape(values.shape)`, with `timeouts` true in the last row of each."
            )
        raise ValueError(
            f"Hardly any of `{NEXT}` equals the next row's observation: the steps are out of order "
            "(shuffled, or sampled from a buffer) and cannot be put together into episodes. Pass them in order."
        )
    if not len(unmarked):
        return flagged
    late, on_time = np.isin(breaks[:-1] + 1, flagged), np.isin(breaks[:-1], flagged)
    rare = len(flagged) <= 2 * len(breaks)  # else a flag is anywhere
    if rare and late.mean() > 0.5 and late.sum() > on_time.sum():
        raise ValueError(
            f"{late.sum()} flags are a row late: `{NEXT}` differ from the next row's observation, first at row "
            f"{breaks[0] - 1}, and the flag that ends the episode is one row after that. Shift the flags: "
            "`numpy.append(terminals[1:], True)`, with False in place of True if the last episode did not end."
        )
    if clocks:
        wrong = " and ".join(f"`{column}`" for column in clocks)
        rows = (unmarked - 1).tolist() if len(unmarked) <= SHOWN else BREAKS
        advice = f" Are steps missing there? Then give what follows another {wrong}; else leave `{NEXT}` out."
        if timed is not None:
            advice = (
                " Where the steps of one environment follow another's, or some are missing, an episode ends as well: "
                f"`{clocks[0]}[{rows}] = True`. If one was not over there, its return is unknown: leave its steps out "
                "of all columns, `numpy.delete(values, rows, axis=0)`."
            )
            if np.isin(timed, breaks).all():  # nothing is lost without them
                advice += (
                    f" If {wrong} is a step late, shift it, or leave it out: rename={dict.fromkeys(clocks, 'unused')}; "
                    f"episodes then end where `{NEXT}` say."
                )
        raise ValueError(
            f"`{NEXT}` differ from the next row's observation at {len(unmarked)} steps at which no episode ends by "
            f"{wrong}, first at row {unmarked[0] - 1}.{advice}"
        )
    say(f"{len(unmarked)} episodes end where `{NEXT}` differs from the next row's observation")
    lengths = np.diff(np.append(0, breaks))
    limits = set(lengths[np.isin(breaks, unmarked)].tolist())
    # No row follows the last one and would tell: it is an end if the episode is as long as each that time ended.
    return np.union1d(flagged, breaks if limits == {lengths[-1]} else breaks[:-1])


def _require_no_ring(observations: np.ndarray, after: np.ndarray, flagged: np.ndarray) -> None:
    """Raises ValueError if the last row goes on in the first: a buffer that was full, and began again at its first
    row."""
    first, size = observations[0].reshape(-1), len(observations)
    if size in flagged or not len(flagged) or not np.allclose(after[-1].reshape(-1), first, rtol=1e-4, atol=1e-6):
        return
    if (observations[1:] == observations[0]).reshape(size - 1, -1).all(axis=1).any():
        return  # it is a state that comes again
    raise ValueError(
        f"The last row's `{NEXT}` is the first row's observation, so an episode begins at the end of the data and goes "
        "on at its beginning, as in a buffer that was full and began again. Put the rows in their order, in all "
        f"columns: `numpy.roll(values, {-int(flagged[0])}, axis=0)`."
    )


def _turns(observations: np.ndarray, after: np.ndarray, most: int = 64) -> int:
    """Of how many environments the rows take turns; 0 if they don't."""
    for turns in range(2, min(most, len(after) // 4) + 1):
        same = np.isclose(after[:-turns][:1000], observations[turns:][:1000], rtol=1e-4, atol=1e-6)
        if len(observations) % turns == 0 and same.reshape(len(same), -1).all(axis=1).mean() > 0.5:
            return turns
    return 0


def put_together(
    parts: dict[str, np.ndarray], offsets: np.ndarray, told: Mapping[str, np.ndarray], say: Callable[[str], object]
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """As `order.put_together`; then the observation after each step, if it is among the parts, is compared and left
    out."""
    parts, offsets = order.put_together(parts, offsets, told, say)
    if NEXT in parts:
        ends(parts, parts.pop(NEXT), offsets[1:], ["episodes"], None, say)
    return parts, offsets


def read(values: object) -> np.ndarray:
    """As an array. ValueError says what to do where an end has none."""
    try:
        return columns.array(values, NEXT)
    except ValueError as error:
        raise ValueError(f"{error} Where an episode ends without one: {lists.NO_NEXT}") from error


def of_episodes(found: Sequence[Mapping], lengths: Sequence[int], key) -> dict[str, np.ndarray]:
    """The observation after each step (N, ...) of a list of episodes, if all of them hold one for each step."""
    if not all(NEXT in episode for episode in found):
        return {}
    parts = [read(lists.pick(episode[NEXT], key)) for episode in found]
    whole = [len(part) for part in parts] == list(lengths) and len({part.shape[1:] for part in parts}) == 1
    return {NEXT: np.concatenate(parts)} if whole else {}


def _require_steps(rewards: np.ndarray, flagged: np.ndarray, breaks: np.ndarray) -> None:
    """Raises ValueError if each episode but the first begins with a row that a vector environment adds at its reset:
    its observation is the one after the end, and no reward is given."""
    again = np.setdiff1d(flagged, breaks)  # rows whose observation came after the end of the episode before
    within = np.setdiff1d(np.arange(len(rewards)), again)
    if len(again) < 2 or len(again) < 0.5 * len(flagged):
        return
    if (rewards[again] == 0).mean() < 0.8 or (rewards[within] == 0).mean() > 0.1:
        return
    raise ValueError(
        f"After {len(again)} ends a row follows whose observation is the one after the end, and whose reward is 0, "
        f"first row {again[0]}: gymnasium's vector environments add it as they reset (AutoresetMode.NEXT_STEP), and "
        "its action is ignored. Leave these rows out of all columns, `numpy.delete(values, rows, axis=0)`, with "
        f"`ended = numpy.ravel(terminals) | numpy.ravel(timeouts)` and `rows = numpy.flatnonzero(ended[:-1] & {SAME} & "
        f"(numpy.ravel(rewards)[1:] == 0)) + 1`. If they are steps, leave out `{NEXT}`."
    )
