"""Loads that are refused because their cache cannot fit."""

from pathlib import Path

import msgspec
import pytest

from tui.engine import process
from tui.engine.client import Engine
from tui.engine.failures import EngineFailure
from tui.engine.footprint import DevicePart
from tui.engine.load_check import ContextTooLargeError, check_load
from tui.engine.options import MAX_CONTEXT, LoadSettings
from tui.engine.planner import DryRunPlanner
from tui.services.sentences import sentence, sentences


async def test_cache_larger_than_the_memory_is_refused_before_it_is_allocated(smollm2: Path) -> None:
    engine = await Engine.start()
    try:
        with pytest.raises(EngineFailure) as caught:
            await engine.load(smollm2, LoadSettings(context=MAX_CONTEXT))
        failed = caught.value.failed
        # THEN the process is alive and loads what fits
        assert (await engine.load(smollm2, LoadSettings(context=512))).context == 512
    finally:
        await engine.close()

    assert failed.kind == "memory"
    assert f"{MAX_CONTEXT:,} tokens" in sentence(failed.reason)
    assert "GiB" in sentence(failed.reason)
    assert "shorter context" in sentences(failed.reasons)


def test_free_memory_decides_whether_a_load_is_refused(
    smollm2: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = LoadSettings(context=4096)
    plan = DryRunPlanner().plan(str(smollm2), settings)
    needed = plan.kv_bytes + plan.compute_bytes

    monkeypatch.setattr(process, "obtainable_bytes", lambda: needed)
    check_load(str(smollm2), settings)
    monkeypatch.setattr(process, "obtainable_bytes", lambda: needed - 1)
    with pytest.raises(ContextTooLargeError) as caught:
        check_load(str(smollm2), settings)

    assert caught.value.reason.facts == {"context": 4096, "needed": needed, "free": needed - 1}


def test_buffers_on_a_card_do_not_count(smollm2: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN an engine that puts the weights and a part of the cache on a card
    plan = DryRunPlanner().plan(str(smollm2), LoadSettings(context=4096))
    card = DevicePart("CUDA0", plan.weights_bytes, plan.kv_bytes // 2, 0)
    split = msgspec.structs.replace(plan, device_bytes=card.total_bytes, devices=(card,))
    monkeypatch.setattr(DryRunPlanner, "plan", lambda *_arguments: split)
    needed = plan.kv_bytes - plan.kv_bytes // 2 + plan.compute_bytes

    monkeypatch.setattr(process, "obtainable_bytes", lambda: needed)
    check_load(str(smollm2), LoadSettings(context=4096))
    monkeypatch.setattr(process, "obtainable_bytes", lambda: needed - 1)
    with pytest.raises(ContextTooLargeError):
        check_load(str(smollm2), LoadSettings(context=4096))


def test_load_is_not_refused_without_memory_figures(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(process, "obtainable_bytes", lambda: None)

    check_load(str(tmp_path / "never opened.gguf"), LoadSettings(context=MAX_CONTEXT))
