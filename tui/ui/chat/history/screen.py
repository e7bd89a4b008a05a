"""Screen of the saved conversations: search, open, rename, pin, delete, export and import."""

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
from textual.widgets import Input, OptionList, Static

from tui.chat.storage.rows import ConversationSummary
from tui.chat.storage.schema import StoreError
from tui.chat.storage.store import ConversationStore
from tui.i18n import _
from tui.services.sentences import sentence
from tui.text import clean_line
from tui.ui.chat.history.import_export import Ending, export_conversation, import_conversation
from tui.ui.chat.history.lines import (
    conversation_lines,
    empty_list_text,
    facts_line,
    list_limit_text,
)
from tui.ui.chat.history.list import ConversationList
from tui.ui.kit.dialog import Dialog, content_of
from tui.ui.kit.inquiry import Inquiry
from tui.ui.kit.keyboard.footer import KeyFooter

Mode = Literal["list", "rename", "import", "delete"]


class ConversationsScreen(ModalScreen[int | None]):
    """Dialog that returns the id of the conversation to open; None for none."""

    BINDING_GROUP_TITLE = _("Conversations")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "down",
            "rows",
            _("List"),
            show=False,
            id="history.rows",
            tooltip=_("Go from the search to the list"),
        ),
        Binding(
            "escape", "leave", _("Close"), id="history.close", tooltip=_("Close the list and open nothing")
        ),
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
        & #history-result { height: auto; max-height: 3; color: $foreground; }
        & #history-result.-problem { color: $text-error; }
        &.-empty #history-empty { display: block; }
        &.-empty #history-header, &.-empty #history-facts { display: none; }
    }
    """

    mode: reactive[Mode] = reactive[Mode]("list", bindings=True)
    """The question that is open, or `list` while there is none."""

    def __init__(
        self,
        store: ConversationStore,
        folder: Path | None = None,
        on_delete: Callable[[int], None] = lambda _id: None,
    ) -> None:
        """Show the conversations of a store.

        Args:
            store: the saved conversations.
            folder: folder for exports and relative import paths; None for the current one.
            on_delete: called with a conversation's id before it is deleted.
        """
        super().__init__()
        self._store = store
        self._folder = folder or Path.cwd()
        self._on_delete = on_delete
        self._rows: list[ConversationSummary] = []
        self._is_listed = False

    def compose(self) -> ComposeResult:
        """Lay out the search, the list, the question and the result."""
        with Dialog(id="history") as frame:
            frame.border_title = _("Conversations")
            yield Input(placeholder=_("Search titles and texts"), compact=True, id="history-search")
            yield Static(id="history-header", markup=False)
            yield Static(id="history-empty", markup=False)
            # Shown even while it is empty, because its bindings need the focus.
            yield ConversationList(markup=False)
            yield Static(id="history-facts", markup=False)
            yield Inquiry()
            yield Static(id="history-result", markup=False)
        yield KeyFooter(show_command_palette=False)

    def on_mount(self) -> None:
        """List the newest conversations."""
        self._list.focus()
        self.list_again()

    @property
    def rows(self) -> tuple[ConversationSummary, ...]:
        """The conversations in the list."""
        return tuple(self._rows)

    @property
    def highlighted(self) -> ConversationSummary | None:
        """The highlighted conversation; None for an empty list."""
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
    async def list_again(self, keep: int | None = None) -> None:
        """List the conversations that match the search, and highlight the one with the id `keep`."""
        if keep is None and self.highlighted is not None:
            keep = self.highlighted.id
        try:
            self._rows = await asyncio.wrap_future(self._store.list_conversations(self._search.value))
        except StoreError as error:
            self._rows = []
            self._show_result(
                _("Conversations cannot be read: {reason}.").format(reason=sentence(error.reason)),
                problem=True,
            )
            self.query_one("#history-empty", Static).update("")
        else:
            text = Content("\n".join(empty_list_text(self._search.value)))
            self.query_one("#history-empty", Static).update(text)
        self._is_listed = True
        self.set_class(not self._rows, "-empty")
        self.query_one("#history", Dialog).border_subtitle = Content(list_limit_text(len(self._rows)))
        self._draw(next((index for index, row in enumerate(self._rows) if row.id == keep), 0))
        self.refresh_bindings()

    def on_resize(self, event: Resize) -> None:
        """Draw the columns that fit the new width."""
        self.call_after_refresh(self._draw)

    def _draw(self, highlighted: int | None = None) -> None:
        """Draw the lines at this width; without a line to highlight, the highlight stays."""
        index = self._list.highlighted if highlighted is None else highlighted
        header, lines = conversation_lines(
            self._rows, self._list.scrollable_content_region.width, time.time()
        )
        self.query_one("#history-header", Static).update(content_of(header))
        self._list.set_options(content_of(line) for line in lines)
        self._list.highlighted = index if lines else None
        self._show_facts()

    def _show_facts(self) -> None:
        row = self.highlighted
        facts = content_of(facts_line(row, max(1, self._list.size.width), time.time())) if row else Content()
        self.query_one("#history-facts", Static).update(facts)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show the facts about the highlighted conversation."""
        event.stop()
        self._show_facts()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open the conversation."""
        event.stop()
        if (row := self.highlighted) is not None:
            self.dismiss(row.id)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search while the text is typed."""
        event.stop()
        if self._is_listed:
            self.list_again()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go from the search to the list."""
        event.stop()
        self.action_rows()

    def on_inquiry_answered(self, event: Inquiry.Answered) -> None:
        """Carry out the answered question."""
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

    # Actions of the keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the actions on a conversation only for a highlighted one, and while no question is open."""
        if action in ("pin", "export") or (action == "ask" and "import" not in parameters):
            return self.mode == "list" and bool(self._rows)
        return self.mode == "list" or action not in ("search", "ask")

    def watch_mode(self, mode: Mode) -> None:
        """Show the open question, and focus its answer."""
        if not self.is_mounted:
            return
        inquiry, row = self.query_one(Inquiry), self.highlighted
        title = clean_line(row.title) if row else ""
        if mode == "list":
            inquiry.hide()
            focus = self._list
        else:
            self._show_result("")
            if mode == "rename":
                focus = inquiry.ask(_("New title:"), title)
            elif mode == "import":
                focus = inquiry.ask(_("JSON file to import:"))
            else:
                question = _('Delete "{title}" permanently?').format(title=title)
                focus = inquiry.confirm(question, _("Keep it"), _("Delete it"))
        # At once, so that keys typed fast reach the right widget.
        self.set_focus(focus)

    def action_search(self) -> None:
        """Focus the search."""
        self.set_focus(self._search)

    def action_rows(self) -> None:
        """Focus the list."""
        if self.mode == "list":
            self.set_focus(self._list)

    def action_ask(self, mode: Mode) -> None:
        """Ask for a title or a file, or for a confirmation of a deletion."""
        self.mode = mode

    def action_pin(self) -> None:
        """Pin or unpin the highlighted conversation."""
        row = self.highlighted
        if row is not None:
            self._change(lambda: self._store.pin_conversation(row.id, not row.pinned), row.id)

    def action_export(self, ending: Ending) -> None:
        """Export the highlighted conversation to a new file."""
        if (row := self.highlighted) is not None:
            self._export(row, ending)

    def action_leave(self) -> None:
        """Leave the open question or the search; without either, close the screen."""
        if self.mode != "list":
            self.mode = "list"
        elif self._search.value or self._search.has_focus:
            self._search.value = ""
            self.action_rows()
        else:
            self.dismiss(None)

    # Slow actions

    @work(group="history-change")
    async def _change(self, start: Callable[[], Future[None]], keep: int) -> None:
        """Change the store, then list its conversations again."""
        try:
            await asyncio.wrap_future(start())
        except StoreError as error:
            self._show_result(
                _("Nothing was changed: {reason}.").format(reason=sentence(error.reason)), problem=True
            )
        self.list_again(keep)

    def _delete(self, row: ConversationSummary) -> None:
        index = self._rows.index(row)
        neighbour = self._rows[index + 1] if index + 1 < len(self._rows) else self._rows[index - 1]
        self._on_delete(row.id)
        self._show_result(_('Deleted "{title}".').format(title=clean_line(row.title)))
        self._change(lambda: self._store.delete_conversation(row.id), neighbour.id)

    @work(group="history-change")
    async def _export(self, row: ConversationSummary, ending: Ending) -> None:
        result = await export_conversation(self._store, row.id, ending, self._folder)
        self._show_result(result.sentence, problem=result.failed)

    @work(group="history-change")
    async def _import(self, path: Path) -> None:
        result = await import_conversation(self._store, path, self._folder)
        if result.failed:
            self._show_result(result.sentence, problem=True)
            return
        self._search.value = ""
        self.mode = "list"
        self._show_result(result.sentence)
        self.list_again(result.conversation)

    def _show_result(self, text: str, *, problem: bool = False) -> None:
        result = self.query_one("#history-result", Static)
        result.update(Content(clean_line(text)))
        result.set_class(problem, "-problem")
