"""The reference of the package: a page for each room, in which its modules are named for mkdocstrings to read."""

from __future__ import annotations

import re
from pathlib import Path

from dt_helpers.authoring.site.pages import wide_lists

FOLDER = "reference"
CODE = re.compile(r"(`+[^`]+`+)")
LAST = re.compile(r"^((?:- \*\*|    ).*)\n(?=[^\s-])", re.MULTILINE)  # the line before what is no argument any more
ARGUMENT = re.compile(r"^(\*{0,2}\w+(?:, \*{0,2}\w+)*) : (?=\S)", re.MULTILINE)


def pages(package: Path) -> dict[str, str]:
    """The pages (path -> Markdown) of the rooms of `package` and its other modules: ``reference/data.md``."""
    found = {}
    for path in sorted(package.iterdir()):
        if (path / "__init__.py").exists():
            inside = sorted(name for child in path.iterdir() if (name := _module(child)))
            found[path.name] = [path.name, *(f"{path.name}.{name}" for name in inside)]
        elif name := _module(path):
            found[name] = [name]
    return {
        f"{FOLDER}/{room}.md": "\n\n".join([f"# {room}", *(f"::: {package.name}.{module}" for module in modules), ""])
        for room, modules in found.items()
    }


def _module(path: Path) -> str:
    """The name of the module or package at `path`, or "" where there is none that others use."""
    is_one = path.suffix == ".py" or (path / "__init__.py").exists()
    return path.stem if is_one and not path.stem.startswith("_") else ""


def shown(docstring: str) -> str:
    """A docstring as Markdown: its arguments, ``name : what it is``, become a list, and ``<name>`` is no HTML."""
    parts = CODE.split(docstring)
    parts[::2] = [part.replace("&", "&amp;").replace("<", "&lt;") for part in parts[::2]]
    text = ARGUMENT.sub(lambda found: f"- **{found[1].replace('*', chr(92) + '*')}**: ", "".join(parts))
    return wide_lists(LAST.sub(r"\1\n\n", text))
