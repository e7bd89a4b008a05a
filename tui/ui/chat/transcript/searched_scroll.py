"""Messages that scroll, in which one can search."""

from textual.message import Message

from tui.ui.chat.transcript.layout.message_view import MessageView
from tui.ui.chat.transcript.message_scroll import MessageScroll
from tui.ui.chat.transcript.search import MessageSearch


class SearchedScroll(MessageScroll):
    """What is found is set off, in messages that come near later too; one of it is the current one."""

    class SearchRequested(Message):
        """The user wants to search."""

    class SearchLeft(Message):
        """The search is over."""

    class MatchesCounted(Message):
        """What a search has found so far."""

        def __init__(self, position: int, count: int, is_done: bool) -> None:
            super().__init__()
            self.position = position
            """Of the one it stands at, from 1; 0 for none."""
            self.count = count
            self.is_done = is_done
            """False while it is still looked for."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._search: MessageSearch | None = None

    @property
    def is_searching(self) -> bool:
        """True while something is looked for."""
        return self._search is not None

    def search(self, wanted: str) -> None:
        """Look for a text from what is in sight upwards; for nothing, leave the search."""
        if not wanted.strip():
            self._search = None
            self.workers.cancel_group(self, "search")  # pyright: ignore[reportUnknownMemberType]
            self._set_off()
            self.post_message(self.MatchesCounted(0, 0, True))
            self.refresh_bindings()
            return
        before, near = self._search, 0
        if self.views:
            near = self.views[self._column.at(self._top + self.size.height - 1)].order
        self._search = MessageSearch(wanted, near if before is None else before.near)
        self.run_worker(self._look(self._search), group="search", exclusive=True)
        self.refresh_bindings()

    def search_again(self) -> None:
        """The messages have changed: look for the same in them, without going anywhere."""
        if self._search is not None:
            self._search = MessageSearch(self._search.wanted, self._search.near, self._search.current)
            self.run_worker(self._look(self._search), group="search", exclusive=True)

    def action_search(self) -> None:
        """Ask for a search."""
        self.post_message(self.SearchRequested())

    def action_found(self, by: int) -> None:
        """Go on to the next one found, or to the one before."""
        if self._search is not None:
            self._search.step(by)
            self._go()

    def action_leave_search(self) -> None:
        """Leave the search; what is in sight stays there."""
        self.search("")
        self.post_message(self.SearchLeft())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Esc leaves a search only where there is one; otherwise it is the chat's."""
        return self.is_searching if action in ("leave_search", "found") else True

    def prepare(self, view: MessageView) -> None:
        """Set off in it what was found, or nothing any more."""
        current = self._search.current if self._search is not None else None
        places = self._search.places_of(view.order) if self._search is not None else []
        view.highlight(places, current[1] if current is not None and current[0] == view.order else None)

    async def _look(self, search: MessageSearch) -> None:
        is_anywhere = search.current is not None
        async for _some in search.look(list(self.views)):
            if search is not self._search:
                return
            if search.current is not None and not is_anywhere:
                is_anywhere = True
                self._go()
            else:
                self._set_off()
                self._tell()

    def _go(self) -> None:
        self._set_off()
        self._tell()
        current = self._search.current if self._search is not None else None
        index = next((at for at, view in enumerate(self.views) if current and view.order == current[0]), None)
        if current is not None and index is not None:
            view = self.views[index]
            self.prepare(view)
            view.lay_out(self._column.width)
            self.reveal(index, view.lines.line_of(current[1]))

    def _tell(self) -> None:
        if (search := self._search) is not None:
            self.post_message(self.MatchesCounted(search.position, len(search.found), search.is_done))

    def _set_off(self) -> None:
        for view in self.views:
            # The others follow when they are laid out.
            if view.is_laid_out(self._column.width):
                self.prepare(view)
        self.settle()
        self.refresh()
