"""Trainings that end at a chosen moment, by a kill or an interrupt, each in a process of its own.

The processes are forked from one that has imported everything (multiprocessing's forkserver), so that a case costs a
few training steps. A moment is a number: that of an operation on files, counted by Python's audit events, and after
each file that a library writes by itself there is one at which only half of it has arrived.
"""

import multiprocessing
import os
import signal
import sys
from pathlib import Path

import numpy as np
import torch
from safetensors import torch as safetensors
from safetensors.torch import load_file

from dt_helpers import rollout, training
from dt_helpers.training import card, checkpoints, saved

from .conftest import make_trajectories

SETTINGS = {"steps": 6, "batch_size": 4, "eval_steps": 3, "save_steps": 2, "context_length": 3}
NEW, OLD = 0, 1  # seeds of the training that is disturbed, and of the model that is there before
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
CHANGES = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.truncate"}

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([__name__])


def start(function, *arguments):
    process = _processes.Process(target=function, args=arguments)
    process.start()
    return process


def run(function, *arguments) -> int:
    """The exit code of `function(*arguments)` in a process of its own; negative for a signal."""
    process = start(function, *arguments)
    process.join()
    return process.exitcode


def train(folder: Path, seed: int = NEW, **settings) -> None:
    torch.set_num_threads(1)
    training.train(make_trajectories([12] * 4), training.preset("ci", **SETTINGS, **settings), folder, seed)


def make_old(folder: Path) -> None:
    """A model with a measured return."""
    train(folder, OLD)
    card.note_return(folder, rollout.Evaluation("HalfCheetah-v5", 1.0, np.full((2, 3), 7.0), np.full(2, 3)))


class Moments:
    """Counts operations on files in `folder`; at the one numbered `last` this process is killed or interrupted."""

    def __init__(self, folder: Path, last: int | None = None, interrupt: bool = False):
        self.folder, self.last, self.interrupt, self.count = str(folder), last, interrupt, 0
        sys.dont_write_bytecode = True
        sys.addaudithook(self._watch)
        for module, name, path_at in ((torch, "save", 1), (safetensors, "serialize_file", 1)):
            setattr(module, name, self._half(getattr(module, name), path_at))

    def _watch(self, event: str, arguments: tuple) -> None:
        writes = event == "open" and arguments[2] & WRITING and str(arguments[0]).startswith(self.folder)
        if writes or event in CHANGES:
            self._tick()

    def _half(self, write, path_at: int):
        def written(*arguments, **options):
            result = write(*arguments, **options)
            path = arguments[path_at]
            if self.count + 1 == self.last and isinstance(path, str | os.PathLike):
                with open(path, "rb") as file:
                    begin = file.read(os.path.getsize(path) // 2)
                self.count -= 1  # opening it is none of the moments
                with open(path, "wb") as file:
                    file.write(begin)
            self._tick()
            return result

        return written

    def _tick(self) -> None:
        self.count += 1
        if self.count == self.last:
            if not self.interrupt:
                os.kill(os.getpid(), signal.SIGKILL)
            raise KeyboardInterrupt


def count_moments(folder: Path, answer: Path) -> None:
    moments = Moments(folder)
    train(folder)
    answer.write_text(str(moments.count))


def train_until(folder: Path, moment: int, interrupt: bool) -> None:
    Moments(folder, moment, interrupt)
    train(folder)


def look(folder: Path, old: Path | None, new: Path) -> None:
    """Raises AssertionError if something in `folder` is neither of `old` nor of `new`, or can't be read."""
    whole = {seed: load_file(model / saved.WEIGHTS) for seed, model in ((OLD, old), (NEW, new)) if model is not None}

    def whose(weights) -> int:
        (seed,) = [seed for seed, each in whole.items() if all(torch.equal(each[key], weights[key]) for key in each)]
        return seed

    try:
        loaded = training.load(folder)
    except FileNotFoundError:
        assert old is None
    else:
        seed = whose(loaded.state_dict())
        assert f"trained on made up for {SETTINGS['steps']} steps" in saved.describe(folder)
        assert ("measured return 21" in saved.describe(folder)) == (seed == OLD)
        place = saved.place(folder)
        assert f"| seed | {seed} |" in (place / saved.CARD).read_text()
        assert ("mean return 21" in (place / saved.CARD).read_text()) == (seed == OLD)
        assert (place / saved.HISTORY).read_text()
    if (folder / saved.CONFIG).exists() and (folder / saved.WEIGHTS).exists():  # as others read it
        seed = whose(load_file(folder / saved.WEIGHTS))
        assert f'"seed": {seed}' in (folder / saved.FACTS).read_text()
        assert (folder / saved.EVALUATION).exists() == (seed == OLD)
    for checkpoint in (folder / "checkpoints").glob("*-*"):
        assert checkpoints.last_checkpoint(folder / "checkpoints")
        for file in checkpoint.glob("*.safetensors"):
            load_file(file)
        for file in checkpoint.glob("*.pt"):
            torch.load(file, weights_only=True)


def look_and_go_on(folder: Path, old: Path | None, new: Path) -> None:
    """`look`, then train to the end; AssertionError if that isn't the model in `new`, with nothing left beside it."""
    look(folder, old, new)
    train(folder)
    look(folder, None, new)
    names = {path.name for path in folder.iterdir()}
    assert names == {path.name for path in new.iterdir()}, names
