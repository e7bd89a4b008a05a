"""Input of the prompt: grows with its text, sends on Enter, remembers earlier questions."""

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import ClassVar, Literal

import msgspec
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import TextArea

from tui.chat.attachments import is_long_paste, pasted_paths
from tui.chat.messages import Attachment
from tui.i18n import _
from tui.text import clean

MentionAction = Literal["previous", "next", "take", "leave"]
"""Action of a key in the list of files for an `@`."""


class Draft(msgspec.Struct, frozen=True):
    """A question that is being written."""

    text: str
    attachments: tuple[Attachment, ...] = ()


class PromptInput(TextArea):
    """Multi-line input of one to six rows.

    It never clears itself: the receiver of `Submitted` calls `take`, so that a question that could not be
    asked stays in the input.
    """

    DEFAULT_CSS = """
    PromptInput {
        width: 1fr;
        height: auto;
        min-height: 1;
        max-height: 6;
        border: none;
        padding: 0;
        background: transparent;
        scrollbar-size-vertical: 1;
        &:focus { border: none; }
        & .text-area--cursor-line { background: transparent; }
    }
    """

    BINDING_GROUP_TITLE = _("Prompt")
    # Priority, because a text area takes Enter as a new line before its own bindings are asked.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", _("Send"), id="prompt.send", priority=True, tooltip=_("Ask the model")),
        Binding(
            "ctrl+j,shift+enter",
            "new_line",
            _("New line"),
            id="prompt.new_line",
            priority=True,
            show=False,
            key_display="^J",
            tooltip=_("Start a new line in the question"),
        ),
        Binding(
            "pageup",
            "page(-1)",
            _("Page up"),
            id="prompt.page_up",
            show=False,
            tooltip=_("Scroll the chat up"),
        ),
        Binding(
            "pagedown",
            "page(1)",
            _("Page down"),
            id="prompt.page_down",
            show=False,
            tooltip=_("Scroll the chat down"),
        ),
        Binding(
            "tab",
            "attach_offered",
            _("Attach"),
            show=False,
            id="prompt.attach_offered",
            priority=True,
            tooltip=_("Attach the offered file: its path was pasted, or it is named with @"),
        ),
        Binding(
            "escape",
            "leave_files",
            _("Leave"),
            show=False,
            id="prompt.leave_files",
            tooltip=_("Keep the text after @ as text"),
        ),
    ]

    class Submitted(Message):
        """The user sends a text with its attachments; `written` is the text with the blanks around it."""

        def __init__(
            self, text: str, attachments: tuple[Attachment, ...] = (), written: str | None = None
        ) -> None:
            super().__init__()
            self.text = text
            self.written = text if written is None else written
            self.attachments = attachments

    class FilesOffered(Message):
        """The user wants to attach the offered files."""

        def __init__(self, paths: tuple[Path, ...]) -> None:
            super().__init__()
            self.paths = paths

    class MentionKey(Message):
        """A key was pressed for the list of files for an `@`."""

        def __init__(self, action: MentionAction) -> None:
            super().__init__()
            self.action: MentionAction = action

    class TranscriptPaged(Message):
        """The user pages through the chat without leaving the prompt: -1 up, 1 down."""

        def __init__(self, direction: int) -> None:
            super().__init__()
            self.direction = direction

    attachments: reactive[tuple[Attachment, ...]] = reactive[tuple[Attachment, ...]]((), repaint=False)
    """Attachments of the question."""
    offered: reactive[tuple[Path, ...]] = reactive[tuple[Path, ...]]((), repaint=False)
    """Files whose paths are the whole pasted text; Enter or Tab attaches them."""

    choosing: reactive[bool] = reactive(False, repaint=False)
    """True while files are listed for an `@`, so that the keys of a list act on them."""

    def __init__(self) -> None:
        super().__init__(
            soft_wrap=True,
            tab_behavior="focus",
            compact=True,
            highlight_cursor_line=False,
            placeholder=_("Ask something"),
        )
        # Movement on this screen always has a meaning.
        self.cursor_blink = False
        self._history: list[str] = []
        self._history_index = 0
        self._draft = ""
        self._offered_for = ""

    def take(self) -> None:
        """Add the sent text to the history, and clear the input."""
        if self.text.strip() and (not self._history or self._history[-1] != self.text):
            self._history.append(self.text)
        self._history_index = len(self._history)
        self.attachments = ()
        self.load_text("")

    def restore(self, text: str, attachments: Sequence[Attachment] = ()) -> None:
        """Put a question back into the input, unless it has a new draft."""
        if not self.text.strip() and not self.attachments:
            self._show(text)
            self.attachments = tuple(attachments)

    def remember(self, texts: Sequence[str]) -> None:
        """Add questions of earlier sessions, the oldest first, before those of this session."""
        self._history = [*texts, *self._history]
        self._history_index += len(texts)

    @property
    def before_cursor(self) -> str:
        """The line of the cursor, up to the cursor."""
        row, column = self.cursor_location
        return self.document[row][:column]

    def insert_text(self, text: str) -> None:
        """Insert a text at the cursor."""
        self.move_cursor(self.replace(text, *self.selection, maintain_selection_offset=False).end_location)

    def name_file(self, column: int, text: str) -> None:
        """Replace the text between a column and the cursor by the name of a file."""
        end = self.cursor_location
        self.move_cursor(
            self.replace(text, (end[0], column), end, maintain_selection_offset=False).end_location
        )

    def attach(self, *attachments: Attachment) -> None:
        """Add attachments, except those that are attached already with the same name and text."""
        new = [attachment for attachment in attachments if attachment not in self.attachments]
        self.attachments = (*self.attachments, *new)

    def exchange(self, draft: Draft) -> Draft:
        """Replace the draft and return the old one."""
        replaced = Draft(self.text, self.attachments)
        self._show(draft.text)
        self.attachments = draft.attachments
        return replaced

    def on_paste(self, event: events.Paste) -> None:
        """Insert pasted text without control characters; attach a long text instead."""
        event.prevent_default()
        event.stop()
        text = clean(event.text.replace("\r\n", "\n").replace("\r", "\n"))
        if is_long_paste(text):
            self.attach(Attachment(self._name_of_paste(), text))
            return
        empty = not self.text.strip()
        self.insert_text(text)
        if empty:
            self.run_worker(partial(self._offer, self.text), group="paths", exclusive=True)

    def on_text_area_changed(self) -> None:
        """Withdraw the offered files when the pasted text is changed."""
        if self.text != self._offered_for:
            self.offered = ()

    async def _offer(self, text: str) -> None:
        # The disk may be slow, or a network away.
        paths = await asyncio.to_thread(pasted_paths, text)
        if paths and self.text == text:
            self._offered_for = text
            self.offered = paths

    def _name_of_paste(self) -> str:
        names = {attachment.name for attachment in self.attachments}
        number = 1
        while (name := _paste_name(number)) in names:
            number += 1
        return name

    def action_attach_offered(self) -> None:
        """Attach the offered files."""
        self.call_later(self._attach_offered)

    def action_leave_files(self) -> None:
        """Close the list of files without a choice."""
        self.post_message(self.MentionKey("leave"))

    def _attach_offered(self) -> None:
        if self.choosing:
            self.post_message(self.MentionKey("take"))
        elif paths := self.offered:
            self.load_text("")
            self.post_message(self.FilesOffered(paths))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable Tab and Escape while no files are offered or listed, so that they work as usual."""
        if action == "leave_files":
            return self.choosing
        return bool(self.offered) or self.choosing if action == "attach_offered" else True

    def action_delete_left(self) -> None:
        """Delete a character; where there is none, the last attachment."""
        if self.text or not self.attachments:
            super().action_delete_left()
        else:
            self.attachments = self.attachments[:-1]

    def action_submit(self) -> None:
        """Send the text after the letters typed before Enter, which a priority key overtakes."""
        self.call_later(self._submit)

    def action_new_line(self) -> None:
        """Start a new line at the cursor, after the letters typed before."""
        self.call_later(self._new_line)

    def _submit(self) -> None:
        if self.offered or self.choosing:
            self._attach_offered()
        else:
            self.send()

    def send(self) -> None:
        """Send the draft, unless it is empty."""
        text = self.text.strip()
        if text or self.attachments:
            self.post_message(self.Submitted(text, self.attachments, self.text))

    def _new_line(self) -> None:
        self.insert_text("\n")

    def action_page(self, direction: int) -> None:
        """Page through the chat."""
        self.post_message(self.TranscriptPaged(direction))

    def action_cursor_up(self, select: bool = False) -> None:
        """Move up; from the first row, to the question before in the history."""
        if self.choosing and not select:
            self.post_message(self.MentionKey("previous"))
        elif select or not self.navigator.is_first_wrapped_line(self.cursor_location):
            super().action_cursor_up(select)
        elif self._history_index > 0:
            self._go_in_history(self._history_index - 1)

    def action_cursor_down(self, select: bool = False) -> None:
        """Move down; from the last row, to the next question in the history, and finally to the draft."""
        if self.choosing and not select:
            self.post_message(self.MentionKey("next"))
        elif select or not self.navigator.is_last_wrapped_line(self.cursor_location):
            super().action_cursor_down(select)
        elif self._history_index < len(self._history):
            self._go_in_history(self._history_index + 1)

    def _go_in_history(self, index: int) -> None:
        if self._history_index == len(self._history):
            self._draft = self.text
        self._history_index = index
        self._show(self._history[index] if index < len(self._history) else self._draft)

    def _show(self, text: str) -> None:
        self.load_text(text)
        self.move_cursor(self.document.end)


def _paste_name(number: int) -> str:
    return _("pasted text") if number == 1 else _("pasted text {number}").format(number=number)
