"""Dialog of a model's quantizations in a table, with a description of the highlighted one."""

# The option list's own type parameters are open.
# pyright: reportUnknownMemberType=false

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Resize
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.fit.quants import QuantRow, QuantTable
from tui.i18n import _
from tui.models.model import Model
from tui.models.quality_loss import SOURCE
from tui.text import clean_line
from tui.ui.kit.dialog import Dialog, RowList, content_of
from tui.ui.kit.keyboard.names import sentence_with_keys
from tui.ui.models.quant_lines import can_take, row_text, table_lines
from tui.ui.models.verdicts import VERDICTS


class QuantList(RowList, inherit_bindings=False):
    """List whose rows are highlighted by a click and taken by a double click."""

    BINDING_GROUP_TITLE = _("Quantizations")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "cursor_up", _("Up"), show=False, id="quants.up", tooltip=_("The row above")),
        Binding("down,j", "cursor_down", _("Down"), show=False, id="quants.down", tooltip=_("The row below")),
        Binding("pageup", "page_up", _("Page up"), show=False, id="quants.page_up", tooltip=_("A page up")),
        Binding(
            "pagedown",
            "page_down",
            _("Page down"),
            show=False,
            id="quants.page_down",
            tooltip=_("A page down"),
        ),
        Binding("home,g", "first", _("First"), show=False, id="quants.first", tooltip=_("The heaviest")),
        Binding("end,G", "last", _("Last"), show=False, id="quants.last", tooltip=_("The lightest")),
        Binding(
            "enter",
            "select",
            _("Take"),
            id="quants.take",
            tooltip=_("Use the highlighted quantization"),
        ),
    ]


class QuantsScreen(ModalScreen[Model | None]):
    """Dialog that returns the model with the chosen quantization; None for none."""

    BINDING_GROUP_TITLE = _("Quantizations")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape,q,t", "dismiss(None)", _("Close"), id="quants.close", tooltip=_("Keep the quantization")
        ),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (36, "-tall")]  # noqa: RUF012
    DEFAULT_CSS = """
    QuantsScreen {
        align: center middle;

        & > Dialog { max-width: 104; }
        & #quants-header { height: 1; text-wrap: nowrap; }
        & #quants-verdict, & #quants-text { height: auto; margin-top: 1; }
        & #quants-text { min-height: 3; }
        & #quants-source { height: auto; color: $dim; }
        &.-short > #quants { height: 96%; }
        &.-short QuantList { height: 1fr; }
        &.-short #quants-verdict { display: none; }
        &.-short #quants-text { margin-top: 0; }
    }
    """

    def __init__(self, table: QuantTable) -> None:
        super().__init__()
        self._table = table
        self._width = 0

    def compose(self) -> ComposeResult:
        """Lay out the table, the description of a row, and the source of the figures."""
        rows = self._table.rows
        with Dialog(id="quants") as frame:
            frame.border_title = _("Quantizations of {model}").format(model=clean_line(rows[0].model.name))
            frame.show_hints(_("{quants.take} takes it"), _("{quants.close} leaves"))
            yield Static(id="quants-header", markup=False)
            yield QuantList(*(Option(row.quant) for row in rows), markup=False)
            yield Static(id="quants-verdict", markup=False)
            yield Static(id="quants-text", markup=False)
            yield Static(_("Quality: {source}").format(source=SOURCE), id="quants-source", markup=False)

    @property
    def _list(self) -> QuantList:
        return self.query_one(QuantList)

    def on_mount(self) -> None:
        """Highlight the quantization that the table was opened on."""
        current = next((index for index, row in enumerate(self._table.rows) if row.current), 0)
        self._list.highlighted = current
        self._list.focus()
        self.call_after_refresh(self._draw)

    def on_resize(self, event: Resize) -> None:
        """Draw the columns that fit the new width."""
        self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        width = self._list.scrollable_content_region.width
        if width < 1 or width == self._width:
            return
        self._width = width
        header, lines = table_lines(self._table.rows, width)
        self.query_one("#quants-header", Static).update(content_of(header))
        for index, line in enumerate(lines):
            self._list.replace_option_prompt_at_index(index, content_of(line))

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show the verdict on the row, and its description."""
        event.stop()
        row = self._table.rows[event.option_index]
        self.query_one("#quants-verdict", Static).update(_verdict_content(row))
        sentences = [row_text(row, self._table.rows)]
        if self._table.reason:
            sentences.append(sentence_with_keys(self._table.reason))
        self.query_one("#quants-text", Static).update(Content("\n".join(sentences)))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Return the model with this quantization, if there is a file of it."""
        event.stop()
        row = self._table.rows[event.option_index]
        if can_take(row):
            self.dismiss(row.model)
        else:
            self.app.bell()


def _verdict_content(row: QuantRow) -> Content:
    look = VERDICTS[row.fit.verdict]
    return Content.assemble(
        (f"{look.glyph} {look.word}", f"bold ${look.variable}"), "  ", sentence_with_keys(row.fit.reason)
    )
