"""A lighter quantization as a step: from this disk, or to download."""

import msgspec

from tests.fit.changes.judged_models import QWEN, on_disk
from tests.reasons import sentence_of
from tui.engine.options import LoadSettings
from tui.fit.changes.quantization import LighterQuantization, lighter_downloads, lighter_files
from tui.fit.changes.step import Setup
from tui.models.listing import catalogue_model
from tui.units import format_bytes


def test_only_the_model_of_the_setup_changes():
    lighter = catalogue_model(QWEN, "Q3_K_M")
    setup = Setup(catalogue_model(QWEN), LoadSettings(context=2048))
    assert LighterQuantization(lighter).apply(setup) == Setup(lighter, LoadSettings(context=2048))


def test_a_download_says_how_large_it_is():
    model = catalogue_model(QWEN, "Q3_K_M")
    download, file = LighterQuantization(model), LighterQuantization(on_disk(QWEN.name, "Q3_K_M"))
    assert sentence_of(download.describe()) == "quantization Q3_K_M (to download)"
    assert f"{format_bytes(model.weights_bytes)} to download" in sentence_of(download.cost()[-1])
    assert sentence_of(file.describe()) == "quantization Q3_K_M (on disk)"
    assert sentence_of(file.describe_briefly()) == "Q3_K_M"
    assert len(file.cost()) == 1


def test_lighter_files_come_heaviest_first():
    model = on_disk(QWEN.name, "Q5_K_M")
    files = [on_disk(QWEN.name, quant) for quant in ("Q3_K_M", "Q8_0", "Q4_K_M")]
    stranger = on_disk("Qwen3-8B", "Q3_K_M")
    assert [file.quant for file in lighter_files(model, [*files, stranger])] == ["Q4_K_M", "Q3_K_M"]


def test_lighter_downloads_leave_out_the_files_on_this_disk():
    model = catalogue_model(QWEN, "Q5_K_M")
    weights = {quant: catalogue_model(QWEN, quant).weights_bytes for quant in QWEN.quants}
    lighter = [quant for quant in QWEN.quants if weights[quant] < model.weights_bytes]
    file = on_disk(QWEN.name, "Q4_K_M")
    downloads = [download.quant for download in lighter_downloads(model, [file])]
    assert downloads == [quant for quant in reversed(lighter) if quant != "Q4_K_M"]
    assert list(lighter_downloads(msgspec.structs.replace(file, entry=None), ())) == []
