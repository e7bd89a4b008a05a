"""Every quantization of one model side by side."""

import itertools
from pathlib import Path

import msgspec
import pytest

from tests.fit.machines import NOT_SIZED, RAM_NAME, footprint
from tests.gguf_files import llama_metadata, llama_tensors, write_gguf, write_llama
from tui.engine.options import LoadSettings
from tui.fit import formula, judge
from tui.fit.board import fit_model
from tui.fit.quants import QuantTable, needs_tensors, quant_rows
from tui.fit.sizing import Sized
from tui.fit.verdict import Fit, Pool, Verdict
from tui.models.catalogue.catalogue import load_catalogue
from tui.models.listing import catalogue_model
from tui.models.model import CatalogueEntry, Model
from tui.models.model_file import file_tensors, model_file
from tui.models.quantizations import bits_per_weight, weights_bytes
from tui.sentences import reason
from tui.services.sentences import sentence
from tui.units import GIB

ENTRIES = {entry.name: entry for entry in load_catalogue().entries}
LLAMA = ENTRIES["Llama-3.2-3B-Instruct"]
SETTINGS = LoadSettings(context=2048)
POOL = Pool(RAM_NAME, "ram", 8 * GIB, 6 * GIB, GIB // 2)


def fit_of(model: Model) -> Fit:
    """The verdict in closed form on a machine of 8 GiB."""
    if model.shape is None:
        return judge.unknown(NOT_SIZED, SETTINGS)
    size = Sized(formula.footprint(model.shape, model.weights_bytes, SETTINGS))
    return fit_model(model, size, [POOL], SETTINGS)


def here(path: Path, entry: CatalogueEntry | None = None) -> Model:
    file = model_file(path, "test")
    return Model(file.name, file.quant, file.weights_bytes, file.shape, file, entry)


def quants(table: QuantTable) -> list[str]:
    return [row.quant for row in table.rows]


@pytest.mark.parametrize("name", sorted(ENTRIES))
def test_sizes_fall_with_the_bits(name: str):
    table = quant_rows(catalogue_model(ENTRIES[name]), fit_of)
    assert table.reason is None
    rows = table.rows
    assert len(rows) >= 12
    assert len({row.quant for row in rows}) == len(rows)
    for above, below in itertools.pairwise(rows):
        assert above.model.weights_bytes >= below.model.weights_bytes
        # Padding is all that parts the weights from the bits.
        assert above.bits_per_weight >= below.bits_per_weight - 0.01
        assert above.fit.footprint.total_bytes >= below.fit.footprint.total_bytes
    assert set(ENTRIES[name].quants) <= {row.quant for row in rows if row.published}


def test_a_row_is_sized_by_its_own_types():
    for row in quant_rows(catalogue_model(LLAMA), fit_of).rows:
        assert row.model.weights_bytes == weights_bytes(LLAMA.shape, row.quant)
        assert row.bits_per_weight == bits_per_weight(LLAMA.shape, row.quant)
        assert row.fit == fit_of(row.model)
        assert row.quality.word


def test_one_quantization_is_the_current_one():
    table = quant_rows(catalogue_model(LLAMA, "Q5_K_M"), fit_of)
    assert [row.quant for row in table.rows if row.current] == ["Q5_K_M"]


def test_the_type_of_16_bits_is_the_one_that_is_published():
    brain = msgspec.structs.replace(LLAMA, quants=("Q4_K_M", "BF16"))
    assert {"BF16", "F16"} & set(quants(quant_rows(catalogue_model(brain), fit_of))) == {"BF16"}
    neither = msgspec.structs.replace(LLAMA, quants=("Q4_K_M",))
    assert {"BF16", "F16"} & set(quants(quant_rows(catalogue_model(neither), fit_of))) == {"F16"}


def test_what_fits_and_what_does_not_stand_side_by_side():
    verdicts = {row.quant: row.fit.verdict for row in quant_rows(catalogue_model(LLAMA), fit_of).rows}
    assert verdicts["F32"] is Verdict.TOO_BIG
    assert verdicts["Q4_K_M"] is Verdict.FITS


def test_file_row_has_its_weights_and_path(tmp_path: Path):
    # GIVEN a file whose types are none that a rule would give it
    tensors = [tensor._replace(type="F16") for tensor in llama_tensors(layers=3)]
    path = write_gguf(tmp_path / "Own-Q4_K_M.gguf", llama_metadata(layers=3), tensors)
    model = here(path)
    # WHEN its quantizations are told
    table = quant_rows(model, fit_of)
    # THEN its own row has what is in the file, and the others what the rules say
    (own,) = [row for row in table.rows if row.current]
    assert own.model is model
    assert own.on_disk
    assert own.bits_per_weight == pytest.approx(16, abs=0.1)
    other_row = next(row for row in table.rows if row.quant == "Q8_0")
    assert not other_row.on_disk
    assert other_row.model.weights_bytes == weights_bytes(model.shape, "Q8_0")


def test_other_quantizations_on_this_disk_are_found_in_the_list(tmp_path: Path):
    small = here(write_llama(tmp_path / "Own-Q8_0.gguf", type="Q8_0"))
    large = here(write_llama(tmp_path / "Own-F16.gguf"))
    stranger = here(write_llama(tmp_path / "Other-Q6_K.gguf"))
    broken = Model(
        "Own",
        "Q5_K_M",
        0,
        None,
        msgspec.structs.replace(small.file, error=reason("models.header_cut_off", byte=9)),
        None,
    )
    table = quant_rows(small, fit_of, [stranger, broken, large, small])
    on_disk = {row.quant: row.model for row in table.rows if row.on_disk}
    assert on_disk == {"Q8_0": small, "F16": large}


def test_file_of_the_entry_is_found_under_any_name(tmp_path: Path):
    path = write_llama(tmp_path / "renamed.gguf")
    file = here(path, LLAMA)
    table = quant_rows(catalogue_model(LLAMA), fit_of, [file])
    assert [row.model for row in table.rows if row.on_disk] == [file]


def test_an_unlisted_architecture_is_sized_by_the_tensors_of_its_file(tmp_path: Path):
    # GIVEN a file of an architecture whose header can be read and whose tensors no rule knows
    metadata = {key.replace("llama.", "starcoder9."): value for key, value in llama_metadata().items()} | {
        "general.architecture": "starcoder9"
    }
    path = write_gguf(tmp_path / "New-F16.gguf", metadata, llama_tensors())
    file = model_file(path, "test")
    shape = msgspec.structs.replace(here(write_llama(tmp_path / "l.gguf")).shape, architecture="starcoder9")
    model = Model("New", "F16", file.weights_bytes, shape, msgspec.structs.replace(file, error=None), None)
    # WHEN nobody has read them
    assert needs_tensors(model)
    alone = quant_rows(model, fit_of)
    # THEN there is only the file itself, and why
    assert quants(alone) == ["F16"]
    assert "starcoder9" in sentence(alone.reason)
    assert alone.rows[0].bits_per_weight is None
    # AND with them, every quantization
    rows = quant_rows(model, fit_of, (), file_tensors(file))
    assert rows.reason is None
    assert len(rows.rows) >= 12


def test_a_model_that_cannot_be_read_has_one_row_and_the_reason(tmp_path: Path):
    path = tmp_path / "notes.gguf"
    path.write_text("not a model")
    model = here(path)
    assert not needs_tensors(model)
    table = quant_rows(model, fit_of)
    assert len(table.rows) == 1
    assert table.rows[0].current
    assert table.rows[0].fit.verdict is Verdict.UNKNOWN
    assert table.reason == model.file_error


def test_a_known_architecture_needs_no_reading():
    assert not needs_tensors(catalogue_model(LLAMA))


def test_verdicts_come_from_the_judge():
    fixed = judge.judge(footprint(GIB), [POOL], SETTINGS)
    assert {row.fit for row in quant_rows(catalogue_model(LLAMA), lambda _model: fixed).rows} == {fixed}
