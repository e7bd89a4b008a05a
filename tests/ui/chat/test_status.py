"""The figures below the chat: their places, and what is said of those that are not known."""

import pytest

from tests.ui.host import Host
from tui.sentences import reason
from tui.ui.chat.status import ChatStatus
from tui.ui.kit.pieces import plain, width_of
from tui.units import GIB


def full() -> ChatStatus:
    status = ChatStatus()
    status.tokens_per_second = 23.14
    status.first_token_seconds = 0.42
    status.engine_bytes = int(2.95 * GIB)
    status.pressure = "low"
    return status


def test_status_line_has_every_figure():
    status = full()
    assert plain(status.first_line(80)) == " 23.1 tok/s · first token  0.4 s"
    assert plain(status.second_line(80)) == "engine 2.95 GiB · pressure low"


def test_an_unknown_figure_is_shown_as_unknown():
    status = ChatStatus()
    assert plain(status.first_line(80)).split() == ["n/a", "·", "first", "token", "n/a"]
    assert plain(status.second_line(80)).split() == ["engine", "n/a", "·", "pressure", "n/a"]


async def test_reason_of_an_unknown_size_is_shown_on_hover():
    async with Host(ChatStatus).run_test() as pilot:
        status = pilot.app.query_one(ChatStatus)
        assert status.tooltip is None
        status.engine_unknown = reason("services.place_not_told")
        assert str(status.tooltip) == "engine n/a: the place where it runs does not tell it"
        status.engine_unknown = None
        assert status.tooltip is None


@pytest.mark.parametrize(("earlier", "after"), [(9.4, 101.0), (None, 23.1), (0.5, 1234.0)])
def test_figures_keep_their_columns_when_one_changes(earlier: float | None, after: float):
    status = full()
    columns: list[int] = []
    for rate, first in ((earlier, 0.4), (after, 12.5)):
        status.tokens_per_second = rate
        status.first_token_seconds = first
        line = plain(status.first_line(80))
        columns.append(line.index("first token"))
        columns.append(len(line))
    assert columns[:2] == columns[2:]


def test_narrow_line_keeps_the_most_important_figures():
    status = full()
    assert plain(status.first_line(40)) == " 23.1 tok/s · first token  0.4 s"
    assert plain(status.first_line(20)) == " 23.1 tok/s"
    assert plain(status.second_line(20)) == "engine 2.95 GiB"


@pytest.mark.parametrize("width", range(12, 80))
def test_no_line_is_wider_than_its_place(width: int):
    status = full()
    assert width_of(status.first_line(width)) <= width
