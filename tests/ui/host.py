"""A tiny app to hold the widget under test, with our theme, and readings to feed it."""

from collections.abc import Callable

from textual.app import App, ComposeResult
from textual.content import Content
from textual.theme import Theme
from textual.widget import Widget

from tests.reasons import because
from tui.hardware.machine import Cpu, Gpu, Machine
from tui.hardware.reading import (
    GpuReading,
    MemoryReading,
    Metric,
    ProcessReading,
    Reading,
    known,
    unknown,
)
from tui.sentences import Reason, reason
from tui.ui.kit.theme import DARK, THEMES, theme_variable_defaults
from tui.units import GIB

NO_GPU = reason("hardware.no_gpu")
THIS_MACHINE = reason("hardware.this_machine")
NOT_ASKED: Metric = unknown(because("not asked for in this test"))


class Host(App[None]):
    """Holds what `build` makes; the screen gets breakpoint classes as in the dashboard."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual's own shape
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall"), (50, "-high")]  # noqa: RUF012

    def __init__(
        self, *build: Callable[[], Widget], theme: str = DARK.name, extra: tuple[Theme, ...] = ()
    ) -> None:
        super().__init__()
        for app_theme in (*THEMES, *extra):
            self.register_theme(app_theme)
        self.theme = theme
        self._build = build

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return theme_variable_defaults(self.current_theme)

    def compose(self) -> ComposeResult:
        for build in self._build:
            yield build()


def border_text(widget: Widget) -> str:
    """The text in the lower border of a dialog, which names its keys."""
    return Content.from_markup(str(widget.border_subtitle)).plain


def machine(
    gpus: tuple[Gpu, ...] = (), reason: Reason | None = NO_GPU, name: str = "Core i5-1035G1"
) -> Machine:
    """Eight logical cores and 8 GiB."""
    cpu = Cpu(known(name, "test"), 4, 8, unknown(because("no quota")), ("AVX2",))
    return Machine(THIS_MACHINE, "Linux", cpu, 8 * GIB, 8 * GIB, "RAM", None, gpus, reason)


def card(index: int = 0, name: str = "NVIDIA GeForce RTX 4070", *, shares: bool = False) -> Gpu:
    """A card of 12 GiB."""
    return Gpu(index, name, "nvidia", shares, known(12 * GIB, "test"), known("driver 550", "test"))


def card_reading(index: int = 0, load: float | None = 21, used: float = 5.1) -> GpuReading:
    """A card at work, `used` in GiB."""
    percent = known(load, "test") if load is not None else unknown(because("the driver does not say"))
    return GpuReading(
        index,
        percent,
        known(int(used * GIB), "test"),
        known(12 * GIB, "test"),
        known(54.0, "test"),
        known(65.0, "test"),
    )


def memory(used: float = 4.0, cache: float = 1.0, swap: float = 0.0) -> MemoryReading:
    """Of 8 GiB, in GiB."""
    return MemoryReading(
        8 * GIB,
        int(used * GIB),
        int((8 - used) * GIB),
        int(cache * GIB),
        2 * GIB,
        int(swap * GIB),
        "test",
    )


def engine(own: float = 1.0, mapped: float = 0.0) -> ProcessReading:
    """The engine's process, in GiB."""
    return ProcessReading(
        7,
        known(int((own + mapped) * GIB), "test"),
        known(int(own * GIB), "test"),
        known(int(mapped * GIB), "test"),
        NOT_ASKED,
        NOT_ASKED,
    )


def reading(
    time: float = 100.0,
    load: float | None = 43.0,
    cores: tuple[float, ...] = (),
    memory_reading: MemoryReading | None = None,
    gpus: tuple[GpuReading, ...] = (),
    pressure: float | None = 0.0,
    process: ProcessReading | None = None,
) -> Reading:
    """One tick; a figure that is None could not be read."""
    return Reading(
        time,
        known(load, "test") if load is not None else unknown(because("the counters do not move")),
        cores or (load or 0.0,) * 8,
        known(memory_reading or memory(), "test"),
        gpus,
        known(pressure, "test") if pressure is not None else unknown(because("this kernel has no PSI")),
        process,
        NOT_ASKED,
        NOT_ASKED,
    )
