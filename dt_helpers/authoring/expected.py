"""How long the notebooks take, measured where their outputs were made, for anyone who runs them next."""

from __future__ import annotations

import json

from dt_helpers.authoring.tree import Tree
from dt_helpers.workspace import replacing


def read(tree: Tree, preset: str) -> dict[str, float]:
    """CPU seconds that each part of the course took with that preset; empty where nothing was measured."""
    return _all(tree).get(preset, {})


def note(tree: Tree, preset: str, seconds: dict[str, float]) -> None:
    """Keep what was measured: name of a part -> CPU seconds. Parts that no longer exist are forgotten when another part
    of their notebook is measured."""
    measured = _all(tree)
    stems = {name.split(":")[0] for name in seconds}
    kept = {name: value for name, value in measured.get(preset, {}).items() if name.split(":")[0] not in stems}
    measured[preset] = dict(sorted((kept | {name: round(value) for name, value in seconds.items()}).items()))
    with replacing(tree.seconds_file) as staged:
        staged.write_text(json.dumps(measured, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")


def _all(tree: Tree) -> dict[str, dict[str, float]]:
    return json.loads(tree.seconds_file.read_text(encoding="utf-8")) if tree.seconds_file.exists() else {}
