"""Several parts of the course at a time, each in its own kernel."""

from __future__ import annotations

from collections.abc import Callable, Generator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path

from dt_helpers.authoring.execution import Execution
from dt_helpers.authoring.lines import Lines
from dt_helpers.authoring.parts import Part
from dt_helpers.machine import threads


def side_by_side(
    parts: list[Part],
    *,
    jobs: int,
    folder: Path,
    workspace: Path,
    preset: str | None,
    still: float,
    seconds: dict[str, float],
    lines: Lines,
    before: Callable[[Part], None] = lambda part: None,
) -> Generator[tuple[Part, Execution, BaseException | None], None, None]:
    """Run `parts`, `jobs` of them at a time, and yield each as it ends: with its run, and with what that raised.

    They run in `folder` with that `workspace` and that `preset`, each watched for `still` seconds as `Execution` says,
    and `lines` shows them. `before` is called with a part that is about to begin. One that comes after another begins
    when that has ended, well or not. Of those that may begin, the first is the one whose own time and that of all that
    wait for it is the longest; `seconds` (name -> CPU seconds) says what to expect.

    When the caller leaves the loop early, or Ctrl-C is pressed, the kernels are ended first.
    """
    environment = {"DT_WORKSPACE": str(workspace)} | ({"DT_PRESET": preset} if preset else {})
    if jobs > 1 and not threads.number_is_chosen():
        environment["OMP_NUM_THREADS"] = "1"  # the other cores are for the other parts

    def begin(part: Part) -> Execution:
        before(part)
        lines.begin(part.name, len(part.notebook.cells))
        return Execution(
            part.notebook,
            folder,
            name=part.stem,
            numbers=part.numbers,
            environment=environment,
            still=still,
            on_progress=lambda done, line: lines.progress(part.name, done, line),
        )

    waiting = _by_urgency(parts, seconds)
    running: dict[Future[None], tuple[Part, Execution]] = {}
    with ThreadPoolExecutor(jobs) as pool:
        try:
            while waiting or running:
                for part in _ready(waiting, [*waiting, *(part for part, _ in running.values())])[: jobs - len(running)]:
                    waiting.remove(part)
                    execution = begin(part)
                    running[pool.submit(execution.run)] = part, execution
                for future in wait(running, timeout=1, return_when=FIRST_COMPLETED).done:
                    yield *running.pop(future), future.exception()
        finally:
            _stop(running)


def expected_seconds(parts: list[Part], jobs: int, seconds: dict[str, float]) -> float:
    """How long `side_by_side` takes if each part has a core to itself and takes as long as `seconds` says."""
    waiting, now = _by_urgency(parts, seconds), 0.0
    running: list[tuple[float, Part]] = []  # when it ends, and the part
    while waiting or running:
        for part in _ready(waiting, [*waiting, *(part for _, part in running)])[: jobs - len(running)]:
            waiting.remove(part)
            running.append((now + seconds.get(part.name, 0.0), part))
        first = min(running, key=lambda entry: entry[0])
        running.remove(first)
        now = first[0]
    return now


def _ready(waiting: list[Part], unfinished: list[Part]) -> list[Part]:
    stems = {part.stem for part in unfinished}
    return [part for part in waiting if not stems.intersection(part.after)]


def _by_urgency(parts: list[Part], seconds: dict[str, float]) -> list[Part]:
    def urgency(part: Part) -> float:
        after_it = [urgency(other) for other in parts if part.stem in other.after]
        return seconds.get(part.name, 0.0) + max(after_it, default=0.0)

    return sorted(parts, key=urgency, reverse=True)  # in the order of the course if nothing is known


def _stop(running: dict[Future[None], tuple[Part, Execution]]) -> None:
    """End all kernels; one that is still starting is ended as soon as it is there."""
    while running:
        for _, execution in running.values():
            execution.stop()
        for future in wait(running, timeout=0.2, return_when=FIRST_COMPLETED).done:
            del running[future]
