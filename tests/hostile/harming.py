"""Harm to the gradebook, the course, classmates, the grader. The answer is right, so that it has to count."""

from tests.grading.course import POINTS

from .register import case, trying


def harm(name: str, body: str, points: float = POINTS, **options) -> None:
    case(1, name, points, context_window=trying(body), **options)


WRITE = """
import sqlite3
book = sqlite3.connect('@ROOT@/gradebook.db')
book.execute("update grade set points = 22 where student = 'me'")
book.execute("update grade set points = 0 where student != 'me'")
book.commit()
"""
harm("the gradebook written", WRITE)
harm(
    "the gradebook written by a process in the background",
    "import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', '''import time; time.sleep(1)" + WRITE + "'''])",
)
harm("the gradebook deleted", "import os\nos.remove('@ROOT@/gradebook.db')")
harm(
    "the course deleted",
    "import shutil\nfor top in ('@ROOT@', '/course', '/dev', '/scratch'): shutil.rmtree(top, ignore_errors=True)",
)
harm(
    "a classmate's work overwritten",
    "open('@ROOT@/submitted/000-honest/decision_transformer/06_replay.ipynb', 'w').close()",
)
harm("results forged", "open('@ROOT@/grading/results/me.json', 'w').write('{}')")
harm("the parent killed", "import os\nfor pid in (os.getppid(), 1, 2, 3, -1): os.kill(pid, 9)")
harm("the process group killed", "import os\nos.killpg(0, 15)\nos.killpg(os.getpgrp(), 9)")
DAEMON = """
import ctypes, os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        ctypes.CDLL(None).prctl(15, b'outlives', 0, 0, 0)
        time.sleep(600)
    os._exit(0)
"""
harm("a daemon that outlives", DAEMON)
harm("a network connection", "import socket\nsocket.create_connection(('127.0.0.1', @PORT@), 2).sendall(b'hello')")
harm(
    "files left for the next one",
    """
import os
library = os.path.dirname(os.__file__)
for folder in ('/tmp', '/dev', '/dev/shm', '/scratch', os.getcwd(), '/var/tmp', '/course', library):
    path = folder + '/left-behind'
    if os.path.exists(path): raise SystemExit
    try: open(path, 'w').write('x')
    except OSError: pass
""",
)
case(
    1,
    "files left by the exercise before",
    POINTS,
    context_window=trying("open('/tmp/left', 'w').write('x')\nopen('/dev/shm/left', 'w').write('x')"),
    next_target_return="""
import os
def next_target_return(target_return, reward, scale):
    assert not os.path.exists('/tmp/left') and not os.path.exists('/dev/shm/left') and not os.listdir('.')
    return target_return - reward / scale
""",
)
harm(
    "the server's memory written",
    """
import os
for pid in range(1, 50):
    try: open(f'/proc/{pid}/mem', 'r+b').write(b'0')
    except OSError: pass
""",
)
harm(
    "privileges asked for",
    """
import ctypes, os
libc = ctypes.CDLL(None)
libc.unshare(0x10000000)
libc.mount(b'tmpfs', b'/usr', b'tmpfs', 0, b'')
libc.umount2(b'/scratch', 2)
libc.setuid(0)
os.mknod('/tmp/disk', 0o60666, os.makedev(8, 0))
""",
)
harm("the disk filled", "with open('/tmp/much', 'wb') as file:\n    for _ in range(500): file.write(bytes(1 << 20))")
harm(
    "torch broken for all who come later",
    "import torch, numpy\ntorch.cat = torch.stack = torch.nn.Linear.forward = None\nnumpy.concatenate = None",
    points=POINTS - 2,  # itself included
)
