"""What a notebook's checks say when it is run: in a fresh kernel, or, much quicker, in a shell forked from a warm one.

As a program, it is the warm one: a path a line on its standard input, a JSON object a line on its output.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from .notebooks import is_check, marks

PATIENCE = 300  # seconds for a notebook
RECURSION = 3000  # the limit of a kernel in which names were completed
REPOSITORY = Path(__file__).parents[3]


def environment(folder: Path) -> dict[str, str]:
    """Offline, with the smallest preset, and nothing that reaches the next notebook."""
    given = {"DT_PRESET": "ci", "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1", "MPLBACKEND": "agg"}
    own = {"DT_WORKSPACE": str(folder / "workspace"), "IPYTHONDIR": str(folder / "ipython")}
    return os.environ | given | own | {"PYTHONPATH": str(REPOSITORY)}


def opened(path: Path) -> dict:
    """The notebook as an editor sends its cells: with the line ends that Python has. IPython itself takes an indented
    cell with those of Windows for an error."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"]).replace("\r\n", "\n")
    return notebook


def in_a_fresh_kernel(path: Path) -> dict[str, bool]:
    """Grade id of each check -> whether it passes."""
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from nbformat.v4 import new_code_cell

    notebook = nbformat.reads(json.dumps(opened(path)), as_version=4)
    notebook.cells.insert(0, new_code_cell(f"__import__('sys').setrecursionlimit({RECURSION})"))
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(f"{folder}/cwd")
        place = {"metadata": {"path": f"{folder}/cwd"}}
        client = NotebookClient(notebook, timeout=PATIENCE, allow_errors=True, resources=place)
        with contextlib.suppress(CellTimeoutError, DeadKernelError):
            client.execute(env=environment(Path(folder)))
    return {
        marks(cell)["grade_id"]: cell.execution_count is not None
        and not any(output.output_type == "error" for output in cell.outputs)
        for cell in notebook.cells
        if cell.cell_type == "code" and is_check(cell)
    }


class Forked:
    """Shells that are forked from a warm one. Use it in a `with` block."""

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp())
        (self.folder / "cwd").mkdir()
        self.process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            cwd=REPOSITORY,
            env=environment(self.folder),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *exception):
        self.process.stdin.close()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def says(self, path: Path) -> dict[str, bool]:
        """As `in_a_fresh_kernel`."""
        self.process.stdin.write(f"{path}\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def _serve() -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_RDWR), 1)  # the course says where its data come from
    for name in ("matplotlib_inline.backend_inline", "transformers.trainer", "pandas", "ipywidgets"):
        importlib.import_module(name)
    from dt_helpers import attention, check, data, envs, plots, rollout, stitching, training  # noqa: F401

    data.load("halfcheetah-expert")
    for line in sys.stdin:
        read, write = os.pipe()
        if not (pid := os.fork()):
            _answer(Path(line.strip()), write)
        os.close(write)
        with os.fdopen(read) as result:
            said = result.read()
        os.waitpid(pid, 0)
        answers.write((said or "{}") + "\n")
        answers.flush()


def _answer(path: Path, write: int) -> None:
    """In a process of its own: runs the notebook and writes what its checks say, as far as it comes."""
    passed = {}
    try:
        os.setsid()
        signal.alarm(PATIENCE)
        with tempfile.TemporaryDirectory() as cwd:
            os.chdir(cwd)
            nothing = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(nothing, stream)
            asyncio.new_event_loop().run_until_complete(_run(opened(path), passed))
    finally:
        with os.fdopen(write, "w") as result:
            result.write(json.dumps(passed))
        os._exit(0)


async def _run(notebook: dict, passed: dict[str, bool]) -> None:
    from ipykernel.zmqshell import ZMQInteractiveShell as Kernel
    from IPython.core.displayhook import DisplayHook
    from IPython.core.displaypub import DisplayPublisher
    from traitlets import Type
    from traitlets.config import Config

    class ZMQInteractiveShell(Kernel):
        displayhook_class, display_pub_class = Type(DisplayHook), Type(DisplayPublisher)

        def _showtraceback(self, *args):
            pass

        def enable_gui(self, gui=None):
            pass

    sys.setrecursionlimit(RECURSION)
    sys.path.insert(0, "")
    shell = ZMQInteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    shell.extension_manager.load_extension("storemagic")
    shell.display_formatter.format = lambda *args, **kwargs: ({}, {})  # drawing takes the most of a notebook's time
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        try:
            text, failure = shell.transform_cell(cell["source"]), None
        except Exception:
            text, failure = cell["source"], sys.exc_info()
        try:
            result = await shell.run_cell_async(
                cell["source"], store_history=True, transformed_cell=text, preprocessing_exc_tuple=failure
            )
            success = result.success
        except BaseException:
            success = False
        if is_check(cell):
            passed[marks(cell)["grade_id"]] = success
        await asyncio.sleep(0)


if __name__ == "__main__":
    _serve()
