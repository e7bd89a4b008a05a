"""The parts of a page that are written by a program, between two marks."""

import re
from collections.abc import Callable, Iterable, Sequence

_BLOCK = re.compile(r"(<!-- generated: ([^>]+?) -->\n).*?(<!-- end -->)", re.DOTALL)


def rewritten(text: str, table: Callable[[str], str]) -> str:
    """Return the page with each block as `table` writes it now.

    Args:
        text: the page.
        table: gives the Markdown of a block by the name in its mark, such as `settings`.
    """
    return _BLOCK.sub(lambda block: f"{block[1]}\n{table(block[2]).strip()}\n\n{block[3]}", text)


def names(text: str) -> list[str]:
    """Return the names of the generated blocks of a page, in order."""
    return [name for _begin, name, _end in _BLOCK.findall(text)]


def markdown_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def code(text: str) -> str:
    """Return a text as inline code; empty for an empty one."""
    if not text:
        return ""
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
