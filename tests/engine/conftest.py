from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.engine.random_models import (
    gemma3_parts,
    lfm2_parts,
    mamba_parts,
    olmoe_parts,
    random_llama,
    write_random,
)
from tui.engine.client import Engine


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Tiny random models by architecture, which the engine loads and generates with."""
    folder = tmp_path_factory.mktemp("tiny")
    return {
        "llama": random_llama(folder / "llama.gguf"),
        "gemma3": write_random(folder / "gemma3.gguf", *gemma3_parts()),
        "olmoe": write_random(folder / "olmoe.gguf", *olmoe_parts()),
        "mamba": write_random(folder / "mamba.gguf", *mamba_parts()),
        "lfm2": write_random(folder / "lfm2.gguf", *lfm2_parts()),
    }


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def planner() -> AsyncIterator[Engine]:
    """One engine process without a model, for a module's tests to plan with."""
    engine = await Engine.start()
    yield engine
    await engine.close()
