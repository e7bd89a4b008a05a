"""Grammar of the numbers within bounds, in GBNF."""

_DIGITS = 16
"""Digits of a number without a bound on that side."""
_FRACTION = '("." [0-9]{1,15})?'
_ZEROS = '("." "0"{1,15})?'
_POSITIVE_FRACTION = '"." "0"{0,14} [1-9] [0-9]{0,14}'


def integer_range(minimum: int | None, maximum: int | None) -> str | None:
    """Return the rule of the integers from `minimum` to `maximum`; None where there is none."""
    if minimum is not None and maximum is not None and minimum > maximum:
        return None
    parts: list[str] = []
    if minimum is None or minimum < 0:
        highest = None if minimum is None else -minimum
        lowest = 1 if maximum is None or maximum >= 0 else -maximum
        parts.append(f'"-" ({_natural_range(lowest, highest)})')
    if maximum is None or maximum >= 0:
        parts.append(_natural_range(max(minimum or 0, 0), maximum))
    return " | ".join(parts)


def number_range(
    minimum: int | None, maximum: int | None, *, above: bool = False, below: bool = False
) -> str | None:
    """Return the rule of the numbers between whole bounds, written without an exponent.

    `above` and `below` leave out the bound itself. None where there is no such number.
    """
    parts: list[str] = []
    if maximum is None or maximum > 0 or (maximum == 0 and not below):
        has_lowest = above and minimum is not None and minimum >= 0
        parts += _magnitudes(max(minimum or 0, 0), maximum, above=has_lowest, below=below)
    if minimum is None or minimum < 0:
        lowest = 0 if maximum is None or maximum >= 0 else -maximum
        without_lowest = lowest == 0 or below
        highest = None if minimum is None else -minimum
        negative = _magnitudes(lowest, highest, above=without_lowest, below=above)
        if negative:
            parts.append(f'"-" ({" | ".join(negative)})')
    return " | ".join(parts) or None


def _magnitudes(lowest: int, highest: int | None, *, above: bool, below: bool) -> list[str]:
    """Return the rules of the numbers of a sign, from one whole bound to another."""
    if highest is not None and (lowest > highest or (lowest == highest and (above or below))):
        return []
    if lowest == highest:
        return [f'"{lowest}" {_ZEROS}']
    parts: list[str] = []
    first_whole = lowest
    if above:
        parts.append(f'"{lowest}" {_POSITIVE_FRACTION}')
        first_whole = lowest + 1
    if highest is None or first_whole < highest:
        last_whole = None if highest is None else highest - 1
        parts.append(f"({_natural_range(first_whole, last_whole)}) {_FRACTION}")
    if highest is not None and not below:
        parts.append(f'"{highest}" {_ZEROS}')
    return parts


def _natural_range(lowest: int, highest: int | None) -> str:
    """Return the rule of the whole numbers from 0 up, within bounds that include at least one."""
    start = str(lowest)
    if highest is None:
        size = len(start)
        parts = [_same_length(start, "9" * size)]
        if size < _DIGITS:
            parts.append(f"[1-9] [0-9]{{{size},{_DIGITS - 1}}}")
        return " | ".join(parts)
    end = str(highest)
    parts: list[str] = []
    for size in range(len(start), len(end) + 1):
        first = start if size == len(start) else "1" + "0" * (size - 1)
        last = end if size == len(end) else "9" * size
        parts.append(_same_length(first, last))
    return " | ".join(parts)


def _same_length(first: str, last: str) -> str:
    """Return the rule of the digits from one number to another of the same length."""
    if first == last:
        return f'"{first}"'
    common = next(index for index in range(len(first)) if first[index] != last[index])
    prefix = f'"{first[:common]}" ' if common else ""
    first, last = first[common:], last[common:]
    remaining = len(first) - 1
    low, high = int(first[0]), int(last[0])
    parts: list[str] = []
    if first[1:].strip("0"):
        parts.append(f'"{low}" ({_same_length(first[1:], "9" * remaining)})')
        low += 1
    if last[1:].strip("9"):
        high -= 1
    if low <= high:
        digit = f"[{low}-{high}]" if low < high else f'"{low}"'
        parts.append(digit + (f" [0-9]{{{remaining}}}" if remaining else ""))
    if last[1:].strip("9"):
        parts.append(f'"{last[0]}" ({_same_length("0" * remaining, last[1:])})')
    return f"{prefix}({' | '.join(parts)})"
