"""Upload a dataset to the Hugging Face Hub, in the layout that `dt_helpers.data.load` reads."""

from __future__ import annotations

import tempfile
from pathlib import Path

from dt_helpers.data import asked, downloading, formats, uploading
from dt_helpers.data.downloading import Place
from dt_helpers.workspace import replacing

CARD = "README.md"
TEXT = """
# Recordings of simulated robots

Made with the Decision Transformer course: one row per episode, with the columns `observations`, `actions`, `rewards`
and `dones` (true where the robot fell). Each dataset is a configuration:

    datasets.load_dataset("{repository}", "{name}", split="train")
    dt_helpers.data.load("{name}", repository="{repository}")
"""


def push(data: asked.Source, repository: str, private: bool = False, token: str | None = None) -> str:
    """Upload `data` to the dataset repository (``"ada/robots"``) as ``<data.name>/train/0000.parquet``. Returns the
    commit's URL.

    Creates the repository if needed, lists each pushed dataset on its card and replaces one of the same name, all in
    one commit. `token` is by default the one that ``hf auth login`` stored. Raises PermissionError without a token or
    if the Hub refuses it, HubUnavailable if the Hub can't be reached, and ValueError for a name that no repository has
    and if the dataset's name can't be a folder name.
    """
    from huggingface_hub import CommitOperationAdd, HfApi

    uploading.require_name(repository)
    data = asked.opened(data)
    if Path(data.name).name != data.name or data.name.startswith("."):
        raise ValueError(f"The dataset's name becomes a folder on the Hub, and {data.name!r} cannot be one: rename it.")
    api, place = HfApi(token=uploading.token(token)), Place(repository)
    uploading.ask(
        lambda: api.create_repo(repository, repo_type="dataset", private=private, exist_ok=True),
        place,
        downloading.PATIENCE_SECONDS,
    )
    with tempfile.TemporaryDirectory() as folder:
        path = formats.to_parquet(data, folder)
        card = Path(folder) / CARD
        with replacing(card) as staged:
            staged.write_text(uploading.ask(lambda: _card(api, repository, data.name), place), encoding="utf-8")
        files = {path.relative_to(folder).as_posix(): path, CARD: card}
        commit = uploading.ask(
            lambda: api.create_commit(
                repository,
                [CommitOperationAdd(there, str(here)) for there, here in files.items()],
                repo_type="dataset",
                commit_message=f"{data.name}: {len(data)} episodes, {data.n_steps} steps",
            ),
            place,
        )
    return commit.commit_url


def _card(api, repository: str, name: str) -> str:
    """The repository's card with the dataset added to its configurations, otherwise unchanged."""
    from huggingface_hub import DatasetCard, DatasetCardData
    from huggingface_hub.errors import EntryNotFoundError

    try:
        card = DatasetCard(Path(api.hf_hub_download(repository, CARD, repo_type="dataset")).read_text(encoding="utf-8"))
    except EntryNotFoundError:
        about = DatasetCardData(license="apache-2.0", tags=["offline-reinforcement-learning", "decision-transformer"])
        card = DatasetCard(f"---\n{about.to_yaml()}\n---\n{TEXT.format(repository=repository, name=name)}")
    configs = [config for config in card.data.to_dict().get("configs", []) if config["config_name"] != name]
    configs.append({"config_name": name, "data_files": [{"split": "train", "path": f"{name}/train/*.parquet"}]})
    card.data["configs"] = sorted(configs, key=lambda config: config["config_name"])
    return str(card)
