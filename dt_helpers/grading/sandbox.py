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
import site
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import dt_helpers
from dt_helpers.authoring import CourseError
from dt_helpers.grading import library
from dt_helpers.grading.inside import wire
from dt_helpers.grading.limits import NAME, ControlGroup, Limits, stale

BUBBLEWRAP, LIMITS = "bubblewrap", "limits"
BUNDLE = ("check/answers", "check/calling", "check/exercise", "check/watching", "grading/inside/*")
START_SECONDS = 300  # for imports on a machine that is busy
PACKAGE = Path(dt_helpers.__file__).parent
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


class Stopped(BaseException):
    """The sandboxed process is no longer there, for the reason given; not an `Exception`, so that a check that takes
    exceptions for the student's lets it through."""


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
        (Path(folder) / library.CUT).touch()
        command = [*bubblewrap(Path(folder)), sys.executable, "-I", "-c", "pass"]
        tried = subprocess.run(command, capture_output=True, text=True, timeout=60)
    if tried.returncode:
        said = tried.stderr.strip().splitlines() or [f"it ended with code {tried.returncode}"]
        raise SandboxUnavailable(MISSING.format(problem=f"the one on this machine does not work:\n  {said[-1]}"))


def bubblewrap(bundle: Path) -> list[str]:
    """The command line up to the program that shall run: what it sees, and that it sees nothing else."""
    options = ["--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--hostname", "sandbox"]
    options += [
        "--cap-drop",
        "ALL",
        "--cap-add",
        "CAP_SYS_ADMIN",
        "--cap-add",
        "CAP_SETPCAP",
        "--uid",
        "0",
        "--gid",
        "0",
    ]
    for name, value in environment(INSIDE).items():
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
    places = _python_places()
    for place in places:
        options += ["--ro-bind", place, place]
    for hidden, instead in library.hidden(places):
        options += ["--ro-bind", str(bundle / instead), hidden] if instead else ["--tmpfs", hidden]
    return ["bwrap", *options, "--ro-bind", str(bundle), INSIDE, "--remount-ro", "/", "--chdir", "/", "--"]


