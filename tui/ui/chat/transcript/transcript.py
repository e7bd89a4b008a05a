"""The transcript: messages of a conversation that scroll, with the newest at the bottom.

Messages are drawn line by line, so that a conversation of any length costs what one sees of it. A message is
read and wrapped when it comes near the screen. Until then its height is an estimate; where it turns out to be
another, the lines on the screen stay in place.
"""

import asyncio
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from functools import partial
from itertools import takewhile
from typing import ClassVar, Literal

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Resize
from textual.geometry import Size
from textual.message import Message as UiMessage
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget

from tui.chat.conversation import Message, Reply
from tui.i18n import _
from tui.text import clean
from tui.ui.chat.transcript.layout.markdown_rows import plain_rows
from tui.ui.chat.transcript.layout.message_view import MessageView
from tui.ui.chat.transcript.layout.wrapping import wrap_rows
from tui.ui.chat.transcript.message_column import GAP, MessageColumn
from tui.ui.chat.transcript.message_painter import GUTTER, MessagePainter
from tui.ui.chat.transcript.search import MessageSearch
from tui.ui.chat.transcript.text_selection import line_label, selected_text, whole_message
from tui.ui.chat.transcript.welcome import Welcome, welcome_lines

MessageAction = Literal["edit", "pin", "delete", "previous_version", "next_version"]
"""Something that a key or a click does to a message."""


