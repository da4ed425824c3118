"""Training with the number of threads that is quickest on the machine as it is now.

More threads are quicker on an idle machine; alongside other work they wait for each other, and fewer are quicker. Load
comes and goes, so now and then some steps of the training itself are taken with a different number, and compared.

**Bits.** With a different number of threads torch sums in a different order: after 15 steps in float32, the weights of
one and of two threads differ in their last bits. Two runs with the same seed are equal bit by bit if each step has the
same number of threads in both, else up to rounding; speed wins over bits here. A checkpoint records the number that
was found best and how far the comparisons are, and a run that goes on from there begins with them. So it ends with the
weights of a run that was not killed, unless the machine favours different numbers in the two. Anyone who needs equal
bits whatever else is running sets ``OMP_NUM_THREADS``: then the number is never changed. Runs of fewer than SHORTEST
steps don't compare.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from copy import deepcopy
from statistics import median_low

from tqdm import tqdm
from transformers import TrainerCallback
from transformers.trainer_callback import ExportableState

from dt_helpers.machine import threads

FIRST = 4  # the step of the first comparison: those before it are slow in any case
EVERY = 80  # steps between a comparison that changed nothing and the next
ORDER = "wpttppttp"  # steps of a comparison: p with the present number, t with the one tried, w warms that one up
MARGIN = 0.9  # the tried number is taken if its steps take at most this share of the present one's time
SHORTEST = 50  # steps

threads.remember()


class Pace(TrainerCallback, ExportableState):
    """Chooses the number of torch's threads during training: all, a half, a quarter, down to one.

    Leaves the number alone on a GPU, and where the user has chosen one (see `dt_helpers.machine.threads`). The first
    time that it changes the number it prints a line. `clock` tells seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter):
        self.clock = clock
        self.choices: list[int] = []  # numbers of threads, descending
        self.threads: int | None = None  # the best of them so far
        self.direction = 1  # along `choices`, of the next try
        self.due = FIRST  # the step that begins the next comparison
        self.seconds: dict[str, list[float]] = {"p": [], "t": []}  # of the steps compared
        self.said = False

    def state(self) -> dict:
        """What a checkpoint records."""
        names = ("threads", "direction", "due", "seconds")
        return {"args": {}, "attributes": {name: deepcopy(getattr(self, name)) for name in names}}

    def on_train_begin(self, args, state, control, **kwargs):
        recorded = state.stateful_callbacks.setdefault(type(self).__name__, self.state())  # an old checkpoint has none
        most = threads.settle() if args.device.type == "cpu" else None
        self.choices = []
        if most is None or most == 1 or state.max_steps < SHORTEST:
            return
        self.choices = [most >> i for i in range(most.bit_length())]
        before = recorded["attributes"] if state.global_step else Pace().state()["attributes"]
        self.threads = before["threads"] if before["threads"] in self.choices else most
        self.direction, self.due, self.seconds = before["direction"], before["due"], deepcopy(before["seconds"])

    def on_step_begin(self, args, state, control, **kwargs):
        if self.choices:
            threads.use(self._tried() if self._kind(state.global_step) in ("w", "t") else self._best)
            self.began = self.clock()

    def on_step_end(self, args, state, control, **kwargs):
        if not self.choices:
            return
        taken, step = self.clock() - self.began, state.global_step - 1
        threads.use(self._best)  # for an evaluation on held-out episodes
        kind = self._kind(step)
        if kind in self.seconds:
            self.seconds[kind].append(taken)
        if step - self.due >= len(ORDER) - 1:
            self._decide(state.global_step)

    def on_train_end(self, args, state, control, **kwargs):
        if self.choices:
            threads.use(self.choices[0])

    def _kind(self, step: int) -> str | None:
        place = step - self.due
        return ORDER[place] if 0 <= place < len(ORDER) else None

    @property
    def _best(self) -> int:
        """The best number so far; there is one wherever there are choices."""
        assert self.threads is not None
        return self.threads

    def _tried(self) -> int:
        """The next number in the present direction, or the other way where there is none."""
        i = self.choices.index(self._best)
        ways = (i + self.direction, i - self.direction)
        return next(self.choices[j] for j in ways if 0 <= j < len(self.choices))

    def _decide(self, step: int) -> None:
        """Take the tried number if it was quicker, and then try the next one at once, if there is one."""
        present, tried = self.seconds["p"], self.seconds["t"]
        complete = len(present) + len(tried) == len(ORDER) - 1  # false on a machine that had no choice before
        quicker = complete and median_low(tried) <= MARGIN * median_low(present)
        number, place = self._tried(), self.choices.index(self._best)
        along = self.choices.index(number) - place
        self.seconds = {"p": [], "t": []}
        self.due, self.direction = step + EVERY, along if quicker else -along
        if quicker:
            self._say(number, median_low(tried), median_low(present))
            self.threads = number
            if 0 <= place + 2 * along < len(self.choices):
                self.due = step

    def _say(self, number: int, now: float, before: float) -> None:
        if not self.said:
            self.said = True
            tqdm.write(
                f"Training goes on with {number} thread{'s' if number > 1 else ''}, not {self.threads}: at the moment "
                f"that is quicker here, {1e3 * now:.0f} ms per step instead of {1e3 * before:.0f}."
            )
