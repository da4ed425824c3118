"""Run a notebook's cells in order, as its kernel would, and find what its check cell would check."""

import asyncio
import functools
import sys

from . import shell as shells
from .standins import is_stand_in


class Notebook:
    """The notebook of this process. Its cells and all requests run in one event loop, as in a kernel."""

    def __init__(self, shell: shells.ZMQInteractiveShell):
        self.shell = shell
        self.called: set[str] = set()  # the lent functions that the student's code has called
        shells.enter(shell)

    @property
    def space(self) -> dict:
        """The notebook's namespace."""
        return self.shell.user_ns

    async def run(self, name: str, text: str) -> BaseException | None:
        """Run a cell, which tracebacks call <name>; the exception that it raised, or None."""
        await asyncio.sleep(0)  # let tasks started by earlier cells run
        self.shell.compile.cell = name
        try:
            transformed, failure = self.shell.transform_cell(text), None
        except Exception:
            transformed, failure = text, sys.exc_info()
        try:
            result = await self.shell.run_cell_async(
                text, store_history=True, transformed_cell=transformed, preprocessing_exc_tuple=failure
            )
        except BaseException as error:  # from a hook or a transformer that the student registered
            return error
        return shells.outcome(result)

    def lend(self, text: str, name: str) -> None:
        """Bind `name` to what the text defines under that name."""
        own: dict = {}
        exec(compile(text, f"<{name}, lent>", "exec"), own)

        def lent(*args, **kwargs):
            self.called.add(name)
            return own[name](*args, **kwargs)

        self.space[name] = functools.update_wrapper(lent, own[name])

    def checks(self) -> bool | None:
        """Whether `check` is still the course's; None if the name is not defined."""
        return is_stand_in(self.space["check"]) if "check" in self.space else None
