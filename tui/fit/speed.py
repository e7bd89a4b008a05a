"""Tokens per second: as they were measured here, or estimated from what a token reads and computes."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec

from tui.engine.options import LoadSettings
from tui.fit import formula
from tui.fit.measured_speed import (
    SPREAD,
    Deviation,
    MeasuredRuns,
    correct_estimate,
    generation_speed,
    prompt_speed,
)
from tui.fit.measurements import Run
from tui.fit.rates import Rates, prompt_token_seconds, rates_of_bandwidth, token_seconds
from tui.fit.verdict import Fit, Speed, Verdict
from tui.hardware.machine import Machine
from tui.models.active_weights import active_bytes_of, prompt_weights_of
from tui.models.model import Model
from tui.sentences import reason

CONTEXT_USED = 512
"""Tokens in the cache that an estimate is for: a short conversation."""
_PROMPT_SPREAD = 0.25
"""The range of an estimate for prompts, to either side: arithmetic varies more with a model than reading."""

_BANDWIDTH_SHARE, _SHARE_LOW, _SHARE_HIGH = 0.65, 0.45, 0.85
"""Of its memory bandwidth, what generation gets on a machine that nobody measured: typical, least, most."""


class _SpeedBasis(NamedTuple):
    """One of the two speeds of a model."""

    measured: float | None
    """Tokens per second, where it ran here."""
    seconds: Callable[[Rates], float | None]
    """What a token should take by some rates."""
    size: int
    """What a token takes of the model: bytes, or weights of a prompt; 0 when it is not known."""
    offs: Sequence[Deviation]
    spread: float
    bounded: bool
    """True where no model is faster than the memory."""


class Speeds:
    """What is known of this machine's speed, ready to be asked about any model."""

    def __init__(self, rates: Rates | None, runs: Sequence[Run] = (), gpu_rates: Rates | None = None) -> None:
        """`rates` are the CPU's, `gpu_rates` a GPU's, None where not calibrated; `runs` are newest first."""
        self.rates, self._gpu_rates = rates, gpu_rates
        self._peaks: dict[tuple[str, str, int, int, str], int] = {}
        for run in runs:
            key = (run.model, run.quant, run.weights_bytes, run.context, run.kv_type)
            self._peaks[key] = max(self._peaks.get(key, 0), run.measured_bytes or 0)
        self._generated, self._read = MeasuredRuns(runs, generation_speed), MeasuredRuns(runs, prompt_speed)
        self._offs = self._generated.deviations(self._generation_of_run)
        self._prompt_offs = self._read.deviations(self._prompt_of_run)

    def measured_bytes(self, model: Model, settings: LoadSettings) -> int | None:
        """The highest peak of the engine's process when this model ran here with these settings.

        A short conversation does not touch every buffer, so that of several runs the largest is the truest.
        """
        key = (model.name, model.quant, model.weights_bytes, settings.context, settings.kv_type)
        return self._peaks.get(key) or None

    def speed(self, model: Model, fit: Fit, settings: LoadSettings) -> Speed:
        """How fast a model generates here, with a short conversation in its context."""
        return self._told(model, fit, self._generation(model, settings, self._offs))

    def prompt_speed(self, model: Model, fit: Fit) -> Speed:
        """How fast a model reads a prompt here."""
        return self._told(model, fit, self._prompt(model, self._prompt_offs))

    def estimate(self, model: Model, settings: LoadSettings) -> Speed | None:
        """What is expected of a model by what others did here, itself left out; None if nothing is known."""
        offs = self._generated.deviations(self._generation_of_run, model)
        return self._estimated(self._generation(model, settings, offs))

    def prompt_estimate(self, model: Model) -> Speed | None:
        """The same for reading a prompt."""
        return self._estimated(self._prompt(model, self._read.deviations(self._prompt_of_run, model)))

    def _told(self, model: Model, fit: Fit, asked: _SpeedBasis) -> Speed:
        if fit.verdict is Verdict.TOO_BIG:
            return Speed(None, None, reason=reason("fit.does_not_run_here"))
        if asked.measured is not None:
            return Speed(
                asked.measured, "measured", asked.measured, asked.measured, reason("fit.measured_here")
            )
        if fit.verdict is Verdict.UNKNOWN:
            return Speed(None, None, reason=reason("fit.does_not_run_here"))
        rates, in_ram = self._rates_in(fit), share_in_ram(model, fit)
        if not asked.size or in_ram is None:
            return Speed(None, None, reason=reason("fit.token_bytes_unknown"))
        seconds = asked.seconds(rates) if rates else None
        if rates is None:
            return Speed(None, None, reason=reason("fit.machine_not_measured"))
        if seconds is None:
            return Speed(None, None, reason=reason("fit.prompts_not_measured"))
        if in_ram > 0 and rates is not self.rates:
            slower = asked.seconds(self.rates) if self.rates else None
            if slower is None:
                return Speed(None, None, reason=reason("fit.machine_not_measured"))
            # One layer after another: what is on the card waits for what is in RAM.
            seconds = seconds * (1 - in_ram) + slower * in_ram
        return _corrected(asked, seconds, rates)

    def _estimated(self, asked: _SpeedBasis) -> Speed | None:
        seconds = asked.seconds(self.rates) if self.rates else None
        return _corrected(asked, seconds, self.rates) if seconds and self.rates else None

    def _rates_in(self, fit: Fit) -> Rates | None:
        kind = fit.pool.kind if fit.pool is not None else "ram"
        if kind == "vram":
            return self._gpu_rates
        # A GPU that shares the memory takes the model, where the build can use it.
        return self._gpu_rates or self.rates if kind == "unified" else self.rates

    def _generation(self, model: Model, settings: LoadSettings, offs: Sequence[Deviation]) -> _SpeedBasis:
        active, shape = active_bytes_of(model) or {}, model.shape

        def seconds(rates: Rates) -> float | None:
            if not active or shape is None:
                return None
            return token_seconds(active, shape.layers, formula.kv_bytes(shape, _short(settings)), rates)

        size = sum(active.values()) if shape is not None else 0
        return _SpeedBasis(self._generated.measured(model), seconds, size, offs, SPREAD, bounded=True)

    def _prompt(self, model: Model, offs: Sequence[Deviation]) -> _SpeedBasis:
        weights, shape = prompt_weights_of(model) or {}, model.shape

        def seconds(rates: Rates) -> float | None:
            return prompt_token_seconds(weights, shape.layers, rates) if weights and shape else None

        size = sum(weights.values()) if shape is not None else 0
        return _SpeedBasis(self._read.measured(model), seconds, size, offs, _PROMPT_SPREAD, bounded=False)

    def _generation_of_run(self, run: Run) -> tuple[int, float] | None:
        if self.rates is None or not run.active_bytes:
            return None
        return sum(run.active_bytes.values()), token_seconds(run.active_bytes, run.layers, 0, self.rates)

    def _prompt_of_run(self, run: Run) -> tuple[int, float] | None:
        if self.rates is None or not run.prompt_weights:
            return None
        seconds = prompt_token_seconds(run.prompt_weights, run.layers, self.rates)
        return (sum(run.prompt_weights.values()), seconds) if seconds else None


