"""How far the parts of the course have come: a live bar for each on a terminal, lines in a log file."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

COLUMNS = (
    SpinnerColumn(),
    TextColumn("{task.description}", markup=False),
    BarColumn(bar_width=24),
    MofNCompleteColumn(),
    TextColumn("cells"),
    TimeElapsedColumn(),
    TextColumn("{task.fields[line]}", style="dim", markup=False),
)


class Lines:
    """Shows which of the parts called `names` are running. Its methods may be called from any thread."""

    def __init__(self, console: Console, names: list[str]) -> None:
        self.console = console
        self._titles = {name: f"{number} of {len(names)}  {name}" for number, name in enumerate(names, 1)}
        self._bars = Progress(*COLUMNS, console=console, transient=True, disable=not console.is_terminal)
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Lines:
        self._bars.start()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._bars.stop()

    def begin(self, name: str, cells: int) -> None:
        if self._bars.disable:
            self.say(f"{self._titles[name]}: {cells} cells …")
        else:
            self._tasks[name] = self._bars.add_task(self._titles[name], total=cells, line="")

    def progress(self, name: str, done: int, line: str) -> None:
        """`done` cells are finished; `line` is the last that the running one has printed."""
        if name in self._tasks:
            self._bars.update(self._tasks[name], completed=done, line=line[:100])

    def end(self, name: str, how: str) -> None:
        if name in self._tasks:
            self._bars.remove_task(self._tasks.pop(name))
        self.say(f"{self._titles[name]}: {how}")

    def say(self, line: str) -> None:
        self.console.print(line, highlight=False, markup=False, soft_wrap=True)


def minutes_and_seconds(seconds: float) -> str:
    return f"{round(seconds) // 60}:{round(seconds) % 60:02d}"


def about(seconds: float) -> str:
    """A duration in words: ``about 7 minutes``."""
    minutes = max(1, round(seconds / 60))
    return f"about {minutes} minute{'s' * (minutes > 1)}"
