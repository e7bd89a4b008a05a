"""Reader of replies that are a row of messages, each with a header that names its channel, as of gpt-oss."""

import re
from typing import Literal

from tui.engine.thinking.marks import ThinkingFormat
from tui.engine.thinking.reader import ReplyPart, ReplyState, ThinkingReader, first_mark, without_blank_lines

_MESSAGE = "<|message|>"
_HEADER_STARTS = ("<|channel|>", "<|start|>", "to=")
_BODY_ENDS = ("<|end|>", "<|return|>", "<|call|>")
_CHANNEL = re.compile(r"<\|channel\|>(\w*)")
_MAX_HEADER = 200
"""Characters; longer text without a message mark is no header."""


class ChannelReader(ThinkingReader):
    """Reads a row of messages; those of the channel `analysis` are thinking, all others the answer."""

    def __init__(self, format: ThinkingFormat, state: ReplyState) -> None:
        super().__init__()
        self._state: Literal["between", "header", "opened", "body"] = (
            "body" if state == "answer" else "opened" if state == "opened" else "between"
        )
        self._thinking = state == "opened"
        self._has_text = {False: state == "answer", True: False}
        """True for answer or thinking that has text already, so that its next message starts a paragraph."""

    @property
    def in_thinking(self) -> bool:
        """True while the next text is thinking, or a mark of it."""
        if self._state == "header":
            names = _CHANNEL.findall(self._pending)
            return not names or "analysis".startswith(names[-1])
        return self._thinking

    @property
    def in_answer(self) -> bool:
        """True while the next text can only be the answer, and none of its headers."""
        return self._state in ("opened", "body") and not self._thinking

    def _step(self) -> bool:
        match self._state:
            case "between":
                return self._find_header()
            case "header":
                return self._read_header()
            case "opened":
                return self._open_body()
            case "body":
                return self._read_body()

    def _find_header(self) -> bool:
        text = self._pending.lstrip()
        if not text or any(start.startswith(text) and start != text for start in _HEADER_STARTS):
            return False
        if text.startswith(_HEADER_STARTS):
            self._state = "header"
            self._pending = text
        else:
            self._state = "opened"
            self._thinking = False
        return True

    def _read_header(self) -> bool:
        message_start = self._pending.find(_MESSAGE)
        line_end = self._pending.find("\n")
        length = message_start if message_start >= 0 else len(self._pending) - len(_MESSAGE)
        if (0 <= line_end < message_start) or (message_start < 0 <= line_end) or length > _MAX_HEADER:
            # No header after all; its first character is shown so that it is not taken for one again.
            self._thinking = False
            self._add(False, self._pending[:1])
            self._pending = self._pending[1:]
            self._state = "body"
            return True
        if message_start < 0:
            return False
        names = _CHANNEL.findall(self._pending[:message_start])
        self._thinking = bool(names) and names[-1] == "analysis"
        self._pending = self._pending[message_start + len(_MESSAGE) :]
        self._state = "opened"
        return True

    def _open_body(self) -> bool:
        if not self._pending.strip():
            return False
        self._pending = ("\n\n" if self._has_text[self._thinking] else "") + without_blank_lines(
            self._pending
        )
        self._has_text[self._thinking] = True
        self._state = "body"
        return True

    def _read_body(self) -> bool:
        marks = (*_BODY_ENDS, *_HEADER_STARTS[:2])
        start, mark = first_mark(self._pending, marks)
        if not mark:
            self._add_pending(self._thinking, marks)
            return False
        self._add(self._thinking, self._pending[:start])
        ends = mark in _BODY_ENDS
        self._pending = self._pending[start + len(mark) if ends else start :]
        self._state = "between" if ends else "header"
        return True

    def flush(self) -> list[ReplyPart]:
        """Return the parts that still wait, once nothing follows."""
        pending, self._pending = self._pending, ""
        if self._state == "body":
            self._add(self._thinking, pending)
        elif self._state == "between" or pending.startswith("to="):
            # A header that was cut short is dropped; anything else is text.
            self._add(False, without_blank_lines(pending) if pending.strip() else "")
        return self._take_parts()
