"""Above the prompt, when the context is full or will be: what is so, and what helps, to be chosen there."""

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
from tui.text import clean
from tui.ui.chat.context.offers import Remedy
from tui.ui.kit.dialog import PlainList
from tui.ui.kit.keys import with_keys
from tui.ui.models.verdicts import VERDICTS


class RemedyList(PlainList):
    """The remedies, one a row."""

    BINDING_GROUP_TITLE = _("When the context is full")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "cursor_up", _("Up"), show=False, id="offers.up", tooltip=_("The one above")),
        Binding("down,j", "cursor_down", _("Down"), show=False, id="offers.down", tooltip=_("The one below")),
        Binding("enter", "select", _("Choose"), id="offers.choose", tooltip=_("Do what is highlighted")),
        Binding("escape", "leave", _("Back"), id="offers.leave", tooltip=_("Back to the prompt")),
    ]

    class RemediesLeft(Message):
        """The user goes back to the prompt."""

    def action_leave(self) -> None:
        """Back to the prompt."""
        self.post_message(self.RemediesLeft())


class RemedyPanel(Vertical):
    """Hidden while there is nothing to say. A mere warning shows its remedies when they are asked for."""

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
        """The user wants this done."""

        def __init__(self, remedy: Remedy) -> None:
            super().__init__()
            self.remedy = remedy

    def __init__(self) -> None:
        super().__init__(classes="-empty")
        self._told: tuple[str, tuple[Remedy, ...], bool] = ("", (), False)

    def compose(self) -> ComposeResult:
        """The sentence, and below it the remedies."""
        yield Static(markup=False)
        yield RemedyList(markup=False)

    @property
    def words(self) -> str:
        """The sentence that is shown; empty for none."""
        return self._told[0]

    @property
    def remedies(self) -> tuple[Remedy, ...]:
        """What there is to choose from."""
        return self._told[1]

    def show(self, words: str, remedies: Sequence[Remedy], *, severe: bool) -> None:
        """Say what is so and offer what helps.

        Args:
            words: a sentence or two.
            remedies: to choose from, the best first.
            severe: True where nothing can be sent as it is; a warning takes one row.
        """
        told = (words, tuple(remedies), severe)
        if told == self._told:
            return
        if self._told[1] != told[1]:
            self._list(told[1])
        self._told = told
        hint = with_keys(_("{chat.context} chooses") if severe else _("{chat.context} shows what helps"))
        self.query_one(Static).update(
            Content.assemble(
                (clean(words), "$text-error" if severe else "$fit-tight"),
                (f" {hint}" if remedies else "", "$dim"),
            )
        )
        self.set_class(not severe, "-warning")
        self.add_class("-shown")

    def clear(self) -> None:
        """Nothing to say any more."""
        if self._told[0]:
            self._told = ("", (), False)
            rows = self.query_one(RemedyList)
            if rows.has_focus:
                # Keys that are typed now must not get lost.
                rows.action_leave()
            self._list(())
            self.remove_class("-shown")

    def enter(self) -> bool:
        """Give the focus to the remedies; False when there are none."""
        if not self.remedies:
            return False
        self.screen.set_focus(self.query_one(RemedyList))
        return True

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Pass it on."""
        event.stop()
        if event.option_index < len(self.remedies):
            self.post_message(self.RemedyChosen(self.remedies[event.option_index]))

    def _list(self, remedies: Sequence[Remedy]) -> None:
        rows = self.query_one(RemedyList)
        at = rows.highlighted
        chosen = self.remedies[at].kind if at is not None and at < len(self.remedies) else None
        rows.clear_options()
        rows.add_options([Option(_content(remedy)) for remedy in remedies])
        if remedies:
            # A verdict that comes in takes the first row; who was about to choose another one still does.
            kinds = [remedy.kind for remedy in remedies]
            stays = rows.has_focus and chosen in kinds
            rows.highlighted = kinds.index(chosen) if stays and chosen is not None else 0
        self.set_class(not remedies, "-empty")


def _content(remedy: Remedy) -> Content:
    if remedy.fit is None:
        return Content(clean(remedy.words))
    settings, _colon, verdict = remedy.words.partition(":")
    colour = f"${VERDICTS[remedy.fit.verdict].variable}"
    return Content.assemble(clean(settings), ":", (clean(verdict), colour))
