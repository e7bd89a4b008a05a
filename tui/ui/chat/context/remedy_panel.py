"""Panel above the prompt with the remedies for a context that is full or will be."""

# The option list's own type parameters are open.
# pyright: reportUnknownMemberType=false

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.i18n import _
from tui.services.context_remedies import Remedy
from tui.text import clean
from tui.ui.chat.context.remedy_words import remedy_content
from tui.ui.kit.dialog import PlainList
from tui.ui.kit.keyboard.names import with_keys


class RemedyList(PlainList):
    """List of the remedies."""

    BINDING_GROUP_TITLE = _("When the context is full")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "cursor_up", _("Up"), show=False, id="offers.up", tooltip=_("The remedy above")),
        Binding(
            "down,j", "cursor_down", _("Down"), show=False, id="offers.down", tooltip=_("The remedy below")
        ),
        Binding(
            "enter", "select", _("Choose"), id="offers.choose", tooltip=_("Apply the highlighted remedy")
        ),
        Binding("escape", "leave", _("Back"), id="offers.leave", tooltip=_("Go back to the prompt")),
    ]

    class RemediesLeft(Message):
        """The user goes back to the prompt."""

    def action_leave(self) -> None:
        """Go back to the prompt."""
        self.post_message(self.RemediesLeft())


class RemedyPanel(Vertical):
    """Panel that is hidden while the context has room; a warning shows its remedies only with the focus."""

    DEFAULT_CSS = """
    RemedyPanel {
        display: none;
        height: auto;
        padding: 0 1;
        & > Static { height: auto; max-height: 3; }
        & > RemedyList { max-height: 4; }
        &.-shown { display: block; }
        &.-warning > RemedyList { display: none; }
        &.-warning:focus-within > RemedyList { display: block; }
        &.-empty > RemedyList { display: none; }
    }
    """

    class RemedyChosen(Message):
        """The user chose a remedy."""

        def __init__(self, remedy: Remedy) -> None:
            super().__init__()
            self.remedy = remedy

    def __init__(self) -> None:
        super().__init__(classes="-empty")
        self._content: tuple[str, tuple[Remedy, ...], bool] = ("", (), False)
        """Sentence, remedies, and True if nothing can be sent."""

    def compose(self) -> ComposeResult:
        """Lay out the sentence, and below it the remedies."""
        yield Static(markup=False)
        yield RemedyList(markup=False)

    @property
    def sentence(self) -> str:
        """The sentence that is shown; empty for none."""
        return self._content[0]

    @property
    def remedies(self) -> tuple[Remedy, ...]:
        """The remedies to choose from."""
        return self._content[1]

    def show(self, sentence: str, remedies: Sequence[Remedy], *, is_blocked: bool) -> None:
        """Show the problem and the remedies.

        Args:
            sentence: the problem in one or two sentences.
            remedies: the remedies, the best first.
            is_blocked: True if nothing can be sent now; False for a warning.
        """
        content = (sentence, tuple(remedies), is_blocked)
        if content == self._content:
            return
        if self._content[1] != content[1]:
            self._list(content[1])
        self._content = content
        hint = with_keys(_("{chat.context} chooses") if is_blocked else _("{chat.context} shows what helps"))
        self.query_one(Static).update(
            Content.assemble(
                (clean(sentence), "$text-error" if is_blocked else "$fit-tight"),
                (f" {hint}" if remedies else "", "$dim"),
            )
        )
        self.set_class(not is_blocked, "-warning")
        self.add_class("-shown")

    def clear(self) -> None:
        """Hide the panel, because the context has room."""
        if self._content[0]:
            self._content = ("", (), False)
            rows = self.query_one(RemedyList)
            if rows.has_focus:
                # Keys that are typed now must reach the prompt.
                rows.action_leave()
            self._list(())
            self.remove_class("-shown")

    def enter(self) -> bool:
        """Focus the remedies; return False if there are none."""
        if not self.remedies:
            return False
        self.screen.set_focus(self.query_one(RemedyList))
        return True

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Pass the choice on."""
        event.stop()
        if event.option_index < len(self.remedies):
            self.post_message(self.RemedyChosen(self.remedies[event.option_index]))

    def _list(self, remedies: Sequence[Remedy]) -> None:
        rows = self.query_one(RemedyList)
        index = rows.highlighted
        chosen = type(self.remedies[index]) if index is not None and index < len(self.remedies) else None
        rows.clear_options()
        rows.add_options([Option(remedy_content(remedy)) for remedy in remedies])
        if remedies:
            # A new verdict is inserted as the first row; the highlight stays on its remedy.
            kinds = [type(remedy) for remedy in remedies]
            is_kept = rows.has_focus and chosen in kinds
            rows.highlighted = kinds.index(chosen) if is_kept and chosen is not None else 0
        self.set_class(not remedies, "-empty")
