"""Markdown as models write it: CommonMark with tables, less what would eat formulas, paths and products.

Where CommonMark would take a character for markup that a writer did not mean, it stays in the text. HTML,
references, footnotes and formulas stay as their source.
"""

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline

MAX_NESTING = 60
"""Depth of nested blocks from which the parser drops text."""
FORMULA_LIMIT = 4000
"""Longest formula, in characters: it bounds the search for an end that is not there."""
_LOOK = 200
"""Characters around a backslash that are looked at."""

_EAST_ASIAN = re.compile(
    "[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef"
    "\U0001b000-\U0001b16f\U00020000-\U0003ffff]"
)
"""Scripts that are written without blanks, with their punctuation."""
_BEFORE_OPENING = frozenset("([{\"'-:;,.!?>|~*_")
"""Punctuation of ASCII that may stand right before emphasis."""
_AFTER_CLOSING = frozenset("([{/\\<=^@")
"""Characters after which a mark does not end emphasis."""
_NOT_AFTER = frozenset("([{\\$#@")
"""Characters before which a single mark does not end emphasis: `a*(b+c)`."""
_NO_BEGINNING = frozenset(")]},;:.!?/\\=%^|>+")
"""Characters with which emphasis by a single mark does not begin: `*.txt`, `*/`, `(*)`."""
_NO_STRONG_BEGINNING = frozenset(")]},;")
_STRONG_PATH = re.compile(r"/[^\s*]{0,200}[^\s*/]\*\*(?![\w/])")
"""The text of `**/etc/hosts**`; `**/*.py` and `**/build/**` are patterns of files."""
_IDENTIFIER = re.compile(r"__(?:[a-z0-9_]+|[A-Z0-9_]+)__(?!\w)|_[A-Za-z0-9]+(?:_[A-Za-z0-9]+)+_(?!\w)")
"""Names of programs: `__init__`, `__FILE__`, `_my_name_`."""

_PLAIN_ESCAPES = frozenset("*_`#~<>")
"""Escapes that are taken wherever they stand."""
_PATH = re.compile(r"\\[^\W_]|^[(\"'`]*(?:[A-Za-z]:\\|\\\\|\.{1,2}\\|~\\|%\w+%\\)|\\$")
"""A word with backslashes that are no escapes: a path of Windows, a regular expression, a command of TeX."""
_PATH_BEFORE = re.compile(r"(?:^|[\s(\"'`])[A-Za-z]:\\[^*?\"<>|\n,;]*$")
"""The beginning of a path with blanks in its names."""
_NUMBER_BEFORE = re.compile(r"(?:^|\n) *\d{1,9}$")
_CLOSING_BRACKET = re.compile(r"(?<!\\)\]")
_OPENING_BRACKET = re.compile(r"(?<!\\)\[")
_ENTITY_AFTER = re.compile(r"&#?\w{1,31};")
_PROSE = re.compile(r"\s[^\W\d_]{3,}")

_FORMULA_END = {"$$": "$$", "\\[": "\\]", "\\(": "\\)"}
_ENVIRONMENT = re.compile(r"\\begin(\{[A-Za-z]+\*?\})")
_BLANK_LINE = re.compile(r"\n[ \t>]*\n")


def new_parser() -> "MarkdownIt":
    """Return a parser for what models write."""
    # Here, since the first screen has no Markdown and need not wait for it.
    from markdown_it import MarkdownIt

    # HTML is off so that a tag in an answer is shown, not swallowed; an image could only show an address, and
    # a definition of a reference would vanish. Line ends and controls are normal already.
    parser = MarkdownIt("gfm-like", {"html": False, "maxNesting": MAX_NESTING}).disable(
        ["image", "reference", "normalize"]
    )
    if parser.linkify is not None:
        # `notes.md` and `main.rs` are files, no addresses.
        parser.linkify.set({"fuzzy_link": False})  # pyright: ignore[reportUnknownMemberType]
    inline, block = parser.inline.ruler, parser.block.ruler
    inline.before("escape", "formula", _formula)
    inline.at("escape", _escape)
    inline.at("entity", _entity)
    inline.at("emphasis", _emphasis)
    inline.at("strikethrough", _strikethrough)
    block.before(
        "fence", "formula", _formula_block, {"alt": ["paragraph", "reference", "blockquote", "list"]}
    )
    return parser


