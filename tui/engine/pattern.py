"""Grammar of the JSON strings that match a regular expression, in GBNF.

The notation is that of `pattern` in JSON schemas, ECMA-262, as far as a grammar can follow it: without
backreferences, lookaround and word boundaries.
"""

from typing import NamedTuple

Ranges = tuple[tuple[int, int], ...]
"""Characters as ranges of code points, in order."""

MAX_REPETITION = 1_000
"""Largest number in `{…}`."""
MAX_SIZE = 3_000
"""Largest number of characters that a pattern stands for once its repetitions are unrolled."""
_LAST = 0x10FFFF
_ANY: Ranges = ((0, 0xD7FF), (0xE000, _LAST))
_DIGIT: Ranges = ((0x30, 0x39),)
_WORD: Ranges = ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
_SPACE: Ranges = (
    *((0x09, 0x0D), (0x20, 0x20), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A)),
    *((0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF)),
)
_LINE_ENDS: Ranges = ((0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029))
_CONTROLS = {"t": 0x09, "n": 0x0A, "v": 0x0B, "f": 0x0C, "r": 0x0D, "0": 0x00}
_JSON_ESCAPES = {
    0x22: '\\"',
    0x5C: "\\\\",
    0x08: "\\b",
    0x09: "\\t",
    0x0A: "\\n",
    0x0C: "\\f",
    0x0D: "\\r",
}


class PatternError(Exception):
    """The pattern cannot be followed; the text is the part that is to blame."""


class Node(NamedTuple):
    """Part of a pattern."""

    kind: str
    """`chars`, `sequence`, `choice`, `repeat`, `start` or `end`."""
    chars: Ranges = ()
    parts: tuple["Node", ...] = ()
    minimum: int = 1
    maximum: int | None = 1


class StringPattern(NamedTuple):
    """A pattern in GBNF, with the lengths of the strings that match it."""

    rule: str
    minimum: int
    maximum: int | None


def read_pattern(text: str, minimum: int, maximum: int | None) -> StringPattern:
    """Return the rule of the JSON strings, in quotes, that match a pattern.

    A pattern of one repeated character takes over the bounds of the length.

    Raises:
        PatternError: it cannot be followed.
    """
    node = _Parser(text).parse()
    options = [_option(option) for option in _unwrapped(node)]
    if len(options) == 1 and len(options[0]) == 1 and options[0][0].kind == "repeat":
        repeated = options[0][0]
        if repeated.parts[0].kind == "chars":
            highest = [bound for bound in (repeated.maximum, maximum) if bound is not None]
            options[0][0] = repeated._replace(
                minimum=max(repeated.minimum, minimum), maximum=min(highest, default=None)
            )
    lengths = [_length(Node("sequence", parts=tuple(option))) for option in options]
    if sum(_size(part) for option in options for part in option) > MAX_SIZE:
        raise PatternError(text)
    rule = " | ".join(" ".join(_rule(part) for part in option) or '""' for option in options)
    longest = [length[1] for length in lengths]
    return StringPattern(
        rf'"\"" ({rule}) "\""',
        min(length[0] for length in lengths),
        None if None in longest else max(length or 0 for length in longest),
    )


def _unwrapped(node: Node) -> tuple[Node, ...]:
    """Return the alternatives of a pattern, without a group around all of it."""
    while len(node.parts) == 1 and (node.kind == "choice" or node.parts[0].kind == "choice"):
        if node.kind not in ("choice", "sequence"):
            break
        node = node.parts[0]
    return node.parts if node.kind == "choice" else (node,)


def _option(node: Node) -> list[Node]:
    """Return the parts of an alternative, with any characters where it is not anchored."""
    parts = list(node.parts) if node.kind == "sequence" else [node]
    anything = Node("repeat", parts=(Node("any"),), minimum=0, maximum=None)
    is_anchored = [bool(parts) and parts[0].kind == "start", bool(parts) and parts[-1].kind == "end"]
    inner = parts[is_anchored[0] : len(parts) - is_anchored[1]]
    _refuse_anchors(inner)
    return [*([] if is_anchored[0] else [anything]), *inner, *([] if is_anchored[1] else [anything])]


def _refuse_anchors(parts: list[Node]) -> None:
    for part in parts:
        if part.kind in ("start", "end"):
            raise PatternError("^" if part.kind == "start" else "$")
        _refuse_anchors(list(part.parts))


