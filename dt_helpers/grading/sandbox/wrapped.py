"""The command line of bubblewrap: what a program in it sees, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

from dt_helpers.grading.sandbox import view

INSIDE = "/course"  # where the bundle is, seen from within


def bubblewrap(bundle: Path) -> list[str]:
    """The command line before the program to run: what the program sees, and nothing else."""
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
    """The server's environment variables, except for where Python is."""
    one_thread = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": "/scratch",
        "LANG": "C.UTF-8",
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_VERBOSITY": "error",
        "PYTHONDONTWRITEBYTECODE": "1",
    } | dict.fromkeys(one_thread, "1")
