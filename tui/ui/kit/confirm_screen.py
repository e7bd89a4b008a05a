"""Dialog that asks for the confirmation of a step that cannot be undone."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static

from tui.i18n import _
from tui.ui.kit.dialog import Dialog, PlainList


class ConfirmScreen(ModalScreen[bool]):
    """Question with two answers; the one that loses nothing comes first."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", _("Leave"), id="confirm.leave", tooltip=_("Leave everything as it is"))
    ]
    DEFAULT_CSS = """
    ConfirmScreen {
        align: center middle;
        & Dialog { width: 72; max-width: 96%; }
        & Static { height: auto; margin-bottom: 1; }
    }
    """

    def __init__(self, title: str, question: str, no: str, yes: str) -> None:
        super().__init__()
        self._title = title
        self._question = question
        self._answers = (no, yes)

    def compose(self) -> ComposeResult:
        """Lay out the question and the two answers."""
        with Dialog() as dialog:
            dialog.border_title = self._title
            dialog.show_hints(_("{confirm.leave} leaves everything as it is"))
            yield Static(self._question, markup=False)
            yield PlainList(*self._answers, markup=False)

    def on_mount(self) -> None:
        """Highlight the answer that loses nothing."""
        answers = self.query_one(PlainList)
        answers.highlighted = 0
        answers.focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """End with the answer."""
        event.stop()
        self.dismiss(event.option_index == 1)

    def action_leave(self) -> None:
        """End without the step."""
        self.dismiss(False)
