"""How fast a counter grows."""

from hypothesis import given
from hypothesis import strategies as st

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


class TestRate:
    def test_too_soon_gives_the_last_answer_again(self) -> None:
        rate = Rate()
        assert [rate.next(0, 0.0), rate.next(10, 1.0), rate.next(999, 1.01)] == [None, 10, 10]
        # The look that came too soon did not move the start.
        assert rate.next(30, 2.0) == 20

    def test_counter_that_was_started_again_is_not_negative(self) -> None:
        rate = Rate()
        rate.next(100, 0.0)
        assert rate.next(5, 1.0) is None
        assert rate.next(15, 2.0) == 10

    @given(st.lists(st.tuples(st.integers(0, 1 << 64), st.floats(0, 1e6)), max_size=8))
    def test_never_negative(self, looks: list[tuple[int, float]]) -> None:
        rate = Rate(1 << 32)
        for value, seconds in looks:
            per_second = rate.next(value, seconds)
            assert per_second is None or per_second >= 0
