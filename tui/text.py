"""Text from outside, file names, metadata, model output, made safe to show."""

import re
from pathlib import Path

_SEQUENCES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\)?|\x1b[@-Z\\-_]")
"""Terminal sequences of ECMA-48: CSI, then OSC, DCS, SOS, PM and APC strings, then two-character escapes.

A string without an end is taken to the end of its line, so that it cannot swallow all that follows.
"""

# Controls but newline and tab, bidirectional overrides and isolates, the byte order mark, lone surrogates.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_LINE_ENDS = re.compile("\r\n|[\r\u2028\u2029]")


def clean(text: str) -> str:
    """The text without terminal sequences and control characters; newlines and tabs stay."""
    return _UNWANTED.sub("", _SEQUENCES.sub("", _LINE_ENDS.sub("\n", text)))


def clean_line(text: str) -> str:
    """The text as one line of printable characters, with every run of white space as one blank."""
    return "".join(char for char in " ".join(clean(text).split()) if char.isprintable())


def short_path(path: Path) -> str:
    """The path with `~` for the user's home folder, as a shell would take it."""
    try:
        return str(Path("~") / path.relative_to(Path.home()))
    except (ValueError, RuntimeError):
        return str(path)
