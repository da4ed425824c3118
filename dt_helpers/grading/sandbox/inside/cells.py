"""Runs the cells that one exercise needs, as the notebook would."""

import contextlib
import linecache
import sys
from types import ModuleType

from .standins import StandIn


class CellFailed(Exception):
    """The exercise's own cell did not run; the cause is what it raised."""


def run(imports: list[str], cells: list[list[str]]) -> dict:
    """The namespace after the notebook's `imports` and the `cells`, [name, text] each, have run.

    The last cell is the exercise's own. What goes wrong in the others costs nothing here. Raises CellFailed.
    """
    module = ModuleType("__main__")
    sys.modules["__main__"] = module
    space = module.__dict__
    space["get_ipython"] = StandIn("get_ipython")
    *others, (name, text) = cells
    for other, earlier in [*(("imports", line) for line in imports), *others]:
        with contextlib.suppress(BaseException):  # SystemExit too: this is not the exercise that is looked at
            _execute(earlier, f"<{other}>", space)
    try:
        _execute(text, f"<{name}>", space)
    except BaseException as error:
        raise CellFailed from error
    return space


def _execute(text: str, filename: str, space: dict) -> None:
    """With its lines where tracebacks and `inspect.getsource` find them."""
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    exec(compile(text, filename, "exec"), space)
