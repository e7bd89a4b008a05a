"""Calibration of a machine in a few seconds, by its memory and made-up models of each common tensor type."""

import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec

from tui.engine.client import Engine
from tui.engine.options import LoadSettings
from tui.engine.protocol import Bandwidth, SkippedVocabulary, Timed
from tui.fit.quiet import QuietWatch
from tui.fit.rates import LARGE_BYTES, SMALL_BYTES, Rates
from tui.hardware.machine import Cpu
from tui.models.active_weights import prompt_weights
from tui.models.gguf.stub import write_sparse
from tui.models.gguf.stub_metadata import shape_keys
from tui.models.model import Shape
from tui.models.tensors.model_tensors import tensors
from tui.models.tensors.tensor import TypedTensor

AnyTimed = TypeVar("AnyTimed", Bandwidth, Timed)

TYPES = ("Q4_K", "Q6_K", "Q8_0", "Q5_K", "F16", "Q4_0", "Q3_K")
"""Tensor types of nearly all published files, the commonest first."""
_SECONDS = 0.4
"""Seconds of generation with each made-up model."""
_CONTEXT = 512
"""Tokens of context that the made-up models are loaded with."""
_FAR = 2.0
"""Times the median of seconds per byte past which a measurement counts as disturbed."""
_MAX_LAYER_SHARE = 0.9
"""Largest share of a made-up model's time for a token of a prompt that may count as its layers'."""
_REPEATS = 2
"""Number of times that a disturbed measurement is repeated."""


class Probe(NamedTuple):
    """Made-up model: its shape and the one type of its matrices."""

    shape: Shape
    type: str

    def tensors(self) -> list[TypedTensor]:
        """Return its tensors; norms stay in F32, as in any file."""
        return [
            TypedTensor(tensor.name, tensor.dims, self.type if len(tensor.dims) > 1 else "F32")
            for tensor in tensors(self.shape)
        ]

    @property
    def size_bytes(self) -> int:
        """Bytes of its weights, all of which are read for each token."""
        return sum(tensor.size_bytes for tensor in self.tensors())

    @property
    def prompt_weights(self) -> int:
        """Number of weights that each token of a prompt is multiplied by; all are of its type."""
        return sum(prompt_weights(self.tensors(), 0, 0).values())


class ProbeTime(NamedTuple):
    """Time that a made-up model takes, in seconds."""

    token: float
    """For a generated token."""
    prompt_token: float
    """For a token of a prompt."""


class Calibration(msgspec.Struct, frozen=True):
    """Measured rates of a machine."""

    cpu: Rates
    gpu: Rates | None
    """None where the engine's build cannot use a GPU, or has none to use."""


async def calibrate(
    threads: int,
    cpu: Cpu,
    on_progress: Callable[[float], None] | None = None,
    on_wait: Callable[[float], None] | None = None,
    *,
    even_if_busy: bool = False,
) -> Calibration:
    """Measure this machine with an engine process of its own: five to ten seconds, and as long for a GPU.

    It waits for other programs that are at work, and measures again what they disturbed.

    Args:
        threads: those of generation.
        cpu: the processor.
        on_progress: called with the progress, from 0 to 1.
        on_wait: called with the share of the processor that other programs use, while they are waited for.
        even_if_busy: wait for nobody; the rates say so where others were at work.

    Raises:
        EngineFailure: the engine is not installed, or failed.
        MachineBusyError: other programs were at work all the time.
        OSError: the made-up models cannot be written.
    """
    engine = await Engine.start()
    try:
        watch = QuietWatch(cpu, threads, engine.pid, on_wait, is_patient=not even_if_busy)
        await watch.wait()
        bandwidth = await _undisturbed(watch, lambda: engine.bandwidth(threads))
        devices = (0, -1) if engine.ready.gpu_offload else (0,)
        measured: list[Rates] = []
        for number, gpu_layers in enumerate(devices):

            def report(fraction: float, number: int = number) -> None:
                if on_progress is not None:
                    on_progress((number + fraction) / len(devices))

            settings = LoadSettings(context=_CONTEXT, threads=threads, gpu_layers=gpu_layers)
            measured.append(await _measure(engine, watch, bandwidth.bytes_per_second, settings, report))
    finally:
        await engine.close()
    if watch.disturbed:
        measured = [msgspec.structs.replace(rates, disturbed=True) for rates in measured]
    return Calibration(measured[0], measured[1] if len(measured) > 1 else None)


async def _undisturbed(watch: QuietWatch, measure: Callable[[], Awaitable[AnyTimed]]) -> AnyTimed:
    """Return what `measure` measures while other programs leave the processor to the engine.

    Raises:
        MachineBusyError: they do not.
    """
    while True:
        start = time.monotonic()
        measured = await measure()
        if watch.counts(measured.cpu_share, time.monotonic() - start):
            return measured
        await watch.wait()


