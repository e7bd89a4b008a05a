"""How fast a counter grows."""

from hypothesis import given
from hypothesis import strategies as st

from tui.hardware.rate import Rate


def test_wrapped_counter_continues() -> None:
    rate = Rate(wrap=1000)
    rate.next(990, 0)
    assert rate.next(10, 1) == 20


def test_counter_reset_far_from_its_end_is_no_wrap() -> None:
    rate = Rate(wrap=1000)
    rate.next(400, 0)
    assert rate.next(390, 1) is None
    assert rate.next(400, 2) == 10


class TestRate:
    def test_sample_too_soon_repeats_the_last_rate(self) -> None:
        rate = Rate()
        assert [rate.next(0, 0.0), rate.next(10, 1.0), rate.next(999, 1.01)] == [None, 10, 10]
        # The look that came too soon did not move the start.
        assert rate.next(30, 2.0) == 20

    def test_restarted_counter_gives_no_negative_rate(self) -> None:
        rate = Rate()
        rate.next(100, 0.0)
        assert rate.next(5, 1.0) is None
        assert rate.next(15, 2.0) == 10

    @given(st.lists(st.tuples(st.integers(0, 1 << 64), st.floats(0, 1e6)), max_size=8))
    def test_rate_is_never_negative(self, looks: list[tuple[int, float]]) -> None:
        rate = Rate(1 << 32)
        for value, seconds in looks:
            per_second = rate.next(value, seconds)
            assert per_second is None or per_second >= 0
