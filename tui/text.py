"""Cleaning of text from outside (file names, metadata, model output), so that it is safe to show."""

import re
from pathlib import Path

_SEQUENCES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\)?|\x1b[@-Z\\-_]")
"""Terminal sequences of ECMA-48: CSI, then OSC, DCS, SOS, PM and APC strings, then two-character escapes.

A string without an end is taken to the end of its line, so that it cannot swallow all that follows.
"""

# Controls but newline and tab, bidirectional marks, overrides and isolates, the byte order mark, interlinear
# marks, lone surrogates, and the tags, which can hide whole sentences.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_LINE_ENDS = re.compile("\r\n|[\r\u2028\u2029]")

_LOGIN = re.compile(r"(\bhttps?://)[^\s/?#\"'<>]*@", re.IGNORECASE)
_QUERY = re.compile(r"(\bhttps?://[^\s?#\"'<>]*)[?#][^\s\"'<>]*", re.IGNORECASE)
_TOKEN = re.compile(r"\bhf_[A-Za-z0-9]{8,}")

MARKS_LIMIT = 8
"""Marks without a width of their own that may follow one another; a word of any language needs fewer."""
_MARKS = (
    "[\u00ad\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0e31-\u0e3a\u0e47-\u0e4e\u115f\u1160"
    "\u180b-\u180e\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200d\u2060-\u2065\u206a-\u206f\u20d0-\u20f0\ufe00-\ufe0f\ufe20-\ufe2f"
    "\U000e0100-\U000e01ef]"
)
# Places where a line may break or must not, invisible operators: terminals differ in how wide they are.
_INVISIBLE = re.compile("[\u180e\u200b\u2060-\u2065\u206a-\u206f]")
_FLOOD = re.compile(f"({_MARKS}{{{MARKS_LIMIT}}}){_MARKS}+")

_NARROW_SPACE = "\u202f"
_BLANKS = re.compile(rf"[^\S{_NARROW_SPACE}]+")

_BEGUN = re.compile("\r\\Z|\x1b(?:\\[[0-?]*[ -/]*|[\\]PX^_][^\x07\x1b\n]{0,200}\x1b?)?\\Z")


def without_controls(text: str) -> str:
    """Remove terminal sequences and control characters from a text."""
    return _UNWANTED.sub("", _SEQUENCES.sub("", _LINE_ENDS.sub("\n", text)))


def without_floods(text: str) -> str:
    """Remove characters without width: those that only break lines, and more than a few marks in a row."""
    return _FLOOD.sub(r"\1", _INVISIBLE.sub("", text))


def clean(text: str) -> str:
    """Return the text as it can be drawn: without controls and without floods."""
    return without_floods(without_controls(text))


def incomplete_end(text: str) -> int:
    """Return the index of a line end or terminal sequence that may be incomplete; the length for none."""
    match = _BEGUN.search(text, max(0, len(text) - 256))
    return match.start() if match else len(text)


def clean_line(text: str) -> str:
    """Return the text as one line of printable characters, with every run of white space as one blank.

    The narrow space between the thousands of a number stays.
    """
    blanks = _BLANKS.sub(" ", clean(text)).strip()
    return "".join(char for char in blanks if char.isprintable() or char == _NARROW_SPACE)


def without_secrets(text: str) -> str:
    """Remove users, passwords and queries of web addresses, and tokens of the hub, from a text."""
    return _TOKEN.sub("hf_…", _QUERY.sub(r"\1?…", _LOGIN.sub(r"\1", text)))


def full_path(path: Path) -> Path:
    """Replace `~` in a path by the home folder; unchanged for a user who does not exist."""
    try:
        return path.expanduser()
    except RuntimeError:
        return path


def short_path(path: Path) -> str:
    """Return the path with `~` for the user's home folder, as a shell takes it."""
    try:
        return str(Path("~") / path.relative_to(Path.home()))
    except (ValueError, RuntimeError):
        return str(path)
