"""Every sampling value with where it comes from; an empty field means what is recommended."""

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Input, Static

from tui.chat.sampling import Knob, KnobChoice, KnobValueError, Origin, knob_value_text, parse_knob_value
from tui.chat.stop_texts import StopTextsError, format_stop_texts, parse_stop_texts
from tui.i18n import _
from tui.services.sentences import sentence
from tui.text import clean_line
from tui.ui.chat.settings.asking_text import choice_text, origin_text, value_text
from tui.ui.kit.keys import with_keys


class ValueInput(Input):
    """One value; up and down go to the others."""

    BINDING_GROUP_TITLE = _("Sampling")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "up", "app.focus_previous", _("Up"), show=False, id="sampling.up", tooltip=_("The value above")
        ),
        Binding(
            "down",
            "app.focus_next",
            _("Down"),
            show=False,
            id="sampling.down",
            tooltip=_("The value below"),
        ),
    ]


class NumberInput(ValueInput):
    """A number. The key for what is recommended is a letter, which no number has."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "r",
            "recommended",
            _("Recommended"),
            id="sampling.recommended",
            priority=True,
            tooltip=_("Go back to the value that is recommended"),
        ),
    ]

    def action_recommended(self) -> None:
        """Say nothing about it."""
        self.value = ""


class ThinkChoice(Static, can_focus=True):
    """Whether the model thinks first; for models that let one choose."""

    BINDING_GROUP_TITLE = _("Sampling")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "app.focus_previous", _("Up"), show=False, id="think.up", tooltip=_("The value above")),
        Binding(
            "down", "app.focus_next", _("Down"), show=False, id="think.down", tooltip=_("The value below")
        ),
        Binding(
            "space,enter",
            "next",
            _("Change"),
            id="think.change",
            tooltip=_("Think first, answer at once, or as it likes"),
        ),
        Binding(
            "r", "free", _("Recommended"), show=False, id="think.recommended", tooltip=_("As the model likes")
        ),
    ]
    DEFAULT_CSS = """
    ThinkChoice { height: 1; width: 1fr; &:focus { background: $primary 24%; } }
    """

    think: reactive[bool | None] = reactive[bool | None](None)
    """None for the model's own way."""

    class Changed(Message):
        """Another choice was made."""

    def render(self) -> str:
        """The choice in words."""
        return {
            None: _("Thinking: as the model does by itself"),
            True: _("Thinking: first, then the answer"),
            False: _("Thinking: none, the answer at once"),
        }[self.think]

    def on_click(self) -> None:
        """The next one."""
        self.action_next()

    def action_next(self) -> None:
        """The next of the three."""
        self.think = {None: True, True: False, False: None}[self.think]
        self.post_message(self.Changed())

    def action_free(self) -> None:
        """Leave it to the model."""
        self.think = None
        self.post_message(self.Changed())


