"""Waiting for a condition instead of a time."""

import asyncio
import time
from collections.abc import Callable

PATIENCE_SECONDS = 90
"""Long enough for a slow machine; a test that waits this long has failed."""


async def until(condition: Callable[[], object], description: str = "the condition") -> None:
    """Let the program run until something is so.

    Raises:
        TimeoutError: it never was.
    """
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"{description} did not come about")
        await asyncio.sleep(0.02)


def wait_for(condition: Callable[[], object], description: str = "the condition") -> None:
    """Let other threads and processes run until something is so.

    Raises:
        TimeoutError: it never was.
    """
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"{description} did not come about")
        time.sleep(0.01)
