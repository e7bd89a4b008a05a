"""Separation of thinking and answer while a reply arrives."""

from tui.engine.thinking.channels import ChannelReader
from tui.engine.thinking.marks import ThinkingFormat, opens_thinking
from tui.engine.thinking.reader import ReplyPart, ReplyState, ThinkingReader, first_mark, without_blank_lines


class ThinkingSplitter:
    """Splits a reply into thinking and answer, the marks removed, however it is cut into pieces.

    Only a block at the reply's very beginning is thinking: an answer may speak of the marks. Text that may
    still become a mark waits until the next piece decides. Blank lines before the thinking and before the
    answer are dropped. A reply whose thinking never ends is thinking to its end.
    """

    def __init__(
        self, format: ThinkingFormat | None, prompt_end: str, *, continues_answer: bool = False
    ) -> None:
        """Start inside the thinking when the prompt ends with the opening mark.

        Args:
            format: None passes everything through untouched.
            prompt_end: the prompt, or its last hundred characters.
            continues_answer: the prompt ends in the middle of an answer, so nothing before it is dropped.
        """
        self._reader: ThinkingReader | None = None
        if format is not None:
            in_thinking = not continues_answer and opens_thinking(format, prompt_end)
            reader = ChannelReader if format.channels else _BlockReader
            self._reader = reader(
                format, "opened" if in_thinking else "answer" if continues_answer else "before"
            )

    @property
    def in_thinking(self) -> bool:
        """True while the next text is thinking, or a mark of it."""
        return self._reader is not None and self._reader.in_thinking

    @property
    def needs_special_tokens(self) -> bool:
        """True where marks are looked for, which may be special tokens."""
        return self._reader is not None

    @property
    def in_answer(self) -> bool:
        """True while the next text can only be the answer, and none of its headers."""
        return self._reader is None or self._reader.in_answer

    def feed(self, piece: str) -> list[ReplyPart]:
        """Take a piece, and return the parts that may be shown now."""
        if self._reader is None:
            return [(False, piece)] if piece else []
        return self._reader.feed(piece)

    def flush(self) -> list[ReplyPart]:
        """Return the parts that still wait, once nothing follows."""
        return self._reader.flush() if self._reader is not None else []


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
