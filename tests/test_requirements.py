"""What the package needs is written down once, in pyproject.toml; here everything else is compared with it."""

import ast
import re
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from dt_helpers.machine.released import PYTHONS

REPOSITORY = Path(__file__).parent.parent
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
CORE = PROJECT["dependencies"]
EXTRAS = PROJECT["optional-dependencies"]
LANES = {"experts", "postgres", "browser", "site", "students"}  # which their lanes install, or instructors
OLD_STACK = {"gym", "mujoco_py", "colabgymrender"}  # in an environment of its own: tests/legacy/install.sh
MODULES = sorted((REPOSITORY / "dt_helpers").rglob("*.py"))


def names(requirements):
    return {canonicalize_name(Requirement(requirement).name) for requirement in requirements}


def test_conda_environment_has_the_same_requirements():
    conda = yaml.safe_load((REPOSITORY / "environment.yml").read_text())["dependencies"]
    pip = next(entry["pip"] for entry in conda if isinstance(entry, dict))
    assert "-e ." in pip, "the package itself, so that dt-course is there"
    wanted = CORE + EXTRAS["lab"] + EXTRAS["grade"] + EXTRAS["formats"] + EXTRAS["web"] + EXTRAS["test"]
    torch = next(requirement for requirement in wanted if requirement.startswith("torch"))
    assert f"py{torch}" in conda, "conda-forge's own build"
    assert sorted(set(pip) - {"-e ."}) == sorted(set(wanted) - {torch})
    python = next(entry for entry in conda if str(entry).startswith("python"))
    oldest, newest = PYTHONS[0], PYTHONS[-1].split(".")
    assert python == f"python>={oldest},<{newest[0]}.{int(newest[1]) + 1}"
    assert PROJECT["requires-python"] == f">={oldest}"


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "docs/platforms.md"])
def test_pages_name_the_same_pythons(page):
    text = (REPOSITORY / page).read_text(encoding="utf-8")
    assert set(re.findall(r"Python (3\.\d+ to 3\.\d+)", text)) == {f"{PYTHONS[0]} to {PYTHONS[-1]}"}


def test_the_workflow_tries_the_same_pythons():
    workflow = yaml.safe_load((REPOSITORY / ".github/workflows/test.yml").read_text(encoding="utf-8"))
    assert workflow["jobs"]["suite"]["strategy"]["matrix"]["python"] == list(PYTHONS)


def test_no_requirement_is_there_twice_or_without_a_lowest_version():
    installed_together = [EXTRAS[name] for name in EXTRAS if name not in LANES]
    everything = CORE + [requirement for extra in installed_together for requirement in extra]
    assert len(names(everything)) == len(everything)
    for requirement in everything:
        assert [bound.operator for bound in Requirement(requirement).specifier] == [">="], requirement


def test_what_would_break_colabs_kernel_is_no_part_of_the_core():
    assert not names(CORE) & {"nbgrader", "jupyterlab", "notebook", "ipykernel", "ipython", "jupyter-client"}


def imported(module: Path) -> set[str]:
    """Top-level names that a module imports, at any place in it."""
    found = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add(node.module.split(".")[0])
    return found - set(sys.stdlib_module_names) - {"dt_helpers", "__future__"}


providers = cache(packages_distributions)  # reads the metadata of all that is installed


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_what_a_module_imports_is_required(module):
    """The course's own tools (authoring, grading) may use the extra grade, the readers of data formats, the export of
    models web. What another requirement happens to bring does not count, but for IPython: it is there wherever a
    notebook runs.
    """
    allowed = names(CORE)
    if "data" in module.parts:
        allowed |= names(EXTRAS["formats"])
    if module.stem == "onnx_form":
        allowed |= names(EXTRAS["web"])
    if {"authoring", "grading"} & set(module.parts):
        allowed |= names(EXTRAS["grade"])
    allowed |= {"ipython"}
    for name in imported(module) - (OLD_STACK if module.stem == "legacy" else set()):
        distributions = {canonicalize_name(provider) for provider in providers().get(name, [])}
        assert distributions & allowed, f"{module.name} imports {name}, which pyproject.toml does not require"


def test_the_makefile_installs_the_extras_that_exist():
    extras = re.search(r"^EXTRAS := (.*)$", (REPOSITORY / "Makefile").read_text(), re.MULTILINE)[1].split(",")
    assert set(extras) == set(EXTRAS) - LANES
