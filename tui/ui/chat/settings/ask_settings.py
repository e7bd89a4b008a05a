"""Dialog for the answer settings of a conversation: preset, system prompt, sampling and JSON schema."""

# Textual leaves the app's own type parameter open.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

import asyncio
from collections.abc import Mapping, Sequence
from typing import ClassVar

import msgspec
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import ContentSwitcher, Static, TextArea

from tui.chat.asking import Asking, with_preset
from tui.chat.attachments import AttachmentError, read_file
from tui.chat.sampling import KnobChoice, knob_choices, stop_texts
from tui.engine.schema import check_schema
from tui.i18n import _
from tui.services.model_asking import ModelAsking
from tui.text import clean
from tui.ui.chat.settings.preset_list import PresetList, PresetRows
from tui.ui.chat.settings.sampling_form import SamplingForm
from tui.ui.dashboard.pane_tabs import PaneTab
from tui.ui.kit.dialog import Dialog
from tui.ui.kit.inquiry import Inquiry
from tui.ui.kit.keyboard.names import sentence_with_keys, with_keys

TABS = (
    ("preset", _("Preset"), "f2"),
    ("system", _("System prompt"), "f3"),
    ("sampling", _("Sampling"), "f4"),
    ("schema", _("JSON schema"), "f5"),
)
"""Name, title and default key of each tab."""


class ChosenAsking(msgspec.Struct, frozen=True):
    """The answer settings that the user chose in the dialog."""

    system: str
    asking: Asking
    language: str
    """Language of the presets' system prompts."""


class PlainArea(TextArea):
    """Text area without a border."""

    DEFAULT_CSS = """
    PlainArea {
        height: 1fr;
        border: none;
        padding: 0;
        background: $panel;
        scrollbar-size-vertical: 1;
        &:focus { border: none; }
        & .text-area--cursor-line { background: transparent; }
    }
    """

    def __init__(self, text: str, id: str, placeholder: str) -> None:
        super().__init__(text, id=id, compact=True, tab_behavior="focus", placeholder=placeholder)
        self.cursor_blink = False


