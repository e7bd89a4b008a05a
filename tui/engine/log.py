"""What the engine's library logs: onto the engine's log, and to whoever has to say why it refused."""

import contextlib
import sys
from collections.abc import Generator

_DEBUG, _INFO, _CONTINUED = 1, 2, 5
"""ggml.h's levels; debug lines are too many for a log that people read."""

_lines: list[str] | None = None
_unlogged: frozenset[int] = frozenset({_DEBUG})
"""Levels that do not reach the log."""


def receive_log(level: int, text: str) -> None:
    """Take what the library says, a piece that may end in the middle of a line."""
    if _lines is not None:
        _lines.append(text)
    if level not in _unlogged:
        sys.stderr.write(text)


@contextlib.contextmanager
def captured_log() -> Generator[list[str]]:
    """What the engine logs inside the block, as pieces that may end in the middle of a line."""
    global _lines
    _lines = []
    try:
        yield _lines
    finally:
        _lines = None


def log_warnings_only() -> None:
    """From now on log warnings and errors; a hundred dry runs tell the same story a hundred times."""
    global _unlogged
    _unlogged = frozenset({_DEBUG, _INFO, _CONTINUED})


def last_error(log: list[str]) -> str:
    """The line of the engine's log that tells why it refused."""
    lines = [line.strip() for line in "".join(log).splitlines() if line.strip()]
    telling = [line for line in lines if "error" in line.lower() or "fail" in line.lower()]
    return (telling or lines or ["the engine gave no reason"])[0]
