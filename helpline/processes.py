"""Processes that never outlive the one that started them, whatever signal that one gets."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_PR_SET_PDEATHSIG: Final = 1
"""`prctl(2)`: the signal this process gets when its parent ends. Kept by exec, not by fork."""
_PR_SET_NAME: Final = 15
_LINUX: Final = sys.platform == "linux"
_POLL_SECONDS: Final = 1.0

if _LINUX:
    # Looked up before any fork: a child between fork and exec should not load libraries.
    _LIBC = ctypes.CDLL(None, use_errno=True)


def at_birth() -> Callable[[], None]:
    """What a child runs between fork and exec (`preexec_fn`) so that it ends with its parent.

    Without it a parent that is killed leaves a server behind which holds the port, the socket and
    the data folder. SIGKILL, because only that one cannot be ignored or delayed; what a killed
    worker leaves undecided is found by the sweeper. Only Linux can do this for any program;
    elsewhere a child looks after itself with `end_with_parent`. The signal mask is emptied, so
    that a child can always be ended.
    """
    parent = os.getpid()

    def prepare() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        if _LINUX:
            _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it ended before we had asked
            os._exit(1)

    return prepare


def call_it(name: str) -> None:
    """Give this process a name of up to 15 letters that `ps -o comm` and `top` show (Linux)."""
    if _LINUX:
        _LIBC.prctl(_PR_SET_NAME, name.encode()[:15])


def end_with_parent() -> None:
    """End this process as soon as the one that started it has ended; call it once, early.

    For processes that somebody else forks (granian's), and where there is no `prctl`.
    """
    started_by = multiprocessing.parent_process()
    parent = os.getppid()
    if started_by is not None and started_by.pid != parent:
        os._exit(1)
    if _LINUX:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
        return
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_POLL_SECONDS)
    os._exit(1)


class CannotRun(Exception):
    """Something that must be there from the start is not. One line."""
