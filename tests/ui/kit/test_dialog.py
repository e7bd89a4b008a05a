"""Frame and list of the dialogs."""

import pytest
from textual.containers import VerticalScroll
from textual.widgets import Static

from tests.ui.host import Host
from tests.waiting import until
from tui.ui.kit.dialog import Dialog, PlainList, content_of, content_of_lines, fitting_hints
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


@pytest.mark.parametrize(
    ("room", "text"),
    [
        (None, "a goes · b stays · Esc leaves"),
        (29, "a goes · b stays · Esc leaves"),
        (28, "a goes · Esc leaves"),
        (3, "Esc leaves"),
    ],
)
def test_the_hint_to_leave_stays_where_there_is_no_room_for_all(room: int | None, text: str) -> None:
    assert " · ".join(fitting_hints(("a goes", "b stays", "Esc leaves"), room)) == text


async def test_a_dialog_shows_the_hints_that_fit_its_width() -> None:
    app = Host(Dialog)
    async with app.run_test(size=(40, 10)) as pilot:
        dialog = app.query_one(Dialog)
        dialog.show_hints("first goes", "[second] stays", "third leaves")
        await until(lambda: str(dialog.border_subtitle) == "first goes · third leaves", "those that fit")
        await pilot.resize_terminal(80, 10)
        await until(lambda: "second] stays" in str(dialog.border_subtitle), "all of them")


async def test_a_plain_list_takes_no_frame_of_its_own() -> None:
    app = Host(lambda: PlainList("One", "Two", markup=False))
    async with app.run_test(size=(40, 10)) as pilot:
        app.query_one(PlainList).focus()
        await pilot.pause()
        assert app.query_one(PlainList).outer_size.height == 2