async def _measure(
    engine: Engine,
    watch: QuietWatch,
    bandwidth: float,
    settings: LoadSettings,
    report: Callable[[float], None],
) -> Rates:
    probes = make_probes()
    times: list[ProbeTime] = []
    with tempfile.TemporaryDirectory(prefix="llmtui-") as folder:
        path = Path(folder) / "made-up.gguf"
        for number, probe in enumerate(probes):
            report(number / len(probes))
            times.append(await _time(engine, watch, path, probe, settings))
        for _repeat in range(_REPEATS):
            for number in _disturbed(probes, times):
                repeated = await _time(engine, watch, path, probes[number], settings)
                # Other programs only ever slow a model down, so the shorter time is the truer.
                times[number] = ProbeTime(*map(min, times[number], repeated))
    return solve_rates(bandwidth, list(zip(probes, times, strict=True)))


def make_probes() -> list[Probe]:
    """Return the models to time: a small one, a deep one, and a large one of each type."""
    return [_wide("Q8_0", SMALL_BYTES), _deep(), *(_wide(name, LARGE_BYTES) for name in TYPES)]


def _disturbed(probes: Sequence[Probe], times: Sequence[ProbeTime]) -> list[int]:
    """Return the numbers of those that took far longer per byte than most: other programs were at work."""
    rates = [timed.token / probe.size_bytes for probe, timed in zip(probes, times, strict=True)]
    median = statistics.median(rates)
    return [number for number, rate in enumerate(rates) if rate > _FAR * median]


def solve_rates(bandwidth: float, timed: Sequence[tuple[Probe, ProbeTime]]) -> Rates:
    """Return the seconds per byte, weight and layer, from the time of each made-up model for a token.

    The first two are small models of the same type, one wide and one deep: the deep one takes longer because
    of its layers. Compared with the large model of their type, they show the effect of a cache.
    """
    (small, (small_time, _)), (deep, (deep_time, _)), *large = timed
    # small_time = layers × l + bytes × b, and the same for the deep one: two equations, two unknowns.
    size_ratio = deep.size_bytes / small.size_bytes
    layers = deep.shape.layers - small.shape.layers * size_ratio
    layer = max(0.0, (deep_time - small_time * size_ratio) / layers)
    rates = {
        probe.type: max(0.0, time.token - layer * probe.shape.layers) / probe.size_bytes
        for probe, time in large
    }
    prompt, prompt_layer = _solve_prompt([(probe, time.prompt_token) for probe, time in timed])
    cached = (small_time - layer * small.shape.layers) / small.size_bytes / rates[small.type]
    return Rates(
        # The measured bandwidth may be too low; no large model reads faster than the memory.
        bandwidth=max(bandwidth, *(1 / rate for rate in rates.values())),
        type_seconds=rates,
        layer_seconds=layer,
        small_share=min(1.0, cached),
        prompt_seconds=prompt,
        prompt_layer_seconds=prompt_layer,
    )


def _solve_prompt(timed: Sequence[tuple[Probe, float]]) -> tuple[dict[str, float], float]:
    """Return the seconds per weight, by type, and per layer, for a token of a prompt.

    The deep model is compared with the large one of its type, since the small one has a single layer only.
    """
    _small, (deep, deep_time), *large = timed
    wide, wide_time = next((probe, time) for probe, time in large if probe.type == deep.type)
    share = deep.prompt_weights / wide.prompt_weights
    layer = max(0.0, (deep_time - wide_time * share) / (deep.shape.layers - wide.shape.layers * share))
    # A layer cannot take longer than the whole model, nor leave no time for the weights.
    layer = min(layer, _MAX_LAYER_SHARE * min(time / probe.shape.layers for probe, time in timed[1:]))
    seconds = {
        probe.type: (time - layer * probe.shape.layers) / probe.prompt_weights for probe, time in large
    }
    return seconds, layer


async def _time(
    engine: Engine, watch: QuietWatch, path: Path, probe: Probe, settings: LoadSettings
) -> ProbeTime:
    write_sparse(path, shape_keys(probe.shape), probe.tensors())
    skip = SkippedVocabulary(probe.shape.architecture, probe.shape.vocabulary)
    timed = await _undisturbed(watch, lambda: engine.time(path, settings, skip, _SECONDS))
    return ProbeTime(timed.token_seconds, 1 / timed.prompt_tps)


def _wide(type_name: str, size_bytes: int) -> Probe:
    """Return a model of layers as wide as those of a 1B model, as near to a size as whole layers come."""

    def probe(layers: int) -> Probe:
        return Probe(_llama(layers, embedding=2048, feed_forward=8192, heads=32, kv_heads=8), type_name)

    one_layer, two_layers = probe(1).size_bytes, probe(2).size_bytes
    return probe(max(1, 1 + round((size_bytes - one_layer) / (two_layers - one_layer))))


def _deep() -> Probe:
    """Return a model of many narrow layers, like one of 0.1B."""
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
