"""The tests of what a change touches: `python -m tests.affected main` runs those of all that differs from `main`.

A test file is affected if it or a helper that it imports has changed; if it imports a changed module or mirrors its
place; or if it names a changed file of another kind in a string, such as pyproject.toml, a notebook, or `*.ipynb`. What
a module of the package finds while it runs counts as a part of it: a module in a folder of which it imports whatever is
there, such as an exercise, and a file that it names. The files that take long are for `make test`: they are named and
left out, except for those that were edited, or whose module was.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

from conftest import LONG

ROOT = Path(__file__).parents[1]
PACKAGES = ("dt_helpers", "tests")
COURSE = ("solutions", "notebooks")


def changed(base: str, root: Path = ROOT) -> set[str]:
    """Files that differ from where this branch left `base`, committed or not, and those that git doesn't know yet."""

    def git(*command: str) -> list[str]:
        run = subprocess.run(["git", "-C", root, *command], capture_output=True, text=True)
        if run.returncode:
            sys.exit(f"git {' '.join(command)}: {run.stderr.strip()}\nName a commit or branch that is there: BASE=HEAD")
        return run.stdout.splitlines()

    [start] = git("merge-base", base, "HEAD")
    found = {*git("diff", "--name-only", start), *git("ls-files", "--others", "--exclude-standard")}
    return {name for name in found if (root / name).exists()}


def affected(files: set[str], root: Path = ROOT) -> list[str]:
    """The test files that changes of `files` (paths below `root`) touch."""
    files = files | _finders(files, root)
    modules = {name for name in files if name.endswith(".py") and name.startswith("dt_helpers/")}
    mirrors = mirrored(modules, root)
    others = {name for name in files - modules if not name.startswith("tests/")}
    called = {text for name in others for text in _called(name)}
    found = []
    for path in sorted((root / "tests").rglob("test_*.py")):
        name, read = path.relative_to(root).as_posix(), _sources(path, root)
        imported = {module for source in read for module in imports(source, root)}
        named = {text for source in read for text in _strings(source)}
        itself = {source.relative_to(root).as_posix() for source in read}
        if name in mirrors or files & (itself | imported) or called & named or _match(path, others):
            found.append(name)
    return found


def mirrored(files: set[str], root: Path = ROOT) -> set[str]:
    """The tests of those of the files that are modules."""
    return {_mirror(Path(name), root) for name in files if name.endswith(".py") and name.startswith("dt_helpers/")}


def _mirror(module: Path, root: Path) -> str:
    """Where a module's tests are; those of a package itself, and of modules without tests of their own, are called
    after the package."""
    names = [module.parent.name] if module.stem == "__init__" else [module.stem, module.parent.name]
    places = [Path("tests", *module.parts[1:-1], f"test_{name}.py") for name in names]
    return next((place for place in places if (root / place).exists()), places[0]).as_posix()


def _called(file: str) -> set[str]:
    """How tests speak of a file that is no module: a notebook and its script go by the same name."""
    path = Path(file)
    return {path.name, path.stem} if path.suffix in (".ipynb", ".py") and path.parts[0] in COURSE else {path.name}


def _match(source: Path, files: set[str]) -> bool:
    """Whether a pattern such as `docs/*.md` in a source, not in what that imports, fits one of the files."""
    patterns = {text for text in _strings(source) if re.fullmatch(r"\S*\*\S*\.\w+", text)} if files else set()
    return any(fnmatch(name, pattern) for file in files for name in (file, Path(file).name) for pattern in patterns)


def _finders(files: set[str], root: Path) -> set[str]:
    """The modules of the package that find one of the files while they run, and the packages around a found module."""
    found: set[str] = set()
    inside = {name for name in files if name.startswith("dt_helpers/")}
    modules = {name for name in inside if name.endswith(".py")}
    for name in modules:
        packages = [folder / "__init__.py" for folder in Path(name).parents if (root / folder / "__init__.py").exists()]
        looking = [i for i, package in enumerate(packages) if _imports_what_is_there(root / package)]
        found |= {package.as_posix() for package in packages[min(looking) :]} if looking else set()
    assets = inside - modules
    for path in (root / "dt_helpers").rglob("*.py") if assets else ():
        named = set(_strings(path))
        beside = {asset for asset in assets if Path(asset).parent.name in named}  # in a folder that it names
        if any(Path(asset).name in named for asset in assets) or _match(path, beside):
            found.add(path.relative_to(root).as_posix())
    return found - {"dt_helpers/__init__.py"}


def _imports_what_is_there(package: Path) -> bool:
    """Whether it imports modules by names that it makes up while it runs."""
    calls = [node for node in ast.walk(ast.parse(package.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    called = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "import_module"]
    return any(isinstance(call.args[0], ast.JoinedStr) for call in called)


def imports(source: Path, root: Path = ROOT) -> set[str]:
    """The modules of this checkout that a file imports, at any place in it, as paths below `root`."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            package = source.relative_to(root).parts[: -node.level] if node.level else ()
            start = ".".join([*package, *filter(None, [node.module])])
            found |= {start, *(f"{start}.{alias.name}" for alias in node.names)}
    paths = {name.replace(".", "/") for name in found if name.partition(".")[0] in PACKAGES}
    files = {file for path in paths for file in (f"{path}.py", f"{path}/__init__.py")}
    return {file for file in files if (root / file).exists()}


def _sources(test: Path, root: Path) -> list[Path]:
    """A test file, its helpers in tests/, and theirs."""
    found = [test]
    for source in found:  # grows while it is walked through
        helpers = [root / name for name in sorted(imports(source, root)) if name.startswith("tests/")]
        found += [helper for helper in helpers if helper not in found]
    return found


def _strings(source: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def main(base: str, *arguments: str) -> int:
    """pytest's exit code, or 0 where there is nothing to run."""
    files = changed(base)
    tests = affected(files)
    late = [name for name in tests if name in LONG and name not in files | mirrored(files)]
    tests = [name for name in tests if name not in late]
    if late:
        print(f"left to make test: {', '.join(late)}")
    if not tests:
        print(f"No test has to do with what differs from {base}.")
        return 0
    spread = ["-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder"] if len(tests) > 1 else []
    return pytest.main([*spread, *tests, *arguments])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