class AskSettings(ModalScreen[ChosenAsking | None]):
    """Dialog that returns the chosen settings; None if it is left without any.

    An invalid value is never taken: the mistake is shown. Changes are left behind only after a question,
    which the key that asked it answers: pressed twice, it leaves from everywhere.
    """

    BINDING_GROUP_TITLE = _("How to ask")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+s",
            "take",
            _("Use"),
            id="ask.done",
            priority=True,
            tooltip=_("Use these settings from now on"),
        ),
        Binding(
            "escape",
            "leave",
            _("Leave"),
            id="ask.leave",
            priority=True,
            tooltip=_("Leave everything as it was"),
        ),
        *(
            Binding(key, f"show_tab('{name}')", title, id=f"ask.{name}", tooltip=title)
            for name, title, key in TABS
        ),
        Binding("ctrl+o", "load", _("Load"), id="ask.load", tooltip=_("Read the JSON schema from a file")),
    ]
    DEFAULT_CSS = """
    AskSettings {
        align: center middle;

        & > Dialog { max-width: 90; height: 26; }
        & .ask-tabs { height: 1; margin-bottom: 1; }
        & .ask-tabs PaneTab { width: auto; color: $dim; margin-right: 1; }
        & .ask-tabs PaneTab.-shown { color: $foreground; text-style: bold reverse; }
        & ContentSwitcher { height: 1fr; }
        & ContentSwitcher > Vertical { height: 1fr; }
        & .ask-note { height: auto; max-height: 4; color: $text-muted; }
        & .ask-note.-wrong { color: $text-error; }
    }
    """

    def __init__(self, asking: ModelAsking, system: str, *, has_messages: bool) -> None:
        """Open the dialog; `has_messages` is True where the system prompt was already used for an answer."""
        super().__init__()
        self._model_asking = asking
        self._system = system
        self._has_messages = has_messages
        self._opened_with: ChosenAsking | None = None
        """The settings that the dialog was opened with; None before it is mounted."""
        self._focus_before: Widget | None = None
        """The widget that had the focus before the question."""

    def compose(self) -> ComposeResult:
        """Lay out the tabs and their contents."""
        asking = self._model_asking.asking
        with Dialog() as frame:
            frame.border_title = _("How to ask")
            with Horizontal(classes="ask-tabs"):
                for name, title, _key in TABS:
                    yield PaneTab(name, title, f"ask.{name}")
            with ContentSwitcher(initial="preset"):
                with Vertical(id="preset"):
                    presets = self._model_asking.presets
                    if asking.preset is not None and asking.preset not in presets:
                        presets = (*presets, asking.preset)
                    yield PresetList(presets, asking.preset, self._model_asking.language)
                with Vertical(id="system"):
                    yield PlainArea(
                        self._system,
                        "system-text",
                        _("Instructions that the model reads before everything else"),
                    )
                    yield Static(self._system_note(), classes="ask-note", markup=False)
                with Vertical(id="sampling"):
                    yield SamplingForm(
                        asking.sampling,
                        asking.think,
                        self._choices,
                        asking.stop,
                        stop_texts(self._model_asking.sampling_sources(), without=("chat",)),
                        can_choose_to_think=self._model_asking.can_choose_to_think,
                    )
                with Vertical(id="schema"):
                    yield PlainArea(asking.json_schema, "schema-text", '{"type": "object", "properties": …}')
                    yield Static(id="schema-note", classes="ask-note", markup=False)
            yield Inquiry()

    def on_mount(self) -> None:
        """Show the presets first."""
        self._opened_with = self._chosen()
        self.action_show_tab("preset")
        self._check_schema()

    def on_pane_tab_pressed(self, event: PaneTab.Pressed) -> None:
        """Show the tab that was clicked."""
        event.stop()
        self.action_show_tab(event.pane)

    def action_show_tab(self, name: str) -> None:
        """Show a tab and focus its first field."""
        self._inquiry.hide()
        self.query_one(ContentSwitcher).current = name
        for tab in self.query(PaneTab):
            tab.set_class(tab.id == f"tab-{name}", "-shown")
        self._show_hints()
        match name:
            case "preset":
                self.query_one(PresetRows).focus()
            case "sampling":
                self.query_one(SamplingForm).focus_first()
            case _:
                self.query_one(f"#{name}-text").focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Allow loading a file only on the schema tab."""
        return self.query_one(ContentSwitcher).current == "schema" if action == "load" else True

    def on_preset_list_preset_chosen(self, event: PresetList.PresetChosen) -> None:
        """Close the dialog with the preset, which sets every value."""
        event.stop()
        language = self.query_one(PresetList).language
        asking = with_preset(self._chosen_asking(), event.preset)
        system = event.preset.prompt(language) if event.preset else ""
        self.dismiss(ChosenAsking(system, asking, language))

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Check the schema while it is typed."""
        event.stop()
        if event.text_area.id == "schema-text":
            self._check_schema()

    def action_load(self) -> None:
        """Read the schema from a file."""
        self.run_worker(self._load, group="load", exclusive=True)

    async def _load(self) -> None:
        from tui.ui.chat.prompt.file_picker import FilePicker

        path = await self.app.push_screen_wait(FilePicker(_("Read a JSON schema from a file")))
        if path is None:
            return
        try:
            schema_file = await asyncio.to_thread(read_file, path)
        except AttachmentError as error:
            self._show_schema_note(sentence_with_keys(error.reason), is_error=True)
        else:
            self._schema.load_text(clean(schema_file.attachment.text))
        self._schema.focus()

    def action_take(self) -> None:
        """Close with the chosen settings, unless a value is invalid: then show the mistake."""
        problem = self.query_one(SamplingForm).problem
        tab = "sampling" if problem else "schema"
        problem = problem or self._schema_problem()
        if problem:
            self.action_show_tab(tab)
            self.notify(
                with_keys(
                    _("{problem} Correct it, or leave with {ask.leave}."), _("{problem}"), problem=problem
                ),
                severity="warning",
                markup=False,
            )
        else:
            self.dismiss(self._chosen())

    def action_leave(self) -> None:
        """Close without the chosen settings; if something was changed, ask first, and close then."""
        if self._is_changed() and not self._inquiry.is_shown:
            self._focus_before = self.focused
            question = with_keys(
                _("Leave without your changes? {ask.leave} again leaves, {ask.done} uses them."),
                _("Leave without your changes?"),
            )
            self._inquiry.confirm(question, _("Stay here"), _("Leave without them")).focus()
            self._show_hints()
        else:
            self.dismiss(None)

    def on_inquiry_answered(self, event: Inquiry.Answered) -> None:
        """Leave, or go back to where the user was."""
        event.stop()
        if event.answer is True:
            self.dismiss(None)
        else:
            self._inquiry.hide()
            self._show_hints()
            self.set_focus(self._focus_before)

    def _show_hints(self) -> None:
        """Name the keys that do something now at the dialog's edge."""
        frame = self.query_one(Dialog)
        if self._inquiry.is_shown:
            frame.show_hints(_("{ask.done} uses them"), _("{ask.leave} leaves without them"))
        elif self.query_one(ContentSwitcher).current == "preset":
            frame.show_hints(_("{presets.take} uses the preset"), _("{ask.leave} leaves"))
        else:
            frame.show_hints(_("{ask.done} uses them"), _("{ask.leave} leaves"))

    def _is_changed(self) -> bool:
        if self.query_one(SamplingForm).problem or self._opened_with is None:
            return True
        # Another language only shows other prompts.
        language = self._opened_with.language
        return msgspec.structs.replace(self._chosen(), language=language) != self._opened_with

    def _chosen(self) -> ChosenAsking:
        return ChosenAsking(self._text, self._chosen_asking(), self.query_one(PresetList).language)

    def _chosen_asking(self) -> Asking:
        form, asking = self.query_one(SamplingForm), self._model_asking.asking
        schema = self._schema.text.strip()
        sampling: Mapping[str, float] = form.values
        stop = form.stop
        preset = asking.preset
        if preset is not None and self._text not in preset.system.values():
            # The user has written another prompt; the preset's other settings stay.
            sampling, stop = {**preset.sampling, **sampling}, preset.stop if stop is None else stop
            preset = None
        return msgspec.structs.replace(
            asking, preset=preset, sampling=sampling, think=form.think, json_schema=schema, stop=stop
        )

    def _choices(self, chat: Mapping[str, float], think: bool | None) -> tuple[Sequence[KnobChoice], str]:
        asking = msgspec.structs.replace(self._model_asking.asking, sampling=chat, think=think)
        published = self._model_asking.published_sampling(asking)
        return knob_choices(
            self._model_asking.sampling_sources(asking)
        ), published.family if published else ""

    @property
    def _inquiry(self) -> Inquiry:
        return self.query_one(Inquiry)

    @property
    def _text(self) -> str:
        return self.query_one("#system-text", TextArea).text.strip()

    @property
    def _schema(self) -> TextArea:
        return self.query_one("#schema-text", TextArea)

    def _schema_problem(self) -> str:
        text = self._schema.text.strip()
        return sentence_with_keys(check_schema(text)) if text else ""

    def _check_schema(self) -> None:
        if not self._schema.text.strip():
            note = with_keys(
                _("Empty: the answer is free text. {ask.load} reads a schema from a file."),
                _("Empty: the answer is free text."),
            )
            self._show_schema_note(note, is_error=False)
        elif problem := self._schema_problem():
            self._show_schema_note(problem, is_error=True)
        else:
            self._show_schema_note(_("The answer will be JSON that follows this schema."), is_error=False)

    def _show_schema_note(self, text: str, *, is_error: bool) -> None:
        note = self.query_one("#schema-note", Static)
        note.set_class(is_error, "-wrong")
        note.update(text)

    def _system_note(self) -> str:
        if self._has_messages:
            return _("A change counts from the next answer; the whole conversation is then read again.")
        return _("Empty: the model answers as it was trained to.")
