"""A published model by name: its weights from the Hub, and with them what a replay needs to know.

The weights alone do not run: K, the returns' scale, and the states' mean and standard deviation belong to them, and a
model's config on the Hub has none of these. They are put into the config here, where `ReplayFacts.of` looks for them.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from transformers import DecisionTransformerConfig
from transformers.utils import logging as transformers_logging

from dt_helpers import data
from dt_helpers.data import asked, downloading, spaces
from dt_helpers.data.replay_facts import ReplayFacts, lacking
from dt_helpers.machine.bars import without_file_bars
from dt_helpers.model import TrainableDT

# The mean and standard deviation that each model's card states, https://huggingface.co/<name>. (The card of
# halfcheetah-medium-replay has an 18th number, a lone 5, after its 17 standard deviations; it is left out.)
STATISTICS = json.loads((Path(__file__).parents[1] / "assets" / "published.json").read_text(encoding="utf-8"))

# What the models were trained with: K and `scale` in
# https://github.com/kzl/decision-transformer/blob/master/gym/experiment.py
CONTEXT_LENGTH, RETURN_SCALE = 20, 1000.0

CONFIG, WEIGHTS = "config.json", ("model.safetensors", "pytorch_model.bin")
CAUSAL_MASKS = (".attn.bias", ".attn.masked_bias")  # kept among the weights by older versions of transformers


def load(
    name: str = "edbeeching/decision-transformer-gym-halfcheetah-expert",
    dataset: asked.Source | None = None,
    progress: bool = True,
    say: Callable[[str], object] = print,
) -> TrainableDT:
    """A model in `eval()` mode, ready for `rollout.evaluate`; `say` is told which statistics are used.

    Parameters
    ----------
    name : a repository on the Hub, or a folder that looks like one: ``config.json`` beside ``model.safetensors`` or
        ``pytorch_model.bin``. What was downloaded once is found again without a network; with one, a model that isn't
        in STATISTICS is looked up, since its owner may have pushed a newer one.
    dataset : what the model was trained on: the name of a published set, or whatever `data.formats.open` reads; its
        states' mean and standard deviation are computed. Not needed for the names in STATISTICS, nor for models that
        this course trained.

    The published models were trained on recordings of the old physics: evaluate them in ``HalfCheetah-v3``,
    ``Hopper-v3`` and ``Walker2d-v3``.

    Raises HubUnavailable if the model is neither here nor available, and ValueError for a name that no repository has,
    for weights that are damaged or another model's, and where no mean and standard deviation are known.
    """
    folder = _folder(name, progress, say)
    with _quietly():
        no_text: dict[str, Any] = {"bos_token_id": None, "eos_token_id": None, "use_cache": False}
        config = DecisionTransformerConfig.from_pretrained(folder, **no_text)
        _add_what_a_replay_needs(config, name, dataset, progress, say)
        try:
            read: Any = TrainableDT.from_pretrained(
                folder, config=config, dtype=torch.float32, output_loading_info=True, ignore_mismatched_sizes=True
            )
        except (OSError, RuntimeError, EOFError, UnpicklingError, SafetensorError) as error:
            raise ValueError(
                f"The weights in {folder} cannot be read ({error}). If they were downloaded, delete that folder, and "
                "the next call downloads them again."
            ) from error
    model, loaded = read
    _require_all(loaded, name)
    return model.eval()


def _add_what_a_replay_needs(
    config: DecisionTransformerConfig, name: str, dataset: asked.Source | None, progress: bool, say: Callable
) -> None:
    if dataset is not None:
        if isinstance(dataset, str) and not asked.is_file(dataset):
            trajectories = data.load(dataset, progress=progress, say=say)
            if trajectories.name != dataset:
                raise downloading.HubUnavailable(
                    f"{name} needs the statistics of {dataset}, which is not available; those of {trajectories.name} "
                    "are another robot's."
                )
        else:
            trajectories = asked.opened(dataset)
        mean, std = trajectories.state_mean, trajectories.state_std
        say(f"{name}: states are normalised with the mean and standard deviation of {trajectories.name}.")
    elif not lacking(config):  # this course saved it
        return
    elif card := _card(name):
        mean, std = card["state_mean"], card["state_std"]
        say(f"{name}: states are normalised with the mean and standard deviation that its card states.")
    else:
        raise ValueError(
            f"The mean and standard deviation with which {name} normalises states are not known here, and without them "
            f"it cannot run. Name the dataset that it was trained on: load(..., dataset='halfcheetah-expert-v2'). "
            f"Those of {', '.join(STATISTICS)} are known."
        )
    if len(mean) != config.state_dim:
        raise ValueError(f"{name} takes states of {config.state_dim} numbers, but {dataset or 'its card'} {len(mean)}.")
    ReplayFacts(CONTEXT_LENGTH, np.array(mean), np.array(std), RETURN_SCALE, spaces.of_model(config)).put(config)


def _card(name: str) -> dict | None:
    """What the card says about the model; a folder is looked up by its own name."""
    return next((card for known, card in STATISTICS.items() if Path(known).name == Path(name).name), None)


def _folder(name: str, progress: bool, say: Callable) -> Path:
    """The folder with the model's files: `name` itself, or one in the hub library's cache."""
    if _is_complete(Path(name)):
        return Path(name)
    if Path(name).exists() or name.count("/") != 1:
        close = difflib.get_close_matches(name, STATISTICS, n=1, cutoff=0.5)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise ValueError(
            f"{name!r} is neither a folder with {CONFIG} and {' or '.join(WEIGHTS)} nor a repository on the Hub, such "
            f"as {next(iter(STATISTICS))!r}.{hint}"
        )
    kept = _kept(name)
    if kept is not None and (name in STATISTICS or _is_offline()):  # the former don't change
        return kept
    try:
        return _download(name, progress)
    except downloading.HubUnavailable as error:
        if kept is not None:
            say(f"{name}: a copy that was downloaded before. Is there a newer one? It can't be told: {error.reason}.")
            return kept
        raise downloading.HubUnavailable(
            f"{name} could not be read from the Hub: {error.reason}. Try again online, or give the folder of a "
            f"copy that has {CONFIG} and {' or '.join(WEIGHTS)}."
        ) from error


def _is_complete(folder: Path) -> bool:
    return (folder / CONFIG).is_file() and any((folder / file).is_file() for file in WEIGHTS)


def _kept(name: str) -> Path | None:
    """The folder in the hub library's cache, if the model was downloaded before."""
    from huggingface_hub import try_to_load_from_cache

    config = try_to_load_from_cache(name, CONFIG)
    return Path(config).parent if isinstance(config, str) and _is_complete(Path(config).parent) else None


