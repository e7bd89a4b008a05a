"""Every model of the catalogue, sized by the engine from its stub: the closed forms say the same."""

from collections.abc import AsyncIterator
from itertools import product
from pathlib import Path

import pytest
import pytest_asyncio

from tui.engine.client import Engine
from tui.engine.options import KV_TYPES, LoadSettings
from tui.engine.protocol import SkippedVocabulary
from tui.fit import formula
from tui.models.catalogue.catalogue import load_catalogue
from tui.models.gguf.header_copy import write_header_copy
from tui.models.gguf.stub import write_stub
from tui.models.model import CatalogueEntry, Shape
from tui.models.model_file import model_file
from tui.models.quantizations import weights_bytes

SETTINGS = [
    LoadSettings(context=cells, kv_type=kind) for cells, kind in product((2048, 8192, 32768), KV_TYPES)
]
COMPUTE_BOUND = 0.15
TOTAL_BOUND = 0.03

ENTRIES = {(entry.shape, entry.default_quant): entry for entry in reversed(load_catalogue().entries)}
"""One for each shape: models made alike are sized alike."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine() -> AsyncIterator[Engine]:
    engine = await Engine.start()
    yield engine
    await engine.close()


def spare_bytes(shape: Shape, quant: str, path: Path) -> int:
    """What the engine's weights may be above the file's: the header, where it makes some tensors twice."""
    doubled = shape.architecture in ("gemma3n", "gemma4")
    return path.stat().st_size - weights_bytes(shape, quant) if doubled else 0


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("entry", ENTRIES.values(), ids=lambda entry: entry.name)
async def test_the_engine_plans_what_the_closed_forms_say(
    entry: CatalogueEntry, engine: Engine, tmp_path: Path
) -> None:
    path = tmp_path / "default.gguf"
    write_stub(path, entry.shape, entry.default_quant)
    weights = weights_bytes(entry.shape, entry.default_quant)
    spare = spare_bytes(entry.shape, entry.default_quant, path)
    for settings in SETTINGS:
        plan = await engine.plan(path, settings)
        predicted = formula.footprint(entry.shape, weights, settings)
        off = predicted.compute_bytes - plan.compute_bytes

        assert 0 <= plan.weights_bytes - weights <= spare
        assert plan.kv_bytes == predicted.kv_bytes, settings
        assert abs(off) <= COMPUTE_BOUND * plan.compute_bytes, settings
        # The process is the same in both: what is left is what has a closed form.
        assert abs(off) + spare <= TOTAL_BOUND * plan.total_bytes, settings

    for quant in [quant for quant in entry.quants if quant != entry.default_quant][:1]:
        path = tmp_path / "other.gguf"
        write_stub(path, entry.shape, quant)

        plan = await engine.plan(path, SETTINGS[0])
        over = plan.weights_bytes - weights_bytes(entry.shape, quant)
        assert 0 <= over <= spare_bytes(entry.shape, quant, path), quant


@pytest.mark.asyncio(loop_scope="module")
async def test_a_file_without_its_vocabulary_is_sized_as_with_it(
    engine: Engine, smollm2: Path, tmp_path: Path
) -> None:
    file = model_file(smollm2, "test")
    assert file.shape is not None
    assert file.layout is not None
    skip = SkippedVocabulary(file.shape.architecture, file.shape.vocabulary)
    write_header_copy(smollm2, tmp_path / smollm2.name, file.layout)

    plans = [await engine.plan(path, SETTINGS[0], skip) for path in (smollm2, tmp_path / smollm2.name)]

    parts = [(plan.weights_bytes, plan.kv_bytes, plan.compute_bytes) for plan in plans]
    assert parts[0] == parts[1]
