"""A small matcher of grammars in llama.cpp's GBNF notation, quick enough for a whole suite."""

import re
import sys
from functools import cache
from typing import Any

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\[(?:[^\]\\]|\\.)*\]|\{\d*,?\d*\}|[()|*+?]|[A-Za-z][A-Za-z0-9-]*|\S')
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_PLAIN = {"n": "\n", "t": "\t", "r": "\r"}


def _characters(text: str) -> list[tuple[str, bool]]:
    """Return the characters of a literal or class, and whether each was escaped."""
    result: list[tuple[str, bool]] = []
    index = 0
    while index < len(text):
        if match := _ESCAPE.match(text, index):
            code = match[1] or match[2] or match[3]
            result.append((chr(int(code, 16)) if code else _PLAIN.get(match[4], match[4]), True))
            index = match.end()
        else:
            result.append((text[index], False))
            index += 1
    return result


class Grammar:
    """A grammar, ready to match texts."""

    def __init__(self, text: str) -> None:
        self._rules: dict[str, Any] = {}
        for line in text.splitlines():
            name, _, body = line.partition(" ::= ")
            self._tokens = _TOKEN.findall(body)
            self._rules[name] = self._choice()
            assert not self._tokens, (line, self._tokens)

    def _choice(self) -> Any:
        options = [self._sequence()]
        while self._tokens[:1] == ["|"]:
            del self._tokens[0]
            options.append(self._sequence())
        return ("choice", tuple(options))

    def _sequence(self) -> Any:
        parts: list[Any] = []
        while self._tokens and self._tokens[0] not in "|)":
            token = self._tokens.pop(0)
            if token == "(":
                parts.append(self._choice())
                assert self._tokens.pop(0) == ")"
            elif token[0] == '"':
                parts.append(("text", "".join(character for character, _ in _characters(token[1:-1]))))
            elif token[0] == "[":
                parts.append(self._class(token[1:-1]))
            elif token in "*+?" or token[0] == "{":
                low, high = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(token, (None, None))
                if low is None:
                    first, comma, last = token[1:-1].partition(",")
                    low, high = int(first), int(last) if last else None if comma else int(first)
                parts.append(("repeat", parts.pop(), low, high))
            else:
                parts.append(("rule", token))
        return ("sequence", tuple(parts))

    def _class(self, text: str) -> Any:
        is_negated = text.startswith("^")
        characters = _characters(text[is_negated:])
        ranges: list[tuple[str, str]] = []
        while characters:
            first = characters.pop(0)[0]
            if len(characters) > 1 and characters[0] == ("-", False):
                ranges.append((first, characters[1][0]))
                del characters[:2]
            else:
                ranges.append((first, first))
        return ("class", tuple(ranges), is_negated)

    def matches(self, text: str) -> bool:  # noqa: C901
        """Return whether the whole text follows the grammar."""

        @cache
        def rule_ends(name: str, start: int) -> frozenset[int]:
            return ends(self._rules[name], start)

        def ends(node: Any, start: int) -> frozenset[int]:
            match node[0]:
                case "text":
                    return frozenset([start + len(node[1])] if text.startswith(node[1], start) else [])
                case "class":
                    if start >= len(text):
                        return frozenset()
                    is_in = any(low <= text[start] <= high for low, high in node[1])
                    return frozenset([start + 1] if is_in != node[2] else [])
                case "rule":
                    return rule_ends(node[1], start)
                case "choice":
                    return frozenset().union(*(ends(option, start) for option in node[1]))
                case "sequence":
                    reached = frozenset([start])
                    for part in node[1]:
                        reached = frozenset().union(*(ends(part, position) for position in reached))
                    return reached
                case _:
                    return repeated_ends(*node[1:], start)

        def repeated_ends(part: Any, low: int, high: int | None, start: int) -> frozenset[int]:
            result, reached = frozenset([start] if low == 0 else []), frozenset([start])
            # More repetitions than characters can only be empty ones.
            for count in range(1, min(high or sys.maxsize, max(low, len(text)) + 1) + 1 if high != 0 else 1):
                reached = frozenset().union(*(ends(part, position) for position in reached))
                result |= reached if count >= low else frozenset()
                if not reached:
                    break
            return result

        return len(text) in ends(("rule", "root"), 0)
