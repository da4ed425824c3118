"""A warm server in a sandbox, which forks one process for each exercise.

With bubblewrap: no network, a read-only file system except for an empty scratch folder, none of the course's files but
the few modules of `BUNDLE`, and its own processes, users and memory. `limits` instead of `bubblewrap` only limits time,
memory and files.
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
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

from dt_helpers.authoring import CourseError
from dt_helpers.grading.sandbox import masks, view
from dt_helpers.grading.sandbox.inside import wire
from dt_helpers.grading.sandbox.limits import NAME, ControlGroup, Limits, stale
from dt_helpers.grading.sandbox.session import Disturbed, Session
from dt_helpers.grading.sandbox.view import PACKAGE
from dt_helpers.grading.sandbox.wrapped import INSIDE, bubblewrap, environment

BUBBLEWRAP, LIMITS = "bubblewrap", "limits"
BUNDLE = (
    *(f"check/engine/{module}" for module in ("answers", "calling", "exercise", "faces")),
    "check/whole_model/watching",
    "grading/sandbox/inside/*",
)
START_SECONDS = 1800  # for imports, and for any answer of the server: even a busy machine is quicker
PAUSES = (0.1, 0.3, 1, 2, 4, 8, 16)  # seconds between attempts on a machine that has no room for a process

MISSING = """\
Grading runs the students' code, so it needs bubblewrap to isolate that code; {problem}
  Debian, Ubuntu:  sudo apt install bubblewrap
  Fedora:          sudo dnf install bubblewrap
  Arch:            sudo pacman -S bubblewrap
