"""All that a student's function has answered, in a few bytes: whether two runs of it gave the same."""

from __future__ import annotations

import hashlib
import re

QUESTIONS = ("call", "told", "build", "pass", "gradients")  # requests that the student's function answers
_ADDRESS = re.compile(r"0x[0-9a-f]+")  # of an object in memory: another in each process


class Said:
    """What was answered so far."""

    def __init__(self) -> None:
        self._all = hashlib.blake2b()

    def note(self, request: dict, answer: dict, data: bytes) -> None:
        """Add an answer, if the student's function gave it."""
        if request.get("do") in QUESTIONS:
            self._all.update(_ADDRESS.sub("", repr(answer)).encode(errors="replace") + data)

    def digest(self) -> bytes:
        """The same for the same answers."""
        return self._all.digest()
