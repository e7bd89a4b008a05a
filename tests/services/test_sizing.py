"""Sizes and verdicts that are asked for once: of this machine as it is, of another one, and before a load."""

from pathlib import Path

import msgspec
import pytest

from tests.chat.scripted_comparison import engines
from tests.fit import machines
from tests.gguf_files import write_llama
from tests.ui.model_samples import model as sample
from tui.engine.install import installed_build
from tui.engine.options import LoadSettings
from tui.fit.sizing import Sizer
from tui.fit.verdict import Verdict
from tui.hardware.detect import detect_machine
from tui.hardware.profiles import PROFILES
from tui.hardware.system_memory import system_bytes
from tui.models.catalogue.catalogue import load_catalogue
from tui.models.listing import catalogue_model, find_entry
from tui.models.model import Model
from tui.models.model_file import model_file
from tui.services import sizing
from tui.services.sizing import judge_models, new_sizer, open_sizer, pools_for, size_to_load, take_reading
from tui.units import GIB

SETTINGS = LoadSettings(context=4096)
CATALOGUE = load_catalogue()


def published(name: str, quant: str | None = None) -> Model:
    entry = find_entry(CATALOGUE, name)
    assert entry is not None
    return catalogue_model(entry, quant)


def on_disk(path: Path) -> Model:
    file = model_file(path, "test")
    return Model(file.name, file.quant, file.weights_bytes, file.shape, file, None)


@pytest.fixture
def without_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """No engine is installed, so that all sizes are by formula."""
    monkeypatch.setattr(sizing, "installed_build", lambda: None)


async def test_a_sizer_remembers_its_plans_for_the_next_one_and_leaves_no_process(
    tmp_path: Path, own_home: Path
) -> None:
    model = on_disk(write_llama(tmp_path / "small.gguf"))
    async with open_sizer() as sizer:
        assert sizer.gpu_offload is None
        sized = await sizer.size(model, SETTINGS)
        assert sized.footprint is not None
        assert sized.footprint.source == "engine"
    assert engines() == []
    assert (own_home / "cache" / "llmtui" / "plans.json").is_file()
    # WHEN another one is opened, it knows without asking
    again = new_sizer(installed_build())
    assert again.known_size(model, SETTINGS) == sized
    assert isinstance(again.gpu_offload, bool)


async def test_models_are_judged_in_their_order_with_what_they_run_at(without_engine: None) -> None:
    models = [published("Llama-3.2-1B-Instruct"), published("Llama-3.3-70B-Instruct")]
    short = sample("Short", is_local=True)
    assert short.shape is not None
    short = msgspec.structs.replace(short, shape=msgspec.structs.replace(short.shape, context_length=1024))
    judged = await judge_models([*models, short], SETTINGS, PROFILES["m1-8gb"], None)
    assert [item.model for item in judged] == [*models, short]
    assert [item.fit.verdict for item in judged[:2]] == [Verdict.FITS, Verdict.TOO_BIG]
    # A model is never judged for more than it was trained for.
    assert [item.fit.context for item in judged] == [4096, 4096, 1024]
    assert {item.fit.footprint.source for item in judged if item.fit.footprint} == {"formula"}


async def test_no_models_have_no_verdicts_and_start_no_engine() -> None:
    assert await judge_models([], SETTINGS, PROFILES["m1-8gb"], None) == []
    assert engines() == []


async def test_a_model_without_a_file_that_runs_elsewhere_is_judged_so(without_engine: None) -> None:
    served = msgspec.structs.replace(published("Llama-3.3-70B-Instruct"), place="localhost:8080")
    (judged,) = await judge_models([served], SETTINGS, PROFILES["m1-8gb"], None)
    assert (judged.fit.verdict, judged.fit.footprint) == (Verdict.ELSEWHERE, None)


async def test_a_file_that_cannot_be_used_is_unknown_by_its_own_reason(tmp_path: Path) -> None:
    (tmp_path / "bad.gguf").write_text("not a model")
    model = on_disk(tmp_path / "bad.gguf")
    (judged,) = await judge_models([model], SETTINGS, PROFILES["m1-8gb"], None)
    assert (judged.fit.verdict, judged.fit.reason) == (Verdict.UNKNOWN, model.file_error)
    assert engines() == []


