"""Experts that stay in the host's memory: asked of the engine as its own tools ask it, and the same model."""

import ctypes
import re
from pathlib import Path

import msgspec
import pytest

from tests.engine.requests import ask
from tui.engine.client import Engine
from tui.engine.expert_offload import expert_overrides
from tui.engine.footprint import Footprint
from tui.engine.options import LoadSettings
from tui.engine.protocol import Loaded

pytestmark = pytest.mark.asyncio(loop_scope="module")

ALL = LoadSettings(context=512)
TWO = LoadSettings(context=512, cpu_experts=2)


class Library:
    """Stands in for a ggml that has a buffer type for the CPU."""

    def __init__(self) -> None:
        self.ggml_backend_cpu_buffer_type = ctypes.CFUNCTYPE(ctypes.c_void_p)(lambda: 4096)


def own_parts(footprint: Footprint) -> Footprint:
    """The process moves by some pages from one run to the next."""
    return msgspec.structs.replace(footprint, process_bytes=0, vocabulary_bytes=0)


async def loaded_and_told(path: Path, settings: LoadSettings) -> tuple[Loaded, str]:
    engine = await Engine.start()
    try:
        loaded = await engine.load(path, settings)
        return loaded, (await ask(engine, raw_text="Once upon a time", ignore_end=True)).text
    finally:
        await engine.close()


async def test_expert_offload_changes_no_plan_of_a_build_without_gpu(
    planner: Engine, tiny: dict[str, Path]
) -> None:
    if planner.ready.gpu_offload:
        pytest.skip("this build puts the rest on a GPU")
    plain = await planner.plan(tiny["olmoe"], ALL)
    footprint = await planner.plan(tiny["olmoe"], TWO)

    assert own_parts(footprint) == own_parts(plain)


@pytest.mark.parametrize("name", ["olmoe", "llama"])
async def test_expert_offload_changes_no_answer(tiny: dict[str, Path], name: str) -> None:
    plain, text = await loaded_and_told(tiny[name], ALL)
    footprint, same = await loaded_and_told(tiny[name], TWO)

    assert text
    assert same == text
    assert own_parts(footprint.footprint).weights_bytes == own_parts(plain.footprint).weights_bytes


async def test_pattern_matches_only_the_experts_of_the_first_layers() -> None:
    overrides = expert_overrides(2, [Library()])  # type: ignore[list-item]

    *patterns, end = [item.pattern for item in overrides]
    assert end is None
    assert [item.buffer_type for item in overrides] == [4096, 4096, None]

    def kept(name: str) -> bool:
        return any(re.search(pattern.decode(), name) for pattern in patterns)

    assert kept("blk.0.ffn_down_exps.weight")
    assert kept("blk.1.ffn_gate_up_exps.weight")
    assert kept("blk.1.ffn_up_exps.bias")
    assert not kept("blk.2.ffn_up_exps.weight")
    assert not kept("blk.10.ffn_up_exps.weight")
    assert not kept("blk.0.ffn_up_shexp.weight")
    assert not kept("blk.0.ffn_gate_inp.weight")
    assert not kept("blk.0.attn_q.weight")


async def test_unknown_build_is_reported() -> None:
    with pytest.raises(AttributeError):
        expert_overrides(1, [ctypes.CDLL(None)])
