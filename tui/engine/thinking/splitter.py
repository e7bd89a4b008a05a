"""Thinking and answer told apart while a reply arrives."""

from tui.engine.thinking.channels import ChannelReader
from tui.engine.thinking.marks import ThinkingFormat, opens_thinking
from tui.engine.thinking.reader import ReplyPart, ReplyState, ThinkingReader, first_mark, without_blank_lines


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
        self._reader: ThinkingReader | None = None
        if format is not None:
            inside = not begun and opens_thinking(format, prompt_end)
            reader = ChannelReader if format.channels else _BlockReader
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

    def feed(self, piece: str) -> list[ReplyPart]:
        """What may be shown now."""
        if self._reader is None:
            return [(False, piece)] if piece else []
        return self._reader.feed(piece)

    def rest(self) -> list[ReplyPart]:
        """What was held back, once nothing follows."""
        return self._reader.rest() if self._reader is not None else []


class _BlockReader(ThinkingReader):
    """One block of thinking between two marks, then the answer."""

    def __init__(self, format: ThinkingFormat, state: ReplyState) -> None:
        super().__init__()
        self._format = format
        self._state: ReplyState = state

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

    def _pass_marks(self, marks: tuple[str, ...], otherwise: ReplyState) -> bool:
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
        self._held = without_blank_lines(self._held)
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
        at, footer = first_mark(self._held, self._format.footers)
        if not footer:
            self._say_but(False, self._format.footers)
            return False
        end = at + len(footer)
        followed = bool(self._held[end:].strip())
        # With text behind it the mark is something that the answer speaks of.
        self._say(False, self._held[: end if followed else at])
        self._held = self._held[end if followed else at :]
        return followed

    def rest(self) -> list[ReplyPart]:
        held, self._held = self._held, ""
        if self.inside:
            self._say(True, held if self._state == "thinking" else "")
        elif self._state != "answer":
            self._say(False, without_blank_lines(held) if held.strip() else "")
        elif held.strip() not in self._format.footers:
            self._say(False, held)
        return self._take()
