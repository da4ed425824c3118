"""How many threads torch computes with, and how these wait for each other. Importing this imports no torch.

torch splits an operation among threads that meet again at its end, some thousand times a second in the course's
trainings. By default those that are early wait by spinning: GNU's OpenMP for some milliseconds, Intel's and LLVM's for
0.2 seconds. That is quick on an idle machine. As soon as anything else runs, a thread spins until the scheduler lets
the other one go on, and two threads are ten times slower than one. The standard's ``OMP_WAIT_POLICY=passive`` makes
them sleep, with each of these libraries: it makes ``GOMP_SPINCOUNT`` and ``KMP_BLOCKTIME`` 0. But it is read once, when
the library is loaded, so that `prepare` has to run before torch is imported: ``import dt_helpers`` calls it.

- https://gcc.gnu.org/onlinedocs/libgomp/GOMP_005fSPINCOUNT.html
- https://gcc.gnu.org/onlinedocs/libgomp/OMP_005fWAIT_005fPOLICY.html
- https://openmp.llvm.org/design/Runtimes.html (``KMP_BLOCKTIME``, ``KMP_LIBRARY``)
- https://docs.pytorch.org/docs/stable/notes/cpu_threading_torchscript_inference.html

What a user has chosen stays: any of these variables, ``OMP_NUM_THREADS``, ``MKL_NUM_THREADS``, and
``torch.set_num_threads`` after the course's first import of torch (before it, the number is taken as the most that may
be used, since it can't be told from torch's own).
"""

from __future__ import annotations

import os
import sys

from dt_helpers.machine.hardware import affine_cores, usable_cores

WAITING = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME", "KMP_LIBRARY")
NUMBER = ("OMP_NUM_THREADS", "MKL_NUM_THREADS")
OURS = "DT_OMP_NUM_THREADS"  # what `prepare` set OMP_NUM_THREADS to: child processes inherit it, and it is no wish

spinning = False  # whether torch's threads wait by spinning, and nobody has asked for it
_last: int | None = None  # the number that torch had when it was first looked at, or that was last set here
_most: int | None = None


def prepare() -> None:
    """Set what OpenMP reads when torch is loaded: to wait asleep, and no more threads than this process's share.

    OpenMP sees for itself which processors it may use (affinity), but neither the limit of a control group nor what
    Python was told. If torch is there already, it comes too late for this process, which `settle` then sees to; child
    processes have it in time.
    """
    global spinning
    late = "torch" in sys.modules
    if not any(map(os.environ.get, WAITING)):
        spinning = late
        os.environ["OMP_WAIT_POLICY"] = "passive"
    if not any(map(os.environ.get, NUMBER)) and usable_cores() < affine_cores():
        os.environ["OMP_NUM_THREADS"] = os.environ[OURS] = str(usable_cores())
    if late:
        remember()


def remember() -> None:
    """Take torch's present number of threads for its own choice: what differs from it later, a user has set."""
    import torch

    global _last
    if _last is None:
        _last = torch.get_num_threads()


def settle() -> int | None:
    """Before a training or an evaluation: sets and returns the most threads that it may use; None if a user chose.

    Where threads wait by spinning it is one. On two idle cores that costs a fifth of the pace; two spinning threads
    alongside other work would cost nine tenths.
    """
    import torch

    global _most
    remember()
    if number_is_chosen() or torch.get_num_threads() != _last:
        return None
    if _most is None:
        _most = 1 if spinning else torch.get_num_threads()
    use(_most)
    return _most


def use(number: int) -> None:
    """`torch.set_num_threads`, remembered as ours."""
    import torch

    global _last
    if torch.get_num_threads() != number:
        torch.set_num_threads(number)
    _last = number


def number_is_chosen() -> bool:
    """Whether a user has set how many threads there are to be, by an environment variable."""
    chosen = {name: value for name in NUMBER if (value := os.environ.get(name))}
    if OURS in os.environ and chosen.get("OMP_NUM_THREADS") == os.environ[OURS]:
        del chosen["OMP_NUM_THREADS"]
    return bool(chosen)
