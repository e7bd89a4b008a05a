"""The messages of a conversation, scrolling, with the newest at the bottom."""

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message as UiMessage
from textual.reactive import reactive
from textual.widgets import Static

from tui.chat.conversation import Message, Reply
from tui.text import clean
from tui.ui.widgets.message_view import MessageView


class Transcript(VerticalScroll, can_focus=True):
    """Messages, oldest first. Follows a growing reply until the reader scrolls away; End follows again."""

    DEFAULT_CSS = """
    Transcript {
        height: 1fr;
        padding: 0 1;
        scrollbar-size-vertical: 1;
        & > .hint { color: $text-muted; width: 1fr; height: auto; display: none; }
        &.-empty > .hint { display: block; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "k",
            "mark(-1)",
            "Previous message",
            show=False,
            id="chat.previous",
            tooltip="Mark the message before",
        ),
        Binding("j", "mark(1)", "Next message", show=False, id="chat.next", tooltip="Mark the message after"),
        Binding("y", "copy", "Copy message", id="chat.copy_message", tooltip="Copy the marked message"),
    ]

    class CopyRequested(UiMessage):
        """The user wants this message on the clipboard; None for the newest reply."""

        def __init__(self, message_id: int | None) -> None:
            super().__init__()
            self.message_id = message_id

    hint: reactive[str] = reactive("")
    """What stands here while there is no message: what the pane is for, and the key that fills it."""
    marked: reactive[int | None] = reactive[int | None](None)
    """Id of the message that keys act on; None for the newest reply."""

    def compose(self) -> ComposeResult:
        """The hint; messages follow it."""
        yield Static(classes="hint", markup=False)

    def on_mount(self) -> None:
        """Start with the hint."""
        self.add_class("-empty")

    def on_resize(self) -> None:
        """A larger screen may show everything again."""
        self._follow()

    def watch_virtual_size(self) -> None:
        """The messages grew or shrank."""
        # Later, since this is told in the middle of a layout.
        self.call_later(self._follow)

    @property
    def views(self) -> list[MessageView]:
        """The messages' widgets, oldest first."""
        return list(self.query_children(MessageView))

    async def add(self, message: Message) -> None:
        """Draw a new message at the end and follow the end again."""
        self.remove_class("-empty")
        await self.mount(MessageView(message))
        self.anchor(False)

    def stream(self, text: str, *, thinking: bool = False) -> None:
        """Draw more of the last reply; of its thinking nothing is drawn."""
        if not thinking and (views := self.views):
            views[-1].stream(text)

    async def finish(self, reply: Reply) -> None:
        """Draw a reply as it ended."""
        if view := self._view(reply.id):
            await view.finish(reply)

    def describe(self, reply: Reply) -> None:
        """Draw what a finished reply took."""
        if view := self._view(reply.id):
            view.describe(reply)

    async def remove_message(self, message_id: int) -> None:
        """Take a message off the screen."""
        if view := self._view(message_id):
            if self.marked == message_id:
                self.marked = None
            await view.remove()
        self.set_class(not self.views, "-empty")

    async def clear(self) -> None:
        """Take every message off the screen."""
        self.marked = None
        await self.query_children(MessageView).remove()
        self.add_class("-empty")
        self._follow()

    def page(self, direction: int) -> None:
        """Scroll by a page: -1 up, 1 down."""
        if direction < 0:
            self.scroll_page_up()
        else:
            self.scroll_page_down()

    async def show(self, messages: tuple[Message, ...]) -> None:
        """Draw a conversation that exists already."""
        await self.clear()
        if not messages:
            return
        self.remove_class("-empty")
        views = [MessageView(message) for message in messages]
        # All at once: each mounting lays out the screen.
        await self.mount(*views)
        # The newest first, since the end is what one sees.
        for view, message in zip(reversed(views), reversed(messages), strict=True):
            if isinstance(message, Reply):
                await view.finish(message)
        self.anchor(False)

    def watch_hint(self, hint: str) -> None:
        """Draw the hint."""
        if self.is_mounted:
            self.query_one(".hint", Static).update(Content(clean(hint)))

    def watch_marked(self, old: int | None, new: int | None) -> None:
        """Show which message is marked."""
        for message_id, is_marked in ((old, False), (new, True)):
            if message_id is not None and (view := self._view(message_id)):
                view.mark(is_marked)

    def on_click(self, event: events.Click) -> None:
        """Mark the message that was clicked."""
        if event.widget is not None:
            views = [node for node in event.widget.ancestors_with_self if isinstance(node, MessageView)]
            self.marked = views[0].message_id if views else self.marked

    def action_mark(self, step: int) -> None:
        """Mark the message before or after; the first step marks the newest."""
        ids = [view.message_id for view in self.views]
        if not ids:
            return
        at = ids.index(self.marked) + step if self.marked in ids else len(ids) - 1
        self.show_marked(ids[min(max(at, 0), len(ids) - 1)])

    def show_marked(self, message_id: int) -> None:
        """Mark a message and bring it into sight."""
        self.marked = message_id
        if view := self._view(message_id):
            self.scroll_to_widget(view, animate=False)

    def action_copy(self) -> None:
        """Ask for a copy of the marked message."""
        self.post_message(self.CopyRequested(self.marked))

    def _follow(self) -> None:
        """Follow the end once there is more than fits; an anchor on less would push it to the bottom."""
        overflows = self.virtual_size.height > self.scrollable_content_region.height
        if overflows != self.is_anchored:
            self.anchor(overflows)
            if not overflows:
                self.scroll_home(animate=False)

    def _view(self, message_id: int) -> MessageView | None:
        return next((view for view in self.views if view.message_id == message_id), None)
