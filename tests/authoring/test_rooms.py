"""The house: its picture is true, and it stays in order."""

import ast
import graphlib
import re
from importlib import import_module

import pytest

from dt_helpers.authoring import rooms

ROOT = rooms.PACKAGE.parent
MODULES = sorted(rooms.PACKAGE.rglob("*.py"))
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "solutions" / "README.md",
    *sorted(ROOT.glob("docs/*.md")),
]


def test_the_picture_is_that_of_the_imports():
    text = rooms.PAGE.read_text(encoding="utf-8")
    assert len(rooms.PICTURE.findall(text)) == len(rooms.WAYS)
    assert rooms.page(text) == text, "python -m dt_helpers.authoring.rooms"


def test_an_import_that_is_new_is_seen(tmp_path):
    package = tmp_path / "house"
    (package / "first").mkdir(parents=True)
    for name in ("__init__", "first/__init__", "second", "third"):
        (package / f"{name}.py").touch()
    (package / "second.py").write_text("def later():\n    from house import third\n")
    assert rooms.imports(package)["house.second"] == {"house.third"}
    assert rooms.imports(package, inner=False)["house.second"] == set()
    (package / "first" / "__init__.py").write_text("from ..second import later\n")
    assert set(rooms.rooms("data", package).edges) == {("first", "second"), ("second", "third")}
    assert "r0 --> r1" in rooms.picture("data", package) and "r0 --> r2" not in rooms.picture("data", package)


def test_no_module_waits_for_itself():
    graphlib.TopologicalSorter(rooms.imports(inner=False)).prepare()  # raises CycleError, which names the circle


def test_there_are_few_doors_in_the_hallway():
    entries = [path for path in rooms.PACKAGE.iterdir() if path.name != "__pycache__"]
    assert len(entries) <= 22, sorted(path.name for path in entries)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(rooms.PACKAGE).as_posix())
def test_a_module_is_short_and_takes_no_private_name_of_another(module):
    text = module.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 300
    tree = ast.parse(text)
    ours = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    ours = [node for node in ours if node.level or (node.module or "").startswith("dt_helpers")]
    taken = {alias.asname or alias.name for node in ours for alias in node.names}
    private = [name for name in taken if name.startswith("_")]
    private += [
        f"{node.value.id}.{node.attr}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in taken
        if node.attr.startswith("_") and not node.attr.startswith("__") and node.value.id[0].islower()
    ]
    assert not private


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_modules_that_a_page_names_are_there(page):
    text = page.read_text(encoding="utf-8")
    for name in re.findall(r"\bdt_helpers(?:\.[a-z_]\w*)+", text):
        found, parts = import_module("dt_helpers"), name.split(".")[1:]
        for number, part in enumerate(parts, 1):
            try:
                found = getattr(found, part)
            except AttributeError:
                found = import_module(".".join(["dt_helpers", *parts[:number]]))
    for path in re.findall(r"\bdt_helpers/[a-z_/]+(?:\.\w+)?\b", text):
        assert (ROOT / path).exists(), path
