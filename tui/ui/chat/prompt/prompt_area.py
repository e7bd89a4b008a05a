"""The prompt and what belongs to it: what goes along, how the answer is asked for, what reading it costs."""

# Textual's `app` property leaves the app's own type parameter open.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static, TextArea

from tui.chat.attachments import AttachmentError, ReadFile, read_file
from tui.chat.messages import Attachment
from tui.i18n import _, ngettext
from tui.services.token_counts import Tokens, estimate
from tui.text import clean_line
from tui.ui.chat.prompt.attachment_chips import Chip, Chips
from tui.ui.chat.prompt.draft_words import DraftCost, cost_words
from tui.ui.chat.prompt.mention_list import MentionList, typed_mention
from tui.ui.chat.prompt.prompt_input import PromptInput
from tui.ui.kit.cells import middle_cut
from tui.ui.kit.keys import with_keys

_NAME_CELLS = 24


class PromptArea(Vertical):
    """Its upper edge is a line of text, so that what is told there moves nothing."""

    BINDING_GROUP_TITLE = _("Prompt")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+t",
            "attach",
            _("Attach"),
            # The footer at 80 columns has no room for it; the help and the palette have it.
            show=False,
            id="prompt.attach",
            tooltip=_("Let files go along with the question, as text; @ and part of a name does it too"),
        ),
    ]
    DEFAULT_CSS = """
    PromptArea {
        height: auto;
        padding: 0 1;
        border-top: solid $border-blurred;
        border-title-align: right;
        border-title-color: $text-muted;
        & > .prompt-row { height: auto; }
        & .prompt-sign { width: 2; color: $accent; }
    }
    """

    class DraftChanged(Message):
        """The draft, or what goes along with it, is another one."""

    class AttachmentNotice(Message):
        """Something to tell the user: what is wrong, or else what is worth knowing."""

        def __init__(self, text: str, *, wrong: bool) -> None:
            super().__init__()
            self.text = text
            self.wrong = wrong

    cost: reactive[DraftCost | None] = reactive[DraftCost | None](None)
    """What the draft would cost; None for nothing to tell."""
    asking_note: reactive[str] = reactive("")
    """How the answer is asked for, in a few words; empty for the plain way."""

    prompt = getters.query_one(PromptInput)
    """The input."""
    chips = getters.query_one(Chips)
    """What goes along."""
    mentions = getters.query_one(MentionList)
    """Files that are named with `@`."""

    def compose(self) -> ComposeResult:
        """Chips, and below them the input."""
        yield Chips()
        yield MentionList()
        with Horizontal(classes="prompt-row"):
            yield Static(">", classes="prompt-sign")
            yield PromptInput()

    def on_mount(self) -> None:
        """Follow the prompt."""
        self.watch(self.prompt, "attachments", self._attachments_changed, init=False)
        self.watch(self.prompt, "offered", self._tell, init=False)
        self.watch(self.mentions, "shown", self._mentions_shown, init=False)

    def on_resize(self) -> None:
        """Another width has room for other words."""
        self._tell()

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """The draft is another one."""
        event.stop()
        self.post_message(self.DraftChanged())

    # What is named with @

    def on_text_area_selection_changed(self, event: TextArea.SelectionChanged) -> None:
        """The cursor may stand behind the name of a file."""
        event.stop()
        self.mentions.follow(self.prompt.cursor_location[0], self.prompt.before_cursor)

    def _mentions_shown(self, shown: bool) -> None:
        self.prompt.choosing = shown
        self._tell()

    def on_prompt_input_mention_key(self, event: PromptInput.MentionKey) -> None:
        """A key for the list."""
        event.stop()
        match event.what:
            case "before":
                self.mentions.move(-1)
            case "after":
                self.mentions.move(1)
            case "leave":
                self.mentions.leave()
            case "take":
                # Letters that were typed meanwhile may have left nothing to take.
                if not self.mentions.take():
                    self.prompt.send()

    def on_mention_list_mention_taken(self, event: MentionList.MentionTaken) -> None:
        """A file goes along and is called by its name; a folder is looked into."""
        event.stop()
        self.prompt.name_file(event.mention.column, typed_mention(event.path, is_folder=event.is_folder))
        if not event.is_folder:
            self.run_worker(self._attach_files((event.path,)), group="attach")
        self.prompt.focus()

    # What goes along

    def action_attach(self) -> None:
        """Choose files."""
        self.run_worker(self._choose(), group="attach", exclusive=True)

    def on_prompt_input_files_offered(self, event: PromptInput.FilesOffered) -> None:
        """Files whose paths were pasted."""
        event.stop()
        self.run_worker(self._attach_files(event.paths), group="attach")

    async def _choose(self) -> None:
        from tui.ui.chat.prompt.file_picker import FilePicker

        path = await self.app.push_screen_wait(FilePicker(_("Attach a file as text")))
        if path is not None:
            await self._attach_files((path,))
        self.prompt.focus()

    async def _attach_files(self, paths: Sequence[Path]) -> None:
        told: list[str] = []
        wrong = False
        for path in paths:
            found = await asyncio.to_thread(_read, path)
            if isinstance(found, str):
                wrong = True
                told.append(found)
            else:
                self.prompt.attach(found.attachment)
                told += [found.note] if found.note else []
        if told:
            self.post_message(self.AttachmentNotice(" ".join(told), wrong=wrong))

    async def _attachments_changed(self, attachments: tuple[Attachment, ...]) -> None:
        had_focus = isinstance(self.screen.focused, Chip)
        await self.chips.show(attachments, [Tokens(estimate(each.text), exact=False) for each in attachments])
        if had_focus:
            self.prompt.focus()
        self.post_message(self.DraftChanged())

    def show_tokens(self, tokens: Sequence[Tokens]) -> None:
        """How long what goes along is, in its order."""
        self.chips.show_tokens(tokens)

    def on_chip_removed(self, event: Chip.Removed) -> None:
        """Go without it."""
        event.stop()
        self._take_away(event.attachment)

    def on_chip_written_out(self, event: Chip.WrittenOut) -> None:
        """Have it as text."""
        event.stop()
        self._take_away(event.attachment)
        self.prompt.insert_text(event.attachment.text)
        self.prompt.focus()

    def on_chip_chips_left(self, event: Chip.ChipsLeft) -> None:
        """Write on."""
        event.stop()
        self.prompt.focus()

    def _take_away(self, attachment: Attachment) -> None:
        self.prompt.attachments = tuple(each for each in self.prompt.attachments if each is not attachment)

    # What the upper edge tells

    def watch_cost(self) -> None:
        """Another draft, or a better count."""
        self._tell()

    def watch_manner(self) -> None:
        """Another preset, a schema."""
        self._tell()

    def _tell(self) -> None:
        # The edge keeps a cell at each end, and Textual a blank on both sides of the title.
        width = self.size.width - 6
        if self.prompt.choosing:
            text = with_keys(
                _("{prompt.send} attaches the file, {prompt.leave_files} leaves its name as text")
            )
        elif offered := self.prompt.offered:
            text = _offer_words(offered)
        else:
            manner = clean_line(self.asking_note)
            left = width - len(manner) - 3 if manner else width
            cost = cost_words(self.cost, max(left, 0)) if self.cost else ""
            text = " · ".join(part for part in (manner, cost) if part)
        # The library's type says str, its code takes content, which unlike a str is never markup.
        self.border_title = Content(text) if text else None  # pyright: ignore[reportAttributeAccessIssue]


def _read(path: Path) -> ReadFile | str:
    try:
        return read_file(path)
    except AttachmentError as error:
        return str(error)


def _offer_words(paths: Sequence[Path]) -> str:
    if len(paths) == 1:
        name = middle_cut(clean_line(paths[0].name), _NAME_CELLS)
        return with_keys(
            _("{prompt.send} attaches {name}, writing on keeps the path"),
            _("{name} can go along as a file"),
            name=name,
        )
    words = ngettext(
        "{prompt.send} attaches {count} file, writing on keeps the path",
        "{prompt.send} attaches {count} files, writing on keeps the paths",
        len(paths),
    )
    return with_keys(words, _("{count} files can go along"), count=len(paths))
