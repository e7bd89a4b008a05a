"""Headings of the list's columns."""

from tests.ui.host import Host
from tests.ui.model_samples import ALL
from tui.ui.models.column_layout import ColumnWidths, plan_columns
from tui.ui.models.column_titles import ColumnTitles


async def test_only_columns_with_an_order_answer_a_click():
    plan = plan_columns(ColumnWidths(ALL), 97)
    messages = []
    app = Host(lambda: ColumnTitles(lambda: plan))
    async with app.run_test(size=(97, 3), message_hook=messages.append) as pilot:
        text = app.query_one(ColumnTitles).render_line(0).text
        for heading in ("quant", "tok/s"):
            await pilot.click(ColumnTitles, offset=(text.index(heading), 0))
        await pilot.pause()
    clicked = {id(message): message for message in messages if isinstance(message, ColumnTitles.TitleClicked)}
    assert [message.sort for message in clicked.values()] == ["speed"]
