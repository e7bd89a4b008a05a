"""Separation of thinking and answer while a reply arrives."""

from tui.engine.thinking.channels import ChannelReader
from tui.engine.thinking.marks import COMMON_FORMATS, ThinkingFormat, opens_thinking
from tui.engine.thinking.reader import ReplyPart, ReplyState, ThinkingReader, first_mark, without_blank_lines


class ThinkingSplitter:
    """Splits a reply into thinking and answer, the marks removed, however it is cut into pieces.

    Only a block at the reply's very beginning is thinking: an answer may speak of the marks. There the common
    marks count as well as those of the template. Text that may still become a mark waits until the next piece
    decides. Blank lines before the thinking and before the answer are dropped. A reply whose thinking never
    ends is thinking to its end.
    """

    def __init__(
        self, format: ThinkingFormat | None, prompt_end: str, *, continues_answer: bool = False
    ) -> None:
        """Start inside the thinking when the prompt ends with the opening mark.

        Args:
            format: that of the template; None where it mentions no thinking.
            prompt_end: the prompt, or its last hundred characters.
            continues_answer: the prompt ends in the middle of an answer, so nothing before it is dropped.
        """
        self._reader: ThinkingReader | None = None
        self._start: str | None = None
        """Text before it is decided whether a mark begins the reply; None afterwards."""
        self._formats: tuple[ThinkingFormat, ...] = COMMON_FORMATS
        in_thinking = format is not None and not continues_answer and opens_thinking(format, prompt_end)
        if format is not None:
            self._formats = (format, *(common for common in COMMON_FORMATS if common.opens != format.opens))
            state = "opened" if in_thinking else "answer" if continues_answer else "before"
            self._reader = _reader(format, state)
        if not in_thinking and not continues_answer and not (format is not None and format.channels):
            self._start = ""
        else:
            self._formats = () if format is None else (format,)

    @property
    def in_thinking(self) -> bool:
        """True while the next text is thinking, or a mark of it."""
        return self._reader is not None and self._reader.in_thinking

    @property
    def in_answer(self) -> bool:
        """True while the next text can only be the answer, and none of its headers."""
        return self._reader is None or self._reader.in_answer

    def looks_for(self, special: str) -> bool:
        """Return True for the text of a special token that is part of a mark."""
        return any(
            (format.channels and self._start is None) or any(special in mark for mark in format.marks)
            for format in self._formats
        )

    def feed(self, piece: str) -> list[ReplyPart]:
        """Take a piece, and return the parts that may be shown now."""
        if self._start is not None:
            piece = self._decide(self._start + piece)
        if self._reader is None:
            return [(False, piece)] if piece else []
        return self._reader.feed(piece)

    def flush(self) -> list[ReplyPart]:
        """Return the parts that still wait, once nothing follows."""
        if self._start is not None:
            start, self._start = self._start, None
            parts = self.feed(start)
        else:
            parts = []
        return parts + (self._reader.flush() if self._reader is not None else [])

    def _decide(self, start: str) -> str:
        """Choose the format by the start of a reply; return what is decided of it, empty while it waits."""
        text = start.lstrip()
        for format in self._formats:
            if text.startswith(_first_marks(format)):
                if format is not self._formats[0] or self._reader is None:
                    self._reader = _reader(format, "before")
                self._formats = (format,)
                self._start = None
                return start
        if not text or any(
            mark.startswith(text) for format in self._formats for mark in _first_marks(format)
        ):
            self._start = start
            return ""
        self._start = None
        self._formats = self._formats[: self._reader is not None]
        return start


def _first_marks(format: ThinkingFormat) -> tuple[str, ...]:
    """Return the marks by which a reply in this format is recognised."""
    return (format.opens, format.headers[-1]) if format.channels else (format.opens,)


def _reader(format: ThinkingFormat, state: ReplyState) -> ThinkingReader:
    return (ChannelReader if format.channels else _BlockReader)(format, state)


class _BlockReader(ThinkingReader):
    """One block of thinking between two marks, then the answer."""

    def __init__(self, format: ThinkingFormat, state: ReplyState) -> None:
        super().__init__()
        self._format = format
        self._state: ReplyState = state

    @property
    def in_thinking(self) -> bool:
        return self._state in ("opened", "thinking")

    @property
    def in_answer(self) -> bool:
        # A model that has not begun to think need not.
        return not self.in_thinking

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

    def _pass_marks(self, marks: tuple[str, ...], otherwise: ReplyState) -> bool:
        text = self._pending.lstrip()
        if not text:
            return False
        for mark in marks:
            if text.startswith(mark):
                self._state = "opened" if mark == self._format.opens else "after"
                self._pending = text[len(mark) :]
                return True
        if any(mark.startswith(text) for mark in marks):
            return False
        self._state = otherwise
        self._pending = without_blank_lines(self._pending)
        return True

    def _think(self) -> bool:
        thinking, mark, remainder = self._pending.partition(self._format.closes)
        if not mark:
            self._add_pending(True, (self._format.closes,))
            return False
        self._add(True, thinking)
        self._pending = remainder
        self._state = "after"
        return True

    def _answer(self) -> bool:
        start, footer = first_mark(self._pending, self._format.footers)
        if not footer:
            self._add_pending(False, self._format.footers)
            return False
        end = start + len(footer)
        text_follows = bool(self._pending[end:].strip())
        # With text behind it the mark is something that the answer speaks of.
        self._add(False, self._pending[: end if text_follows else start])
        self._pending = self._pending[end if text_follows else start :]
        return text_follows

    def flush(self) -> list[ReplyPart]:
        pending, self._pending = self._pending, ""
        if self.in_thinking:
            self._add(True, pending if self._state == "thinking" else "")
        elif self._state != "answer":
            self._add(False, without_blank_lines(pending) if pending.strip() else "")
        elif pending.strip() not in self._format.footers:
            self._add(False, pending)
        return self._take_parts()
