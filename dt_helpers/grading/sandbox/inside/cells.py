"""Runs a notebook's cells one after the other, as its kernel would, and finds what its check cell would be given."""

import asyncio
import sys

from . import shell as shells
from .standins import is_stand_in


class Notebook:
    """The notebook of this process. Its cells and what is asked of it run inside one event loop, as in a kernel."""

    def __init__(self, shell: shells.ZMQInteractiveShell):
        self.shell = shell
        shells.enter(shell)

    @property
    def space(self) -> dict:
        """The names of the notebook."""
        return self.shell.user_ns

    async def run(self, name: str, text: str) -> BaseException | None:
        """What the cell raised; tracebacks call it <name>."""
        await asyncio.sleep(0)  # what earlier cells have started has its turn
        self.shell.compile.cell = name
        try:
            transformed, failure = self.shell.transform_cell(text), None
        except Exception:
            transformed, failure = text, sys.exc_info()
        try:
            result = await self.shell.run_cell_async(
                text, store_history=True, transformed_cell=transformed, preprocessing_exc_tuple=failure
            )
        except BaseException as error:  # of a hook or a transformer that the student has registered
            return error
        return shells.outcome(result)

    def lend(self, text: str, name: str) -> None:
        """From now on `name` is what the text defines by that name."""
        own: dict = {}
        exec(compile(text, f"<{name}, lent>", "exec"), own)
        self.space[name] = own[name]

    def checks(self) -> bool | None:
        """Whether `check` is still the course's; None where there is no such name."""
        return is_stand_in(self.space["check"]) if "check" in self.space else None
