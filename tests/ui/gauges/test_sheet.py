"""History graphs of a section."""

import pytest

from tui.ui.gauges.history import LONG_SECONDS, PercentHistory
from tui.ui.gauges.sheet import history_lines
from tui.ui.gauges.thresholds import LOAD
from tui.ui.kit.pieces import plain


@pytest.mark.parametrize(
    ("seconds", "text"), [(5, "1 minute ago"), (90, "2 minutes ago"), (2000, "10 minutes ago")]
)
def test_a_graph_shows_the_time_that_it_covers(seconds: int, text: str) -> None:
    history = PercentHistory(LONG_SECONDS)
    for second in range(seconds):
        history.add(float(second), 50.0)
    *graph, axis = history_lines(history, 40, 3, LOAD)
    assert plain(axis).startswith(text)
    assert len(graph) == 3
