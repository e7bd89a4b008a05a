"""Footprints: asked of the engine once, remembered, and the closed form where it cannot be asked."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import psutil
import pytest
import pytest_asyncio

from tests.gguf_files import Tensor, llama_metadata, llama_tensors, write_gguf, write_llama
from tests.models.stores.trees import llamafile
from tests.waiting import until
from tui.engine.client import Engine
from tui.engine.options import LoadSettings
from tui.engine.protocol import SkippedVocabulary
from tui.fit import dry_runs
from tui.fit.sizing import Sized, Sizer
from tui.models.catalogue.catalogue import load_catalogues
from tui.models.listing import catalogue_model, find_entry
from tui.models.model import Model
from tui.models.model_file import model_file
from tui.services.sentences import sentence
from tui.units import MIB

SETTINGS = LoadSettings(context=512)


def model_of(path: Path) -> Model:
    file = model_file(path, "test")
    return Model(file.name, file.quant, file.weights_bytes, file.shape, file, None)


@pytest.fixture
def model(tmp_path: Path) -> Model:
    return model_of(write_llama(tmp_path / "small.gguf"))


@pytest.fixture
def refused(tmp_path: Path) -> Model:
    """A file that reads well and that the engine refuses all the same."""
    tensors = [tensor for tensor in llama_tensors() if "ffn_up" not in tensor.name]
    return model_of(write_gguf(tmp_path / "gap.gguf", llama_metadata(), [*tensors, Tensor("extra", (32,))]))


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "plans.json"


@pytest_asyncio.fixture
async def sizer(cache: Path) -> AsyncIterator[Sizer]:
    sizer = Sizer("a build", cache)
    yield sizer
    await sizer.close()


@pytest.fixture
def asked_files(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files that the engine is asked about."""
    names: list[str] = []
    plan = Engine.plan

    async def counted(
        self: Engine,
        path: Path,
        settings: LoadSettings,
        skip: SkippedVocabulary | None = None,
        offset: int = 0,
    ) -> object:
        names.append(path.name)
        return await plan(self, path, settings, skip, offset)

    monkeypatch.setattr(Engine, "plan", counted)
    return names


def footprint_of(sized: Sized) -> str | None:
    return sized.footprint.source if sized.footprint else None


async def test_closed_form_is_used_until_the_engine_answers(sizer: Sizer, model: Model) -> None:
    assert footprint_of(sizer.known_size(model, SETTINGS)) == "formula"
    assert sizer.needs_engine(model, SETTINGS)

    sized = await sizer.size(model, SETTINGS)

    assert footprint_of(sized) == "engine"
    assert sizer.known_size(model, SETTINGS) == sized
    assert not sizer.needs_engine(model, SETTINGS)


async def test_each_setting_is_sized_once(sizer: Sizer, model: Model, asked_files: list[str]) -> None:
    longer = LoadSettings(context=1024)
    first = [await sizer.size(model, settings) for settings in (SETTINGS, longer, SETTINGS, longer)]

    assert asked_files == ["small.gguf"] * 2
    assert first[:2] == first[2:]
    assert first[0] != first[1]


async def test_plans_are_remembered_on_the_disk(
    sizer: Sizer, model: Model, cache: Path, asked_files: list[str]
) -> None:
    sized = await sizer.size(model, SETTINGS)
    await sizer.close()
    again = Sizer("a build", cache)

    assert again.known_size(model, SETTINGS) == sized
    assert await again.size(model, SETTINGS) == sized
    assert len(asked_files) == 1
    await again.close()


async def test_whether_the_build_can_use_a_gpu_is_remembered(sizer: Sizer, model: Model, cache: Path) -> None:
    assert sizer.gpu_offload is None

    await sizer.size(model, SETTINGS)
    engine = await Engine.start()
    able = engine.ready.gpu_offload
    await engine.close()

    assert sizer.gpu_offload is able
    await sizer.close()
    # THEN the next start knows at once, and another build has to be asked anew
    assert Sizer("a build", cache).gpu_offload is able
    assert Sizer("another build", cache).gpu_offload is None


@pytest.mark.parametrize("changed", ["build", "file"])
async def test_other_build_or_file_discards_the_plans(
    sizer: Sizer, model: Model, cache: Path, changed: str
) -> None:
    await sizer.size(model, SETTINGS)
    await sizer.close()
    again = Sizer("another build" if changed == "build" else "a build", cache)
    if changed == "file":
        assert model.file is not None
        model = model_of(write_llama(model.file.path, layers=3))

    assert again.needs_engine(model, SETTINGS)
    assert footprint_of(again.known_size(model, SETTINGS)) == "formula"
    await again.close()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"a": 3}', b"\xff\x00", b'{"a": {"footprint": {}}}'])
