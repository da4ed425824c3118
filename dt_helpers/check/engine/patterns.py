"""What can be said about numbers that no catalogued mistake gives: how they differ from the right ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

Pair = tuple[np.ndarray, np.ndarray]  # given and right, of the same shape
ROUNDED = 0.02  # relative to the number, and to the largest one: the error that two digits leave


def pattern(pairs: Sequence[list[Pair]]) -> tuple[str, str, tuple[str, ...]] | None:
    """A slug, a sentence and hints for results that are wrong in the same way each time; None if they are not.

    `pairs`: for each wrong case its results, given and right.
    """
    for slug, fits, sentence, hints in _PATTERNS:
        wrong = [[pair for pair in case if not _same(*pair)] for case in pairs]
        if wrong and all(wrong) and all(fits(pair) for case in wrong for pair in case):
            return slug, sentence, hints
    return None


def _same(given: np.ndarray, right: np.ndarray) -> bool:
    return np.allclose(given, right, rtol=1e-4, atol=1e-5, equal_nan=True)


def _is_rounded(pair: Pair) -> bool:
    given, right = pair
    if not np.isfinite(given).all() or not (given != 0).any():
        return False
    return bool((np.abs(given - right) <= ROUNDED * np.abs(right) + 0.002 * np.abs(right).max()).all())


def _is_first_row(pair: Pair) -> bool:
    given, right = pair
    if right.ndim < 2 or len(right) < 2 or not _same(given[0], right[0]):
        return False
    off = ~np.isclose(given[1:], right[1:], rtol=1e-4, atol=1e-5)
    return bool((off.reshape(len(off), -1).mean(axis=1) > 0.5).all())  # a single wrong number is not a row


def _is_shifted(by: int) -> Callable[[Pair], bool]:
    def fits(pair: Pair) -> bool:
        given, right = pair
        if right.ndim < 2 or right.shape[1] < 3:
            return False
        late, early = (given[:, by:], right[:, :-by]) if by > 0 else (given[:, :by], right[:, -by:])
        return _same(late, early)

    return fits


def _is_reordered(pair: Pair) -> bool:
    given, right = pair
    if right.size < 4 or len(np.unique(right)) < 4:
        return False
    return _same(np.sort(given, axis=None), np.sort(right, axis=None))


_PATTERNS = (
    (
        "rounded", _is_rounded, "The numbers are close to the right ones, but not close enough.",
        (
            "Is something rounded, or kept in half precision (float16, bfloat16), on the way?",
            "Or is there a small number that doesn't belong there, such as an epsilon?",
        ),
    ),
    (
        "one-step-late", _is_shifted(1), "Each number comes one step too late.",
        ("Print the steps beside the result: which step does its second entry belong to?",),
    ),
    (
        "one-step-early", _is_shifted(-1), "Each number comes one step too early.",
        ("Print the steps beside the result: which step does its first entry belong to?",),
    ),
    (
        "first-row-only", _is_first_row, "The first row is right; the other rows are not.",
        ("Is something that belongs to the first row used for all rows?",),
    ),
    (
        "other-order", _is_reordered, "They are the right numbers, but not all of them are in the right places.",
        ("Number the entries 0, 1, 2, ... and see where each of them goes.",),
    ),
)  # fmt: skip
