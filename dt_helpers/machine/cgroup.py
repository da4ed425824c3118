"""The share of the processors that a control group (a container's, a JupyterHub user's, a job's) allows this process.

A limit such as ``docker run --cpus=2`` hides no processors: it stops all threads for the rest of each tenth of a second
in which they have used up their share. So counting processors is not enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path


def cpu_quota(proc: Path = Path("/proc/self")) -> float | None:
    """Number of processors that this process may keep busy, such as 0.5; None without a limit, or if it can't be read.

    The lowest limit of the process's group and of all visible groups above it. `proc` has the files ``cgroup`` and
    ``mountinfo``, see cgroups(7) and proc_pid_mountinfo(5). Version 2 has the limit in ``cpu.max``
    (https://docs.kernel.org/admin-guide/cgroup-v2.html), version 1 in ``cpu.cfs_quota_us`` and ``cpu.cfs_period_us``
    (https://docs.kernel.org/scheduler/sched-bwc.html).
    """
    limits = [limit for folder in _groups(proc) for read in (_version_2, _version_1) if (limit := read(folder))]
    return min(limits, default=None)


def _groups(proc: Path) -> Iterator[Path]:
    """The folders of the groups that limit processors, from the process's own upwards."""
    try:
        paths = dict(line.split(":", 2)[1:] for line in (proc / "cgroup").read_text(encoding="utf-8").splitlines())
        mounts = [line.split() for line in (proc / "mountinfo").read_text(encoding="utf-8").splitlines()]
    except (OSError, ValueError):
        return
    for fields in mounts:
        if "-" not in fields[5:]:
            continue
        root, mounted = (_unescaped(field) for field in fields[3:5])
        system, options = fields[fields.index("-", 5) + 1], fields[-1]
        for controllers, path in paths.items():
            of_version_1 = system == "cgroup" and "cpu" in options.split(",") and "cpu" in controllers.split(",")
            if of_version_1 or (system == "cgroup2" and not controllers):
                top = Path(mounted)
                own = top / Path(path).relative_to(root) if Path(path).is_relative_to(root) else top
                yield from (folder for folder in (own, *own.parents) if folder.is_relative_to(top))


def _unescaped(field: str) -> str:
    """A path of ``mountinfo``, which writes a space as \\040."""
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), field)


def _version_2(folder: Path) -> float | None:
    try:
        quota, period = (folder / "cpu.max").read_text(encoding="utf-8").split()
        return float(quota) / float(period) if quota != "max" else None
    except (OSError, ValueError, ZeroDivisionError):
        return None


def _version_1(folder: Path) -> float | None:
    try:
        quota, period = (
            float((folder / f"cpu.cfs_{name}_us").read_text(encoding="utf-8")) for name in ("quota", "period")
        )
        return quota / period if quota > 0 else None  # -1: no limit
    except (OSError, ValueError, ZeroDivisionError):
        return None
