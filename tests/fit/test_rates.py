"""Seconds per token, from the measured rates of a machine."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

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


def test_small_models_profit_from_the_processor_cache() -> None:
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


def test_unmeasured_type_is_estimated_by_similar_types() -> None:
    # IQ4_XS has 4.25 bits a weight and Q4_K has 4.5
    assert type_seconds("IQ4_XS", RATES) == pytest.approx(8e-11 * 4.5 / 4.25)


def test_where_only_the_bandwidth_is_known_every_byte_costs_the_same() -> None:
    rates = rates_of_bandwidth(68 * GB, 0.5)

    assert token_seconds({"Q4_K": GB}, 30, 0, rates) == token_seconds({"F16": GB}, 30, 0, rates)
    assert token_seconds({"F16": 34 * GB}, 30, 0, rates) == pytest.approx(1.0)


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
