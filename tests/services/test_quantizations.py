"""The quantizations of one model: from its shape or its file, each judged like a model of its own."""

from pathlib import Path

import pytest

from tests.fit.machines import NOT_SIZED
from tests.gguf_files import llama_tensors, write_gguf
from tui.engine.options import LoadSettings
from tui.fit import judge
from tui.fit.verdict import Fit
from tui.hardware.profiles import PROFILES
from tui.models.catalogue.catalogue import load_catalogue
from tui.models.listing import catalogue_model, find_entry
from tui.models.model import Model
from tui.models.model_file import model_file
from tui.services import quantizations, sizing
from tui.services.quantizations import judged_quantization_table, quantization_table
from tui.services.sizing import judge_models

SETTINGS = LoadSettings(context=4096)
MACHINE = PROFILES["m1-8gb"]


def published(name: str, quant: str | None = None) -> Model:
    entry = find_entry(load_catalogue(), name)
    assert entry is not None
    return catalogue_model(entry, quant)


def unjudged(_model: Model) -> Fit:
    return judge.unknown(NOT_SIZED, SETTINGS)


@pytest.fixture
def unlisted(tmp_path: Path) -> Model:
    """A file of an architecture whose tensors only the file knows."""
    names = ("block_count", "context_length", "embedding_length", "feed_forward_length")
    keys = {
        "general.architecture": "starcoder9",
        "general.type": "model",
        **{f"starcoder9.{name}": value for name, value in zip(names, (2, 512, 512, 1024), strict=True)},
        "starcoder9.attention.head_count": 8,
        "starcoder9.vocab_size": 256,
    }
    path = write_gguf(
        tmp_path / "new-F16.gguf", keys, llama_tensors(embedding=512, feed_forward=1024, heads=8)
    )
    file = model_file(path, "test")
    return Model(file.name, file.quant, file.weights_bytes, file.shape, file, None)


async def test_model_to_download_needs_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quantizations, "file_tensors", lambda _file: pytest.fail("a file was read"))
    table = await quantization_table(published("Llama-3.2-1B-Instruct", "Q5_K_M"), unjudged, [])
    assert [row.quant for row in table.rows if row.current] == ["Q5_K_M"]
    assert len(table.rows) >= 12
    assert (table.reason, {row.on_disk for row in table.rows}) == (None, {False})


async def test_file_of_an_unlisted_architecture_is_sized_by_its_tensors(unlisted: Model) -> None:
    assert unlisted.can_load
    table = await quantization_table(unlisted, unjudged, [unlisted])
    sizes = [row.model.weights_bytes for row in table.rows]
    assert len(sizes) > 5
    assert sizes == sorted(sizes, reverse=True)
    # Its own row is the file itself.
    assert [row.model for row in table.rows if row.on_disk] == [unlisted]


@pytest.mark.parametrize("change", ["gone", "spoilt"])
async def test_file_damaged_since_the_scan_keeps_its_own_row(unlisted: Model, change: str) -> None:
    assert unlisted.path is not None
    unlisted.path.unlink()
    if change == "spoilt":
        unlisted.path.write_text("not a model")
    table = await quantization_table(unlisted, unjudged, [unlisted])
    assert [row.model for row in table.rows] == [unlisted]
    assert table.reason is not None


async def test_each_quantization_is_judged_as_it_is_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizing, "installed_build", lambda: None)
    model = published("Llama-3.2-3B-Instruct")
    table = await judged_quantization_table(model, [model], SETTINGS, MACHINE, None)
    row = next(row for row in table.rows if row.quant == "Q8_0")
    (alone,) = await judge_models([row.model], SETTINGS, MACHINE, None)
    assert row.fit == alone.fit
    verdicts = [row.fit.verdict for row in table.rows]
    # From the heaviest to the lightest it fits better and better, and never worse again.
    assert verdicts == sorted(verdicts, key=[*dict.fromkeys(verdicts)].index)
    assert len(set(verdicts)) > 1


async def test_a_file_that_cannot_be_used_is_a_row_of_its_own_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "bad.gguf").write_text("not a model")
    file = model_file(tmp_path / "bad.gguf", "test")
    model = Model(file.name, file.quant, file.weights_bytes, file.shape, file, None)
    table = await judged_quantization_table(model, [model], SETTINGS, MACHINE, None)
    (row,) = table.rows
    assert (row.model, row.fit.reason) == (model, model.file_error)
    assert table.reason is not None
