"""What the machine can do, where the course has to choose by it."""

from __future__ import annotations

import os
from functools import cache
from math import ceil
from typing import TYPE_CHECKING

from dt_helpers.machine.cgroup import cpu_quota

if TYPE_CHECKING:
    import torch


def usable_cores() -> int:
    """Processor cores that this process may keep busy, at least 1: `available_cores`, or the control group's share of
    them if that is less, rounded up (as joblib and Go do it: with 1.5 cores, two threads are quicker than one)."""
    quota = cpu_quota()
    return available_cores() if quota is None else min(available_cores(), ceil(quota))


def available_cores() -> int:
    """Processor cores that this process may run on, which may be fewer than the machine has: see `affine_cores`.

    From Python 3.13 what ``python -X cpu_count=…`` or ``PYTHON_CPU_COUNT`` says, if it says anything.
    """
    return os.process_cpu_count() or 1 if hasattr(os, "process_cpu_count") else affine_cores()


def affine_cores() -> int:
    """Processor cores that the system lets this process run on, as OpenMP counts them; where it has no affinity, all.

    Not by ``os.cpu_count``, which from Python 3.13 repeats what Python was told.
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
    """Ask glibc to keep what is freed for the next allocation, up to 1 GiB, where it would give it back to the system.

    A training step allocates the same sizes again and again, and each page that has to be fetched anew costs a page
    fault: 11,000 of them were a sixth of the step. Does nothing where the C library is another one.
    """
    import ctypes

    trim_threshold, mmap_threshold = -1, -3  # from malloc.h; by setting one, glibc stops moving both
    try:
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(mmap_threshold, 32 * 2**20)  # the most that it takes
        mallopt(trim_threshold, 2**30)
    except (OSError, AttributeError, TypeError):
        pass
