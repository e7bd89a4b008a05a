"""What is common to the ways of telling thinking from the answer: text held back until a mark is known."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Literal

from tui.engine.stop_scanner import overlap

ReplyPart = tuple[bool, str]
"""Whether it is thinking, and the text."""

ReplyState = Literal["before", "opened", "thinking", "after", "answer"]
"""Where a reply is; `opened` lies between the first mark and the thinking, `after` before the answer."""

_BLANK_LINES = re.compile(r"\s*\n")


class ThinkingReader(ABC):
    """Goes from mark to mark; what is `held` is not yet decided."""

    def __init__(self) -> None:
        self._held = ""
        self._parts: list[ReplyPart] = []

    def feed(self, piece: str) -> list[ReplyPart]:
        """What may be shown now."""
        self._held += piece
        while self._step():
            pass
        return self._take()

    @property
    @abstractmethod
    def inside(self) -> bool:
        """Whether what comes next is thinking, or a mark of it."""

    @property
    @abstractmethod
    def answering(self) -> bool:
        """Whether what comes next can only be the answer, and none of its headers."""

    @abstractmethod
    def rest(self) -> list[ReplyPart]:
        """What was held back, once nothing follows."""

    @abstractmethod
    def _step(self) -> bool:
        """Pass one mark; False when only more text can tell what comes."""

    def _take(self) -> list[ReplyPart]:
        parts, self._parts = self._parts, []
        return parts

    def _say(self, thinking: bool, text: str) -> None:
        if text and self._parts and self._parts[-1][0] == thinking:
            self._parts[-1] = (thinking, self._parts[-1][1] + text)
        elif text:
            self._parts.append((thinking, text))

    def _say_but(self, thinking: bool, marks: Iterable[str]) -> None:
        """Say what is held, but an end that may be the beginning of a mark."""
        keep = max((overlap(self._held, mark) for mark in marks), default=0)
        end = len(self._held) - keep
        self._say(thinking, self._held[:end])
        self._held = self._held[end:]


def without_blank_lines(text: str) -> str:
    """The text without the blank lines before it; what its first line begins with stays."""
    found = _BLANK_LINES.match(text)
    return text[found.end() :] if found else text


def first_mark(text: str, marks: Iterable[str]) -> tuple[int, str]:
    """Where the first of the marks stands, and which it is; empty when there is none."""
    found = [(at, mark) for mark in marks if (at := text.find(mark)) >= 0]
    return min(found, default=(len(text), ""))
