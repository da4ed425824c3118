"""How often each exercise failed in this process: every further try shows one more hint."""

from dt_helpers.check.engine.result import CheckFailed, CheckResult

_failed: dict[str, int] = {}


def count(verdict: CheckResult | CheckFailed) -> None:
    """Notes the verdict; a failure learns how many hints it may show, a pass starts the count again."""
    if isinstance(verdict, CheckResult):
        _failed.pop(verdict.name, None)
    else:
        verdict.tries = _failed.get(verdict.name, 0) + 1
        if verdict.mistake != "unfilled":  # who runs the check before filling anything in has not tried yet
            _failed[verdict.name] = verdict.tries


def reset(name: str | None = None) -> None:
    """Forgets the tries at one exercise, or at all of them."""
    if name is None:
        _failed.clear()
    else:
        _failed.pop(name, None)
