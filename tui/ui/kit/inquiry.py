"""A question below a list: for a text, or whether to do something that cannot be undone."""

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
    """Hidden until something is asked. Whoever asks gives the focus to what `ask` or `confirm` return."""

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
        """The text, never an empty one; or True for what cannot be undone."""

        def __init__(self, answer: str | bool) -> None:
            super().__init__()
            self.answer = answer

    def compose(self) -> ComposeResult:
        """The question, and both ways to answer."""
        yield Static(markup=False)
        yield Input(compact=True)
        yield PlainList(markup=False)

    def ask(self, question: str, text: str = "") -> Widget:
        """Ask for a text."""
        self._show(question, "-text")
        field = self.query_one(Input)
        field.value = text
        return field

    def confirm(self, question: str, no: str, yes: str) -> Widget:
        """Ask whether to do it; the first answer is the one that loses nothing."""
        self._show(question, "-choice")
        answers = self.query_one(PlainList)
        answers.set_options((no, yes))
        answers.highlighted = 0
        return answers

    def hide(self) -> None:
        """Nothing is asked any more."""
        self.remove_class("-text", "-choice")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """The text, unless there is none."""
        event.stop()
        if text := event.value.strip():
            self.post_message(self.Answered(text))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """One of the two."""
        event.stop()
        self.post_message(self.Answered(event.option_index == 1))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Nobody else need hear of each letter."""
        event.stop()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Nor of each step."""
        event.stop()

    def _show(self, question: str, kind: str) -> None:
        self.hide()
        self.add_class(kind)
        self.query_one(Static).update(Content(clean(question)))
