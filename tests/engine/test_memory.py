"""The promise of the product: what is predicted is what is seen."""

import sys
from pathlib import Path

import pytest

from tests.engine.requests import ask, user
from tui.engine.client import Engine
from tui.engine.options import LoadSettings

TOLERANCE = 0.02


@pytest.mark.skipif(sys.platform != "linux", reason="peaks are read from the kernel's own account")
@pytest.mark.parametrize(
    "settings",
    [
        LoadSettings(context=2048, batch=128, threads=1),
        LoadSettings(context=8192, batch=128, threads=1),
    ],
    ids=["2k", "8k"],
)
async def test_measured_peak_equals_the_predicted_one(smollm2: Path, settings: LoadSettings) -> None:
    planner = await Engine.start()
    predicted = await planner.plan(smollm2, settings)
    await planner.close()

    # WHEN a prompt fills the batch, which its first calls do not, and a reply follows
    engine = await Engine.start()
    try:
        loaded = await engine.load(smollm2, settings)
        answer = await ask(engine, user("The history of the town is long. " * 65), max_tokens=4)
    finally:
        await engine.close()

    assert answer.metrics.prompt_tokens > settings.batch
    assert answer.metrics.peak_bytes is not None
    assert answer.metrics.peak_bytes == pytest.approx(predicted.total_bytes, rel=TOLERANCE)
    assert loaded.footprint.total_bytes == pytest.approx(predicted.total_bytes, rel=TOLERANCE)
    assert loaded.footprint.kv_bytes == predicted.kv_bytes
    assert loaded.footprint.weights_bytes == predicted.weights_bytes
    assert loaded.footprint.compute_bytes == predicted.compute_bytes
