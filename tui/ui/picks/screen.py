"""Dialog that asks what a model is for, and offers three with the reasons."""

# The option list's own type parameters are open.
# pyright: reportUnknownMemberType=false

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

import msgspec
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Resize
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.i18n import _
from tui.models.model import Model
from tui.services.picks.recommendation import Pick, Recommendation
from tui.services.picks.wish import TASKS, Wish
from tui.ui.kit.dialog import Dialog, PlainList
from tui.ui.picks.pick_lines import (
    CONTEXTS,
    TASK_WORDS,
    choice_line,
    not_picked_text,
    pick_line,
    reason_text,
    summary_text,
    texts_word,
)

_WIDTH_BEFORE_LAYOUT = 96
RecommendFor = Callable[[Wish], Awaitable[Recommendation]]
"""Gives the picks for a wish."""


class PickChoice(msgspec.Struct, frozen=True):
    """The model that the user takes, and for what."""

    model: Model
    wish: Wish
    thinks: bool | None
    """True where it is picked for its answers with thinking; None where it is not known whether it thinks."""


class PickList(PlainList, inherit_bindings=False):
    """List of the picks."""

    BINDING_GROUP_TITLE = _("What should I run?")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "cursor_up", _("Up"), show=False, id="picks.up", tooltip=_("The pick above")),
        Binding("down,j", "cursor_down", _("Down"), show=False, id="picks.down", tooltip=_("The pick below")),
        Binding(
            "enter",
            "select",
            _("Take it"),
            id="picks.take",
            tooltip=_("Load the highlighted model, or offer its download"),
        ),
    ]


