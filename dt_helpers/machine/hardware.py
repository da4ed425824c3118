"""What this machine's hardware can do, for the course to choose by."""

from __future__ import annotations

import os
from functools import cache
from math import ceil
from typing import TYPE_CHECKING

from dt_helpers.machine.cgroup import cpu_quota

if TYPE_CHECKING:
    import torch


def usable_cores() -> int:
    """Processor cores that this process may keep busy, at least 1: `available_cores`, or the control group's share if
    that is less, rounded up (as in joblib and Go: with 1.5 cores, two threads are quicker than one)."""
    quota = cpu_quota()
    return available_cores() if quota is None else min(available_cores(), ceil(quota))


def available_cores() -> int:
    """Processor cores that this process may run on, which may be fewer than the machine has: see `affine_cores`.

    From Python 3.13 on, ``python -X cpu_count=…`` or ``PYTHON_CPU_COUNT`` overrides it.
    """
    return os.process_cpu_count() or 1 if hasattr(os, "process_cpu_count") else affine_cores()


def affine_cores() -> int:
    """Processor cores that the system lets this process run on, as OpenMP counts them; without affinity, all.

    Not by ``os.cpu_count``, which ``PYTHON_CPU_COUNT`` overrides from Python 3.13 on.
    """
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.sysconf("SC_NPROCESSORS_ONLN") if hasattr(os, "sysconf") else os.cpu_count() or 1


def device() -> torch.device:
    """Where to train: the GPU (``cuda``, or ``mps`` on a Mac) if there is one, else the processor."""
    import torch

    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def has_bf16() -> bool:
    """Whether bfloat16 matrices are multiplied in hardware: by the GPU, or by a CPU with AVX-512 BF16 or AMX."""
    import torch

    if torch.cuda.is_available():
        return torch.cuda.is_bf16_supported(including_emulation=False)
    probes = (getattr(torch.cpu, name, None) for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"))
    return any(probe() for probe in probes if probe)


@cache
def keep_freed_memory() -> None:
    """Make glibc keep up to 1 GiB of freed memory for the next allocations, instead of returning it to the system.

    A training step allocates the same sizes again and again, and each page fetched again costs a page fault: 11,000 of
    them took a sixth of the step. Does nothing with another C library.
    """
    import ctypes

    trim_threshold, mmap_threshold = -1, -3  # from malloc.h; setting either one stops glibc from adjusting both
    try:
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(mmap_threshold, 32 * 2**20)  # the largest value allowed
        mallopt(trim_threshold, 2**30)
    except (OSError, AttributeError, TypeError):
        pass
