"""Progress bars that a saved notebook still shows."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tqdm import tqdm

from dt_helpers.machine.telling import in_notebook


def bar(total: int, what: str, show: bool = True, leave: bool = False, done: int = 0, unit: str = "step") -> tqdm:
    """A bar over `total` steps (or other `unit`), of which `done` are already done. Close it even after an error: use
    ``with bar(...) as shown``.

    In a notebook it is plain text in the cell's output: a widget would need its kernel when the notebook is reopened,
    and stderr would look like an error. Its position is fixed: below a bar that was never closed, tqdm would start a
    new line for each step.
    """
    file = sys.stdout if in_notebook() else sys.stderr
    return tqdm(
        total=total,
        desc=what,
        unit=unit,
        disable=not show,
        leave=leave,
        initial=done,
        file=file,
        ncols=90,
        position=0,
    )


@contextmanager
def without_file_bars() -> Iterator[None]:
    """Hide transformers' progress bars for each file that it reads or writes: for a model of 3 MB they are noise."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()
