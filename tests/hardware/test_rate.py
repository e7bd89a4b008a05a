"""How fast a counter grows."""

from tui.hardware.rate import Rate


def test_one_that_wraps_goes_on() -> None:
    rate = Rate(wrap=1000)
    rate.next(990, 0)
    assert rate.next(10, 1) == 20


def test_one_that_starts_again_far_from_its_end_did_not_wrap() -> None:
    rate = Rate(wrap=1000)
    rate.next(400, 0)
    assert rate.next(390, 1) is None
    assert rate.next(400, 2) == 10
