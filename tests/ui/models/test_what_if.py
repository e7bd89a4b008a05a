"""Verdicts for another machine, and the banner that names it."""

import pytest
from textual.pilot import Pilot

from tests.ui.models.what_if_dashboard import choose, running
from tests.waiting import until
from tui.engine.install import installed_build
from tui.hardware.profiles import PROFILES
from tui.ui.dashboard.dashboard import Dashboard
from tui.ui.models.what_if import WhatIfLine

NAMES = list(PROFILES)


async def choose_m1(pilot: Pilot[None], dashboard: Dashboard) -> None:
    await choose(pilot, dashboard, 1 + NAMES.index("m1-8gb"))


def notices(pilot: Pilot[None]) -> list[str]:
    """What was told of the verdicts; there may be other news."""
    messages = [notice.message for notice in pilot.app._notifications]
    return [message for message in messages if "verdicts" in message]


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_message_is_complete_at_every_size(size: tuple[int, int]) -> None:
    # With an engine, so that no notice of its absence takes rows of the list.
    async with running(size, build=installed_build()) as (pilot, dashboard):
        await choose_m1(pilot, dashboard)
        await pilot.pause()
        line = dashboard.query_one(WhatIfLine)
        rows = [strip.text.strip() for strip in line.render_lines(line.content_region.reset_offset)]
        assert " ".join(rows) == "What if: MacBook Pro M1, 8 GB · m changes it"
        assert line.region in pilot.app.screen.region
        assert dashboard.models.rows.size.height > 4


async def test_nothing_is_loaded_by_another_machines_verdict() -> None:
    async with running(build=installed_build()) as (pilot, dashboard):
        await choose_m1(pilot, dashboard)
        await pilot.press("enter")
        await until(lambda: notices(pilot), "the notice")
        assert notices(pilot) == [
            "These verdicts are for MacBook Pro M1, 8 GB. Go back to this machine with m to load."
        ]
        assert dashboard.engine_pid is None
        assert not dashboard.chat.busy
        # WHEN the user has gone back
        await choose(pilot, dashboard, 0)
        await pilot.press("enter")
        await until(lambda: dashboard.models.listing.loaded_key is not None, "the load")
        await until(lambda: dashboard.models.detail.measured_bytes, "the measured size")
        # THEN what was measured here is not told of another machine
        await pilot.press("f2")
        await choose_m1(pilot, dashboard)
        assert dashboard.models.detail.measured_bytes is None
        assert dashboard.models.listing.loaded_key is not None
