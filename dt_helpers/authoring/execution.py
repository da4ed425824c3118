"""Running a notebook in a kernel of its own, as long as anything moves in it."""

from __future__ import annotations

import atexit
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from signal import SIGINT
from threading import Event, Thread
from typing import IO, Any

import nbformat
import psutil
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode

from dt_helpers.authoring import CourseError
from dt_helpers.authoring.stillness import Stillness, process_tree

WIDGET = "application/vnd.jupyter.widget-view+json"
STILL = 600.0  # seconds without a sign of life after which a cell is stopped
GRACE = 10.0  # seconds that a cell has to answer an interrupt before its kernel is killed


class CellFailed(CourseError):
    """A cell that raised, stood still or brought its kernel down. The message is complete, for the terminal."""

    def __init__(self, notebook: str, number: int, source: str, reason: str) -> None:
        self.notebook, self.number, self.source, self.reason = notebook, number, source, reason
        indented = "\n".join(f"    {line}" for line in source.splitlines())
        super().__init__(f"{notebook}, cell {number}, failed:\n\n{indented}\n\n{reason}")


class Stopped(Exception):
    """The run was stopped by `Execution.stop`."""


class Execution:
    """One run of all cells of `notebook`, in place, in this Python and in `folder`.

    name         : the notebook's, for messages
    numbers      : those of its cells, for messages; by default from 1
    environment  : added to the kernel's own
    still        : seconds after which a cell in which nothing moves is stopped: the kernel sends no message, and its
                   processes use no CPU time
    on_progress  : called, in the running thread, with the number of finished cells and the last line that was printed
    """

    def __init__(
        self,
        notebook: NotebookNode,
        folder: Path,
        *,
        name: str,
        numbers: list[int] | None = None,
        environment: dict[str, str] | None = None,
        still: float = STILL,
        on_progress: Callable[[int, str], None] = lambda done, line: None,
    ) -> None:
        self.notebook, self.folder, self.name = notebook, folder, name
        self.numbers = numbers or list(range(1, len(notebook.cells) + 1))
        self.environment, self.still, self.on_progress = environment or {}, still, on_progress
        self.seconds = 0.0  # that it took
        self._cell: int | None = None  # the one that is running
        self._stillness: Stillness | None = None  # of the kernel, once there is one
        self._stopped = self._stood_still = False

    @property
    def cpu(self) -> float:
        """CPU seconds that the kernel and the processes that it started have used."""
        return self._stillness.cpu if self._stillness else 0.0

    def run(self) -> None:
        """Run the cells. Raises CellFailed, and Stopped; what ran before then keeps its outputs."""
        began = time.monotonic()
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as kernel_log:
            client = _Client(
                self.notebook,
                execution=self,
                timeout=None,
                startup_timeout=300,
                iopub_timeout=60,  # seconds by which outputs may be late on a busy machine
                coalesce_streams=True,
                record_timing=False,
                store_widget_state=False,
                resources={"metadata": {"path": str(self.folder)}},
                on_cell_start=lambda cell, cell_index: self._begin(cell_index),
                on_cell_executed=lambda cell, cell_index, execute_reply: self._kernels.look(),
            )
            # Without the first, the debugger greets every kernel with a warning about frozen modules. With the second,
            # a notebook has a film in place of a page that is served from its kernel, which ends with the run.
            env = {**os.environ, "PYDEVD_DISABLE_FILE_VALIDATION": "1", "DT_LIVE": "film", **self.environment}
            try:
                client.execute(env=env, stdout=kernel_log, stderr=kernel_log)
            except Exception as error:
                if self._stopped:
                    raise Stopped from None
                if (reason := self._reason(error, kernel_log)) is None:
                    raise
                raise self._failure(error, reason) from None
            finally:
                self.seconds = time.monotonic() - began
                atexit.unregister(client._cleanup_kernel)  # nbclient leaves it registered when a kernel does not start
                _drop_widgets(self.notebook)

    def stop(self) -> None:
        """End the kernel at once, from another thread; `run` then raises Stopped."""
        self._stopped = True
        self._kill()

    def has_kernel(self, pid: int) -> None:
        self._stillness = Stillness(pid)
        if self._stopped:
            self._kill()

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Stop the running cell when nothing has moved for too long."""
        over = Event()

        def watch() -> None:
            while not over.wait(min(2.0, self.still / 10)):
                if self._kernels.look() < self.still:
                    continue
                self._stood_still = True
                with suppress(ValueError, psutil.Error):  # Windows can't interrupt another process
                    psutil.Process(self._kernels.pid).send_signal(SIGINT)
                if not over.wait(GRACE):
                    self._kill()
                return

        watcher = Thread(target=watch, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            over.set()
            watcher.join()

    def heard(self, line: str | None) -> None:
        """The kernel has sent a message, and has printed `line`, if it is not None."""
        self._kernels.stir()
        if line:
            self.on_progress(self._cell or 0, line)

    @property
    def _kernels(self) -> Stillness:
        """The kernel's stillness, which is there while cells run."""
        assert self._stillness is not None
        return self._stillness

    def _begin(self, cell_index: int) -> None:
        self._cell, self._stood_still = cell_index, False
        self._kernels.stir()
        self.on_progress(cell_index, "")

    def _kill(self) -> None:
        for process in process_tree(self._stillness.pid) if self._stillness else []:
            with suppress(psutil.Error):
                process.kill()

    def _failure(self, error: Exception, reason: str) -> CellFailed:
        if self._cell is None:
            return CellFailed(self.name, 0, "", reason)
        cell = self.notebook.cells[self._cell]
        if not isinstance(error, CellExecutionError):  # else the notebook has the error as the kernel sent it
            name = type(error).__name__
            cell.setdefault("outputs", []).append(nbformat.v4.new_output("error", ename=name, evalue=reason))
            cell.outputs[-1].traceback = [reason]
        return CellFailed(self.name, self.numbers[self._cell], cell.source, reason)

    def _reason(self, error: Exception, kernel_log: IO[str]) -> str | None:
        """Why it failed; None for an error that comes from neither a cell nor the kernel."""
        if self._stood_still:
            amount = f"{self.still / 60:g} minutes" if self.still >= 60 else f"{self.still:g} seconds"
            return (
                f"It was stopped: for {amount} nothing had moved: nothing was printed, and the kernel's processes used "
                "no CPU time."
            )
        if isinstance(error, CellExecutionError):
            return f"{error.ename}: {error.evalue}"
        kernel_log.seek(0)
        last = "\n".join(kernel_log.read().splitlines()[-10:])
        if isinstance(error, DeadKernelError):
            return f"The kernel died (out of memory?). {last}".strip()
        if self._cell is None and isinstance(error, RuntimeError):  # what jupyter_client raises
            return f"The kernel did not start: {error} {last}".strip()
        return None


