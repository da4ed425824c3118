"""How a training run looks while it runs: a bar everywhere, and a live curve in a notebook."""

from __future__ import annotations

import time
from typing import Any

from transformers import TrainerCallback

from dt_helpers.machine.bars import bar
from dt_helpers.machine.telling import in_notebook


class Progress(TrainerCallback):
    """A progress bar with the last losses; in a notebook the learning curve is drawn again every few seconds.

    The caller has to close it: the Trainer doesn't tell its callbacks about an interrupt or an error.
    """

    def __init__(self, redraw_every: float = 3.0):
        self.redraw_every = redraw_every
        self.bar: Any = None  # tqdm's
        self.display: Any = None  # IPython's handle of an output
        self.drawn = 0.0

    def on_train_begin(self, args, state, control, **kwargs):
        self.close()
        self.display = _new_display()  # before the bar: in a notebook, text continues below what was displayed
        self.bar = bar(state.max_steps, "training", leave=True, done=state.global_step)

    def on_step_end(self, args, state, control, **kwargs):
        self.bar.update(state.global_step - self.bar.n)

    def on_log(self, args, state, control, logs=None, **kwargs):
        if self.bar is None or (self.bar.disable and self.display is None):
            return
        losses = {
            name: f"{logs[key]:.4f}" for name, key in (("loss", "loss"), ("held out", "eval_loss")) if key in logs
        }
        if losses:
            self.bar.set_postfix(losses, refresh=False)
        if self.display is not None and time.monotonic() - self.drawn > self.redraw_every:
            self._draw(state.log_history)

    def on_train_end(self, args, state, control, **kwargs):
        self.close()
        if self.display is not None:
            self._draw(state.log_history)

    def close(self) -> None:
        """Leave the bar as it is, and end its line."""
        if self.bar is not None:
            self.bar.close()

    def _draw(self, history: list[dict]) -> None:
        from dt_helpers.plots import learning_curve

        figure = learning_curve(history)
        self.display.update(figure)
        self.drawn = time.monotonic()


def _new_display():
    """A place in the notebook's output that can be drawn again, or None outside a notebook."""
    if not in_notebook():
        return None
    from IPython.display import display

    return display("The curve appears with the first numbers.", display_id=True)