On Ubuntu 24.04 and in Docker it has to be allowed first: docs/platforms.md. If you trust every student,
--sandbox limits grades without it: only time and memory are limited, and the code can reach all your files."""
ELSEWHERE = """\
Grading runs the students' code, isolated and limited by means that only Linux has: grade on a Linux machine or in a
container (with bubblewrap: sudo apt install bubblewrap). All other commands work here."""


class SandboxUnavailable(CourseError):
    """There is no working sandbox on this machine; the message says how to get one."""


def check(kind: str) -> None:
    """Raises SandboxUnavailable, saying how to install it, if the sandbox `kind` does not work."""
    if kind not in (BUBBLEWRAP, LIMITS):
        raise ValueError(f"There is no sandbox {kind!r}: use {BUBBLEWRAP} or {LIMITS}.")
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
        tried = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", timeout=START_SECONDS)
    if tried.returncode:
        said = tried.stderr.strip().splitlines() or [f"it ended with code {tried.returncode}"]
        raise SandboxUnavailable(MISSING.format(problem=f"the one on this machine does not work:\n  {said[-1]}"))


class Sandbox:
    """A server that is ready to fork. Use it in a `with` block, or `close` it.

    `imports` are lines that the server runs beforehand, so that each process doesn't have to.

    Raises SandboxUnavailable if bubblewrap is missing, RuntimeError if the server does not start.
    """

    def __init__(self, kind: str = BUBBLEWRAP, limits: Limits | None = None, imports: Sequence[str] = ()):
        check(kind)
        self.kind, self.limits, self.imports = kind, limits or Limits(), list(imports)
        for left in stale(Path(tempfile.gettempdir())):
            shutil.rmtree(left, ignore_errors=True)
        self.folder = Path(tempfile.mkdtemp(prefix=f"{NAME}-{os.getpid()}-"))
        self.group = ControlGroup.make(self.limits)
        self.process: subprocess.Popen | None = None
        self.asked, self.owner = 0, os.getpid()
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
        """The limits on a student's code, for the report."""
        by = "by control group" if self.group.limits_memory else "address space of each process; the sum is watched"
        return {
            "sandbox": self.kind,
            **({"account": self.limits.account} if self.limits.account else {}),
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
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        isolated = self.kind == BUBBLEWRAP
        scratch = "/scratch" if isolated else str(self._own_folder() / "scratch")
        options = {
            "isolated": isolated,
            "scratch": scratch,
            "account": [] if isolated else self._account(),
            "limits": self.limits.child(),
            "imports": self.imports,
            "exported": view.exported(),
            "watch": not self.group.limits_memory,
        }
        place = INSIDE if isolated else str(bundle)
        start = f"from dt_helpers.grading.sandbox.inside.server import main; main({theirs.fileno()}, {options!r})"
        program = f"import sys; sys.path.insert(0, {place!r}); {start}"
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
            ready = self._answer(0)
            self.versions, self.filtered = ready["versions"], ready["filtered"]
        except Disturbed as disturbed:
            said = (self.folder / "log").read_text(encoding="utf-8", errors="replace")[-2000:]
            raise RuntimeError(f"The sandbox did not start: {disturbed}\n{said}") from None

    def _account(self) -> list[int]:
        """User and group of the account, if one is named; raises SandboxUnavailable for an unknown one."""
        if not self.limits.account:
            return []
        import pwd  # Windows has none

        try:
            entry = pwd.getpwnam(self.limits.account)
        except KeyError:
            raise SandboxUnavailable(f"There is no account {self.limits.account} on this machine.") from None
        return [entry.pw_uid, entry.pw_gid]

    def _own_folder(self) -> Path:
        """The folder that students' code may write to; for another account, in one that it may pass through."""
        folder = self.folder / "own"
        folder.mkdir(exist_ok=True)
        if account := self._account():
            self.folder.chmod(0o711)
            os.chown(folder, *account)
        return folder

    def close(self) -> None:
        """End the server and everything that it runs."""
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
        """A fresh process in the sandbox, ended with the block. Raises Disturbed if there can be none."""
        with self._connection() as connection:
            session = Session(connection, self)
            try:
                yield session
            finally:
                session.end()

    def _connection(self) -> socket.socket:
        """A connection with a new process. Restarts a dead server, and retries if the machine has no room."""
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
                self._ask("fork", [theirs.fileno()])
            ours.settimeout(START_SECONDS)
            wire.receive(ours)  # before it says that it is ready, no student's code has run
        except wire.Closed:
            ours.close()
            raise Disturbed(f"it ended with {self.kill(waiting=True)} before it was ready") from None
        except BaseException:
            ours.close()
            raise
        return ours

    def kill(self, waiting: bool = False) -> dict:
        """End the running process and return how it ended; `waiting`: give it time to end by itself."""
        try:
            return self._ask("wait" if waiting else "kill")
        except Disturbed:
            return {"server": True}

    def look(self) -> tuple[float, float, bool]:
        """The clocks of the running process; see `isolation.clocks`."""
        ran, waited, active = self._ask("look")["clocks"]
        return ran, waited, active

    def _ask(self, request: str, descriptors: Sequence[int] = ()) -> dict:
        """Raises Disturbed if the server is gone, or can't do it."""
        if self.process is None:
            raise Disturbed("the server ended")
        if os.getpid() != self.owner:  # a copy of the grader would take answers from it
            raise Disturbed("another process has made this sandbox")
        self.asked += 1
        try:
            socket.send_fds(self.control, [f"{self.asked} {request}".encode()], descriptors)
        except OSError as error:
            self._stop()
            raise Disturbed(f"the server ended ({error})") from None
        answer = self._answer(self.asked)
        if "problem" in answer:
            raise Disturbed(answer["problem"])
        return answer

    def _answer(self, number: int) -> dict:
        """What the server says to the request of this number. One to an earlier request, whose asker was interrupted
        before it could read, is dropped."""
        self.control.settimeout(START_SECONDS)
        while True:
            try:
                text = self.control.recv(1 << 16)
            except OSError as error:
                text, problem = b"", f"no answer from the server ({error})"
            else:
                problem = "the server ended"
            if not text:
                self._stop()
                raise Disturbed(problem)
            answer = json.loads(text)
            if answer.pop("number") == number:
                return answer
            warnings.warn(f"dropped an answer of the sandbox's server: {text[:200]!r}", RuntimeWarning, stacklevel=2)


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
