"""List of files above the prompt, for an `@` and part of a name in the question."""

# The list's own type parameters are open.
# pyright: reportUnknownMemberType=false

import asyncio
import os
import re
from functools import partial
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

_LISTED_LIMIT = 50
"""Highest number of files that are listed; typing narrows the list down."""

# At the beginning of a word only, so that an e-mail address is no mention.
_MENTION = re.compile(r"(?:^|(?<=[\s(\[{]))@(?:\"([^\"]*)|([^\s\"]*))$")


class Mention(msgspec.Struct, frozen=True):
    """An `@` and the text after it, up to the cursor."""

    row: int
    column: int
    """Position of the `@` in its line."""
    typed: str
    """The beginning of a path, without quotes."""


def mention_at(row: int, line: str) -> Mention | None:
    """Return the mention at the end of a line up to the cursor; None for none."""
    match = _MENTION.search(line)
    if match is None:
        return None
    return Mention(row, match.start(), match[2] if match[1] is None else match[1])


def typed_mention(path: Path, *, is_folder: bool) -> str:
    """Return the text that replaces a mention: the name of a file, or a mention of the folder."""
    if not is_folder:
        return clean_line(path.name)
    try:
        text = str(path.relative_to(Path.cwd())) + os.sep
    except ValueError:
        text = typed_text(path, is_folder=True)
    return f'@"{text}' if re.search(r"\s", text) else f"@{text}"


class MentionList(PlainList, can_focus=False):
    """List of the files that match a mention; the prompt keeps the focus."""

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

    is_open: reactive[bool] = reactive(False, toggle_class="-shown")
    """True while files are listed."""

    class MentionTaken(Message):
        """The user chose this file or folder."""

        def __init__(self, mention: Mention, path: Path, *, is_folder: bool) -> None:
            super().__init__()
            self.mention = mention
            self.path = path
            self.is_folder = is_folder

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._mention: Mention | None = None
        self._text_position: tuple[int, int] | None = None
        """Row and column of an `@` that stays text; None for none."""
        self._folder: FolderContent | None = None
        self._entries: list[FolderEntry] = []

    def follow(self, row: int, line: str) -> None:
        """List the files for the mention at the end of a line up to the cursor; without one, close."""
        mention = mention_at(row, line)
        if mention is None or (mention.row, mention.column) == self._text_position:
            if mention is None:
                self._text_position = None
            self._forget()
        elif mention != self._mention:
            self._mention = mention
            if self._folder and split_typed(mention.typed, Path.cwd()).folder == self._folder.path:
                self._offer(mention, self._folder)
            else:
                self.is_open = False
                self.run_worker(partial(self._list_folder, mention), group="mention", exclusive=True)

    def leave(self) -> None:
        """Close the list and keep the mention as text."""
        if self._mention is not None:
            self._text_position = (self._mention.row, self._mention.column)
        self._forget()

    def move(self, by: int) -> None:
        """Highlight the file above or below."""
        if by < 0:
            self.action_cursor_up()
        else:
            self.action_cursor_down()

    def take(self) -> bool:
        """Choose the highlighted file; return False if there is none."""
        index = self.highlighted
        if not self.is_open or self._mention is None or self._folder is None or index is None:
            return False
        entry = self._entries[index]
        path = self._folder.path / entry.name
        self.post_message(self.MentionTaken(self._mention, path, is_folder=entry.is_folder))
        self._forget()
        return True

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Choose the file that was clicked."""
        event.stop()
        self.take()

    async def _list_folder(self, mention: Mention) -> None:
        # The disk may be slow, or a network away.
        folder = await asyncio.to_thread(read_folder, split_typed(mention.typed, Path.cwd()).folder)
        if mention == self._mention:
            self._folder = folder
            self._offer(mention, folder)

    def _offer(self, mention: Mention, folder: FolderContent) -> None:
        self._entries = matching(folder.entries, split_typed(mention.typed, Path.cwd()).name)[:_LISTED_LIMIT]
        self.clear_options()
        self.is_open = bool(self._entries)
        # The list has no width while it is hidden, but its parent has.
        width = self.parent.content_size.width - 1 if isinstance(self.parent, Widget) else 0
        self.add_options(Option(entry_line(entry, width)) for entry in self._entries)
        self.highlighted = 0 if self._entries else None

    def _forget(self) -> None:
        self._mention = self._folder = None
        self.is_open = False
