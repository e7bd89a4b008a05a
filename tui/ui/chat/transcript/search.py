"""Search through the messages of a transcript: the matches so far, and the current one."""

import asyncio
from bisect import bisect_left
from collections.abc import AsyncIterator, Sequence

from tui.ui.chat.transcript.layout.message_view import MessageView
from tui.ui.chat.transcript.layout.text_search import TextMatch, fold

BATCH = 20
"""Messages that are searched at a time, on another thread: most are read for the first time."""

MessageMatch = tuple[int, TextMatch]
"""The message by its order on the screen, and the match in it: they sort as one reads."""


class MessageSearch:
    """Search for one text; the newest messages first, since these are read most."""

    def __init__(self, query: str, start_order: int, current: MessageMatch | None = None) -> None:
        """Prepare a search; `run` does it.

        Args:
            query: the text as the user typed it.
            start_order: the order of the message that the reader looks at; the search goes up from there.
            current: where an earlier search for the same text stands.
        """
        self.query = query
        self.matches: list[MessageMatch] = []
        """Sorted."""
        self.is_done = False
        self.start_order = start_order
        self._current = current

    @property
    def current(self) -> MessageMatch | None:
        """The match that it stands at; None while there is none."""
        return self._current

    @property
    def position(self) -> int:
        """Number of the current match, from 1; 0 for none."""
        return bisect_left(self.matches, self._current) + 1 if self._current is not None else 0

    async def run(self, views: Sequence[MessageView]) -> AsyncIterator[None]:
        """Search the views; yield after each batch."""
        folded_query = fold(self.query)
        for end in range(len(views), 0, -BATCH):
            batch = views[max(0, end - BATCH) : end]
            matches = await asyncio.to_thread(_matches_in_views, batch, folded_query)
            self.matches = matches + self.matches
            if self._current is None and (above := bisect_left(self.matches, (self.start_order + 1,))):
                self._current = self.matches[above - 1]
            yield
        if self._current is None and self.matches:
            self._current = self.matches[0]
        self.is_done = True
        yield

    def step(self, by: int) -> None:
        """Go to the next match, or to the one before with -1; from the last to the first."""
        if self.matches and self._current is not None:
            index = bisect_left(self.matches, self._current) + by
            self._current = self.matches[index % len(self.matches)]

    def matches_of(self, order: int) -> list[TextMatch]:
        """Return the matches in one message."""
        start, end = bisect_left(self.matches, (order,)), bisect_left(self.matches, (order + 1,))
        return [match for _order, match in self.matches[start:end]]


def _matches_in_views(views: Sequence[MessageView], folded_query: str) -> list[MessageMatch]:
    return [(view.order, match) for view in views for match in view.find(folded_query)]
