"""Stop texts, found in a reply across the pieces in which it arrives."""

from collections.abc import Sequence


class StopScanner:
    """Passes a stream of text through, up to the first stop text.

    The end of what has arrived may be the beginning of a stop text, so that much waits until the next piece
    decides.
    """

    def __init__(self, stop_texts: Sequence[str]) -> None:
        self._stop_texts = stop_texts
        self._pending = ""
        self.stopped = False
        """True once a stop text was seen; nothing passes after it."""

    def feed(self, piece: str) -> str:
        """Take a piece, and return the part of the stream that may be shown now."""
        if not self._stop_texts:
            return piece
        text = self._pending + piece
        matches = [(start + len(stop), start) for stop in self._stop_texts if (start := text.find(stop)) >= 0]
        if matches:
            self.stopped = True
            self._pending = ""
            # The one that is complete first counts, however the stream was cut into pieces.
            return text[: min(matches)[1]]
        overlap = max(overlap_length(text, stop) for stop in self._stop_texts)
        self._pending = text[len(text) - overlap :]
        return text[: len(text) - overlap]

    def flush(self) -> str:
        """Return the text that still waits, once nothing follows."""
        pending, self._pending = self._pending, ""
        return pending


def overlap_length(text: str, mark: str) -> int:
    """Return the length of the longest end of `text` that begins `mark`, less than the mark itself."""
    for length in range(min(len(text), len(mark) - 1), 0, -1):
        if text.endswith(mark[:length]):
            return length
    return 0
