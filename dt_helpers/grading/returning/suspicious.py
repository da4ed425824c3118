"""Signs in an answer's syntax tree that it calls what it should have built: for instructors; they cost no points."""

from __future__ import annotations

import ast

from dt_helpers.grading.text import slicing

MODEL = "DecisionTransformerModel"
_ROUNDABOUT = {"exec", "eval", "__import__", "compile", "globals"}  # ways to call something that the text doesn't name
_SOURCES = ("dt_helpers.check", "dt_helpers.model", "importlib", "inspect", "ctypes", "subprocess", "gc")


def signs(text: str) -> list[str]:
    """What an instructor should look at, in words; empty for an ordinary answer and for one that isn't Python."""
    tree = slicing.parse(text)
    if tree is None:
        return []
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            module = node.module or ""
            names = {alias.name for alias in node.names}
            if module.startswith("transformers") and any(MODEL in name or name.startswith("Auto") for name in names):
                found.add("imports the library's own model")
            found |= {f"imports {module}" for source in _SOURCES if module.startswith(source)}
        elif isinstance(node, ast.Import):
            found |= {f"imports {alias.name}" for alias in node.names if alias.name.startswith(_SOURCES)}
        elif isinstance(node, ast.Attribute) and node.attr == MODEL:
            found.add("names the library's own model")
        elif isinstance(node, ast.Attribute) and node.attr == "from_pretrained":
            found.add("loads a pretrained model")
        elif isinstance(node, ast.Name) and node.id in _ROUNDABOUT:
            found.add(f"uses {node.id}")
    return sorted(found)
