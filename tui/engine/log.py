"""Log of the engine's library: written to the engine's log, and captured to explain a refusal."""

import contextlib
import sys
from collections.abc import Generator

_DEBUG, _INFO, _CONTINUED = 1, 2, 5
"""Levels of ggml.h; debug lines are too many for a log that people read."""

_lines: list[str] | None = None
_unlogged: frozenset[int] = frozenset({_DEBUG})
"""Levels that do not reach the log."""


def receive_log(level: int, text: str) -> None:
    """Receive a piece of the library's log, which may end in the middle of a line."""
    if _lines is not None:
        _lines.append(text)
    if level not in _unlogged:
        sys.stderr.write(text)


@contextlib.contextmanager
def captured_log() -> Generator[list[str]]:
    """Capture the log inside the block, as pieces that may end in the middle of a line."""
    global _lines
    _lines = []
    try:
        yield _lines
    finally:
        _lines = None


def log_warnings_only() -> None:
    """Log only warnings and errors from now on; a hundred dry runs would log the same lines each time."""
    global _unlogged
    _unlogged = frozenset({_DEBUG, _INFO, _CONTINUED})


def last_error(log: list[str]) -> str:
    """Return the line of the engine's log that explains a refusal."""
    lines = [line.strip() for line in "".join(log).splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower() or "fail" in line.lower()]
    return (errors or lines or ["the engine gave no reason"])[0]
