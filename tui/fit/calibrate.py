"""Measures a machine in a few seconds: its memory, and small made-up models of each common tensor type."""

import statistics
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from tui.engine.client import Engine
from tui.engine.options import LoadSettings
from tui.engine.protocol import SkippedVocabulary
from tui.fit.rates import LARGE_BYTES, SMALL_BYTES, Rates
from tui.models.active_weights import prompt_weights
from tui.models.gguf.stub import write_sparse
from tui.models.gguf.stub_metadata import shape_keys
from tui.models.model import Shape
from tui.models.tensors.model_tensors import tensors
from tui.models.tensors.tensor import TypedTensor

TYPES = ("Q4_K", "Q6_K", "Q8_0", "Q5_K", "F16", "Q4_0", "Q3_K")
"""The types that nearly all published files are made of, the commonest first."""
_SECONDS = 0.4
"""Generating with each of them."""
_CONTEXT = 512
_FAR = 2.0
"""No type takes this many times as long a byte as the middle one."""
_MOST_OF_IT = 0.9
"""Of a made-up model's time for a token of a prompt, what its layers may take at most."""
_REPEATS = 2
"""For what was disturbed."""


class Probe(NamedTuple):
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

    @property
    def prompt_weights(self) -> int:
        """What each token of a prompt is multiplied by; all of them are of its type."""
        return sum(prompt_weights(self.tensors(), 0, 0).values())


class ProbeTime(NamedTuple):
    """How long a made-up model takes, in seconds."""

    token: float
    """For a generated token."""
    prompt_token: float
    """For a token of a prompt."""


class Calibration(msgspec.Struct, frozen=True):
    """What was measured of a machine."""

    cpu: Rates
    gpu: Rates | None
    """None where the engine's build cannot use a GPU, or has none to use."""


async def calibrate(threads: int, on_progress: Callable[[float], None] | None = None) -> Calibration:
    """Measure this machine with an engine process of its own; takes five to ten seconds, a GPU as long again.

    `on_step` is told how far it is, from 0 to 1.

    Raises:
        EngineFailure: the engine is not installed, or failed.
        OSError: the made-up models cannot be written.
    """
    engine = await Engine.start()
    try:
        bandwidth = await engine.bandwidth(threads)
        devices = (0, -1) if engine.ready.gpu_offload else (0,)
        measured: list[Rates] = []
        for number, gpu_layers in enumerate(devices):

            def tell(fraction: float, number: int = number) -> None:
                if on_progress is not None:
                    on_progress((number + fraction) / len(devices))

            settings = LoadSettings(context=_CONTEXT, threads=threads, gpu_layers=gpu_layers)
            measured.append(await _measure(engine, bandwidth, settings, tell))
    finally:
        await engine.close()
    return Calibration(measured[0], measured[1] if len(measured) > 1 else None)


async def _measure(
    engine: Engine, bandwidth: float, settings: LoadSettings, tell: Callable[[float], None]
) -> Rates:
    probes = make_probes()
    times: list[ProbeTime] = []
    with tempfile.TemporaryDirectory(prefix="llmtui-") as folder:
        path = Path(folder) / "made-up.gguf"
        for number, probe in enumerate(probes):
            tell(number / len(probes))
            times.append(await _time(engine, path, probe, settings))
        for _again in range(_REPEATS):
            for number in _disturbed(probes, times):
                again = await _time(engine, path, probes[number], settings)
                # Others only ever slow one down, so of each the faster is the truer.
                times[number] = ProbeTime(*map(min, times[number], again))
    return solve_rates(bandwidth, list(zip(probes, times, strict=True)))


def make_probes() -> list[Probe]:
    """The models to time: a small one, a deep one, and a large one of each type."""
    return [_wide("Q8_0", SMALL_BYTES), _deep(), *(_wide(name, LARGE_BYTES) for name in TYPES)]


def _disturbed(probes: Sequence[Probe], times: Sequence[ProbeTime]) -> list[int]:
    """Those that took far longer a byte than the others: another program was at work meanwhile."""
    rates = [time.token / probe.size_bytes for probe, time in zip(probes, times, strict=True)]
    usual = statistics.median(rates)
    return [number for number, rate in enumerate(rates) if rate > _FAR * usual]


def solve_rates(bandwidth: float, timed: Sequence[tuple[Probe, ProbeTime]]) -> Rates:
    """Seconds per byte, weight and layer from the time that each made-up model took for a token.

    The first two are small ones of the same type, one wide and one deep: what the deep one takes longer are
    its layers. Set beside the large one of their type, they tell what a cache does for a small model.
    """
    (small, (small_time, _)), (deep, (deep_time, _)), *large = timed
    # small: layers × l + bytes × b; deep: the same with its own; two equations, two unknowns.
    size, other = small.size_bytes, deep.size_bytes
    layers = deep.shape.layers - small.shape.layers * other / size
    layer = max(0.0, (deep_time - small_time * other / size) / layers)
    rates = {
        probe.type: max(0.0, time.token - layer * probe.shape.layers) / probe.size_bytes
        for probe, time in large
    }
    prompt, prompt_layer = _solve_prompt([(probe, time.prompt_token) for probe, time in timed])
    cached = (small_time - layer * small.shape.layers) / size / rates[small.type]
    return Rates(
        # The probe of the memory reads what a cache may hold in part: a large model cannot.
        bandwidth=max(bandwidth, *(1 / rate for rate in rates.values())),
        type_seconds=rates,
        layer_seconds=layer,
        small_share=min(1.0, cached),
        prompt_seconds=prompt,
        prompt_layer_seconds=prompt_layer,
    )


def _solve_prompt(timed: Sequence[tuple[Probe, float]]) -> tuple[dict[str, float], float]:
    """Seconds per weight, by type, and per layer, for a token of a prompt.

    Here the deep model is set beside the large one of its type: of the small one's single layer little runs.
    """
    _small, (deep, deep_time), *large = timed
    wide, wide_time = next(one for one in large if one[0].type == deep.type)
    share = deep.prompt_weights / wide.prompt_weights
    layer = max(0.0, (deep_time - wide_time * share) / (deep.shape.layers - wide.shape.layers * share))
    # A layer of the deep model cannot take longer than all of it does, nor leave nothing for the weights.
    layer = min(layer, _MOST_OF_IT * min(time / probe.shape.layers for probe, time in timed[1:]))
    seconds = {
        probe.type: (time - layer * probe.shape.layers) / probe.prompt_weights for probe, time in large
    }
    return seconds, layer


async def _time(engine: Engine, path: Path, probe: Probe, settings: LoadSettings) -> ProbeTime:
    write_sparse(path, shape_keys(probe.shape), probe.tensors())
    skip = SkippedVocabulary(probe.shape.architecture, probe.shape.vocabulary)
    timed = await engine.time(path, settings, skip, _SECONDS)
    return ProbeTime(timed.token_seconds, 1 / timed.prompt_tps)


def _wide(kind: str, size_bytes: int) -> Probe:
    """Layers as wide as those of a 1B model, as many as come nearest to a size."""

    def probe(layers: int) -> Probe:
        return Probe(_llama(layers, embedding=2048, feed_forward=8192, heads=32, kv_heads=8), kind)

    one, two = probe(1).size_bytes, probe(2).size_bytes
    return probe(max(1, 1 + round((size_bytes - one) / (two - one))))


def _deep() -> Probe:
    """Many narrow layers, as in a model of 0.1B."""
    return Probe(_llama(30, embedding=576, feed_forward=1536, heads=9, kv_heads=3), "Q8_0")


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
