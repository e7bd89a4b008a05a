"""The conversations that are kept: found again, opened, named, pinned, deleted, taken elsewhere and back."""

# The option list's and the app's own type parameters are open.
# pyright: reportUnknownMemberType=false

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import ClassVar, Literal

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Resize
from textual.reactive import reactive
from textual.screen import ModalScreen
from textual.widgets import Footer, Input, OptionList, Static

from tui.chat.storage.rows import ConversationSummary
from tui.chat.storage.schema import StoreError
from tui.chat.storage.store import ConversationStore
from tui.i18n import _
from tui.services.sentences import sentence
from tui.text import clean_line
from tui.ui.chat.history.conversation_files import Ending, export_conversation, import_conversation
from tui.ui.chat.history.conversation_lines import (
    conversation_lines,
    empty_list_text,
    facts_line,
    list_limit_text,
)
from tui.ui.chat.history.conversation_list import ConversationList
from tui.ui.kit.dialog import Dialog, content_of
from tui.ui.kit.inquiry import Inquiry

Mode = Literal["list", "rename", "import", "delete"]


class ConversationsScreen(ModalScreen[int | None]):
    """The list over the screen below; it is dismissed with the id of the one to open, or None."""

    BINDING_GROUP_TITLE = _("Conversations")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "down", "rows", _("List"), show=False, id="history.rows", tooltip=_("From the search to the list")
        ),
        Binding("escape", "leave", _("Close"), id="history.close", tooltip=_("Back, and leave it as it is")),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]  # noqa: RUF012
    DEFAULT_CSS = """
    ConversationsScreen {
        align: center middle;

        & > Dialog { max-width: 120; height: 80%; }
        &.-short > Dialog { height: 1fr; max-height: 100%; }
        & #history-search { background: $panel; }
        & #history-search:focus { background: $primary 24%; }
        & #history-header { height: 1; margin-top: 1; text-wrap: nowrap; }
        & ConversationList { height: 1fr; scrollbar-gutter: stable; }
        & #history-empty { height: auto; margin-top: 1; color: $text-muted; display: none; }
        & #history-facts { height: 1; text-wrap: nowrap; }
        & #history-told { height: auto; max-height: 3; color: $foreground; }
        & #history-told.-problem { color: $text-error; }
        &.-empty #history-empty { display: block; }
        &.-empty #history-header, &.-empty #history-facts { display: none; }
    }
    """

    mode: reactive[Mode] = reactive[Mode]("list", bindings=True)
    """What the keys are for now."""

    def __init__(
        self,
        store: ConversationStore,
        folder: Path | None = None,
        on_delete: Callable[[int], None] = lambda _id: None,
    ) -> None:
        """`folder` is where files are written, None for the current one; `on_delete` hears an id before."""
        super().__init__()
        self._store = store
        self._folder = folder or Path.cwd()
        self._on_delete = on_delete
        self._rows: list[ConversationSummary] = []
        self._looked = False

    def compose(self) -> ComposeResult:
        """The search, the list, what is asked, and what came of it."""
        with Dialog(id="history") as frame:
            frame.border_title = _("Conversations")
            yield Input(placeholder=_("Search titles and texts"), compact=True, id="history-search")
            yield Static(id="history-header", markup=False)
            yield Static(id="history-empty", markup=False)
            # There also while it is empty, so that the keys have somebody to go to.
            yield ConversationList(markup=False)
            yield Static(id="history-facts", markup=False)
            yield Inquiry()
            yield Static(id="history-told", markup=False)
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Show the newest."""
        self._list.focus()
        self.look()

    @property
    def rows(self) -> tuple[ConversationSummary, ...]:
        """The conversations in the list."""
        return tuple(self._rows)

    @property
    def highlighted(self) -> ConversationSummary | None:
        """The one that keys act on; None for an empty list."""
        index = self._list.highlighted
        return self._rows[index] if index is not None and index < len(self._rows) else None

    @property
    def _list(self) -> ConversationList:
        return self.query_one(ConversationList)

    @property
    def _search(self) -> Input:
        return self.query_one("#history-search", Input)

    # The list

    @work(group="history-look", exclusive=True)
    async def look(self, keep: int | None = None) -> None:
        """Ask for the conversations that the search leaves, and stay on the one with the id `keep`."""
        if keep is None and self.highlighted is not None:
            keep = self.highlighted.id
        try:
            self._rows = await asyncio.wrap_future(self._store.list_conversations(self._search.value))
        except StoreError as error:
            self._rows = []
            self._tell(
                _("Conversations cannot be read: {reason}.").format(reason=sentence(error.reason)),
                problem=True,
            )
            self.query_one("#history-empty", Static).update("")
        else:
            words = Content("\n".join(empty_list_text(self._search.value)))
            self.query_one("#history-empty", Static).update(words)
        self._looked = True
        self.set_class(not self._rows, "-empty")
        self.query_one("#history", Dialog).border_subtitle = list_limit_text(len(self._rows))
        self._draw(next((index for index, row in enumerate(self._rows) if row.id == keep), 0))
        self.refresh_bindings()

    def on_resize(self, event: Resize) -> None:
        """Another width has room for other columns."""
        self.call_after_refresh(self._draw)

    def _draw(self, highlighted: int | None = None) -> None:
        """The lines at this width, with the cursor where it was unless another line is given."""
        at = self._list.highlighted if highlighted is None else highlighted
        header, lines = conversation_lines(
            self._rows, self._list.scrollable_content_region.width, time.time()
        )
        self.query_one("#history-header", Static).update(content_of(header))
        self._list.set_options(content_of(line) for line in lines)
        self._list.highlighted = at if lines else None
        self._show_facts()

    def _show_facts(self) -> None:
        row = self.highlighted
        facts = content_of(facts_line(row, max(1, self._list.size.width), time.time())) if row else Content()
        self.query_one("#history-facts", Static).update(facts)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Say more of it."""
        event.stop()
        self._show_facts()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open it."""
        event.stop()
        if (row := self.highlighted) is not None:
            self.dismiss(row.id)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search as it is typed."""
        event.stop()
        if self._looked:
            self.look()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """From the search to the list."""
        event.stop()
        self.action_rows()

    def on_inquiry_answered(self, event: Inquiry.Answered) -> None:
        """Do what was asked about."""
        event.stop()
        row, mode, answer = self.highlighted, self.mode, event.answer
        if mode == "import":
            self._import(Path(str(answer)))
            return
        self.mode = "list"
        if row is None:
            return
        if mode == "rename":
            self._change(lambda: self._store.rename_conversation(row.id, str(answer)), row.id)
        elif mode == "delete" and answer is True:
            self._delete(row)

    # What the keys do

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What acts on a conversation needs one, and no question that is open."""
        if action in ("pin", "export") or (action == "ask" and "import" not in parameters):
            return self.mode == "list" and bool(self._rows)
        return self.mode == "list" or action not in ("search", "ask")

    def watch_mode(self, mode: Mode) -> None:
        """Show what is asked, and put the cursor where it is answered."""
        if not self.is_mounted:
            return
        inquiry, row = self.query_one(Inquiry), self.highlighted
        title = clean_line(row.title) if row else ""
        if mode == "list":
            inquiry.hide()
            focus = self._list
        else:
            self._tell("")
            if mode == "rename":
                focus = inquiry.ask(_("New title:"), title)
            elif mode == "import":
                focus = inquiry.ask(_("JSON file to import:"))
            else:
                question = _('Delete "{title}" for good?').format(title=title)
                focus = inquiry.confirm(question, _("Keep it"), _("Delete it"))
        # At once, so that keys typed fast go where they are meant to.
        self.set_focus(focus)

    def action_search(self) -> None:
        """Go to the search."""
        self.set_focus(self._search)

    def action_rows(self) -> None:
        """Go to the list."""
        if self.mode == "list":
            self.set_focus(self._list)

    def action_ask(self, mode: Mode) -> None:
        """Ask for a title or a file, or whether to delete."""
        self.mode = mode

    def action_pin(self) -> None:
        """Pin it, or no more."""
        row = self.highlighted
        if row is not None:
            self._change(lambda: self._store.pin_conversation(row.id, not row.pinned), row.id)

    def action_export(self, ending: Ending) -> None:
        """Write it to a new file."""
        if (row := self.highlighted) is not None:
            self._export(row, ending)

    def action_leave(self) -> None:
        """Back from a question or a search, else close."""
        if self.mode != "list":
            self.mode = "list"
        elif self._search.value or self._search.has_focus:
            self._search.value = ""
            self.action_rows()
        else:
            self.dismiss(None)

    # What takes a while

    @work(group="history-change")
    async def _change(self, start: Callable[[], Future[None]], keep: int) -> None:
        """Do something to the store and show what it is like then."""
        try:
            await asyncio.wrap_future(start())
        except StoreError as error:
            self._tell(_("It stays as it was: {reason}.").format(reason=sentence(error.reason)), problem=True)
        self.look(keep)

    def _delete(self, row: ConversationSummary) -> None:
        index = self._rows.index(row)
        beside = self._rows[index + 1] if index + 1 < len(self._rows) else self._rows[index - 1]
        self._on_delete(row.id)
        self._tell(_('Deleted "{title}".').format(title=clean_line(row.title)))
        self._change(lambda: self._store.delete_conversation(row.id), beside.id)

    @work(group="history-change")
    async def _export(self, row: ConversationSummary, ending: Ending) -> None:
        outcome = await export_conversation(self._store, row.id, ending, self._folder)
        self._tell(outcome.words, problem=outcome.failed)

    @work(group="history-change")
    async def _import(self, path: Path) -> None:
        outcome = await import_conversation(self._store, path, self._folder)
        if outcome.failed:
            self._tell(outcome.words, problem=True)
            return
        self._search.value = ""
        self.mode = "list"
        self._tell(outcome.words)
        self.look(outcome.conversation)

    def _tell(self, text: str, *, problem: bool = False) -> None:
        told = self.query_one("#history-told", Static)
        told.update(Content(clean_line(text)))
        told.set_class(problem, "-problem")