# Emphasis


@lru_cache(maxsize=1024)
def _kind(character: str) -> str:
    """Return `space`, `east` for East Asian scripts, `word` or `mark` for punctuation and symbols."""
    if character.isspace():
        return "space"
    if _EAST_ASIAN.match(character):
        return "east"
    return "word" if unicodedata.category(character)[0] in "LNM" else "mark"


def _can_open(previous: str, after: str, count: int) -> bool:
    kind, previous_kind = _kind(after), _kind(previous)
    if kind == "space" or (previous_kind == "word" and kind != "east"):
        return False
    if previous.isascii() and previous_kind == "mark" and previous not in _BEFORE_OPENING:
        return False
    if count == 1:
        return after not in _NO_BEGINNING
    return after not in _NO_STRONG_BEGINNING


def _can_close(previous: str, after: str, count: int) -> bool:
    kind = _kind(previous)
    if kind == "space" or previous in _AFTER_CLOSING or (count == 1 and after in _NOT_AFTER):
        return False
    if _kind(after) != "word" or kind == "east":
        return True
    # `**API**s` and `**H**yper`, but not `a**2**b`.
    return count > 1 and after.isalpha()


def _scan(state: "StateInline", marker: str) -> tuple[int, bool, bool]:
    """Return the number of marks from here on, and whether they may open and close emphasis."""
    source, start, end = state.src, state.pos, state.pos
    while end < state.posMax and source[end] == marker:
        end += 1
    previous = source[start - 1] if start else " "
    after = source[end] if end < state.posMax else " "
    count = end - start
    can_open = _can_open(previous, after, count)
    if after == "/" and can_open:
        can_open = _STRONG_PATH.match(source, end) is not None
    return count, can_open, _can_close(previous, after, count)


def _emphasis(state: "StateInline", silent: bool) -> bool:
    marker = state.src[state.pos]
    if silent or marker not in "*_":
        return False
    if marker == "_" and (name := _IDENTIFIER.match(state.src, state.pos)):
        previous = state.src[state.pos - 1] if state.pos else " "
        if _kind(previous) != "word":
            state.pending += name[0]
            state.pos = name.end()
            return True
    count, can_open, can_close = _scan(state, marker)
    _add_delimiters(state, marker, count, count, can_open, can_close)
    state.pos += count
    return True


def _strikethrough(state: "StateInline", silent: bool) -> bool:
    if silent or state.src[state.pos] != "~":
        return False
    count, can_open, can_close = _scan(state, "~")
    if count != 2:
        state.pending += "~" * count
    else:
        _add_delimiters(state, "~~", 1, 0, can_open, can_close)
    state.pos += count
    return True


def _add_delimiters(
    state: "StateInline", mark: str, count: int, length: int, can_open: bool, can_close: bool
) -> None:
    from markdown_it.rules_inline.state_inline import Delimiter

    if not (can_open or can_close):
        state.pending += mark * count
        return
    for _number in range(count):
        state.push("text", "", 0).content = mark
        state.delimiters.append(
            Delimiter(ord(mark[0]), length, len(state.tokens) - 1, -1, can_open, can_close)
        )


# Escapes and entities


def _escape(state: "StateInline", silent: bool) -> bool:
    """Take an escape that keeps a mark from being one; any other backslash is text."""
    source, start = state.src, state.pos
    if source[start] != "\\":
        return False
    character = source[start + 1 : start + 2]
    if not character.isascii() or not character.isprintable() or character.isalnum() or character in " ":
        written, length = "\\", 1
    else:
        written, length = (character if _is_escape(source, start) else "\\" + character), 2
    if not silent:
        token = state.push("text_special", "", 0)
        token.content, token.markup, token.info = written, source[start : start + length], "escape"
    state.pos += length
    return True


def _is_escape(source: str, start: int) -> bool:
    """Return whether the backslash there was written to be taken away."""
    character = source[start + 1]
    if character in _PLAIN_ESCAPES:
        is_pattern = character == "*" and re.match(r"\.\w", source[start + 2 : start + 4])
        return not is_pattern and not _is_in_path(source, start)
    if character == "$":
        # A price, not the end of a pattern.
        return source[start + 2 : start + 3].isalnum() or source[max(0, start - 1) : start].isdigit()
    if character == "!":
        return source.startswith("[", start + 2)
    if character == "&":
        return _ENTITY_AFTER.match(source, start + 1) is not None
    previous = source[max(0, start - _LOOK) : start].rpartition("\n")[2]
    if character == "[":
        return _CLOSING_BRACKET.search(source[start + 2 : start + _LOOK].partition("\n")[0]) is not None
    if character == "]":
        return _OPENING_BRACKET.search(previous) is not None
    if character in "+-=":
        return not previous.strip()
    return character in ".)" and _NUMBER_BEFORE.search(previous) is not None


