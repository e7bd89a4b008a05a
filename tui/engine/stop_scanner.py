"""Texts that end a reply, found across the pieces in which it arrives."""

from collections.abc import Sequence


class StopScanner:
    """Passes a stream of text through, up to the first stop text.

    The end of what has arrived may be the beginning of a stop text, so that much is held back until the next
    piece decides.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self._held = ""
        self.found = False
        """True once a stop text was seen; nothing passes after it."""

    def feed(self, piece: str) -> str:
        """The part of the stream that may be shown now."""
        if not self._texts:
            return piece
        text = self._held + piece
        found = [(at + len(stop), at) for stop in self._texts if (at := text.find(stop)) >= 0]
        if found:
            self.found = True
            self._held = ""
            # The one that is complete first counts, however the stream was cut into pieces.
            return text[: min(found)[1]]
        held = max(overlap(text, stop) for stop in self._texts)
        self._held = text[len(text) - held :]
        return text[: len(text) - held]

    def rest(self) -> str:
        """What was held back, once nothing follows."""
        held, self._held = self._held, ""
        return held


def overlap(text: str, stop: str) -> int:
    """Length of the longest end of `text` that begins `stop`."""
    for length in range(min(len(text), len(stop) - 1), 0, -1):
        if text.endswith(stop[:length]):
            return length
    return 0
