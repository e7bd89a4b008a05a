"""Tokens per second: measured, estimated, or unknown with a reason."""

import msgspec
import pytest

from tui.engine.options import LoadSettings
from tui.fit.board import fit_model
from tui.fit.measurements import Run
from tui.fit.pools import pools
from tui.fit.rates import Rates
from tui.fit.sizing import Sizer
from tui.fit.speed import BandwidthSpeeds, Speeds, share_in_ram
from tui.fit.speed_words import prompt_sentence, speed_sentence, speed_word
from tui.fit.verdict import Fit, Speed, Verdict
from tui.hardware.profiles import PROFILES
from tui.models.active_weights import active_bytes_of, prompt_weights_of
from tui.models.catalogue.catalogue import load_catalogues
from tui.models.listing import catalogue_model, find_entry
from tui.models.model import Model
from tui.services.sentences import sentence

SETTINGS = LoadSettings(context=8192)
RATES = Rates(2e10, {"Q4_K": 8e-11, "Q6_K": 7e-11, "Q8_0": 6e-11, "F16": 5e-11}, 1e-4)
CATALOGUE = load_catalogues()


def model_named(name: str, quant: str = "Q4_K_M") -> Model:
    entry = find_entry(CATALOGUE, name)
    assert entry is not None
    return catalogue_model(entry, quant)


def fit_on(model: Model, machine: str = "hp-i5-1035g1") -> Fit:
    return fit_model(model, Sizer(None).known_size(model, SETTINGS), pools(PROFILES[machine], None), SETTINGS)


def run_of_model(model: Model, generation_tps: float, tokens: int = 100, context: int = 8192) -> Run:
    return Run(
        model.name, model.quant, model.weights_bytes, context, "f16", -1, 2, 100, 123, 10, 50.0, tokens,
        generation_tps, active_bytes_of(model) or {}, model.shape.layers if model.shape else 0,
    )  # fmt: skip


LLAMA_3B = model_named("Llama-3.2-3B-Instruct")


def value(speed: Speed) -> float:
    assert speed.value is not None
    return speed.value


def test_estimate_is_a_range_around_the_bytes_read_per_token() -> None:
    speed = Speeds(RATES).speed(LLAMA_3B, fit_on(LLAMA_3B), SETTINGS)

    # 2.0 GB at about 78 picoseconds a byte are 0.16 s
    assert speed.source == "estimated"
    assert value(speed) == pytest.approx(6.1, rel=0.1)
    assert speed.low is not None
    assert speed.high is not None
    assert speed.low < value(speed) < speed.high


def test_only_active_experts_are_read() -> None:
    dense, experts = model_named("Qwen3-32B"), model_named("Qwen3-30B-A3B-Instruct-2507")
    speeds = Speeds(RATES)
    fits = fit_on(experts, "m3-max-64gb")

    assert value(speeds.speed(experts, fits, SETTINGS)) > 5 * value(speeds.speed(dense, fits, SETTINGS))


def test_a_model_that_ran_here_has_its_own_speed() -> None:
    runs = [run_of_model(LLAMA_3B, tps) for tps in (5.0, 5.2, 4.8)]

    speed = Speeds(RATES, runs).speed(LLAMA_3B, fit_on(LLAMA_3B), SETTINGS)

    assert (speed.value, speed.source) == (5.0, "measured")
    assert speed.low == speed.high == 5.0


@pytest.mark.parametrize(
    ("tps", "share", "counts"),
    [
        # Of an older version, which did not see what others used: believed unless it is absurd.
        (5.0, None, True),
        (2.0, None, True),
        (0.3, None, False),
        (5.0, 0.97, True),
        (2.0, 0.97, True),
        # Threads that wait for something else, and are as fast as expected.
        (5.0, 0.7, True),
        (2.0, 0.7, False),
        (5.0, 0.3, False),
    ],
)
def test_disturbed_run_is_not_the_models_speed(tps: float, share: float | None, counts: bool) -> None:
    run = msgspec.structs.replace(run_of_model(LLAMA_3B, tps), cpu_share=share)

    speed = Speeds(RATES, [run]).speed(LLAMA_3B, fit_on(LLAMA_3B), SETTINGS)

    assert speed.source == ("measured" if counts else "estimated")
    assert value(speed) == pytest.approx(tps if counts else 6.1, rel=0.1)


def test_disturbed_runs_do_not_outweigh_a_good_one() -> None:
    good = msgspec.structs.replace(run_of_model(LLAMA_3B, 5.0), cpu_share=0.96)
    slow = msgspec.structs.replace(run_of_model(LLAMA_3B, 4.0), cpu_share=0.7)

    speed = Speeds(RATES, [slow] * 4 + [good]).speed(LLAMA_3B, fit_on(LLAMA_3B), SETTINGS)

    assert value(speed) == 5.0


