"""Row of gauges at the top of the dashboard: processor, graphics, memory."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive

from tui.engine.footprint import Footprint
from tui.hardware.machine import Machine
from tui.hardware.reading import Reading
from tui.i18n import _
from tui.ui.gauges.cpu.gauge import CpuGauge
from tui.ui.gauges.gpu.gauge import GpuGauge
from tui.ui.gauges.mark import MemoryMark
from tui.ui.gauges.memory.gauge import MemoryGauge


class GaugeRow(Horizontal, can_focus=True):
    """Row of the three gauges, which are bound to the row's reactives."""

    BINDING_GROUP_TITLE = _("Gauges")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", _("All gauges"), id="gauges.open", tooltip=_("Show all gauges in full")),
    ]
    SCOPED_CSS = False
    DEFAULT_CSS = """
    GaugeRow {
        height: auto;
    }
    GaugeRow:focus Gauge { border-top: solid $border; }
    .-narrow GaugeRow:focus Gauge, .-short GaugeRow:focus Gauge { border: none; }
    GaugeRow:focus Gauge > .gauge--title { text-style: bold reverse; }
    """

    reading: reactive[Reading | None] = reactive(None, repaint=False)
    """The newest reading; None before the first one."""
    machine: reactive[Machine | None] = reactive(None, repaint=False)
    """The machine that is measured; None until it is detected."""
    mark: reactive[MemoryMark | None] = reactive(None, repaint=False)
    """Mark of the highlighted model on the memory gauge; None for none."""
    gpu_mark: reactive[MemoryMark | None] = reactive(None, repaint=False)
    """Mark of the highlighted model on a card; None for none."""
    loaded: reactive[Footprint | None] = reactive(None, repaint=False)
    """Footprint that the engine measured at the load; None while no model is loaded."""

    class Opened(Message):
        """The user wants to see the gauges in full."""

    def compose(self) -> ComposeResult:
        """Lay out the three gauges."""
        yield CpuGauge(id="cpu").data_bind(GaugeRow.reading, GaugeRow.machine)
        yield GpuGauge(id="gpu").data_bind(
            GaugeRow.reading, GaugeRow.machine, GaugeRow.loaded, mark=GaugeRow.gpu_mark
        )
        yield MemoryGauge(id="memory").data_bind(
            GaugeRow.reading, GaugeRow.machine, GaugeRow.mark, GaugeRow.loaded
        )

    def on_click(self, event: Click) -> None:
        """Show all gauges in full."""
        event.stop()
        self.action_open()

    def action_open(self) -> None:
        """Ask for the screen of all gauges."""
        self.post_message(self.Opened())
