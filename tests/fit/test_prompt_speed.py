"""How fast a prompt is read: estimated by arithmetic, corrected by runs, measured, or unknown."""

import msgspec
import pytest

from tests.fit.test_speed import LLAMA_3B, RATES, SETTINGS, fit_on, model_named, value
from tui.fit.board import fit_model
from tui.fit.measurements import Run
from tui.fit.pools import pools
from tui.fit.sizing import Sizer
from tui.fit.speed import BandwidthSpeeds, Speeds
from tui.fit.speed_words import prompt_sentence
from tui.fit.verdict import Fit, Verdict
from tui.hardware.profiles import PROFILES
from tui.models.active_weights import active_bytes_of, prompt_weights_of
from tui.models.model import Model
from tui.services.sentences import sentence

READING = msgspec.structs.replace(
    RATES, prompt_seconds={"Q4_K": 1e-11, "Q6_K": 1.2e-11, "Q8_0": 3e-11, "F16": 3e-11}
)
CARD = msgspec.structs.replace(READING, prompt_seconds={"Q4_K": 1e-13, "Q6_K": 1e-13})


def run_of_model(model: Model, prompt_tps: float, prompt_tokens: int = 600) -> Run:
    return Run(
        model.name, model.quant, model.weights_bytes, 8192, "f16", -1, 2, 100, 123, prompt_tokens, prompt_tps,
        100, 5.0, active_bytes_of(model) or {}, model.shape.layers if model.shape else 0,
        prompt_weights_of(model) or {},
    )  # fmt: skip


def test_an_estimate_is_a_range_around_the_arithmetic() -> None:
    speed = Speeds(READING).prompt_speed(LLAMA_3B, fit_on(LLAMA_3B))

    # 2.8 billion weights at 10 to 12 picoseconds are 0.029 s; of 3.2 billion, 0.4 are the output matrix
    assert speed.source == "estimated"
    assert value(speed) == pytest.approx(35, rel=0.05)
    assert speed.low is not None
    assert speed.high is not None
    assert speed.low < value(speed) < speed.high


def test_a_faster_memory_reads_no_prompt_faster() -> None:
    quicker = msgspec.structs.replace(READING, bandwidth=2e11, type_seconds={"Q4_K": 8e-12})
    fit = fit_on(LLAMA_3B)

    one, other = (Speeds(rates).prompt_speed(LLAMA_3B, fit) for rates in (READING, quicker))

    assert one == other


def test_only_the_experts_at_work_are_multiplied() -> None:
    dense, experts = model_named("Qwen3-32B"), model_named("Qwen3-30B-A3B-Instruct-2507")
    fit, speeds = fit_on(experts, "m3-max-64gb"), Speeds(READING)

    assert value(speeds.prompt_speed(experts, fit)) > 5 * value(speeds.prompt_speed(dense, fit))


def test_a_model_that_read_a_prompt_here_has_its_own_speed() -> None:
    runs = [run_of_model(LLAMA_3B, tps) for tps in (50.0, 52.0, 48.0)]

    speed = Speeds(READING, runs).prompt_speed(LLAMA_3B, fit_on(LLAMA_3B))

    assert (speed.value, speed.source, speed.low, speed.high) == (50.0, "measured", 50.0, 50.0)


@pytest.mark.parametrize(("tokens", "source"), [(63, "estimated"), (64, "measured")])
def test_a_short_prompt_says_nothing(tokens: int, source: str) -> None:
    runs = [run_of_model(LLAMA_3B, 999.0, prompt_tokens=tokens)]

    assert Speeds(READING, runs).prompt_speed(LLAMA_3B, fit_on(LLAMA_3B)).source == source


def test_a_run_corrects_the_estimate_of_models_of_its_size() -> None:
    near, before = model_named("Qwen3-4B"), Speeds(READING)
    fit = fit_on(near, "m3-max-64gb")
    slow = run_of_model(LLAMA_3B, value(before.prompt_speed(LLAMA_3B, fit)) / 2)
    after = Speeds(READING, [slow])

    assert value(after.prompt_speed(near, fit)) < 0.6 * value(before.prompt_speed(near, fit))
    # AND what generating it showed leaves that alone
    assert value(after.prompt_speed(near, fit)) == value(
        Speeds(READING, [msgspec.structs.replace(slow, generation_tps=500.0)]).prompt_speed(near, fit)
    )


def test_the_expectation_of_a_model_leaves_its_own_runs_out() -> None:
    runs = [run_of_model(LLAMA_3B, 1.0)]

    assert Speeds(READING, runs).prompt_estimate(LLAMA_3B) == Speeds(READING).prompt_estimate(LLAMA_3B)
    assert Speeds(RATES, runs).prompt_estimate(LLAMA_3B) is None


def test_a_model_on_the_card_is_read_at_the_cards_speed_and_a_split_one_in_between() -> None:
    speeds = Speeds(READING, (), CARD)
    whole, split = model_named("Qwen3-8B"), model_named("Llama-3.3-70B-Instruct", "Q2_K")
    on_card, across = fit_on(whole, "pc-24gb"), fit_on(split, "pc-24gb")
    assert across.verdict is Verdict.SPLIT

    by_card = value(speeds.prompt_speed(whole, on_card))
    by_processor = value(Speeds(READING).prompt_speed(whole, fit_on(whole)))
    both = Speeds(CARD, (), CARD), Speeds(READING, (), READING)
    fast, slow = (value(one.prompt_speed(split, across)) for one in both)

    assert by_card > 20 * by_processor
    assert slow < value(speeds.prompt_speed(split, across)) < fast


def test_what_is_not_known_has_a_reason() -> None:
    big, fit = model_named("Llama-3.3-70B-Instruct"), fit_on(LLAMA_3B)
    shapeless = msgspec.structs.replace(LLAMA_3B, shape=None)
    told = [
        Speeds(None).prompt_speed(LLAMA_3B, fit),
        Speeds(RATES).prompt_speed(LLAMA_3B, fit),
        Speeds(READING).prompt_speed(big, fit_on(big)),
        Speeds(READING).prompt_speed(shapeless, fit),
        Speeds(READING).prompt_speed(LLAMA_3B, fit_on(LLAMA_3B, "pc-12gb")),
        BandwidthSpeeds(PROFILES["m1-8gb"]).prompt_speed(LLAMA_3B, fit_on(LLAMA_3B, "m1-8gb")),
    ]

    assert [speed.value for speed in told] == [None] * len(told)
    assert all(speed.reason and sentence(speed.reason) in prompt_sentence(speed) for speed in told)
    assert "bandwidth does not tell" in sentence(told[-1].reason)


def test_a_model_that_ran_here_does_not_run_where_it_is_too_big() -> None:
    speeds = Speeds(READING, [run_of_model(LLAMA_3B, 50.0)])
    fit = msgspec.structs.replace(fit_on(LLAMA_3B), verdict=Verdict.TOO_BIG, pool=None)

    assert speeds.speed(LLAMA_3B, fit, SETTINGS).value is None
    assert speeds.prompt_speed(LLAMA_3B, fit).value is None


def test_a_verdict_carries_both_speeds() -> None:
    def judged(speeds: Speeds) -> Fit:
        sized = Sizer(None).known_size(LLAMA_3B, SETTINGS)
        machine = pools(PROFILES["hp-i5-1035g1"], None)
        return fit_model(LLAMA_3B, sized, machine, SETTINGS, measurements=speeds)

    fit = judged(Speeds(READING))

    assert fit.speed is not None
    assert fit.prompt_speed is not None
    assert value(fit.prompt_speed) > 3 * value(fit.speed)