def _corrected(asked: _SpeedBasis, seconds: float, rates: Rates) -> Speed:
    ceiling = rates.bandwidth / asked.size if asked.bounded and asked.size else math.inf
    return correct_estimate(1 / seconds, asked.size, asked.offs, ceiling, asked.spread)


class BandwidthSpeeds:
    """How fast models would be on a machine of which only the memory bandwidth is known."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def measured_bytes(self, model: Model, settings: LoadSettings) -> int | None:
        """Nothing was measured there."""
        return None

    def prompt_speed(self, model: Model, fit: Fit) -> Speed:
        """Not known: reading a prompt is arithmetic, of which the memory bandwidth says nothing."""
        return Speed(None, None, reason=reason("fit.prompt_needs_arithmetic"))

    def speed(self, model: Model, fit: Fit, settings: LoadSettings) -> Speed:
        """A wide range: generation gets between half and most of the bandwidth."""
        if fit.verdict in (Verdict.TOO_BIG, Verdict.UNKNOWN):
            return Speed(None, None, reason=reason("fit.does_not_run_there"))
        in_ram, active = share_in_ram(model, fit), active_bytes_of(model)
        if in_ram is None or active is None or model.shape is None:
            return Speed(None, None, reason=reason("fit.token_bytes_unknown"))
        ram = self._machine.memory_bandwidth
        card = self._machine.gpus[0].memory_bandwidth if in_ram < 1 else ram
        if card is None or ram is None:
            return Speed(None, None, reason=reason("fit.bandwidth_unknown"))
        # One part after the other: the bandwidth of both together, as a mean weighted by the time they take.
        bandwidth = 1 / ((1 - in_ram) / card + in_ram / ram)
        kv_bytes = formula.kv_bytes(model.shape, _short(settings))
        least, typical, most = (
            1 / token_seconds(active, model.shape.layers, kv_bytes, rates_of_bandwidth(bandwidth, share))
            for share in (_SHARE_LOW, _BANDWIDTH_SHARE, _SHARE_HIGH)
        )
        return Speed(typical, "estimated", least, most, reason("fit.from_bandwidth"))


def share_in_ram(model: Model, fit: Fit) -> float | None:
    """The part of what a token reads that lies in system memory, 0 to 1; None when it is not known.

    Layers are taken to be alike; of experts in RAM, a token reads only those at work.
    """
    if fit.pool is None or fit.pool.kind != "vram":
        return 1.0
    if fit.verdict is not Verdict.SPLIT:
        return 0.0
    shape = model.shape
    if shape is None or fit.gpu_layers is None:
        return None
    if not fit.cpu_experts:
        return 1 - min(fit.gpu_layers, shape.layers) / shape.layers
    if not shape.active_parameters:
        return None
    # Up, gate and down of each expert at work, in every layer.
    routed = 3 * shape.experts_used * shape.feed_forward * shape.embedding * shape.layers
    return min(1.0, routed / shape.active_parameters) * fit.cpu_experts / shape.layers


def _short(settings: LoadSettings) -> LoadSettings:
    return msgspec.structs.replace(settings, context=min(CONTEXT_USED, settings.context))