async def test_corrupt_cache_is_replaced(cache: Path, model: Model, content: bytes) -> None:
    cache.parent.mkdir()
    cache.write_bytes(content)
    sizer = Sizer("a build", cache)

    assert sizer.needs_engine(model, SETTINGS)
    await sizer.size(model, SETTINGS)
    await sizer.close()

    assert not Sizer("a build", cache).needs_engine(model, SETTINGS)


async def test_unwritable_cache_loses_only_the_saved_plans(tmp_path: Path, model: Model) -> None:
    (tmp_path / "file").write_text("in the way")
    sizer = Sizer("a build", tmp_path / "file" / "plans.json")
    sized = await sizer.size(model, SETTINGS)
    await sizer.close()

    assert footprint_of(sized) == "engine"
    assert (tmp_path / "file").read_text() == "in the way"


async def test_a_refusal_has_a_reason_and_is_not_saved(
    sizer: Sizer, model: Model, refused: Model, cache: Path
) -> None:
    size = await sizer.size(refused, SETTINGS)
    await sizer.size(model, SETTINGS)
    await sizer.close()
    again = Sizer("a build", cache)

    assert size.footprint is None
    assert size.reason is not None
    assert "ffn_up" in sentence(size.reason)
    assert again.needs_engine(refused, SETTINGS)
    assert not again.needs_engine(model, SETTINGS)


async def test_header_that_crashes_the_engine_gives_a_reason_and_the_next_model_is_sized(
    sizer: Sizer, tmp_path: Path, model: Model
) -> None:
    # GIVEN a header that our own reader never passes on, as another engine build might fail on
    deadly = write_llama(tmp_path / "deadly.gguf", metadata={"llama.block_count": 10**9})
    file = model.file
    assert file is not None
    bad = msgspec.structs.replace(model, file=msgspec.structs.replace(file, path=deadly))

    size = await sizer.size(bad, SETTINGS)

    assert size.footprint is None
    assert size.reason
    assert footprint_of(await sizer.size(model, SETTINGS)) == "engine"


async def test_closed_form_is_used_without_an_engine(model: Model, asked_files: list[str]) -> None:
    sizer = Sizer(None)

    assert not sizer.needs_engine(model, SETTINGS)
    assert footprint_of(await sizer.size(model, SETTINGS)) == "formula"
    assert asked_files == []
    await sizer.close()


async def test_an_engine_that_does_not_start_leaves_the_closed_form_and_says_why(
    sizer: Sizer, model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "fake" / "llama_cpp").mkdir(parents=True)
    (tmp_path / "fake" / "llama_cpp" / "__init__.py").write_text("raise ImportError")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "fake"))

    sized = await sizer.size(model, SETTINGS)

    assert footprint_of(sized) == "formula"
    assert sizer.problem is not None
    assert "llama-cpp-python" in sentence(sizer.problem)
    assert not sizer.needs_engine(model, SETTINGS)


async def test_a_bad_file_gives_its_own_reason(sizer: Sizer, tmp_path: Path, asked_files: list[str]) -> None:
    empty = tmp_path / "empty.gguf"
    empty.touch()
    model = model_of(empty)

    sized = await sizer.size(model, SETTINGS)

    assert model.file is not None
    assert sized == Sized(None, model.file.error)
    assert "empty" in sentence(sized.reason)
    assert asked_files == []


async def test_a_model_to_download_is_sized_by_the_engine(
    sizer: Sizer, cache: Path, asked_files: list[str]
) -> None:
    # GIVEN a model of the catalogue, and the same one at another quantization
    entry = find_entry(load_catalogues(None), "Llama-3.2-1B-Instruct")
    assert entry is not None
    larger, smaller = catalogue_model(entry, "Q8_0"), catalogue_model(entry, "Q4_K_M")

    sized = [await sizer.size(model, SETTINGS) for model in (larger, smaller, larger)]

    # THEN both have the engine's own size, remembered, with an estimate for the vocabulary that is not here
    assert [footprint_of(result) for result in sized] == ["engine"] * 3
    assert sized[0] == sized[2] != sized[1]
    assert len(asked_files) == 2
    size = sized[0].footprint
    assert size is not None
    assert size.weights_bytes == larger.weights_bytes
    assert 20 * MIB < size.vocabulary_bytes < 60 * MIB
    await sizer.close()
    assert Sizer("a build", cache).known_size(larger, SETTINGS) == sized[0]


async def test_an_architecture_that_no_stub_can_be_made_of_keeps_the_closed_form(
    sizer: Sizer, model: Model, asked_files: list[str]
) -> None:
    assert model.shape is not None
    strange = msgspec.structs.replace(model.shape, architecture="strange")
    remote = msgspec.structs.replace(model, file=None, shape=strange, quant="Q8_0")

    assert footprint_of(await sizer.size(remote, SETTINGS)) == "formula"
    assert not sizer.needs_engine(remote, SETTINGS)
    assert asked_files == []


