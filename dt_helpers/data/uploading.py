"""What every upload to the Hugging Face Hub needs: a repository's name, a token, and words for what goes wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from dt_helpers.data import downloading
from dt_helpers.data.downloading import HubUnavailable, Place

NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")

T = TypeVar("T")


def require_name(repository: str) -> None:
    """ValueError unless it is the name of a repository on the Hub, its owner's name included."""
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id

    try:
        validate_repo_id(repository)
        good = NAME.fullmatch(repository) is not None
    except HFValidationError:
        good = False
    if not good:
        raise ValueError(
            f"A repository on the Hub has its owner's name and its own, such as 'ada/my-cheetah' (letters, digits, and "
            f"'-', '_' and '.' between them; no '--' and no '..'), not {repository!r}."
        )


def token(given: str | None = None) -> str:
    """The token to show to the Hub: the one given, else $HF_TOKEN, else that of ``hf auth login``.

    Raises PermissionError, which says what to do, if there is none.
    """
    from huggingface_hub import get_token

    found = given or get_token()
    if not found:
        raise PermissionError(
            "To publish on the Hub you need a token, and there is none here. Make one with the right to write at "
            "https://huggingface.co/settings/tokens, then run `hf auth login`, or pass it: token=..."
        )
    return found


def ask(task: Callable[[], T], place: Place, patience: float | None = None) -> T:
    """The result of a task that writes to the Hub. With `patience`, it is given up after so many seconds.

    Raises PermissionError if the Hub refuses this user, and HubUnavailable for whatever else keeps it from being done.
    """
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        raise HubUnavailable(f"Nothing was sent to {place.repository}: HF_HUB_OFFLINE is set. Unset it, and try again.")
    try:
        return task() if patience is None else downloading.in_background(task, place, patience)
    except Exception as error:  # the hub library's own, its HTTP client's, its store's
        if (status := downloading.refusal(error)) is not None:
            raise PermissionError(
                f"You may not write to {place.repository} on the Hub (HTTP {status}). Is the owner's name yours, and "
                "may the token write? Run `hf auth login` or pass another token."
            ) from error
        reason = error.reason if isinstance(error, HubUnavailable) else downloading.reason(error, place)
        raise HubUnavailable(f"{place.repository} could not be written: {reason}. Try again later.") from error
