"""The dashboard: gauges above, models and detail on the left, the chat on the right."""

# Textual's `app` property leaves the app's own type parameter open.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import msgspec
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.events import Resize
from textual.message import Message
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import Footer

from tui.engine.protocol import KV_TYPES, Failed, LoadSettings, SamplingSettings
from tui.fit.board import settings_for
from tui.fit.pools import pools
from tui.fit.sizing import Sizer
from tui.fit.verdict import Fit
from tui.hardware.detect import cpu_details, detect_machine
from tui.hardware.machine import Machine
from tui.hardware.reading import Reading
from tui.hardware.sampler import Sampler
from tui.i18n import _
from tui.models.catalogue import load_catalogues
from tui.models.library import scan_library
from tui.models.listing import catalogue_models
from tui.models.model import Model
from tui.models.places import models_folder
from tui.settings import Settings, cache_folder
from tui.ui import talk
from tui.ui.engine_host import EngineHost
from tui.ui.key_help import keys_on_screen
from tui.ui.marks import marks
from tui.ui.memory_guard import MemoryGuard
from tui.ui.screens.help import HelpScreen
from tui.ui.screens.too_small import TOO_SMALL_CLASS, TooSmall, is_too_small
from tui.ui.thresholds import PRESSURE, PRESSURE_WORDS, step_at
from tui.ui.verdict_board import VerdictBoard
from tui.ui.widgets.chat_pane import ChatPane
from tui.ui.widgets.gauge_row import GaugeRow
from tui.ui.widgets.model_detail import ModelDetail
from tui.ui.widgets.model_list import ModelList
from tui.ui.widgets.model_rows import ModelRows
from tui.ui.widgets.pane_tabs import PaneTab, PaneTabs
from tui.ui.words import engine_missing, no_model_on_disk, not_here

log = logging.getLogger(__name__)

CONTEXTS = tuple(1 << power for power in range(9, 21))
"""Context lengths that `[` and `]` step through: 512 to 1M tokens."""


class Places(msgspec.Struct, frozen=True):
    """Where to look for models besides llmtui's own folder and installed packages."""

    folders: tuple[Path, ...] = ()
    files: tuple[Path, ...] = ()


