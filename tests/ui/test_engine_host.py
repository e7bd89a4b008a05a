"""A load that is stopped before its engine can hear of it."""

import asyncio
import sys
from pathlib import Path

import psutil
import pytest

from tests.chat.compared import model
from tests.waiting import until
from tui.engine.failures import EngineFailure
from tui.engine.options import LoadSettings
from tui.services.host import EngineHost

SMALL = LoadSettings(context=256)


def children() -> list[psutil.Process]:
    return psutil.Process().children()


async def hanging() -> asyncio.subprocess.Process:
    """A process that never says that it is ready, as when a driver hangs."""
    pipes = {
        "stdin": asyncio.subprocess.PIPE,
        "stdout": asyncio.subprocess.PIPE,
        "stderr": asyncio.subprocess.PIPE,
    }
    return await asyncio.create_subprocess_exec(sys.executable, "-c", "import time; time.sleep(999)", **pipes)


async def begun(host: EngineHost, path: Path) -> "asyncio.Task[object]":
    return asyncio.create_task(host.load(model("Small", path=path), SMALL, lambda _fraction, _left: None))


async def is_stopped(load: "asyncio.Task[object]") -> None:
    with pytest.raises(EngineFailure, match="load_stopped"):
        await asyncio.wait_for(load, 30)


async def test_a_load_whose_engine_never_gets_ready_can_be_stopped(
    monkeypatch: pytest.MonkeyPatch, smollm2: Path
) -> None:
    host = EngineHost(lambda _failed: None)
    with monkeypatch.context() as patch:
        patch.setattr("tui.engine.child_process._spawn", hanging)
        load = await begun(host, smollm2)
        await until(lambda: len(children()) == 1, "the process")
        host.stop()
        await is_stopped(load)
        await until(lambda: not children(), "its end")
    # AND the next one is loaded
    loaded = await (await begun(host, smollm2))
    assert loaded is host.loaded
    await host.close()


async def test_a_stop_counts_from_the_moment_that_a_load_begins(smollm2: Path) -> None:
    host = EngineHost(lambda _failed: None)
    await (await begun(host, smollm2))
    # WHEN another takes its place, which first has to end it, and is stopped at once
    load = await begun(host, smollm2)
    await asyncio.sleep(0)
    host.stop()
    await is_stopped(load)
    assert host.model is None
    assert not host.loading
    await until(lambda: not children(), "its end")
    await host.close()
