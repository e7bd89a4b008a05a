"""Frame and list of the dialogs."""

import pytest
from textual.containers import VerticalScroll
from textual.widgets import Static

from tests.ui.host import Host
from tui.ui.kit.dialog import Dialog, PlainList, content_of, content_of_lines
from tui.ui.kit.pieces import Piece


def test_pieces_become_content_and_are_never_markup() -> None:
    line = [Piece("[red]", "bold"), Piece("x", "$dim")]
    assert content_of(line).plain == "[red]x"
    assert [str(span.style) for span in content_of(line).spans] == ["bold", "$dim"]
    assert content_of_lines([line, line]).plain == "[red]x\n[red]x"


@pytest.mark.parametrize(("count", "height"), [(1, 3), (50, 9)])
async def test_a_dialog_is_as_high_as_its_content_and_never_higher_than_the_screen(
    count: int, height: int
) -> None:
    app = Host(lambda: VerticalScroll(Dialog(*(Static("A line") for _number in range(count)))))
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        assert app.query_one(Dialog).outer_size.height == height


async def test_a_plain_list_takes_no_frame_of_its_own() -> None:
    app = Host(lambda: PlainList("One", "Two", markup=False))
    async with app.run_test(size=(40, 10)) as pilot:
        app.query_one(PlainList).focus()
        await pilot.pause()
        assert app.query_one(PlainList).outer_size.height == 2
