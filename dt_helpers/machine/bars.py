"""Progress bars that a saved notebook can show again."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tqdm import tqdm

from dt_helpers.telling import in_notebook


def bar(total: int, what: str, show: bool = True, leave: bool = False, done: int = 0) -> tqdm:
    """A bar over `total` steps, of which `done` lie behind; to be closed after the last `update()`, also when that
    never comes: ``with bar(...) as shown``.

    In a notebook it is plain text in the cell's output: a widget would need its kernel when the notebook is opened
    again, and stderr would be shown as a fault. It always has the line that it stands in: below a bar that was never
    closed, tqdm would begin a line for each step.
    """
    file = sys.stdout if in_notebook() else sys.stderr
    return tqdm(
        total=total,
        desc=what,
        unit="step",
        disable=not show,
        leave=leave,
        initial=done,
        file=file,
        ncols=90,
        position=0,
    )


@contextmanager
def without_file_bars() -> Iterator[None]:
    """Without transformers' progress bar for each file that it reads or writes: for a model of 3 MB that is noise."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()
