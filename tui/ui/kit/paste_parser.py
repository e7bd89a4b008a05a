"""Pasted text on its way from the terminal: its control sequences are no keys.

Textual reads sequences also in what is pasted, so that a text could press keys.
"""

from collections.abc import Iterable

from textual._xterm_parser import XTermParser
from textual.message import Message

from tui.text import without_controls

_BEGIN, _END = "\x1b[200~", "\x1b[201~"


class PasteFilter:
    """Takes what a terminal sends, in pieces, and gives it on with what is pasted made harmless."""

    def __init__(self) -> None:
        self._end = ""
        """Of what was typed last: a mark may come in two pieces."""
        self._pasted: list[str] | None = None
        """What is being pasted, in pieces; None while nothing is."""

    def take(self, data: str) -> str:
        """What can be given on: what is typed at once, what is pasted at its end."""
        given: list[str] = []
        while data:
            if self._pasted is None:
                typed, data, is_whole = _cut_after(_BEGIN, self._end, data)
                given.append(typed)
                self._end = (self._end + typed)[-len(_BEGIN) :]
                if is_whole:
                    self._pasted, self._end = [], ""
            else:
                piece, data, is_whole = _cut_after(_END, "".join(self._pasted[-len(_END) :]), data)
                self._pasted.append(piece)
                if is_whole:
                    given.append(without_controls("".join(self._pasted).removesuffix(_END)) + _END)
                    self._pasted = None
        return "".join(given)


def _cut_after(mark: str, before: str, data: str) -> tuple[str, str, bool]:
    """The data up to the end of the mark, which may have begun before, and the rest; else all of it."""
    before = before[1 - len(mark) :]
    at = (before + data).find(mark)
    if at < 0:
        return data, "", False
    end = at + len(mark) - len(before)
    return data[:end], data[end:], True


class PasteParser(XTermParser):
    """Textual's own parser, which gets no sequences in what is pasted."""

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._pastes = PasteFilter()

    def feed(self, data: str) -> Iterable[Message]:
        """Events of what the terminal sent; an empty text is its end."""
        if not data:
            return super().feed(data)
        given = self._pastes.take(data)
        return super().feed(given) if given else ()
