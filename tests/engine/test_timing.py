"""Speed of the memory and of decode calls, measured by the real engine."""

from pathlib import Path

import pytest

from tests.engine.random_models import random_llama
from tui.engine import llama
from tui.engine.options import LoadSettings
from tui.engine.protocol import BandwidthRequest, TimeRequest
from tui.engine.timing import measure_bandwidth, time_model

SETTINGS = LoadSettings(context=256, threads=1)


def test_memory_is_read_at_a_plausible_speed() -> None:
    bandwidth = measure_bandwidth(BandwidthRequest(4, threads=1))

    assert bandwidth.id == 4
    assert 1e7 < bandwidth.bytes_per_second < 1e13


def test_decode_calls_of_a_model_are_timed(tmp_path: Path) -> None:
    path = random_llama(tmp_path / "tiny.gguf")

    timed = time_model(TimeRequest(5, str(path), SETTINGS, None, 0.05), llama.StopFlag())

    assert timed.id == 5
    assert timed.token_seconds > 0
    assert timed.prompt_tps > 0


def test_a_stopped_measurement_fails_with_the_status_of_the_decode(tmp_path: Path) -> None:
    stop = llama.StopFlag()
    stop.set()

    with pytest.raises(llama.EngineError):
        time_model(TimeRequest(5, str(random_llama(tmp_path / "t.gguf")), SETTINGS, None, 0.05), stop)
