"""Parser of the terminal's input that ignores control sequences in pasted text.

Textual's own parser reads them there too, so that a pasted text could press keys.
"""

from collections.abc import Iterable

from textual._xterm_parser import XTermParser
from textual.message import Message

from tui.text import without_controls

_BEGIN, _END = "\x1b[200~", "\x1b[201~"


class PasteFilter:
    """Filter that removes control characters from pasted text; the terminal's input comes in pieces."""

    def __init__(self) -> None:
        self._end = ""
        """Last characters of the typed input: a paste mark may come in two pieces."""
        self._pasted: list[str] | None = None
        """Pieces of an unfinished paste; None outside a paste."""

    def take(self, data: str) -> str:
        """Return the harmless input: typed text at once, pasted text when the paste is complete."""
        harmless: list[str] = []
        while data:
            if self._pasted is None:
                typed, data, is_whole = _cut_after(_BEGIN, self._end, data)
                harmless.append(typed)
                self._end = (self._end + typed)[-len(_BEGIN) :]
                if is_whole:
                    self._pasted, self._end = [], ""
            else:
                piece, data, is_whole = _cut_after(_END, "".join(self._pasted[-len(_END) :]), data)
                self._pasted.append(piece)
                if is_whole:
                    harmless.append(without_controls("".join(self._pasted).removesuffix(_END)) + _END)
                    self._pasted = None
        return "".join(harmless)


def _cut_after(mark: str, earlier: str, data: str) -> tuple[str, str, bool]:
    """Return the data up to the end of the mark, the data after it, and True.

    Without the mark, return all data, an empty text and False. `earlier` is the input before the data, in
    which the mark may begin.
    """
    earlier = earlier[1 - len(mark) :]
    start = (earlier + data).find(mark)
    if start < 0:
        return data, "", False
    end = start + len(mark) - len(earlier)
    return data[:end], data[end:], True


class PasteParser(XTermParser):
    """Textual's own parser, fed without the control sequences of pasted text."""

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._pastes = PasteFilter()

    def feed(self, data: str) -> Iterable[Message]:
        """Return the events of the terminal's input; an empty text marks its end."""
        if not data:
            return super().feed(data)
        harmless = self._pastes.take(data)
        return super().feed(harmless) if harmless else ()
