"""How many threads torch uses, and how they wait for each other. Importing this module does not import torch.

torch splits an operation among threads that meet again at its end, some thousand times per second in the course's
training. By default the first to finish wait by spinning: with GNU's OpenMP for some milliseconds, with Intel's and
LLVM's for 0.2 seconds. That is quick on an idle machine. As soon as anything else runs, a thread spins until the
scheduler resumes the other one, and two threads are ten times slower than one. The standard's
``OMP_WAIT_POLICY=passive`` makes them sleep, in each of these libraries: it sets ``GOMP_SPINCOUNT`` and
``KMP_BLOCKTIME`` to 0. But it is read only once, when the library is loaded, so `prepare` must run before torch is
imported: ``import dt_helpers`` calls it.

- https://gcc.gnu.org/onlinedocs/libgomp/GOMP_005fSPINCOUNT.html
- https://gcc.gnu.org/onlinedocs/libgomp/OMP_005fWAIT_005fPOLICY.html
- https://openmp.llvm.org/design/Runtimes.html (``KMP_BLOCKTIME``, ``KMP_LIBRARY``)
- https://docs.pytorch.org/docs/stable/notes/cpu_threading_torchscript_inference.html

A user's own settings are kept: any of these variables, ``OMP_NUM_THREADS``, ``MKL_NUM_THREADS``, and
``torch.set_num_threads`` after the course's first import of torch (before that, the number can't be distinguished from
torch's own, and is taken as the maximum).
"""

from __future__ import annotations

import os
import sys

from dt_helpers.machine.hardware import affine_cores, usable_cores

WAITING = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME", "KMP_LIBRARY")
NUMBER = ("OMP_NUM_THREADS", "MKL_NUM_THREADS")
OURS = "DT_OMP_NUM_THREADS"  # the OMP_NUM_THREADS that `prepare` set; inherited by child processes, not a user's choice

spinning = False  # whether torch's threads wait by spinning without a user having chosen that
_last: int | None = None  # torch's number when first read, or as last set here
_most: int | None = None


def prepare() -> None:
    """Set the variables that OpenMP reads when torch is loaded: wait by sleeping, no more threads than our share.

    OpenMP knows which processors it may use (affinity), but not the limit of a control group or ``PYTHON_CPU_COUNT``.
    If torch is already loaded, this is too late for this process, and `settle` takes care of it; child processes still
    benefit.
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
    """Note torch's current number of threads as its own choice: a different number later was set by a user."""
    import torch

    global _last
    if _last is None:
        _last = torch.get_num_threads()


def settle() -> int | None:
    """Before training or evaluation: set and return the maximum number of threads; None if a user chose the number.

    It is one if threads wait by spinning. On two idle cores that costs a fifth of the speed; two spinning threads
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
    """`torch.set_num_threads`, noted as set by the course."""
    import torch

    global _last
    if torch.get_num_threads() != number:
        torch.set_num_threads(number)
    _last = number


def number_is_chosen() -> bool:
    """Whether a user has set the number of threads by an environment variable."""
    chosen = {name: value for name in NUMBER if (value := os.environ.get(name))}
    if OURS in os.environ and chosen.get("OMP_NUM_THREADS") == os.environ[OURS]:
        del chosen["OMP_NUM_THREADS"]
    return bool(chosen)
