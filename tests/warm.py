"""Python in a process that is forked from one which has imported torch, transformers and the like already.

A fresh process takes seconds of a core for these imports. Where a test is about what a program does, and not about how
it starts, it can do without them.
"""

import contextlib
import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
from pathlib import Path

from dt_helpers.grading.judging.scheduling import warm_up


def python(
    *arguments: str | Path,
    cwd: Path | None = None,
    env: dict[str, str] | None = None,
    timeout: float = 1800,
    anew: str = "",
):
    """As `subprocess.run([sys.executable, *arguments], ...)` for a script's path or -c with code: a CompletedProcess
    with the text of stdout and stderr. subprocess.TimeoutExpired if it takes longer than `timeout` seconds. The package
    `anew` is imported again: it reads `env` only then.
    """
    arguments = [str(argument) for argument in arguments]
    if sys.platform != "linux":  # elsewhere such libraries don't outlive a fork, or there is none
        command = [sys.executable, *arguments]
        return subprocess.run(command, cwd=cwd, env=env, timeout=timeout, capture_output=True, text=True)
    warm_up()
    with tempfile.TemporaryDirectory() as folder:
        said = [Path(folder) / name for name in ("stdout", "stderr")]
        job = arguments, cwd or Path.cwd(), dict(os.environ if env is None else env), said, anew
        process = multiprocessing.get_context("forkserver").Process(target=_run, args=job)
        process.start()
        process.join(timeout)
        late = process.is_alive()
        if late:
            process.kill()
            process.join()
        stdout, stderr = (path.read_text() if path.exists() else "" for path in said)
        if late:
            raise subprocess.TimeoutExpired(arguments, timeout, stdout, stderr)
        return subprocess.CompletedProcess(arguments, process.exitcode, stdout, stderr)


def _run(arguments: list[str], folder: Path, environment: dict[str, str], said: list[Path], anew: str) -> None:
    """In the new process, in place of the interpreter."""
    for descriptor, path in enumerate(said, 1):
        with open(path, "wb") as file:
            os.dup2(file.fileno(), descriptor)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    for name in [name for name in sys.modules if anew and name.partition(".")[0] == anew]:
        del sys.modules[name]
    sys.path[:0] = [path for path in environment.get("PYTHONPATH", "").split(os.pathsep) if path]
    with contextlib.ExitStack() as end:
        end.callback(lambda: [stream.flush() for stream in (sys.stdout, sys.stderr)])
        if arguments[0] == "-c":
            sys.path.insert(0, "")
            sys.argv = ["-c", *arguments[2:]]
            exec(compile(arguments[1], "<string>", "exec"), {"__name__": "__main__"})
        else:
            sys.path.insert(0, str(Path(arguments[0]).parent))
            sys.argv = arguments
            runpy.run_path(arguments[0], run_name="__main__")
