"""Search for a regular expression with a limit of time, in a process of its own.

Some patterns take longer than the age of the universe for a text of forty letters, and Python cannot
interrupt a search. A process can be ended.
"""

import json
import re
import subprocess
import sys

LONGEST_PATTERN = 1_000
"""Characters."""
_SECONDS = 10.0
"""Time for one search: one that ends takes thousandths of a second, its process up to a second to start."""
_PROGRAM = (
    "import json, re, sys\n"
    "pattern, text = json.loads(sys.stdin.buffer.read())\n"
    "sys.stdout.write('1' if re.search(pattern, text, re.MULTILINE) else '0')\n"
)


class PatternTooSlowError(Exception):
    """The search did not end in time."""


def pattern_mistake(pattern: str) -> str | None:
    """Return the mistake in a pattern, in the words of Python's `re`; None for none."""
    try:
        re.compile(pattern, re.MULTILINE)
    except (re.error, OverflowError, RecursionError) as error:
        return str(error)
    return None


def has_pattern(pattern: str, text: str, *, seconds: float = _SECONDS) -> bool:
    """Return True if a pattern is somewhere in a text; `^` and `$` stand for ends of lines.

    Raises:
        PatternTooSlowError: the search did not end in time, or its process could not be started.
    """
    try:
        search = subprocess.run(
            [sys.executable, "-I", "-S", "-c", _PROGRAM],
            input=json.dumps([pattern, text]).encode(),
            capture_output=True,
            timeout=seconds,
            check=True,
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError, OSError) as error:
        raise PatternTooSlowError from error
    return search.stdout == b"1"
