"""Help screen: all keys as they are bound now, the verdicts, and the terms."""

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
from tui.ui.help.glossary import glossary, sign_terms, verdict_meaning
from tui.ui.help.pages import help_pages
from tui.ui.kit.cells import pad, wrap
from tui.ui.kit.keyboard.names import with_keys
from tui.ui.kit.keyboard.tables import KeySection
from tui.ui.models.verdicts import VERDICTS

_KEY_COLUMN = 16
"""Width of the column with keys, signs and verdicts."""


class HelpScreen(ModalScreen[None]):
    """Dialog with the help for the screen below."""

    BINDING_GROUP_TITLE = _("Help")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape,f1,question_mark,q", "dismiss", _("Close"), id="help.close", tooltip=_("Close the help")
        ),
        Binding("k", "scroll(-1)", _("Up"), show=False, id="help.up", tooltip=_("A line up")),
        Binding("j", "scroll(1)", _("Down"), show=False, id="help.down", tooltip=_("A line down")),
    ]
    DEFAULT_CSS = """
    HelpScreen {
        align: center middle;

        & > #help-scroll {
            width: 90%;
            max-width: 92;
            height: 90%;
            padding: 0 2;
            border: round $border;
            border-title-color: $foreground;
            border-title-style: bold;
            border-subtitle-color: $dim;
            background: $surface;
            overflow-y: scroll;
            scrollbar-size-vertical: 1;
        }
        & #help-text { width: 1fr; height: auto; }
    }
    """

    def __init__(self, sections: Sequence[KeySection]) -> None:
        """Show these keys, which `keys_on_screen` returns before the help is opened."""
        super().__init__()
        self._sections = sections

    def compose(self) -> ComposeResult:
        """Lay out the text in a scrolling frame."""
        with VerticalScroll(id="help-scroll") as scroll:
            scroll.border_title = _("Help")
            scroll.border_subtitle = with_keys(_("{help.close} closes"))
            yield Static(id="help-text", markup=False)

    def on_mount(self) -> None:
        """Draw the text once the width is known."""
        self.query_one("#help-scroll").focus()
        self.call_after_refresh(self._draw)

    def on_resize(self, event: Resize) -> None:
        """Wrap the lines for the new width."""
        self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        width = self.query_one("#help-scroll").scrollable_content_region.width - 1
        self.query_one("#help-text", Static).update(help_content(self._sections, width))

    def action_scroll(self, step: int) -> None:
        """Scroll by a line."""
        self.query_one("#help-scroll").scroll_relative(y=step, animate=False)


def help_content(sections: Sequence[KeySection], width: int) -> Content:
    """Return the whole help in lines of at most `width` cells."""
    lines: list[Content] = []
    for section in sections:
        lines += _heading(_("Keys: {pane}").format(pane=section.title), not lines)
        for line in section.lines:
            lines += _entry(line.keys, "bold", line.description, width)
    lines += _heading(_("Does it fit?"), not lines)
    for verdict, look in VERDICTS.items():
        lines += _entry(
            f"{look.glyph} {look.word}", f"bold ${look.variable}", verdict_meaning(verdict), width
        )
    lines += _heading(_("Signs"), False)
    for term in sign_terms():
        lines += _entry(term.word, "bold", term.meaning, width)
    lines += _heading(_("Terms"), False)
    for term in glossary():
        lines.append(Content.styled(term.word, "bold"))
        lines += [Content(f"  {row}") for row in wrap(term.meaning, max(10, width - 2), 99)]
    for page in help_pages():
        lines += _heading(page.title, False)
        lines += [Content(f"  {row}") for row in wrap(page.text, max(10, width - 2), 99)]
    return Content("\n").join(lines)


def _heading(text: str, first: bool) -> list[Content]:
    blank = [] if first else [Content("")]
    return [*blank, Content.styled(text, "bold $text-accent")]


def _entry(word: str, style: str, meaning: str, width: int) -> list[Content]:
    """Return a word and its meaning beside it; the meaning of a long word starts on the next line."""
    column = min(_KEY_COLUMN, max(6, width // 3))
    rows = wrap(meaning, max(10, width - column - 2), 99)
    first = Content.assemble("  ", (pad(word, column), style))
    if len(word) >= column:
        return [first, *(Content(" " * (column + 2) + row) for row in rows)]
    return [Content.assemble(first, rows[0]), *(Content(" " * (column + 2) + row) for row in rows[1:])]