def test_calibrations_far_apart_make_the_range_wider() -> None:
    narrow = Speeds(RATES).speed(LLAMA_3B, fit_on(LLAMA_3B), SETTINGS)
    wide = Speeds(msgspec.structs.replace(RATES, spread=0.4)).speed(LLAMA_3B, fit_on(LLAMA_3B), SETTINGS)

    assert value(wide) == value(narrow)
    assert wide.low is not None
    assert wide.low == pytest.approx(0.6 * value(wide))


def test_reply_of_a_few_tokens_is_not_counted() -> None:
    runs = [run_of_model(LLAMA_3B, 99.0, tokens=3)]

    assert Speeds(RATES, runs).speed(LLAMA_3B, fit_on(LLAMA_3B), SETTINGS).source == "estimated"


def test_run_corrects_only_models_of_similar_size() -> None:
    similar, far = model_named("Qwen3-4B"), model_named("Llama-3.3-70B-Instruct")
    fit = fit_on(similar, "m3-max-64gb")
    uncorrected = Speeds(RATES)
    half = run_of_model(LLAMA_3B, value(uncorrected.speed(LLAMA_3B, fit, SETTINGS)) / 2)
    after = Speeds(RATES, [half])

    assert value(after.speed(similar, fit, SETTINGS)) < 0.6 * value(uncorrected.speed(similar, fit, SETTINGS))
    changed = value(after.speed(far, fit, SETTINGS)) / value(uncorrected.speed(far, fit, SETTINGS))
    assert 0.7 < changed < 1


def test_no_run_makes_an_estimate_faster_than_the_memory() -> None:
    runs = [run_of_model(LLAMA_3B, 1000.0)]
    other_model = model_named("Qwen3-4B")

    speed = Speeds(RATES, runs).speed(other_model, fit_on(other_model), SETTINGS)

    read = sum((active_bytes_of(other_model) or {}).values())
    assert value(speed) <= RATES.bandwidth / read
    assert speed.high is not None
    assert speed.high <= RATES.bandwidth / read


def test_the_expectation_of_a_model_leaves_its_own_runs_out() -> None:
    runs = [run_of_model(LLAMA_3B, 1.0)]

    expected = Speeds(RATES, runs).estimate(LLAMA_3B, SETTINGS)

    assert expected == Speeds(RATES).estimate(LLAMA_3B, SETTINGS)
    assert Speeds(None, runs).estimate(LLAMA_3B, SETTINGS) is None


def test_measured_peak_belongs_to_exact_settings() -> None:
    speeds = Speeds(None, [run_of_model(LLAMA_3B, 5.0, context=8192)])

    assert speeds.measured_bytes(LLAMA_3B, SETTINGS) == 123
    assert speeds.measured_bytes(LLAMA_3B, LoadSettings(context=4096)) is None
    assert speeds.measured_bytes(LLAMA_3B, LoadSettings(context=8192, kv_type="q8_0")) is None
    assert speeds.measured_bytes(model_named("Qwen3-4B"), SETTINGS) is None


def test_an_unknown_speed_has_a_reason() -> None:
    big = model_named("Llama-3.3-70B-Instruct")
    shapeless = msgspec.structs.replace(LLAMA_3B, shape=None)
    unknown_speeds = [
        Speeds(None).speed(LLAMA_3B, fit_on(LLAMA_3B), SETTINGS),
        Speeds(RATES).speed(big, fit_on(big), SETTINGS),
        Speeds(RATES).speed(shapeless, fit_on(LLAMA_3B), SETTINGS),
        Speeds(RATES).speed(LLAMA_3B, fit_on(LLAMA_3B, "pc-12gb"), SETTINGS),
        BandwidthSpeeds(msgspec.structs.replace(PROFILES["m1-8gb"], memory_bandwidth=None)).speed(
            LLAMA_3B, fit_on(LLAMA_3B), SETTINGS
        ),
    ]

    assert [speed.value for speed in unknown_speeds] == [None] * len(unknown_speeds)
    assert all(speed.reason for speed in unknown_speeds)
    assert all(speed_word(speed) == "n/a" for speed in unknown_speeds)
    assert all(
        sentence(speed.reason) in speed_sentence(speed) for speed in unknown_speeds if sentence(speed.reason)
    )


