"""The row of gauges of each recorded machine, as text; LLMTUI_REWRITE_GAUGES=1 writes what is seen now."""

import difflib
import os

import pytest

from tests.recordings.expected import BUSY, EXPECTED
from tests.recordings.stepped import FOLDER, stepped
from tests.ui.host import Host
from tests.ui.test_gauges import screen_rows
from tui.ui.widgets.gauge import Gauge
from tui.ui.widgets.gauge_row import GaugeRow

SIZE = (120, 40)
SHOWN = {"two-cards": 3}
"""The look that is shown where it is not the one in the middle of the work: one of the cards still sleeps."""


def row_of_gauges(app: Host) -> str:
    """The rows of the screen that the gauges take, without blanks at their ends."""
    height = app.query_one(GaugeRow).outer_size.height
    return "".join(f"{row.rstrip()}\n" for row in screen_rows(app)[:height])


@pytest.mark.parametrize("name", sorted(EXPECTED))
async def test_gauges_of_a_recorded_machine(name: str) -> None:
    # GIVEN a machine that was recorded WHEN it has been watched up to a look
    one = stepped(name)
    app = Host(GaugeRow)
    async with app.run_test(size=SIZE) as pilot:
        row = app.query_one(GaugeRow)
        row.machine = one.machine
        for reading in one.readings[: SHOWN.get(name, BUSY) + 1]:
            row.reading = reading
        await pilot.pause()
        assert len(app.query(Gauge)) == 3
        seen = row_of_gauges(app)
    # THEN the gauges show what was looked at and kept
    place = FOLDER / name / "gauges.txt"
    if os.environ.get("LLMTUI_REWRITE_GAUGES"):
        place.write_text(seen, encoding="utf-8")
    wanted = place.read_text(encoding="utf-8") if place.exists() else ""
    difference = "".join(
        difflib.unified_diff(wanted.splitlines(keepends=True), seen.splitlines(keepends=True), "kept", "seen")
    )
    assert not difference, f"{name} looks different:\n{difference}"
