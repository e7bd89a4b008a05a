"""The detail pane on the screen."""

import pytest
from textual.widgets import Static

from tests.ui.host import Host
from tests.ui.model_samples import fit, model
from tui.fit.verdict import Verdict
from tui.sentences import reason
from tui.ui.gauges.stacked_bar import StackedBar
from tui.ui.models.detail import ModelDetail
from tui.units import GIB

HERE = model("Llama-3.2-3B-Instruct", is_local=True)


AWAY = model("Qwen2.5-7B-Instruct")


async def draw_detail(size, model, verdict_fit, measured_bytes=None):
    app = Host(ModelDetail)
    async with app.run_test(size=size) as pilot:
        detail = app.query_one(ModelDetail)
        detail.styles.height = "100%"
        detail.model, detail.fit, detail.measured_bytes = model, verdict_fit, measured_bytes
        await pilot.pause()
        bar = app.query_one(StackedBar)
        texts = [static.visual.plain for static in app.query(Static) if static.display]
        return "\n".join(texts).splitlines(), bar.size.height if bar.display else 0, bar.capacity


@pytest.mark.parametrize(("size", "bar_rows"), [((80, 6), 1), ((60, 10), 2), ((120, 14), 2), ((200, 30), 2)])
async def test_the_lines_fill_the_pane_exactly(size, bar_rows):
    lines, rows, capacity = await draw_detail(size, HERE, fit(), 3 * GIB)
    assert rows == bar_rows
    assert len(lines) + rows <= size[1] - 1
    assert lines[0].startswith("Llama")
    assert capacity == 8 * GIB


async def test_without_a_footprint_there_is_no_bar():
    _lines, rows, _capacity = await draw_detail((80, 12), HERE, None)
    assert rows == 0


async def test_without_a_model_the_pane_explains_itself():
    lines, _rows, _capacity = await draw_detail((80, 6), None, None)
    assert lines == [
        "No model is highlighted.",
        "Highlight one in the list to see its verdict and its memory here.",
    ]


async def test_names_are_never_markup():
    lines, _rows, _capacity = await draw_detail(
        (80, 12), model("[$success]x[/]"), fit(why=reason("fit.pool_vram", gpu="[red]"))
    )
    assert lines[0].startswith("[$success]x[/]")
    assert "VRAM of [red]" in lines


HINT = ("to fit: KV q8_0 frees 480 MiB", "c for more")


async def test_the_hint_is_drawn_when_it_comes():
    app = Host(ModelDetail)
    async with app.run_test(size=(80, 14)) as pilot:
        detail = app.query_one(ModelDetail)
        detail.styles.height = "100%"
        detail.model, detail.fit = AWAY, fit(Verdict.TIGHT)
        await pilot.pause()
        body = app.query_one("#detail-body", Static)
        assert "to fit" not in body.visual.plain
        detail.hint = HINT
        await pilot.pause()
        assert HINT[0] in body.visual.plain


async def test_the_parts_are_drawn_when_they_come():
    app = Host(ModelDetail)
    async with app.run_test(size=(80, 20)) as pilot:
        detail = app.query_one(ModelDetail)
        detail.styles.height = "100%"
        detail.model, detail.fit, detail.measured_bytes = HERE, fit(), 3 * GIB
        await pilot.pause()
        body = app.query_one("#detail-body", Static)
        assert "its own" not in body.visual.plain
        detail.measured_parts = (GIB, 2 * GIB)
        await pilot.pause()
        assert "now 1.00 GiB private, 2.00 GiB mapped" in body.visual.plain
