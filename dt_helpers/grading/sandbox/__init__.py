"""A warm server in a sandbox, and one process of it for each exercise.

With bubblewrap: no network, a file system that can only be read but for an empty scratch folder, none of the course's
files in it beyond the few modules of `BUNDLE`, its own processes, users and memory. `limits` instead of `bubblewrap`
has none of that but limits on time, memory and files.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from dt_helpers.authoring import CourseError
from dt_helpers.grading.sandbox import masks, view
from dt_helpers.grading.sandbox.inside import wire
from dt_helpers.grading.sandbox.limits import NAME, ControlGroup, Limits, stale
from dt_helpers.grading.sandbox.session import Disturbed, Session
from dt_helpers.grading.sandbox.view import PACKAGE

BUBBLEWRAP, LIMITS = "bubblewrap", "limits"
BUNDLE = (
    *(f"check/engine/{module}" for module in ("answers", "calling", "exercise")),
    "check/whole_model/watching",
    "grading/sandbox/inside/*",
)
START_SECONDS = 1800  # for imports, and for any answer of the server: a busy machine never takes so long
PAUSES = (0.1, 0.3, 1, 2, 4, 8, 16)  # seconds after which a machine that has no room for a process is asked again
INSIDE = "/course"  # where the bundle is, seen from within

MISSING = """\
Grading runs the students' code, so it needs bubblewrap, which shuts that code away; {problem}
  Debian, Ubuntu:  sudo apt install bubblewrap
  Fedora:          sudo dnf install bubblewrap
  Arch:            sudo pacman -S bubblewrap
Where you trust every student, --sandbox limits grades without: with limits on time and memory only, and all your files
within the students' reach."""
ELSEWHERE = """\
Grading runs the students' code, which is shut away and limited by means that only Linux has: grade in a Linux machine
or container (with bubblewrap: sudo apt install bubblewrap). All other commands work here."""


class SandboxUnavailable(CourseError):
    """There is no sandbox on this machine; the message says how to get one."""


def check(kind: str) -> None:
    """Raises SandboxUnavailable, with the line that installs it, where the sandbox `kind` does not work."""
    if kind not in (BUBBLEWRAP, LIMITS):
        raise ValueError(f"There is no sandbox {kind!r}; there are {BUBBLEWRAP} and {LIMITS}.")
    if sys.platform != "linux":
        raise SandboxUnavailable(ELSEWHERE)
    if kind == LIMITS:
        return
    if shutil.which("bwrap") is None:
        raise SandboxUnavailable(MISSING.format(problem="there is none on this machine."))
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / masks.CUT).touch()
        (Path(folder) / view.SETTINGS).write_text(view.settings(), encoding="utf-8")
        command = [*bubblewrap(Path(folder)), view.executable(), "-I", "-c", "pass"]
        tried = subprocess.run(command, capture_output=True, text=True, timeout=START_SECONDS)
    if tried.returncode:
        said = tried.stderr.strip().splitlines() or [f"it ended with code {tried.returncode}"]
        raise SandboxUnavailable(MISSING.format(problem=f"the one on this machine does not work:\n  {said[-1]}"))


def bubblewrap(bundle: Path) -> list[str]:
    """The command line up to the program that shall run: what it sees, and that it sees nothing else."""
    options = ["--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--hostname", "sandbox"]
    options += ["--cap-drop", "ALL"]
    for capability in ("CAP_SYS_ADMIN", "CAP_SETPCAP", "CAP_SYS_RESOURCE"):  # the server's: see `inside.isolation`
        options += ["--cap-add", capability]
    options += ["--uid", "0", "--gid", "0"]
    for name, value in (environment() | view.environment()).items():
        options += ["--setenv", name, value]
    options += ["--ro-bind", "/usr", "/usr"]
    for link in ("/bin", "/lib", "/lib32", "/lib64", "/sbin"):
        if os.path.islink(link):
            options += ["--symlink", os.readlink(link), link]
        elif os.path.isdir(link):
            options += ["--ro-bind", link, link]
    options += ["--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"]
    options += ["--ro-bind-try", "/etc/alternatives", "/etc/alternatives"]
    options += ["--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev", "--tmpfs", "/tmp", "--dir", "/scratch"]
    options += view.options(bundle)
    return ["bwrap", *options, "--ro-bind", str(bundle), INSIDE, "--remount-ro", "/", "--chdir", "/", "--"]


def environment() -> dict[str, str]:
    """All that the server's environment has in it, but for where Python is."""
    one_thread = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": "/scratch",
        "LANG": "C.UTF-8",
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_VERBOSITY": "error",
        "PYTHONDONTWRITEBYTECODE": "1",
    } | dict.fromkeys(one_thread, "1")