class Transcript(ScrollView, can_focus=True):
    """Messages, oldest first. Follows a growing reply until the reader scrolls away; End follows again."""

    ALLOW_SELECT = True
    DEFAULT_CSS = """
    Transcript {
        height: 1fr;
        padding: 0 0 0 1;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
        & > .transcript--question { background: $question; }
        &:ansi > .transcript--question { background: transparent; text-style: bold; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"transcript--question"}

    BINDING_GROUP_TITLE = _("Messages")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "k",
            "mark(-1)",
            _("Previous message"),
            show=False,
            id="chat.previous",
            tooltip=_("Mark the message before"),
        ),
        Binding(
            "j", "mark(1)", _("Next message"), show=False, id="chat.next", tooltip=_("Mark the message after")
        ),
        Binding(
            "t",
            "unfold",
            _("Thinking"),
            show=False,
            id="chat.thinking",
            tooltip=_("Show what the model thought before the marked answer, or fold it again"),
        ),
        Binding("y", "copy", _("Copy message"), id="chat.copy_message", tooltip=_("Copy the marked message")),
        Binding(
            "b",
            "copy_code",
            _("Copy code"),
            id="chat.copy_code",
            tooltip=_("Copy a block of code of the marked answer; again for the next one"),
        ),
        Binding(
            "v",
            "raw",
            _("Raw view"),
            show=False,
            id="chat.raw",
            tooltip=_("The marked answer exactly as the model read its prompt and wrote it"),
        ),
        Binding(
            "slash",
            "search",
            _("Search"),
            id="chat.find",
            show=False,
            tooltip=_("Search in the conversation"),
        ),
        Binding(
            "n",
            "match(1)",
            _("Next found"),
            show=False,
            id="chat.found_next",
            tooltip=_("The next one found"),
        ),
        Binding(
            "N",
            "match(-1)",
            _("Found before"),
            show=False,
            id="chat.found_before",
            tooltip=_("The one found before"),
        ),
        Binding(
            "escape",
            "leave_search",
            _("Leave search"),
            show=False,
            id="chat.leave_search",
            tooltip=_("Leave the search"),
        ),
        Binding(
            "e",
            "change('edit')",
            _("Edit"),
            id="chat.edit",
            tooltip=_("Write the marked question or answer anew, beside the one that was there"),
        ),
        Binding(
            "left",
            "change('previous_version')",
            _("Version before"),
            show=False,
            id="chat.version_before",
            tooltip=_("Walk to the version of the marked message before this one"),
        ),
        Binding(
            "right",
            "change('next_version')",
            _("Version after"),
            show=False,
            id="chat.version_after",
            tooltip=_("Walk to the version of the marked message after this one"),
        ),
        Binding(
            "p",
            "change('pin')",
            _("Pin"),
            show=False,
            id="chat.pin",
            tooltip=_("Keep the marked question in the context when older turns have to go, or no more"),
        ),
        Binding(
            "d,delete",
            "change('delete')",
            _("Delete"),
            show=False,
            id="chat.delete",
            tooltip=_("Delete the marked question with its answers; what followed stays"),
        ),
    ]

    class MessageCopyRequested(UiMessage):
        """The user wants this message on the clipboard; None for the newest reply."""

        def __init__(self, message_id: int | None) -> None:
            super().__init__()
            self.message_id = message_id

    class TextCopyRequested(UiMessage):
        """The user wants this text on the clipboard."""

        def __init__(self, text: str, label: str) -> None:
            super().__init__()
            self.text = text
            self.label = label
            """Names the text in words that follow "Copied"."""

    class RawViewRequested(UiMessage):
        """The user wants the exact prompt and output of a reply; None for the newest reply."""

        def __init__(self, message_id: int | None) -> None:
            super().__init__()
            self.message_id = message_id

    class MessageActionRequested(UiMessage):
        """The user wants something done to this message, or to the newest for None."""

        def __init__(self, message_id: int | None, action: MessageAction) -> None:
            super().__init__()
            self.message_id = message_id
            self.action: MessageAction = action

    class LinkClicked(UiMessage):
        """A link in a reply was clicked; nothing was opened."""

        def __init__(self, href: str) -> None:
            super().__init__()
            self.href = href

    class KeyNotice(UiMessage):
        """The outcome of a key, one sentence for the line of notices."""

        def __init__(self, sentence: str) -> None:
            super().__init__()
            self.sentence = sentence

    class SearchRequested(UiMessage):
        """The user wants to search."""

    class SearchLeft(UiMessage):
        """The user has left the search."""

    class MatchesCounted(UiMessage):
        """The search has come further."""

        def __init__(self, position: int, count: int, is_done: bool) -> None:
            super().__init__()
            self.position = position
            """Number of the current match, from 1; 0 for none."""
            self.count = count
            self.is_done = is_done
            """False while the search goes on."""

    welcome: reactive[Welcome] = reactive(Welcome())
    """Stands here while there is no message."""
    hint: reactive[str] = reactive("")
    """Replaces the welcome where it would promise what is not possible; empty otherwise."""
    marked: reactive[int | None] = reactive[int | None](None)
    """Id of the message that keys act on; None for the newest reply."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._column = MessageColumn()
        self._painter = MessagePainter(self)
        self._search: MessageSearch | None = None
        self._follows = True
        self._is_moving = False
        self._empty: tuple[object, list[Content]] = (None, [])
        """State of the empty transcript, and its lines."""
        self._copied_block: tuple[int | None, int] = (None, 0)
        """The block of code that was copied last, by its message and its number there."""

    @property
    def views(self) -> list[MessageView]:
        """The messages, oldest first."""
        return self._column.views

    @property
    def follows(self) -> bool:
        """True while the end stays in sight as it grows."""
        return self._follows

    def view_of(self, message_id: int | None) -> MessageView | None:
        """Return the view of a message; None when it is not shown."""
        index = self._column.index_of(message_id)
        return self.views[index] if index is not None else None

    # Messages

    def show(self, messages: tuple[Message, ...]) -> None:
        """Draw a conversation from its end, in place of the one that is shown."""
        self.marked = None
        views = [MessageView(message, self._view_changed) for message in messages]
        self._column.set_views(views, self._text_width)
        self._follows = True
        self._painter.forget()
        self._take_height()
        if self.is_searching:
            self.action_leave_search()

    def show_branch(self, messages: tuple[Message, ...]) -> None:
        """Draw another branch: the messages that both begin with stay, and the lines on the screen too."""
        if self.marked not in {message.id for message in messages}:
            self.marked = None
        pairs = zip(self.views, messages, strict=False)
        common = [view for view, _message in takewhile(lambda pair: pair[0].message_id == pair[1].id, pairs)]
        new = [MessageView(message, self._view_changed) for message in messages[len(common) :]]
        with self._kept_in_place():
            self._column.set_views([*common, *new], self._text_width)
        self._search_again()

    def add(self, message: Message) -> None:
        """Draw a new message at the end and follow the end again; a reply is open until `finish`."""
        view = MessageView(message, self._view_changed)
        if isinstance(message, Reply):
            view.begin()
        self._column.add(view)
        self._follows = True
        self._take_height()

    def remove_message(self, message_id: int) -> None:
        """Take a message off the screen."""
        if view := self.view_of(message_id):
            if self.marked == message_id:
                self.marked = None
            with self._kept_in_place():
                views = [shown_view for shown_view in self.views if shown_view is not view]
                self._column.set_views(views, self._text_width)
            self._search_again()

    def stream(self, text: str, *, thinking: bool = False, tokens: int | None = None) -> None:
        """Draw more of the last reply, or of the thinking before it; `tokens`: of the thinking so far."""
        if self.views:
            self.views[-1].stream(text, thinking, tokens)

    def show_stopping(self) -> None:
        """Show that the last reply is to end here."""
        if self.views:
            self.views[-1].show_stopping()

    def finish(self, reply: Reply) -> None:
        """Draw a reply as it ended."""
        if view := self.view_of(reply.id):
            view.finish(reply)
            if view.is_provisional:
                self._read_later(view)
            self._search_again()

    def resume(self, reply: Reply) -> None:
        """Draw a reply as one that goes on; more comes with `stream`."""
        if view := self.view_of(reply.id):
            view.begin()
            self.scroll_end(animate=False)

    def describe(self, reply: Reply) -> None:
        """Draw the cost of a finished reply."""
        if view := self.view_of(reply.id):
            view.describe(reply)

    def show_remarks(self, remarks: Mapping[int, Content]) -> None:
        """Draw the remarks below messages, by their ids."""
        for view in self.views:
            view.set_remark(remarks.get(view.message_id, Content()))

    def show_dropped(self, message_ids: frozenset[int]) -> None:
        """Draw these as no longer seen by the model, with a rule where they end."""
        dropped = [view.message_id in message_ids for view in self.views]
        for index, view in enumerate(self.views):
            ends = dropped[index] and not any(dropped[index + 1 : index + 2])
            view.set_class(dropped[index], "-dropped")
            view.set_class(ends, "-dropped-last")

    def _view_changed(self, view: MessageView) -> None:
        """Draw a view again whose lines have changed; all other lines stay in place."""
        index = self._column.index_of(view.message_id)
        if index is None or not self._column.width:
            return
        top, bottom = self._column.tops[index], self._column.tops[index + 1]
        is_near = top < self._top + 2 * self.size.height and bottom > self._top - self.size.height
        unchanged = 0
        if is_near or view.is_open:
            self._highlight(view)
            unchanged = view.lay_out(self._column.width)
        if self._column.has_new_height(index):
            with self._kept_in_place():
                self._column.measure(index)
        elif is_near:
            self.refresh_lines(top + unchanged, bottom - top - unchanged)

    # Scrolling

    def page(self, direction: int) -> None:
        """Scroll by a page: -1 up, 1 down."""
        if direction < 0:
            self.scroll_page_up()
        else:
            self.scroll_page_down()

    def reveal(self, index: int, line: int | None = None) -> None:
        """Bring a view into sight, or one line of it; nothing moves where it is in sight already."""
        view, height = self.views[index], self.size.height
        with self._kept_in_place():
            view.lay_out(self._column.width)
            self._column.measure(index)
        top = self._column.tops[index] + (line or 0)
        count = 1 if line is not None else view.height(self._column.width)
        if line is not None and not self._top <= top < self._top + height:
            self.scroll_to(y=top - height // 2)
        elif line is None and (top < self._top or top + min(count, height) > self._top + height):
            self.scroll_to(y=top if top < self._top or count > height else top + count - height)

    def line_at(self, y: int) -> tuple[int, int] | None:
        """Return the view, by its index, and its line on a row of the screen; None below the messages."""
        y += self._top
        if not self.views or not 0 <= y < self._column.height:
            return None
        index = self._column.index_at(y)
        return index, y - self._column.tops[index]

    @property
    def _top(self) -> int:
        return round(self.scroll_y)

    @property
    def _text_width(self) -> int:
        width = self.scrollable_content_region.width
        return max(1, width - GUTTER) if width else 0

    def _scroll_to(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, x: float | None = None, y: float | None = None, **options: object
    ) -> bool:
        """Scroll at once, never animated: a line that is not laid out yet has no place to glide through."""
        return super()._scroll_to(x, y, **{**options, "animate": False})  # pyright: ignore[reportArgumentType]

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Lay out the messages that have come near; a reader who leaves the end is not taken back to it."""
        super().watch_scroll_y(old_value, new_value)
        if not self._is_moving:
            self._follows = round(new_value) >= self.max_scroll_y
            self._settle()

    def on_resize(self, event: Resize) -> None:
        """Lay out anew at another width, with the same message on top."""
        width = self._text_width
        if width == self._column.width:
            self._take_height()
            return
        index, part = 0, 0.0
        if self.views and self._column.width:
            index = self._column.index_at(self._top)
            tops = self._column.tops
            part = (self._top - tops[index]) / (tops[index + 1] - tops[index])
        self._column.set_views(self.views, width)
        if self.views and width:
            self.views[index].lay_out(width)
            self._column.measure(index)
            top = self._column.tops[index] + int(part * (self.views[index].height(width) + GAP))
            self._take_height(top)
            self.refresh()

    def _take_height(self, top: int | None = None) -> None:
        """Take over the column's height and stand at a line, or at the end when that is followed."""
        size = Size(self._column.width, self._column.height)
        top = self._top if top is None else top
        self._is_moving = True
        try:
            if size != self.virtual_size:
                # Not by the reactive, which would lay out the whole screen; only the scrollbar depends on it.
                self.set_reactive(Widget.virtual_size, size)  # pyright: ignore[reportArgumentType]
                self._scroll_update(size)
            self.scroll_y = self.max_scroll_y if self._follows else top
            self.scroll_target_y = self.scroll_y
        finally:
            self._is_moving = False
        self.refresh()
        self._settle()

    @contextmanager
    def _kept_in_place(self) -> Generator[None]:
        """Keep the line at the top of the screen there, whatever becomes of the heights inside."""
        if not self.views:
            yield
            self._take_height()
            return
        index = self._column.index_at(self._top)
        view, line = self.views[index], self._top - self._column.tops[index]
        yield
        new_index = self._column.index_of(view.message_id)
        tops = self._column.tops
        if new_index is None:
            self._take_height(tops[min(index, len(tops) - 1)])
            return
        self._take_height(tops[new_index] + min(line, tops[new_index + 1] - tops[new_index] - 1))

    def _settle(self) -> None:
        """Lay out the screen and a page around it; the lines in sight stay, or the end is followed."""
        width, height = self._column.width, self.size.height
        if not self.views or not width or not height:
            return
        first = self._column.index_at(self._top - height)
        last = self._column.index_at(self._top + 2 * height)
        estimated = [index for index in range(first, last + 1) if not self.views[index].is_laid_out(width)]
        if not estimated:
            return
        for index in estimated:
            view = self.views[index]
            if view.is_long:
                view.show_provisionally()
                self._read_later(view)
            self._highlight(view)
            view.lay_out(width)
        # Ends, since a view that is laid out stays so: with other heights others may have come near.
        with self._kept_in_place():
            for index in estimated:
                self._column.measure(index)

    def _read_later(self, view: MessageView) -> None:
        """Read a long reply on another thread; until then it is shown as it is."""

        async def read() -> None:
            view.show_read(*await asyncio.to_thread(view.read_wrapped, self._column.width))

        self.run_worker(read, group="read")

    # Drawing

    def render_line(self, y: int) -> Strip:
        """Return a row of the screen; while there is no message, of the welcome."""
        width = self.scrollable_content_region.width
        if not self.views:
            lines = self._empty_lines(width, self.size.height)
            return self._painter.plain(lines[y] if y < len(lines) else Content(), width)
        position = self.line_at(y)
        if position is None:
            return self._painter.blank(width)
        index, line = position
        view = self.views[index]
        return self._painter.paint(view, line, line_label(view, line), width)

    def _empty_lines(self, width: int, height: int) -> list[Content]:
        state = (self.hint, self.welcome, width, height)
        if self._empty[0] != state:
            lines = [line.stylize("$dim") for line in wrap_rows(plain_rows(clean(self.hint)), width)]
            self._empty = (state, lines if self.hint else welcome_lines(self.welcome, width, height))
        return self._empty[1]

    def watch_hint(self) -> None:
        """Draw the hint."""
        if not self.views:
            self.refresh()

    def watch_welcome(self) -> None:
        """Draw the welcome."""
        if not self.views:
            self.refresh()

    def notify_style_update(self) -> None:
        """Paint anew in another theme."""
        self._painter.forget()
        super().notify_style_update()

    # Selecting with the mouse

    def selection_updated(self, selection: Selection | None) -> None:
        """Draw the selection."""
        self.refresh()

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the text under a mouse selection, and the line end after it."""
        text = selected_text(self._column, selection)
        return (text, "\n") if text is not None else None

    def select_message(self, index: int) -> None:
        """Select the whole of a message, as a double click does."""
        self.screen.selections = {self: whole_message(self.views[index], self._column.width)}

    def on_click(self, event: events.Click) -> None:
        """Mark the message that was clicked; a second click selects all of it."""
        if event.chain > 1:
            # The library would select the whole conversation.
            event.prevent_default()
        position = self.line_at(event.y)
        if position is None:
            return
        index, line = position
        if event.chain == 2:
            self.select_message(index)
        elif event.chain == 1:
            self._clicked(index, line)

    def _clicked(self, index: int, line: int) -> None:
        view = self.views[index]
        self.marked = view.message_id
        if view.is_thinking_title(line):
            view.unfold()
        elif (block := view.code_block_at(line)) is not None:
            self._copy_block(view, block)

    # Marking

    def action_mark(self, step: int) -> None:
        """Mark the message before or after; the first step marks the newest."""
        if not self.views:
            return
        last = len(self.views) - 1
        index = self._column.index_of(self.marked)
        index = last if index is None else min(max(index + step, 0), last)
        self.show_marked(self.views[index].message_id)

    def show_marked(self, message_id: int) -> None:
        """Mark a message and bring it into sight."""
        self.marked = message_id
        index = self._column.index_of(message_id)
        if index is not None:
            self.reveal(index)

    def watch_marked(self, old: int | None, new: int | None) -> None:
        """Show which message is marked."""
        for message_id, is_marked in ((old, False), (new, True)):
            if message_id is not None and (view := self.view_of(message_id)):
                view.mark(is_marked)

    @property
    def _marked_or_newest(self) -> int | None:
        newest = (view.message_id for view in reversed(self.views) if view.is_reply)
        return next(newest, None) if self.marked is None else self.marked

    # Keys on a message

    def action_link(self, href: str) -> None:
        """Report that a link was clicked."""
        self.post_message(self.LinkClicked(href))

    def action_copy(self) -> None:
        """Ask for a copy of the marked message."""
        self.post_message(self.MessageCopyRequested(self.marked))

    def action_copy_code(self) -> None:
        """Copy the first block of code of the marked message, and each time after that the next one."""
        index = self._column.index_of(self._marked_or_newest)
        if index is None or not (count := len(self.views[index].code_blocks)):
            self.post_message(self.KeyNotice(_("There is no code to copy here.")))
            return
        view = self.views[index]
        last_block = self._copied_block[1] if self._copied_block[0] == view.message_id else -1
        self._copy_block(view, (last_block + 1) % count)

    def _copy_block(self, view: MessageView, block: int) -> None:
        self._copied_block = (view.message_id, block)
        blocks = view.code_blocks
        label = _("the code")
        if len(blocks) > 1:
            label = _("block {number} of {count}").format(number=block + 1, count=len(blocks))
        self.post_message(self.TextCopyRequested(blocks[block], label))

    def action_raw(self) -> None:
        """Ask for the raw view of the marked reply."""
        self.post_message(self.RawViewRequested(self.marked))

    def action_unfold(self) -> None:
        """Show the thinking of the marked reply, of the newest one when none is marked, or fold it again."""
        index = self._column.index_of(self._marked_or_newest)
        if index is None or not self.views[index].unfold():
            self.post_message(self.KeyNotice(_("This answer came without thinking.")))
        else:
            self.reveal(index, 0)

    def action_change(self, action: MessageAction) -> None:
        """Ask for something to be done to the marked message."""
        self.post_message(self.MessageActionRequested(self.marked, action))

    def action_version(self, message_id: int, action: MessageAction) -> None:
        """Ask for another version, on a click on an arrow of `‹ 2/3 ›`."""
        self.post_message(self.MessageActionRequested(message_id, action))

    # Searching

    @property
    def is_searching(self) -> bool:
        """True while there is a search."""
        return self._search is not None

    def search(self, query: str) -> None:
        """Search for a text from the lines in sight upwards; leave the search for an empty text."""
        if not query.strip():
            self._search = None
            self.workers.cancel_group(self, "search")  # pyright: ignore[reportUnknownMemberType]
            self._highlight_all()
            self.post_message(self.MatchesCounted(0, 0, True))
            self.refresh_bindings()
            return
        start_order = 0
        if self._search is not None:
            start_order = self._search.start_order
        elif self.views:
            start_order = self.views[self._column.index_at(self._top + self.size.height - 1)].order
        self._search = MessageSearch(query, start_order)
        self.run_worker(partial(self._run_search, self._search), group="search", exclusive=True)
        self.refresh_bindings()

    def _search_again(self) -> None:
        """Search for the same in messages that have changed, without going anywhere."""
        if self._search is not None:
            self._search = MessageSearch(self._search.query, self._search.start_order, self._search.current)
            self.run_worker(partial(self._run_search, self._search), group="search", exclusive=True)

    def action_search(self) -> None:
        """Ask for a search."""
        self.post_message(self.SearchRequested())

    def action_match(self, by: int) -> None:
        """Go to the next match, or to the one before."""
        if self._search is not None:
            self._search.step(by)
            self._go_to_match()

    def action_leave_search(self) -> None:
        """Leave the search; the lines in sight stay there."""
        self.search("")
        self.post_message(self.SearchLeft())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let Esc leave a search only where there is one; otherwise it is the chat's."""
        return self.is_searching if action in ("leave_search", "match") else True

    async def _run_search(self, search: MessageSearch) -> None:
        has_position = search.current is not None
        async for _batch in search.run(list(self.views)):
            if search is not self._search:
                return
            if search.current is not None and not has_position:
                has_position = True
                self._go_to_match()
            else:
                self._highlight_all()
                self._count_matches()

    def _go_to_match(self) -> None:
        self._highlight_all()
        self._count_matches()
        current = self._search.current if self._search is not None else None
        if current is None:
            return
        order, match = current
        index = next((index for index, view in enumerate(self.views) if view.order == order), None)
        if index is not None:
            view = self.views[index]
            self._highlight(view)
            view.lay_out(self._column.width)
            self.reveal(index, view.lines.line_of(match))

    def _count_matches(self) -> None:
        if (search := self._search) is not None:
            self.post_message(self.MatchesCounted(search.position, len(search.matches), search.is_done))

    def _highlight(self, view: MessageView) -> None:
        """Set off the matches in a view, or none any more."""
        current = self._search.current if self._search is not None else None
        matches = self._search.matches_of(view.order) if self._search is not None else []
        view.highlight(matches, current[1] if current is not None and current[0] == view.order else None)

    def _highlight_all(self) -> None:
        for view in self.views:
            # The others follow when they are laid out.
            if view.is_laid_out(self._column.width):
                self._highlight(view)
        self._settle()
        self.refresh()
