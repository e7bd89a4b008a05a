"""Every model of the catalogue, sized by the engine from its stub: the closed forms say the same."""

from collections.abc import AsyncIterator
from itertools import product
from pathlib import Path

import pytest
import pytest_asyncio

from tui.engine.client import Engine
from tui.engine.protocol import LoadSettings
from tui.fit import formula
from tui.models.catalogue import load_catalogue
from tui.models.model import CatalogueEntry, Shape
from tui.models.quantize import padded_bytes, tensor_types, weights_bytes
from tui.models.stub import write_stub

SETTINGS = [
    LoadSettings(context=cells, kv_type=kind) for cells, kind in product((2048, 32768), ("f16", "q8_0"))
]

ENTRIES = {(entry.shape, entry.default_quant): entry for entry in reversed(load_catalogue().entries)}
"""One for each shape: models made alike are sized alike."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine() -> AsyncIterator[Engine]:
    engine = await Engine.start()
    yield engine
    await engine.close()


def planned_weights(shape: Shape, quant: str) -> int:
    """What a dry run counts: of Gemma 3n, the tied embedding twice, which a mapped file has once."""
    total = weights_bytes(shape, quant)
    if shape.architecture == "gemma3n":
        total += padded_bytes(one for one in tensor_types(shape, quant) if one.name == "token_embd.weight")
    return total


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("entry", ENTRIES.values(), ids=lambda entry: entry.name)
async def test_the_engine_plans_what_the_closed_forms_say(
    entry: CatalogueEntry, engine: Engine, tmp_path: Path
) -> None:
    path = tmp_path / "default.gguf"
    write_stub(path, entry.shape, entry.default_quant)
    for settings in SETTINGS:
        plan = await engine.plan(path, settings)

        assert plan.weights_bytes == planned_weights(entry.shape, entry.default_quant)
        assert plan.kv_bytes == formula.kv_bytes(entry.shape, settings), settings

    for quant in [quant for quant in entry.quants if quant != entry.default_quant][:1]:
        path = tmp_path / "other.gguf"
        write_stub(path, entry.shape, quant)

        assert (await engine.plan(path, SETTINGS[0])).weights_bytes == planned_weights(entry.shape, quant), (
            quant
        )