CARD_MACHINE = machines.machine(16 * GIB, machines.gpu("nvidia", shares=False, memory=12 * GIB))
CARD_READING = machines.reading(16 * GIB, 12 * GIB, machines.card(11 * GIB))
"""Of whose card one GiB is free."""


@pytest.mark.parametrize("offload", [True, False, None])
async def test_a_card_that_the_build_cannot_use_is_named_beside_the_verdict(
    without_engine: None, monkeypatch: pytest.MonkeyPatch, offload: bool | None
) -> None:
    monkeypatch.setattr(Sizer, "gpu_offload", offload)
    model = published("gemma-3-270m-it")
    (with_reading,) = await judge_models([model], SETTINGS, CARD_MACHINE, CARD_READING)
    (without_reading,) = await judge_models([model], SETTINGS, CARD_MACHINE, None)
    assert with_reading.fit.pool is not None
    assert without_reading.fit.pool is not None
    # Until an engine has said so, a build is taken for one that can.
    if offload is False:
        assert (with_reading.fit.pool.kind, with_reading.unused_gpu) == ("ram", "A card")
    else:
        assert (with_reading.fit.pool.kind, with_reading.unused_gpu) == ("vram", "")
    # AND another machine has a build of its own
    assert (without_reading.fit.pool.kind, without_reading.unused_gpu) == ("vram", "")


def test_free_memory_comes_from_the_reading_or_is_all_but_what_the_system_takes() -> None:
    with_reading = pools_for(Sizer(None), CARD_MACHINE, CARD_READING)
    idle = pools_for(Sizer(None), CARD_MACHINE, None)
    assert [(pool.kind, pool.free_bytes) for pool in with_reading] == [("vram", GIB), ("ram", 12 * GIB)]
    assert [(pool.kind, pool.free_bytes) for pool in idle] == [
        ("vram", 12 * GIB),
        ("ram", 16 * GIB - system_bytes(CARD_MACHINE.system, 16 * GIB)),
    ]


async def test_a_model_is_sized_as_it_is_loaded(tmp_path: Path) -> None:
    model = on_disk(write_llama(tmp_path / "small.gguf", context=512))
    sized, settings = await size_to_load(model, LoadSettings(context=100_000, batch=64))
    assert (settings.context, settings.batch) == (512, 64)
    assert sized.footprint is not None
    assert sized.footprint.source == "engine"
    assert engines() == []


async def test_split_model_is_sized_with_its_part_on_the_card(
    without_engine: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = msgspec.structs.replace(CARD_MACHINE, ram_bytes=64 * GIB, memory_limit_bytes=64 * GIB)
    reading = machines.reading(64 * GIB, 60 * GIB, machines.card(0))
    monkeypatch.setattr(sizing, "detect_machine", lambda: machine)
    monkeypatch.setattr(sizing, "take_reading", lambda _machine: reading)
    monkeypatch.setattr(Sizer, "gpu_offload", True)
    large, small = published("Qwen3-32B"), published("gemma-3-270m-it")
    assert large.shape is not None
    sized, settings = await size_to_load(large, SETTINGS)
    assert 0 < settings.gpu_layers < large.shape.layers
    assert sized == Sizer(None).known_size(large, settings)
    # AND what goes there whole, or cannot go there, is loaded by the settings as they are
    assert (await size_to_load(small, SETTINGS))[1] == SETTINGS
    monkeypatch.setattr(Sizer, "gpu_offload", False)
    assert (await size_to_load(large, SETTINGS))[1] == SETTINGS


def test_a_reading_is_of_this_machine_as_it_is_now() -> None:
    machine = detect_machine()
    memory = take_reading(machine).memory.value
    assert memory is not None
    assert 0 < memory.available_bytes <= memory.total_bytes
    assert memory.total_bytes == pytest.approx(machine.ram_bytes, rel=0.5)
