"""Form of the sampling values and their origins; an empty field uses the recommended value."""

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from rich.cells import cell_len
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
from tui.ui.kit.keyboard.names import with_keys

_FIELD_CELLS = 14


class ValueInput(Input):
    """Field of one value; Up and Down go to the fields above and below."""

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
    """Field of a number. A letter can be its key for the recommended value, since no number has letters."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "r",
            "use_recommended",
            _("Recommended"),
            id="sampling.recommended",
            priority=True,
            tooltip=_("Go back to the recommended value"),
        ),
    ]

    def action_use_recommended(self) -> None:
        """Clear the field, so that the recommended value is used."""
        self.value = ""


class ThinkChoice(Static, can_focus=True):
    """Choice of thinking before the answer, for models that can do both."""

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
            tooltip=_("Think first, answer at once, or let the model decide"),
        ),
        Binding(
            "r",
            "let_model_decide",
            _("Recommended"),
            show=False,
            id="think.recommended",
            tooltip=_("Let the model decide"),
        ),
    ]
    DEFAULT_CSS = """
    ThinkChoice { height: 1; width: 1fr; &:focus { background: $primary 24%; } }
    """

    think: reactive[bool | None] = reactive[bool | None](None)
    """True to think first, False to answer at once, None to let the model decide."""

    class Changed(Message):
        """The user made another choice."""

    def render(self) -> str:
        """Return the choice as text."""
        return {
            None: _("Thinking: the model decides"),
            True: _("Thinking: before the answer"),
            False: _("Thinking: off, the answer comes at once"),
        }[self.think]

    def on_click(self) -> None:
        """Change to the next choice."""
        self.action_next()

    def action_next(self) -> None:
        """Change to the next of the three choices."""
        self.think = {None: True, True: False, False: None}[self.think]
        self.post_message(self.Changed())

    def action_let_model_decide(self) -> None:
        """Let the model decide."""
        self.think = None
        self.post_message(self.Changed())


class SamplingForm(VerticalScroll, can_focus=False):
    """Form with a row for each value, and an explanation of the focused value."""

    DEFAULT_CSS = """
    SamplingForm {
        & > Horizontal { height: auto; min-height: 1; }
        & ValueInput { margin: 0 2 0 0; background: $panel; }
        & ValueInput:focus { background: $primary 24%; }
        & ValueInput.-wrong { color: $text-error; }
        & .sampling-origin { width: 1fr; height: auto; color: $text-muted; }
        & .sampling-about { height: auto; margin-top: 1; color: $text-muted; }
        & .sampling-about.-wrong { color: $text-error; }
    }
    """

    def __init__(
        self,
        values: Mapping[str, float],
        think: bool | None,
        choices: Callable[[Mapping[str, float], bool | None], tuple[Sequence[KnobChoice], str]],
        stop: tuple[str, ...] | None,
        default_stop: tuple[tuple[str, ...], Origin],
        *,
        can_choose_to_think: bool,
    ) -> None:
        """Fill the form.

        Args:
            values: the user's own sampling values.
            think: the user's choice of thinking; None to let the model decide.
            choices: returns every value with its origin for the user's values and thinking, and the model
                family.
            stop: the user's own stop texts; None for none.
            default_stop: the stop texts that count without the user's own, and their origin.
            can_choose_to_think: True for a model that can think or answer at once.
        """
        super().__init__()
        self._initial_stop_text = "" if stop is None else format_stop_texts(stop)
        self._default_stop = default_stop
        self._initial_values = dict(values)
        self._initial_think = think
        self._choices = choices
        self._can_choose_to_think = can_choose_to_think
        self._knobs = [choice.knob for choice in choices(values, think)[0]]

    def compose(self) -> ComposeResult:
        """Lay out a row for each value, and the explanation."""
        for knob in self._knobs:
            with Horizontal():
                yield Static(sentence(knob.title), classes="sampling-title", markup=False)
                value = self._initial_values.get(knob.name)
                yield NumberInput(
                    "" if value is None else knob_value_text(value, knob),
                    compact=True,
                    restrict=r"[-+0-9.,eE]*",
                    id=f"sampling-{knob.name}",
                )
                yield Static(id=f"origin-{knob.name}", classes="sampling-origin", markup=False)
        with Horizontal():
            yield Static(_("Stop texts"), classes="sampling-title", markup=False)
            yield ValueInput(self._initial_stop_text, compact=True, id="sampling-stop")
            yield Static(id="origin-stop", classes="sampling-origin", markup=False)
        if self._can_choose_to_think:
            choice = ThinkChoice(markup=False)
            choice.set_reactive(ThinkChoice.think, self._initial_think)
            yield choice
        yield Static(classes="sampling-about", markup=False)

    def on_mount(self) -> None:
        """Align the fields, and show the origins of the values."""
        titles = list(self.query(".sampling-title").results(Static))
        widest = max(cell_len(str(title.content)) for title in titles)
        for title in titles:
            title.styles.width = widest + 1
        self._show_origins()

    def focus_first(self) -> None:
        """Focus the first value."""
        self.query(NumberInput).first().focus()

    @property
    def think(self) -> bool | None:
        """The user's choice of thinking; None to let the model decide."""
        choices = self.query(ThinkChoice)
        return choices.first().think if choices else self._initial_think

    @property
    def values(self) -> dict[str, float]:
        """The user's own values, without invalid ones."""
        return {knob.name: value for knob in self._knobs if (value := self._value(knob)) is not None}

    @property
    def stop(self) -> tuple[str, ...] | None:
        """The user's own stop texts; None for the default ones, and while the text is invalid."""
        return self._read_stop()[0]

    @property
    def problem(self) -> str:
        """The mistake in the first invalid value; empty for none."""
        return next((text for knob in self._knobs if (text := self._problem(knob))), self._read_stop()[1])

    def on_input_changed(self, event: Input.Changed) -> None:
        """Check the value, and show the origins again."""
        event.stop()
        self._show_origins()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go to the next field."""
        event.stop()
        self.screen.focus_next()

    def on_think_choice_changed(self, event: ThinkChoice.Changed) -> None:
        """Show the origins again: other values are recommended for thinking."""
        event.stop()
        self._show_origins()

    def on_descendant_focus(self) -> None:
        """Explain the focused value."""
        self._explain()

    def _show_origins(self) -> None:
        choices, family = self._choices(self.values, self.think)
        for choice in choices:
            field = self._input(choice.knob)
            problem = self._problem(choice.knob)
            field.set_class(bool(problem), "-wrong")
            field.placeholder = value_text(choice.value, choice.knob)
            origin = _("not a value") if problem else choice_text(choice, family)
            self.query_one(f"#origin-{choice.knob.name}", Static).update(origin)
        widest = max(cell_len(self._input(choice.knob).placeholder) for choice in choices)
        for field in self.query(ValueInput):
            field.styles.width = max(_FIELD_CELLS, widest + 1)
        self._show_stop_origin()
        self._explain()

    def _show_stop_origin(self) -> None:
        (own_stop, problem), field = self._read_stop(), self._stop_input
        default_stop, default_origin = self._default_stop
        field.set_class(bool(problem), "-wrong")
        field.placeholder = clean_line(format_stop_texts(default_stop)) if default_stop else _("none")
        origin = "chat" if own_stop is not None else default_origin
        text = origin_text(origin, "") if origin != "engine" else ""
        self.query_one("#origin-stop", Static).update(_("not a value") if problem else text)

    def _explain(self) -> None:
        explanation = self.query_one(".sampling-about", Static)
        focused = next((knob for knob in self._knobs if self._input(knob).has_focus), None)
        problem, text = "", ""
        if focused is not None:
            key = with_keys(_("{sampling.recommended}: recommended"))
            problem, text = (
                self._problem(focused),
                f"{sentence(focused.title)}: {sentence(focused.about)}. {key}",
            )
        elif self._stop_input.has_focus:
            problem = self._read_stop()[1]
            text = _(
                "Stop texts: the answer ends before any of them. Several: {example}; none: {none}"
            ).format(example=format_stop_texts(("###", "\n\n")), none=format_stop_texts(()))
        explanation.set_class(bool(problem), "-wrong")
        explanation.update(problem or text)

    @property
    def _stop_input(self) -> ValueInput:
        return self.query_one("#sampling-stop", ValueInput)

    def _read_stop(self) -> tuple[tuple[str, ...] | None, str]:
        """Return the user's stop texts, None for none, and the mistake in them, empty for none."""
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
