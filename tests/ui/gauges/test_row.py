"""The gauges in an app: what redraws, how they fold, what the tooltip says."""

import pytest
from textual.color import Color

from tests.ui.host import Host, card, card_reading, machine, memory, reading
from tui.ui.gauges.cpu.gauge import CpuGauge
from tui.ui.gauges.gauge import Gauge
from tui.ui.gauges.gpu.gauge import GpuGauge
from tui.ui.gauges.mark import MemoryMark
from tui.ui.gauges.memory.gauge import MemoryGauge
from tui.ui.gauges.row import GaugeRow
from tui.ui.kit.theme import theme_variable_defaults
from tui.units import GIB


def screen_rows(app: Host) -> list[str]:
    """What the terminal would show, row by row."""
    width, height = app.size
    strips = app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip).ljust(width) for strip in strips[:height]]


@pytest.mark.parametrize(("size", "rows"), [((80, 24), 2), ((120, 40), 4), ((200, 60), 6), ((120, 24), 2)])
async def test_the_row_folds_on_a_small_screen(size: tuple[int, int], rows: int) -> None:
    app = Host(GaugeRow)
    async with app.run_test(size=size) as pilot:
        app.query_one(GaugeRow).machine = machine()
        await pilot.pause()
        assert app.query_one(GaugeRow).size.height == rows
        regions = [gauge.region for gauge in app.query(Gauge)]
        assert all(app.screen.region.contains_region(region) for region in regions)
        # Between the rules above them are two blanks.
        gap = 2 if rows > 2 else 0
        assert sum(region.width for region in regions) == size[0] - gap * (len(regions) + 1)


async def test_one_reading_reaches_all_three_gauges() -> None:
    app = Host(GaugeRow)
    async with app.run_test(size=(120, 40)) as pilot:
        row = app.query_one(GaugeRow)
        row.machine = machine((card(),), None)
        row.reading = reading(load=50, gpus=(card_reading(load=21),))
        row.mark = MemoryMark(6 * GIB, "Llama")
        await pilot.pause()
        screen_text = "\n".join(screen_rows(app))
        for figure in ("50 %", "21 %", "4.0 / 8.0 GiB", "▼ 6.0 GiB with Llama", "Core i5", "RTX 4070"):
            assert figure in screen_text


async def test_the_screen_shows_the_newest_reading_and_not_an_older_one() -> None:
    app = Host(GaugeRow)
    async with app.run_test(size=(120, 40)) as pilot:
        row = app.query_one(GaugeRow)
        row.machine = machine()
        for tick, load in enumerate((10.0, 90.0, 35.0)):
            row.reading = reading(time=100.0 + tick, load=load)
            await pilot.pause()
            assert f"{load:3.0f} %" in screen_rows(app)[1]


async def test_unchanged_reading_redraws_nothing() -> None:
    app = Host(lambda: MemoryGauge(id="memory"))
    async with app.run_test(size=(60, 40)) as pilot:
        gauge = app.query_one(MemoryGauge)
        gauge.machine = machine()
        gauge.reading = reading(time=1.0, load=1.0)
        await pilot.pause()
        redrawn: list[object] = []
        gauge.refresh = lambda *regions, **_options: redrawn.extend(regions) or gauge  # type: ignore[method-assign]
        gauge.reading = reading(time=2.0, load=99.0)
        assert redrawn == []
        gauge.reading = reading(time=3.0, memory_reading=memory(7.0))
        assert redrawn != []


async def test_only_the_line_that_changed_is_redrawn() -> None:
    app = Host(lambda: MemoryGauge(id="memory"))
    async with app.run_test(size=(120, 40)) as pilot:
        gauge = app.query_one(MemoryGauge)
        gauge.machine = machine()
        gauge.reading = reading(pressure=0.0)
        await pilot.pause()
        redrawn: list[object] = []
        gauge.refresh = lambda *regions, **_options: redrawn.extend(regions) or gauge  # type: ignore[method-assign]
        gauge.reading = reading(pressure=50.0)
        assert [region.y for region in redrawn] == [2]  # type: ignore[attr-defined]


