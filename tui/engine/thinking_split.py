"""Thinking and answer told apart while a reply arrives."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Literal

from tui.engine.stops import overlap
from tui.engine.thinking_format import ThinkingFormat, opens_thinking

Part = tuple[bool, str]
"""Whether it is thinking, and the text."""

_BLANK_LINES = re.compile(r"\s*\n")


class ThinkingSplitter:
    """Splits a reply into thinking and answer, the marks removed, however it is cut into pieces.

    Only a block at the reply's very beginning is thinking: an answer may speak of the marks. What may still
    become a mark is held back until the next piece decides. Blank lines before the thinking and before the
    answer are dropped. A model that never ends its thinking has thought all of it.
    """

    def __init__(self, format: ThinkingFormat | None, prompt_end: str, *, begun: bool = False) -> None:
        """A prompt that ends with the opening mark starts inside the thinking.

        Args:
            format: None passes everything through untouched.
            prompt_end: the prompt, or its last hundred letters.
            begun: the prompt ends in the middle of an answer, so that nothing before it is dropped.
        """
        self._reader: _Reader | None = None
        if format is not None:
            inside = not begun and opens_thinking(format, prompt_end)
            reader = _Channels if format.channels else _Blocks
            self._reader = reader(format, "opened" if inside else "answer" if begun else "before")

    @property
    def inside(self) -> bool:
        """Whether what comes next is thinking, or a mark of it."""
        return self._reader is not None and self._reader.inside

    @property
    def looks(self) -> bool:
        """Whether it looks for marks, and so has to be given special tokens too."""
        return self._reader is not None

    @property
    def answering(self) -> bool:
        """Whether what comes next can only be the answer, and none of its headers."""
        return self._reader is None or self._reader.answering

    def feed(self, piece: str) -> list[Part]:
        """What may be shown now."""
        if self._reader is None:
            return [(False, piece)] if piece else []
        return self._reader.feed(piece)

    def rest(self) -> list[Part]:
        """What was held back, once nothing follows."""
        return self._reader.rest() if self._reader is not None else []


State = Literal["before", "opened", "thinking", "after", "answer"]


class _Reader(ABC):
    """Goes from mark to mark; what is `held` is not yet decided."""

    def __init__(self) -> None:
        self._held = ""
        self._parts: list[Part] = []

    def feed(self, piece: str) -> list[Part]:
        self._held += piece
        while self._step():
            pass
        return self._take()

    @property
    @abstractmethod
    def inside(self) -> bool: ...

    @property
    @abstractmethod
    def answering(self) -> bool: ...

    @abstractmethod
    def rest(self) -> list[Part]: ...

    @abstractmethod
    def _step(self) -> bool:
        """Pass one mark; False when only more text can tell what comes."""

    def _take(self) -> list[Part]:
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


class _Blocks(_Reader):
    """One block of thinking between two marks, then the answer."""

    def __init__(self, format: ThinkingFormat, state: State) -> None:
        super().__init__()
        self._format = format
        self._state: State = state

    @property
    def inside(self) -> bool:
        return self._state in ("opened", "thinking")

    @property
    def answering(self) -> bool:
        # A model that has not begun to think need not.
        return not self.inside

    def _step(self) -> bool:
        match self._state:
            case "before":
                return self._pass_marks((self._format.opens, *self._format.headers), "answer")
            case "opened":
                return self._pass_marks((self._format.opens,), "thinking")
            case "after":
                return self._pass_marks(self._format.headers, "answer")
            case "thinking":
                return self._think()
            case "answer":
                return self._answer()

    def _pass_marks(self, marks: tuple[str, ...], otherwise: State) -> bool:
        begins = self._held.lstrip()
        if not begins:
            return False
        for mark in marks:
            if begins.startswith(mark):
                self._state = "opened" if mark == self._format.opens else "after"
                self._held = begins[len(mark) :]
                return True
        if any(mark.startswith(begins) for mark in marks):
            return False
        self._state = otherwise
        self._held = _without_blank_lines(self._held)
        return True

    def _think(self) -> bool:
        before, mark, after = self._held.partition(self._format.closes)
        if not mark:
            self._say_but(True, (self._format.closes,))
            return False
        self._say(True, before)
        self._held = after
        self._state = "after"
        return True

    def _answer(self) -> bool:
        at, footer = _first(self._held, self._format.footers)
        if not footer:
            self._say_but(False, self._format.footers)
            return False
        end = at + len(footer)
        followed = bool(self._held[end:].strip())
        # With text behind it the mark is something that the answer speaks of.
        self._say(False, self._held[: end if followed else at])
        self._held = self._held[end if followed else at :]
        return followed

    def rest(self) -> list[Part]:
        held, self._held = self._held, ""
        if self.inside:
            self._say(True, held if self._state == "thinking" else "")
        elif self._state != "answer":
            self._say(False, _without_blank_lines(held) if held.strip() else "")
        elif held.strip() not in self._format.footers:
            self._say(False, held)
        return self._take()


_MESSAGE = "<|message|>"
_HEADER_STARTS = ("<|channel|>", "<|start|>", "to=")
_BODY_ENDS = ("<|end|>", "<|return|>", "<|call|>")
_CHANNEL = re.compile(r"<\|channel\|>(\w*)")
_HEADER_MOST = 200
"""Letters; what goes on for longer without a message is no header."""


class _Channels(_Reader):
    """A row of messages; those of the channel `analysis` are thinking, all others are said to the user."""

    def __init__(self, format: ThinkingFormat, state: State) -> None:
        super().__init__()
        self._state: Literal["between", "header", "opened", "body"] = (
            "body" if state == "answer" else "opened" if state == "opened" else "between"
        )
        self._thinking = state == "opened"
        self._said = {False: state == "answer", True: False}
        """Which of the two has been said already, so that the next message starts a paragraph."""

    @property
    def inside(self) -> bool:
        if self._state == "header":
            names = _CHANNEL.findall(self._held)
            return not names or "analysis".startswith(names[-1])
        return self._thinking

    @property
    def answering(self) -> bool:
        return self._state in ("opened", "body") and not self._thinking

    def _step(self) -> bool:
        match self._state:
            case "between":
                return self._look_for_header()
            case "header":
                return self._header()
            case "opened":
                return self._open()
            case "body":
                return self._body()

    def _look_for_header(self) -> bool:
        begins = self._held.lstrip()
        if not begins or any(start.startswith(begins) and start != begins for start in _HEADER_STARTS):
            return False
        if begins.startswith(_HEADER_STARTS):
            self._state = "header"
            self._held = begins
        else:
            self._state = "opened"
            self._thinking = False
        return True

    def _header(self) -> bool:
        at = self._held.find(_MESSAGE)
        line = self._held.find("\n")
        known = at if at >= 0 else len(self._held) - len(_MESSAGE)
        if (0 <= line < at) or (at < 0 <= line) or known > _HEADER_MOST:
            # No header after all; its first letter is said so that it is not looked at as one again.
            self._thinking = False
            self._say(False, self._held[:1])
            self._held = self._held[1:]
            self._state = "body"
            return True
        if at < 0:
            return False
        names = _CHANNEL.findall(self._held[:at])
        self._thinking = bool(names) and names[-1] == "analysis"
        self._held = self._held[at + len(_MESSAGE) :]
        self._state = "opened"
        return True

    def _open(self) -> bool:
        if not self._held.strip():
            return False
        self._held = ("\n\n" if self._said[self._thinking] else "") + _without_blank_lines(self._held)
        self._said[self._thinking] = True
        self._state = "body"
        return True

    def _body(self) -> bool:
        marks = (*_BODY_ENDS, *_HEADER_STARTS[:2])
        at, mark = _first(self._held, marks)
        if not mark:
            self._say_but(self._thinking, marks)
            return False
        self._say(self._thinking, self._held[:at])
        ends = mark in _BODY_ENDS
        self._held = self._held[at + len(mark) if ends else at :]
        self._state = "between" if ends else "header"
        return True

    def rest(self) -> list[Part]:
        held, self._held = self._held, ""
        if self._state == "body":
            self._say(self._thinking, held)
        elif self._state == "between" or held.startswith("to="):
            # A header that was cut short says nothing; anything else is text.
            self._say(False, _without_blank_lines(held) if held.strip() else "")
        return self._take()


def _without_blank_lines(text: str) -> str:
    found = _BLANK_LINES.match(text)
    return text[found.end() :] if found else text


def _first(text: str, marks: Iterable[str]) -> tuple[int, str]:
    """Where the first of the marks stands, and which it is; empty when there is none."""
    found = [(at, mark) for mark in marks if (at := text.find(mark)) >= 0]
    return min(found, default=(len(text), ""))
