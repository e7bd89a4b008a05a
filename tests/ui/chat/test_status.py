"""The figures below the chat: their places, and what is said of those that are not known."""

import pytest

from tests.ui.host import Host
from tests.waiting import until
from tui.sentences import reason
from tui.ui.chat.status import ChatStatus
from tui.ui.gauges.memory.pressure import Pressure
from tui.ui.kit.pieces import plain
from tui.units import GIB


def full() -> ChatStatus:
    status = ChatStatus()
    status.tokens_per_second = 23.14
    status.first_token_seconds = 0.42
    status.engine_bytes = int(2.95 * GIB)
    return status


def line_of(status: ChatStatus, width: int = 80) -> str:
    return plain(status.lines(width, 1)[0])


def test_status_line_has_every_figure():
    assert line_of(full()) == "23.1 tok/s  · first token 0.4 s  · engine 2.95 GiB"


def test_what_is_not_known_takes_no_room():
    status = ChatStatus()
    assert status.lines(80, 1) == []
    status.engine_bytes = GIB
    assert line_of(status) == "engine 1.00 GiB"


@pytest.mark.parametrize(
    ("level", "text"), [("low", ""), ("some", "pressure some · "), ("high", "pressure high · ")]
)
def test_pressure_is_shown_while_it_is_not_low(level: str, text: str):
    status = full()
    status.pressure = Pressure(level, None)
    assert line_of(status) == f"23.1 tok/s  · first token 0.4 s  · {text}engine 2.95 GiB"


async def test_the_line_appears_with_its_first_figure():
    async with Host(ChatStatus).run_test() as pilot:
        status = pilot.app.query_one(ChatStatus)
        assert not status.display
        status.engine_bytes = GIB
        await until(lambda: status.display, "the line")


async def test_reason_of_an_unknown_size_is_shown_on_hover():
    async with Host(ChatStatus).run_test() as pilot:
        status = pilot.app.query_one(ChatStatus)
        assert status.tooltip is None
        status.engine_unknown = reason("services.place_not_told")
        assert str(status.tooltip) == "engine n/a: the place where it runs does not tell it"
        status.engine_unknown = None
        assert status.tooltip is None


@pytest.mark.parametrize(("earlier", "after"), [(9.4, 101.0), (0.5, 1234.0)])
def test_figures_keep_their_columns_when_one_changes(earlier: float, after: float):
    status = full()
    columns: list[int] = []
    for rate, first in ((earlier, 0.4), (after, 12.5)):
        status.tokens_per_second = rate
        status.first_token_seconds = first
        columns += [line_of(status).index("first token"), line_of(status).index("engine")]
    assert columns[:2] == columns[2:]


def test_narrow_line_keeps_the_most_important_figures():
    status = full()
    assert line_of(status, 40).rstrip() == "23.1 tok/s  · first token 0.4 s"
    assert line_of(status, 20).rstrip() == "23.1 tok/s"


@pytest.mark.parametrize("width", range(12, 80))
def test_no_line_is_wider_than_its_place(width: int):
    assert len(line_of(full(), width)) <= width
