"""Blocks of the cores, one cell a core or a group of cores."""

from hypothesis import given
from hypothesis import strategies as st

from tui.ui.gauges.cpu.core_heat import heat_rows
from tui.ui.kit.pieces import plain, width_of


def test_many_cores_take_more_rows_or_leave_the_room_to_the_graph() -> None:
    assert [plain(row) for row in heat_rows([0.0] * 16, 12, 2)] == ["▁" * 8, "▁" * 8]
    assert [plain(row) for row in heat_rows([0.0] * 7, 5, 2)] == ["▁" * 4, "▁" * 3 + " "]


def test_cores_beyond_the_room_share_a_block_that_shows_the_busiest() -> None:
    # GIVEN 64 cores and 24 cells
    loads = [0.0] * 64
    loads[5] = 100.0
    # THEN four neighbours share a cell, and no busy core is hidden
    assert [plain(row) for row in heat_rows(loads, 12, 2)] == ["▁█" + "▁" * 6, "▁" * 8]
    assert heat_rows(loads, 0, 2) == []


@given(st.lists(st.floats(0, 100), max_size=300), st.integers(1, 60), st.integers(1, 4))
def test_every_number_of_cores_fits_its_room(loads: list[float], width: int, rows: int) -> None:
    lines = heat_rows(loads, width, rows)
    assert len(lines) <= rows
    assert all(width_of(row) <= width for row in lines)
    assert bool(lines) == bool(loads)