async def test_the_tooltip_has_the_reason_for_unknown_figures() -> None:
    app = Host(GaugeRow)
    async with app.run_test(size=(120, 40)) as pilot:
        row = app.query_one(GaugeRow)
        row.machine = machine((card(),), None)
        row.reading = reading(load=None, pressure=None, gpus=(card_reading(load=None),))
        await pilot.pause()
        for kind, line in (
            (CpuGauge, "load: it could not be read: the counters do not move"),
            (GpuGauge, "load: it could not be read: the driver does not say"),
            (MemoryGauge, "pressure: it could not be read: this kernel has no PSI"),
        ):
            assert line in str(app.query_one(kind).tooltip)


async def test_names_from_outside_are_never_markup() -> None:
    app = Host(GaugeRow)
    async with app.run_test(size=(120, 40)) as pilot:
        row = app.query_one(GaugeRow)
        row.machine = machine((card(name="[red]evil\x1b[2J[/nope]"),), None, name="[bold]CPU\n[/x]")
        row.reading = reading()
        await pilot.pause()
        top = screen_rows(app)[0]
        assert "[red]evil[/nope]" in top
        assert "[bold]CPU [/x]" in top


@pytest.mark.parametrize("theme", ["llmtui-dark", "llmtui-light", "textual-light", "ansi-dark", "ansi-light"])
async def test_bars_take_their_colours_from_the_theme(theme: str) -> None:
    app = Host(lambda: CpuGauge(id="cpu"), theme=theme)
    async with app.run_test(size=(60, 40)) as pilot:
        gauge = app.query_one(CpuGauge)
        gauge.machine = machine()
        gauge.reading = reading(load=50)
        await pilot.pause()
        colours = {
            segment.style.color for segment in gauge.render_line(0) if segment.style and "█" in segment.text
        }
        expected_colour = gauge.get_component_rich_style("gauge--calm", partial=True).color
        assert colours == {expected_colour}


async def test_meaning_is_kept_without_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = Host(GaugeRow)
    async with app.run_test(size=(120, 40)) as pilot:
        row = app.query_one(GaugeRow)
        row.machine = machine()
        row.reading = reading(load=50, pressure=40.0, memory_reading=memory(4.0, 3.5))
        row.mark = MemoryMark(6 * GIB, "Llama")
        await pilot.pause()
        screen_text = "\n".join(screen_rows(app))
        for sign in ("▕██", "▏", "░", "·", "▼", "pressure high", "50 %"):
            assert sign in screen_text


async def test_gauge_is_drawn_at_every_size() -> None:
    app = Host(GaugeRow)
    async with app.run_test(size=(120, 40)) as pilot:
        row = app.query_one(GaugeRow)
        row.machine = machine((card(),), None)
        row.reading = reading(gpus=(card_reading(),))
        for size in ((20, 5), (3, 2), (80, 24), (200, 60)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        assert "GPU" in screen_rows(app)[0]


@pytest.mark.parametrize("theme", ["llmtui-light", "ansi-dark"])
async def test_a_change_of_theme_recolours_what_is_drawn(theme: str) -> None:
    app = Host(lambda: CpuGauge(id="cpu"))
    async with app.run_test(size=(60, 40)) as pilot:
        gauge = app.query_one(CpuGauge)
        gauge.machine = machine()
        gauge.reading = reading(load=50)
        await pilot.pause()
        old_styles = [segment.style for segment in gauge.render_line(0) if "█" in segment.text]
        app.theme = theme
        await pilot.pause()
        after = [segment.style for segment in gauge.render_line(0) if "█" in segment.text]
        expected_colour = Color.parse(theme_variable_defaults(app.current_theme)["gauge-calm"])
        assert [style.color for style in after if style] == [expected_colour.rich_color]
        assert old_styles != after
