"""Replies that are a row of messages, each with a header that names its channel, as gpt-oss writes them."""

import re
from typing import Literal

from tui.engine.thinking.marks import ThinkingFormat
from tui.engine.thinking.reader import ReplyPart, ReplyState, ThinkingReader, first_mark, without_blank_lines

_MESSAGE = "<|message|>"
_HEADER_STARTS = ("<|channel|>", "<|start|>", "to=")
_BODY_ENDS = ("<|end|>", "<|return|>", "<|call|>")
_CHANNEL = re.compile(r"<\|channel\|>(\w*)")
_HEADER_MOST = 200
"""Letters; what goes on for longer without a message is no header."""


class ChannelReader(ThinkingReader):
    """A row of messages; those of the channel `analysis` are thinking, all others are said to the user."""

    def __init__(self, format: ThinkingFormat, state: ReplyState) -> None:
        super().__init__()
        self._state: Literal["between", "header", "opened", "body"] = (
            "body" if state == "answer" else "opened" if state == "opened" else "between"
        )
        self._thinking = state == "opened"
        self._said = {False: state == "answer", True: False}
        """Which of the two has been said already, so that the next message starts a paragraph."""

    @property
    def inside(self) -> bool:
        """Whether what comes next is thinking, or a mark of it."""
        if self._state == "header":
            names = _CHANNEL.findall(self._held)
            return not names or "analysis".startswith(names[-1])
        return self._thinking

    @property
    def answering(self) -> bool:
        """Whether what comes next can only be the answer, and none of its headers."""
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
        self._held = ("\n\n" if self._said[self._thinking] else "") + without_blank_lines(self._held)
        self._said[self._thinking] = True
        self._state = "body"
        return True

    def _body(self) -> bool:
        marks = (*_BODY_ENDS, *_HEADER_STARTS[:2])
        at, mark = first_mark(self._held, marks)
        if not mark:
            self._say_but(self._thinking, marks)
            return False
        self._say(self._thinking, self._held[:at])
        ends = mark in _BODY_ENDS
        self._held = self._held[at + len(mark) if ends else at :]
        self._state = "between" if ends else "header"
        return True

    def rest(self) -> list[ReplyPart]:
        """What was held back, once nothing follows."""
        held, self._held = self._held, ""
        if self._state == "body":
            self._say(self._thinking, held)
        elif self._state == "between" or held.startswith("to="):
            # A header that was cut short says nothing; anything else is text.
            self._say(False, without_blank_lines(held) if held.strip() else "")
        return self._take()
