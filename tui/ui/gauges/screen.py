"""Screen of the gauges in full: history, every core and GPU, the processes, and unknown figures."""

# Textual's `app` property leaves the app's own type parameter open.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.events import Resize
from textual.screen import Screen

from tui.hardware.recording.replay import Replay
from tui.i18n import _
from tui.ui.dashboard.replay_line import ReplayLine
from tui.ui.gauges.cpu.gauge import CpuGauge
from tui.ui.gauges.cpu.sheet import cpu_sheet
from tui.ui.gauges.gpu.gauge import GpuGauge
from tui.ui.gauges.gpu.sheet import gpu_sheet
from tui.ui.gauges.memory.gauge import MemoryGauge
from tui.ui.gauges.memory.sheet import memory_sheet
from tui.ui.gauges.process_sheet import process_sheet, unknown_sheet
from tui.ui.gauges.row import GaugeRow
from tui.ui.gauges.sheet import Sheet
from tui.ui.kit.keyboard.footer import KeyFooter
from tui.ui.kit.keyboard.tables import keys_on_screen
from tui.ui.kit.pieces import Line

_OTHER_ROWS = 20
"""Rows of a window for everything except the graphs."""
_GRAPH_ROWS = (3, 12)
"""Lowest and greatest height of a graph in rows."""


class GaugesScreen(Screen[None]):
    """Screen of all gauges in full, which follows the readings of the row of gauges."""

    BINDING_GROUP_TITLE = _("Gauges")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape,g,q,f8", "dismiss", _("Back"), id="gauges.close", tooltip=_("Go back to the dashboard")
        ),
        Binding("f1,question_mark", "help", _("Help"), id="app.help", tooltip=_("Explain keys and terms")),
        Binding("up,k", "scroll(-1)", _("Up"), show=False, id="gauges.up", tooltip=_("Scroll a line up")),
        Binding(
            "down,j", "scroll(1)", _("Down"), show=False, id="gauges.down", tooltip=_("Scroll a line down")
        ),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-normal")]  # noqa: RUF012
    DEFAULT_CSS = """
    GaugesScreen {
        & #gauges-scroll { height: 1fr; scrollbar-size-vertical: 1; }
        & #gauges-columns { height: auto; }
        & .gauges-column { width: 1fr; height: auto; }
        &.-narrow #gauges-columns { layout: vertical; }
        &.-narrow .gauges-column { width: 100%; }
    }
    """

    def __init__(self, row: GaugeRow, replay: Replay | None = None) -> None:
        """Show the gauges of a row, which keeps taking readings and holds the history.

        `replay` is the recording that replaces the machine; None for this machine.
        """
        super().__init__()
        self._replay = replay
        self._row = row
        self._cpu = row.query_one(CpuGauge)
        self._gpu = row.query_one(GpuGauge)
        self._memory = row.query_one(MemoryGauge)

    def compose(self) -> ComposeResult:
        """Lay out two columns, below each other on a narrow screen, and the unknown figures at the end."""
        if self._replay is not None:
            yield ReplayLine(self._replay)
        with VerticalScroll(id="gauges-scroll"):
            with Horizontal(id="gauges-columns"):
                with Vertical(classes="gauges-column"):
                    yield Sheet(_titled(self._cpu.title()), self._cpu_lines, id="sheet-cpu")
                    yield Sheet(_("Processes"), self._process_lines, id="sheet-processes")
                with Vertical(classes="gauges-column"):
                    yield Sheet(_titled(self._memory.title()), self._memory_lines, id="sheet-memory")
                    yield Sheet(_titled(self._gpu.title()), self._gpu_lines, id="sheet-gpu")
            yield Sheet(_("Not known"), self._unknown_lines, id="sheet-unknown")
        yield KeyFooter()

    def on_mount(self) -> None:
        """Follow the changes of the row."""
        self.query_one("#gauges-scroll").focus()
        for name in ("reading", "machine", "mark", "gpu_mark", "loaded"):
            self.watch(self._row, name, self._follow, init=False)

    def on_resize(self, _event: Resize) -> None:
        """Fit the graphs to the height."""
        for sheet in self.query(Sheet):
            sheet.refresh(layout=True)

    def action_scroll(self, step: int) -> None:
        """Scroll by a line."""
        self.query_one("#gauges-scroll").scroll_relative(y=step, animate=False)

    def action_help(self) -> None:
        """Show the help."""
        from tui.ui.help.screen import HelpScreen

        self.app.push_screen(HelpScreen(keys_on_screen(self.app)))

    def _follow(self) -> None:
        with self.app.batch_update():
            for sheet in self.query(Sheet):
                sheet.update()

    @property
    def _graph_rows(self) -> int:
        lowest, highest = _GRAPH_ROWS
        return max(lowest, min(highest, (self.size.height - _OTHER_ROWS) // 3))

    def _cpu_lines(self, width: int) -> list[Line]:
        row = self._row
        return cpu_sheet(row.reading, row.machine, self._cpu.history, width, self._graph_rows)

    def _gpu_lines(self, width: int) -> list[Line]:
        row = self._row
        return gpu_sheet(
            row.reading,
            row.machine,
            self._gpu.histories,
            row.gpu_mark,
            width,
            self._graph_rows,
            row.loaded,
        )

    def _memory_lines(self, width: int) -> list[Line]:
        row = self._row
        return memory_sheet(
            row.reading, row.machine, row.mark, row.loaded, self._memory.history, width, self._graph_rows
        )

    def _process_lines(self, width: int) -> list[Line]:
        return process_sheet(self._row.reading, width)

    def _unknown_lines(self, width: int) -> list[Line]:
        return unknown_sheet(self._row.reading, self._row.machine, width)


def _titled(title: tuple[str, str]) -> str:
    return "  ".join(part for part in title if part)
