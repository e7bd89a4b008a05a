"""From what was measured of a machine to seconds per token."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.fit import calibrate
from tui.fit.rates import (
    LARGE_BYTES,
    SMALL_BYTES,
    Rates,
    is_fully_measured,
    prompt_token_seconds,
    rates_of_bandwidth,
    token_seconds,
    type_seconds,
)

GB = 1_000_000_000
RATES = Rates(20 * GB, {"Q4_K": 8e-11, "Q8_0": 6e-11, "F16": 5e-11}, layer_seconds=1e-4, small_share=0.5)


def test_a_large_model_takes_the_time_of_its_bytes_and_its_layers() -> None:
    assert token_seconds({"Q4_K": 2 * GB, "Q8_0": GB}, 30, 0, RATES) == pytest.approx(0.16 + 0.06 + 0.003)


def test_the_kv_cache_in_use_is_read_too() -> None:
    without = token_seconds({"Q4_K": 2 * GB}, 30, 0, RATES)

    assert token_seconds({"Q4_K": 2 * GB}, 30, GB // 2, RATES) == pytest.approx(without + 0.025)


def test_a_small_model_profits_from_the_cache_and_one_in_between_in_part() -> None:
    def per_byte(size: int) -> float:
        return token_seconds({"Q8_0": size}, 0, 0, RATES) / size

    slow = Rates(100 * GB, RATES.type_seconds, 0.0, RATES.small_share)
    assert token_seconds({"Q8_0": SMALL_BYTES // 2}, 0, 0, slow) == pytest.approx(
        0.5 * 6e-11 * SMALL_BYTES / 2
    )
    assert per_byte(LARGE_BYTES) == pytest.approx(6e-11)
    middle = token_seconds({"Q8_0": 160_000_000}, 0, 0, slow) / 160_000_000
    assert 0.5 * 6e-11 < middle < 6e-11


@given(st.integers(1, 10**12), st.sampled_from(["Q4_K", "Q8_0", "F16", "IQ4_XS", "Q2_K", "unheard of"]))
def test_nothing_is_faster_than_the_memory(size: int, kind: str) -> None:
    quick = Rates(20 * GB, {"Q8_0": 1e-12}, 0.0)

    assert token_seconds({kind: size}, 1, 0, quick) >= size / (20 * GB)


def test_a_type_that_was_not_measured_takes_as_long_a_weight_as_its_kin() -> None:
    # IQ4_XS has 4.25 bits a weight and Q4_K has 4.5
    assert type_seconds("IQ4_XS", RATES) == pytest.approx(8e-11 * 4.5 / 4.25)


def test_where_only_the_bandwidth_is_known_every_byte_costs_the_same() -> None:
    rates = rates_of_bandwidth(68 * GB, 0.5)

    assert token_seconds({"Q4_K": GB}, 30, 0, rates) == token_seconds({"F16": GB}, 30, 0, rates)
    assert token_seconds({"F16": 34 * GB}, 30, 0, rates) == pytest.approx(1.0)


def test_rates_are_found_again_in_the_times_they_lead_to() -> None:
    # GIVEN the times that the made-up models would take on a machine of these rates
    prompt = dict.fromkeys(calibrate.TYPES, 1e-11) | {"Q8_0": 3e-11, "Q4_0": 2e-11}
    rates = Rates(20 * GB, dict.fromkeys(calibrate.TYPES, 7e-11) | {"Q8_0": 6e-11}, 1e-4, 0.5, prompt, 2e-5)
    probes = calibrate.make_probes()

    def seconds(probe: calibrate.Probe, share: float) -> calibrate.ProbeTime:
        token = probe.size_bytes * rates.type_seconds[probe.type] * share + probe.shape.layers * 1e-4
        read = prompt_token_seconds({probe.type: probe.prompt_weights}, probe.shape.layers, rates)
        assert read is not None
        return calibrate.ProbeTime(token, read)

    shares = [rates.small_share] * 2 + [1.0] * len(calibrate.TYPES)
    timed = [(probe, seconds(probe, share)) for probe, share in zip(probes, shares, strict=True)]

    # WHEN they are solved
    found = calibrate.solve_rates(20 * GB, timed)

    # THEN they are the same, but for the sizes of the two small ones not being quite equal
    assert found.layer_seconds == pytest.approx(1e-4, rel=0.01)
    assert found.small_share == pytest.approx(0.5, rel=0.01)
    assert found.type_seconds == pytest.approx(rates.type_seconds, rel=0.01)
    assert found.prompt_seconds == pytest.approx(prompt, rel=0.001)
    assert found.prompt_layer_seconds == pytest.approx(2e-5, rel=0.001)


def test_a_disturbed_deep_model_leaves_every_weight_its_time() -> None:
    # GIVEN that the deep model was held up for ten times as long as it takes
    def read(probe: calibrate.Probe) -> float:
        return probe.prompt_weights * 1e-11 * (10 if probe.shape.layers == 30 else 1)

    timed = [(probe, calibrate.ProbeTime(0.02, read(probe))) for probe in calibrate.make_probes()]

    assert all(seconds > 0 for seconds in calibrate.solve_rates(20 * GB, timed).prompt_seconds.values())


def test_a_token_of_a_prompt_takes_the_time_of_its_weights_and_layers() -> None:
    rates = msgspec.structs.replace(
        RATES, prompt_seconds={"Q4_K": 1e-11, "Q8_0": 3e-11}, prompt_layer_seconds=2e-5
    )

    read = prompt_token_seconds({"Q4_K": 2 * GB, "Q8_0": GB}, 30, rates)

    assert read == pytest.approx(0.02 + 0.03 + 0.0006)
    assert prompt_token_seconds({"Q4_K": GB}, 30, RATES) is None
    assert (is_fully_measured(rates), is_fully_measured(RATES), is_fully_measured(None)) == (
        True,
        False,
        False,
    )


def test_a_type_whose_prompts_were_not_measured_is_like_those_with_blocks_of_its_size() -> None:
    rates = msgspec.structs.replace(
        RATES, prompt_seconds={"Q4_0": 2e-11, "Q5_K": 1e-11, "Q8_0": 3e-11, "F16": 4e-11}
    )

    def read(name: str) -> float:
        return (prompt_token_seconds({name: GB}, 0, rates) or 0) / GB

    # Q5_0 has the bits of Q5_K, and blocks of 32 as Q4_0 and Q8_0 have
    assert read("Q5_0") == pytest.approx(2e-11)
    assert read("Q6_K") == read("IQ4_XS") == pytest.approx(1e-11)
    assert read("BF16") == pytest.approx(4e-11)


async def test_this_machine_can_be_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN made-up models small enough for a test
    monkeypatch.setattr(calibrate, "LARGE_BYTES", 80_000_000)
    monkeypatch.setattr(calibrate, "_SECONDS", 0.02)
    steps: list[float] = []

    found = await calibrate.calibrate(1, steps.append)

    assert set(found.cpu.type_seconds) == set(calibrate.TYPES)
    assert all(seconds > 0 for seconds in found.cpu.type_seconds.values())
    assert found.cpu.bandwidth > GB / 10
    assert found.cpu.layer_seconds >= 0
    assert 0 < found.cpu.small_share <= 1
    assert set(found.cpu.prompt_seconds) == set(calibrate.TYPES)
    assert all(seconds > 0 for seconds in found.cpu.prompt_seconds.values())
    assert steps == sorted(steps)
    assert 0 <= steps[0] < steps[-1] < 1