@pytest.mark.parametrize(
    ("machine", "least", "highest"),
    [
        # 2.0 GB of weights: at 21.3 GB/s no more than 10, at 68 no more than 33, at 504 no more than 250
        ("hp-i5-1035g1", 4, 10),
        ("m1-8gb", 12, 33),
        ("pc-12gb", 100, 250),
    ],
)
def test_another_machine_is_judged_by_its_bandwidth(machine: str, least: float, highest: float) -> None:
    speed = BandwidthSpeeds(PROFILES[machine]).speed(LLAMA_3B, fit_on(LLAMA_3B, machine), SETTINGS)

    assert speed.low is not None
    assert speed.high is not None
    assert least < speed.low < value(speed) < speed.high < highest
    assert BandwidthSpeeds(PROFILES[machine]).measured_bytes(LLAMA_3B, SETTINGS) is None


def test_a_split_is_as_slow_as_the_part_in_ram_makes_it() -> None:
    big, machine = model_named("Llama-3.3-70B-Instruct", "Q2_K"), PROFILES["pc-24gb"]
    fit = fit_on(big, "pc-24gb")
    assert fit.verdict is Verdict.SPLIT
    fitting = model_named("Qwen3-32B")

    split, card = (
        BandwidthSpeeds(machine).speed(big, fit, SETTINGS),
        BandwidthSpeeds(machine).speed(fitting, fit_on(fitting, "pc-24gb"), SETTINGS),
    )

    # 26 GB, a tenth or so of them at 90 GB/s and the rest at 1008
    assert 8 < value(split) < 33
    assert value(card) > value(split)


def test_experts_in_ram_cost_their_bytes_read() -> None:
    model = model_named("Qwen3-30B-A3B-Instruct-2507")
    fit = fit_on(model, "pc-12gb")

    assert fit.verdict is Verdict.SPLIT
    assert fit.cpu_experts > 0
    in_ram = share_in_ram(model, fit)
    assert in_ram is not None
    assert 0.1 < in_ram < 0.7
    assert 15 < value(BandwidthSpeeds(PROFILES["pc-12gb"]).speed(model, fit, SETTINGS)) < 150


# Prompts

READING = msgspec.structs.replace(
    RATES, prompt_seconds={"Q4_K": 1e-11, "Q6_K": 1.2e-11, "Q8_0": 3e-11, "F16": 3e-11}
)
CARD = msgspec.structs.replace(READING, prompt_seconds={"Q4_K": 1e-13, "Q6_K": 1e-13})


def prompt_run_of_model(model: Model, prompt_tps: float, prompt_tokens: int = 600) -> Run:
    return Run(
        model.name, model.quant, model.weights_bytes, 8192, "f16", -1, 2, 100, 123, prompt_tokens, prompt_tps,
        100, 5.0, active_bytes_of(model) or {}, model.shape.layers if model.shape else 0,
        prompt_weights_of(model) or {},
    )  # fmt: skip


def test_an_estimate_for_prompts_is_a_range_around_the_arithmetic() -> None:
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

    slow_memory, quick_memory = (Speeds(rates).prompt_speed(LLAMA_3B, fit) for rates in (READING, quicker))

    assert slow_memory == quick_memory


def test_only_active_experts_are_multiplied() -> None:
    dense, experts = model_named("Qwen3-32B"), model_named("Qwen3-30B-A3B-Instruct-2507")
    fit, speeds = fit_on(experts, "m3-max-64gb"), Speeds(READING)

    assert value(speeds.prompt_speed(experts, fit)) > 5 * value(speeds.prompt_speed(dense, fit))


def test_a_model_that_read_a_prompt_here_has_its_own_speed() -> None:
    runs = [prompt_run_of_model(LLAMA_3B, tps) for tps in (50.0, 52.0, 48.0)]

    speed = Speeds(READING, runs).prompt_speed(LLAMA_3B, fit_on(LLAMA_3B))

    assert (speed.value, speed.source, speed.low, speed.high) == (50.0, "measured", 50.0, 50.0)


@pytest.mark.parametrize(("tokens", "source"), [(63, "estimated"), (64, "measured")])
def test_short_prompt_is_not_counted(tokens: int, source: str) -> None:
    runs = [prompt_run_of_model(LLAMA_3B, 999.0, prompt_tokens=tokens)]

    assert Speeds(READING, runs).prompt_speed(LLAMA_3B, fit_on(LLAMA_3B)).source == source


