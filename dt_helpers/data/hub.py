"""Reading a dataset from the Hugging Face Hub, or saying within seconds why that cannot be done.

The published dataset's own loading script is refused by today's `datasets`; the Hub keeps the same rows as parquet
files on a branch of their own, one folder for each set: ``<name>/train/0000.parquet`` and so on. What
`dt_helpers.data.push` puts there lies in the same layout on the main branch.
"""

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
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    import datasets

PROBE_SECONDS = 4  # for each of the three small requests that come before the download
# The hub library writes to disk every 10 MB, so that patience is also a demand: 0.33 MB/s, or the fallback is quicker.
PATIENCE_SECONDS = 30
WORKER = "dt_helpers-hub"

T = TypeVar("T")


@dataclass(frozen=True)
class Place:
    """Where on the Hub sets lie."""

    repository: str
    revision: str = "main"

    @property
    def branch(self) -> str:
        """The revision as a part of an address."""
        return quote(self.revision, safe="")


PUBLISHED = Place("edbeeching/decision_transformer_gym_replay", "refs/convert/parquet")


class HubUnavailable(RuntimeError):
    """A dataset could not be read from the Hub. `reason` says why, in words that continue a sentence."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


def read(name: str, scratch: Path, progress: bool = True, place: Place = PUBLISHED) -> datasets.Dataset:
    """The set `name` (such as ``hopper-medium-v2``) with one row an episode, all its parquet files in order.

    The Arrow file that is made on the way lies in `scratch`, which may be deleted when the rows are no longer needed.
    Downloads have a progress bar if `progress`. Raises HubUnavailable, within seconds, whatever goes wrong.
    """
    for variable in ("HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE", "TRANSFORMERS_OFFLINE"):
        if os.environ.get(variable, "").upper() in {"1", "ON", "YES", "TRUE"}:
            raise HubUnavailable(f"{variable} is set, so it was not asked")
    # Read by the hub library when it is imported. Where that has happened already, the deadlines below do without.
    os.environ.setdefault("HF_HUB_ETAG_TIMEOUT", "3")
    os.environ.setdefault("HF_HUB_DOWNLOAD_TIMEOUT", "5")
    from huggingface_hub import constants

    files = _in_background(lambda: _list_files(name, place), place, 2 * PROBE_SECONDS)

    written = [Path(constants.HF_HUB_CACHE) / f"datasets--{place.repository.replace('/', '--')}", Path(scratch)]
    with _progress_bars(progress):
        _silence_worker()
        signs = partial(_fingerprint, written)
        return _in_background(lambda: _load(files, scratch, place), place, PATIENCE_SECONDS, signs)


def _list_files(name: str, place: Place) -> list[str]:
    """Paths of the set's parquet files on the branch, once the first few kB of one have come.

    The bytes lie on another host than the list, which a school's firewall may not let through.
    """
    from huggingface_hub import constants
    from huggingface_hub.utils import build_hf_headers, get_session, hf_raise_for_status

    client, headers = get_session(), build_hf_headers()
    listing = client.get(
        f"{constants.ENDPOINT}/api/datasets/{place.repository}/tree/{place.branch}/{name}/train",
        headers=headers,
        timeout=PROBE_SECONDS,
    )
    hf_raise_for_status(listing)
    files = sorted(entry["path"] for entry in listing.json() if entry["path"].endswith(".parquet"))
    if not files:
        raise HubUnavailable(f"the Hub lists no parquet files for {name}")
    url = f"{constants.ENDPOINT}/datasets/{place.repository}/resolve/{place.branch}/{files[0]}"
    hf_raise_for_status(client.head(url, headers=headers, timeout=PROBE_SECONDS, follow_redirects=False))
    sample = {**headers, "Range": "bytes=0-4095"}
    with client.stream("GET", url, headers=sample, timeout=PROBE_SECONDS, follow_redirects=True) as answer:
        hf_raise_for_status(answer)
        next(answer.iter_raw(), b"")
    return files


def _load(files: list[str], scratch: Path, place: Place) -> datasets.Dataset:
    from datasets import load_dataset

    urls = [f"hf://datasets/{place.repository}@{place.branch}/{file}" for file in files]
    try:
        return load_dataset("parquet", data_files=urls, cache_dir=str(scratch), split="train")
    except Exception as error:
        if _is_damage(error):
            _forget(files, place)
        raise


def _forget(files: list[str], place: Place) -> None:
    """Remove downloaded files from the hub library's cache, so that the next attempt gets them afresh."""
    from huggingface_hub import try_to_load_from_cache

    for file in files:
        kept = try_to_load_from_cache(place.repository, file, repo_type="dataset", revision=place.revision)
        if isinstance(kept, str):
            Path(kept).resolve().unlink(missing_ok=True)
            Path(kept).unlink(missing_ok=True)


