"""The machine's part of the dashboard: its readings, the timeline that they fill, and its speed."""

# Textual's `app` property leaves the app's own type parameter open.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

from textual import on, work
from textual.reactive import reactive
from textual.screen import Screen

from tui.chat.receipt import Receipt
from tui.engine.protocol import Failed
from tui.fit.pools import pools
from tui.fit.sizing import Sizer
from tui.fit.speed import Elsewhere, Speeds
from tui.hardware.machine import Machine
from tui.hardware.reading import Reading
from tui.hardware.replay import Replay
from tui.hardware.sampler import Sampler
from tui.i18n import _
from tui.settings import Settings, cache_folder
from tui.ui import talk
from tui.ui.discovery import MachineFound, Sampled, look_at_machine
from tui.ui.engine_host import EngineHost
from tui.ui.garbage import set_aside
from tui.ui.marks import marks
from tui.ui.measuring import Measuring
from tui.ui.memory_guard import MemoryGuard
from tui.ui.pressure import pressure_of
from tui.ui.replaying import no_load
from tui.ui.timeline_feed import TimelineFeed
from tui.ui.widgets.chat.chat_pane import ChatPane
from tui.ui.widgets.gauges.gauge_row import GaugeRow
from tui.ui.widgets.models.models_pane import ModelsPane
from tui.ui.widgets.timeline.timeline import Timeline

_QUIET = 40.0
"""Percent of all cores in use: with more, something else is at work."""


class MachineScreen(Screen[None]):
    """Takes readings and hands them to whoever shows them; measures the machine when it is quiet."""

    # Neither is drawn by the screen itself: without this the whole of it would be, at every reading.
    reading: reactive[Reading | None] = reactive(None, repaint=False)
    """The newest reading of the gauges."""
    machine: reactive[Machine | None] = reactive(None, repaint=False)
    """This machine; None until it has been looked at."""

    def __init__(
        self, settings: Settings, build: str | None, *, measure_once: bool, replay: Replay | None
    ) -> None:
        super().__init__()
        self._settings = settings
        self._build = build
        self._measure_once = measure_once
        self._replay = replay
        self._sampler: Sampler | None = None
        self._is_started = False
        """All is there that the start brings, the verdicts last."""
        self._host = EngineHost(self._engine_ended)
        self._sizer = Sizer(build, cache_folder() / "plans.json")
        self._measuring = Measuring(build, settings.threads, self._measured)
        self._guard = MemoryGuard()
        self._feed = TimelineFeed(self._timeline_changed, self._receipt_written)

    def _engine_ended(self, failed: Failed) -> None:
        """The engine's process ended by itself."""
        raise NotImplementedError

    @property
    def comparing(self) -> bool:
        """True while models are compared."""
        return False

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

    # Its readings

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
        if self.models.settled and not self._is_started:
            self._is_started = True
            set_aside()
        if self._may_measure(reading):
            self.measure()

    @on(GaugeRow.Opened)
    def action_gauges(self) -> None:
        """Show the gauges in full."""
        from tui.ui.screens.gauges import GaugesScreen

        self.app.push_screen(GaugesScreen(self.query_one(GaugeRow), self._settings.keys, self._replay))

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

    # The timeline

    def _timeline_changed(self) -> None:
        """Draw what is new, and look more often while a reply is written."""
        if self.is_mounted:
            self.timeline.update()
        if self._sampler is not None:
            self._sampler.interval = self._feed.interval(self._settings.refresh_seconds)

    def _receipt_written(self, reply_id: int, receipt: Receipt) -> None:
        self.chat.show_receipt(reply_id, receipt)

    def on_timeline_reply_chosen(self, event: Timeline.ReplyChosen) -> None:
        """Mark the reply in the chat too, on whichever branch it is."""
        self.chat.show_message(event.reply_id)

    def _message_marked(self, message_id: int | None) -> None:
        self.timeline.selected = self.chat.conversation.reply_at(message_id)

    def action_timeline(self) -> None:
        """Go to the timeline."""
        self.timeline.enter()

    # Its speed

    def _may_measure(self, reading: Reading) -> bool:
        """Once, while nothing else is going on: another program at work would spoil it."""
        busy = self._host.model is not None or self._host.loading or not self.models.settled
        # Who has begun to talk goes on soon, and may be reading why the engine ended.
        busy = busy or self.comparing or bool(self.chat.conversation.messages)
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
