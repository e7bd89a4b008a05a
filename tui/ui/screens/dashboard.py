"""The dashboard: gauges above, models and detail on the left, the chat on the right."""

# Textual's `app` property leaves the app's own type parameter open.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

import logging
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

import msgspec
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.events import Resize
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import Footer

from tui.chat.prompt_history import add_to_history, read_history
from tui.chat.receipt import Receipt
from tui.engine.options import LoadSettings
from tui.engine.protocol import Failed
from tui.fit.loading import settings_to_load
from tui.fit.pools import pools
from tui.fit.sizing import Sizer
from tui.fit.speed import Elsewhere, Speeds
from tui.fit.verdict import Fit
from tui.hardware.machine import Machine
from tui.hardware.reading import Reading
from tui.hardware.replay import Replay
from tui.hardware.sampler import Sampler
from tui.i18n import _
from tui.models.model import Model
from tui.models.places import models_folder
from tui.settings import Settings, cache_folder
from tui.ui import talk
from tui.ui.asking import Asking
from tui.ui.context_offers import Remedy
from tui.ui.context_watch import Around, ContextWatch
from tui.ui.discovery import (
    MachineFound,
    ModelsFound,
    Places,
    Sampled,
    find_models,
    look_at_machine,
)
from tui.ui.drafting import Drafting
from tui.ui.engine_host import EngineHost
from tui.ui.keeping import Keeping, KeepingChanged, find, who_answers
from tui.ui.key_help import keys_on_screen
from tui.ui.marks import marks
from tui.ui.measuring import Measuring
from tui.ui.memory_guard import MemoryGuard
from tui.ui.pressure import pressure_of
from tui.ui.replaying import ReplayLine, no_load
from tui.ui.screens.dashboard_keys import DASHBOARD_KEYS
from tui.ui.screens.too_small import TOO_SMALL_CLASS, TooSmall, is_too_small
from tui.ui.timeline_feed import TimelineFeed
from tui.ui.widgets.chat_pane import ChatPane
from tui.ui.widgets.context_offers import ContextOffers
from tui.ui.widgets.context_strip import ContextStrip
from tui.ui.widgets.gauge_row import GaugeRow
from tui.ui.widgets.models_pane import ModelsPane
from tui.ui.widgets.pane_tabs import PaneTab, PaneTabs
from tui.ui.widgets.prompt_area import PromptArea
from tui.ui.widgets.timeline import Timeline
from tui.ui.words import Notice, engine_missing, no_model_on_disk

if TYPE_CHECKING:
    from tui.ui.comparing import Comparing

_QUIET = 40.0
"""Percent of all cores in use: with more, something else is at work."""

log = logging.getLogger(__name__)


