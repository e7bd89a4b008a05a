"""List of the presets, with the system prompt of the highlighted preset below it."""

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
from tui.services.sentences import sentence
from tui.text import clean
from tui.ui.kit.dialog import PlainList
from tui.ui.kit.keyboard.names import with_keys


class PresetRows(PlainList):
    """Names of the presets."""

    BINDING_GROUP_TITLE = _("Presets")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("k", "cursor_up", _("Up"), show=False, id="presets.up", tooltip=_("The preset above")),
        Binding("j", "cursor_down", _("Down"), show=False, id="presets.down", tooltip=_("The preset below")),
        Binding("enter", "select", _("Use"), id="presets.take", tooltip=_("Use this preset from now on")),
    ]


class PresetList(Vertical):
    """List of the presets and a preview of the highlighted one."""

    BINDING_GROUP_TITLE = _("Presets")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "l",
            "next_language",
            _("Language"),
            id="presets.language",
            tooltip=_("Show the presets' prompts in the other language"),
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
    """Language of the prompts, as in `LANGUAGES`."""

    class PresetChosen(Message):
        """The user chose a preset; None for no preset."""

        def __init__(self, preset: Preset | None) -> None:
            super().__init__()
            self.preset = preset

    def __init__(self, presets: Sequence[Preset], current: Preset | None, language: str) -> None:
        super().__init__()
        self._presets: list[Preset | None] = [None, *presets]
        self._current = current
        self.set_reactive(PresetList.language, language)

    def compose(self) -> ComposeResult:
        """Lay out the names and the preview."""
        yield PresetRows(*(Option(self._line(preset)) for preset in self._presets), markup=False)
        with VerticalScroll(can_focus=False):
            yield Static(classes="preset-prompt", markup=False)

    def on_mount(self) -> None:
        """Highlight the current preset."""
        rows = self.query_one(PresetRows)
        rows.highlighted = self._presets.index(self._current) if self._current in self._presets else 0

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Preview the highlighted preset."""
        event.stop()
        self._preview(event.option_index)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Choose the preset."""
        event.stop()
        self.post_message(self.PresetChosen(self._presets[event.option_index]))

    def action_next_language(self) -> None:
        """Switch the prompts to the next language."""
        self.language = LANGUAGES[(LANGUAGES.index(self.language) + 1) % len(LANGUAGES)]

    def watch_language(self) -> None:
        """Preview the highlighted preset in the new language."""
        if self.is_mounted:
            self._preview(self.query_one(PresetRows).highlighted or 0)

    def _preview(self, index: int) -> None:
        preset = self._presets[index]
        if preset is None:
            text = _("No system prompt, free text, sampling as recommended.")
        else:
            parts = [clean(preset.prompt(self.language))]
            if preset.json_schema:
                parts.append(_("The answer follows a JSON schema."))
            if not preset.own and (hint := _language_hint(self.language)):
                parts.append(hint)
            text = "\n".join(parts)
        self.query_one(".preset-prompt", Static).update(text)

    def _line(self, preset: Preset | None) -> Content:
        title = sentence(preset.title) if preset else _("None")
        note = _("yours") if preset and preset.own else ""
        return Content.assemble(
            ("✓ " if preset == self._current else "  "), (title, "bold"), "  ", (note, "$dim")
        )


def _language_hint(language: str) -> str:
    """Return how the prompt is changed to the other language; empty where no key does that."""
    text = {
        "en": _("It is in English; {presets.language} changes it to Spanish."),
        "es": _("It is in Spanish; {presets.language} changes it to English."),
    }[language]
    return with_keys(text)
