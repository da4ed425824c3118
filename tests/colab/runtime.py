"""A runtime like Colab's: the packages that it brings, its kernel, and the course where pip looks for it on GitHub."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

from nbclient import NotebookClient
from nbformat import NotebookNode

REPOSITORY = Path(__file__).parents[2]
COURSE = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["dt-course"]
GITHUB = f"https://github.com/{COURSE['repository']}"
STANDIN = Path(__file__).with_name("standin")
PREINSTALLED = Path(sys.prefix) / "preinstalled.txt"  # written by make when the environment was new


def freeze() -> set[str]:
    """All that is installed, as ``pip freeze --all`` has it; the course without the commit it comes from."""
    lines = subprocess.run(
        [sys.executable, "-m", "pip", "freeze", "--all"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    return {line.split(" @ ")[0] if line.startswith("dt-helpers") else line for line in lines}


def renew() -> None:
    """Takes away what was installed since the environment was new, as a new runtime does."""
    added = freeze() - preinstalled()
    if added:
        names = [line.split("==")[0] for line in added]
        subprocess.run([sys.executable, "-m", "pip", "uninstall", "--quiet", "--yes", *names], check=True)


def preinstalled() -> set[str]:
    return set(PREINSTALLED.read_text().splitlines())


def publish(folder: Path) -> Path:
    """A bare repository: what git tracks here, uncommitted changes included, as branch main and as the release."""
    origin = folder / "origin.git"
    git = ["git", "-C", str(REPOSITORY)]
    who = ["-c", "user.name=lane", "-c", "user.email=lane@localhost"]
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", str(origin)], check=True)
    subprocess.run(["git", "-C", str(origin), "config", "receive.shallowUpdate", "true"], check=True)
    changed = subprocess.run([*git, *who, "stash", "create"], capture_output=True, text=True, check=True).stdout.strip()
    for ref in ("heads/main", f"tags/v{COURSE['version']}"):
        subprocess.run([*git, "push", "--quiet", str(origin), f"{changed or 'HEAD'}:refs/{ref}"], check=True)
    return origin


class Runtime:
    """Runs notebooks as Colab does. Its home and its /content are below `folder`; `origin` is what git finds at GitHub.

    Nothing else differs for the setup cell: pip clones what the cell names, and builds it.
    """

    def __init__(self, folder: Path, origin: Path):
        self.folder = folder
        startup = folder / "ipython" / "profile_default" / "startup"
        startup.mkdir(parents=True, exist_ok=True)
        (startup / "colab.py").write_text("import google.colab\n")
        (folder / "root").mkdir(exist_ok=True)
        kept = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("DT_", "JUPYTER", "MPL", "PYTHON", "XDG_CACHE"))
        }
        self.environment = kept | {
            "PIP_CACHE_DIR": os.environ.get("PIP_CACHE_DIR")
            or str(Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "pip"),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(folder / "root"),
            "IPYTHONDIR": str(folder / "ipython"),
            "PYTHONPATH": str(STANDIN),
            "COLAB_RELEASE_TAG": "release-colab",
            "COLAB_CONTENT": str(folder / "content"),
            "DT_PRESET": "ci",
            "HF_HUB_OFFLINE": "1",
            "GIT_CONFIG_COUNT": "2",
            "GIT_CONFIG_KEY_0": f"url.file://{origin}.insteadOf",
            "GIT_CONFIG_VALUE_0": GITHUB,
            "GIT_CONFIG_KEY_1": "safe.directory",
            "GIT_CONFIG_VALUE_1": "*",
        }

    @property
    def drive(self) -> Path:
        return self.folder / "content" / "drive" / "MyDrive"

    def client(self, notebook: NotebookNode, minutes: float = 10) -> NotebookClient:
        return NotebookClient(
            notebook, kernel_name="python3", timeout=60 * minutes, resources={"metadata": {"path": str(self.folder)}}
        )

    def run(self, notebook: NotebookNode, minutes: float = 10) -> NotebookNode:
        """Executes all cells in a fresh kernel, outputs in place. nbclient's CellExecutionError if one fails."""
        return self.client(notebook, minutes).execute(env=self.environment)


def printed(cell: NotebookNode, name: str = "stdout") -> str:
    return "".join(o.text for o in cell.outputs if o.output_type == "stream" and o.name == name)