def _download(name: str, progress: bool) -> Path:
    """The folder in the hub library's cache, filled from the Hub. Raises HubUnavailable, within seconds."""
    downloading.set_deadlines()
    from huggingface_hub import HfApi, constants, hf_hub_download  # noqa: F401 (HfApi: see `data.hub`)

    if _is_offline():
        raise downloading.HubUnavailable("HF_HUB_OFFLINE is set, so it was not asked")
    place = downloading.Place(name, kind="model")
    weights = downloading.in_background(lambda: _find_weights(name), place, 2 * downloading.PROBE_SECONDS)
    written = [Path(constants.HF_HUB_CACHE) / f"models--{name.replace('/', '--')}"]
    with downloading.progress_bars(progress):
        downloading.silence_worker()
        downloading.in_background(
            lambda: [hf_hub_download(name, file) for file in (weights, CONFIG)],
            place,
            downloading.PATIENCE_SECONDS,
            lambda: downloading.signs_of_life(written),
        )
    kept = _kept(name)
    if kept is None:  # the two files are not of one commit
        raise downloading.HubUnavailable("its files changed while they were read")
    return kept


def _is_offline() -> bool:
    downloading.set_deadlines()
    from huggingface_hub import constants

    return constants.HF_HUB_OFFLINE


def _find_weights(name: str) -> str:
    """Which of WEIGHTS the repository has, from its list of files."""
    from huggingface_hub import HfApi, errors

    try:
        siblings = HfApi().model_info(name, timeout=downloading.PROBE_SECONDS).siblings or []
    except errors.RepositoryNotFoundError:
        raise downloading.HubUnavailable("it has no such model, or none that can be read from here (404)") from None
    there = {sibling.rfilename for sibling in siblings}
    found = [file for file in WEIGHTS if file in there]
    if not found or CONFIG not in there:
        raise downloading.HubUnavailable(f"the repository has no {CONFIG} with {' or '.join(WEIGHTS)}")
    return found[0]


def _require_all(loaded: dict, name: str) -> None:
    """ValueError unless every weight of the model was there, and nothing else except what older versions saved."""
    unknown = [key for key in loaded["unexpected_keys"] if not key.endswith(CAUSAL_MASKS)]
    odd = {"missing": loaded["missing_keys"], "of a different shape": loaded["mismatched_keys"], "unknown": unknown}
    if any(odd.values()):
        raise ValueError(
            f"{name} does not hold the weights of the course's Decision Transformer: "
            + "; ".join(f"{what}: {', '.join(sorted(map(str, keys))[:3])}" for what, keys in odd.items() if keys)
        )


@contextmanager
def _quietly() -> Iterator[None]:
    """transformers reports old files' superfluous masks and text tokens, which is noise here: see `_require_all`."""
    verbosity = transformers_logging.get_verbosity()
    transformers_logging.set_verbosity_error()
    try:
        with without_file_bars():
            yield
    finally:
        transformers_logging.set_verbosity(verbosity)
