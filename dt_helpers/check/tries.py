"""What a student has tried: failures and hints of each exercise, and what is solved.

In a notebook this is kept in the workspace, ``progress.json``, so that it survives a restart of the kernel and is known
in all notebooks; elsewhere it lasts as long as the process.
"""

import json
from dataclasses import asdict, dataclass

from dt_helpers.check.engine.result import CheckFailed, CheckResult
from dt_helpers.machine.telling import in_notebook

FILE = "progress.json"
PATIENCE = 2  # seconds to wait for other notebooks
_here: dict[str, "Tries"] = {}  # of this process


@dataclass
class Tries:
    """At one exercise."""

    failed: int = 0  # checks since the last one that passed
    hints: int = 0  # that were asked for since then
    solved: bool = False  # a check has passed at some time


def of(name: str) -> Tries:
    """The tries at one exercise."""
    return everything().get(name, Tries())


def everything() -> dict[str, Tries]:
    """By the check's name. What can't be read counts as nothing tried."""
    if not in_notebook():
        return dict(_here)
    try:
        noted = json.loads(_path().read_text(encoding="utf-8"))
        return {name: Tries(**facts) for name, facts in noted.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return dict(_here)


def note(name: str, tries: Tries) -> None:
    """Keeps the tries at one exercise; where the workspace can't be written, they last as long as the process."""
    from filelock import FileLock

    from dt_helpers.workspace import replacing

    _here[name] = tries
    if not in_notebook():
        return
    try:
        path = _path()
        with FileLock(path.with_suffix(".lock"), timeout=PATIENCE), replacing(path) as staged:
            known = {**everything(), name: tries}  # what other notebooks have noted meanwhile stays
            text = json.dumps({key: asdict(value) for key, value in known.items()}, indent=1)
            staged.write_text(text, encoding="utf-8")
    except OSError:  # filelock's Timeout is one as well
        pass


def count(verdict: CheckResult | CheckFailed) -> None:
    """Notes the verdict; a failure learns how many hints it may show, a pass starts the count again."""
    before = of(verdict.name)
    if isinstance(verdict, CheckResult):
        if before != Tries(solved=True):
            note(verdict.name, Tries(solved=True))
        return
    verdict.tries = before.failed + 1
    if verdict.mistake != "unfilled":  # running the check before filling anything in is not a try
        note(verdict.name, Tries(verdict.tries, before.hints, before.solved))


def reset(name: str | None = None) -> None:
    """Forgets the tries at one exercise, or at all of them."""
    for known in [name] if name is not None else [*everything(), *_here]:
        note(known, Tries())


def _path():
    from dt_helpers.workspace import workspace

    return workspace() / FILE