class Sandbox:
    """A server that is ready to fork. Use it in a `with` block, or `close` it.

    `imports` are lines that the server runs before, so that not every process has to.

    Raises SandboxUnavailable when bubblewrap is missing, RuntimeError when the server does not start.
    """

    def __init__(self, kind: str = BUBBLEWRAP, limits: Limits | None = None, imports: Sequence[str] = ()):
        check(kind)
        self.kind, self.limits, self.imports = kind, limits or Limits(), list(imports)
        for left in stale(Path(tempfile.gettempdir())):
            shutil.rmtree(left, ignore_errors=True)
        self.folder = Path(tempfile.mkdtemp(prefix=f"{NAME}-{os.getpid()}-"))
        self.group = ControlGroup.make(self.limits)
        self.process: subprocess.Popen | None = None
        try:
            self._start()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *exception) -> None:
        self.close()

    @property
    def in_force(self) -> dict:
        """What a student's code runs under, for the report."""
        by = "by control group" if self.group.limits_memory else "address space of each process; the sum is watched"
        return {
            "sandbox": self.kind,
            "seconds": self.limits.seconds,
            "cpu_seconds": self.limits.cpu_seconds,
            "memory": f"{self.limits.memory >> 20} MiB ({by})",
            "processes": self._processes(),
            "system calls": "filtered"
            if self.filtered
            else f"no filter, since it is not written for {os.uname().machine}",
            "control groups": list(self.group.in_force),
        } | self.versions

    def _processes(self) -> str:
        if self.group.limits_processes:
            return f"{self.limits.processes} by control group"
        return "no limit, since root grades and control groups can't be made" if os.getuid() == 0 else "by rlimit"

    def _start(self) -> None:
        bundle = self.folder / "bundle"
        if not bundle.exists():
            make_bundle(bundle)
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        isolated = self.kind == BUBBLEWRAP
        scratch = "/scratch" if isolated else str(self.folder / "scratch")
        options = {
            "isolated": isolated,
            "scratch": scratch,
            "limits": self.limits.child(),
            "imports": self.imports,
            "watch": not self.group.limits_memory,
        }
        place = INSIDE if isolated else str(bundle)
        program = (
            f"import sys; sys.path.insert(0, {place!r}); from dt_helpers.grading.sandbox.inside.server import main; "
        )
        program += f"main({theirs.fileno()}, {options!r})"
        python = [view.executable() if isolated else sys.executable, "-I", "-c", program]
        with theirs, open(self.folder / "log", "wb") as log:
            self.process = subprocess.Popen(
                self.group.around(bubblewrap(bundle) + python if isolated else python),
                cwd="/" if isolated else self.folder,
                env=os.environ if isolated else environment() | {"HOME": scratch},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        self.group.entered(self.process.pid)
        try:
            ready = self._answer()
            self.versions, self.filtered = ready["versions"], ready["filtered"]
        except Disturbed as disturbed:
            said = (self.folder / "log").read_text(errors="replace")[-2000:]
            raise RuntimeError(f"The sandbox did not start: {disturbed}\n{said}") from None

    def close(self) -> None:
        """Ends the server and all that it runs."""
        self._stop()
        self.group.remove()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _stop(self) -> None:
        if self.process:
            self.control.close()
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    @contextlib.contextmanager
    def session(self) -> Iterator[Session]:
        """A fresh process in the sandbox, gone when the block ends. Raises Disturbed where none can be had."""
        with self._connection() as connection:
            session = Session(connection, self)
            try:
                yield session
            finally:
                session.end()

    def _connection(self) -> socket.socket:
        """With a new process. A server that died is started anew; where the machine has no room, it is tried again."""
        pauses = iter(PAUSES)
        while True:
            try:
                if self.process is None:
                    self._start()
                return self._fork()
            except (Disturbed, RuntimeError, OSError) as problem:
                if (pause := next(pauses, None)) is None:
                    raise Disturbed(f"the sandbox could not make a process: {problem}") from None
            time.sleep(pause)

    def _fork(self) -> socket.socket:
        """Our end of a connection with a new process that is ready; raises Disturbed."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            with theirs:
                if problem := self._ask(b"fork", [theirs.fileno()]).get("problem"):
                    raise Disturbed(problem)
            ours.settimeout(START_SECONDS)
            wire.receive(ours)  # until it says that it is ready, nothing that a student wrote has run
        except wire.Closed:
            ours.close()
            raise Disturbed(f"it ended with {self.kill(waiting=True)} before it was ready") from None
        except BaseException:
            ours.close()
            raise
        return ours

    def kill(self, waiting: bool = False) -> dict:
        """Ends the process that runs and answers how it ended; `waiting`: one that is ending by itself has the time."""
        try:
            return self._ask(b"wait" if waiting else b"kill")
        except Disturbed:
            return {"server": True}

    def look(self) -> tuple[float, float, bool]:
        """What the clocks of the process that runs say; see `isolation.clocks`."""
        ran, waited, active = self._ask(b"look")["clocks"]
        return ran, waited, active

    def _ask(self, request: bytes, descriptors: Sequence[int] = ()) -> dict:
        """Raises Disturbed when the server is gone."""
        if self.process is None:
            raise Disturbed("the server ended")
        try:
            socket.send_fds(self.control, [request], descriptors)
        except OSError as error:
            self._stop()
            raise Disturbed(f"the server ended ({error})") from None
        return self._answer()

    def _answer(self) -> dict:
        self.control.settimeout(START_SECONDS)
        try:
            text = self.control.recv(1 << 16)
        except OSError as error:
            text, problem = b"", f"no answer from the server ({error})"
        else:
            problem = "the server ended"
        if not text:
            self._stop()  # an answer that came later would be taken for that to the next request
            raise Disturbed(problem)
        return json.loads(text)


def make_bundle(folder: Path) -> None:
    """The modules that run in the sandbox, and transformers' model without the part that is the exercise."""
    for pattern in BUNDLE:
        for source in PACKAGE.glob(f"{pattern}.py"):
            copy = folder / PACKAGE.name / source.relative_to(PACKAGE)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copy)
    for copied in {parent for copy in folder.rglob("*.py") for parent in copy.relative_to(folder).parents[:-1]}:
        (folder / copied / "__init__.py").touch()
    (folder / masks.CUT).write_text(masks.without_the_model(), encoding="utf-8")
    (folder / view.SETTINGS).write_text(view.settings(), encoding="utf-8")
