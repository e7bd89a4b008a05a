"""Dry runs: exact, cheap, independent of what was planned before, and never the end of the dashboard."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gguf_files import Tensor, Typed, llama_metadata, llama_tensors, write_gguf, write_llama
from tui.engine.client import Engine
from tui.engine.failures import EngineFailure
from tui.engine.footprint import Footprint
from tui.engine.options import MAX_CONTEXT, LoadSettings
from tui.engine.protocol import Failed
from tui.services.sentences import sentence, sentences

pytestmark = pytest.mark.asyncio(loop_scope="module")

SETTINGS = LoadSettings(context=2048)
PROCESS_SLACK = 2 << 20


async def failure(engine: Engine, path: Path, settings: LoadSettings = SETTINGS) -> Failed:
    with pytest.raises(EngineFailure) as caught:
        await engine.plan(path, settings)
    assert caught.value.failed.hint
    return caught.value.failed


async def fresh_plan(path: Path, settings: LoadSettings = SETTINGS) -> Footprint:
    engine = await Engine.start()
    try:
        return await engine.plan(path, settings)
    finally:
        await engine.close()


async def test_plan_is_repeatable_and_grows_with_the_context(planner: Engine, smollm2: Path) -> None:
    short = await planner.plan(smollm2, SETTINGS)
    long = await planner.plan(smollm2, LoadSettings(context=8192))
    again = await planner.plan(smollm2, SETTINGS)

    assert short == again
    assert short.source == "engine"
    assert long.kv_bytes == 4 * short.kv_bytes
    assert long.compute_bytes > short.compute_bytes
    assert (long.weights_bytes, long.process_bytes) == (short.weights_bytes, short.process_bytes)


async def test_new_settings_do_not_read_the_file_again(planner: Engine, smollm2: Path) -> None:
    await planner.plan(smollm2, SETTINGS)
    line_count = len(planner.log_lines)
    await planner.plan(smollm2, LoadSettings(context=3072))
    await asyncio.sleep(0)

    assert not any("loaded meta data" in line for line in planner.log_lines[line_count:])


async def test_kv_types_shrink_the_cache_by_their_block_sizes(planner: Engine, smollm2: Path) -> None:
    f16, q8, q4 = [
        (await planner.plan(smollm2, LoadSettings(context=4096, kv_type=kind))).kv_bytes
        for kind in ("f16", "q8_0", "q4_0")
    ]

    assert q8 * 64 == f16 * 34
    assert q4 * 64 == f16 * 18


async def test_plans_in_one_process_equal_those_of_fresh_ones(
    planner: Engine, smollm2: Path, tiny: dict[str, Path], tmp_path: Path
) -> None:
    # GIVEN a process that has planned files with vocabularies large and small
    wide = write_llama(tmp_path / "wide.gguf", vocabulary=50_000, embedding=256)
    files = [smollm2, tiny["gemma3"], wide, smollm2, tiny["mamba"], tiny["llama"]]
    one_process = [await planner.plan(path, SETTINGS) for path in files]

    # WHEN each is planned in a process of its own
    fresh = {path: await fresh_plan(path) for path in set(files)}

    # THEN the model's part is the same, and the process's part nearly so
    for path, plan in zip(files, one_process, strict=True):
        expected_plan = fresh[path]
        assert (plan.weights_bytes, plan.kv_bytes, plan.compute_bytes) == (
            expected_plan.weights_bytes,
            expected_plan.kv_bytes,
            expected_plan.compute_bytes,
        )
        assert abs(plan.process_bytes - expected_plan.process_bytes) <= PROCESS_SLACK, path.name


async def test_replaced_file_of_the_same_name_is_read_again(planner: Engine, tmp_path: Path) -> None:
    path = write_llama(tmp_path / "model.gguf", layers=2)
    first_plan = await planner.plan(path, SETTINGS)
    write_llama(path, layers=4)

    assert (await planner.plan(path, SETTINGS)).kv_bytes == 2 * first_plan.kv_bytes


async def test_path_with_unusual_characters_is_found(planner: Engine, tmp_path: Path) -> None:
    path = write_llama(tmp_path / 'ñ 模型 "$(x)" \n[b].gguf')

    assert (await planner.plan(path, SETTINGS)).weights_bytes > 0


async def test_file_name_with_invalid_unicode_is_refused_with_a_reason(
    planner: Engine, tmp_path: Path
) -> None:
    path = tmp_path / "m\udcff.gguf"

    assert "not valid Unicode" in sentence((await failure(planner, path)).reason)
    assert planner.alive
    assert not planner.busy


@pytest.mark.parametrize("context", [10**9, 1 << 32, (1 << 32) + 512, -1, 0])
async def test_absurd_context_is_refused_with_a_reason(planner: Engine, smollm2: Path, context: int) -> None:
    failed = await failure(planner, smollm2, LoadSettings(context=context))

    assert sentence(failed.reason) == "The engine cannot hold a context of this length."
    assert f"{MAX_CONTEXT:,}" in sentences(failed.reasons)


async def test_quantized_cache_without_flash_attention_names_the_missing_setting(
    planner: Engine, smollm2: Path
) -> None:
    failed = await failure(planner, smollm2, LoadSettings(kv_type="q8_0", flash_attention=False))

    assert "flash attention" in sentence(failed.reason)


async def test_a_kv_type_that_does_not_divide_the_heads_is_named(planner: Engine, tmp_path: Path) -> None:
    path = write_llama(tmp_path / "narrow.gguf", embedding=64, heads=4)

    failed = await failure(planner, path, LoadSettings(context=512, kv_type="q8_0"))

    assert "KV type" in sentence(failed.reason)
    assert "q8_0" in sentence(failed.reason)
    assert "f16" in sentences(failed.reasons)


def cut(length: int) -> Callable[[Path, bytes], None]:
    return lambda path, data: path.write_bytes(data[:length]) and None


BAD_FILES: dict[str, tuple[Callable[[Path, bytes], object], str, str]] = {
    "missing": (lambda path, data: None, "missing", "is not there"),
    "empty": (lambda path, data: path.touch(), "unreadable", "is empty"),
    "folder": (lambda path, data: path.mkdir(), "unreadable", "is a folder"),
    "foreign": (lambda path, data: path.write_bytes(b"PK\x03\x04" * 99), "not_a_model", "not a GGUF file"),
    "short magic": (lambda path, data: path.write_bytes(b"GG"), "not_a_model", "not a GGUF file"),
    "magic only": (lambda path, data: path.write_bytes(b"GGUF"), "unreadable", "cannot load"),
    "cut in the header": (cut(300_000), "unreadable", "cannot load"),
    "cut in the weights": (cut(3_000_000), "unreadable", "incomplete"),
    "bad version": (lambda path, data: path.write_bytes(b"GGUF" + b"\xff" * 60), "unreadable", "cannot load"),
    "link to nothing": (lambda path, data: path.symlink_to(path / "x"), "missing", "is not there"),
}


@pytest.mark.parametrize("name", BAD_FILES)
async def test_file_that_is_no_model_is_refused_with_a_reason(
    planner: Engine, smollm2: Path, tmp_path: Path, name: str
) -> None:
    make, kind, sentence_part = BAD_FILES[name]
    path = tmp_path / "bad.gguf"
    with smollm2.open("rb") as file:
        make(path, file.read(4_000_000))

    planned = await failure(planner, path)
    with pytest.raises(EngineFailure) as caught:
        await planner.load(path, SETTINGS)
    loaded = caught.value.failed

    for failed in (planned, loaded):
        assert failed.kind == kind
        assert sentence_part in sentence(failed.reason)
        assert "bad.gguf" in sentence(failed.reason)
    assert planner.alive


HOSTILE: dict[str, dict[str, object]] = {
    "unknown architecture": {"general.architecture": "no_such_thing"},
    "no blocks": {"llama.block_count": 0},
    "too many blocks": {"llama.block_count": 10**9},
    "no heads": {"llama.attention.head_count": 0},
    "more heads than width": {"llama.attention.head_count": 1000},
    "no kv heads": {"llama.attention.head_count_kv": 3},
    "no width": {"llama.embedding_length": 0},
    "another width": {"llama.embedding_length": 128},
    "negative blocks": {"llama.block_count": Typed("int32", -1)},
    "text for a number": {"llama.block_count": "two"},
    "huge vocabulary": {"llama.vocab_size": (1 << 32) - 1},
    "experts without any": {"llama.expert_count": 8, "llama.expert_used_count": 9},
    "rope of odd width": {"llama.rope.dimension_count": 7},
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_header_fails_and_the_next_plan_works(
    tmp_path: Path, tiny: dict[str, Path], name: str
) -> None:
    bad = write_llama(tmp_path / "hostile.gguf", metadata=HOSTILE[name])
    engine = await Engine.start()
    try:
        failed = await failure(engine, bad)
        if failed.kind == "died":
            assert "ended" in sentence(failed.reason)
            await engine.ended()
            assert not engine.alive
            # THEN the next plan is a fresh process's, and works
            assert (await fresh_plan(tiny["llama"])).weights_bytes > 0
        else:
            assert "hostile.gguf" in sentence(failed.reason)
            # THEN the same process goes on
            assert (await engine.plan(tiny["llama"], SETTINGS)).weights_bytes > 0
    finally:
        await engine.close()


async def test_an_unknown_architecture_is_named(planner: Engine, tmp_path: Path) -> None:
    path = write_llama(tmp_path / "new.gguf", metadata=HOSTILE["unknown architecture"])

    failed = await failure(planner, path)

    assert failed.kind == "not_a_model"
    assert "'no_such_thing'" in sentence(failed.reason)
    assert "newer llama-cpp-python" in sentences(failed.reasons)


async def test_a_tensor_that_is_missing_is_named(planner: Engine, tmp_path: Path) -> None:
    tensors = [tensor for tensor in llama_tensors() if "ffn_up" not in tensor.name]
    path = write_gguf(tmp_path / "gap.gguf", llama_metadata(), [*tensors, Tensor("extra", (32,))])

    assert "ffn_up" in sentence((await failure(planner, path)).reason)
