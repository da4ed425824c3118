"""How `kaggle kernels push -p kaggle/02_dataset` puts a student's notebook on Kaggle: a `kernel-metadata.json` each.

A checkout has them if it has the folder `kaggle`. Kaggle's own client says what may be in it:
https://github.com/Kaggle/kaggle-api/blob/main/docs/kernels_metadata.md
"""

from __future__ import annotations

import json
from pathlib import Path

from dt_helpers.authoring.setting import Setting, kaggle_user
from dt_helpers.authoring.tree import ASSIGNMENT, Tree

FOLDER, NAME = "kaggle", "kernel-metadata.json"


def files(tree: Tree, stems: list[str], setting: Setting) -> dict[Path, str]:
    """The metadata of the notebooks called `stems`; none in a checkout without the folder."""
    if not (tree.root / FOLDER).is_dir():
        return {}
    owner = kaggle_user(tree, setting)
    return {tree.root / FOLDER / stem / NAME: metadata(stem, owner) for stem in stems}


def left_over(tree: Tree, wanted: dict[Path, str]) -> list[Path]:
    """The metadata of notebooks that are gone."""
    return [path for path in sorted((tree.root / FOLDER).glob(f"*/{NAME}")) if path not in wanted]


def metadata(stem: str, owner: str) -> str:
    """The file's text. The slug of the title is the id's, as Kaggle would make it from the title anyway."""
    title = f"Decision Transformer {stem.replace('_', ' ')}"
    content = {
        "id": f"{owner}/{title.lower().replace(' ', '-')}",
        "title": title,
        "code_file": f"../../notebooks/{ASSIGNMENT}/{stem}.ipynb",
        "language": "python",
        "kernel_type": "notebook",
        "is_private": True,
        "enable_gpu": False,
        "enable_internet": True,  # the setup cell installs the course
        "dataset_sources": [],
        "competition_sources": [],
        "kernel_sources": [],
        "model_sources": [],
    }
    return json.dumps(content, indent=2) + "\n"
