"""Base of the readers that tell thinking from the answer: text waits until a mark is complete."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Literal

from tui.engine.stop_scanner import overlap_length

ReplyPart = tuple[bool, str]
"""True for thinking, and the text."""

ReplyState = Literal["before", "opened", "thinking", "after", "answer"]
"""Position in a reply; `opened` lies between the first mark and the thinking, `after` before the answer."""

_BLANK_LINES = re.compile(r"\s*\n")


class ThinkingReader(ABC):
    """Goes from mark to mark; `_pending` is text that may still become part of a mark."""

    def __init__(self) -> None:
        self._pending = ""
        self._parts: list[ReplyPart] = []

    def feed(self, piece: str) -> list[ReplyPart]:
        """Take a piece, and return the parts that may be shown now."""
        self._pending += piece
        while self._step():
            pass
        return self._take_parts()

    @property
    @abstractmethod
    def in_thinking(self) -> bool:
        """True while the next text is thinking, or a mark of it."""

    @property
    @abstractmethod
    def in_answer(self) -> bool:
        """True while the next text can only be the answer, and none of its headers."""

    @abstractmethod
    def flush(self) -> list[ReplyPart]:
        """Return the parts that still wait, once nothing follows."""

    @abstractmethod
    def _step(self) -> bool:
        """Pass one mark; False when only more text can decide what comes."""

    def _take_parts(self) -> list[ReplyPart]:
        parts, self._parts = self._parts, []
        return parts

    def _add(self, thinking: bool, text: str) -> None:
        if text and self._parts and self._parts[-1][0] == thinking:
            self._parts[-1] = (thinking, self._parts[-1][1] + text)
        elif text:
            self._parts.append((thinking, text))

    def _add_pending(self, thinking: bool, marks: Iterable[str]) -> None:
        """Add the pending text, except an end that may be the beginning of a mark."""
        overlap = max((overlap_length(self._pending, mark) for mark in marks), default=0)
        end = len(self._pending) - overlap
        self._add(thinking, self._pending[:end])
        self._pending = self._pending[end:]


def without_blank_lines(text: str) -> str:
    """Return the text without the blank lines before it; the indent of its first line stays."""
    blank = _BLANK_LINES.match(text)
    return text[blank.end() :] if blank else text


def first_mark(text: str, marks: Iterable[str]) -> tuple[int, str]:
    """Return the position of the first of the marks, and that mark; empty when there is none."""
    matches = [(start, mark) for mark in marks if (start := text.find(mark)) >= 0]
    return min(matches, default=(len(text), ""))
