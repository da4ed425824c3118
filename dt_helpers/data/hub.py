"""Read a dataset from the Hugging Face Hub, or say within seconds why that cannot be done.

Today's `datasets` refuses the published dataset's own loading script; the Hub keeps the same rows as parquet files on
a separate branch, one folder per dataset: ``<name>/train/0000.parquet`` and so on. `dt_helpers.data.push` uses the
same layout on the main branch.
"""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from dt_helpers.data import downloading
from dt_helpers.data.downloading import HubUnavailable, Place

if TYPE_CHECKING:
    import datasets

PUBLISHED = Place("edbeeching/decision_transformer_gym_replay", "refs/convert/parquet")


def read(name: str, scratch: Path, progress: bool = True, place: Place = PUBLISHED) -> datasets.Dataset:
    """The dataset `name` (such as ``hopper-medium-v2``) with one row per episode, from all its parquet files in order.

    Its Arrow file is written to `scratch`, which may be deleted when the rows are no longer needed. Downloads have a
    progress bar if `progress`. Raises HubUnavailable, within seconds, whatever goes wrong.
    """
    for variable in ("HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE", "TRANSFORMERS_OFFLINE"):
        if os.environ.get(variable, "").upper() in {"1", "ON", "YES", "TRUE"}:
            raise HubUnavailable(f"{variable} is set")
    downloading.set_deadlines()
    # What `_list_files` needs is imported here, where no clock runs: on a busy machine that alone takes seconds.
    from huggingface_hub import constants, utils  # noqa: F401

    answered: list[str] = []
    patience = 2 * downloading.PROBE_SECONDS  # for each request: a host's address may take long to find, too
    files = downloading.in_background(
        lambda: _list_files(name, place, answered), place, patience, lambda: len(answered)
    )

    written = [Path(constants.HF_HUB_CACHE) / f"datasets--{place.repository.replace('/', '--')}", Path(scratch)]
    with downloading.progress_bars(progress):
        downloading.silence_worker()
        signs = partial(downloading.signs_of_life, written)
        return downloading.in_background(
            lambda: _load(files, scratch, place), place, downloading.PATIENCE_SECONDS, signs
        )


def _list_files(name: str, place: Place, answered: list[str]) -> list[str]:
    """Paths of the dataset's parquet files on the branch, once the first few kB of one have arrived. The addresses that
    have answered are added to `answered`.

    The files are on another host than the list, one that a school's firewall may block.
    """
    from huggingface_hub import constants
    from huggingface_hub.utils import build_hf_headers, get_session, hf_raise_for_status

    client, headers = get_session(), build_hf_headers()
    # Not HfApi.list_repo_tree: it takes no timeout and retries five times when a server fails.
    listing = client.get(
        f"{constants.ENDPOINT}/api/datasets/{place.repository}/tree/{place.branch}/{name}/train",
        headers=headers,
        timeout=downloading.PROBE_SECONDS,
    )
    hf_raise_for_status(listing)
    answered.append(str(listing.url))
    files = sorted(entry["path"] for entry in listing.json() if entry["path"].endswith(".parquet"))
    if not files:
        raise HubUnavailable(f"the Hub lists no parquet files for {name}")
    url = f"{constants.ENDPOINT}/datasets/{place.repository}/resolve/{place.branch}/{files[0]}"
    hf_raise_for_status(client.head(url, headers=headers, timeout=downloading.PROBE_SECONDS, follow_redirects=False))
    answered.append(url)
    sample = {**headers, "Range": "bytes=0-4095"}
    with client.stream("GET", url, headers=sample, timeout=downloading.PROBE_SECONDS, follow_redirects=True) as answer:
        hf_raise_for_status(answer)
        next(answer.iter_raw(), b"")
    return files


def _load(files: list[str], scratch: Path, place: Place) -> datasets.Dataset:
    from datasets import load_dataset

    urls = [f"hf://datasets/{place.repository}@{place.branch}/{file}" for file in files]
    try:
        return load_dataset("parquet", data_files=urls, cache_dir=str(scratch), split="train")
    except Exception as error:
        if downloading.is_damage(error):
            _forget(files, place)
        raise


def _forget(files: list[str], place: Place) -> None:
    """Remove downloaded files from the hub library's cache, so that the next attempt downloads them again."""
    from huggingface_hub import try_to_load_from_cache

    for file in files:
        kept = try_to_load_from_cache(place.repository, file, repo_type="dataset", revision=place.revision)
        if isinstance(kept, str):
            Path(kept).resolve().unlink(missing_ok=True)
            Path(kept).unlink(missing_ok=True)
