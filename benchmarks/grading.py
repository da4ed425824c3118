"""Grading beside stock nbgrader, in one run: `python benchmarks/grading.py`.

A class of made-up submissions, right, wrong and unfilled, is graded by `dt-course grade`, gradebook and autograded
notebooks included; a sample of it by `nbgrader autograde`. Seconds are wall time, the start of all processes included;
memory is the largest sum over all processes (PSS: what is shared counts once).

`--class 1000` grades that many twice, all notebooks with their outputs cleared: once undisturbed, once killed
(`kill -9`) `--kills` times and started again, and compares all verdicts and the gradebooks.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil
from machine import describe

from dt_helpers.authoring.tree import ASSIGNMENT
from dt_helpers.grading.gradebook import marks
from dt_helpers.grading.gradebook.recorder import Recorder
from dt_helpers.grading.places import Places
from dt_helpers.grading.release import tasks
from dt_helpers.grading.results import Store

ROOT = Path(__file__).parents[1]
BAR = 20
MODEL = "04_model"
WRONG = {  # grade id of a solution cell -> what it holds instead of a right answer
    "returns_to_go": ("def returns_to_go(rewards, gamma=1.0):\n    return np.cumsum(rewards)\n",),
    "pad_left": ("def pad_left(sequence, length, value):\n    return sequence, np.ones(length)\n",),
    "add_time_embeddings": ("def add_time_embeddings(r, s, a, t):\n    return r + t, s + t, a\n",),
    "stack_inputs": (
        "def stack_inputs(r, s, a):\n    return torch.cat((r, s, a), dim=1)\n",
        "def stack_inputs(r, s, a):\n    return torch.stack((s, r, a), dim=2).flatten(1, 2)\n",
        "def stack_inputs(r, s, a):\n    return torch.stack((r, s, a), dim=2)\n",
    ),
    "stack_attention_mask": ("def stack_attention_mask(m):\n    return m.repeat(1, 3)\n",),
    "predict": (
        "def predict(x, r, s, a):\n    return r(x[:, 2]), s(x[:, 2]), a(x[:, 2])\n",
        "def predict(x, r, s, a):\n    return r(x[:, 0]), s(x[:, 1], a(x[:, 2])\n",
    ),
    "action_loss": ("def action_loss(p, t, m):\n    return ((p - t) ** 2).mean()\n",),
    "context_window": ("def context_window(sequence, length):\n    return sequence[:length]\n",),
    "next_target_return": ("def next_target_return(target, reward, scale):\n    return target - reward\n",),
}


def notebooks(folder: str) -> dict[str, dict]:
    return {path.stem: json.loads(path.read_text()) for path in sorted((ROOT / folder / ASSIGNMENT).glob("*.ipynb"))}


def make_class(course: Path, count: int, only: str | None = None, outputs: bool = True) -> None:
    """A course with `count` submissions, the same ones each time; without `outputs` they are a tenth of the size."""
    for name in ("nbgrader_config.py", "notebooks", "solutions"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, course / name)
    solved, stubs = notebooks("solutions"), notebooks("notebooks")
    for number in range(count):
        rng = random.Random(number)
        folder = course / "submitted" / f"student-{number:04d}" / ASSIGNMENT
        folder.mkdir(parents=True)
        for name, notebook in solved.items():
            if only in (None, name):
                pairs = zip(notebook["cells"], stubs[name]["cells"], strict=True)
                cells = [_cell(cell, stub, rng) for cell, stub in pairs]
                cells = cells if outputs else [c | {"outputs": []} if "outputs" in c else c for c in cells]
                (folder / f"{name}.ipynb").write_text(json.dumps(notebook | {"cells": cells}))


def _cell(cell: dict, stub: dict, rng: random.Random) -> dict:
    if not cell["metadata"].get("nbgrader", {}).get("solution"):
        return cell
    draw = rng.random()
    if draw < 0.1:
        return stub
    if draw < 0.3 and cell["id"] in WRONG:
        return cell | {"source": rng.choice(WRONG[cell["id"]])}
    return cell


class Memory:
    """The largest memory of a process and all below it, in bytes."""

    def __init__(self, pid: int):
        self.process, self.peak, self.over = psutil.Process(pid), 0, threading.Event()
        self.thread = threading.Thread(target=self._watch)
        self.thread.start()

    def _watch(self) -> None:
        while not self.over.wait(1):
            self.peak = max(self.peak, self._now())

    def _now(self) -> int:
        total = 0
        try:
            family = [self.process, *self.process.children(recursive=True)]
        except psutil.Error:
            return 0
        for process in family:
            try:
                total += process.memory_full_info().pss
            except psutil.Error:
                continue
        return total

    def stop(self) -> int:
        self.over.set()
        self.thread.join()
        return self.peak


def run(course: Path, *command: str) -> tuple[float, int]:
    """Seconds and bytes of a command in the course's folder; exits with the end of its output if it fails."""
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "DT_PRESET": "ci"}
    began = time.perf_counter()
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(command, cwd=course, env=environment, stdout=said, stderr=subprocess.STDOUT)
        memory = Memory(process.pid)
        code = process.wait()
        seconds, peak = time.perf_counter() - began, memory.stop()
        said.seek(0)
        if code:
            sys.exit(f"{' '.join(command)}: {said.read()[-2000:]}")
    return seconds, peak


