"""How far a run is: a bar, the time that is left, and what came of it so far."""

from __future__ import annotations

from rich import progress
from rich.console import Console


class Progress:
    """A bar over `total` submissions; on a console that is no terminal, a line every tenth of the way."""

    def __init__(self, console: Console, total: int):
        self.console, self.total, self.done = console, total, 0
        self.bar = progress.Progress(
            progress.TextColumn("grading"),
            progress.BarColumn(bar_width=30),
            progress.MofNCompleteColumn(),
            progress.TimeRemainingColumn(elapsed_when_finished=True),
            progress.TextColumn("{task.fields[totals]}"),
            console=console,
            disable=not console.is_terminal,
        )

    def __enter__(self) -> Progress:
        self.bar.start()
        self.task = self.bar.add_task("", total=self.total, totals="")
        return self

    def __exit__(self, *exception) -> None:
        self.bar.stop()

    def step(self, totals: str) -> None:
        """One more is done."""
        self.done += 1
        self.bar.update(self.task, advance=1, totals=totals)
        tenth = max(self.total // 10, 1)
        if not self.console.is_terminal and (self.done % tenth == 0 or self.done == self.total):
            self.console.print(f"graded {self.done} of {self.total}: {totals}", highlight=False)
