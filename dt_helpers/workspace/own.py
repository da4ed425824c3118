"""What a student wrote, kept in the workspace as source, so that later notebooks run it.

``keep(returns_to_go)`` writes ``functions/returns_to_go.py``; ``kept("returns_to_go")`` reads it in another notebook.
"""

from __future__ import annotations

import ast
import linecache
import sys
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any

from dt_helpers.machine.telling import tell
from dt_helpers.workspace import replacing, sources, workspace

FOLDER = "functions"


def keep(thing: sources.Code) -> None:
    """Keep a function or a class for later notebooks, with what it needs, and say so in a line.

    One that isn't written yet (it has a ``raise NotImplementedError``) is not kept: the later notebooks then run the
    course's own. Raises `sources.NotToBeKept`, a ValueError, for one that uses things from the notebook that have no
    source, such as a model that was made there.
    """
    if not callable(thing) or not hasattr(thing, "__name__"):
        raise ValueError(f"keep() takes a function or a class, as in keep(returns_to_go), not {thing!r}.")
    text = sources.of(thing)
    name = thing.__name__
    if _is_unwritten(text):
        tell(f"{name} isn't written yet, so nothing is kept: the later notebooks will use the course's own.")
        return
    with replacing(_path(name)) as staged:
        staged.write_text(text, encoding="utf-8")
    tell(f"{name} is kept for the later notebooks.")


def kept(name: str) -> Any:
    """The function or class of that name that was kept, or None if there is none; it prints which.

    Raises ValueError, with the file, if that can't be read.
    """
    path = _path(name)
    if not path.is_file():
        tell(f"{name}: the course's own, since none of yours was kept.")
        return None
    found = read(path, name)
    tell(f"{name}: yours.")
    return found


def forget(name: str) -> None:
    """Delete the kept function or class of that name."""
    _path(name).unlink(missing_ok=True)


def read(path: Path, name: str) -> Any:
    """What a kept file calls `name`. Raises ValueError if the file doesn't run, or defines nothing of that name."""
    text = path.read_text(encoding="utf-8")
    module_name = f"kept_{name}_{sha256(text.encode()).hexdigest()[:16]}"  # a different text is a different module
    if module_name not in sys.modules:
        linecache.checkcache(str(path))
        module = ModuleType(module_name)
        module.__file__ = str(path)
        sys.modules[module_name] = module
        try:
            exec(compile(text, str(path), "exec"), module.__dict__)  # no .pyc, whose timestamp may be too coarse
        except Exception as error:  # whatever a student's file raises
            del sys.modules[module_name]
            raise ValueError(
                f"{path} can't be run ({type(error).__name__}: {error}). Keep {name} again in the notebook that "
                "defines it, or delete the file: then the course's own is used."
            ) from error
    return _named(sys.modules[module_name], name, path)


def source_file(thing: object) -> Path | None:
    """The kept file that a function or class was read from; None for any other."""
    module = sys.modules.get(getattr(thing, "__module__", None) or "")
    if module is None or not module.__name__.startswith("kept_"):
        return None
    return Path(str(module.__file__))


def _named(module: ModuleType, name: str, path: Path) -> Any:
    found = getattr(module, name, None)
    if found is None:
        raise ValueError(
            f"{path} defines no {name}. Keep it again in the notebook that defines it, or delete the file."
        )
    return found


def _path(name: str) -> Path:
    return workspace() / FOLDER / f"{name}.py"


def _is_unwritten(text: str) -> bool:
    """Whether there is a ``raise NotImplementedError`` left, as in the students' cells."""
    raised = [part.exc for part in ast.walk(ast.parse(text)) if isinstance(part, ast.Raise) and part.exc is not None]
    called = [part.func if isinstance(part, ast.Call) else part for part in raised]
    return any(isinstance(part, ast.Name) and part.id == "NotImplementedError" for part in called)