class SamplingForm(VerticalScroll, can_focus=False):
    """A row for each value, and below them what the one with the focus does."""

    DEFAULT_CSS = """
    SamplingForm {
        & > Horizontal { height: 1; }
        & .sampling-title { width: 18; }
        & ValueInput { width: 14; margin: 0 2 0 0; background: $panel; }
        & ValueInput:focus { background: $primary 24%; }
        & ValueInput.-wrong { color: $text-error; }
        & .sampling-origin { width: 1fr; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
        & .sampling-about { height: auto; margin-top: 1; color: $text-muted; }
        & .sampling-about.-wrong { color: $text-error; }
    }
    """

    def __init__(
        self,
        chat: Mapping[str, float],
        think: bool | None,
        choices: Callable[[Mapping[str, float], bool | None], tuple[Sequence[KnobChoice], str]],
        stop: tuple[str, ...] | None,
        other_stop: tuple[tuple[str, ...], Origin],
        *,
        can_choose_to_think: bool,
    ) -> None:
        """`chat` are the user's values, `choices` gives every value for such ones, and the family's name.

        `stop` are the user's stop texts, `other_stop` those that count without them, and whose they are.
        """
        super().__init__()
        self._given_stop = "" if stop is None else format_stop_texts(stop)
        self._other_stop = other_stop
        self._given = dict(chat)
        self._start_think = think
        self._choices = choices
        self._can_think = can_choose_to_think
        self._knobs = [choice.knob for choice in choices(chat, think)[0]]

    def compose(self) -> ComposeResult:
        """The rows."""
        for knob in self._knobs:
            with Horizontal():
                yield Static(knob.title, classes="sampling-title", markup=False)
                value = self._given.get(knob.name)
                yield NumberInput(
                    "" if value is None else knob_value_text(value, knob),
                    compact=True,
                    restrict=r"[-+0-9.,eE]*",
                    id=f"sampling-{knob.name}",
                )
                yield Static(id=f"origin-{knob.name}", classes="sampling-origin", markup=False)
        with Horizontal():
            yield Static(_("Stop texts"), classes="sampling-title", markup=False)
            yield ValueInput(self._given_stop, compact=True, id="sampling-stop")
            yield Static(id="origin-stop", classes="sampling-origin", markup=False)
        if self._can_think:
            choice = ThinkChoice(markup=False)
            choice.set_reactive(ThinkChoice.think, self._start_think)
            yield choice
        yield Static(classes="sampling-about", markup=False)

    def on_mount(self) -> None:
        """Say where the values come from."""
        self._tell()

    def focus_first(self) -> None:
        """Begin at the first value."""
        self.query(NumberInput).first().focus()

    @property
    def think(self) -> bool | None:
        """What was chosen of thinking."""
        found = self.query(ThinkChoice)
        return found.first().think if found else self._start_think

    @property
    def values(self) -> dict[str, float]:
        """The user's own values that are right."""
        return {knob.name: value for knob in self._knobs if (value := self._value(knob)) is not None}

    @property
    def stop(self) -> tuple[str, ...] | None:
        """The user's own stop texts; None for what else counts, and while they are wrong."""
        return self._read_stop()[0]

    @property
    def problem(self) -> str:
        """What is wrong with the first value that is, or nothing."""
        return next((text for knob in self._knobs if (text := self._problem(knob))), self._read_stop()[1])

    def put_back(self) -> None:
        """What is wrong becomes what it was before."""
        for knob in self._knobs:
            if self._problem(knob):
                value = self._given.get(knob.name)
                self._input(knob).value = "" if value is None else knob_value_text(value, knob)
        if self._read_stop()[1]:
            self._stop_input.value = self._given_stop

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say at once whether it is right and what counts now."""
        event.stop()
        self._tell()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """On to the next."""
        event.stop()
        self.screen.focus_next()

    def on_think_choice_changed(self, event: ThinkChoice.Changed) -> None:
        """Models are sampled in another way when they think."""
        event.stop()
        self._tell()

    def on_descendant_focus(self) -> None:
        """Explain the one with the focus."""
        self._explain()

    def _tell(self) -> None:
        found, family = self._choices(self.values, self.think)
        for choice in found:
            box = self._input(choice.knob)
            wrong = self._problem(choice.knob)
            box.set_class(bool(wrong), "-wrong")
            box.placeholder = value_text(choice.value, choice.knob)
            words = _("not a value") if wrong else choice_text(choice, family)
            self.query_one(f"#origin-{choice.knob.name}", Static).update(words)
        self._tell_stop()
        self._explain()

    def _tell_stop(self) -> None:
        (found, wrong), box = self._read_stop(), self._stop_input
        others, whose = self._other_stop
        box.set_class(bool(wrong), "-wrong")
        box.placeholder = clean_line(format_stop_texts(others)) if others else _("none")
        whose = "chat" if found is not None else whose
        words = origin_text(whose, "") if whose != "engine" else ""
        self.query_one("#origin-stop", Static).update(_("not a value") if wrong else words)

    def _explain(self) -> None:
        about = self.query_one(".sampling-about", Static)
        knob = next((each for each in self._knobs if self._input(each).has_focus), None)
        wrong, words = "", ""
        if knob is not None:
            again = with_keys(_("{sampling.recommended}: recommended"))
            wrong, words = self._problem(knob), f"{knob.title}: {knob.about}. {again}"
        elif self._stop_input.has_focus:
            wrong = self._read_stop()[1]
            words = _(
                "Stop texts: the answer ends before any of them. Several: {example}; none: {none}"
            ).format(example=format_stop_texts(("###", "\n\n")), none=format_stop_texts(()))
        about.set_class(bool(wrong), "-wrong")
        about.update(wrong or words)

    @property
    def _stop_input(self) -> ValueInput:
        return self.query_one("#sampling-stop", ValueInput)

    def _read_stop(self) -> tuple[tuple[str, ...] | None, str]:
        """The user's stop texts, if there are any, and what is wrong with them."""
        text = self._stop_input.value
        try:
            return (parse_stop_texts(text) if text.strip() else None), ""
        except StopTextsError as error:
            return None, f"{sentence(error.reason)}."

    def _input(self, knob: Knob) -> NumberInput:
        return self.query_one(f"#sampling-{knob.name}", NumberInput)

    def _value(self, knob: Knob) -> float | None:
        text = self._input(knob).value.strip()
        try:
            return parse_knob_value(knob, text) if text else None
        except KnobValueError:
            return None

    def _problem(self, knob: Knob) -> str:
        text = self._input(knob).value.strip()
        try:
            if text:
                parse_knob_value(knob, text)
        except KnobValueError as error:
            return f"{sentence(error.reason)}."
        return ""
