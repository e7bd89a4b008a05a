"""The presets to choose from, and the system prompt of the highlighted one."""

# The list's own type parameters are open.
# pyright: reportUnknownMemberType=false

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.chat.presets import LANGUAGES, Preset
from tui.i18n import _
from tui.text import clean, clean_line
from tui.ui.kit.dialog import PlainList
from tui.ui.kit.keys import with_keys


class PresetRows(PlainList):
    """The names."""

    BINDING_GROUP_TITLE = _("Presets")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("k", "cursor_up", _("Up"), show=False, id="presets.up", tooltip=_("The preset above")),
        Binding("j", "cursor_down", _("Down"), show=False, id="presets.down", tooltip=_("The preset below")),
        Binding("enter", "select", _("Take"), id="presets.take", tooltip=_("Ask in this way from now on")),
    ]


class PresetList(Vertical):
    """A list with what each says below it."""

    BINDING_GROUP_TITLE = _("Presets")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "l",
            "language",
            _("Language"),
            id="presets.language",
            tooltip=_("The presets' prompts in the other language"),
        ),
    ]
    DEFAULT_CSS = """
    PresetList {
        & > PresetRows { height: auto; max-height: 50%; }
        & > VerticalScroll { height: 1fr; margin-top: 1; }
        & .preset-prompt { height: auto; color: $text-muted; }
    }
    """

    language: reactive[str] = reactive("en")
    """Of the prompts."""

    class Taken(Message):
        """The user chose a preset, or none."""

        def __init__(self, preset: Preset | None) -> None:
            super().__init__()
            self.preset = preset

    def __init__(self, presets: Sequence[Preset], taken: Preset | None, language: str) -> None:
        super().__init__()
        self._presets: list[Preset | None] = [None, *presets]
        self._taken = taken
        self.set_reactive(PresetList.language, language)

    def compose(self) -> ComposeResult:
        """The names, and the prompt of the highlighted one."""
        yield PresetRows(*(Option(self._line(preset)) for preset in self._presets), markup=False)
        with VerticalScroll(can_focus=False):
            yield Static(classes="preset-prompt", markup=False)

    def on_mount(self) -> None:
        """Stand on the one that counts now."""
        rows = self.query_one(PresetRows)
        rows.highlighted = self._presets.index(self._taken) if self._taken in self._presets else 0

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show what it says."""
        event.stop()
        self._show(event.option_index)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter or a click."""
        event.stop()
        self.post_message(self.Taken(self._presets[event.option_index]))

    def action_language(self) -> None:
        """The next language."""
        at = [each for each in LANGUAGES if each != self.language]
        self.language = at[0]

    def watch_language(self) -> None:
        """The same preset in other words."""
        if self.is_mounted:
            self._show(self.query_one(PresetRows).highlighted or 0)

    def _show(self, at: int) -> None:
        preset = self._presets[at]
        if preset is None:
            text = _("No system prompt, free text, sampling as recommended.")
        else:
            parts = [clean(preset.prompt(self.language))]
            if preset.json_schema:
                parts.append(_("The answer follows a JSON schema."))
            if not preset.own:
                word = _language_word(self.language)
                parts.append(with_keys(_("{presets.language}: {word}"), "{word}", word=word))
            text = "\n".join(parts)
        self.query_one(".preset-prompt", Static).update(text)

    def _line(self, preset: Preset | None) -> Content:
        title = clean_line(preset.title) if preset else _("None")
        note = _("yours") if preset and preset.own else ""
        return Content.assemble(
            ("✓ " if preset == self._taken else "  "), (title, "bold"), "  ", (note, "dim")
        )


def _language_word(language: str) -> str:
    return {"en": _("in English, change to Spanish"), "es": _("in Spanish, change to English")}[language]
