"""How answers are asked for: preset, system prompt, sampling, JSON schema, on one screen."""

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
from tui.ui.kit.keys import hints, with_keys
from tui.ui.kit.sentences import sentence_with_keys

TABS = (
    ("preset", _("Preset"), "f2"),
    ("system", _("System prompt"), "f3"),
    ("sampling", _("Sampling"), "f4"),
    ("schema", _("JSON schema"), "f5"),
)
"""Name, title and usual key of each part."""


class ChosenAsking(msgspec.Struct, frozen=True):
    """What the user wants."""

    system: str
    asking: Asking
    language: str
    """Of the presets."""


class PlainArea(TextArea):
    """A text without a frame of its own."""

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
    """Leaving it takes what was chosen; what is wrong is told first, and left as it was the second time."""

    BINDING_GROUP_TITLE = _("How to ask")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape,ctrl+s",
            "leave",
            _("Done"),
            id="ask.done",
            priority=True,
            tooltip=_("Ask in this way from now on"),
        ),
        *(
            Binding(key, f"part('{name}')", title, id=f"ask.{name}", tooltip=title)
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
        & .ask-words { height: auto; max-height: 4; color: $text-muted; }
        & .ask-words.-wrong { color: $text-error; }
    }
    """

    def __init__(self, asking: ModelAsking, system: str, *, under_way: bool) -> None:
        """`under_way` says that something was answered already with the system prompt as it is."""
        super().__init__()
        self._asking = asking
        self._system = system
        self._under_way = under_way
        self._warned = ""
        """The problem that was told last; the second time it is passed over."""

    def compose(self) -> ComposeResult:
        """The titles, and what belongs to each."""
        manner = self._asking.asking
        with Dialog() as frame:
            frame.border_title = _("How to ask")
            with Horizontal(classes="ask-tabs"):
                for name, title, _key in TABS:
                    yield PaneTab(name, title, f"ask.{name}")
            with ContentSwitcher(initial="preset"):
                with Vertical(id="preset"):
                    known = self._asking.presets
                    if manner.preset is not None and manner.preset not in known:
                        known = (*known, manner.preset)
                    yield PresetList(known, manner.preset, self._asking.language)
                with Vertical(id="system"):
                    yield PlainArea(
                        self._system, "system-text", _("What the model is told before everything else")
                    )
                    yield Static(self._system_words(), classes="ask-words", markup=False)
                with Vertical(id="sampling"):
                    yield SamplingForm(
                        manner.sampling,
                        manner.think,
                        self._choices,
                        manner.stop,
                        stop_texts(self._asking.sampling_sources(), without=("chat",)),
                        can_choose_to_think=self._asking.can_choose_to_think,
                    )
                with Vertical(id="schema"):
                    yield PlainArea(manner.json_schema, "schema-text", '{"type": "object", "properties": …}')
                    yield Static(id="schema-words", classes="ask-words", markup=False)

    def on_mount(self) -> None:
        """Begin with the presets."""
        self.action_part("preset")
        self._tell_schema()

    def on_pane_tab_pressed(self, event: PaneTab.Pressed) -> None:
        """A click on a title."""
        event.stop()
        self.action_part(event.pane)

    def action_part(self, name: str) -> None:
        """Go to a part."""
        self.query_one(ContentSwitcher).current = name
        for tab in self.query(PaneTab):
            tab.set_class(tab.id == f"tab-{name}", "-shown")
        self.query_one(Dialog).border_subtitle = (
            hints(_("{presets.take} takes the preset"), _("{ask.done} closes"))
            if name == "preset"
            else hints(_("{ask.done} takes it"))
        )
        match name:
            case "preset":
                self.query_one(PresetRows).focus()
            case "sampling":
                self.query_one(SamplingForm).focus_first()
            case _:
                self.query_one(f"#{name}-text").focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A file is loaded where the schema is written."""
        return self.query_one(ContentSwitcher).current == "schema" if action == "load" else True

    def on_preset_list_taken(self, event: PresetList.Taken) -> None:
        """A preset is everything at once, so it is done."""
        event.stop()
        language = self.query_one(PresetList).language
        manner = with_preset(self._manner(), event.preset)
        system = event.preset.prompt(language) if event.preset else ""
        self.dismiss(ChosenAsking(system, manner, language))

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """A schema is checked while it is written."""
        event.stop()
        if event.text_area.id == "schema-text":
            self._tell_schema()

    def action_load(self) -> None:
        """Read the schema from a file."""
        self.run_worker(self._load(), group="load", exclusive=True)

    async def _load(self) -> None:
        from tui.ui.chat.prompt.file_picker import FilePicker

        path = await self.app.push_screen_wait(FilePicker(_("Read a JSON schema from a file")))
        if path is None:
            return
        try:
            found = await asyncio.to_thread(read_file, path)
        except AttachmentError as error:
            self._say_schema(sentence_with_keys(error.reason), wrong=True)
        else:
            self._schema.load_text(clean(found.attachment.text))
        self._schema.focus()

    def action_leave(self) -> None:
        """Take what was chosen."""
        form = self.query_one(SamplingForm)
        schema_problem = self._schema_problem()
        part, problem = ("sampling", form.problem) if form.problem else ("schema", schema_problem)
        if problem and problem != self._warned:
            self._warned = problem
            self.action_part(part)
            self.notify(
                with_keys(
                    _("{problem} {ask.done} again leaves it as it was."),
                    _("{problem} Leaving once more leaves it as it was."),
                    problem=problem,
                ),
                severity="warning",
                markup=False,
            )
            return
        form.put_back()
        if schema_problem:
            self._schema.load_text(self._asking.asking.json_schema)
        self.dismiss(ChosenAsking(self._text, self._manner(), self.query_one(PresetList).language))

    def _manner(self) -> Asking:
        form, before = self.query_one(SamplingForm), self._asking.asking
        schema = self._schema.text.strip()
        sampling: Mapping[str, float] = form.values
        stop = form.stop
        preset = before.preset
        if preset is not None and self._text not in preset.system.values():
            # The prompt is the user's own now; what else the preset set stays.
            sampling, stop = {**preset.sampling, **sampling}, preset.stop if stop is None else stop
            preset = None
        return msgspec.structs.replace(
            before, preset=preset, sampling=sampling, think=form.think, json_schema=schema, stop=stop
        )

    def _choices(self, chat: Mapping[str, float], think: bool | None) -> tuple[Sequence[KnobChoice], str]:
        manner = msgspec.structs.replace(self._asking.asking, sampling=chat, think=think)
        published = self._asking.published_sampling(manner)
        return knob_choices(self._asking.sampling_sources(manner)), published.family if published else ""

    @property
    def _text(self) -> str:
        return self.query_one("#system-text", TextArea).text.strip()

    @property
    def _schema(self) -> TextArea:
        return self.query_one("#schema-text", TextArea)

    def _schema_problem(self) -> str:
        text = self._schema.text.strip()
        return sentence_with_keys(check_schema(text)) if text else ""

    def _tell_schema(self) -> None:
        if not self._schema.text.strip():
            words = with_keys(
                _("Empty: the answer is free text. {ask.load} reads a schema from a file."),
                _("Empty: the answer is free text."),
            )
            self._say_schema(words, wrong=False)
        elif problem := self._schema_problem():
            self._say_schema(problem, wrong=True)
        else:
            self._say_schema(_("The answer will be JSON that follows this."), wrong=False)

    def _say_schema(self, text: str, *, wrong: bool) -> None:
        words = self.query_one("#schema-words", Static)
        words.set_class(wrong, "-wrong")
        words.update(text)

    def _system_words(self) -> str:
        if self._under_way:
            return _("Changed now, the next answer is read with it, and all that was said is read again.")
        return _("Empty: the model answers as it was trained to.")