def ours(course: Path, jobs: int) -> tuple[float, int]:
    Recorder(Places.find(course)).gradebook.close()  # the gradebook knows the assignment, as nbgrader's does
    return run(course, "dt-course", "grade", "--jobs", str(jobs))


def stock(course: Path) -> tuple[float, int]:
    """`nbgrader autograde`, without the time that its command takes to start."""
    run(course, "nbgrader", "generate_assignment", ASSIGNMENT, "--create", "--force")
    start, _ = run(course, "nbgrader", "autograde", "--version")
    patient = "--ExecutePreprocessor.startup_timeout=600"  # a kernel starts slowly where the cores are busy
    seconds, memory = run(course, "nbgrader", "autograde", ASSIGNMENT, "--create", patient)
    return seconds - start, memory


def verdicts(course: Path) -> tuple[dict, dict]:
    """All that was found, except times: in the results, and in the gradebook."""
    places = Places.find(course)
    results = {}
    for result in Store(places.results).all():
        found = [(e.check_id, e.points, e.mistake, e.sentence) for e in result.exercises]
        results[result.student] = (result.state, result.score, found)
    records = marks.read(places, tasks(places.notebooks()))
    return results, {student: record.score for student, record in records.items()}


def disturbed(course: Path, jobs: int, count: int, kills: int) -> None:
    """Grades with `kills` interruptions; says how many results each of the killed runs left."""
    places = Places.find(course)
    command = [str(Path(sys.executable).parent / "dt-course"), "grade", "--jobs", str(jobs)]
    for kill in range(1, kills + 1):
        run_ = subprocess.Popen(command, cwd=course, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while len(list(places.results.glob("*.json"))) < count * kill // (kills + 1):
            time.sleep(0.05)
            if run_.poll() is not None:
                sys.exit("a run ended before it was killed")
        os.kill(run_.pid, signal.SIGKILL)
        run_.wait()
        print(f"killed with {len(list(places.results.glob('*.json')))} of {count} graded", flush=True)
    ours(course, jobs)


def compare(options, folder: Path) -> bool:
    """Prints the table beside stock nbgrader; returns whether the bar is met."""
    fine = True
    print("| submissions | | number | seconds each | a minute | memory |")
    print("| --- | --- | --- | --- | --- | --- |")
    kinds = (("the model notebook", MODEL, options.stock), ("all notebooks", None, options.whole))
    for title, only, sample in kinds:
        rows = []
        for who, count in (("stock nbgrader", sample), ("dt-course grade", options.submissions)):
            if not sample:
                continue
            course = folder / f"{only}-{who.split()[0]}"
            course.mkdir()
            make_class(course, count, only)
            seconds, memory = stock(course) if who.startswith("stock") else ours(course, options.jobs)
            rows.append(seconds / count)
            columns = f"{count} | {seconds / count:.2f} | {60 * count / seconds:.1f} | {memory / 2**20:.0f} MiB"
            print(f"| {title} | {who} | {columns} |", flush=True)
        if rows:
            times = rows[0] / rows[1]
            fine &= times >= BAR
            print(f"| {title} | **times as fast** | | **{times:.0f}** | | |", flush=True)
    return fine


def survive(options, folder: Path) -> bool:
    """Whether a run that was killed gives the same grades as one that was not."""
    count = options.size
    calm, killed = folder / "calm", folder / "killed"
    for course in (calm, killed):
        course.mkdir()
        make_class(course, count, outputs=False)
    seconds, memory = ours(calm, options.jobs)
    print(f"{count} submissions undisturbed: {seconds:.0f} s, {seconds / count:.2f} s each, {memory / 2**20:.0f} MiB")
    key = Places.find(killed).results / "key"
    key.parent.mkdir(parents=True)
    shutil.copy(Places.find(calm).results / "key", key)  # the same inputs for the checks
    disturbed(killed, options.jobs, count, options.kills)
    pairs = list(zip(verdicts(calm), verdicts(killed), strict=True))
    differ = {name for a, b in pairs for name in a.keys() | b.keys() if a.get(name) != b.get(name)}
    graded = len(pairs[0][1])
    resumed = f"killed {options.kills} times and resumed"
    print(f"{resumed}: {graded} of {count} graded, {len(differ)} verdicts or grades differ")
    return not differ and graded == count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--submissions", type=int, default=100, help="for dt-course grade")
    parser.add_argument("--stock", type=int, default=4, help="of them for nbgrader, the model notebook only")
    parser.add_argument("--whole", type=int, default=1, help="of them for nbgrader, all notebooks")
    parser.add_argument("--class", type=int, default=0, dest="size", help="grade this many with and without kill -9")
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    print(describe(), flush=True)
    with tempfile.TemporaryDirectory(prefix="dt-benchmark-") as folder:
        if options.stock or options.whole:
            compare(options, Path(folder))
        if options.size:
            survive(options, Path(folder))
    print(f"the bar: {BAR} times stock nbgrader's throughput, and no grade that differs")


if __name__ == "__main__":
    main()
