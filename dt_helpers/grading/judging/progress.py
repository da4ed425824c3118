"""The progress of a run: a bar, the remaining time, who is being graded, and the results so far."""

from __future__ import annotations

from rich import progress
from rich.console import Console

NAMED = 3  # of those being graded


class Progress:
    """A bar over `total` submissions; without a terminal, a line after each tenth."""

    def __init__(self, console: Console, total: int):
        self.console, self.total, self.done = console, total, 0
        self.begun: list[str] = []  # handed to the workers, who take them in this order
        self.bar = progress.Progress(
            progress.TextColumn("grading"),
            progress.BarColumn(bar_width=30),
            progress.MofNCompleteColumn(),
            progress.TimeRemainingColumn(elapsed_when_finished=True),
            progress.TextColumn("{task.fields[totals]}", markup=False),
            progress.TextColumn("{task.fields[now]}", markup=False, style="dim"),
            console=console,
            disable=not console.is_terminal,
        )

    def __enter__(self) -> Progress:
        self.bar.start()
        self.task = self.bar.add_task("", total=self.total, totals="", now="")
        return self

    def __exit__(self, *exception) -> None:
        self.bar.stop()

    def begin(self, name: str) -> None:
        """A submission was handed to the workers."""
        self.begun.append(name)
        self.bar.update(self.task, now=self._now())

    def step(self, totals: str, name: str = "") -> None:
        """One more is done, that of `name`."""
        self.done += 1
        if name in self.begun:
            self.begun.remove(name)
        self.bar.update(self.task, advance=1, totals=totals, now=self._now())
        tenth = max(self.total // 10, 1)
        if not self.console.is_terminal and (self.done % tenth == 0 or self.done == self.total):
            self.console.print(f"graded {self.done} of {self.total}: {totals}", highlight=False)

    def _now(self) -> str:
        return f"now {', '.join(self.begun[:NAMED])}" if self.begun else ""
