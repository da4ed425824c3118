"""The results of a function's calls as they are now: a later call may write to an earlier one's, and in a notebook the
check would see it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np

from dt_helpers.check.engine.answers import is_tensor

from .values import OUTPUTS, Packer

MOST = 1 << 20  # bytes of a call's results that are kept


class Results:
    """By the numbers of the calls."""

    def __init__(self) -> None:
        self.values: dict[int, Any] = {}
        self._were: dict[int, tuple] = {}
        self._memory: dict[int, list[np.ndarray]] = {}

    def keep(self, call: int, value: Any, packed: Packer) -> None:
        """The result of one more call, which was packed; what an iterator has given is kept in its place."""
        if packed.arrays.size <= MOST:
            self.values[call] = [*packed.live] if isinstance(value, Iterator) else value
            self._were[call] = _content(self.values[call])
            self._memory[call] = [array for one in packed.live if (array := _array(one)) is not None]

    def rewritten(self) -> list[int]:
        """The calls whose results are no longer what they were."""
        return [call for call, was in self._were.items() if _content(self.values[call]) != was]

    def sharing(self) -> list[list[int]]:
        """The pairs of calls whose results are in the same memory."""
        return [
            [one, other]
            for (one, ours), (other, theirs) in combinations(self._memory.items(), 2)
            if any(np.may_share_memory(a, b) for a in ours for b in theirs)
        ]


def _content(value: Any) -> tuple:
    packer = Packer(OUTPUTS)
    return packer.message(value=packer.pack(value)), packer.arrays.parts


def _array(value: Any) -> np.ndarray | None:
    """An array in the memory of an array or a tensor, as far as numpy can have one."""
    try:
        return value.detach().numpy() if is_tensor(value) else value
    except (TypeError, RuntimeError):  # sparse, bfloat16, a conjugate
        return None
