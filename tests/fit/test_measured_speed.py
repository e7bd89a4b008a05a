"""Speeds of runs, and estimates corrected by them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.fit.measured_speed import Deviation, MeasuredRuns, correct_estimate, generation_speed, prompt_speed
from tui.fit.measurements import Run
from tui.models.model import Model

MODEL = Model("SmolLM2", "Q4_1", 100, None, None, None)


def run(
    generation_tps: float | None, tokens: int = 100, name: str = "SmolLM2", prompt_tokens: int = 100
) -> Run:
    return Run(
        name, "Q4_1", 100, 2048, "f16", -1, 2, 200, 202, prompt_tokens, 250.0, tokens, generation_tps,
        {"Q4_1": 97},
    )  # fmt: skip


@pytest.mark.parametrize(("tokens", "speed"), [(16, 90.0), (15, None)])
def test_a_short_reply_has_no_speed(tokens: int, speed: float | None) -> None:
    assert generation_speed(run(90.0, tokens)) == speed


@pytest.mark.parametrize(("tokens", "speed"), [(64, 250.0), (63, None)])
def test_a_short_prompt_has_no_speed(tokens: int, speed: float | None) -> None:
    assert prompt_speed(run(90.0, prompt_tokens=tokens)) == speed


def test_the_median_of_the_five_newest_runs_counts() -> None:
    speeds = [10.0, 12.0, 11.0, 50.0, 9.0, 1.0, 1.0, 1.0]

    assert MeasuredRuns([run(speed) for speed in speeds], generation_speed).measured(MODEL) == 11.0
    assert MeasuredRuns([run(None), run(8.0, tokens=3)], generation_speed).measured(MODEL) is None
    assert MeasuredRuns([run(8.0, name="Another")], generation_speed).measured(MODEL) is None


def test_a_deviation_is_the_measured_speed_over_the_estimated_one() -> None:
    runs = MeasuredRuns([run(10.0), run(5.0, name="Another")], generation_speed)

    def estimate(measured_run: Run) -> tuple[int, float] | None:
        return sum(measured_run.active_bytes.values()), 0.2

    assert runs.deviations(estimate) == [Deviation(97, 2.0), Deviation(97, 1.0)]
    assert runs.deviations(estimate, without=MODEL) == [Deviation(97, 1.0)]
    assert runs.deviations(lambda _run: None) == []


def test_an_estimate_moves_all_the_way_for_the_same_size_and_less_for_others() -> None:
    deviations = [Deviation(1000, 0.5)]

    assert correct_estimate(10.0, 1000, deviations, 99.0, 0.1).value == pytest.approx(5.0)
    half_way = correct_estimate(10.0, 8000, deviations, 99.0, 0.1).value
    assert half_way == pytest.approx(10 * 0.5**0.5)
    # THEN six doublings of size are too far
    assert correct_estimate(10.0, 64_000, deviations, 99.0, 0.1).value == pytest.approx(10.0)


def test_of_several_models_that_of_the_most_similar_size_counts() -> None:
    deviations = [Deviation(100_000, 3.0), Deviation(1000, 0.5)]

    assert correct_estimate(10.0, 1000, deviations, 99.0, 0.1).value == pytest.approx(5.0)


@given(
    estimate=st.floats(0.1, 1000),
    size=st.integers(0, 1 << 40),
    ratio=st.floats(0.01, 100),
    ceiling=st.floats(0.1, 1000),
)
def test_the_range_encloses_the_value_and_never_passes_the_ceiling(
    estimate: float, size: int, ratio: float, ceiling: float
) -> None:
    speed = correct_estimate(estimate, size, [Deviation(1 << 20, ratio)], ceiling, 0.15)

    assert speed.value is not None
    assert speed.low is not None
    assert speed.high is not None
    assert speed.low <= speed.value <= speed.high <= ceiling
    assert speed.source == "estimated"
