from hypothesis import given
from hypothesis import strategies as st

from tui.ui.gauges.history import PercentHistory, braille_rows, graph_lines
from tui.ui.gauges.thresholds import LOAD
from tui.ui.kit.pieces import plain


def test_the_newest_value_stands_at_the_right_edge() -> None:
    assert braille_rows([100], 3, 1) == ["  ⢸"]
    assert braille_rows([100, 0], 3, 1) == ["  ⣇"]


def test_the_scale_is_fixed_so_a_small_change_looks_small() -> None:
    assert braille_rows([3, 4, 3, 4], 2, 2) == ["  ", "⣀⣀"]


def test_rows_stack_from_the_bottom() -> None:
    assert braille_rows([50, 50, 100, 100], 2, 2) == [" ⣿", "⣿⣿"]
    assert braille_rows([25, 75], 1, 4) == [" ", "⢸", "⢸", "⣿"]


def test_an_unknown_sample_is_a_gap_and_zero_is_not() -> None:
    assert braille_rows([0, 0, None, None, 0, 0], 3, 1) == ["⣀ ⣀"]


def test_values_beyond_the_scale_stay_inside() -> None:
    assert braille_rows([250, -3], 1, 1) == ["⣇"]


def test_only_the_newest_values_are_drawn() -> None:
    assert braille_rows([100] * 10 + [0, 0], 1, 1) == ["⣀"]


values = st.lists(st.none() | st.floats(min_value=0, max_value=100), max_size=300)


@given(values, st.integers(min_value=0, max_value=70), st.integers(min_value=1, max_value=4))
def test_a_graph_takes_exactly_its_room(samples: list[float | None], width: int, height: int) -> None:
    rows = braille_rows(samples, width, height)
    assert [len(row) for row in rows] == [width] * height
    assert [plain(line) for line in graph_lines(samples, width, height, LOAD)] == rows


def test_a_column_of_the_graph_has_the_colour_of_its_value() -> None:
    assert [piece.role for piece in graph_lines([10, 10, 90, 90], 2, 1, LOAD)[0]] == ["calm", "busy"]


def test_a_minute_fills_the_columns() -> None:
    history = PercentHistory(60)
    for second in range(200):
        history.add(float(second), float(second % 100))
    columns = history.columns(60)
    assert columns == [float(second % 100) for second in range(140, 200)]


def test_columns_narrower_than_the_tick_hold_the_last_value() -> None:
    history = PercentHistory(60)
    for second in range(3):
        history.add(float(second), 10.0 * second)
    assert history.columns(120)[-5:] == [0.0, 0.0, 10.0, 10.0, 20.0]


def test_columns_wider_than_the_tick_show_the_mean() -> None:
    history = PercentHistory(60)
    for second in range(4):
        history.add(float(second), 10.0 * second)
    assert history.columns(30)[-2:] == [5.0, 25.0]


def test_a_sampler_that_stalls_leaves_a_gap() -> None:
    history = PercentHistory(60)
    history.add(0.0, 50.0)
    history.add(20.0, 50.0)
    columns = history.columns(60)
    assert columns[-21:] == [50.0] * 3 + [None] * 17 + [50.0]


def test_an_unreadable_sample_is_a_gap() -> None:
    history = PercentHistory(60)
    for second, value in enumerate([1.0, None, 3.0]):
        history.add(float(second), value)
    assert history.columns(60)[-3:] == [1.0, None, 3.0]


def test_the_shape_does_not_depend_on_when_in_its_column_a_sample_comes() -> None:
    steady, late = PercentHistory(60), PercentHistory(60)
    for second in range(30):
        steady.add(second + 0.1, float(second))
        late.add(second + 0.1 + 0.8 * (second % 2), float(second))
    assert steady.columns(60) == late.columns(60)


def test_old_samples_are_removed() -> None:
    history = PercentHistory(60)
    for second in range(10_000):
        history.add(float(second), 1.0)
    assert len(history._samples) < 70


def test_clock_that_runs_backwards_clears_the_history() -> None:
    history = PercentHistory(60)
    history.add(100.0, 1.0)
    history.add(10.0, 2.0)
    assert history.columns(2)[-1] == 2.0


def test_empty_history_draws_nothing() -> None:
    assert PercentHistory(60).columns(4) == [None] * 4


def test_a_graph_can_cover_less_time_than_the_history() -> None:
    short, long = PercentHistory(60), PercentHistory(600)
    for second in range(400):
        for history in (short, long):
            history.add(float(second), float(second % 100))
    assert long.columns(60, 60) == short.columns(60)
    assert None not in long.columns(40, 400)[1:]
