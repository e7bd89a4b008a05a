"""Text from outside made safe for the screen, and text cut or padded to a number of cells."""

import re

from rich.cells import cell_len

_SEQUENCES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[@-Z\\-_]")
"""Terminal sequences of ECMA-48: CSI, then OSC, DCS, SOS, PM and APC strings, then two-character escapes."""

# Controls but newline and tab, bidirectional overrides and isolates, the byte order mark, lone surrogates.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_LINE_ENDS = re.compile("\r\n|[\r\u2028\u2029]")

ELLIPSIS = "…"


def clean(text: str) -> str:
    """External text without terminal sequences and control characters; newlines and tabs stay."""
    return _UNWANTED.sub("", _SEQUENCES.sub("", _LINE_ENDS.sub("\n", text)))


def clean_line(text: str) -> str:
    """External text as one line: cleaned, with every run of white space as one blank."""
    return " ".join(clean(text).split())


def middle_cut(text: str, width: int) -> str:
    """The text in at most `width` cells, with `…` in its middle when it is longer.

    The end of a model's name holds its quantization, so the odd cell goes to the end.
    """
    if cell_len(text) <= width:
        return text
    if width <= 1:
        return ELLIPSIS[: max(0, width)]
    head = (width - 1) // 2
    return _take(text, head) + ELLIPSIS + _take(text[::-1], width - 1 - head)[::-1]


def end_cut(text: str, width: int) -> str:
    """The text in at most `width` cells, with `…` at its end when it is longer."""
    if cell_len(text) <= width:
        return text
    return _take(text, width - 1) + ELLIPSIS if width > 0 else ""


def pad(text: str, width: int) -> str:
    """The text filled with blanks on its right to `width` cells."""
    return text + " " * (width - cell_len(text))


def wrap(text: str, width: int, rows: int) -> list[str]:
    """The text broken between words into at most `rows` lines of `width` cells, the last one cut at need."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if line and cell_len(longer) > width:
            lines.append(line)
            longer = word
        line = longer
    lines.append(line)
    if len(lines) > rows:
        lines[rows - 1 :] = [" ".join(lines[rows - 1 :])]
    return [end_cut(line, width) for line in lines[: max(0, rows)]]


def _take(text: str, width: int) -> str:
    """The longest beginning of the text that takes at most `width` cells."""
    cells = 0
    for position, character in enumerate(text):
        cells += cell_len(character)
        if cells > width:
            return text[:position]
    return text
