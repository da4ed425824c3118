"""What the sandbox must hide of the installed packages: the answers in them."""

from __future__ import annotations

import ast
import importlib.util
import re
from pathlib import Path

from dt_helpers.grading.sandbox.inside.standins import LIBRARY

MODEL = "DecisionTransformerModel"
FILE = f"{LIBRARY.replace('.', '/')}.py"  # in a folder of packages
FOLDER = "decision_transformer"  # of the model in transformers, and of the course's solutions and notebooks
LOOSE = re.compile(  # single files that hold it
    r"modeling_decision_transformer|^(transformers|dt_helpers|decision_transformer\w*)-\d.*\.(whl|zip|conda|tar|gz|bz2)$"
)
CUT = "library.py"  # in the bundle
REFUSAL = "transformers' own DecisionTransformerModel is the exercise: it is not available while grading"


def without_the_model() -> str:
    """The source of transformers' module, in which the whole model only raises an error."""
    tree = ast.parse(_source().read_text(encoding="utf-8"))
    model = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == MODEL)
    stump = ast.parse(
        f"class LibraryModel(RuntimeError): pass\n"
        f"class {MODEL}(DecisionTransformerPreTrainedModel):\n"
        f"    def __init__(self, *args, **kwargs):\n"
        f"        raise LibraryModel({REFUSAL!r})\n"
    ).body
    at = tree.body.index(model)
    tree.body[at : at + 1] = stump
    return ast.unparse(tree)


def is_in(path: str, places: list[str]) -> bool:
    """Whether the path is one of the folders or below one."""
    return any(path == place or path.startswith(place.rstrip("/") + "/") for place in places)


def _source() -> Path:
    package = LIBRARY.partition(".")[0]
    spec = importlib.util.find_spec(package)  # without importing it, which takes a second
    assert spec is not None and spec.submodule_search_locations is not None  # a package
    (folder,) = spec.submodule_search_locations
    return Path(folder).parent / FILE