def environment(bundle: str) -> dict[str, str]:
    """All that the server's environment has in it."""
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
        self._start()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *exception) -> None:
        self.close()

    @property
    def in_force(self) -> dict:
        """What a student's code runs under, for the report."""
        memory = "memory by control group" if any("memory" in one for one in self.group.in_force) else "address space"
        return {
            "sandbox": self.kind,
            "seconds": self.limits.seconds,
            "cpu_seconds": self.limits.cpu_seconds,
            "memory": f"{self.limits.memory >> 20} MiB ({memory})",
            "processes": self._processes(),
            "control groups": list(self.group.in_force),
        } | self.versions

    def _processes(self) -> str:
        if any("pids" in one for one in self.group.in_force):
            return f"{self.limits.processes} by control group"
        return "no limit, since root grades and control groups can't be made" if os.getuid() == 0 else "by rlimit"

    def _start(self) -> None:
        bundle = self.folder / "bundle"
        if not bundle.exists():
            make_bundle(bundle)
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        isolated = self.kind == BUBBLEWRAP
        options = {
            "isolated": isolated,
            "scratch": "/scratch" if isolated else str(self.folder / "scratch"),
            "limits": self.limits.child(),
            "imports": self.imports,
        }
        place = INSIDE if isolated else str(bundle)
        program = f"import sys; sys.path.insert(0, {place!r}); from dt_helpers.grading.inside.server import main; "
        program += f"main({theirs.fileno()}, {options!r})"
        python = [sys.executable, "-I", "-c", program]
        with theirs, open(self.folder / "log", "wb") as log:
            self.process = subprocess.Popen(
                self.group.around(bubblewrap(bundle) + python if isolated else python),
                cwd="/" if isolated else self.folder,
                env=os.environ if isolated else environment(place) | {"HOME": options["scratch"]},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        try:
            self.versions = self._answer(START_SECONDS)["versions"]
        except Stopped as stopped:
            said = (self.folder / "log").read_text(errors="replace")[-2000:]
            self.close()
            raise RuntimeError(f"The sandbox did not start: {stopped}\n{said}") from None

    def close(self) -> None:
        """Ends the server and all that it runs."""
        self._stop()
        self.group.remove()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _stop(self) -> None:
        self.control.close()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    @contextlib.contextmanager
    def session(self) -> Iterator[Session]:
        """A fresh process in the sandbox, gone when the block ends. A server that died is started anew first."""
        try:
            connection = self._fork()
        except (OSError, Stopped):
            self._stop()
            self._start()
            connection = self._fork()
        with connection:
            session = Session(connection, self)
            try:
                yield session
            finally:
                session.end()

    def _fork(self) -> socket.socket:
        """Our end of a connection with a new process; raises OSError or Stopped when the server is gone."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            with theirs:
                socket.send_fds(self.control, [b"fork"], [theirs.fileno()])
            if problem := self._answer().get("problem"):
                raise RuntimeError(f"The sandbox could not make a process: {problem}")
        except BaseException:
            ours.close()
            raise
        return ours

    def kill(self) -> dict:
        """Ends the process that runs and answers how it ended."""
        with contextlib.suppress(OSError, Stopped):
            self.control.sendall(b"kill")
            return self._answer()
        return {"server": True}

    def _answer(self, seconds: float = 30) -> dict:
        self.control.settimeout(seconds)
        try:
            text = self.control.recv(1 << 16)
        except OSError as error:
            raise Stopped(f"no answer from the server ({error})") from None
        if not text:
            raise Stopped("the server ended")
        return json.loads(text)


class Session:
    """A conversation with one process in the sandbox, which may last as long as the limits say."""

    def __init__(self, connection: socket.socket, sandbox: Sandbox):
        self.connection, self.sandbox = connection, sandbox
        self.deadline = time.monotonic() + sandbox.limits.seconds
        self.ended: dict | None = None

    def ask(self, request: dict, arrays: wire.Arrays | None = None) -> tuple[dict, bytes]:
        """The answer and its arrays. Raises Stopped, with the reason, when no answer can come any more."""
        try:
            wire.send(self.connection, request, arrays, self.deadline)
            return wire.receive(self.connection, self.deadline)
        except wire.Late:
            self.end()
            raise Stopped(f"ran for more than {self.sandbox.limits.seconds:.0f} seconds and was stopped") from None
        except wire.Closed:
            raise Stopped(self._why_it_ended()) from None
        except wire.WireError as problem:
            raise Stopped(f"sent back what can't be read: {problem}") from None

    def end(self) -> None:
        if self.ended is None:
            self.ended = self.sandbox.kill()

    def _why_it_ended(self) -> str:
        limits = self.sandbox.limits
        time.sleep(0.05)  # the socket closes a moment before the process is gone
        self.end()
        if self.ended.get("seconds", 0) >= 0.8 * limits.cpu_seconds:
            return f"took more than {limits.cpu_seconds} seconds of the processor and was stopped"
        if self.ended.get("server") or self.ended.get("signal") == signal.SIGKILL:
            return f"was stopped, most likely since it wanted more than {limits.memory >> 20} MiB of memory"
        if self.ended.get("signal"):
            return f"crashed Python ({signal.Signals(self.ended['signal']).name})"
        return "ended the Python that it ran in"


def in_view(path: Path) -> str | None:
    """The folder that the sandbox shows and that holds `path`; None, as it should be, if there is none."""
    real = os.path.realpath(path)
    return next((place for place in ["/usr", *_python_places()] if library.is_in(real, [place])), None)


def make_bundle(folder: Path) -> None:
    """The modules that run in the sandbox, and transformers' model without the part that is the exercise."""
    for pattern in BUNDLE:
        for source in PACKAGE.glob(f"{pattern}.py"):
            copy = folder / PACKAGE.name / source.relative_to(PACKAGE)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copy)
    for package in ("", "check", "grading"):
        (folder / PACKAGE.name / package / "__init__.py").touch()
    (folder / library.CUT).write_text(library.without_the_model(), encoding="utf-8")


def _python_places() -> list[str]:
    """The folders that Python and its packages are in, other than below /usr."""
    wanted = [sys.prefix, sys.base_prefix, *site.getsitepackages()]
    places = []
    for place in sorted({os.path.realpath(path) for path in wanted} | set(wanted)):
        if not library.is_in(place, ["/usr", *places]) and os.path.isdir(place):
            places.append(place)
    return places
