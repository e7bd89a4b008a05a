"""File picker: a path with completion, and the entries of its folder that match the typed text."""

# The list's own type parameters are open.
# pyright: reportUnknownMemberType=false

import asyncio
from functools import partial
from pathlib import Path
from typing import ClassVar

from rich.highlighter import Highlighter
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui.i18n import _
from tui.ui.chat.prompt.folder_list import (
    FolderContent,
    FolderEntry,
    completed,
    entry_line,
    matching,
    read_folder,
    split_typed,
    typed_text,
)
from tui.ui.kit.dialog import Dialog, PlainList


class _Harmless(Highlighter):
    """Highlighter that shows control characters of the path as a sign; the value keeps them."""

    def highlight(self, text: Text) -> None:
        """Replace each control character by the sign."""
        text.plain = "".join(char if char.isprintable() else "\ufffd" for char in text.plain)


class PathInput(Input):
    """Input for the path; the keys of the list work here too."""

    BINDING_GROUP_TITLE = _("Files")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "screen.move(-1)", _("Up"), show=False, id="files.up", tooltip=_("The entry above")),
        Binding(
            "down", "screen.move(1)", _("Down"), show=False, id="files.down", tooltip=_("The entry below")
        ),
        Binding(
            "tab",
            "screen.complete",
            _("Complete"),
            id="files.complete",
            tooltip=_("Complete the name, or take the highlighted one"),
        ),
    ]


class FilePicker(ModalScreen[Path | None]):
    """Dialog that returns the chosen file; None for none."""

    BINDING_GROUP_TITLE = _("Files")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", _("Leave"), id="files.close", tooltip=_("Choose no file")),
    ]
    DEFAULT_CSS = """
    FilePicker {
        align: center middle;

        & > Dialog { max-width: 84; }
        & PathInput { background: $panel; }
        & PlainList { height: 14; max-height: 60vh; margin-top: 1; }
        & #files-problem { height: auto; color: $text-error; display: none; }
        & #files-problem.-shown { display: block; }
    }
    """

    def __init__(self, title: str, start: Path | None = None) -> None:
        """Start in the folder `start`; None for the current folder."""
        super().__init__()
        self._title = title
        self._start_folder = start or Path.cwd()
        self._folder = FolderContent(Path())
        self._matching: list[FolderEntry] = []

    def compose(self) -> ComposeResult:
        """Lay out the path and the list."""
        with Dialog() as frame:
            frame.border_title = self._title
            frame.show_hints(_("Enter opens"), _("{files.complete} completes"), _("{files.close} leaves"))
            path = typed_text(self._start_folder, is_folder=True)
            yield PathInput(path, compact=True, select_on_focus=False, highlighter=_Harmless())
            yield PlainList(markup=False)
            yield Static(id="files-problem", markup=False)

    def on_mount(self) -> None:
        """Focus the path, with the cursor at its end."""
        path = self.query_one(PathInput)
        path.focus()
        path.cursor_position = len(path.value)

    def on_input_changed(self, event: Input.Changed) -> None:
        """List the matching entries of the typed folder."""
        event.stop()
        self.run_worker(partial(self._list_entries, event.value), group="folder", exclusive=True)

    async def _list_entries(self, text: str) -> None:
        typed = split_typed(text, self._start_folder)
        if typed.folder != self._folder.path:
            # The disk may be slow, or a network away.
            self._folder = await asyncio.to_thread(read_folder, typed.folder)
        self._matching = matching(self._folder.entries, typed.name)
        options = self.query_one(PlainList)
        width = options.scrollable_content_region.width
        options.clear_options()
        options.add_options(Option(entry_line(entry, width)) for entry in self._matching)
        options.highlighted = 0 if self._matching else None
        problem = self._folder.problem
        if not problem and not self._matching:
            problem = _("No name here contains that.") if typed.name else _("This folder is empty.")
        problem_line = self.query_one("#files-problem", Static)
        problem_line.update(problem)
        problem_line.set_class(bool(problem), "-shown")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the highlighted entry."""
        event.stop()
        self._take()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the entry that was clicked."""
        event.stop()
        self._take()

    def action_move(self, by: int) -> None:
        """Highlight the entry above or below."""
        options = self.query_one(PlainList)
        if by < 0:
            options.action_cursor_up()
        else:
            options.action_cursor_down()

    def action_complete(self) -> None:
        """Complete the name as far as it is unique; if nothing can be added, use the highlighted entry."""
        path = self.query_one(PathInput)
        typed = split_typed(path.value, self._start_folder)
        name = completed(self._matching, typed.name)
        exact = next((entry for entry in self._matching if entry.name == name), None)
        if name == typed.name and (entry := exact or self._highlighted):
            self._write(typed.folder / entry.name, is_folder=entry.is_folder)
        else:
            self._write(typed.folder / name, is_folder=bool(exact and exact.is_folder))
        path.focus()

    def _take(self) -> None:
        entry = self._highlighted
        if entry is None:
            self.app.bell()
            return
        path = self._folder.path / entry.name
        if entry.is_folder:
            self._write(path, is_folder=True)
            self.query_one(PathInput).focus()
        else:
            self.dismiss(path)

    def _write(self, path: Path, *, is_folder: bool) -> None:
        box = self.query_one(PathInput)
        box.value = typed_text(path, is_folder=is_folder)
        box.cursor_position = len(box.value)

    @property
    def _highlighted(self) -> FolderEntry | None:
        index = self.query_one(PlainList).highlighted
        return self._matching[index] if index is not None and index < len(self._matching) else None
