"""Markdown reader that makes rows to be wrapped to any width: text with its indent, code, tables, rules.

Rows are drawn line by line, only those in sight. Textual's own Markdown has a widget for each paragraph, item
and cell, and a layout of all of them each time the text grows.
"""

import threading
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple

from textual.content import Content, Span
from textual.style import Style

from tui.i18n import _
from tui.text import without_floods
from tui.ui.chat.transcript.layout.table_layout import TableLayout
from tui.ui.chat.transcript.layout.tables import begins_table, cells_of, fitted_cells

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

BULLETS = "•▪‣◦"
CODE_STYLE = "$text-accent"
"""Inline code: an accent of the theme, readable on its ground."""
CODE_BAR = Content.styled("│ ", "$dim")
"""Stands before every line of a block of code."""
MARKDOWN_LANGUAGES = frozenset(("markdown", "md"))
"""Languages of code that is Markdown: it is shown as source, but for its tables."""
RowKind = Literal["text", "head", "code", "rule", "table", "last"]
"""`head` stands above a block of code; a `last` row is cut to its end, in one line."""
_MARKS = {"em_open": "italic", "strong_open": "bold", "s_open": "strike"}


class Row(NamedTuple):
    """One paragraph, heading, line of code, table row or rule, before it is wrapped."""

    content: Content
    first_prefix: Content = Content()
    """Stands before its first line: a bullet, a quotation mark, an indent."""
    next_prefix: Content = Content()
    """Stands before its further lines; as wide as `first_prefix`."""
    kind: RowKind = "text"
    cells: tuple[tuple[Content, ...], ...] = ()
    """Of a table: its rows, the header first."""
    source: str | None = None
    """Of the head of a block of code: the block, as the model wrote it."""
    continues: bool = False
    """True where its text goes on in the last line of the row before."""
    layout: TableLayout | None = None
    """Of a table that grows: the lines it had before."""


def plain_rows(text: str) -> list[Row]:
    """Return text without control characters as rows, a line a row, unread."""
    return [Row(Content(line)) for line in without_floods(text).split("\n")]


def markdown_rows(text: str) -> list[Row]:
    """Read Markdown without control characters into rows, with an empty row between blocks.

    Nothing is fetched or left out; HTML is text.
    """
    # Imported for the first Markdown, since the first screen has none and need not wait for its patterns.
    from tui.ui.chat.transcript.layout.markdown_syntax import MAX_NESTING

    tokens = _parser().parse(text)
    if any(token.level >= MAX_NESTING - 1 for token in tokens):
        # The parser leaves out what is nested deeper.
        return plain_rows(text)
    walker = _Walker(text)
    walker.walk(tokens)
    return walker.rows


def inline_content(text: str, style: str = "") -> Content:
    """Read Markdown within a line, such as a cell of a table."""
    tokens = _parser().parseInline(text)
    return _inline(tokens[0].children or () if tokens else (), style)


def language_of(info: str) -> str:
    """Return the language that the first line of a block of code names; empty for none."""
    names = info.split()
    return names[0].lower() if names else ""


def code_head(info: str, *, can_copy: bool = True) -> Content:
    """Return the line above a block of code; a click on it copies the block."""
    title = Content.styled(without_floods(" ".join(info.split())) or _("code"), "$dim")
    if not can_copy:
        return title
    return title + Content.styled(" · ", "$dim") + Content.styled(_("copy"), "$text-accent underline")


_local = threading.local()


def _parser() -> "MarkdownIt":
    """Return the parser of this thread: making one takes longer than reading a paragraph."""
    if not hasattr(_local, "parser"):
        from tui.ui.chat.transcript.layout.markdown_syntax import new_parser

        _local.parser = new_parser()
    return _local.parser


