"""Measures a machine in a few seconds: its memory, and small made-up models of each common tensor type."""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from tui.engine.client import Engine
from tui.engine.protocol import LoadSettings, SkippedVocabulary
from tui.fit.rates import LARGE_BYTES, SMALL_BYTES, Rates
from tui.models.model import Shape
from tui.models.quantize import TypedTensor
from tui.models.stub import write_sparse
from tui.models.stub_keys import shape_keys
from tui.models.tensors import tensors

TYPES = ("Q4_K", "Q6_K", "Q8_0", "Q5_K", "F16", "Q4_0", "Q3_K")
"""The types that nearly all published files are made of, the commonest first."""
_SECONDS = 0.4
"""Generating with each of them."""
_CONTEXT = 512


class _Probe(NamedTuple):
    """A made-up model: its shape and the one type of its matrices."""

    shape: Shape
    type: str

    def tensors(self) -> list[TypedTensor]:
        """Norms stay in F32, as in any file."""
        return [
            TypedTensor(tensor.name, tensor.dims, self.type if len(tensor.dims) > 1 else "F32")
            for tensor in tensors(self.shape)
        ]

    @property
    def size_bytes(self) -> int:
        """What its weights take, all of which are read for each token."""
        return sum(tensor.size_bytes for tensor in self.tensors())


async def calibrate(threads: int, gpu_layers: int, on_step: Callable[[float], None] | None = None) -> Rates:
    """Measure this machine with an engine process of its own; takes five to ten seconds.

    `on_step` is told how far it is, from 0 to 1.

    Raises:
        EngineFailure: the engine is not installed, or failed.
        OSError: the made-up models cannot be written.
    """
    small, deep = _wide("Q8_0", SMALL_BYTES), _deep()
    probes = [small, deep, *(_wide(name, LARGE_BYTES) for name in TYPES)]
    settings = LoadSettings(context=_CONTEXT, threads=threads, gpu_layers=gpu_layers)
    times: list[float] = []
    engine = await Engine.start()
    try:
        bandwidth = await engine.bandwidth(threads)
        with tempfile.TemporaryDirectory(prefix="llmtui-") as folder:
            for number, probe in enumerate(probes):
                if on_step is not None:
                    on_step(number / len(probes))
                times.append(await _time(engine, Path(folder) / "made-up.gguf", probe, settings))
    finally:
        await engine.close()
    return solve(bandwidth, list(zip(probes, times, strict=True)))


def solve(bandwidth: float, timed: Sequence[tuple[_Probe, float]]) -> Rates:
    """Seconds per byte and per layer from the time that each made-up model took for a token.

    The first two are small ones of the same type, one wide and one deep: what the deep one takes longer are
    its layers. Set beside the large one of their type, they tell what a cache does for a small model.
    """
    (small, small_time), (deep, deep_time), *large = timed
    # small: layers × l + bytes × b; deep: the same with its own; two equations, two unknowns.
    size, other = small.size_bytes, deep.size_bytes
    layers = deep.shape.layers - small.shape.layers * other / size
    layer = max(0.0, (deep_time - small_time * other / size) / layers)
    rates = {
        probe.type: max(0.0, time - layer * probe.shape.layers) / probe.size_bytes for probe, time in large
    }
    cached = (small_time - layer * small.shape.layers) / size / rates[small.type]
    return Rates(
        # The probe of the memory reads what a cache may hold in part: a large model cannot.
        bandwidth=max(bandwidth, *(1 / rate for rate in rates.values())),
        type_seconds=rates,
        layer_seconds=layer,
        small_share=min(1.0, cached),
    )


async def _time(engine: Engine, path: Path, probe: _Probe, settings: LoadSettings) -> float:
    write_sparse(path, shape_keys(probe.shape), probe.tensors())
    skip = SkippedVocabulary(probe.shape.architecture, probe.shape.vocabulary)
    return (await engine.time(path, settings, skip, _SECONDS)).token_seconds


def _wide(kind: str, size_bytes: int) -> _Probe:
    """Layers as wide as those of a 1B model, as many as come nearest to a size."""

    def probe(layers: int) -> _Probe:
        return _Probe(_llama(layers, embedding=2048, feed_forward=8192, heads=32, kv_heads=8), kind)

    one, two = probe(1).size_bytes, probe(2).size_bytes
    return probe(max(1, 1 + round((size_bytes - one) / (two - one))))


def _deep() -> _Probe:
    """Many narrow layers, as in a model of 0.1B."""
    return _Probe(_llama(30, embedding=576, feed_forward=1536, heads=9, kv_heads=3), "Q8_0")


def _llama(layers: int, embedding: int, feed_forward: int, heads: int, kv_heads: int) -> Shape:
    return Shape(
        architecture="llama",
        layers=layers,
        embedding=embedding,
        feed_forward=feed_forward,
        heads=heads,
        kv_heads=(kv_heads,) * layers,
        key_length=64,
        value_length=64,
        vocabulary=16_384,
        context_length=_CONTEXT,
        tied_embeddings=True,
    )