class PicksScreen(ModalScreen[PickChoice | None]):
    """Dialog that returns the pick that the user takes; None for none."""

    BINDING_GROUP_TITLE = _("What should I run?")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,w", "dismiss(None)", _("Leave"), id="picks.close", tooltip=_("Take none")),
        Binding("t", "step('task', 1)", _("Task"), id="picks.task", tooltip=_("The next task")),
        Binding(
            "T",
            "step('task', -1)",
            _("Task before"),
            show=False,
            id="picks.task_before",
            tooltip=_("The task before"),
        ),
        Binding(
            "l", "step('language', 1)", _("Language"), id="picks.language", tooltip=_("The next language")
        ),
        Binding(
            "L",
            "step('language', -1)",
            _("Language before"),
            show=False,
            id="picks.language_before",
            tooltip=_("The language before"),
        ),
        Binding(
            "i",
            "figures",
            _("Figures"),
            show=False,
            id="picks.figures",
            tooltip=_("Show the published figures of the highlighted model"),
        ),
        Binding("c", "step('context', 1)", _("Texts"), id="picks.texts", tooltip=_("Longer texts")),
    ]
    DEFAULT_CSS = """
    PicksScreen {
        align: center middle;

        & > Dialog { max-width: 96; }
        & Static { height: auto; }
        & .pick-choice { height: auto; }
        & PickList { margin-top: 1; max-height: 8; }
        & #pick-summary { color: $dim; margin-top: 1; }
        & #pick-reason { margin-top: 1; min-height: 5; }
        & #pick-others { margin-top: 1; color: $dim; }
    }
    """

    def __init__(self, wish: Wish, languages: Sequence[str], recommend_for: RecommendFor) -> None:
        """Ask for a wish.

        Args:
            wish: the choices to begin with.
            languages: codes of the languages to choose from, the likeliest first.
            recommend_for: gives the picks for a wish; called again after each change.
        """
        super().__init__()
        self._wish = wish
        self._languages = tuple(dict.fromkeys((*languages, wish.language)))
        self._contexts = tuple(sorted({*CONTEXTS, wish.context}))
        self._recommend_for = recommend_for
        self._recommendation: Recommendation | None = None

    def compose(self) -> ComposeResult:
        """Lay out the choices, the picks, the reasons and the good models that are not picked."""
        with Dialog(id="picks") as frame:
            frame.border_title = _("What should I run?")
            frame.show_hints(
                _("{picks.take} takes it"),
                _("{picks.task} task"),
                _("{picks.language} language"),
                _("{picks.texts} texts"),
                _("{picks.close} leaves"),
            )
            yield Static(id="pick-task", classes="pick-choice", markup=False)
            yield Static(id="pick-language", classes="pick-choice", markup=False)
            yield Static(id="pick-texts", classes="pick-choice", markup=False)
            yield PickList(markup=False)
            yield Static(id="pick-reason", markup=False)
            yield Static(id="pick-others", markup=False)
            yield Static(id="pick-summary", markup=False)

    @property
    def recommendation(self) -> Recommendation | None:
        """The picks that are shown; None while they are looked for."""
        return self._recommendation

    @property
    def wish(self) -> Wish:
        """The choices that are shown."""
        return self._wish

    @property
    def _list(self) -> PickList:
        return self.query_one(PickList)

    def on_mount(self) -> None:
        """Look for the picks of the first choices."""
        self._list.focus()
        self._show_choices()
        self.look()

    def on_resize(self, event: Resize) -> None:
        """Draw the choices and the picks for the new width."""
        self.call_after_refresh(self._show_choices)
        self.call_after_refresh(self._draw)

    def action_step(self, choice: str, step: int) -> None:
        """Take the next value of a choice, or the one before."""
        wish = self._wish
        values: dict[str, Sequence[str] | Sequence[int]] = {
            "task": TASKS,
            "language": self._languages,
            "context": self._contexts,
        }
        choices = list(values[choice])
        index = (choices.index(getattr(wish, choice)) + step) % len(choices)
        self._wish = msgspec.structs.replace(wish, **{choice: choices[index]})
        self._show_choices()
        self.look()

    @work(group="picks", exclusive=True)
    async def look(self) -> None:
        """Find the picks for the choices, and show them."""
        recommendation = await self._recommend_for(self._wish)
        if recommendation.wish == self._wish:
            self._recommendation = recommendation
            self._draw()

    def action_figures(self) -> None:
        """Show the published figures of the highlighted pick."""
        pick = self._highlighted_pick()
        if pick is not None:
            from tui.models.evidence.evidence_files import shipped_evidence
            from tui.ui.picks.figures_screen import FiguresScreen

            name = pick.candidate.name
            self.app.push_screen(FiguresScreen(name, shipped_evidence().figures_of(name)))

    def _show_choices(self) -> None:
        wish = self._wish
        tasks = [_(TASK_WORDS[task]) for task in TASKS]
        texts = [texts_word(context) for context in self._contexts]
        choices: dict[str, tuple[str, Sequence[str], int]] = {
            "#pick-task": (_("task"), tasks, TASKS.index(wish.task)),
            "#pick-language": (_("language"), self._languages, self._languages.index(wish.language)),
            "#pick-texts": (_("texts"), texts, self._contexts.index(wish.context)),
        }
        width = self.query_one(Dialog).scrollable_content_region.width or _WIDTH_BEFORE_LAYOUT
        for selector, (label, values, chosen) in choices.items():
            self.query_one(selector, Static).update(choice_line(label, values, chosen, width))

    def _draw(self) -> None:
        recommendation = self._recommendation
        if recommendation is None:
            return
        options = self._list
        highlighted = options.highlighted or 0
        width = options.scrollable_content_region.width
        with options.prevent(OptionList.OptionHighlighted):
            options.clear_options()
            options.add_options([Option(pick_line(pick, width)) for pick in recommendation.picks])
            if recommendation.picks:
                options.highlighted = min(highlighted, len(recommendation.picks) - 1)
        self._show_reasons()
        self._update("#pick-others", not_picked_text(recommendation.expected))
        self._update("#pick-summary", summary_text(recommendation))

    def _show_reasons(self) -> None:
        pick, recommendation = self._highlighted_pick(), self._recommendation
        self._update("#pick-reason", reason_text(pick, recommendation) if pick and recommendation else "")

    def _update(self, selector: str, text: str) -> None:
        self.query_one(selector, Static).update(Content(text))

    def _highlighted_pick(self) -> Pick | None:
        index = self._list.highlighted
        picks = self._recommendation.picks if self._recommendation is not None else ()
        return picks[index] if index is not None and index < len(picks) else None

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show why this one is picked."""
        event.stop()
        self._show_reasons()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Return the pick."""
        event.stop()
        pick = self._highlighted_pick()
        if pick is not None and self._recommendation is not None:
            candidate = pick.candidate
            self.dismiss(PickChoice(candidate.model, self._recommendation.wish, candidate.thinks))
