"""An end to loops that have none: `TookTooLong` is raised in the thread that is at work, on every platform.

Signals would do on Unix only, and in the main thread only. An exception that another thread puts into this one arrives
with the next line of Python, so also in a loop; what waits in a single call of C (`time.sleep(1e9)`) is interrupted as
the keyboard would do it.
"""

import _thread
import contextlib
import ctypes
import signal
import threading
import time
from collections.abc import Iterator

AGAIN = 0.5  # seconds after which code that caught the exception and went on gets it once more
WAITING = 3  # times after which it seems to be no Python that runs, but a call of C that waits


class TookTooLong(BaseException):
    """No `Exception`, so that `except Exception` in a loop does not swallow it."""


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raises `TookTooLong` inside the `with` block if it is not left in time."""
    thread, lock = threading.get_ident(), threading.Lock()
    left, fired, interrupted = threading.Event(), threading.Event(), threading.Event()

    def watch() -> None:
        wait, times = seconds, 0
        while not left.wait(wait):
            with lock:
                if left.is_set():
                    return
                fired.set()
                _put(thread, TookTooLong)
                if times == WAITING and thread == threading.main_thread().ident:
                    interrupted.set()
                    _interrupt()
            wait, times = AGAIN, times + 1

    def leave() -> None:
        with lock:
            left.set()
        if fired.is_set():
            _receive(thread)

    threading.Thread(target=watch, name="time limit of a check", daemon=True).start()
    try:
        yield
    except KeyboardInterrupt:
        if fired.is_set():
            raise TookTooLong from None
        raise
    finally:
        while True:
            try:
                leave()
                break
            except (TookTooLong, KeyboardInterrupt):  # it arrived just now
                continue
        if interrupted.is_set():
            with contextlib.suppress(KeyboardInterrupt):  # which is on its way still, if something else was quicker
                time.sleep(0.05)


def _put(thread: int, error: type[BaseException]) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(error))


def _receive(thread: int) -> None:
    """Ends with nothing on its way into this thread.

    What is on its way has to arrive. CPython can take it back, but goes on looking for it, which slows every loop down
    from then on, and never ends under Python 3.11 where the thread is traced, as by a debugger.
    """
    try:
        _put(thread, TookTooLong)  # in place of what has not arrived yet
        while True:
            pass
    except TookTooLong:
        return


def _interrupt() -> None:
    """What Ctrl-C does, to end a call that waits."""
    if hasattr(signal, "pthread_kill"):
        thread = threading.main_thread().ident
        assert thread is not None  # it has begun
        signal.pthread_kill(thread, signal.SIGINT)
    else:
        _thread.interrupt_main()