async def test_a_vocabulary_is_measured_once_for_all_files_that_share_it(
    sizer: Sizer, smollm2: Path, tmp_path: Path, asked_files: list[str]
) -> None:
    # GIVEN two files of one vocabulary
    (tmp_path / "copy.gguf").symlink_to(smollm2)
    first, second = model_of(smollm2), model_of(tmp_path / "copy.gguf")
    quick = await sizer.size_quickly(second, SETTINGS)
    assert sizer.needs_vocabulary(first)
    assert sizer.needs_vocabulary(second)

    # WHEN one of them is sized wholly
    first_size = await sizer.size(first, SETTINGS)

    # THEN the other one is too, and the estimate it had was near
    assert not sizer.needs_vocabulary(second)
    known_footprint = sizer.known_size(second, SETTINGS).footprint
    assert known_footprint is not None
    assert first_size.footprint is not None
    assert known_footprint.total_bytes == pytest.approx(first_size.footprint.total_bytes, rel=0.002)
    assert known_footprint.vocabulary_bytes == first_size.footprint.vocabulary_bytes
    assert quick.footprint is not None
    assert quick.footprint.total_bytes == pytest.approx(first_size.footprint.total_bytes, rel=0.03)
    assert len(asked_files) == 3


async def test_model_with_an_unreadable_vocabulary_does_not_fit(sizer: Sizer, tmp_path: Path) -> None:
    # GIVEN a file that is in order but for a tokenizer that the engine has never heard of
    metadata = {"tokenizer.ggml.model": "strange", "tokenizer.ggml.tokens": ["a"] * 256}
    path = write_gguf(tmp_path / "odd.gguf", {**llama_metadata(vocabulary=256), **metadata}, llama_tensors())
    model = model_of(path)

    sized = await sizer.size(model, SETTINGS)

    assert sized.footprint is None
    assert sized.reason
    assert sizer.known_size(model, SETTINGS) == sized


async def test_a_model_of_no_known_shape_has_no_size_without_the_engine(sizer: Sizer, model: Model) -> None:
    shapeless = msgspec.structs.replace(model, shape=None, file=None)

    sized = await sizer.size(shapeless, SETTINGS)

    assert sized.footprint is None
    assert sized.reason


async def test_closing_in_the_middle_of_a_question_leaves_no_process(sizer: Sizer, model: Model) -> None:
    earlier_children = {child.pid for child in psutil.Process().children()}
    asking = asyncio.create_task(sizer.size(model, SETTINGS))
    while not {child.pid for child in psutil.Process().children()} - earlier_children:
        await asyncio.sleep(0.005)
    await sizer.close()

    assert {child.pid for child in psutil.Process().children()} <= earlier_children
    await asking


async def test_the_engine_ends_when_it_is_idle(
    sizer: Sizer, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    def children() -> set[int]:
        return {child.pid for child in psutil.Process().children()}

    earlier_children = children()
    monkeypatch.setattr(dry_runs, "_IDLE_SECONDS", 0.2)
    await sizer.size(model, SETTINGS)
    assert children() > earlier_children
    await until(lambda: children() <= earlier_children)


async def test_a_refused_file_of_ollama_says_whose_engine_loads_it(sizer: Sizer, refused: Model) -> None:
    assert refused.file is not None
    file = msgspec.structs.replace(refused.file, found_in="ollama", stored_as="gap:1b")

    sized = await sizer.size(msgspec.structs.replace(refused, file=file), SETTINGS)

    assert sized.reason is not None
    text = sentence(sized.reason)
    assert text.startswith(
        "gap:1b is made for Ollama's own engine (architecture llama). The engine cannot load"
    )
    assert "Use it in Ollama" in text


async def test_a_model_in_a_llamafile_is_sized_by_the_engine_as_the_file_itself(
    sizer: Sizer, tmp_path: Path
) -> None:
    plain = write_llama(tmp_path / "plain.gguf")
    inside = model_of(llamafile(tmp_path / "inside.llamafile", plain.read_bytes()))
    expected = await sizer.size(model_of(plain), SETTINGS)

    sized = await sizer.size(inside, SETTINGS)

    assert inside.source is not None
    assert inside.source.span is not None
    assert sized.footprint is not None
    assert expected.footprint is not None
    assert sized.footprint.source == "engine"
    assert sized.footprint.weights_bytes == expected.footprint.weights_bytes
    assert sized.footprint.vocabulary_bytes == expected.footprint.vocabulary_bytes
