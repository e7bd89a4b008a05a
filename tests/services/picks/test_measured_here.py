"""Results of this machine."""

from tui.services.picks.measured_here import MeasuredHere


def test_has_the_share_that_passed():
    assert MeasuredHere("a Q4_K_M", "tools", "trials", 18, 20, "2026-11-30").share == 0.9
    assert MeasuredHere("a Q4_K_M", "tools", "trials", 0, 0, "2026-11-30").share == 0