class _Walker:
    """Turns the parser's flat tokens into rows and keeps the prefix of the lines in between."""

    def __init__(self, source: str) -> None:
        self.rows: list[Row] = []
        self._source = source
        self._heading = ""
        self._indent = Content()
        self._indents: list[Content] = []
        self._marker: Content | None = None
        self._depth = 0
        self._gap = False
        self._style = ""

    def walk(self, tokens: list["Token"]) -> None:
        """Add the rows of a document's tokens."""
        stream = iter(tokens)
        for token in stream:
            self._take(token, stream)

    def _take(self, token: "Token", stream: Iterator["Token"]) -> None:
        match token.type:
            case "heading_open":
                self._gap, self._style = True, "bold underline" if token.tag == "h1" else "bold"
                self._heading = token.markup
            case "paragraph_open":
                self._gap = self._gap or not token.hidden
            case "inline":
                self._emit(_inline(token.children or (), self._style) or Content(self._heading))
                self._style = self._heading = ""
            case "formula":
                self._gap = True
                self._emit(Content(without_floods(token.content.rstrip("\n"))))
            case "fence" | "code_block":
                self._code(token)
            case "hr":
                self._gap = True
                self._emit(Content(), "rule")
            case "table_open":
                self._gap = True
                self._emit(Content(), "table", tuple(_table(stream, self._source)))
            case _:
                self._nest(token)

    def _nest(self, token: "Token") -> None:
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                self._gap = self._gap or self._depth == 0
                self._depth += 1
            case "bullet_list_close" | "ordered_list_close":
                self._depth -= 1
            case "list_item_open":
                bullet = token.info + token.markup
                if token.markup in "-*":
                    bullet = BULLETS[(self._depth - 1) % len(BULLETS)]
                self._enter(Content.styled(f"{bullet} ", "$dim"), Content(" " * (len(bullet) + 1)))
            case "blockquote_open":
                self._gap = True
                self._enter(Content.styled("▎ ", "$dim"), Content.styled("▎ ", "$dim"))
            case "list_item_close" | "blockquote_close":
                # An item without text still shows its mark.
                if self._marker is not None:
                    self._emit(Content())
                self._indent = self._indents.pop()
            case _:
                pass

    def _enter(self, marker: Content, indent: Content) -> None:
        self._indents.append(self._indent)
        self._marker = (self._indent if self._marker is None else self._marker) + marker
        self._indent = self._indent + indent

    def _emit(
        self,
        content: Content,
        kind: RowKind = "text",
        cells: tuple[tuple[Content, ...], ...] = (),
        source: str | None = None,
    ) -> None:
        if self._gap and self.rows:
            outer = self._outer()
            self.rows.append(Row(Content(), outer, outer))
        self._gap = False
        first = self._indent if self._marker is None else self._marker
        self._marker = None
        self.rows.append(Row(content, first, self._indent, kind, cells, source))

    def _outer(self) -> Content:
        # Before a new item the gap belongs to what surrounds the item.
        return self._indent if self._marker is None or not self._indents else self._indents[-1]

    def _code(self, token: "Token") -> None:
        language = language_of(token.info)
        self._gap = True
        self._emit(code_head(token.info), "head", source=token.content)
        text = without_floods(token.content.rstrip("\n"))
        if language:
            # Here, since the lexers take a while to import and many a conversation has no code.
            from textual.highlight import highlight

            code = highlight(text, language=language)
        else:
            code = Content(text)
        lines = code.split("\n", allow_blank=True)
        tables = _table_lines(text) if language in MARKDOWN_LANGUAGES else {}
        number = 0
        while number < len(lines):
            if table := tables.get(number):
                bar = self._indent + CODE_BAR
                cells = _source_cells([line.plain for line in lines[number:table]])
                self.rows.append(Row(Content(), bar, bar, "table", cells))
                number = table
            else:
                self._emit(lines[number], "code")
                number += 1


def _table_lines(text: str) -> dict[int, int]:
    """Return the first line of each table of a Markdown source, and the line after it."""
    lines = text.split("\n")
    tables: dict[int, int] = {}
    for token in _parser().parse(text):
        if token.type == "table_open" and token.level == 0 and token.map:
            start, end = token.map
            if begins_table(lines[start], lines[start + 1]):
                tables[start] = next((index for index in range(start, end) if "|" not in lines[index]), end)
    return tables


def _source_cells(lines: list[str]) -> tuple[tuple[Content, ...], ...]:
    """Return the cells of a table as they were written, without the line below the header."""
    header = cells_of(lines[0])
    rows = [header, *(fitted_cells(cells_of(line), len(header)) for line in lines[2:])]
    return tuple(tuple(Content(cell) for cell in row) for row in rows)


def _table(stream: Iterator["Token"], source: str) -> Iterator[tuple[Content, ...]]:
    """Yield the rows of a table, reading its tokens off the stream."""
    row: list[Content] = []
    lines = source.split("\n")
    header, count, line = False, 0, ""
    for token in stream:
        if token.type == "table_close":
            return
        if token.type == "tr_open":
            row, line = [], lines[token.map[0]].lstrip(" \t>") if token.map else ""
        elif token.type == "tr_close":
            count = count or len(row)
            if len(cells := cells_of(line)) > count and not header:
                # The parser leaves out cells that the header has not.
                row[-1] = inline_content(fitted_cells(cells, count)[-1])
            yield tuple(row)
        elif token.type in ("th_open", "td_open"):
            header = token.type == "th_open"
        elif token.type == "inline":
            row.append(_inline(token.children or (), "bold" if header else ""))


def _inline(tokens: Iterable["Token"], style: str) -> Content:
    """Return text within a block, with its marks as styles, a line of source a line."""
    parts: list[str] = []
    spans: list[Span] = []
    opened: list[tuple[int, str | Style, str | None]] = []
    title = ""
    length = 0

    def add(text: str) -> None:
        nonlocal length
        text = without_floods(text)
        parts.append(text)
        length += len(text)

    for token in tokens:
        if token.type in _MARKS:
            opened.append((length, _MARKS[token.type], None))
        elif token.type == "link_open":
            href, title = str(token.attrs.get("href", "")), str(token.attrs.get("title", ""))
            opened.append((length, Style.from_meta({"@click": f"link({href!r})"}), href))
        elif token.type.endswith("_close") and opened:
            start, mark, href = opened.pop()
            spans.append(Span(start, length, mark))
            if href is not None:
                spans.append(Span(start, length, "underline"))
                # A link is never followed, so one sees where it would lead.
                text = "".join(parts)[start:]
                if title or text not in (href, href.removeprefix("mailto:")):
                    start = length
                    add(f' ({href} "{title}")' if title else f" ({href})")
                    spans.append(Span(start, length, "$dim"))
        elif token.type == "code_inline":
            start = length
            add(token.content)
            spans.append(Span(start, length, CODE_STYLE))
        elif token.type in ("softbreak", "hardbreak"):
            add("\n")
        else:
            add(token.content)
    content = Content("".join(parts), spans)
    return content.stylize_before(style) if style else content
