"""Numbers as text and back: bytes, rates, durations, energies and counts."""

import math
import re
import time

KIB = 1 << 10
MIB = 1 << 20
GIB = 1 << 30
TIB = 1 << 40

UNKNOWN = "n/a"
"""Stands for a value that cannot be read."""

_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b?\s*", re.IGNORECASE)
_TOKENS = re.compile(
    r"\s*(\d{1,12}(?:\.\d{1,6})?|\d{1,3}(?:[,_]\d{3}){1,3})\s*([km]?)\s*", re.IGNORECASE | re.ASCII
)
_TOKEN_FACTORS = {"": 1, "k": 1 << 10, "m": 1 << 20}
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}


def split_bytes(count: int | float) -> tuple[str, str]:
    """Split a number of bytes into (value, unit), in binary units, three digits: `("2.93", "GiB")`."""
    size = abs(count)
    for unit, factor in (("TiB", TIB), ("GiB", GIB), ("MiB", MIB), ("KiB", KIB)):
        # 999.5 of a unit would round to four digits, so the next one takes over there.
        if size >= factor * 999.5 / 1024:
            value = count / factor
            digits = 2 if abs(value) < 9.995 else 1 if abs(value) < 99.95 else 0
            return f"{value:.{digits}f}", unit
    return f"{count:.0f}", "B"


def format_bytes(count: int | float | None) -> str:
    """Format a number of bytes in binary units: `2.93 GiB`, `512 MiB`; `n/a` for None."""
    if count is None:
        return UNKNOWN
    value, unit = split_bytes(count)
    return f"{value} {unit}"


def format_rate(per_second: float | None) -> str:
    """Format tokens per second: `23.1 tok/s`; `n/a` for None."""
    if per_second is None:
        return UNKNOWN
    return f"{per_second:.1f} tok/s" if per_second < 99.95 else f"{per_second:.0f} tok/s"


def format_duration(seconds: float | None) -> str:
    """Format a duration in its unit: `40 ms`, `3.2 s`, `1 min 20 s`; `n/a` for None, infinity and NaN."""
    if seconds is None or not math.isfinite(seconds):
        return UNKNOWN
    if seconds < 0.0995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if seconds < 59.5:
        return f"{seconds:.0f} s"
    minutes, whole_seconds = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {whole_seconds} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min"


def format_clock(wall: float) -> str:
    """Format seconds since 1970 as the time of day in the user's zone: `21:14:05`."""
    return time.strftime("%H:%M:%S", time.localtime(wall))


def format_energy(joules: float | None, *, watt_hours: bool = False) -> str:
    """Format an energy: `8.4 J`, `1.25 kJ`, with watt-hours `54 J (15 mWh)`; `n/a` for None."""
    if joules is None:
        return UNKNOWN
    if joules < 999.5:
        text = f"{joules:.1f} J" if joules < 9.95 else f"{joules:.0f} J"
    else:
        text = f"{joules / 1000:.2f} kJ"
    if not watt_hours:
        return text
    hours = joules / 3600
    return f"{text} ({1000 * hours:.3g} mWh)" if hours < 0.9995 else f"{text} ({hours:.2f} Wh)"


def format_count(count: int | float | None) -> str:
    """Format a count of parameters or tokens: `135M`, `3.2B`, `8192`; `n/a` for None."""
    if count is None:
        return UNKNOWN
    for suffix, factor in (("T", 1e12), ("B", 1e9), ("M", 1e6)):
        if count >= factor * 0.9995:
            value = count / factor
            return f"{value:.1f}{suffix}" if value < 9.95 else f"{value:.0f}{suffix}"
    return f"{count:.0f}"


def format_tokens(count: int) -> str:
    """Format a number of tokens: `8,192`; from 100,000 on in three digits: `262,000`."""
    digits = len(str(abs(count)))
    return f"{count if digits < 6 else round(count, 3 - digits):,}"


def parse_bytes(text: str) -> int:
    """Read a size as people write it, in bytes: `8GB`, `5.5 GiB`, `512M`. Units are binary.

    Raises:
        ValueError: the text is not a number with an optional K, M, G or T unit.
    """
    match = _SIZE.fullmatch(text)
    if match is None:
        raise ValueError(f"no size: {text!r}")
    return int(float(match[1]) * 1024 ** _POWERS[match[2].lower()])


def parse_tokens(text: str) -> int:
    """Read a number of tokens as people write it: `8192`, `8,192`, `32k`, `1M`. k is 1024, and M 1024 k.

    Raises:
        ValueError: the text is no whole number of tokens.
    """
    match = _TOKENS.fullmatch(text)
    if match is None:
        raise ValueError(f"no count: {text!r}")
    tokens = float(match[1].replace(",", "").replace("_", "")) * _TOKEN_FACTORS[match[2].lower()]
    if tokens != int(tokens):
        raise ValueError(f"no count: {text!r}")
    return int(tokens)
