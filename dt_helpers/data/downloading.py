"""Requests to the Hugging Face Hub with deadlines: a failure is reported within seconds, with its reason."""

from __future__ import annotations

import logging
import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote, urlsplit

PROBE_SECONDS = 4  # for each of the small requests that come before a download
# The hub library writes to disk every 10 MB, so this also demands 0.33 MB/s; below that the fallback is quicker.
PATIENCE_SECONDS = 30
WORKER = "dt_helpers-hub"

T = TypeVar("T")


@dataclass(frozen=True)
class Place:
    """Where on the Hub datasets are, or a model."""

    repository: str
    revision: str = "main"
    kind: str = "dataset"

    @property
    def branch(self) -> str:
        """The revision, quoted for a URL."""
        return quote(self.revision, safe="")


class HubUnavailable(ConnectionError, RuntimeError):
    """A dataset could not be read from the Hub. `reason` says why, as the end of a sentence.

    Also a RuntimeError, for callers that catch that.
    """

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


def set_deadlines() -> None:
    """Set the hub library's deadlines. Must run before it is imported, which is when it reads them."""
    os.environ.setdefault("HF_HUB_ETAG_TIMEOUT", "3")
    os.environ.setdefault("HF_HUB_DOWNLOAD_TIMEOUT", "5")


def in_background(
    task: Callable[[], T], place: Place, patience: float, signs: Callable[[], object] = lambda: None
) -> T:
    """The task's result, from a daemon thread. Raises HubUnavailable if it fails or `signs` stays the same
    for `patience` seconds.

    A thread cannot be stopped: one that hangs is abandoned and ends with the process at the latest.
    """
    outcome: queue.SimpleQueue = queue.SimpleQueue()

    def work() -> None:
        try:
            outcome.put((task(), None))
        except Exception as error:
            outcome.put((None, error))

    threading.Thread(target=work, name=WORKER, daemon=True).start()
    seen, since = signs(), time.monotonic()
    while True:
        try:
            result, error = outcome.get(timeout=0.2)
        except queue.Empty:
            now = signs()
            if now != seen:
                seen, since = now, time.monotonic()
            elif time.monotonic() - since > patience:
                raise HubUnavailable(f"{_host()} sent nothing for {patience:g} seconds") from None
            continue
        if error is not None:
            raise error if isinstance(error, HubUnavailable) else HubUnavailable(reason(error, place)) from error
        return result


def reason(error: Exception, place: Place) -> str:
    """What went wrong, to follow "could not be read from the Hub: "."""
    from huggingface_hub import errors

    chain = _chain(error)
    for link in chain:
        if isinstance(link, errors.RevisionNotFoundError):
            return f"the Hub's {place.kind} {place.repository} has no branch {place.revision} (404)"
        if isinstance(link, errors.RepositoryNotFoundError):
            return f"the Hub has no {place.kind} {place.repository} that can be read from here (404)"
        if isinstance(link, errors.EntryNotFoundError) and not isinstance(link, errors.LocalEntryNotFoundError):
            return f"{place.repository} on the Hub has no {place.kind} of that name (404)"
        if (status := _status(link)) is not None:
            return f"{_host()} answered with the HTTP error {status}"
    # By name: depending on its version, the hub library's HTTP client is httpx or its successor.
    names = {base.__name__ for link in chain for base in type(link).__mro__}
    if is_damage(error):
        return "the file that the Hub sent is damaged or cut off"
    if "TimeoutException" in names:
        return f"{_host()} did not answer within {PROBE_SECONDS} seconds"
    if "ConnectError" in names:
        return f"there is no connection to {_host()} ({_short(chain[-1])})"
    if "TransportError" in names or any("Consistency check failed" in str(link) for link in chain):
        return f"the connection to {_host()} broke off ({_short(error)})"
    if "JSONDecodeError" in names:
        return f"{_host()} did not answer like the Hub (is there a login page in between?)"
    return f"{type(error).__name__}: {_short(error)}"


def refusal(error: BaseException) -> int | None:
    """The HTTP error with which the server said no to this user, 401 or 403; None if it did not."""
    return next((status for link in _chain(error) if (status := _status(link)) in (401, 403)), None)


def _status(error: BaseException) -> int | None:
    return getattr(getattr(error, "response", None), "status_code", None)


def is_damage(error: Exception) -> bool:
    pyarrow = sys.modules.get("pyarrow")  # not loaded: no file was read
    return pyarrow is not None and any(isinstance(link, pyarrow.ArrowInvalid) for link in _chain(error))


def _chain(error: BaseException | None) -> list[BaseException]:
    """The error, what caused it, what caused that ..."""
    links: list[BaseException] = []
    while error is not None and error not in links:
        links.append(error)
        error = error.__cause__ or error.__context__
    return links


def _short(error: BaseException) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0][:150].rstrip(".")


def _host() -> str:
    from huggingface_hub import constants

    return urlsplit(constants.ENDPOINT).netloc


def signs_of_life(folders: list[Path]) -> object:
    """A value that changes whenever a file in the folders is written to."""
    signs = []
    for folder in folders:
        for path, _, names in os.walk(folder):
            for name in names:
                try:
                    status = os.stat(os.path.join(path, name))
                except OSError:  # deleted meanwhile, or a dangling link
                    continue
                signs.append((path, name, status.st_size, status.st_mtime_ns))
    return frozenset(signs)


def silence_worker() -> None:
    """Hide the libraries' warnings about retries: what matters is in HubUnavailable's reason."""
    for library in ("huggingface_hub", "datasets"):
        for handler in logging.getLogger(library).handlers:
            if _not_from_worker not in handler.filters:
                handler.addFilter(_not_from_worker)


def _not_from_worker(record: logging.LogRecord) -> bool:
    return record.threadName != WORKER


@contextmanager
def progress_bars(wanted: bool) -> Iterator[None]:
    """Show the hub library's download bars if `wanted`; hide those of `datasets`."""
    import datasets.utils
    import huggingface_hub.utils

    libraries = [datasets.utils] if wanted else [datasets.utils, huggingface_hub.utils]
    shown = [library for library in libraries if not library.are_progress_bars_disabled()]
    try:
        for library in shown:
            library.disable_progress_bars()
        yield
    finally:
        for library in shown:
            library.enable_progress_bars()
