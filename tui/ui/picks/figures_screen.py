"""Dialog with a model's published figures by task, each with its source and date."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.i18n import _
from tui.models.evidence.evidence import PublishedFigure
from tui.text import clean_line
from tui.ui.kit.dialog import Dialog
from tui.ui.picks.figure_lines import figure_lines, head_text


class FiguresScreen(ModalScreen[None]):
    """Dialog of the figures of one model."""

    BINDING_GROUP_TITLE = _("Figures")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape,q,i", "dismiss(None)", _("Leave"), id="figures.close", tooltip=_("Close the figures")
        ),
        Binding("down,j", "scroll(1)", _("Down"), show=False, id="figures.down", tooltip=_("A line down")),
        Binding("up,k", "scroll(-1)", _("Up"), show=False, id="figures.up", tooltip=_("A line up")),
        Binding(
            "pagedown,space",
            "scroll_page(1)",
            _("Page down"),
            show=False,
            id="figures.page_down",
            tooltip=_("A page down"),
        ),
        Binding(
            "pageup",
            "scroll_page(-1)",
            _("Page up"),
            show=False,
            id="figures.page_up",
            tooltip=_("A page up"),
        ),
    ]
    DEFAULT_CSS = """
    FiguresScreen {
        align: center middle;

        & > Dialog { max-width: 110; }
        & #figures-head { height: auto; color: $dim; margin-bottom: 1; }
        & VerticalScroll {
            height: auto;
            max-height: 70vh;
            scrollbar-size-vertical: 1;
            scrollbar-gutter: stable;
        }
        & #figures-lines { height: auto; text-wrap: nowrap; text-overflow: ellipsis; }
    }
    """

    def __init__(self, name: str, figures: Sequence[PublishedFigure]) -> None:
        """Show the figures of the model with this name."""
        super().__init__()
        self._name = name
        self._figures = figures

    def compose(self) -> ComposeResult:
        """Lay out what the figures are of, and the figures."""
        with Dialog(id="figures") as frame:
            frame.border_title = _("Figures of {model}").format(model=clean_line(self._name))
            frame.show_hints(_("{figures.down} scrolls"), _("{figures.close} leaves"))
            yield Static(head_text(self._figures), id="figures-head", markup=False)
            with VerticalScroll(can_focus=False):
                yield Static(id="figures-lines", markup=False)

    def on_resize(self, event: Resize) -> None:
        """Draw the figures for the new width."""
        self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        # The column of the scrollbar is free also while there is none.
        width = self.query_one(VerticalScroll).scrollable_content_region.width
        lines = figure_lines(self._figures, width)
        self.query_one("#figures-lines", Static).update(Content("\n").join(lines))

    def action_scroll(self, lines: int) -> None:
        """Scroll by lines."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_scroll_page(self, pages: int) -> None:
        """Scroll by pages."""
        scroll = self.query_one(VerticalScroll)
        scroll.scroll_relative(y=pages * max(1, scroll.size.height - 1), animate=False)
