"""The package drawn as rooms, and which of them needs which, from the imports themselves.

``python -m dt_helpers.authoring.rooms`` rewrites the pictures in docs/architecture.md; a test fails if these and the
imports differ.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import networkx

PACKAGE = Path(__file__).parents[1]
PAGE = PACKAGE.parent / "docs" / "architecture.md"
WAYS = ("data", "grading")
APART = ("authoring", "cli", "options", "__init__")  # what makes the course or runs its commands needs all the others
PICTURE = re.compile(r"```mermaid\n%% (\w+)\n.*?```", re.DOTALL)


def imports(package: Path = PACKAGE, inner: bool = True) -> dict[str, set[str]]:
    """Each module, such as ``dt_helpers.data.hub``, and the modules of the package that it imports: anywhere, or if not
    `inner`, only those that are imported with it."""
    sources = {_name(path, package): path for path in sorted(package.rglob("*.py"))}
    found = {}
    for name, path in sources.items():
        at = name if path.stem == "__init__" else name.rpartition(".")[0]
        tree = ast.parse(path.read_text(encoding="utf-8"))
        nodes = ast.walk(tree) if inner else _run_on_import(tree.body)
        found[name] = {module for node in nodes for module in _imported(node, at, sources)} - {name}
    return found


def rooms(way: str, package: Path = PACKAGE) -> networkx.DiGraph:
    """Which room needs which: ``"data"`` has the folders and modules of the package, ``"grading"`` those of grading."""
    graph = networkx.DiGraph()
    for name, needed in imports(package).items():
        here = _room(name, way)
        for there in sorted({_room(module, way) for module in needed}):
            if here and there and here != there:
                graph.add_edge(here, there)
    return graph


def picture(way: str, package: Path = PACKAGE) -> str:
    """A Mermaid flowchart. A need that follows from others is left out, which makes it readable."""
    together = networkx.condensation(rooms(way, package))  # rooms that need each other share a box
    box = {node: " · ".join(sorted(members)) for node, members in together.nodes(data="members")}
    arrows = sorted((box[here], box[there]) for here, there in networkx.transitive_reduction(together).edges)
    sign = {name: f"r{number}" for number, name in enumerate(sorted(box.values()))}
    lines = [f'    {sign[name]}["{name}"]' for name in sign] + [f"    {sign[a]} --> {sign[b]}" for a, b in arrows]
    return "\n".join(["```mermaid", f"%% {way}", "flowchart TD", *lines, "```"])


def page(text: str) -> str:
    """The page with its pictures drawn again."""
    return PICTURE.sub(lambda found: picture(found.group(1)), text)


def _name(path: Path, package: Path) -> str:
    parts = path.relative_to(package.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _room(module: str, way: str) -> str:
    """The room that a module is in, or "" if it is in none of the picture's."""
    parts = module.split(".")[1:]
    if way == "grading":
        return parts[1] if len(parts) > 1 and parts[0] == "grading" else ""
    return parts[0] if parts and parts[0] not in APART else ""


def _run_on_import(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements that run when the module is imported, in ``if`` and ``try`` too, except those for type checkers."""
    for node in body:
        yield node
        if isinstance(node, ast.Try) or (isinstance(node, ast.If) and "TYPE_CHECKING" not in ast.unparse(node.test)):
            yield from _run_on_import([*node.body, *node.orelse])


def _imported(node: ast.AST, at: str, sources: dict[str, Path]) -> Iterator[str]:
    """The package's modules that an import names; `at` is the package that relative imports begin in."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if alias.name in sources)
    elif isinstance(node, ast.ImportFrom):
        parents = at.split(".")[: len(at.split(".")) + 1 - node.level] if node.level else []
        start = ".".join([*parents, *filter(None, [node.module])])
        for alias in node.names:
            name = f"{start}.{alias.name}"
            yield from (found for found in ([name] if name in sources else [start]) if found in sources)


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    print(f"{PAGE.name}: its pictures now agree with the imports.")
