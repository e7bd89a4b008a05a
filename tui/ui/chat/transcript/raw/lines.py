"""Lines of a text exactly as a model reads or writes it: nothing is hidden and nothing acts."""

import re
import unicodedata
from collections.abc import Iterator

from textual.content import Content, Span

from tui.text import MARKS_LIMIT

TOKEN_STYLE = "bold $text-accent"
"""Style of text that looks like a special token. A text cannot tell whether it was one."""
ESCAPE_STYLE = "$text-warning"
"""Style of characters that would not be seen otherwise."""
_SPECIAL = re.compile(
    r"<\|[^|<>\n]{1,60}\|>|<｜[^｜<>\n]{1,60}｜>"
    r"|</?(?:s|bos|eos|pad|unk|think|thinking|tool_call|tool_response|tools|reasoning"
    r"|start_of_turn|end_of_turn|start_of_image|end_of_image)>"
    r"|\[/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|THINK)\]|<</?SYS>>"
)


def raw_lines(text: str, width: int) -> list[Content]:
    """Return the text in lines of at most `width` cells, each end of a line marked."""
    lines: list[Content] = []
    *ended, last = text.split("\n")
    for line in ended:
        lines += (_styled_line(line) + _LINE_END).fold(max(width, 8)) or [_LINE_END]
    if last or not ended:
        lines += _styled_line(last).fold(max(width, 8)) or [Content()]
    return lines


_LINE_END = Content.styled("↵", "$dim")


def _styled_line(line: str) -> Content:
    """Return a line with its special tokens set apart and unprintable characters as escapes."""
    parts: list[str] = []
    spans: list[Span] = []
    length = 0
    for text, style in _styled_parts(line):
        parts.append(text)
        if style:
            spans.append(Span(length, length + len(text), style))
        length += len(text)
    return Content("".join(parts), spans)


def _styled_parts(line: str) -> Iterator[tuple[str, str]]:
    start = 0
    for token in _SPECIAL.finditer(line):
        yield from _escaped(line[start : token.start()])
        yield token[0], TOKEN_STYLE
        start = token.end()
    yield from _escaped(line[start:])


def _escaped(text: str) -> Iterator[tuple[str, str]]:
    if text.isascii() and text.isprintable():
        yield text, ""
        return
    start = marks = 0
    for position, char in enumerate(text):
        # Piled up beyond what any language needs, marks would run over the lines around them.
        marks = marks + 1 if unicodedata.combining(char) else 0
        if char.isprintable() and marks <= MARKS_LIMIT:
            continue
        if start < position:
            yield text[start:position], ""
        yield escape(char), ESCAPE_STYLE
        start = position + 1
    if start < len(text):
        yield text[start:], ""


def escape(char: str) -> str:
    r"""Return the escape of a character: `\t`, `\x1b`, `\u202e`."""
    if char == "\t":
        return "\\t"
    if char == "\r":
        return "\\r"
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
