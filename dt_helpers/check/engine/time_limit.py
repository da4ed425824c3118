"""Stops loops that never end: `TookTooLong` is raised in the thread that runs them, on every platform.

Signals would work on Unix only, and in the main thread only. An exception that another thread puts into this one
arrives with the next line of Python, also inside a loop; a single call of C that waits (`time.sleep(1e9)`) is
interrupted as by Ctrl-C.
"""

import _thread
import contextlib
import ctypes
import signal
import threading
import time
from collections.abc import Callable
from typing import TypeVar

AGAIN = 0.5  # seconds after which code that caught the exception and went on gets it again
WAITING = 3  # times after which what runs seems to be a call of C that waits, not Python


Result = TypeVar("Result")


class TookTooLong(BaseException):
    """Not an `Exception`, so that `except Exception` in a loop does not swallow it."""


def within(seconds: float, work: Callable[[], Result]) -> Result:
    """What `work()` returns; `TookTooLong` is raised inside it if it takes longer.

    No context manager: of one, the exception could stop the method that ends it before its first line.
    """
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
    before = _let_interrupt()
    try:
        return work()
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
            with contextlib.suppress(KeyboardInterrupt):  # which is still on its way if something else was quicker
                time.sleep(0.05)
        if before is not None:
            signal.signal(signal.SIGINT, before)


def _let_interrupt() -> signal.Handlers | None:
    """Has what Ctrl-C sends raise KeyboardInterrupt in the main thread, also where a shell that put this process into
    the background has it ignored (`nohup`, `&` in a script). The handler to go back to; None where nothing changed."""
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not isinstance(before, signal.Handlers):
        return None
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return before


def _put(thread: int, error: type[BaseException]) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(error))


def _receive(thread: int) -> None:
    """Returns when no exception is on its way into this thread.

    What is on its way has to arrive. CPython can take it back, but keeps looking for it, which slows down every loop
    from then on, and never ends under Python 3.11 where the thread is traced, for example by a debugger.
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
        assert thread is not None  # it is running
        signal.pthread_kill(thread, signal.SIGINT)
    else:
        _thread.interrupt_main()