class Dashboard(Screen[None]):
    """Everything on one screen. It passes messages on between the widgets, the board and the host."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1,question_mark", "help", _("Help"), id="app.help", tooltip=_("Keys and words explained")),
        Binding("f2", "show('models')", _("Models"), id="pane.models", tooltip=_("Go to the models")),
        Binding("f3", "show('chat')", _("Chat"), id="pane.chat", tooltip=_("Go to the chat")),
        Binding("escape", "stop", _("Stop"), id="engine.stop", tooltip=_("Stop loading or answering")),
        Binding(
            "f4",
            "unload",
            _("Unload"),
            show=False,
            id="models.unload",
            tooltip=_("Give the model's memory back"),
        ),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-normal"), (160, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall"), (50, "-high")]  # noqa: RUF012
    DEFAULT_CSS = """
    Dashboard {
        & #panes { height: 1fr; }
        & #left { width: 5fr; max-width: 84; }
        & ChatPane { width: 6fr; }
        & ModelList { height: 1fr; }
        & ModelDetail { height: 12; }
        & PaneTabs { display: none; }
        &.-short ModelDetail { height: 8; }
        &.-high ModelDetail { height: 16; }
        &.-wide #left { max-width: 100; }
        &.-narrow PaneTabs { display: block; }
        &.-narrow #left { width: 1fr; max-width: 100%; }
        &.-narrow ChatPane { width: 1fr; }
        &.-narrow.-show-chat #left { display: none; }
        &.-narrow.-show-models ChatPane { display: none; }
    }
    """

    reading: reactive[Reading | None] = reactive(None)
    """The newest reading of the gauges."""
    machine: reactive[Machine | None] = reactive(None)
    """This machine; None until it has been looked at."""

    class MachineFound(Message):
        """The machine has been looked at, or its processor's name was found."""

        def __init__(self, machine: Machine) -> None:
            super().__init__()
            self.machine = machine

    class Sampled(Message):
        """A new reading."""

        def __init__(self, reading: Reading) -> None:
            super().__init__()
            self.reading = reading

        def can_replace(self, message: Message) -> bool:
            """Only the newest reading counts."""
            return isinstance(message, Dashboard.Sampled)

    class ModelsFound(Message):
        """A scan has ended."""

        def __init__(self, models: list[Model], problems: list[str]) -> None:
            super().__init__()
            self.models = models
            self.problems = problems

    def __init__(self, settings: Settings, places: Places, build: str | None) -> None:
        """`build` identifies the installed engine, None when there is none."""
        super().__init__()
        self._settings = settings
        self._places = places
        self._build = build
        self._sampler: Sampler | None = None
        self._host = EngineHost(self._engine_ended)
        self._sizer = Sizer(build, cache_folder() / "plans.json")
        self._board = VerdictBoard(
            self._sizer, LoadSettings(context=settings.context, kv_type=settings.kv_type), self._fits_changed
        )
        self._guard = MemoryGuard()
        self._preferred = str(places.files[0].absolute()) if places.files else None
        self._highlighted: Model | None = None

    def compose(self) -> ComposeResult:
        """Gauges, tabs for the folded form, the panes, the keys."""
        yield GaugeRow().data_bind(Dashboard.reading, Dashboard.machine)
        yield PaneTabs()
        with Horizontal(id="panes"):
            with Vertical(id="left"):
                yield ModelList(id="models")
                yield ModelDetail(id="detail")
            yield ChatPane(id="chat")
        yield Footer(compact=True)
        yield TooSmall()

    def on_resize(self, event: Resize) -> None:
        """Say so where there is no room for the panes."""
        self.set_class(is_too_small(event.size), TOO_SMALL_CLASS)

    @property
    def models(self) -> ModelList:
        """The list."""
        return self.query_one(ModelList)

    @property
    def detail(self) -> ModelDetail:
        """What is known of the highlighted model."""
        return self.query_one(ModelDetail)

    @property
    def chat(self) -> ChatPane:
        """The chat."""
        return self.query_one(ChatPane)

    @property
    def engine_pid(self) -> int | None:
        """Process id of the engine that holds the loaded model; None while none runs."""
        return self._host.pid

    def on_mount(self) -> None:
        """Start looking at the machine and for models; nothing here waits."""
        self.add_class("-show-models")
        self.models.context = self._settings.context
        self.models.kv_type = self._settings.kv_type
        self.detail.models_folder = models_folder()
        self.set_focus(self.query_one(ModelRows))
        if self._build is None:
            notice = engine_missing()
            self.chat.show_error(notice.title, " ".join(notice.steps))
        self.look_at_machine()
        self.scan()
        self.run_worker(self._board.run(), group="sizing")

    async def on_unmount(self) -> None:
        """Let go of everything: the engine's memory, the sampler; keep what was learned."""
        if self._sampler is not None:
            self._sampler.stop()
        await self._host.close()
        await self._sizer.close()

    # The machine

    @work(thread=True, group="machine")
    def look_at_machine(self) -> None:
        """Detect the machine and start the gauges; its processor's full name may take a second more."""
        machine = detect_machine()
        self._sampler = Sampler(machine, self._sampled, self._settings.refresh_seconds)
        self._sampler.start()
        self.post_message(self.MachineFound(machine))
        name, features = cpu_details()
        cpu = msgspec.structs.replace(machine.cpu, name=name, features=features)
        self.post_message(self.MachineFound(msgspec.structs.replace(machine, cpu=cpu)))

    def _sampled(self, reading: Reading) -> None:
        self.post_message(self.Sampled(reading))

    def on_dashboard_machine_found(self, event: MachineFound) -> None:
        """Hand it to the gauges."""
        self.machine = event.machine

    def on_dashboard_sampled(self, event: Sampled) -> None:
        """Hand a reading to whoever shows it, and to the guard."""
        reading = event.reading
        if self.machine is None:
            return
        engine = reading.engine
        with self.app.batch_update():
            self.reading = reading
            held = engine.anonymous_bytes.value if engine else None
            self._board.set_pools(pools(self.machine, reading, held or 0))
            self._show_mark()
            status = self.chat.status
            status.engine_bytes = engine.resident_bytes.value if engine else None
            percent = reading.pressure_percent.value
            status.pressure = None if percent is None else PRESSURE_WORDS[step_at(percent, PRESSURE)]
            self._show_measured()
        if failed := self._guard.check(reading):
            self._host.kill(failed)

    # The models

    @work(thread=True, exclusive=True, group="scan")
    def scan(self) -> None:
        """Read the catalogue and look for models on the disk."""
        catalogue = load_catalogues()
        library = scan_library(self._places.folders, self._places.files)
        models = catalogue_models(catalogue, library.files)
        problems = [*(str(problem) for problem in catalogue.problems), *library.problems]
        self.post_message(self.ModelsFound(models, problems))

    def on_dashboard_models_found(self, event: ModelsFound) -> None:
        """Show the list, and what could not be read."""
        self._board.set_models(event.models)
        self.models.set_models(event.models)
        self.models.set_fits(self._board.fits)
        if self._preferred is not None:
            self.models.highlight(self._preferred)
            self._preferred = None
        for problem in event.problems:
            log.warning("%s", problem)
            self.notify(problem, severity="warning", markup=False, timeout=10)
        if not any(model.file for model in event.models):
            notice = no_model_on_disk(models_folder())
            self.models.empty_notice = notice
            if self._build is not None:
                self.chat.show_error(notice.title, " ".join(notice.steps))

    def _fits_changed(self, fits: Mapping[str, Fit]) -> None:
        self.models.set_fits(fits)
        self._show_highlighted()

    def on_model_list_highlighted(self, event: ModelList.Highlighted) -> None:
        """Explain the model and mark where it would take memory."""
        self._highlighted = event.model
        self._board.prefer(event.model.key if event.model else None)
        self._show_highlighted()
        self._show_mark()

    def on_model_list_context_changed(self, event: ModelList.ContextChanged) -> None:
        """Size everything for another context."""
        now = self._board.settings.context
        steps = [c for c in CONTEXTS if (c > now if event.step > 0 else c < now)]
        if steps:
            context = steps[0] if event.step > 0 else steps[-1]
            self._set_settings(msgspec.structs.replace(self._board.settings, context=context))

    def on_model_list_kv_type_changed(self) -> None:
        """Size everything for the next KV type."""
        now = self._board.settings
        kv_type = KV_TYPES[(KV_TYPES.index(now.kv_type) + 1) % len(KV_TYPES)]
        self._set_settings(msgspec.structs.replace(now, kv_type=kv_type))

    def on_model_list_rescan(self) -> None:
        """Look for models again."""
        self.scan()

    def _set_settings(self, settings: LoadSettings) -> None:
        self.models.context = settings.context
        self.models.kv_type = settings.kv_type
        self._board.set_settings(settings)

    def _show_highlighted(self) -> None:
        model = self._highlighted
        detail = self.detail
        detail.model = model
        detail.fit = self._board.fits.get(model.key) if model else None
        detail.loaded = model is not None and self._is_loaded(model)
        self._show_measured()

    def _show_measured(self) -> None:
        engine = self.reading.engine if self.reading else None
        model = self._highlighted
        loaded = model is not None and self._is_loaded(model)
        self.detail.measured_bytes = engine.peak_bytes.value if loaded and engine else None

    def _show_mark(self) -> None:
        """Where the highlighted model would take memory in place of the one that is loaded."""
        row = self.query_one(GaugeRow)
        model, reading = self._highlighted, self.reading
        fit = self._board.fits.get(model.key) if model else None
        if model is None or reading is None or fit is None or self._is_loaded(model):
            row.mark = row.gpu_mark = None
        else:
            row.mark, row.gpu_mark = marks(reading, fit, talk.label_of(model))

    def _is_loaded(self, model: Model) -> bool:
        return self._host.model is not None and self._host.model.key == model.key

    # The engine

    def on_model_list_chosen(self, event: ModelList.Chosen) -> None:
        """Load the model."""
        self.load(event.model)

    @work(group="load")
    async def load(self, model: Model) -> None:
        """Load a model in place of the one that is loaded, if it can be."""
        fit = self._board.fits.get(model.key)
        self.action_show("chat")
        if model.file is None:
            repository = model.entry.repository if model.entry else ""
            self.chat.show_error(
                _("{model} is not on this disk.").format(model=talk.label_of(model)),
                not_here(repository, models_folder()),
            )
            return
        if model.file.error:
            self.chat.show_error(model.file.error)
            return
        settings = self._board.settings
        machine = self.machine
        settings = msgspec.structs.replace(
            settings_for(model, settings),
            threads=self._settings.threads or (machine.cpu.physical_cores if machine else 0),
            gpu_layers=fit.gpu_layers if fit and fit.gpu_layers is not None else settings.gpu_layers,
        )
        self.chat.busy = True
        self._show_engine()
        loaded = await talk.load(self._host, self.chat, model, settings)
        self.chat.busy = self._host.loading
        if loaded is not None:
            self.chat.status.context = loaded.context
            self.chat.status.context_used = 0
        self._show_engine()

    def on_chat_pane_ask(self) -> None:
        """Answer the question."""
        self.answer()

    def on_chat_pane_regenerate(self) -> None:
        """Answer it once more."""
        self.answer()

    @work(group="answer")
    async def answer(self) -> None:
        """Answer the conversation with the loaded model."""
        maximum = self._settings.max_tokens or None
        sampling = SamplingSettings(temperature=self._settings.temperature, max_tokens=maximum)
        await talk.answer(self._host, self.chat, self.chat.conversation, sampling)

    def on_chat_pane_stop(self) -> None:
        """Stop the load or the reply."""
        self._host.stop()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Stop and unload exist only while there is something to stop or unload."""
        if action == "stop":
            return self._host.loading or self._host.answering
        if action == "unload":
            return self._host.model is not None
        return True

    def action_stop(self) -> None:
        """Stop from any pane; the chat has the same key for itself."""
        self._host.stop()

    @work(group="load")
    async def action_unload(self) -> None:
        """Give the model's memory back."""
        await self._host.unload()
        self._show_engine()

    def _engine_ended(self, failed: Failed) -> None:
        """The engine's process ended by itself; the conversation stays."""
        self.chat.show_error(failed.message, failed.hint)
        self._show_engine()

    def _show_engine(self) -> None:
        self.refresh_bindings()
        model = self._host.model
        if self._sampler is not None:
            self._sampler.engine_pid = self._host.pid
        self.models.loaded_key = model.key if model else None
        self.chat.model_label = talk.label_of(model) if model else None
        self._show_highlighted()
        self._show_mark()

    # The panes

    def on_pane_tab_pressed(self, event: PaneTab.Pressed) -> None:
        """A click on a tab shows its pane."""
        self.action_show(event.pane)

    def action_show(self, pane: str) -> None:
        """Go to a pane; where the panes are folded, it takes the place of the other."""
        for name in ("models", "chat"):
            self.set_class(name == pane, f"-show-{name}")
        self.query_one(PaneTabs).shown = pane
        # At once: `focus()` waits a turn, in which keys typed fast would go to the wrong pane.
        self.set_focus(self.chat.prompt if pane == "chat" else self.query_one(ModelRows))

    def action_help(self) -> None:
        """Explain keys, verdicts and words."""
        self.app.push_screen(HelpScreen(keys_on_screen(self.app, self._settings.keys)))
