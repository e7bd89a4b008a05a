"""The longest context that fits, and the contexts that are offered."""

import itertools

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tui.engine.options import LoadSettings
from tui.fit import formula
from tui.fit.contexts import CONTEXTS, longest_context, longest_within
from tui.models.catalogue.catalogue import load_catalogue
from tui.units import GIB

SHAPE = next(entry.shape for entry in load_catalogue().entries if entry.name == "Qwen2.5-7B-Instruct")
WEIGHTS = 4 * GIB


def need_bytes(settings: LoadSettings) -> int:
    return WEIGHTS + formula.kv_bytes(SHAPE, settings) + formula.compute_bytes(SHAPE, settings)


def test_each_offered_context_is_twice_the_one_below() -> None:
    assert (CONTEXTS[0], CONTEXTS[-1]) == (512, 1 << 20)
    assert all(longer == 2 * shorter for shorter, longer in itertools.pairwise(CONTEXTS))


@given(st.integers(0, 2 * GIB))
def test_the_longest_context_of_a_shape_has_room_and_the_next_has_not(spare_bytes: int) -> None:
    settings, room_bytes = LoadSettings(context=8192), WEIGHTS + spare_bytes
    longest = longest_context(SHAPE, need_bytes(settings), room_bytes, settings)

    if longest is None:
        assert need_bytes(msgspec.structs.replace(settings, context=256)) > room_bytes
        return
    assert need_bytes(msgspec.structs.replace(settings, context=longest)) <= room_bytes
    beyond = msgspec.structs.replace(settings, context=longest + 256)
    assert longest == SHAPE.context_length or need_bytes(beyond) > room_bytes


def test_the_longest_context_does_not_depend_on_the_context_asked_for() -> None:
    short, long = LoadSettings(context=512), LoadSettings(context=16384, threads=7)

    assert longest_context(SHAPE, need_bytes(short), 5 * GIB, short) == longest_context(
        SHAPE, need_bytes(long), 5 * GIB, long
    )


def test_a_context_is_never_longer_than_the_model_was_trained_for() -> None:
    settings = LoadSettings()

    assert longest_context(SHAPE, need_bytes(settings), 900 * GIB, settings) == SHAPE.context_length


@given(st.integers(0, 1 << 30), st.integers(0, 1 << 20), st.integers(0, 1 << 40), st.integers(0, 1 << 18))
def test_the_longest_context_fits_and_the_next_does_not(
    fixed_bytes: int, token_bytes: int, room_bytes: int, limit: int
) -> None:
    def total_at(context: int) -> int:
        return fixed_bytes + token_bytes * context

    longest = longest_within(total_at, room_bytes, limit)

    if longest is None:
        assert limit < 256 or total_at(256) > room_bytes
    else:
        assert longest % 256 == 0
        assert longest <= limit
        assert total_at(longest) <= room_bytes
        assert longest + 256 > limit or total_at(longest + 256) > room_bytes


@given(st.integers(1, 1 << 16), st.integers(0, 1 << 36), st.integers(0, 1 << 30))
def test_more_room_never_shortens_the_longest_context(
    token_bytes: int, room_bytes: int, more_bytes: int
) -> None:
    shorter = longest_within(lambda context: token_bytes * context, room_bytes, 1 << 17) or 0
    longer = longest_within(lambda context: token_bytes * context, room_bytes + more_bytes, 1 << 17) or 0

    assert shorter <= longer
