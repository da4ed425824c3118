"""Submissions that hurt themselves: they lose the exercise that does it, and nothing else."""

from tests.grading.course import POINTS

from .register import case, trying, window

LOST = POINTS - 2
TOO_LONG = "CPU seconds"


def own(name: str, body: str, answer: str = "sequence[-length:]", points: float = LOST, says: str = "") -> None:
    case(3, name, points, says=says, context_window=window(body, answer))


def cell(name: str, points: float, says: str = "", **texts: str) -> None:
    case(3, name, points, says=says, **texts)


own("os._exit", "import os\nos._exit(0)", says="ended")
own("exit()", "exit()")
own("sys.exit", "import sys\nsys.exit()")
own("input()", "input('your name?')", says="EOFError")
own("an endless loop", "while True: pass", says=TOO_LONG)
own("a sleep of an hour", "import time\ntime.sleep(3600)", says="did nothing for more than")
own(
    "an endless loop that can't be interrupted",
    """
import signal
for number in range(1, 65):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
while True:
    try:
        while True: pass
    except BaseException: pass
""",
    says=TOO_LONG,
)
own("an endless loop in C", "import re\nre.match(r'(a+)+$', 'a' * 60 + 'b')", says=TOO_LONG)
own("an endless sum in C", "sum(range(10**12))", says=TOO_LONG)
own(
    "an endless loop in a thread that is waited for",
    """
import threading
def spin():
    while True: pass
thread = threading.Thread(target=spin)
thread.start()
thread.join()
""",
    says=TOO_LONG,
)
own(
    "endless loops in processes, and a sleep",
    """
import os, time
for _ in range(3):
    if os.fork() == 0:
        while True: pass
time.sleep(3600)
""",
    says=TOO_LONG,
)
own("a connection closed, and a sleep", "import os, time\nos.closerange(3, 100)\ntime.sleep(3600)", says="closed its")
cell(
    "two processes that both answer, and right",
    POINTS,
    context_window=trying("import ctypes\nctypes.CDLL(None).fork()"),
)
cell(
    "processes until there is no room, each of which answers, and right",
    POINTS,
    context_window=trying("import os\nfor _ in range(100):\n    if os.fork() == 0: break"),
)
own(
    "10 million printed lines, and right",
    """
if not hasattr(context_window, 'said'):
    context_window.said = True
    print('line\\n' * 10_000_000)
""",
    points=POINTS,
)
own(
    "memory that grows slowly",
    "import time\nkeep = []\nwhile True:\n    keep.append(bytearray(1 << 23))\n    time.sleep(0.001)",
    says="context_window",  # which limit it meets first, memory's or time's, depends on what else the machine does
)
own("a memory bomb", "all = []\nwhile True: all.append(bytearray(1 << 26))")
own("a memory bomb in torch", "import torch\nkeep = [torch.ones(1 << 24) for _ in range(1000)]")
own("a fork bomb", "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass")
cell(
    "a bomb of threads, and right",
    POINTS,
    context_window=trying(
        """
import threading, time
for _ in range(10000): threading.Thread(target=time.sleep, args=(3,), daemon=True).start()
"""
    ),
)
own("a crash of Python", "import ctypes\nctypes.string_at(0)", says="crashed")
own("endless recursion", "return context_window(sequence, length)", says="RecursionError")
own(
    "endless recursion through C",
    """
import ctypes, sys
sys.setrecursionlimit(10**9)
deeper = ctypes.CFUNCTYPE(None)(lambda: deeper())
deeper()
""",
    says="crashed",
)
own("a result of 256 MB", "import torch", "torch.zeros(1 << 26)", says="gave back")
own("a result of a million parts", "", "[[0.0]] * 1_000_000", says="gave back")
own("a result that contains itself", "a = []\na.append(a)", "a", says="gave back")
own("a result of 60 dimensions", "import torch", "torch.zeros([1] * 60)", says="gave back")
own("an exception that can't be shown", "class Odd(Exception):\n    def __str__(self): raise Odd\nraise Odd", "0")
own("a generator without an end", "import itertools", "itertools.count()")
own("KeyboardInterrupt", "raise KeyboardInterrupt")
own("an exception of 10 MB", "raise ValueError('x' * 10_000_000)")
cell("a syntax error", LOST, "SyntaxError", context_window="def context_window(sequence, length):\n    return (\n")
cell("brackets 50 000 deep", LOST, context_window="context_window = " + "(" * 50_000)
cell(
    "an endless loop in the cell",
    LOST,
    "stopped",
    context_window="""
def forever():
    while True: pass

def context_window(sequence, length, forever=forever()):
    return sequence[-length:]
""",
)
cell(
    "another exercise's cell that exits",
    LOST,  # the model that is made of it is judged with a right one
    stack_inputs="def stack_inputs(r, s, a, now=__import__('os')._exit(0)):\n    pass\n",
)