class _Client(NotebookClient):
    """nbclient's client, with this Python's kernel; it passes on to its execution what it hears."""

    def __init__(self, notebook: NotebookNode, *, execution: Execution, **options) -> None:
        super().__init__(notebook, **options)
        self.execution = execution

    def create_kernel_manager(self) -> AsyncKernelManager:
        """A kernel of the Python that runs this, whatever kernel the user has named python3."""
        self.km = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=KernelSpecManager(kernel_dirs=[]))
        return self.km

    async def async_start_new_kernel(self, **options) -> None:
        await super().async_start_new_kernel(**options)
        assert self.km is not None
        provisioner: Any = self.km.provisioner  # the local one, which has a pid
        self.execution.has_kernel(provisioner.pid)

    async def async_execute_cell(self, cell: NotebookNode, *args, **options) -> NotebookNode:
        if cell.cell_type != "code":
            return await super().async_execute_cell(cell, *args, **options)
        with self.execution.watched():
            return await super().async_execute_cell(cell, *args, **options)

    def process_message(self, msg: dict, cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        lines = []
        if msg["msg_type"] == "stream":
            text = msg["content"]["text"].replace("\r", "\n")
            lines = [line.strip() for line in text.splitlines() if line.strip()]
        self.execution.heard(lines[-1] if lines else None)
        return super().process_message(msg, cell, cell_index)


def _drop_widgets(notebook: NotebookNode) -> None:
    """Live widgets mean nothing once the kernel is gone."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if WIDGET not in output.get("data", {})]
