"""The tests of what a change touches: `python -m tests.affected main` runs those of all that differs from `main`.

A test file is affected if it or a helper that it imports has changed; if it imports a changed module or mirrors its
place; or if it names a changed file of another kind in a string, such as pyproject.toml, or a notebook. The files that
take long are for `make test`: they are named and left out, but for those that were edited.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import LONG

ROOT = Path(__file__).parents[1]
PACKAGES = ("dt_helpers", "tests")


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
    modules = {name for name in files if name.endswith(".py") and name.startswith("dt_helpers/")}
    mirrors = {_mirror(Path(name)) for name in modules}
    others = {_called(name) for name in files - modules if not name.startswith("tests/")}
    found = []
    for path in sorted((root / "tests").rglob("test_*.py")):
        name, read = path.relative_to(root).as_posix(), _sources(path, root)
        imported = {module for source in read for module in imports(source, root)}
        named = {text for source in read for text in _strings(source)}
        itself = {source.relative_to(root).as_posix() for source in read}
        if name in mirrors or files & (itself | imported) or others & named:
            found.append(name)
    return found


def _mirror(module: Path) -> str:
    """Where a module's tests are; those of a package itself are called after it."""
    name = module.parent.name if module.stem == "__init__" else module.stem
    return Path("tests", *module.parts[1:-1], f"test_{name}.py").as_posix()


def _called(file: str) -> str:
    """How tests speak of a file that is no module: a notebook and its script go by the same name."""
    return Path(file).stem if file.startswith(("solutions/", "notebooks/")) else Path(file).name


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
    late = [name for name in tests if name in LONG and name not in files]
    tests = [name for name in tests if name not in late]
    if late:
        print(f"Left to `make test`: {', '.join(late)}")
    if not tests:
        print(f"No test has to do with what differs from {base}.")
        return 0
    return pytest.main([*tests, *arguments])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
