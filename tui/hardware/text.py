"""Small texts of the system parsed, and its errors in words."""

import errno


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
