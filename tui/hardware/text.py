"""Small text files of the system, read and parsed."""

import errno
from pathlib import Path


def read_text(path: Path) -> str:
    """The text of a small system file; bytes that are not UTF-8 are replaced.

    Raises:
        OSError: the file is missing, not permitted, or the driver behind it does not answer.
    """
    return path.read_bytes().decode("utf-8", "replace")


def read_optional(path: Path) -> str | None:
    """The text of a system file, stripped; None when it cannot be read for any reason."""
    try:
        return read_text(path).strip()
    except OSError:
        return None


def whole(text: str | None) -> int | None:
    """A decimal or 0x number as an int; None for anything else."""
    if text is None:
        return None
    try:
        return int(text, 16) if text.startswith("0x") else int(text)
    except ValueError:
        return None


def why(error: OSError, what: str) -> str:
    """Why a file could not be read, in words: `what` names its content, as in `GPU power`."""
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"{what} is not open to this user; it needs more rights"
    if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ENODEV):
        return f"{what} is not reported by this driver or kernel"
    if error.errno == errno.EBUSY:
        return f"{what} is busy just now; it is tried again"
    return f"{what} could not be read ({error.strerror or type(error).__name__})"


def parse_range_list(text: str) -> frozenset[int]:
    """CPU numbers as the kernel lists them: `0-3,8` is 0, 1, 2, 3, 8; senseless parts are skipped."""
    numbers: set[int] = set()
    for part in text.strip().split(","):
        first, dash, last = part.partition("-")
        low, high = whole(first), whole(last if dash else first)
        # No machine has 65536 CPUs; the bound keeps a garbled file from filling memory.
        if low is not None and high is not None and 0 <= low <= high < 65536:
            numbers.update(range(low, high + 1))
    return frozenset(numbers)
