import pytest

from tests.ui.chat.context.test_strip_lines import filled, line
from tests.ui.host import Host
from tests.waiting import until
from tui.ui.chat.context.strip import ContextStrip


@pytest.mark.parametrize("width", [24, 61, 120])
async def test_the_strip_takes_one_row_and_shows_its_legend_while_it_has_the_focus(width: int) -> None:
    app = Host(ContextStrip)
    async with app.run_test(size=(width, 12)) as pilot:
        strip = app.query_one(ContextStrip)
        app.set_focus(None)
        strip.filling = filled()
        await until(lambda: strip.size.height == 1, "one row")
        assert strip.render_line(0).text.strip() == line(filled(), width - 2).strip()
        app.set_focus(strip)
        await until(lambda: strip.size.height == len(strip.lines(width - 2)), "the legend")
        assert strip.size.height > 2
        # AND the key changes what is done when it is full
        await pilot.press("w")
        assert strip.policy == "drop_oldest"
        await pilot.press("enter", "space")
        assert strip.policy == "stop"