def _length(node: Node) -> tuple[int, int | None]:
    """Return the smallest and the largest number of characters of what matches."""
    if node.kind in ("chars", "any"):
        return 1, 1
    lengths = [_length(part) for part in node.parts]
    longest = [length[1] for length in lengths]
    if node.kind == "choice":
        return min(length[0] for length in lengths), None if None in longest else max(
            length or 0 for length in longest
        )
    smallest = sum(length[0] for length in lengths)
    largest = None if None in longest else sum(length or 0 for length in longest)
    if node.kind == "repeat":
        is_endless = largest is None or node.maximum is None
        return smallest * node.minimum, None if is_endless else (largest or 0) * (node.maximum or 0)
    return smallest, largest


def _size(node: Node) -> int:
    size = 1 + sum(_size(part) for part in node.parts)
    return size * max(node.minimum, node.maximum or 1) if node.kind == "repeat" else size


def _rule(node: Node) -> str:
    match node.kind:
        case "any":
            return "char"
        case "chars":
            return _class_rule(node.chars)
        case "choice":
            return "(" + " | ".join(_rule(part) for part in node.parts) + ")"
        case "repeat":
            inner = _rule(node.parts[0])
            count = "" if node.maximum is None else node.maximum
            return f"({inner}){{{node.minimum},{count}}}"
        case _:
            return " ".join(_rule(part) for part in node.parts) or '""'


def _class_rule(chars: Ranges) -> str:
    """Return the rule of one character in a JSON string: as itself, or as the escape that JSON demands."""
    plain = _without(chars, ((0x00, 0x1F), (0x22, 0x22), (0x5C, 0x5C), (0x7F, 0x7F)))
    parts = ["[" + "".join(_range_text(*bounds) for bounds in plain) + "]"] if plain else []
    for start, end in chars:
        for code in range(start, min(end, 0x7F) + 1):
            if code in _JSON_ESCAPES:
                escape = _JSON_ESCAPES[code].replace("\\", "\\\\").replace('"', '\\"')
                parts.append(f'"{escape}"')
            elif code < 0x20 or code == 0x7F:
                parts.append(f'"\\\\u{code:04x}"')
    if not parts:
        raise PatternError("[]")
    return f"({' | '.join(parts)})"


def _range_text(start: int, end: int) -> str:
    return _code_text(start) if start == end else f"{_code_text(start)}-{_code_text(end)}"


def _code_text(code: int) -> str:
    return f"\\x{code:02X}" if code < 0x80 else f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


def _normal(chars: list[tuple[int, int]]) -> Ranges:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(chars):
        if merged and start <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)


def _without(chars: Ranges, removed: Ranges) -> Ranges:
    remaining = list(chars)
    for start, end in removed:
        remaining = [
            part
            for low, high in remaining
            for part in ((low, min(high, start - 1)), (max(low, end + 1), high))
            if part[0] <= part[1]
        ]
    return _normal(remaining)


def _only(chars: Ranges) -> int:
    """Return the one character that an end of a range is."""
    low, high = chars[0]
    if len(chars) != 1 or low != high:
        raise PatternError("-")
    return low


