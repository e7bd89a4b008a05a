"""Question below a list: for a text, or for the confirmation of a step that cannot be undone."""

# The option list's own type parameters are open.
# pyright: reportUnknownMemberType=false

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static

from tui.text import clean
from tui.ui.kit.dialog import PlainList


class Inquiry(Vertical):
    """Question for a text or for a confirmation, hidden until it is asked.

    `ask` and `confirm` return the widget that should get the focus.
    """

    DEFAULT_CSS = """
    Inquiry {
        height: auto;
        display: none;

        & > Static { height: auto; max-height: 3; }
        & > Input { background: $panel; display: none; }
        & > Input:focus { background: $primary 24%; }
        & > PlainList { display: none; }
        &.-text, &.-choice { display: block; }
        &.-text > Input { display: block; }
        &.-choice > PlainList { display: block; }
    }
    """

    class Answered(Message):
        """The user answered: a text, never empty, or True for yes and False for no."""

        def __init__(self, answer: str | bool) -> None:
            super().__init__()
            self.answer = answer

    def compose(self) -> ComposeResult:
        """Lay out the question, the field and the two answers."""
        yield Static(markup=False)
        yield Input(compact=True)
        yield PlainList(markup=False)

    def ask(self, question: str, text: str = "") -> Widget:
        """Ask for a text; `text` is the initial value."""
        self._show(question, "-text")
        field = self.query_one(Input)
        field.value = text
        return field

    def confirm(self, question: str, no: str, yes: str) -> Widget:
        """Ask for a confirmation; the answer that loses nothing comes first."""
        self._show(question, "-choice")
        answers = self.query_one(PlainList)
        answers.set_options((no, yes))
        answers.highlighted = 0
        return answers

    @property
    def is_shown(self) -> bool:
        """True while a question waits for its answer."""
        return self.has_class("-text") or self.has_class("-choice")

    def hide(self) -> None:
        """Hide the question."""
        self.remove_class("-text", "-choice")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Answer with the text, unless there is none."""
        event.stop()
        if text := event.value.strip():
            self.post_message(self.Answered(text))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Answer with yes or no."""
        event.stop()
        self.post_message(self.Answered(event.option_index == 1))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Stop the event: widgets above have inputs of their own."""
        event.stop()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Stop the event: widgets above have lists of their own."""
        event.stop()

    def _show(self, question: str, kind: str) -> None:
        self.hide()
        self.add_class(kind)
        self.query_one(Static).update(Content(clean(question)))
