"""The messages of a conversation, scrolling, with the newest at the bottom."""

from collections.abc import Mapping
from itertools import takewhile
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message as UiMessage
from textual.reactive import reactive
from textual.strip import Strip

from tui.chat.conversation import Message, Reply
from tui.i18n import _
from tui.text import clean
from tui.ui.chat.steering_keys import STEERING_KEYS
from tui.ui.chat.transcript.layout.markdown_rows import plain_rows
from tui.ui.chat.transcript.layout.message_view import MessageView
from tui.ui.chat.transcript.layout.wrapping import wrap_rows
from tui.ui.chat.transcript.searched_scroll import SearchedScroll
from tui.ui.chat.transcript.transcript_keys import TRANSCRIPT_KEYS


class Transcript(SearchedScroll, can_focus=True):
    """Messages, oldest first. Follows a growing reply until the reader scrolls away; End follows again."""

    DEFAULT_CSS = """
    Transcript { height: 1fr; }
    """

    BINDING_GROUP_TITLE = _("Messages")
    BINDINGS: ClassVar[list[BindingType]] = [*TRANSCRIPT_KEYS, *STEERING_KEYS]

    class CopyRequested(UiMessage):
        """The user wants this message on the clipboard; None for the newest reply."""

        def __init__(self, message_id: int | None) -> None:
            super().__init__()
            self.message_id = message_id

    class RawViewRequested(UiMessage):
        """The user wants to see exactly what the model read and wrote; None for the newest reply."""

        def __init__(self, message_id: int | None) -> None:
            super().__init__()
            self.message_id = message_id

    class TextCopyRequested(UiMessage):
        """The user wants this text on the clipboard."""

        def __init__(self, text: str, what: str) -> None:
            super().__init__()
            self.text = text
            self.what = what
            """What it is, in words that follow "Copied"."""

    class MessageActionRequested(UiMessage):
        """The user wants something done to this message, or to the newest for None.

        `what` is one of `edit`, `pin`, `delete`, and `before` and `after` for its versions.
        """

        def __init__(self, message_id: int | None, what: str) -> None:
            super().__init__()
            self.message_id = message_id
            self.what = what

    class LinkClicked(UiMessage):
        """A link in a reply was clicked; nothing was opened."""

        def __init__(self, href: str) -> None:
            super().__init__()
            self.href = href

    class KeyNotice(UiMessage):
        """What came of a key, one sentence, for the line of notices."""

        def __init__(self, words: str) -> None:
            super().__init__()
            self.words = words

    hint: reactive[str] = reactive("")
    """What stands here while there is no message: what the pane is for, and the key that fills it."""
    marked: reactive[int | None] = reactive[int | None](None)
    """Id of the message that keys act on; None for the newest reply."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        # The block of code that was copied last, by its message and its number there.
        self._block: tuple[int | None, int] = (None, 0)

    def add(self, message: Message) -> None:
        """Draw a new message at the end and follow the end again; a reply is open until `finish`."""
        view = MessageView(message, self.view_changed)
        if isinstance(message, Reply):
            view.begin()
        self.add_view(view)

    def stream(self, text: str, *, thinking: bool = False, tokens: int | None = None) -> None:
        """Draw more of the last reply, or of the thinking before it; `tokens`: of the thinking so far."""
        if self.views:
            self.views[-1].stream(text, thinking, tokens)

    def stopping(self) -> None:
        """The last reply is to end here."""
        if self.views:
            self.views[-1].stopping()

    def finish(self, reply: Reply) -> None:
        """Draw a reply as it ended."""
        if view := self.view(reply.id):
            view.finish(reply)
            if view.is_held:
                self.read_later(view)
            self.search_again()

    def describe(self, reply: Reply) -> None:
        """Draw what a finished reply took."""
        if view := self.view(reply.id):
            view.describe(reply)

    def remove_message(self, message_id: int) -> None:
        """Take a message off the screen."""
        if view := self.view(message_id):
            if self.marked == message_id:
                self.marked = None
            self.remove_view(view)
            self.search_again()

    def show(self, messages: tuple[Message, ...]) -> None:
        """Draw a conversation that exists already, in place of what is here."""
        self.marked = None
        self.set_views([MessageView(message, self.view_changed) for message in messages])
        if self.is_searching:
            self.action_leave_search()

    def change(self, messages: tuple[Message, ...]) -> None:
        """Draw another branch: the messages that both begin with stay as they are."""
        if self.marked not in {message.id for message in messages}:
            self.marked = None
        pairs = zip(self.views, messages, strict=False)
        kept = [view for view, _same in takewhile(lambda pair: pair[0].message_id == pair[1].id, pairs)]
        new = [MessageView(message, self.view_changed) for message in messages[len(kept) :]]
        self.change_views([*kept, *new])
        self.search_again()

    def resume(self, reply: Reply) -> None:
        """Draw a reply as one that goes on; more comes with `stream`."""
        if view := self.view(reply.id):
            view.begin()
            self.scroll_end(animate=False)

    def remark(self, remarks: Mapping[int, Content]) -> None:
        """Draw what there is to say about messages, by their ids."""
        for view in self.views:
            view.remark(remarks.get(view.message_id, Content()))

    def view(self, message_id: int | None) -> MessageView | None:
        """How a message is drawn; None when it is not here."""
        index = self._column.index(message_id)
        return self.views[index] if index is not None else None

    def show_dropped(self, message_ids: frozenset[int]) -> None:
        """Draw these as what the model does not see any more, with a rule where they end."""
        dropped = [view.message_id in message_ids for view in self.views]
        for index, view in enumerate(self.views):
            ends = dropped[index] and not any(dropped[index + 1 : index + 2])
            view.set_class(dropped[index], "-dropped")
            view.set_class(ends, "-dropped-last")

    def page(self, direction: int) -> None:
        """Scroll by a page: -1 up, 1 down."""
        if direction < 0:
            self.scroll_page_up()
        else:
            self.scroll_page_down()

    def watch_hint(self) -> None:
        """Draw the hint."""
        if not self.views:
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """A row of the screen; while there is no message, of the hint."""
        if self.views:
            return super().render_line(y)
        width = self.scrollable_content_region.width
        lines = wrap_rows(plain_rows(clean(self.hint)), width)
        line = lines[y].stylize("$text-muted") if y < len(lines) else Content()
        return self._painter.plain(line, width)

    def watch_marked(self, old: int | None, new: int | None) -> None:
        """Show which message is marked."""
        for message_id, is_marked in ((old, False), (new, True)):
            if message_id is not None and (view := self.view(message_id)):
                view.mark(is_marked)

    def on_click(self, event: events.Click) -> None:
        """Mark the message that was clicked; a second click selects all of it."""
        if event.chain > 1:
            # The library would select the whole conversation.
            event.prevent_default()
        place = self.line_at(event.y)
        if place is None:
            return
        if event.chain == 2:
            self.select_message(place[0])
        elif event.chain == 1:
            self._clicked(*place)

    def _clicked(self, index: int, line: int) -> None:
        view = self.views[index]
        self.marked = view.message_id
        if view.is_thought_at(line):
            view.unfold()
        elif (block := view.block_at(line)) is not None:
            self._copy_block(view, block)

    def action_link(self, href: str) -> None:
        """Tell that a link was clicked."""
        self.post_message(self.LinkClicked(href))

    def action_mark(self, step: int) -> None:
        """Mark the message before or after; the first step marks the newest."""
        if not self.views:
            return
        last = len(self.views) - 1
        index = self._column.index(self.marked)
        at = last if index is None else min(max(index + step, 0), last)
        self.show_marked(self.views[at].message_id)

    def show_marked(self, message_id: int) -> None:
        """Mark a message and bring it into sight."""
        self.marked = message_id
        index = self._column.index(message_id)
        if index is not None:
            self.reveal(index)

    def action_copy_block(self) -> None:
        """Copy the first block of code of the marked message, and each time after that the next one."""
        index = self._column.index(self._marked_or_newest)
        if index is None or not (count := len(self.views[index].blocks)):
            self.post_message(self.KeyNotice(_("There is no code to copy here.")))
            return
        view = self.views[index]
        before = self._block[1] if self._block[0] == view.message_id else -1
        self._copy_block(view, (before + 1) % count)

    def _copy_block(self, view: MessageView, block: int) -> None:
        self._block = (view.message_id, block)
        blocks = view.blocks
        what = _("the code")
        if len(blocks) > 1:
            what = _("block {number} of {count}").format(number=block + 1, count=len(blocks))
        self.post_message(self.TextCopyRequested(blocks[block], what))

    def action_raw(self) -> None:
        """Ask for the raw view of the marked reply."""
        self.post_message(self.RawViewRequested(self.marked))

    def action_unfold(self) -> None:
        """Show the thinking of the marked reply, of the newest one when none is marked, or fold it again."""
        index = self._column.index(self._marked_or_newest)
        if index is None or not self.views[index].unfold():
            self.post_message(self.KeyNotice(_("This answer came without thinking.")))
        else:
            self.reveal(index, 0)

    @property
    def _marked_or_newest(self) -> int | None:
        newest = (view.message_id for view in reversed(self.views) if view.is_reply)
        return next(newest, None) if self.marked is None else self.marked

    def action_version(self, message_id: int, what: str) -> None:
        """A click on an arrow of `‹ 2/3 ›`."""
        self.post_message(self.MessageActionRequested(message_id, what))

    def action_steer(self, what: str) -> None:
        """Ask for something to be done to the marked message."""
        self.post_message(self.MessageActionRequested(self.marked, what))

    def action_copy(self) -> None:
        """Ask for a copy of the marked message."""
        self.post_message(self.CopyRequested(self.marked))
