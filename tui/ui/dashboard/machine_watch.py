"""Distribution of the machine's readings in the dashboard, and the measurement of its speed."""

from tui.fit.pools import pools
from tui.fit.speed import BandwidthSpeeds
from tui.hardware.machine import Machine
from tui.hardware.reading import Reading
from tui.hardware.sampler import MachineSampler
from tui.i18n import _
from tui.services.loading import replay_refusal
from tui.services.measuring import deletion_reason
from tui.services.memory_guard import MemoryGuard
from tui.services.workbench import Workbench
from tui.ui.chat.pane import ChatPane
from tui.ui.gauges.mark import marks_of
from tui.ui.gauges.memory.pressure import pressure_of
from tui.ui.gauges.row import GaugeRow
from tui.ui.kit.keyboard.names import sentence_with_keys
from tui.ui.kit.notices import refusal_notice
from tui.ui.models.pane import ModelsPane

_BUSY_PERCENT = 40.0
"""Processor load above which another program counts as busy."""


class MachineWatch:
    """Distributor of the machine's readings to gauges, models, chat and memory guard."""

    def __init__(self, workbench: Workbench, row: GaugeRow, models: ModelsPane, chat: ChatPane) -> None:
        self._workbench = workbench
        self._row = row
        self._models = models
        self._chat = chat
        self._guard = MemoryGuard()
        self.sampler: MachineSampler | None = None
        """Takes the readings; None until the machine is detected."""

    def use_machine(self, machine: Machine, sampler: MachineSampler) -> None:
        """Use the detected machine and its sampler."""
        self.sampler = sampler
        self._models.machine = machine
        if self._workbench.replay is None:
            self._workbench.measurement.open(machine)
        else:
            self._models.replayed = True
            self._models.detail.advises_download = False
            notice = refusal_notice(replay_refusal(self._workbench.replay.title))
            self._chat.transcript.hint = " ".join(notice.steps)
            self._models.show_measurements(BandwidthSpeeds(machine))

    def take(self, reading: Reading, machine: Machine) -> bool:
        """Add a reading to the timeline; return True if the gauges show it too."""
        if self.sampler is None:
            return False
        self.sampler.engine_pid = self._workbench.host.pid
        return self._workbench.feed.take(reading, machine.gpus, self._workbench.settings.refresh_seconds)

    def show(self, reading: Reading, machine: Machine) -> None:
        """Pass a reading on to models, marks and engine status; the gauges draw it themselves."""
        host, engine = self._workbench.host, reading.engine
        self._row.loaded = host.loaded.footprint if host.loaded else None
        engine_own_bytes = engine.anonymous_bytes.value if engine else None
        self._models.show_pools(
            pools(
                machine,
                reading,
                engine_own_bytes or 0,
                loaded_on_card_bytes=self._workbench.host.card_bytes,
                # The replayed machine has another engine, which is taken to use the GPU.
                offload=self._workbench.sizer.gpu_offload if self._workbench.replay is None else True,
            )
        )
        self._models.show_measured(engine)
        self.show_mark(reading)
        self._chat.status.engine_bytes = engine.resident_bytes.value if engine else None
        self._chat.status.engine_unknown = host.unknowns.footprint
        pressure = pressure_of(reading)
        self._chat.status.pressure = pressure._replace(percent=None) if pressure else None

    def show_mark(self, reading: Reading | None) -> None:
        """Mark on the gauges the memory that the highlighted model would take."""
        row, fit, model = self._row, self._models.pending_fit, self._models.highlighted
        if reading is None or fit is None or model is None:
            row.mark = row.gpu_mark = None
        else:
            row.mark, row.gpu_mark = marks_of(reading, fit, model.label, self._workbench.host.card_bytes)

    def guard(self, reading: Reading) -> None:
        """Kill the engine before it would freeze the machine."""
        if failed := self._guard.check(reading):
            self._workbench.host.kill(failed)

    def update_interval(self) -> None:
        """Take readings at the interval that the timeline needs now."""
        if self.sampler is not None:
            self.sampler.interval = self._workbench.feed.interval(self._workbench.settings.refresh_seconds)

    def may_measure(self, reading: Reading) -> bool:
        """Return True if the measurement is due and the machine is idle."""
        host = self._workbench.host
        busy = host.model is not None or host.loading or not self._models.settled
        # A user with an open conversation may go on soon, or read why the engine ended.
        busy = busy or bool(self._chat.conversation.messages)
        load = reading.cpu_percent.value
        return self._workbench.measurement.due and not busy and load is not None and load < _BUSY_PERCENT

    async def measure(self, *, is_asked_for: bool) -> None:
        """Measure the machine's speed, with the progress in the chat.

        That it is too busy is said only where somebody asked for the measurement.
        """
        title, notice = _("Measuring this machine's speed…"), self._chat.notice

        def show_wait(share: float) -> None:
            wait = _("Other programs use {percent:.0f} % of the processor; waiting for them…")
            notice.show_progress(wait.format(percent=100 * share))

        busy = None
        try:
            busy = await self._workbench.measurement.start(
                lambda fraction: notice.show_progress(title, fraction), show_wait
            )
        finally:
            if notice.is_attached:
                notice.clear()
        if busy is not None and is_asked_for and notice.is_attached:
            hint = sentence_with_keys(busy.hint) if busy.hint else ""
            notice.show_error(sentence_with_keys(busy.reason), hint)

    def forget(self) -> None:
        """Delete what was measured on this machine, and say so in the chat."""
        self._workbench.measurement.stop()
        deleted = deletion_reason(*self._workbench.measurement.forget())
        self._chat.notice.show_info(sentence_with_keys(deleted))

    def close(self) -> None:
        """Stop taking readings."""
        if self.sampler is not None:
            self.sampler.stop()