def _in_background(
    task: Callable[[], T], place: Place, patience: float, signs: Callable[[], object] = lambda: None
) -> T:
    """The task's result, from a daemon thread; HubUnavailable if it fails or `signs` stays as it is for too long.

    A thread cannot be stopped: one that hangs is left behind, and ends with the process at the latest.
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
            raise error if isinstance(error, HubUnavailable) else HubUnavailable(_reason(error, place)) from error
        return result


def _reason(error: Exception, place: Place) -> str:
    """What went wrong, in words that continue "could not be read from the Hub: "."""
    from huggingface_hub import errors

    chain = _chain(error)
    for link in chain:
        if isinstance(link, errors.RevisionNotFoundError):
            return f"the Hub's dataset {place.repository} has no branch {place.revision} (404)"
        if isinstance(link, errors.RepositoryNotFoundError):
            return f"the Hub has no dataset {place.repository} that can be read from here (404)"
        if isinstance(link, errors.EntryNotFoundError):
            return f"{place.repository} on the Hub holds no set of that name (404)"
        status = getattr(getattr(link, "response", None), "status_code", None)
        if status is not None:
            return f"{_host()} answered with the HTTP error {status}"
    # By name: the hub library's HTTP client is httpx or its successor, according to its version.
    names = {base.__name__ for link in chain for base in type(link).__mro__}
    if _is_damage(error):
        return "the file that the Hub sent is damaged or cut off"
    if "TimeoutException" in names:
        return f"{_host()} did not answer within {PROBE_SECONDS} seconds"
    if "ConnectError" in names:
        return f"there is no connection to {_host()} ({_short(chain[-1])})"
    if "TransportError" in names or any("Consistency check failed" in str(link) for link in chain):
        return f"the connection to {_host()} broke off ({_short(error)})"
    if "JSONDecodeError" in names:
        return f"{_host()} did not answer as the Hub does (is there a login page in between?)"
    return f"{type(error).__name__}: {_short(error)}"


def _is_damage(error: Exception) -> bool:
    pyarrow = sys.modules.get("pyarrow")  # not loaded yet: then no file was read
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


def _fingerprint(folders: list[Path]) -> object:
    """Something that changes whenever a file in the folders is written to."""
    signs = []
    for folder in folders:
        for path, _, names in os.walk(folder):
            for name in names:
                try:
                    status = os.stat(os.path.join(path, name))
                except OSError:  # gone meanwhile, or a link to nothing
                    continue
                signs.append((path, name, status.st_size, status.st_mtime_ns))
    return frozenset(signs)


def _silence_worker() -> None:
    """Keep the libraries' warnings about retries off the screen: what matters of them comes back as the reason."""
    for library in ("huggingface_hub", "datasets"):
        for handler in logging.getLogger(library).handlers:
            if _not_from_worker not in handler.filters:
                handler.addFilter(_not_from_worker)


def _not_from_worker(record: logging.LogRecord) -> bool:
    return record.threadName != WORKER


@contextmanager
def _progress_bars(wanted: bool) -> Iterator[None]:
    """The hub library's bar of a download is shown if `wanted`; the bars of `datasets` around it are not."""
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
