"""Runs the checks on all right, wrong and generated answers, and counts."""

import contextlib
import functools
import importlib
import importlib.util
import random
import sys
from collections.abc import Collection
from dataclasses import dataclass, field

import torch

from dt_helpers import check
from dt_helpers.check import one_function
from dt_helpers.check.exercises import NAMES

from . import equivalence, register
from . import kept as kept_answers
from .mutants import mutants

for _module in (
    "models", "right_numpy", "right_torch", "right_stitching", "right_alternatives",
    "wrong_returns", "wrong_padding", "wrong_tokens", "wrong_heads", "wrong_control", "wrong_episodes",
    "wrong_stitching", "wrong_alternatives",
):  # fmt: skip
    importlib.import_module(f"{__package__}.{_module}")
if importlib.util.find_spec("einops"):
    importlib.import_module(f"{__package__}.right_einops")


IMPATIENT = 6.0  # seconds for all calls together


@dataclass
class Counts:
    """What came of one check."""

    wrong: int = 0
    passed: list[str] = field(default_factory=list)  # wrong answers that passed
    misnamed: list[str] = field(default_factory=list)  # written wrong answers that got another name
    generated: int = 0
    survived: list[str] = field(default_factory=list)  # mutants that passed
    known: int = 0  # mutants that the catalogue had a name for
    right: int = 0
    refused: list[str] = field(default_factory=list)

    @property
    def named(self) -> int:
        return self.wrong - len(self.misnamed)


@dataclass(frozen=True)
class Bar:
    """What the checks have to reach."""

    wrong: int = 300
    right: int = 80
    named: float = 0.95

    def met(self, results: dict[str, Counts]) -> bool:
        every = list(results.values())
        wrong = sum(counts.wrong for counts in every)
        return (
            not any(counts.passed or counts.refused or counts.survived for counts in every)
            and wrong >= self.wrong
            and sum(counts.right for counts in every) >= self.right
            and sum(counts.named for counts in every) >= self.named * wrong
        )


BAR = Bar()


def verdict(name: str, answer, seed: int | None = None):
    """The `CheckResult` or the `CheckFailed`."""
    try:
        return getattr(check, name)(answer, seed=seed)
    except check.CheckFailed as failure:
        return failure


def _one_thread(work):
    """Tiny tensors are handed from thread to thread in a thousand times the time that they take to compute."""

    @functools.wraps(work)
    def alone(*args, **kwargs):
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            return work(*args, **kwargs)
        finally:
            torch.set_num_threads(threads)

    return alone


@contextlib.contextmanager
def _impatient():
    """Less time for mutants: what does not end is no right answer, however long one waits."""
    before = one_function.SECONDS
    one_function.SECONDS = IMPATIENT
    try:
        yield
    finally:
        one_function.SECONDS = before


@_one_thread
def run(
    name: str, seed: int | None = None, eighths: Collection[int] = range(8), kept: Collection[int] | None = None
) -> Counts:
    """One check on its written and generated answers; of the latter, some eighths, and of those by others the ones at
    the places `kept`, or all. `seed` brings all inputs back.
    """
    counts, draw = Counts(), random.Random(seed)
    others = kept_answers.answers(name)
    ours = [written for written in (*register.WRONG, *register.RIGHT) if written.check == name]
    for written in (*ours, *(others if kept is None else (others[place] for place in kept))):
        found = verdict(name, written.answer, draw.randrange(2**32))
        if written.slug is None:
            counts.right += 1
            if not found.passed:
                counts.refused.append(f"{written.where}: {found.mistake}: {found.sentence}")
            continue
        counts.wrong += 1
        if found.passed:
            counts.passed.append(f"{written.where} ({written.slug})")
        if found.passed or not written.called(found.mistake):
            came = "passed" if found.passed else found.mistake
            counts.misnamed.append(f"{written.where} {written.slug}: {came}")
    for mutant in mutants(name, eighths):
        with _impatient():
            found = verdict(name, mutant.answer, draw.randrange(2**32))
        if found.passed and equivalence.equivalent(name, mutant.answer):
            continue
        counts.generated += 1
        if found.passed:
            counts.survived.append(f"{mutant.change}\n{mutant.source}")
        else:
            counts.known += found.mistake is not None
    check.reset()
    return counts


def run_all(seed: int | None = None, progress: bool = False) -> dict[str, Counts]:
    results = {}
    for name in NAMES:
        results[name] = run(name, seed)
        if progress:
            print(f"{name}: done", file=sys.stderr)
    return results


def table(results: dict[str, Counts]) -> str:
    """The counts in columns, then every single error."""
    head = ("check", "wrong", "passed", "named", "right", "refused", "mutants", "passed", "named")
    rows = [
        (
            name,
            counts.wrong,
            len(counts.passed),
            counts.named,
            counts.right,
            len(counts.refused),
            counts.generated,
            len(counts.survived),
            counts.known,
        )
        for name, counts in results.items()
    ]
    rows.append(("all", *(sum(column) for column in list(zip(*rows, strict=True))[1:])))
    lines = [f"{row[0]:<24}" + "".join(f"{cell:>9}" for cell in row[1:]) for row in (head, *rows)]
    total = rows[-1]
    lines.append(f"named {total[3] / max(total[1], 1):.1%} of the written wrong answers as their author did")
    for title in ("passed", "misnamed", "survived", "refused"):
        for name, counts in results.items():
            lines += [f"{title}: {name}: {what}" for what in getattr(counts, title)]
    return "\n".join(lines)
