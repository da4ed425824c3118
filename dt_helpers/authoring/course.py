"""The whole course in one go: the data, every solution notebook, the page, and what came out of it."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from rich.console import Console
from rich.table import Table

from dt_helpers.authoring import CourseError, page, scripts
from dt_helpers.authoring.execution import execute, minutes_and_seconds
from dt_helpers.authoring.tree import Tree
from dt_helpers.workspace import replacing

PAGE, REPLAY, RESULTS = "course.html", "replay.mp4", "results.json"


class CourseIncomplete(CourseError):
    """The notebooks ran, but one of the files that the course is to leave is missing."""


@dataclass
class Course:
    """One run of the course into the folder `output`."""

    tree: Tree
    output: Path
    dataset: str | None = "halfcheetah-expert"  # fetched first, so that its time is not a notebook's; None: not at all
    preset: str | None = None  # None: $DT_PRESET, else the notebooks' own default
    cell_timeout: float = 3600  # seconds for one cell
    console: Console = field(default_factory=Console)
    stages: list[tuple[str, float]] = field(default_factory=list)  # what ran, and its seconds

    def run(self) -> None:
        """Run every solution notebook, in copies under `output`, and leave ``course.html`` and ``replay.mp4`` there.

        Raises CellFailed for a cell that fails, after saving what was done, and CourseIncomplete when the notebooks
        left no new replay.
        """
        self.output = self.output.expanduser().absolute()
        self.output.mkdir(parents=True, exist_ok=True)
        began = time.time()
        done: dict[str, NotebookNode] = {}
        try:
            if self.dataset:
                self._get_data(self.dataset)
            for number, script in enumerate(found := self.tree.scripts(), 1):
                notebook = done[script.stem] = scripts.read(script)
                self._run_one(notebook, script.stem, f"{number} of {len(found)}")
        finally:
            self._leave_page(done)
            self._show_stages()
        self._show_results()
        replay = self.output / REPLAY
        if not replay.is_file() or replay.stat().st_mtime < began:
            raise CourseIncomplete(f"All notebooks ran, but none of them wrote {replay}.")

    def _get_data(self, name: str) -> None:
        began = time.monotonic()
        from dt_helpers.data import load

        def say(line: str) -> None:
            self.console.print(line, highlight=False, markup=False, soft_wrap=True)

        load(name, progress=self.console.is_terminal, say=say)
        self.stages.append(("data", time.monotonic() - began))

    def _run_one(self, notebook: NotebookNode, stem: str, position: str) -> None:
        copy = self.output / "notebooks" / f"{stem}.ipynb"
        copy.parent.mkdir(exist_ok=True)
        environment = {"DT_WORKSPACE": str(self.output)} | ({"DT_PRESET": self.preset} if self.preset else {})
        began = time.monotonic()
        try:
            execute(
                notebook,
                copy.parent,
                name=stem,
                position=position,
                console=self.console,
                environment=environment,
                cell_timeout=self.cell_timeout,
            )
        finally:
            with replacing(copy) as staged:
                nbformat.write(notebook, staged)
            self.stages.append((stem, time.monotonic() - began))

    def _leave_page(self, done: dict[str, NotebookNode]) -> None:
        began = time.monotonic()
        with replacing(self.output / PAGE) as staged:
            staged.write_text(page.render(done), encoding="utf-8")
        self.stages.append((PAGE, time.monotonic() - began))

    def _show_stages(self) -> None:
        table = Table("stage", "min:s", title="Time of each stage", title_justify="left")
        table.columns[1].justify = "right"
        for name, seconds in [*self.stages, ("together", sum(seconds for _, seconds in self.stages))]:
            table.add_row(name, minutes_and_seconds(seconds))
        self.console.print(table)

    def _show_results(self) -> None:
        self.console.print(f"page            {self.output / PAGE}", highlight=False, soft_wrap=True)
        self.console.print(f"replay          {self.output / REPLAY}", highlight=False, soft_wrap=True)
        results = self.output / RESULTS
        if not results.is_file():
            return
        measured = json.loads(results.read_text(encoding="utf-8"))
        lines = {
            "mean return": measured.get("mean_return"),
            "dataset's mean": measured.get("dataset_mean_return"),
            "target return": measured.get("target_return"),
        }
        for name, value in lines.items():
            if value is not None:
                self.console.print(f"{name:<15} {value:,.0f}", highlight=False)
        if "preset" in measured:
            self.console.print(f"{'preset':<15} {measured['preset']}", highlight=False)
