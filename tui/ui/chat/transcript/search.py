"""A search through the messages of a transcript: what was found so far, and the one it stands at."""

import asyncio
from bisect import bisect_left
from collections.abc import AsyncIterator, Sequence

from tui.ui.chat.transcript.layout.message_view import MessageView
from tui.ui.chat.transcript.layout.text_search import TextMatch, fold

BATCH = 20
"""Messages that are looked through at a time, on another thread: most are read for the first time."""

Found = tuple[int, TextMatch]
"""The message by its order on the screen, and the place in it: they sort as one reads."""


class MessageSearch:
    """Looks for one text; the newest messages first, since these are read most."""

    def __init__(self, wanted: str, near: int, current: Found | None = None) -> None:
        """`near`: the order of the message that the reader looks at; the search starts there and goes up.

        `current`: where a search for the same stands, that is looked for anew.
        """
        self.wanted = wanted
        self.found: list[Found] = []
        """Sorted."""
        self.is_done = False
        self.near = near
        self._current = current

    @property
    def current(self) -> Found | None:
        """The one it stands at; None while nothing was found."""
        return self._current

    @property
    def position(self) -> int:
        """The current one's number, from 1; 0 for none."""
        return bisect_left(self.found, self._current) + 1 if self._current is not None else 0

    async def look(self, views: Sequence[MessageView]) -> AsyncIterator[None]:
        """Look through the views; yields each time that some were."""
        wanted = fold(self.wanted)
        for end in range(len(views), 0, -BATCH):
            batch = views[max(0, end - BATCH) : end]
            found = await asyncio.to_thread(_look, batch, wanted)
            self.found = found + self.found
            if self._current is None and (above := bisect_left(self.found, (self.near + 1,))):
                self._current = self.found[above - 1]
            yield
        if self._current is None and self.found:
            self._current = self.found[0]
        self.is_done = True
        yield

    def step(self, by: int) -> None:
        """Go on to the next one, or to the one before with -1; from the last to the first."""
        if self.found and self._current is not None:
            at = bisect_left(self.found, self._current) + by
            self._current = self.found[at % len(self.found)]

    def places_of(self, order: int) -> list[TextMatch]:
        """What was found in one message."""
        start, end = bisect_left(self.found, (order,)), bisect_left(self.found, (order + 1,))
        return [place for _order, place in self.found[start:end]]


def _look(views: Sequence[MessageView], wanted: str) -> list[Found]:
    return [(view.order, place) for view in views for place in view.find(wanted)]
