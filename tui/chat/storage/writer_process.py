"""Ids of the processes that write replies, and a check that such a process still runs."""

import os
import secrets

import psutil

_CLOCK_TOLERANCE_SECONDS = 5.0
"""Greatest difference between start times of the same process, since clocks are adjusted."""


def new_writer_id() -> str:
    """Return an id of this process, which differs from that of a later process with the same process id.

    Each call returns another id, because a process may have several stores.
    """
    return f"{os.getpid()}:{psutil.Process().create_time():.0f}:{secrets.token_hex(4)}"


def is_writer_running(writer: str) -> bool:
    """Return True if the process of a writer id runs."""
    try:
        pid, start, _token = writer.split(":")
        return abs(psutil.Process(int(pid)).create_time() - float(start)) < _CLOCK_TOLERANCE_SECONDS
    except (psutil.Error, ValueError, OverflowError):
        return False
