"""Labels of the models, and the time left."""

import msgspec
import pytest

from tests.chat.scripted_comparison import MIB, SETTINGS, metrics, model
from tui.chat.comparing.comparison import (
    AnswerCell,
    ComparisonStep,
    PreparedLoad,
    new_comparison,
    own_case,
    seconds_left,
    with_cell,
    with_side,
)
from tui.engine.footprint import Footprint
from tui.engine.protocol import Loaded

ONE, TWO = model("One"), model("Two", 200 * MIB)


HELLO = own_case("Say hello.", 20)


def loaded(seconds: float = 2.0) -> Loaded:
    return Loaded(1, Footprint(1, 1, 1, 1, "engine"), None, 512, seconds, 2, "model")


def test_models_of_one_name_get_different_labels():
    comparison = new_comparison((ONE, TWO, ONE), (HELLO,))
    assert [side.label for side in comparison.sides] == ["One Q4_1 (1)", "Two Q4_1", "One Q4_1 (2)"]


def test_time_left_is_unknown_without_a_speed():
    assert seconds_left(new_comparison((ONE, TWO), (HELLO,)), ComparisonStep("loading")) is None


def test_time_left_is_computed_from_speeds_sizes_and_lengths():
    # GIVEN two prompts of 20 tokens at most, of which the first model used 10 for the first, at 10 tok/s
    comparison = new_comparison((ONE, TWO), (HELLO, HELLO))
    side = msgspec.structs.replace(comparison.sides[0], loaded=loaded())
    comparison = with_side(comparison, 0, side)
    comparison = with_cell(comparison, 0, 0, AnswerCell("done", tokens=10, metrics=metrics(10)))
    # THEN one more answer here takes 1 s; the other model, twice as large, 4 s to load and 2 s an answer
    assert seconds_left(comparison, ComparisonStep("answering", 0, 1)) == pytest.approx(1 + 4 + 2 * 2)
    # AND what has been written is not counted again
    comparison = with_cell(comparison, 0, 1, AnswerCell("answering", tokens=5))
    assert seconds_left(comparison, ComparisonStep("answering", 0, 1)) == pytest.approx(0.5 + 4 + 2 * 2)


def test_expected_speed_is_used_before_the_first_run():
    comparison = new_comparison((ONE,), (HELLO,))
    comparison = with_side(
        comparison,
        0,
        msgspec.structs.replace(
            comparison.sides[0], prepared=PreparedLoad(SETTINGS, expected_tps=4), loaded=loaded()
        ),
    )
    assert seconds_left(comparison, ComparisonStep("answering")) == pytest.approx(5)
    assert seconds_left(comparison, ComparisonStep("ended")) == 0
