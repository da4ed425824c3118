"""Fingerprints: a result stays valid as long as the submission, the release and the grader are unchanged."""

from __future__ import annotations

import hashlib
import os
import platform
import stat
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path

from dt_helpers.grading.text.reading import LARGEST, READ

PACKAGE = Path(__file__).parents[2]
DECIDES = ("check", "grading/judging", "grading/sandbox", "grading/text")  # folders of code that a verdict depends on,
MODULES = ("matching", "release", "results")  # and modules of grading


def of_files(paths: Iterable[Path]) -> str:
    """Of the files' names and bytes; one that is not a regular file, or too large to read, counts by its kind."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(f"{path.name}\0{_content(path)}\0".encode())
    return digest.hexdigest()


def joined(*fingerprints: str) -> str:
    return hashlib.sha256("\0".join(fingerprints).encode()).hexdigest()


@cache
def of_the_grader() -> str:
    """Of the code that makes verdicts and the libraries that it uses."""
    libraries = [f"{name} {version(name)}" for name in ("numpy", "torch", "transformers")]
    return joined(of_files(sources()), *libraries, f"Python {platform.python_version()}")


def sources() -> list[Path]:
    """The package's files that a verdict depends on: code, and the frozen tensors of the checks."""
    found = [path for folder in DECIDES for path in (PACKAGE / folder).rglob("*")]
    found += [PACKAGE / "grading" / f"{module}.py" for module in MODULES]
    return sorted(path for path in found if path.is_file() and "__pycache__" not in path.parts)


def _content(path: Path) -> str:
    try:
        status = os.lstat(path)
        if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST:
            return f"{stat.S_IFMT(status.st_mode)} {status.st_size}"
        with open(os.open(path, READ), "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        return type(error).__name__
