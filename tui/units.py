"""Numbers and dates as text in the user's language, and back: bytes, rates, durations, energies, counts."""

import math
import re
import time

from tui.i18n import _, language

KIB = 1 << 10
MIB = 1 << 20
GIB = 1 << 30
TIB = 1 << 40

UNKNOWN = _("n/a")
"""Stands for a value that cannot be read."""

_DECIMALS = r"\d+(?:\.\d+|,(?:\d{1,2}|\d{4,}))?"
"""A number with a decimal point or comma; three digits after a comma may be thousands, and are refused."""
_SIZE = re.compile(rf"\s*({_DECIMALS})\s*([kmgt]?)(i?)b?\s*", re.IGNORECASE)
_TOKENS = re.compile(
    r"\s*(\d{1,3}(?:[,_ \u00a0\u202f]\d{3}){1,3}|\d{1,12}(?:[.,]\d{1,6})?)\s*([km]?)\s*",
    re.IGNORECASE | re.ASCII,
)
_GROUPED = re.compile(r"\d{1,3}(?:[,_ \u00a0\u202f]\d{3})+")
_MAY_BE_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
_TOKEN_FACTORS = {"": 1, "k": 1 << 10, "m": 1 << 20}
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}


def format_number(value: float, form: str = "g") -> str:
    """Format a number by a format of Python's, `.1f` or `,`, with the marks of the user's language."""
    return localized(format(value, form))


def localized(text: str) -> str:
    """Write a number as the user's language does: `1,234.5` with a decimal comma and thin spaces.

    Args:
        text: a number as Python formats it, with blanks, a sign or a percent sign around it.
    """
    marks = language()
    whole, point, decimals = text.partition(".")
    if "," in whole:
        is_grouped = sum(map(str.isdigit, whole)) >= marks.grouped_digits
        whole = whole.replace(",", marks.thousands_separator if is_grouped else "")
    return f"{whole}{marks.decimal_point}{decimals}" if point else whole


def split_bytes(count: int | float) -> tuple[str, str]:
    """Split a number of bytes into (value, unit), in binary units, three digits: `("2.93", "GiB")`."""
    size = abs(count)
    for unit, factor in (("TiB", TIB), ("GiB", GIB), ("MiB", MIB), ("KiB", KIB)):
        # 999.5 of a unit would round to four digits, so the next one takes over there.
        if size >= factor * 999.5 / 1024:
            value = count / factor
            digits = 2 if abs(value) < 9.995 else 1 if abs(value) < 99.95 else 0
            return format_number(value, f".{digits}f"), unit
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
    return f"{format_number(per_second, '.1f' if per_second < 99.95 else '.0f')} tok/s"


def format_duration(seconds: float | None) -> str:
    """Format a duration in its unit: `40 ms`, `3.2 s`, `1 min 20 s`; `n/a` for None, infinity and NaN."""
    if seconds is None or not math.isfinite(seconds):
        return UNKNOWN
    if seconds < 0.0995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 9.95:
        return f"{format_number(seconds, '.1f')} s"
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


def format_date(wall: float) -> str:
    """Format seconds since 1970 as the date in the user's zone: `2026-12-01`."""
    return time.strftime(language().date, time.localtime(wall))


def format_iso_date(text: str) -> str:
    """Format a date of ISO 8601 for the user; one without a day or a month stays without: `2026-12`."""
    try:
        date = time.strptime(text, ("%Y", "%Y-%m", "%Y-%m-%d")[text.count("-")])
    except (ValueError, IndexError):
        return text
    form = language().date
    if text.count("-") < 2:
        form = language().month if "-" in text else "%Y"
    return time.strftime(form, date)


def format_energy(joules: float | None, *, watt_hours: bool = False) -> str:
    """Format an energy: `8.4 J`, `1.25 kJ`, with watt-hours `54 J (15 mWh)`; `n/a` for None."""
    if joules is None:
        return UNKNOWN
    if joules < 999.5:
        text = f"{format_number(joules, '.1f' if joules < 9.95 else '.0f')} J"
    else:
        text = f"{format_number(joules / 1000, '.2f')} kJ"
    if not watt_hours:
        return text
    hours = joules / 3600
    if hours < 0.9995:
        return f"{text} ({format_number(1000 * hours, '.3g')} mWh)"
    return f"{text} ({format_number(hours, '.2f')} Wh)"


def format_count(count: int | float | None) -> str:
    """Format a count of parameters or tokens: `135M`, `3.2B`, `8192`; `n/a` for None."""
    if count is None:
        return UNKNOWN
    for suffix, factor in (("T", 1e12), ("B", 1e9), ("M", 1e6)):
        if count >= factor * 0.9995:
            value = count / factor
            return format_number(value, ".1f" if value < 9.95 else ".0f") + suffix
    return f"{count:.0f}"


def format_tokens(count: int) -> str:
    """Format a number of tokens: `8,192`; from 100,000 on in three digits: `262,000`."""
    digits = len(str(abs(count)))
    return format_number(count if digits < 6 else round(count, 3 - digits), ",")


def parse_number(text: str) -> float:
    """Read a number with a decimal point or a decimal comma: `0.8`, `0,8`.

    Raises:
        ValueError: the text is no number, or a comma in it may divide thousands: `1,024`.
    """
    if _MAY_BE_THOUSANDS.fullmatch(text.strip()):
        raise ValueError(f"two meanings: {text!r}")
    return float(text.strip().replace(",", "."))


def parse_bytes(text: str) -> int:
    """Read a size as people write it, in bytes: `8GB`, `5.5 GiB`, `5,5 GiB`, `512M`. Units are binary.

    Raises:
        ValueError: the text is not a number with an optional K, M, G or T unit.
    """
    match = _SIZE.fullmatch(text)
    if match is None:
        raise ValueError(f"no size: {text!r}")
    return int(float(match[1].replace(",", ".")) * 1024 ** _POWERS[match[2].lower()])


def parse_tokens(text: str) -> int:
    """Read a number of tokens as people write it: `8192`, `8,192`, `32k`, `1.5k`. k is 1024, M 1024 k.

    A comma before three digits divides thousands; any other is a decimal comma.

    Raises:
        ValueError: the text is no whole number of tokens.
    """
    match = _TOKENS.fullmatch(text)
    if match is None:
        raise ValueError(f"no count: {text!r}")
    digits = match[1]
    number = re.sub(r"\D", "", digits) if _GROUPED.fullmatch(digits) else digits.replace(",", ".")
    tokens = float(number) * _TOKEN_FACTORS[match[2].lower()]
    if tokens != int(tokens):
        raise ValueError(f"no count: {text!r}")
    return int(tokens)