class Dashboard(Screen[None]):
    """Everything on one screen. It passes messages on between machine, models, engine and chat."""

    BINDINGS: ClassVar[list[BindingType]] = [*DASHBOARD_KEYS]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-normal"), (160, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall"), (50, "-high")]  # noqa: RUF012
    DEFAULT_CSS = """
    Dashboard {
        & #panes { height: 1fr; }
        & ModelsPane { width: 5fr; max-width: 84; }
        & ChatPane { width: 6fr; }
        & PaneTabs { display: none; }
        &.-short ModelDetail { height: 8; }
        &.-high ModelDetail { height: 16; }
        &.-wide ModelsPane { max-width: 100; }
        &.-narrow PaneTabs { display: block; }
        &.-narrow ModelsPane { width: 1fr; max-width: 100%; }
        &.-narrow ChatPane { width: 1fr; }
        &.-narrow.-show-chat ModelsPane { display: none; }
        &.-narrow.-show-models ChatPane { display: none; }
    }
    """

    # Neither is drawn by the screen itself: without this the whole of it would be, at every reading.
    reading: reactive[Reading | None] = reactive(None, repaint=False)
    """The newest reading of the gauges."""
    machine: reactive[Machine | None] = reactive(None, repaint=False)
    """This machine; None until it has been looked at."""

    def __init__(
        self,
        settings: Settings,
        places: Places,
        build: str | None,
        *,
        measure_once: bool = False,
        replay: Replay | None = None,
    ) -> None:
        """`build` identifies the installed engine, None when there is none.

        `measure_once` measures the machine's speed at the first start, when nothing else is going on.
        `replay` stands in for the machine; nothing is loaded then.
        """
        super().__init__()
        self._settings = settings
        self._places = places
        self._build = build
        self._measure_once = measure_once
        self._replay = replay
        self._sampler: Sampler | None = None
        self._host = EngineHost(self._engine_ended)
        self._asking = Asking(settings, self._host)
        self._sizer = Sizer(build, cache_folder() / "plans.json")
        self._measuring = Measuring(build, settings.threads, self._measured)
        self._guard = MemoryGuard()
        self._feed = TimelineFeed(self._timeline_changed, self._receipt_written)
        self._keeping: Keeping | None = None
        self._comparing: Comparing | None = None
        """None until the user wants to compare."""
        self._context_watch: ContextWatch | None = None
        self._drafting: Drafting | None = None
        self._preferred = str(places.files[0].absolute()) if places.files else None
        self._refused: str | None = None
        """Key of the model that was refused last, and is loaded when it is asked for once more."""

    def compose(self) -> ComposeResult:
        """Gauges, tabs for the folded form, the panes, the keys."""
        settings = LoadSettings(context=self._settings.context, kv_type=self._settings.kv_type)
        if self._replay is not None:
            yield ReplayLine(self._replay)
        yield GaugeRow().data_bind(Dashboard.reading, Dashboard.machine)
        yield PaneTabs()
        with Horizontal(id="panes"):
            yield ModelsPane(self._sizer, settings, self._settings.machines).data_bind(Dashboard.machine)
            yield ChatPane(id="chat")
        yield Timeline(self._feed.track)
        yield Footer(compact=True)
        yield TooSmall()

    def on_resize(self, event: Resize) -> None:
        """Say so where there is no room for the panes."""
        self.set_class(is_too_small(event.size), TOO_SMALL_CLASS)

    @property
    def models(self) -> ModelsPane:
        """The models."""
        return self.query_one(ModelsPane)

    @property
    def chat(self) -> ChatPane:
        """The chat."""
        return self.query_one(ChatPane)

    @property
    def timeline(self) -> Timeline:
        """The machine and the tokens over time."""
        return self.query_one(Timeline)

    @property
    def engine_pid(self) -> int | None:
        """Process id of the engine that holds the loaded model; None while none runs."""
        return self._host.pid

    @property
    def measuring(self) -> bool:
        """True while the machine's speed is being measured."""
        return self._measuring.calibrating

    def on_mount(self) -> None:
        """Start looking at the machine and for models; nothing here waits."""
        self.add_class("-show-models")
        self.set_focus(self.models.rows)
        self.watch(self.chat.transcript, "marked", self._message_marked, init=False)
        self._context_watch = ContextWatch(
            self.chat,
            self._host,
            self._sizer,
            self._settings.when_full,
            Around(
                lambda: self.models.load_settings,
                lambda: self.models.pools_here,
                self._asking.how,
                self._load_longer,
            ),
        )
        self.watch(self.chat, "answering", self._context_watch.changed)
        self._keeping = Keeping(self.chat, lambda: self._host.settings, self.post_message)
        self._drafting = Drafting(
            self.chat, self._host, self._context_watch.account.counts, lambda: self._asking.think
        )
        self.remember_prompts()
        if self._build is None:
            self._tell(engine_missing())
        self.look_at_machine()
        self.scan()

    async def on_unmount(self) -> None:
        """Let go of everything: the engine's memory, the sampler; keep what was learned."""
        if self._sampler is not None:
            self._sampler.stop()
        await self._host.close()
        if self._keeping is not None:
            await self._keeping.close()
        await self._measuring.close()
        await self._sizer.close()

    def _tell(self, notice: Notice) -> None:
        self.chat.show_error(notice.title, " ".join(notice.steps))
        if not self.chat.display:
            # Folded away, so it is told over the models too.
            self.notify(" ".join((notice.title, *notice.steps)), severity="warning", markup=False)

    # The machine

    @work(thread=True, group="machine")
    def look_at_machine(self) -> None:
        """Detect the machine and start the gauges."""
        look_at_machine(self.post_message, self._settings.refresh_seconds, self._replay)

    @on(MachineFound)
    def _machine_found(self, event: MachineFound) -> None:
        self.machine = event.machine
        self._sampler = event.sampler
        if self._replay is None:
            self._measuring.open(event.machine)
        else:
            self.models.replayed = True
            self.chat.transcript.hint = " ".join(no_load(self._replay.title).steps)
            self.models.show_measurements(Elsewhere(event.machine))

    @on(Sampled)
    def _sampled(self, event: Sampled) -> None:
        """Hand a reading to whoever shows it, and to the guard."""
        if self.machine is None or self._sampler is None:
            return
        self._sampler.engine_pid = self._host.pid
        if not self._feed.take(event.reading, self.machine.gpus, self._settings.refresh_seconds):
            return
        reading, engine = event.reading, event.reading.engine
        with self.app.batch_update():
            self.query_one(GaugeRow).loaded = self._host.loaded.footprint if self._host.loaded else None
            self.reading = reading
            held = engine.anonymous_bytes.value if engine else None
            self.models.show_pools(
                pools(
                    self.machine,
                    reading,
                    held or 0,
                    held_on_card_bytes=self._held_on_card,
                    # Another machine has an engine of its own.
                    offload=self._sizer.gpu_offload if self._replay is None else True,
                )
            )
            self.models.show_measured(engine)
            self._show_mark()
            self.chat.status.engine_bytes = engine.resident_bytes.value if engine else None
            pressure = pressure_of(reading)
            self.chat.status.pressure = pressure.word if pressure else None
        if failed := self._guard.check(reading):
            self._host.kill(failed)
        if self._may_measure(reading):
            self.measure()

    @on(GaugeRow.Opened)
    def action_gauges(self) -> None:
        """Show the gauges in full."""
        from tui.ui.screens.gauges import GaugesScreen

        self.app.push_screen(GaugesScreen(self.query_one(GaugeRow), self._settings.keys, self._replay))

    # The timeline

    def _timeline_changed(self) -> None:
        """Draw what is new, and look more often while a reply is written."""
        if self.is_mounted:
            self.timeline.update()
        if self._sampler is not None:
            self._sampler.interval = self._feed.interval(self._settings.refresh_seconds)

    def _receipt_written(self, reply_id: int, receipt: Receipt) -> None:
        self.chat.show_receipt(reply_id, receipt)

    def on_chat_pane_new_chat(self) -> None:
        """Its replies leave the timeline, and the context has room again."""
        self._feed.forget_replies()
        self._asking.follow(self.chat)
        if self._context_watch is not None:
            self._context_watch.new_chat()
        self._draft_changed()

    def on_timeline_reply_chosen(self, event: Timeline.ReplyChosen) -> None:
        """Mark the reply in the chat too, on whichever branch it is."""
        self.chat.show_message(event.reply_id)

    def _message_marked(self, message_id: int | None) -> None:
        self.timeline.selected = self.chat.conversation.reply_at(message_id)

    def action_timeline(self) -> None:
        """Go to the timeline."""
        self.timeline.enter()

    # The conversations that are kept

    @on(KeepingChanged)
    def _keeping_changed(self, event: KeepingChanged) -> None:
        self.notify(event.words, severity="warning" if event.reason else "information", markup=False)

    @work(group="history", exclusive=True)
    async def action_history(self) -> None:
        """Look through the conversations that are kept, and go on with one."""
        record = await self._keeping.choose(self.app) if self._keeping else None
        if record is None:
            return
        listing = self.models.listing
        model = find(record.model, listing.models)
        if model is not None and self._host.model is None and not listing.highlight(model.key):
            listing.action_clear_filter()
            listing.highlight(model.key)
        if model is not None and record.settings is not None and not self._host.holds(model):
            # From now on, so that what the user chooses after it wins.
            self.models.use(record.settings)
        self.action_show("chat")
        words = who_answers(record.model, self._host.model, listing.models, record.settings)
        if words and not self._host.loading:
            self.chat.notice.show_info(words)

    # Comparisons

    @property
    def comparing(self) -> bool:
        """True while models are compared."""
        return self._comparing is not None and self._comparing.run is not None

    @on(ModelsPane.Compare)
    def _compare_asked(self, event: ModelsPane.Compare) -> None:
        if self._replay is not None:
            self._tell(no_load(self._replay.title))
        elif self._build is None:
            self._tell(engine_missing())
        else:
            self.compare(event.models)

    @work(group="compare", exclusive=True)
    async def compare(self, models: Sequence[Model]) -> None:
        """Ask the models the same, one after another; with less than two, show what was compared before."""
        # Here: it is seldom needed, and the first screen need not wait for it.
        from tui.ui.comparing import Comparing, Engine

        if self._comparing is None:
            engine = Engine(self._host, self._sizer, self._feed, self._measuring)
            row = self.query_one(GaugeRow)
            self._comparing = Comparing(engine, self.models, row, self._settings, self._compared)
        if words := self._comparing.refusal(models):
            self.notify(words, severity="warning", markup=False)
            return
        await self._comparing.open(self.app, models, self.chat.prompt.text)

    def _compared(self) -> None:
        """A comparison has ended, perhaps since everything ends."""
        if self.query(ChatPane):
            self._show_engine()

    # Its speed

    def _may_measure(self, reading: Reading) -> bool:
        """Once, while nothing else is going on: another program at work would spoil it."""
        busy = self._host.model is not None or self._host.loading or not self.models.settled
        busy = busy or self.comparing
        load = reading.cpu_percent.value
        return self._measure_once and self._measuring.due and not busy and load is not None and load < _QUIET

    def _measured(self, speeds: Speeds) -> None:
        self.models.show_measurements(speeds)

    def action_measure(self) -> None:
        """Measure the machine, again if it was measured before."""
        self.measure()

    @work(group="measure")
    async def measure(self) -> None:
        """Measure how fast this machine is, with the progress in the chat."""
        title = _("Measuring this machine's speed…")
        try:
            await self._measuring.start(lambda fraction: self.chat.show_progress(title, fraction))
        finally:
            if self.is_mounted:
                self.chat.clear_notice()

    @property
    def _held_on_card(self) -> int:
        """What the loaded model will give back of a card's memory, in bytes."""
        return self._host.loaded.footprint.device_bytes if self._host.loaded else 0

    def on_models_pane_changed(self) -> None:
        """Mark where the model that is highlighted now would take memory."""
        self._show_mark()

    def _show_mark(self) -> None:
        row, fit, model = self.query_one(GaugeRow), self.models.pending_fit, self.models.highlighted
        if self.reading is None or fit is None or model is None:
            row.mark = row.gpu_mark = None
        else:
            row.mark, row.gpu_mark = marks(self.reading, fit, talk.label_of(model), self._held_on_card)

    # The models

    @work(thread=True, exclusive=True, group="scan")
    def scan(self) -> None:
        """Read the catalogue and look for models on the disk."""
        self.post_message(find_models(self._places))

    def on_models_pane_rescan(self) -> None:
        """Look again."""
        self.scan()

    @on(ModelsFound)
    def _models_found(self, event: ModelsFound) -> None:
        """Show the list, and what could not be read."""
        nothing_here = no_model_on_disk(models_folder())
        self.models.show_models(event.models, nothing_here)
        if self._preferred is not None:
            self.models.listing.highlight(self._preferred)
            self._preferred = None
        for problem in event.problems:
            log.warning("%s", problem)
            self.notify(problem, severity="warning", markup=False, timeout=10)
        if self._build is not None and not any(model.file for model in event.models):
            self._tell(nothing_here)

    # The engine

    def on_models_pane_chosen(self, event: ModelsPane.Chosen) -> None:
        """Load the model, unless there is a reason not to."""
        notice = talk.refusal(event.model, event.fit, insisted=self._refused == event.model.key)
        if self._replay is not None:
            notice = no_load(self._replay.title)
        self._refused = event.model.key if notice else None
        if notice is not None:
            # The list keeps the keys: Enter once more, or another model.
            self._tell(notice)
            return
        threads = self._settings.threads or (self.machine.cpu.physical_cores if self.machine else 0)
        self.action_show("chat")
        self.load(event.model, event.fit, msgspec.structs.replace(event.settings, threads=threads))

    @work(group="load")
    async def load(self, model: Model, fit: Fit | None, settings: LoadSettings) -> None:
        """Load a model where its verdict says that it goes, in place of the one that is loaded."""
        self._measuring.stop()
        self.chat.busy = True
        self.chat.model_label = talk.label_of(model)
        if self._drafting is not None:
            self._drafting.predicted = fit.prompt_speed if fit else None
        settings = await settings_to_load(self._sizer, model, fit, settings)
        with self._feed.loading():
            await talk.load(self._host, self.chat, model, settings)
        self.chat.busy = self._host.loading
        self._show_engine()

    # The context

    @on(ContextStrip.PolicyChosen)
    def _policy_chosen(self, event: ContextStrip.PolicyChosen) -> None:
        if self._context_watch is not None:
            self._context_watch.set_policy(event.policy)

    @on(ContextOffers.Chosen)
    @work(group="remedy", exclusive=True)
    async def _remedy_chosen(self, event: ContextOffers.Chosen) -> None:
        if self._context_watch is not None:
            await self._context_watch.choose(event.remedy)

    async def _load_longer(self, remedy: Remedy) -> bool:
        """Load the model again with a longer context; the conversation stays."""
        model, settings = self._host.model, remedy.settings
        if model is None or settings is None:
            return False
        self.models.use(settings)
        await self.load(model, remedy.fit, settings).wait()
        return self._host.holds(model)

    @work(group="answer")
    async def answer(self) -> None:
        """Answer the conversation with the loaded model."""
        metrics = await talk.answer(
            self._host, self.chat, self.chat.conversation, self._asking.how, self._feed, self._context_watch
        )
        model, loaded, settings = self._host.model, self._host.loaded, self._host.settings
        if metrics is not None and model is not None and loaded is not None and settings is not None:
            plan = self._sizer.now(model, settings).footprint
            predicted = plan.total_bytes if plan is not None else None
            self._measuring.keep(model, settings, loaded.threads, predicted, metrics)
        # The next one finds another cache.
        self._draft_changed()

    # How it is asked

    @on(ChatPane.HowToAsk)
    @work(group="how", exclusive=True)
    async def how_to_ask(self) -> None:
        """Presets, system prompt, sampling, JSON schema."""
        await self._asking.choose(self.app, self.chat)
        self.set_focus(self.chat.prompt)
        self._draft_changed()

    # The draft

    @on(PromptArea.Changed)
    @on(ChatPane.Branched)
    def _draft_changed(self) -> None:
        """What it costs, and what of the context it takes, is told in a moment."""
        if self._drafting is not None:
            self._drafting.changed()
        if self._context_watch is not None:
            self._context_watch.changed()

    @work(thread=True, group="prompts")
    def remember_prompts(self) -> None:
        """What was asked in earlier sessions can be asked again."""
        texts = read_history()
        if texts:
            self.app.call_from_thread(self.chat.prompt.remember, texts)

    @on(ChatPane.Ask)
    def _keep_prompt(self, event: ChatPane.Ask) -> None:
        self.run_worker(partial(add_to_history, event.text), group="prompts", thread=True)

    @on(ChatPane.Ask)
    @on(ChatPane.Regenerate)
    @on(ChatPane.Continue)
    def _asked(self) -> None:
        self.answer()

    def on_chat_pane_stop(self) -> None:
        """Stop the load or the reply."""
        self._host.stop()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Stop and unload exist only while there is something to stop or unload."""
        if action == "stop":
            return self._host.loading or self._host.answering
        if action == "unload":
            return self._host.model is not None
        if action == "measure":
            # A model at work and the measurement would slow one another down.
            idle = self._host.model is None and not self._host.loading
            return self._build is not None and self._replay is None and idle
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
        if self.comparing:
            # It is told where the answer would be.
            return
        self.chat.show_error(failed.message, failed.hint)
        self._show_engine()

    def _show_engine(self) -> None:
        self.refresh_bindings()
        model = self._host.model
        if not self._host.loading:
            self.chat.model_label = talk.label_of(model) if model else None
        self.models.show_loaded(model, self._host.settings)
        self._draft_changed()

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
        self.set_focus(self.chat.prompt if pane == "chat" else self.models.rows)

    def action_help(self) -> None:
        """Explain keys, verdicts and words."""
        # Here: its pages are long, and the first screen need not wait for them.
        from tui.ui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(keys_on_screen(self.app, self._settings.keys)))
