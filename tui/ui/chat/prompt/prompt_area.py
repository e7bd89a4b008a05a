"""The prompt with its attachments; its upper edge shows the settings and the cost of the draft."""

# Textual's `app` property leaves the app's own type parameter open.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static, TextArea

from tui.chat.attachments import AttachmentError, ReadFile, read_file
from tui.chat.messages import Attachment
from tui.chat.prompt_messages import attachment_text
from tui.i18n import _, ngettext
from tui.services.draft_cost import DraftCost
from tui.services.sentences import sentence
from tui.services.token_counts import Tokens, estimate
from tui.text import clean_line
from tui.ui.chat.prompt.attachment_chips import Chip, Chips
from tui.ui.chat.prompt.draft_words import cost_text, first_fitting
from tui.ui.chat.prompt.mention_list import MentionList, typed_mention
from tui.ui.chat.prompt.prompt_input import PromptInput
from tui.ui.kit.cells import middle_cut
from tui.ui.kit.dialog import ruled_title
from tui.ui.kit.keyboard.names import with_keys

_NAME_CELLS = 24


class PromptArea(Vertical):
    """Area of the prompt; its upper edge shows the settings and the cost, which so take no row."""

    BINDING_GROUP_TITLE = _("Prompt")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+t",
            "attach",
            _("Attach"),
            # The footer at 80 columns has no room for it; the help and the palette have it.
            show=False,
            id="prompt.attach",
            tooltip=_("Attach a file as text; typing @ and part of its name does it too"),
        ),
    ]
    DEFAULT_CSS = """
    PromptArea {
        height: auto;
        padding: 0 1;
        border-top: solid $pane-border;
        border-title-align: right;
        border-title-color: $dim;
        & > .prompt-row { height: auto; }
        & .prompt-sign { width: 2; color: $accent; }
    }
    """

    class DraftChanged(Message):
        """The draft, or its attachments, have changed."""

    class AttachmentNotice(Message):
        """There is an error or a note about an attachment."""

        def __init__(self, text: str, *, is_error: bool) -> None:
            super().__init__()
            self.text = text
            self.is_error = is_error

    cost: reactive[DraftCost | None] = reactive[DraftCost | None](None)
    """Cost of reading the draft; None for unknown."""
    asking_note: reactive[str] = reactive("")
    """Answer settings in a few words; empty for the defaults."""

    def __init__(self) -> None:
        super().__init__()
        self.prompt = PromptInput()
        """The input."""
        self.chips = Chips()
        """The attachments."""
        self.mentions = MentionList()
        """Files for an `@` in the text."""

    def compose(self) -> ComposeResult:
        """Lay out the attachments, and below them the input."""
        yield self.chips
        yield self.mentions
        with Horizontal(classes="prompt-row"):
            yield Static(">", classes="prompt-sign")
            yield self.prompt

    def on_mount(self) -> None:
        """Watch the attachments, the offered files and the list of files."""
        self.watch(self.prompt, "attachments", self._attachments_changed, init=False)
        self.watch(self.prompt, "offered", self._draw_edge, init=False)
        self.watch(self.mentions, "is_open", self._mentions_shown, init=False)

    def on_resize(self) -> None:
        """Fit the text of the upper edge to the width."""
        self._draw_edge()

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Report that the draft has changed."""
        event.stop()
        self.post_message(self.DraftChanged())

    # Files named with @

    def on_text_area_selection_changed(self, event: TextArea.SelectionChanged) -> None:
        """List the files for an `@` before the cursor."""
        event.stop()
        self.mentions.follow(self.prompt.cursor_location[0], self.prompt.before_cursor)

    def _mentions_shown(self, is_shown: bool) -> None:
        self.prompt.choosing = is_shown
        self._draw_edge()

    def on_prompt_input_mention_key(self, event: PromptInput.MentionKey) -> None:
        """Pass a key on to the list of files."""
        event.stop()
        match event.action:
            case "previous":
                self.mentions.move(-1)
            case "next":
                self.mentions.move(1)
            case "leave":
                self.mentions.leave()
            case "take":
                # Letters typed in the meantime may have emptied the list.
                if not self.mentions.take():
                    self.prompt.send()

    def on_mention_list_mention_taken(self, event: MentionList.MentionTaken) -> None:
        """Attach a file and write its name; list the files of a folder."""
        event.stop()
        self.prompt.name_file(event.mention.column, typed_mention(event.path, is_folder=event.is_folder))
        if not event.is_folder:
            self.run_worker(partial(self._attach_files, (event.path,)), group="attach")
        self.prompt.focus()

    # Attachments

    def action_attach(self) -> None:
        """Choose a file to attach."""
        self.run_worker(self._choose, group="attach", exclusive=True)

    def on_prompt_input_files_offered(self, event: PromptInput.FilesOffered) -> None:
        """Attach files whose paths were pasted."""
        event.stop()
        self.run_worker(partial(self._attach_files, event.paths), group="attach")

    async def _choose(self) -> None:
        from tui.ui.chat.prompt.file_picker import FilePicker

        path = await self.app.push_screen_wait(FilePicker(_("Attach a file as text")))
        if path is not None:
            await self._attach_files((path,))
        self.prompt.focus()

    async def _attach_files(self, paths: Sequence[Path]) -> None:
        sentences: list[str] = []
        has_error = False
        for path in paths:
            result = await asyncio.to_thread(_read, path)
            if isinstance(result, str):
                has_error = True
                sentences.append(result)
            else:
                self.prompt.attach(result.attachment)
                sentences += [sentence(result.note)] if result.note else []
        if sentences:
            self.post_message(self.AttachmentNotice(" ".join(sentences), is_error=has_error))

    async def _attachments_changed(self, attachments: tuple[Attachment, ...]) -> None:
        had_focus = isinstance(self.screen.focused, Chip)
        estimates = [Tokens(estimate(attachment_text(sent)), exact=False) for sent in attachments]
        await self.chips.show(attachments, estimates)
        if had_focus:
            self.prompt.focus()
        self.post_message(self.DraftChanged())

    def show_tokens(self, tokens: Sequence[Tokens]) -> None:
        """Show the tokens of the attachments, in their order."""
        self.chips.show_tokens(tokens)

    def on_chip_removed(self, event: Chip.Removed) -> None:
        """Remove the attachment."""
        event.stop()
        self._remove(event.attachment)

    def on_chip_written_out(self, event: Chip.WrittenOut) -> None:
        """Write the text of the attachment into the prompt instead."""
        event.stop()
        self._remove(event.attachment)
        self.prompt.insert_text(event.attachment.text)
        self.prompt.focus()

    def on_chip_chips_left(self, event: Chip.ChipsLeft) -> None:
        """Go back to the prompt."""
        event.stop()
        self.prompt.focus()

    def _remove(self, removed: Attachment) -> None:
        self.prompt.attachments = tuple(
            attachment for attachment in self.prompt.attachments if attachment is not removed
        )

    # The upper edge

    def watch_cost(self) -> None:
        """Draw the cost of another draft, or a better count."""
        self._draw_edge()

    def watch_asking_note(self) -> None:
        """Draw the settings of the answer."""
        self._draw_edge()

    def _draw_edge(self) -> None:
        # The edge keeps a cell at each end, and Textual a blank on both sides of the title.
        width = self.size.width - 6
        if self.prompt.choosing:
            text = first_fitting(
                (
                    with_keys(
                        _("{prompt.send} attaches the file, {prompt.leave_files} keeps its name as text")
                    ),
                    with_keys(_("{prompt.send} attaches it, {prompt.leave_files} does not")),
                ),
                width,
            )
        elif offered := self.prompt.offered:
            text = first_fitting((_offer_text(offered), with_keys(_("{prompt.send} attaches"))), width)
        else:
            note = clean_line(self.asking_note)
            room = width - len(note) - 3 if note else width
            cost = cost_text(self.cost, max(room, 0)) if self.cost else ""
            text = " · ".join(part for part in (note, cost) if part)
        # The library's type says str, its code takes content, which unlike a str is never markup.
        self.border_title = ruled_title(Content(text)) if text else None  # pyright: ignore[reportAttributeAccessIssue]


def _read(path: Path) -> ReadFile | str:
    try:
        return read_file(path)
    except AttachmentError as error:
        return sentence(error.reason)


def _offer_text(paths: Sequence[Path]) -> str:
    if len(paths) == 1:
        name = middle_cut(clean_line(paths[0].name), _NAME_CELLS)
        return with_keys(
            _("{prompt.send} attaches {name}, writing on keeps the path"),
            _("{name} can be attached as a file"),
            name=name,
        )
    template = ngettext(
        "{prompt.send} attaches {count} file, writing on keeps the path",
        "{prompt.send} attaches {count} files, writing on keeps the paths",
        len(paths),
    )
    return with_keys(template, _("{count} files can be attached"), count=len(paths))
