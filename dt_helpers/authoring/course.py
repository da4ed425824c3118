"""The whole course in one go: the data, every solution notebook, the page, and what came out of it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from filelock import FileLock, Timeout
from nbformat import NotebookNode
from rich.console import Console
from rich.table import Table

from dt_helpers.authoring import CourseError, expected, page, parts
from dt_helpers.authoring.execution import STILL, Execution
from dt_helpers.authoring.lines import Lines, about, minutes_and_seconds
from dt_helpers.authoring.parts import Part
from dt_helpers.authoring.records import Record, Records
from dt_helpers.authoring.side_by_side import expected_seconds, side_by_side
from dt_helpers.authoring.tree import Tree
from dt_helpers.machine.hardware import usable_cores
from dt_helpers.workspace import replacing

PAGE, REPLAY, RESULTS = "course.html", "replay.mp4", "results.json"


class CourseIncomplete(CourseError):
    """Some of the course failed. The message names all of it; the rest is in the output folder."""


@dataclass
class Course:
    """One run of the course into the folder `output`."""

    tree: Tree
    output: Path
    dataset: str | None = "halfcheetah-expert"  # fetched first, so as not to count for a notebook; None: not at all
    preset: str | None = None  # None: $DT_PRESET, else the notebooks' own default
    jobs: int | None = None  # parts that run at a time; None: as many as there are cores
    fresh: bool = False  # run again what is finished
    still: float = STILL  # seconds after which a cell in which nothing moves is stopped
    console: Console = field(default_factory=Console)
    stages: list[tuple[str, float, float]] = field(default_factory=list)  # what ran, its seconds, its CPU seconds

    def run(self) -> None:
        """Run what is not finished yet of the solution notebooks, in copies under `output`, and leave ``course.html``
        and ``replay.mp4`` there.

        A failure stops nothing that does not depend on it. After saving what was done, raises CellFailed for
        a cell that failed, CourseIncomplete for several or for files that were not left. Raises CourseError if `output`
        cannot be written to or another run is working there.
        """
        began = time.monotonic()
        self.output = self.output.expanduser().absolute()
        with self._alone():
            self.notebooks, self.parts = parts.read(self.tree)
            preset = self.preset or os.environ.get("DT_PRESET") or "quick"
            self.records = Records(self.output / ".course" / "records", self.output, preset, self.fresh)
            self.finished: dict[str, Record] = {}  # name of a part -> how it ended
            for part in self.parts:
                if (runs := self._runs_before(part)) is not None and (record := self.records.find(part, runs)):
                    self.finished[part.name] = record
            self.begun = set(self.finished)
            self.failures: list[CourseError] = []
            try:
                self._run_the_rest(expected.read(self.tree, preset))
            except KeyboardInterrupt:
                self.console.print("Stopped. The same command goes on with what is not finished.")
                raise
            finally:
                self._leave_page()
                self._show_stages(time.monotonic() - began)
            self._show_results()
        if len(self.failures) == 1:
            raise self.failures[0]
        if self.failures:
            raise CourseIncomplete("\n\n".join(map(str, self.failures)))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keeps other runs out of the output folder."""
        lock = FileLock(self.output / ".course" / "lock")
        try:
            (self.output / ".course").mkdir(parents=True, exist_ok=True)
            lock.acquire(timeout=0)
        except Timeout:
            raise CourseError(
                f"Another run of the course is working in {self.output}. Wait for it to end, or choose another folder "
                "with --output."
            ) from None
        except NotImplementedError:  # a file system without locks
            pass
        except OSError as error:
            raise CourseError(
                f"Nothing can be written to {self.output} ({error.strerror}). Choose another folder with --output."
            ) from None
        try:
            yield
        finally:
            lock.release()

    def _run_the_rest(self, seconds: dict[str, float]) -> None:
        rest = [part for part in self.parts if part.name not in self.finished]
        jobs = max(1, min(self.jobs or usable_cores(), len(rest)))
        with Lines(self.console, [part.name for part in self.parts]) as self.lines:
            self._say_what_comes(rest, jobs, seconds)
            if not rest:
                return
            if self.dataset:
                self._get_data(self.dataset)
            copies = self.output / "notebooks"
            copies.mkdir(exist_ok=True)
            running = side_by_side(
                rest,
                jobs=jobs,
                folder=copies,
                workspace=self.output,
                preset=self.preset,
                still=self.still,
                seconds=seconds,
                lines=self.lines,
                before=self._make_ready,
            )
            with closing(running) as ended:
                for part, execution, error in ended:
                    self._end(part, execution, error)

    def _say_what_comes(self, rest: list[Part], jobs: int, seconds: dict[str, float]) -> None:
        if self.finished:
            done = ", ".join(part.name for part in self.parts if part.name in self.finished)
            self.lines.say(f"Finished before, and not run again (--fresh does that): {done}.")
        if not rest:
            return
        at_a_time = "one after the other" if jobs == 1 else f"{jobs} at a time"
        line = f"To be run, {at_a_time}: {', '.join(part.name for part in rest)}."
        if all(part.name in seconds for part in rest):
            line += f" That takes {about(expected_seconds(rest, jobs, seconds))}, as measured on one machine."
        self.lines.say(line)

    def _get_data(self, name: str) -> None:
        began, cpu = time.monotonic(), time.process_time()
        from dt_helpers.data import load

        load(name, progress=self.console.is_terminal, say=self.lines.say)
        self.stages.append(("data", time.monotonic() - began, time.process_time() - cpu))

    def _make_ready(self, part: Part) -> None:
        self.begun.add(part.name)
        self.records.forget(part)
        if self._runs_before(part) is None:
            self.lines.say(f"{part.name} runs without what {' and '.join(part.after)} should have left.")

    def _end(self, part: Part, execution: Execution, error: BaseException | None) -> None:
        self.stages.append((part.name, execution.seconds, execution.cpu))
        if error is None:
            try:
                runs = self._runs_before(part)
                if runs is not None:
                    self.finished[part.name] = self.records.keep(part, runs, execution.seconds, execution.cpu)
            except FileNotFoundError as missing:
                error = CourseIncomplete(f"{part.name} ran to its end, but left no {missing.filename}.")
        self._save_copy(part.stem)
        if error is None:
            how = f"done in {minutes_and_seconds(execution.seconds)}"
        elif isinstance(error, CourseError):
            self.failures.append(error)
            how = f"failed after {minutes_and_seconds(execution.seconds)}; what does not depend on it goes on"
        else:
            raise error
        self.lines.end(part.name, how)

    def _runs_before(self, part: Part) -> list[str] | None:
        """The runs that the part comes after; None if one of them is not finished."""
        before = [other.name for other in self.parts if other.stem in part.after]
        return [self.finished[name].run for name in before] if set(before) <= self.finished.keys() else None

    def _save_copy(self, stem: str) -> None:
        parts.number_executions(self.notebooks[stem])
        with replacing(self.output / "notebooks" / f"{stem}.ipynb") as staged:
            nbformat.write(self.notebooks[stem], staged)

    def _leave_page(self) -> None:
        began, cpu = time.monotonic(), time.process_time()
        shown: dict[str, NotebookNode] = {
            stem: notebook
            for stem, notebook in self.notebooks.items()
            if any(part.name in self.begun for part in self.parts if part.stem == stem)
        }
        for stem in shown:
            self._save_copy(stem)
        with replacing(self.output / PAGE) as staged:
            staged.write_text(page.render(shown), encoding="utf-8")
        self.stages.append((PAGE, time.monotonic() - began, time.process_time() - cpu))

    def _show_stages(self, seconds: float) -> None:
        table = Table("stage", "min:s", "of one core", title="Time of each stage", title_justify="left")
        for column in table.columns[1:]:
            column.justify = "right"
        places = {part.name: number for number, part in enumerate(self.parts)}
        stages = sorted(self.stages, key=lambda stage: places.get(stage[0], -1 if stage[0] == "data" else len(places)))
        for name, wall, cpu in [*stages, ("in all", seconds, sum(cpu for _, _, cpu in stages))]:
            table.add_row(name, minutes_and_seconds(wall), minutes_and_seconds(cpu))
        self.console.print(table)

    def _show_results(self) -> None:
        for name, file in (("page", PAGE), ("replay", REPLAY)):
            if (self.output / file).is_file():
                self.console.print(f"{name:<15} {self.output / file}", highlight=False, soft_wrap=True)
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
