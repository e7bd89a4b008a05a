"""Files that are named with `@` while a question is written, above the prompt."""

# The list's own type parameters are open.
# pyright: reportUnknownMemberType=false

import asyncio
import os
import re
from pathlib import Path

import msgspec
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui.text import clean_line
from tui.ui.chat.prompt.folder_list import (
    FolderContent,
    FolderEntry,
    entry_line,
    matching,
    read_folder,
    split_typed,
    typed_text,
)
from tui.ui.kit.dialog import PlainList

_MOST = 50
"""Files that are offered; typing narrows them down."""

# At the beginning of a word only, so that an address of e-mail is none.
_MENTION = re.compile(r"(?:^|(?<=[\s(\[{]))@(?:\"([^\"]*)|([^\s\"]*))$")


class Mention(msgspec.Struct, frozen=True):
    """An `@` and what follows it up to the cursor."""

    row: int
    column: int
    """Of the `@`, in its line."""
    typed: str
    """The beginning of a path, without quotes."""


def mention_at(row: int, before: str) -> Mention | None:
    """What is being named where a line up to the cursor ends; None for nothing."""
    found = _MENTION.search(before)
    if found is None:
        return None
    return Mention(row, found.start(), found[2] if found[1] is None else found[1])


def typed_mention(path: Path, *, is_folder: bool) -> str:
    """What stands in the question for what was chosen: the name of a file, or the way into a folder."""
    if not is_folder:
        return clean_line(path.name)
    try:
        text = str(path.relative_to(Path.cwd())) + os.sep
    except ValueError:
        text = typed_text(path, is_folder=True)
    return f'@"{text}' if re.search(r"\s", text) else f"@{text}"


class MentionList(PlainList, can_focus=False):
    """What the name may become. It is chosen from while the prompt keeps the focus."""

    DEFAULT_CSS = """
    MentionList {
        max-height: 6;
        display: none;
        color: $text-muted;
        &.-shown { display: block; }
        & > .option-list--option-highlighted {
            color: $foreground;
            background: $primary 24%;
            text-style: bold;
        }
        &:ansi > .option-list--option-highlighted {
            color: $block-cursor-foreground;
            background: $block-cursor-background;
        }
    }
    """

    shown: reactive[bool] = reactive(False, toggle_class="-shown")
    """Whether there is something to choose from."""

    class MentionTaken(Message):
        """The user means this one."""

        def __init__(self, mention: Mention, path: Path, *, is_folder: bool) -> None:
            super().__init__()
            self.mention = mention
            self.path = path
            self.is_folder = is_folder

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._mention: Mention | None = None
        self._left: tuple[int, int] | None = None
        """Where an `@` stands that is to stay text."""
        self._folder: FolderContent | None = None
        self._entries: list[FolderEntry] = []

    def follow(self, row: int, before: str) -> None:
        """The line up to the cursor is another one."""
        mention = mention_at(row, before)
        if mention is None or (mention.row, mention.column) == self._left:
            if mention is None:
                self._left = None
            self._forget()
        elif mention != self._mention:
            self._mention = mention
            if self._folder and split_typed(mention.typed, Path.cwd()).folder == self._folder.path:
                self._offer(mention, self._folder)
            else:
                self.shown = False
                self.run_worker(self._look(mention), group="mention", exclusive=True)

    def leave(self) -> None:
        """Let it be text."""
        if self._mention is not None:
            self._left = (self._mention.row, self._mention.column)
        self._forget()

    def move(self, by: int) -> None:
        """Highlight a neighbour."""
        if by < 0:
            self.action_cursor_up()
        else:
            self.action_cursor_down()

    def take(self) -> bool:
        """Take the highlighted one; False when there is none."""
        at = self.highlighted
        if not self.shown or self._mention is None or self._folder is None or at is None:
            return False
        entry = self._entries[at]
        path = self._folder.path / entry.name
        self.post_message(self.MentionTaken(self._mention, path, is_folder=entry.is_folder))
        self._forget()
        return True

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A click takes too."""
        event.stop()
        self.take()

    async def _look(self, mention: Mention) -> None:
        # The disk may be slow, or a network away.
        folder = await asyncio.to_thread(read_folder, split_typed(mention.typed, Path.cwd()).folder)
        if mention == self._mention:
            self._folder = folder
            self._offer(mention, folder)

    def _offer(self, mention: Mention, folder: FolderContent) -> None:
        self._entries = matching(folder.entries, split_typed(mention.typed, Path.cwd()).name)[:_MOST]
        self.clear_options()
        self.shown = bool(self._entries)
        # A list that was not there has no width yet; what holds it has.
        width = self.parent.content_size.width - 1 if isinstance(self.parent, Widget) else 0
        self.add_options(Option(entry_line(entry, width)) for entry in self._entries)
        self.highlighted = 0 if self._entries else None

    def _forget(self) -> None:
        self._mention = self._folder = None
        self.shown = False