def test_a_run_corrects_the_prompt_speed_of_models_of_its_size() -> None:
    similar, uncorrected = model_named("Qwen3-4B"), Speeds(READING)
    fit = fit_on(similar, "m3-max-64gb")
    slow = prompt_run_of_model(LLAMA_3B, value(uncorrected.prompt_speed(LLAMA_3B, fit)) / 2)
    after = Speeds(READING, [slow])

    assert value(after.prompt_speed(similar, fit)) < 0.6 * value(uncorrected.prompt_speed(similar, fit))
    # AND what generating it showed leaves that alone
    assert value(after.prompt_speed(similar, fit)) == value(
        Speeds(READING, [msgspec.structs.replace(slow, generation_tps=500.0)]).prompt_speed(similar, fit)
    )


def test_the_expected_prompt_speed_of_a_model_leaves_its_own_runs_out() -> None:
    runs = [prompt_run_of_model(LLAMA_3B, 1.0)]

    assert Speeds(READING, runs).prompt_estimate(LLAMA_3B) == Speeds(READING).prompt_estimate(LLAMA_3B)
    assert Speeds(RATES, runs).prompt_estimate(LLAMA_3B) is None


def test_a_model_on_the_card_is_read_at_the_cards_speed_and_a_split_one_in_between() -> None:
    speeds = Speeds(READING, (), CARD)
    fitting, split = model_named("Qwen3-8B"), model_named("Llama-3.3-70B-Instruct", "Q2_K")
    on_card, across = fit_on(fitting, "pc-24gb"), fit_on(split, "pc-24gb")
    assert across.verdict is Verdict.SPLIT

    by_card = value(speeds.prompt_speed(fitting, on_card))
    by_processor = value(Speeds(READING).prompt_speed(fitting, fit_on(fitting)))
    both = Speeds(CARD, (), CARD), Speeds(READING, (), READING)
    fast, slow = (value(model.prompt_speed(split, across)) for model in both)

    assert by_card > 20 * by_processor
    assert slow < value(speeds.prompt_speed(split, across)) < fast


def test_an_unknown_prompt_speed_has_a_reason() -> None:
    big, fit = model_named("Llama-3.3-70B-Instruct"), fit_on(LLAMA_3B)
    shapeless = msgspec.structs.replace(LLAMA_3B, shape=None)
    unknown_speeds = [
        Speeds(None).prompt_speed(LLAMA_3B, fit),
        Speeds(RATES).prompt_speed(LLAMA_3B, fit),
        Speeds(READING).prompt_speed(big, fit_on(big)),
        Speeds(READING).prompt_speed(shapeless, fit),
        Speeds(READING).prompt_speed(LLAMA_3B, fit_on(LLAMA_3B, "pc-12gb")),
        BandwidthSpeeds(PROFILES["m1-8gb"]).prompt_speed(big, fit_on(big, "m1-8gb")),
        BandwidthSpeeds(PROFILES["m1-8gb"]).prompt_speed(shapeless, fit_on(shapeless, "m1-8gb")),
    ]

    assert [speed.value for speed in unknown_speeds] == [None] * len(unknown_speeds)
    assert all(speed.reason and sentence(speed.reason) in prompt_sentence(speed) for speed in unknown_speeds)
    assert sentence(unknown_speeds[-2].reason) == "it does not run there"


@pytest.mark.parametrize(
    ("machine", "low", "high"),
    [("m1-8gb", 200, 400), ("hp-i5-1035g1", 20, 80), ("pc-12gb", 4000, 12_000), ("m3-max-64gb", 1200, 2400)],
)
def test_another_machine_reads_prompts_as_machines_of_its_class_do(
    machine: str, low: float, high: float
) -> None:
    speed = BandwidthSpeeds(PROFILES[machine]).prompt_speed(LLAMA_3B, fit_on(LLAMA_3B, machine))

    assert speed.source == "estimated"
    assert low < value(speed) < high
    assert speed.low is not None
    assert speed.high is not None
    assert speed.low < 0.7 * value(speed) < value(speed) < speed.high
    assert speed.reason is not None
    assert "published" in sentence(speed.reason)


def test_a_prompt_that_is_read_across_card_and_ram_is_slower_than_on_the_card() -> None:
    speeds, split = BandwidthSpeeds(PROFILES["pc-24gb"]), model_named("Llama-3.3-70B-Instruct", "Q2_K")
    across = fit_on(split, "pc-24gb")
    assert across.verdict is Verdict.SPLIT
    on_card = msgspec.structs.replace(across, verdict=Verdict.FITS, gpu_layers=None)

    assert value(speeds.prompt_speed(split, across)) < value(speeds.prompt_speed(split, on_card)) / 3


def test_a_model_that_ran_here_does_not_run_where_it_is_too_big() -> None:
    speeds = Speeds(READING, [prompt_run_of_model(LLAMA_3B, 50.0)])
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
