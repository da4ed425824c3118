"""uv.lock, with which `uv sync` installs the versions that were tested: of these requirements, from PyPI, with digests.

`uv lock --check` says the same with a network; `make test-versions` installs what is in it.
"""

import tomllib

import pytest
import yaml
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename
from packaging.version import Version

from dt_helpers.machine.released import PYTHONS
from tests.course_tree import REPOSITORY

OWN = "dt-helpers"
PYPI = {"registry": "https://pypi.org/simple"}


def read(name: str) -> dict:
    return tomllib.loads((REPOSITORY / name).read_text(encoding="utf-8"))


PROJECT, LOCK = read("pyproject.toml")["project"], read("uv.lock")
PACKAGES = LOCK["package"]


def asked(project: dict) -> set[tuple]:
    """What pyproject.toml requires: name, extras of the package, versions, and the course's own extra ("" for none)."""
    groups = {"": project["dependencies"], **project["optional-dependencies"]}
    requirements = [(Requirement(text), extra) for extra, texts in groups.items() for text in texts]
    return {(canonicalize_name(r.name), frozenset(r.extras), r.specifier, extra) for r, extra in requirements}


def recorded(lock: dict) -> set[tuple]:
    """The same, of the requirements from which the lock was made."""
    [own] = [package for package in lock["package"] if package["name"] == OWN]
    found = set()
    for entry in own["metadata"]["requires-dist"]:
        requirement = Requirement(entry["name"] + entry.get("specifier", ""))
        extra = ""
        if "marker" in entry:
            [extra] = [name for name in PROJECT["optional-dependencies"] if entry["marker"] == f"extra == '{name}'"]
        found.add((entry["name"], frozenset(entry.get("extras", ())), requirement.specifier, extra))
    return found


def test_the_lock_was_made_from_these_requirements():
    assert recorded(LOCK) == asked(PROJECT), "pyproject.toml was changed after uv.lock: run `uv lock`"
    assert LOCK["requires-python"] == PROJECT["requires-python"]
    [own] = [package for package in PACKAGES if package["name"] == OWN]
    assert set(own["metadata"]["provides-extras"]) == set(PROJECT["optional-dependencies"])


@pytest.mark.parametrize(
    ("part", "requirement"),
    [("dependencies", "torch>=2.10"), ("dependencies", "one-more>=1"), ("lab", "jupyterlab>=4.3"), ("lab", "rich>=13")],
)
def test_a_requirement_that_was_changed_makes_it_stale(part, requirement):
    extras = {**PROJECT["optional-dependencies"]}
    project = {"dependencies": PROJECT["dependencies"], "optional-dependencies": extras}
    parts = project if part == "dependencies" else extras
    name = Requirement(requirement).name
    parts[part] = [text for text in parts[part] if Requirement(text).name != name] + [requirement]
    assert recorded(LOCK) != asked(project)


def test_everything_comes_from_pypi_with_its_digest():
    for package in PACKAGES:
        if package["name"] == OWN:
            assert package["source"] == {"editable": "."}
            continue
        assert package["source"] == PYPI, package["name"]
        for file in [*package.get("wheels", []), *filter(None, [package.get("sdist")])]:
            assert file["url"].startswith("https://files.pythonhosted.org/packages/"), file["url"]
            assert file["hash"].startswith("sha256:"), file["url"]


@pytest.mark.parametrize("python", PYTHONS)
def test_each_requirement_has_a_version_that_fits_and_a_wheel_for_each_python(python):
    """That of the core, on Linux; a marker tells the versions of one package apart."""
    [own] = [package for package in PACKAGES if package["name"] == OWN]
    environment = {"python_version": python, "python_full_version": f"{python}.9", "sys_platform": "linux"}
    bounds = {
        canonicalize_name(Requirement(text).name): Requirement(text).specifier for text in PROJECT["dependencies"]
    }
    chosen = [
        entry
        for entry in own["dependencies"]
        if Marker(entry.get("marker", "python_version > '3'")).evaluate(environment)
    ]
    assert sorted(entry["name"] for entry in chosen) == sorted(bounds)
    for entry in chosen:
        [package] = [
            package
            for package in PACKAGES
            if package["name"] == entry["name"] and entry.get("version", package["version"]) == package["version"]
        ]
        assert Version(package["version"]) in bounds[entry["name"]], entry
        assert any(fits(file["url"].rsplit("/", 1)[1], python) for file in package["wheels"]), (entry, python)


def fits(wheel: str, python: str) -> bool:
    """Whether it can be installed with this Python on Linux, on Intel's processors."""
    this = python.replace(".", "")
    for tag in parse_wheel_filename(wheel)[3]:
        machine = tag.platform == "any" or ("linux" in tag.platform and tag.platform.endswith("x86_64"))
        stable = tag.abi == "abi3" and int(tag.interpreter[3:]) <= int(this[1:])
        if machine and (tag.interpreter in ("py3", f"cp{this}") or stable) and not tag.abi.endswith("t"):
            return True
    return False


@pytest.mark.parametrize(
    ("wheel", "python", "expected"),
    [
        ("torch-2.13.0-cp313-cp313-manylinux_2_28_x86_64.whl", "3.13", True),
        ("torch-2.13.0-cp313-cp313t-manylinux_2_28_x86_64.whl", "3.13", False),
        ("torch-2.13.0-cp313-cp313-win_amd64.whl", "3.13", False),
        ("safetensors-0.8.0-cp310-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", "3.14", True),
        ("safetensors-0.8.0-cp314-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", "3.13", False),
        ("rich-15.0.0-py3-none-any.whl", "3.12", True),
    ],
)
def test_which_wheels_fit(wheel, python, expected):
    assert fits(wheel, python) == expected


def test_its_torch_is_the_one_that_the_workflow_tests_with():
    workflow = yaml.safe_load((REPOSITORY / ".github/workflows/test.yml").read_text(encoding="utf-8"))
    [torch] = [package["version"] for package in PACKAGES if package["name"] == "torch"]
    assert workflow["env"]["TORCH"] == f"torch=={torch}"