class _Parser:
    """Recursive descent over one pattern."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._index = 0
        self._depth = 0

    def parse(self) -> Node:
        node = self._choice()
        if self._index < len(self._text):
            raise PatternError(self._text[self._index :])
        return node

    def _next(self) -> str:
        return self._text[self._index : self._index + 1]

    def _takes(self, mark: str) -> bool:
        if not self._text.startswith(mark, self._index):
            return False
        self._index += len(mark)
        return True

    def _choice(self) -> Node:
        self._depth += 1
        if self._depth > 30:
            raise PatternError("(")
        options = [self._sequence()]
        while self._takes("|"):
            options.append(self._sequence())
        self._depth -= 1
        return Node("choice", parts=tuple(options))

    def _sequence(self) -> Node:
        parts: list[Node] = []
        while self._next() and self._next() not in "|)":
            parts.append(self._repeated(self._atom()))
        return Node("sequence", parts=tuple(parts))

    def _repeated(self, node: Node) -> Node:
        start = self._index
        bounds = self._bounds()
        if bounds is None:
            return node
        if node.kind in ("start", "end"):
            raise PatternError(self._text[start - 1 : self._index])
        # A lazy repetition matches the same strings.
        self._takes("?")
        if self._next() in ("*", "+", "?"):
            raise PatternError(self._text[start : self._index + 1])
        return Node("repeat", parts=(node,), minimum=bounds[0], maximum=bounds[1])

    def _bounds(self) -> tuple[int, int | None] | None:
        for mark, bounds in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self._takes(mark):
                return bounds
        if self._next() != "{":
            return None
        end = self._text.find("}", self._index)
        low, comma, high = self._text[self._index + 1 : max(end, self._index)].partition(",")
        if not (low.isascii() and low.isdigit() and (not high or (high.isascii() and high.isdigit()))):
            raise PatternError(self._text[self._index : end + 1] or "{")
        minimum, maximum = int(low), int(high) if high else None if comma else int(low)
        if max(minimum, maximum or 0) > MAX_REPETITION or (maximum is not None and maximum < minimum):
            raise PatternError(self._text[self._index : end + 1])
        self._index = end + 1
        return minimum, maximum

    def _atom(self) -> Node:
        character = self._next()
        self._index += 1
        match character:
            case "^":
                return Node("start")
            case "$":
                return Node("end")
            case ".":
                return Node("chars", _without(_ANY, _LINE_ENDS))
            case "(":
                return self._group()
            case "[":
                return Node("chars", self._class())
            case "\\":
                return Node("chars", self._escape(in_class=False))
            case "*" | "+" | "?" | "{":
                raise PatternError(character)
            case _:
                return Node("chars", ((ord(character), ord(character)),))

    def _group(self) -> Node:
        start = self._text[self._index : self._index + 3]
        if start.startswith("?:"):
            self._index += 2
        elif start.startswith("?<") and start[2:] not in ("=", "!"):
            end = self._text.find(">", self._index)
            if end < 0:
                raise PatternError("(?<")
            self._index = end + 1
        elif start.startswith("?"):
            raise PatternError(f"({start[:2]}")
        node = self._choice()
        if not self._takes(")"):
            raise PatternError("(")
        return node

    def _class(self) -> Ranges:
        is_negated = self._takes("^")
        chars: list[tuple[int, int]] = []
        while not self._takes("]"):
            if not self._next():
                raise PatternError("[")
            start = self._class_part()
            if self._next() == "-" and self._text[self._index + 1 : self._index + 2] not in ("]", ""):
                self._index += 1
                end = self._class_part()
                low, high = _only(start), _only(end)
                if low > high:
                    raise PatternError("-")
                start = ((low, high),)
            chars += start
        ranges = _without(_normal(chars), ((0xD800, 0xDFFF),))
        return _without(_ANY, ranges) if is_negated else ranges

    def _class_part(self) -> Ranges:
        character = self._next()
        self._index += 1
        if character == "\\":
            return self._escape(in_class=True)
        return ((ord(character), ord(character)),)

    def _escape(self, *, in_class: bool) -> Ranges:
        character = self._next()
        self._index += 1
        classes = {"d": _DIGIT, "w": _WORD, "s": _SPACE}
        if character.lower() in classes:
            chars = classes[character.lower()]
            return chars if character.islower() else _without(_ANY, chars)
        if in_class and character == "b":
            return ((0x08, 0x08),)
        if character in _CONTROLS and not (character == "0" and self._next().isdigit()):
            return ((_CONTROLS[character], _CONTROLS[character]),)
        if character in ("x", "u"):
            return self._code(character)
        if not character or character.isalnum():
            # Backreferences, boundaries, properties, and what is no escape.
            raise PatternError(f"\\{character}")
        return ((ord(character), ord(character)),)

    def _code(self, character: str) -> Ranges:
        digits = self._text[self._index : self._index + (2 if character == "x" else 4)]
        if self._next() == "{":
            end = self._text.find("}", self._index)
            digits, self._index = self._text[self._index + 1 : max(end, self._index)], self._index + 2
        try:
            code = int(digits, 16)
        except ValueError:
            code = -1
        if len(digits) < 2 or not 0 <= code <= _LAST or 0xD800 <= code <= 0xDFFF:
            raise PatternError(f"\\{character}{digits}")
        self._index += len(digits)
        return ((code, code),)
