"""A table of the models that a class has pushed to the Hugging Face Hub, from what their cards say."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dt_helpers.data import downloading, uploading
from dt_helpers.data.downloading import HubUnavailable, Place
from dt_helpers.machine.telling import short
from dt_helpers.training import card, saved

if TYPE_CHECKING:
    from huggingface_hub import ModelCard

HEAD = "| model | environment | mean return | episodes | recipe | course |\n| --- | --- | --- | --- | --- | --- |"
LONGEST = 60  # characters of what a card says
PAGES = "https://huggingface.co/"


@dataclass(frozen=True)
class Row:
    """What a model's card says about it."""

    repository: str
    env: str
    mean: float
    spread: float  # standard deviation over the episodes
    episodes: int
    recipe: str  # the preset, and the steps
    version: str  # of the course


def names(path: Path | str) -> list[str]:
    """The repositories in a text file: one in each line, a comment after ``#``; a page's address will do as well.

    Raises FileNotFoundError if there is no such file.
    """
    lines = (line.partition("#")[0].strip() for line in Path(path).read_text(encoding="utf-8").splitlines())
    return list(dict.fromkeys(line.removeprefix(PAGES).strip("/") for line in lines if line.strip("/")))


def table(repositories: Iterable[str]) -> str:
    """A Markdown table of models, by environment and then by return, the best first.

    It says what the cards say: nothing is measured again. A model whose card can't be read gets a row with the reason.
    """
    rows, unread = [], []
    for repository in repositories:
        try:
            rows.append(read(repository))
        except (HubUnavailable, ValueError) as error:
            unread.append(f"| {_cell(repository)} | not read: {_cell(str(error), 300)} | | | | |")
    rows.sort(key=lambda row: (row.env, -row.mean))
    return "\n".join([HEAD, *map(_line, rows), *unread])


def read(repository: str) -> Row:
    """What the card of a model on the Hub says. Raises HubUnavailable if it can't be read, and ValueError for a name
    that no repository has and a card without a measured return."""
    uploading.require_name(repository)
    place = Place(repository, kind="model")
    downloading.set_deadlines()
    return row(repository, downloading.in_background(lambda: _card(repository), place, downloading.PATIENCE_SECONDS))


def row(repository: str, found: ModelCard) -> Row:
    """The row of a card. Raises ValueError if it states no return as this course's cards do."""
    results = [result for result in found.data.get("eval_results") or [] if result.metric_type == card.RETURN]
    own = found.data.get(card.COURSE)
    try:
        result, facts = results[0], dict(own)
        mean, spread = (float(part) for part in str(result.metric_value).split("+/-"))
        arguments: dict[str, Any] = dict(result.metric_args)
        episodes, steps = int(arguments["episodes"]), int(facts["steps"])
        if not (math.isfinite(mean) and math.isfinite(spread)):
            raise ValueError
    except (IndexError, KeyError, TypeError, ValueError):
        raise ValueError("its card states no return as the course's cards do: `dt-course push` writes one") from None
    recipe = f"{facts.get('preset', 'own settings')}, {steps:,} steps, {facts.get('dataset', 'unknown data')}"
    return Row(repository, str(result.dataset_name), mean, spread, episodes, recipe, str(facts.get("version", "")))


def _card(repository: str) -> ModelCard:
    from huggingface_hub import ModelCard, hf_hub_download
    from huggingface_hub.errors import RemoteEntryNotFoundError

    try:
        text = Path(hf_hub_download(repository, saved.CARD)).read_text(encoding="utf-8")
    except RemoteEntryNotFoundError:
        raise HubUnavailable("it has no card") from None
    return ModelCard(text, ignore_metadata_errors=True)


def _line(row: Row) -> str:
    link = f"[{row.repository}]({PAGES}{row.repository})"
    earned = f"{short(row.mean)} ± {short(row.spread)}"
    return f"| {link} | {_cell(row.env)} | {earned} | {row.episodes} | {_cell(row.recipe)} | {_cell(row.version)} |"


def _cell(text: str, longest: int = LONGEST) -> str:
    """Other people's words, as plain text in one cell."""
    line = " ".join(text.split())
    line = line if len(line) <= longest else f"{line[:longest]}..."
    for sign in "\\`*_[]|<>":
        line = line.replace(sign, html.escape(sign) if sign in "<>" else f"\\{sign}")
    return line
