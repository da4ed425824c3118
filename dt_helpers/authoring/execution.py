"""Running a notebook in a kernel of its own, with its progress shown."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from dt_helpers.authoring import CourseError

WIDGET = "application/vnd.jupyter.widget-view+json"


class CellFailed(CourseError):
    """A cell that raised, ran too long or took its kernel down. The message is for the terminal, complete."""

    def __init__(self, notebook: str, number: int, source: str, reason: str) -> None:
        self.notebook, self.number, self.source, self.reason = notebook, number, source, reason
        indented = "\n".join(f"    {line}" for line in source.splitlines())
        super().__init__(f"{notebook}, cell {number}, failed:\n\n{indented}\n\n{reason}")


def execute(
    notebook: NotebookNode,
    folder: Path,
    *,
    name: str,
    console: Console,
    position: str = "",
    environment: dict[str, str] | None = None,
    cell_timeout: float = 3600,
) -> float:
    """Run all cells of `notebook`, in place, in this Python and in `folder`. Returns the seconds it took.

    `position` ("2 of 6") and `name` head the progress bar, `environment` is added to the kernel's own, and
    `cell_timeout` is in seconds for one cell. Raises CellFailed, and KeyboardInterrupt at Ctrl-C; what ran before then
    keeps its outputs.
    """
    started = time.monotonic()
    number = 0  # of the cell that runs, counted from 1 as a reader would
    with _progress(console, name, position, len(notebook.cells)) as show, tempfile.TemporaryFile("w+") as kernel_log:

        def on_cell_start(cell: NotebookNode, cell_index: int) -> None:
            nonlocal number
            number = cell_index + 1
            show(number - 1, "")

        client = _Client(
            notebook,
            timeout=int(cell_timeout),
            coalesce_streams=True,
            record_timing=False,
            store_widget_state=False,
            resources={"metadata": {"path": str(folder)}},
            on_cell_start=on_cell_start,
        )
        client.on_line = lambda line: show(number - 1, line)
        # Without the variable the debugger greets every kernel with a warning about frozen modules.
        kernel_env = {**os.environ, "PYDEVD_DISABLE_FILE_VALIDATION": "1", **(environment or {})}
        try:
            client.execute(env=kernel_env, stdout=kernel_log, stderr=kernel_log)
        except Exception as error:
            if getattr(client, "_async_cleanup_kernel_future", None) is not None:
                raise KeyboardInterrupt from None  # nbclient answers Ctrl-C by taking the kernel down, then stumbles
            reason = _reason(error, cell_timeout, kernel_log)
            if reason is None:
                raise
            raise CellFailed(name, number, notebook.cells[number - 1].source if number else "", reason) from None
        finally:
            _tidy(notebook)
        show(len(notebook.cells), "")
    seconds = time.monotonic() - started
    console.print(f"{position}  {name}: done in {minutes_and_seconds(seconds)}".strip(), highlight=False)
    return seconds


def minutes_and_seconds(seconds: float) -> str:
    return f"{round(seconds) // 60}:{round(seconds) % 60:02d}"


class _Client(NotebookClient):
    """nbclient's client, with this Python's kernel, which also tells the last line that a running cell printed."""

    on_line: Callable[[str], None]

    def create_kernel_manager(self) -> AsyncKernelManager:
        """A kernel of the Python that runs this, whatever the user's own kernel named python3 may be."""
        self.km = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=KernelSpecManager(kernel_dirs=[]))
        return self.km

    def process_message(self, msg: dict, cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        if msg["msg_type"] == "stream":
            lines = [line for line in msg["content"]["text"].replace("\r", "\n").splitlines() if line.strip()]
            if lines:
                self.on_line(lines[-1].strip())
        return super().process_message(msg, cell, cell_index)


def _reason(error: Exception, cell_timeout: float, kernel_log: IO[str]) -> str | None:
    """Why a cell failed; None for an error that is not a cell's."""
    if isinstance(error, CellExecutionError):
        return f"{error.ename}: {error.evalue}"
    if isinstance(error, CellTimeoutError):
        amount = f"{cell_timeout / 60:g} minutes" if cell_timeout >= 60 else f"{cell_timeout:g} seconds"
        return f"It was stopped after {amount}, the limit for one cell."
    if isinstance(error, DeadKernelError):
        kernel_log.seek(0)
        last = "\n".join(kernel_log.read().splitlines()[-10:])
        return f"The kernel died (out of memory?). {last}".strip()
    return None


def _tidy(notebook: NotebookNode) -> None:
    """Drop what means nothing once the kernel is gone: live widgets and the kernel's version."""
    notebook.metadata.get("language_info", {}).pop("version", None)
    notebook.metadata.get("language_info", {}).pop("codemirror_mode", None)
    notebook.metadata.get("language_info", {}).pop("nbconvert_exporter", None)
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if WIDGET not in output.get("data", {})]


@contextmanager
def _progress(console: Console, name: str, position: str, cells: int) -> Iterator[Callable[[int, str], None]]:
    """A live bar on a terminal, elsewhere (a log file) one line."""
    title = f"{position}  {name}".strip()
    if not console.is_terminal:
        console.print(f"{title}: {cells} cells …", highlight=False)
        yield lambda done, line: None
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("cells"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[line]}", style="dim", markup=False),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(title, total=cells, line="")
        yield lambda done, line: progress.update(task, completed=done, line=line[:100])
