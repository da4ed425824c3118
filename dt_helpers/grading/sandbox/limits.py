"""What a student's code may use, and control groups that enforce it where this machine allows making them."""

from __future__ import annotations

import contextlib
import os
import secrets
import shlex
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

GROUPS = Path("/sys/fs/cgroup")
NAME = "dt-grading"
SYSTEMD_SECONDS = 20  # for systemd to answer
SERVER_MEMORY = 1 << 30  # bytes: the server itself, whose pages the children share


@dataclass(frozen=True)
class Limits:
    """For one exercise of one student. Neither the server's imports nor waiting for a processor count."""

    seconds: float = 60.0  # asleep, or waiting for anything but a processor
    cpu_seconds: int = 15  # CPU time of all threads and processes together: an honest answer takes a tenth of a second
    cell_seconds: int = 5  # CPU time for each cell above the check (training, videos); asleep, four times as long
    memory: int = 1 << 30  # bytes
    processes: int = 16
    file_size: int = 32 << 20  # bytes of one file, and of the scratch folder
    account: str = ""  # without bubblewrap, whose account it runs in; root grades. Empty: the grader's own

    @classmethod
    def with_cells_of(cls, seconds: int) -> Limits:
        """The usual limits, but that a cell may take these CPU seconds, and all cells together three times as long."""
        return cls(cell_seconds=seconds, cpu_seconds=max(cls.cpu_seconds, 3 * seconds))

    def child(self) -> dict:
        """The limits that the process sets for itself."""
        return {
            "cpu_seconds": self.cpu_seconds,
            "memory": self.memory,
            "file_size": self.file_size,
            "processes": self.processes,
        }


@dataclass
class ControlGroup:
    """A control group for one server and its children; `in_force` says what it limits, which may be nothing."""

    folders: list[Path] = field(default_factory=list)
    in_force: list[str] = field(default_factory=list)
    wrapper: list[str] = field(default_factory=list)  # of a command that systemd puts into its own group
    systemd: Path | None = None  # that group

    @classmethod
    def make(cls, limits: Limits, root: Path = GROUPS) -> ControlGroup:
        """Try version 2 of control groups, then version 1; without permission, ask the user's systemd for a group; if
        there is no systemd either, limit nothing."""
        group = cls()
        name = f"{NAME}-{os.getpid()}-{secrets.token_hex(4)}"
        memory, processes = str(limits.memory + SERVER_MEMORY), str(limits.processes + 8)
        if (root / "cgroup.controllers").is_file():
            parent = _own_group(root, "")
            group._try(parent / name, {"memory.max": memory, "memory.swap.max": "0", "pids.max": processes}, "2")
        else:
            group._try(_own_group(root / "memory", "memory") / name, {"memory.limit_in_bytes": memory}, "1")
            group._try(_own_group(root / "pids", "pids") / name, {"pids.max": processes}, "1")
        if not group.in_force:
            group._ask_systemd({"MemoryMax": memory, "MemorySwapMax": "0", "TasksMax": processes})
        return group

    @property
    def limits_memory(self) -> bool:
        return any("memory" in one for one in self.in_force)

    @property
    def limits_processes(self) -> bool:
        return any("pids" in one for one in self.in_force)

    def around(self, command: list[str]) -> list[str]:
        """The command, changed to first move itself into the group."""
        if not self.folders:
            return self.wrapper + command
        moves = [f"echo $$ > {shlex.quote(str(folder / 'cgroup.procs'))}" for folder in self.folders]
        return ["/bin/sh", "-c", " && ".join([*moves, 'exec "$@"']), "sh", *command]

    def entered(self, pid: int, root: Path = GROUPS) -> None:
        """Note that the command runs as this process."""
        if self.wrapper:
            self.systemd = _own_group(root, "", pid)

    def killed(self) -> int:
        """How many processes in the group the kernel killed for taking too much memory."""
        folders = [*self.folders, *filter(None, [self.systemd])]
        return sum(_counted(folder / name) for folder in folders for name in ("memory.events", "memory.oom_control"))

    def remove(self, patience: float = 2.0) -> None:
        """Wait until the group is empty, then remove it."""
        until = time.monotonic() + patience
        for folder in self.folders:
            while folder.exists() and time.monotonic() < until:
                with contextlib.suppress(OSError):
                    folder.rmdir()
                    break
                time.sleep(0.02)

    def _try(self, folder: Path, files: dict[str, str], version: str) -> None:
        made = []
        _sweep(folder.parent)
        with contextlib.suppress(OSError):
            folder.mkdir()
            for name, value in files.items():
                if (folder / name).exists():
                    (folder / name).write_text(value, encoding="utf-8")
                    made.append(name.partition(".")[0])
            if "memory" not in made and "pids" not in made:
                raise OSError
            self.folders.append(folder)
            self.in_force += [f"{what} by control group (v{version})" for what in dict.fromkeys(made)]
            return
        with contextlib.suppress(OSError):
            folder.rmdir()

    def _ask_systemd(self, properties: dict[str, str]) -> None:
        """A scope of the user's own systemd, for users who may not make control groups."""
        options = [part for name, value in properties.items() for part in ("-p", f"{name}={value}")]
        command = ["systemd-run", "--user", "--scope", "--quiet", "--collect", *options, "--"]
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            subprocess.run([*command, "true"], check=True, capture_output=True, timeout=SYSTEMD_SECONDS)
            self.wrapper = command
            self.in_force = ["memory by control group (systemd)", "pids by control group (systemd)"]


def _sweep(parent: Path) -> None:
    """Remove the groups of killed graders."""
    for folder in stale(parent):
        with contextlib.suppress(OSError):
            folder.rmdir()


def stale(parent: Path) -> list[Path]:
    """What graders that no longer run left in a folder; their process id is in the name."""
    found = []
    for path in parent.glob(f"{NAME}-*-*"):
        pid = path.name.split("-")[2]
        if pid.isdigit() and not Path("/proc", pid).exists():
            found.append(path)
    return found


def _counted(path: Path) -> int:
    """The number after `oom_kill` in a file of the kernel; 0 where there is none."""
    with contextlib.suppress(OSError):
        counts = dict(line.split()[:2] for line in path.read_text(encoding="utf-8").splitlines())
        return int(counts.get("oom_kill", 0))
    return 0


def _own_group(root: Path, controller: str, pid: int | str = "self") -> Path:
    """The group of this process, or another, under `root`."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/cgroup").read_text(encoding="utf-8").splitlines():
            _, names, path = line.split(":", 2)
            if controller in names.split(",") if controller else not names:
                inside = root / path.lstrip("/")
                return inside if inside.is_dir() else root
    return root
