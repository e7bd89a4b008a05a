"""Ids of the processes that write replies, and a check that one still runs."""

import os
import secrets

import psutil

_CLOCK_TOLERANCE_SECONDS = 5.0
"""Start times this close are of the same process: clocks are set."""


def new_writer_id() -> str:
    """Return an id of this process that tells it from every other one, also one with its process id later.

    It is new each time, for a process may have more than one store.
    """
    return f"{os.getpid()}:{psutil.Process().create_time():.0f}:{secrets.token_hex(4)}"


def is_writer_running(writer: str) -> bool:
    """Return True while the process of a writer id runs."""
    try:
        pid, start, _token = writer.split(":")
        return abs(psutil.Process(int(pid)).create_time() - float(start)) < _CLOCK_TOLERANCE_SECONDS
    except (psutil.Error, ValueError, OverflowError):
        return False
