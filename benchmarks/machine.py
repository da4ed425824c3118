"""One line about the machine that figures were measured on."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

from dt_helpers.machine.hardware import usable_cores


def describe() -> str:
    """Processor, usable cores, memory, and the versions that matter."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("torch", "transformers", "gymnasium", "mujoco"))
    return f"{_processor()}, {usable_cores()} cores{_memory()}; Python {platform.python_version()}, {packages}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def _memory() -> str:
    try:
        return f", {os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"
    except (AttributeError, ValueError, OSError):
        return ""
