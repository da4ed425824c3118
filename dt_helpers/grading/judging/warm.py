"""Imported by the process that this machine's workers are forked from, so that one process imports for all.

A worker runs one submission at a time, so it has one thread; libraries read that when they are loaded.
"""

import gc
import os
import signal

signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the grader, which then ends its workers

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
gc.disable()  # while importing, as in `inside.server`

from dask import distributed  # noqa: E402, F401

from dt_helpers.grading.judging import verdicts, worker  # noqa: E402, F401
from dt_helpers.grading.sandbox import view  # noqa: E402

view.hidden()  # computed once for all workers

gc.enable()
gc.freeze()
