"""The top row of the dashboard: processor, graphics, memory."""

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.reactive import reactive

from tui.hardware.machine import Machine
from tui.hardware.reading import Reading
from tui.ui.widgets.cpu_gauge import CpuGauge
from tui.ui.widgets.gpu_gauge import GpuGauge
from tui.ui.widgets.mark import Mark
from tui.ui.widgets.memory_gauge import MemoryGauge


class GaugeRow(Horizontal):
    """The three gauges side by side; what it is given goes down to them."""

    DEFAULT_CSS = """
    GaugeRow {
        height: auto;
    }
    """

    reading: reactive[Reading | None] = reactive(None, repaint=False)
    """The newest reading."""
    machine: reactive[Machine | None] = reactive(None, repaint=False)
    """What is measured."""
    mark: reactive[Mark | None] = reactive(None, repaint=False)
    """Where the highlighted model would take memory."""
    gpu_mark: reactive[Mark | None] = reactive(None, repaint=False)
    """Where it would take a card's memory."""

    def compose(self) -> ComposeResult:
        """The gauges, in the order of the question they answer."""
        yield CpuGauge(id="cpu").data_bind(GaugeRow.reading, GaugeRow.machine)
        yield GpuGauge(id="gpu").data_bind(GaugeRow.reading, GaugeRow.machine, mark=GaugeRow.gpu_mark)
        yield MemoryGauge(id="memory").data_bind(GaugeRow.reading, GaugeRow.machine, GaugeRow.mark)
