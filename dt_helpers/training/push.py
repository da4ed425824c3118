"""Upload a trained model to the Hugging Face Hub: weights, config, card and film. `training.load` reads it there."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import gymnasium

from dt_helpers import rollout
from dt_helpers.data import downloading, uploading
from dt_helpers.data.downloading import Place
from dt_helpers.machine.telling import tell
from dt_helpers.rollout import running
from dt_helpers.training import card, published, saved
from dt_helpers.training.beginning import with_quickest_attention

if TYPE_CHECKING:
    from huggingface_hub import HfApi

    from dt_helpers.model import TrainableDT

EPISODES, SEED = 16, 0  # of a measurement that is made here
PUSHED = tuple(name for name in saved.FILES if name != saved.CLASS)  # a student's own source stays at home


def push(
    folder: Path | str,
    repository: str,
    *,
    film: Path | str | Literal[False] | None = None,
    private: bool = False,
    token: str | None = None,
) -> str:
    """Upload the model that was trained into `folder` to the repository (``"ada/my-cheetah"``), in one commit. Returns
    the address of its page.

    The card has the data, the settings, and what the model earns, with spread, seeds and the number of episodes, so
    that anyone can measure it again; of a card that is there, entries such as a licence are kept. The return is the one
    that `card.note_return` has noted, as ``dt-course replay`` does. Where none was noted, it is measured first, over 16
    episodes: a card without a return says nothing to others, and has no place in a gallery. So is a model of a
    student's own class: others run its weights with the course's class.

    film: an MP4 to show; None: one episode is filmed, where the environment can be; False: no film
    private: for a repository that is new
    token: by default $HF_TOKEN, or the one that ``hf auth login`` stored

    Raises FileNotFoundError for a folder without a trained model, ValueError for a repository's name that can't be one,
    a model that nobody could load, or one that can't be measured here; PermissionError without a token or if the Hub
    refuses it, and HubUnavailable if the Hub can't be reached.
    """
    from huggingface_hub import CommitOperationAdd, HfApi

    folder, place = Path(folder), Place(repository, kind="model")
    uploading.require_name(repository)
    _require_film(film)
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "model"
        own_class = _copy(folder, copy)
        api = HfApi(token=uploading.token(token))
        agent = with_quickest_attention(published.load(str(copy), say=tell))
        noted = card.measurement(copy)
        env, target = _task(agent, noted, folder)
        page = uploading.ask(
            lambda: api.create_repo(repository, private=private, exist_ok=True), place, downloading.PATIENCE_SECONDS
        )
        if own_class or "seed" not in noted:
            _measure(agent, env, target, noted, folder, copy)
        filmed = film is not False and _film(film, agent, env, target, card.measurement(copy), copy / card.FILM)
        card.write_card(copy, repository, filmed, uploading.ask(lambda: _entries(api, repository), place))
        files = [CommitOperationAdd(path.name, str(path)) for path in sorted(copy.iterdir())]
        message = card.measurement(copy)["text"]
        uploading.ask(lambda: api.create_commit(repository, files, commit_message=message), place)
    return str(page)


def _require_film(film: Path | str | Literal[False] | None) -> None:
    if not film:
        return
    if Path(film).suffix.lower() != ".mp4":
        raise ValueError(f"The film must be an MP4, a file whose name ends in .mp4, not {str(film)!r}.")
    if not Path(film).is_file():
        raise FileNotFoundError(f"There is no film at {film}. Without film=, one is made.")


def _copy(folder: Path, copy: Path) -> bool:
    """Copy the folder's model, whatever a training run does to the folder meanwhile. Whether it is of a student's own
    class."""
    if not saved.there_is_one(folder):
        raise FileNotFoundError(f"There is no trained model in {folder}. Train one first: `dt-course train`.")
    before, source = saved.stamp(folder), saved.place(folder)
    if not (source / saved.FACTS).is_file():
        raise FileNotFoundError(
            f"The model in {folder} has no {saved.FACTS}, which says how it was trained: push a folder that "
            "`training.train` has written."
        )
    copy.mkdir()
    for name in PUSHED:
        if (source / name).is_file():
            shutil.copyfile(source / name, copy / name)
    own_class = (source / saved.CLASS).is_file()
    if saved.stamp(folder) != before:
        raise OSError(f"A training run has just put another model into {folder}: push it again.")
    return own_class


def _task(agent: TrainableDT, noted: dict, folder: Path) -> tuple[str, float]:
    """The environment and the target return of the measurement that was noted, else those of the model's data."""
    if "seed" in noted:
        return noted["env"], noted["target_return"]
    try:
        return running.environment(agent, None), running.target(agent)
    except ValueError as error:
        raise ValueError(
            f"The model in {folder} has no measured return, and how to measure it is not known. {error} Measure it "
            f"first: `dt-course replay --model {folder} --env ID --target-return R`."
        ) from error


def _measure(agent: TrainableDT, env: str, target: float, noted: dict, folder: Path, copy: Path) -> None:
    """Measure, and note it beside the copy and in the folder, so that the next time it is there."""
    episodes, seed = (len(noted["returns"]), noted["seed"]) if "seed" in noted else (EPISODES, SEED)
    how = {"max_steps": noted.get("max_steps", 1000), "sample": noted.get("sampled", False)}
    try:
        evaluation = rollout.evaluate(agent, env, target, episodes, seed, **how)
    except gymnasium.error.Error as error:
        raise ValueError(f"{env} can't be made here, so the model can't be measured in it: {error}") from error
    tell(evaluation)
    for place in (copy, folder):
        card.note_return(place, evaluation)


def _film(film: Path | str | None, agent: TrainableDT, env: str, target: float, noted: dict, path: Path) -> bool:
    """Put the film at `path`, or film the first episode that was measured. False, and a line says why, where that can't
    be filmed."""
    if film is not None:
        shutil.copyfile(film, path)
        return True
    try:
        rollout.record(agent, env, target, path, noted["seed"], noted["max_steps"])
    except (TypeError, gymnasium.error.Error) as error:
        tell(f"No film: {error}")
    return path.is_file()


def _entries(api: HfApi, repository: str) -> dict:
    """The entries for the Hub on the card that is there."""
    from huggingface_hub import ModelCard
    from huggingface_hub.errors import RemoteEntryNotFoundError
    from yaml import YAMLError

    try:
        text = Path(api.hf_hub_download(repository, saved.CARD)).read_text(encoding="utf-8")
        return ModelCard(text, ignore_metadata_errors=True).data.to_dict()
    except (RemoteEntryNotFoundError, YAMLError, ValueError):  # there is none, or none with entries
        return {}
