"""Dialog that chooses the columns of the list."""

from typing import get_args

from textual.widgets import OptionList

from tests.ui.host import Host
from tui.services.model_columns import COLUMNS, NAME, column_title
from tui.settings.settings import ColumnName
from tui.ui.models.columns_screen import CHOOSABLE, CHOSEN, ColumnsScreen


def test_the_names_in_the_settings_are_those_of_the_columns():
    assert set(get_args(ColumnName)) == {column.name for column in COLUMNS if column.forms} - {NAME}
    assert {column.name for column in CHOOSABLE} == set(get_args(ColumnName))
    assert all(column_title(column) for column in CHOOSABLE)


async def test_columns_are_chosen_in_their_order_and_left_out_again():
    chosen = []
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = ColumnsScreen(("speed", "license"))
        app.push_screen(screen, chosen.append)
        await pilot.pause()
        options = screen.query_one(OptionList)
        prompts = [options.get_option_at_index(index).prompt.plain for index in range(len(CHOOSABLE))]
        assert [prompt for prompt in prompts if CHOSEN in prompt] == [
            f"{CHOSEN} 1  speed in tokens per second",
            f"{CHOSEN} 2  licence",
        ]
        first = CHOOSABLE[0].name
        await pilot.press("space", "j", "k")
        options.highlighted = [column.name for column in CHOOSABLE].index("speed")
        await pilot.press("space", "enter")
        await pilot.pause()
        for key in ("a", "escape"):
            app.push_screen(ColumnsScreen(("speed",)), chosen.append)
            await pilot.pause()
            await pilot.press(key)
            await pilot.pause()
    assert chosen == [("license", first), (), None]
