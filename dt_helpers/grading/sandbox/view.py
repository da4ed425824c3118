"""What the sandbox shows of the file system: /usr, Python and its packages, and nothing of the course.

Python and the packages of a virtual environment are shown at fixed places, `PYTHON` and `VENV`. So it doesn't matter
where they really are (a home folder, /opt, /tmp, the course itself, behind a link), and no folder above them is shown.
"""

from __future__ import annotations

import os
import site
import sys
import sysconfig
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import dt_helpers
from dt_helpers import check
from dt_helpers.grading.sandbox import masks

PYTHON, VENV = "/python", "/venv"
SETTINGS = "pyvenv.cfg"  # in the bundle: of the virtual environment that the sandbox shows
PACKAGE = Path(dt_helpers.__file__).resolve().parent
_PACKAGES = (  # where packages are below a prefix: its own, Debian's, those of conda's other environments
    *(f"{lib}/python3*/{name}" for lib in ("lib", "lib64", "local/lib") for name in ("site-packages", "dist-packages")),
    "envs/*/lib/python3*/site-packages",
    "pkgs/*/lib/python3*/site-packages",
    "pkgs/*/site-packages",
)


def options(bundle: Path) -> list[str]:
    """The options of bubblewrap that show Python and hide what must not be seen."""
    found = []
    for place, folder in shown().items():
        if place != folder:
            found += ["--ro-bind", folder, place]
    if _in_venv():
        found += ["--symlink", _inside(_executable()), executable()]
        found += ["--ro-bind", str(bundle / SETTINGS), f"{VENV}/{SETTINGS}"]
    for folder, instead in hidden():
        found += ["--ro-bind", str(bundle / instead)] if instead else ["--tmpfs"]
        found.append(_inside(folder))
    return found


def executable() -> str:
    """The path of Python in the sandbox."""
    return f"{VENV}/bin/python" if _in_venv() else _inside(_executable())


def environment() -> dict[str, str]:
    """The environment variables that Python needs there."""
    shared = sysconfig.get_config_var("Py_ENABLE_SHARED") and PYTHON in shown()
    return {"LD_LIBRARY_PATH": f"{PYTHON}/lib"} if shared else {}


def settings() -> str:
    """The file that makes a virtual environment of `VENV`."""
    home = os.path.dirname(_inside(_executable()))
    return f"home = {home}\ninclude-system-site-packages = {str(_sees_base()).lower()}\n"


def shown() -> dict[str, str]:
    """Place in the sandbox -> the real path of the folder shown there."""
    found, base = {"/usr": "/usr"}, _base()
    if not masks.is_in(base, ["/usr"]):
        found[PYTHON] = base
    if _in_venv():
        for path in dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib")):
            real = os.path.realpath(path)
            if os.path.isdir(real) and real not in found.values():
                found[f"{VENV}/{os.path.relpath(path, sys.prefix)}"] = real
    return found


def hidden() -> list[tuple[str, str | None]]:
    """Real paths in the shown folders that must be hidden, each with what is shown instead: a file of the bundle, or
    None for an empty folder."""
    folders = list(shown().values())
    own = {os.path.realpath(path) for path in site.getsitepackages()}
    found: dict[str, str | None] = {}
    if PACKAGE.parent not in map(Path, own):
        found[str(PACKAGE.parent)] = None  # a checkout: solutions and all
    for path in copies(tuple(folders)):
        found[path] = masks.CUT if os.path.isfile(path) else None
    for packages in _packages(folders):
        if packages not in own:
            found[packages] = None  # another environment's
            continue
        found[f"{packages}/{PACKAGE.name}"] = None
        source = f"{packages}/{masks.FILE}"
        found.pop(os.path.dirname(os.path.realpath(source)), None)  # the one in use: shown, without the model
        found[source] = masks.CUT
        found[f"{os.path.dirname(source)}/__pycache__"] = None
    real = {os.path.realpath(path): instead for path, instead in found.items() if os.path.exists(path)}
    inner = {path: instead for path, instead in real.items() if masks.is_in(path, folders) and path not in folders}
    return [(path, instead) for path, instead in inner.items() if not masks.is_in(os.path.dirname(path), [*inner])]


@cache  # takes about a second per shown folder
def copies(folders: tuple[str, ...]) -> list[str]:
    """Any copies of the course and of transformers' model in these folders: a backup, a second environment, an archive
    of a package."""
    found = []
    for folder in folders:
        for top, names, files in os.walk(folder):
            if PACKAGE.name in names:
                alone = "-packages" in top or any(masks.is_in(one, [top]) for one in folders)
                found.append(f"{top}/{PACKAGE.name}" if alone else top)  # a checkout has the solutions as well
            found += [f"{top}/{name}" for name in names if name == masks.FOLDER]
            if os.path.basename(top) != masks.FOLDER:
                found += [f"{top}/{name}" for name in files if masks.LOOSE.search(name)]
    return found


def exported() -> dict[str, list[str]]:
    """Module of the course -> the names that a star import of it brings: those of the notebooks' imports."""
    return {module.__name__: [*module.__all__] for module in (dt_helpers, check)}


def holding(path: Path) -> str | None:
    """The folder shown in the sandbox that contains `path`; None, as it should be, if there is none."""
    real = os.path.realpath(path)
    if masks.is_in(real, [folder for folder, instead in hidden() if instead is None]):
        return None
    return next((folder for folder in shown().values() if masks.is_in(real, [folder])), None)


def _packages(folders: list[str]) -> Iterator[str]:
    """Package folders in these folders, by real path."""
    for folder in folders:
        hits = [path for pattern in _PACKAGES for path in Path(folder).glob(pattern)]
        yield from dict.fromkeys(os.path.realpath(path) for path in (folder, *map(str, hits)) if "-packages" in path)


def _inside(path: str) -> str:
    """The place in the sandbox of a real path."""
    place, folder = next((place, folder) for place, folder in shown().items() if masks.is_in(path, [folder]))
    return place + path[len(folder) :]


def _base() -> str:
    return os.path.realpath(sys.base_prefix)


def _in_venv() -> bool:
    return os.path.realpath(sys.prefix) != _base()


def _sees_base() -> bool:
    """Whether the virtual environment also uses its Python's own packages."""
    return any(masks.is_in(os.path.realpath(path), [_base()]) for path in site.getsitepackages())


def _executable() -> str:
    """The real Python, not a link to it in a virtual environment."""
    real = os.path.realpath(getattr(sys, "_base_executable", sys.executable))
    inside = masks.is_in(real, [_base(), "/usr"])
    return real if inside else f"{_base()}/bin/python{sys.version_info.major}.{sys.version_info.minor}"
