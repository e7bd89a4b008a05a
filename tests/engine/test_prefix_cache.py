"""How much of a cache the next prompt keeps."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from tui.engine.prefix_cache import common_prefix, rewind

TOKENS = st.lists(st.integers(0, 2), max_size=12)


class FakeCache:
    """A cache of positions: `reach` is how many of the newest the sliding-window layers still hold."""

    def __init__(self, count: int, reach: int | None = None, *, recurrent: bool = False) -> None:
        self.full = list(range(count))
        self.window = self.full[-reach:] if reach else list(self.full)
        self.recurrent = recurrent

    def keep(self, count: int) -> bool:
        if self.recurrent and count < len(self.full):
            return False
        self.full = self.full[:count]
        self.window = [position for position in self.window if position < count]
        return True

    def clear(self) -> None:
        self.full = []
        self.window = []

    def first_position(self) -> int:
        return self.window[0] if self.window else -1


@given(TOKENS, st.lists(st.integers(0, 2), min_size=1, max_size=12))
def test_common_prefix_leaves_a_token_to_read(cached: list[int], wanted: list[int]) -> None:
    length = common_prefix(cached, wanted)

    assert cached[:length] == wanted[:length]
    assert length < len(wanted)
    longer = length + 1
    assert longer > len(cached) or longer > len(wanted) - 1 or cached[:longer] != wanted[:longer]


@given(TOKENS, st.lists(st.integers(0, 2), min_size=1, max_size=12), st.booleans(), st.integers(0, 6))
def test_reused_tokens_equal_the_cached_ones(
    cached: list[int], wanted: list[int], recurrent: bool, reach: int
) -> None:
    cache = FakeCache(len(cached), reach, recurrent=recurrent)

    length = rewind(cache, cached, wanted, window=min(reach, 3))

    assert cache.full == list(range(length))
    assert cached[:length] == wanted[:length]
    if reach and 0 < length < len(cached):
        assert cache.window[0] <= max(0, length - min(reach, 3))


def test_longer_prompt_keeps_the_whole_cache() -> None:
    cache = FakeCache(3)

    assert rewind(cache, [1, 2, 3], [1, 2, 3, 4], 0) == 3
    assert cache.full == [0, 1, 2]


def test_the_same_prompt_reads_its_last_token_again() -> None:
    cache = FakeCache(3)

    assert rewind(cache, [1, 2, 3], [1, 2, 3], 0) == 2
    assert cache.full == [0, 1]


def test_unrelated_prompt_empties_the_cache() -> None:
    cache = FakeCache(3)

    assert rewind(cache, [1, 2, 3], [4, 5], 0) == 0
    assert cache.full == []


def test_recurrent_model_can_continue_but_not_go_back() -> None:
    ahead, behind = FakeCache(3, recurrent=True), FakeCache(3, recurrent=True)

    assert rewind(ahead, [1, 2, 3], [1, 2, 3, 4], 0) == 3
    assert rewind(behind, [1, 2, 3], [1, 2, 4], 0) == 0
    assert behind.full == []


@pytest.mark.parametrize(("common", "reused"), [(9, 9), (8, 8), (7, 0), (3, 0), (1, 0)])
def test_a_sliding_window_goes_back_as_far_as_it_holds_every_position_it_looks_at(
    common: int, reused: int
) -> None:
    # GIVEN ten tokens of which the window's layers hold positions 5 to 9, and a window of three
    cache = FakeCache(10, 5)
    cached = list(range(10))

    # WHEN a prompt shares the first `common` of them
    length = rewind(cache, cached, [*cached[:common], 99, 99], window=3)

    # THEN a prefix whose window reaches below position 5 is read again
    assert length == reused


def test_a_window_that_is_empty_after_going_back_is_read_again() -> None:
    cache = FakeCache(100, 4)

    assert rewind(cache, list(range(100)), [*range(50), 999], window=3) == 0
    assert cache.full == []