def _is_in_path(source: str, start: int) -> bool:
    previous = source[max(0, start - _LOOK) : start]
    after = source[start : start + _LOOK]
    word = (re.search(r"\S*$", previous) or [""])[0] + (re.match(r"\S*", after) or [""])[0]
    return (
        _PATH.search(word) is not None
        or _PATH_BEFORE.search(previous[previous.rfind("\n") + 1 :]) is not None
    )


def _entity(state: "StateInline", silent: bool) -> bool:
    """Read an entity whose character can be seen; another one stays as written."""
    from markdown_it.rules_inline import entity

    start, count = state.pos, len(state.tokens)
    if not entity(state, silent):
        return False
    if not silent:
        token = state.tokens[-1]
        if len(state.tokens) > count and not (token.content.isprintable() and token.content.strip()):
            token.content = state.src[start : state.pos]
    return True


# Formulas


def _formula(state: "StateInline", silent: bool) -> bool:
    """Keep `$…$`, `$$…$$`, `\\(…\\)` and `\\[…\\]` as they were written."""
    source, start = state.src, state.pos
    if source[start] not in "$\\":
        return False
    opening = source[start : start + 2]
    if opening in _FORMULA_END:
        closing = _FORMULA_END[opening]
        end = source.find(closing, start + 3, min(state.posMax, start + FORMULA_LIMIT))
        if end < 0:
            return False
        end += 2
    elif opening.startswith("$"):
        end = _dollar_end(source, start, state.posMax)
        if end < 0:
            return False
    else:
        return False
    if not silent:
        token = state.push("text_special", "", 0)
        token.content = token.markup = source[start:end]
        token.info = "formula"
    state.pos = end
    return True


def _dollar_end(source: str, start: int, limit: int) -> int:
    """Return the end of a formula between single dollars; -1 for prices and names of variables."""
    previous, after = source[start - 1 : start], source[start + 1 : start + 2]
    if previous.isalnum() or after in ("", "$") or after.isspace():
        return -1
    end = start + 1
    while True:
        end = source.find("$", end, min(limit, start + FORMULA_LIMIT))
        if end < 0:
            return -1
        if source[end - 1] != "\\":
            break
        end += 1
    content = source[start + 1 : end]
    next_character = source[end + 1 : end + 2]
    if content[-1].isspace() or next_character.isalnum() or "**" in content:
        return -1
    if content[0].isdigit() and _PROSE.search(content):
        return -1
    return end + 1


def _formula_block(state: "StateBlock", start_line: int, end_line: int, silent: bool) -> bool:
    """Keep a formula that begins a line, to the line on which it ends."""
    if state.is_code_block(start_line):
        return False
    source = state.src
    start = state.bMarks[start_line] + state.tShift[start_line]
    opening = source[start : start + 2]
    if opening in ("$$", "\\["):
        begin, closing = start + 2, _FORMULA_END[opening]
    elif opening == "\\b" and (environment := _ENVIRONMENT.match(source, start)):
        begin, closing = environment.end(), f"\\end{environment[1]}"
    else:
        return False
    end = source.find(closing, begin, start + FORMULA_LIMIT)
    if end < 0 or _BLANK_LINE.search(source, begin, end):
        return False
    last_line = start_line
    while last_line < end_line and state.eMarks[last_line] < end:
        last_line += 1
        if last_line < end_line and state.sCount[last_line] < state.blkIndent:
            return False
    if last_line >= end_line:
        return False
    if last_line == start_line and source[end + len(closing) : state.eMarks[last_line]].strip(" .,;:"):
        # Text follows: it is a formula within a paragraph.
        return False
    if not silent:
        token = state.push("formula", "", 0)
        token.content = state.getLines(start_line, last_line + 1, state.sCount[start_line], False)
        token.map = [start_line, last_line + 1]
    state.line = last_line + 1
    return True
