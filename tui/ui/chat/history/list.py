"""List of the saved conversations with its keys; the screen carries out their actions."""

# The option list's own type parameters are open.
# pyright: reportUnknownMemberType=false

from typing import ClassVar

from textual.binding import Binding, BindingType

from tui.i18n import _
from tui.ui.kit.dialog import RowList


class ConversationList(RowList, inherit_bindings=False):
    """List whose rows are highlighted by a click and opened by a double click."""

    BINDING_GROUP_TITLE = _("Conversations")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "up,k", "cursor_up", _("Up"), show=False, id="history.up", tooltip=_("The conversation above")
        ),
        Binding(
            "down,j",
            "cursor_down",
            _("Down"),
            show=False,
            id="history.down",
            tooltip=_("The conversation below"),
        ),
        Binding("pageup", "page_up", _("Page up"), show=False, id="history.page_up", tooltip=_("A page up")),
        Binding(
            "pagedown",
            "page_down",
            _("Page down"),
            show=False,
            id="history.page_down",
            tooltip=_("A page down"),
        ),
        Binding(
            "home,g", "first", _("First"), show=False, id="history.first", tooltip=_("The first in the list")
        ),
        Binding("end,G", "last", _("Last"), show=False, id="history.last", tooltip=_("The last in the list")),
        Binding("enter", "select", _("Open"), id="history.open", tooltip=_("Continue this conversation")),
        Binding(
            "slash", "screen.search", _("Search"), id="history.search", tooltip=_("Search titles and texts")
        ),
        Binding("r", "screen.ask('rename')", _("Rename"), id="history.rename", tooltip=_("Change the title")),
        Binding(
            "p", "screen.pin", _("Pin"), id="history.pin", tooltip=_("Keep it above the others, or stop that")
        ),
        Binding(
            "d", "screen.ask('delete')", _("Delete"), id="history.delete", tooltip=_("Delete it permanently")
        ),
        Binding(
            "e",
            "screen.export('md')",
            _("Markdown"),
            id="history.markdown",
            tooltip=_("Write it to a Markdown file in the current folder"),
        ),
        Binding(
            "E",
            "screen.export('json')",
            _("JSON"),
            show=False,
            id="history.json",
            tooltip=_("Write it to a JSON file in the current folder"),
        ),
        Binding(
            "i",
            "screen.ask('import')",
            _("Import"),
            id="history.import",
            tooltip=_("Read a conversation from a JSON file"),
        ),
    ]
