"""Identity of the process that writes a reply."""

import os
import secrets

import psutil

_SAME_START_SECONDS = 5.0
"""Within this, two accounts of when a process began are of the same one: clocks are set."""


def new_writer_id() -> str:
    """What tells this process from every other one of this machine, also from one with its id later on.

    Each time another text, for a process may have more than one store.
    """
    return f"{os.getpid()}:{psutil.Process().create_time():.0f}:{secrets.token_hex(4)}"


def is_writer_running(writer: str) -> bool:
    """True while the process that a `this_process` stands for has not ended."""
    try:
        pid, start, _token = writer.split(":")
        return abs(psutil.Process(int(pid)).create_time() - float(start)) < _SAME_START_SECONDS
    except (psutil.Error, ValueError, OverflowError):
        return False
