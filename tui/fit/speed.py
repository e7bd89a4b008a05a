"""Tokens per second, measured on this machine or estimated from the bytes and weights that a token needs."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec

from tui.engine.options import LoadSettings
from tui.fit import formula
from tui.fit.arithmetic import LAYER_SECONDS, gpu_arithmetic, processor_arithmetic
from tui.fit.measured_speed import (
    SPREAD,
    Deviation,
    MeasuredRuns,
    correct_estimate,
    generation_speed,
    prompt_speed,
)
from tui.fit.measurements import Run
from tui.fit.quiet import CERTAIN_SHARE, MIN_SHARE, is_disturbed
from tui.fit.rates import Rates, prompt_token_seconds, rates_of_bandwidth, token_seconds
from tui.fit.verdict import Fit, Speed, Verdict
from tui.hardware.machine import Machine
from tui.models.active_weights import active_bytes_of, prompt_weights_of
from tui.models.model import Model
from tui.sentences import reason

CONTEXT_USED = 512
"""Tokens in the cache that an estimate assumes: a short conversation."""
_PROMPT_SPREAD = 0.25
"""Half the range of an estimate for prompts, as a share: arithmetic varies more by model than reading."""

_DISTURBED, _IMPLAUSIBLE = 0.6, 0.2
"""Parts of the expected speed under which a run that got little CPU time was disturbed, and any run."""

_BANDWIDTH_SHARE, _SHARE_LOW, _SHARE_HIGH = 0.65, 0.45, 0.85
"""Shares of the memory bandwidth that generation gets on an unmeasured machine: typical, least, most."""


class _SpeedBasis(NamedTuple):
    """Facts from which one of the two speeds of a model follows."""

    measured: float | None
    """Tokens per second measured here; None when it never ran."""
    seconds: Callable[[Rates], float | None]
    """Function from rates to the estimated seconds of a token; None where the rates say nothing of it."""
    token_size: int
    """Bytes that a generated token reads, or weights that a token of a prompt needs; 0 when not known."""
    deviations: Sequence[Deviation]
    spread: float
    """Half the range of an estimate, as a share."""
    memory_bound: bool
    """True where no model is faster than the memory."""


class Speeds:
    """Speeds of models on this machine, from its rates and the runs on it."""

    def __init__(self, rates: Rates | None, runs: Sequence[Run] = (), gpu_rates: Rates | None = None) -> None:
        """Take the rates of CPU and GPU, None where not calibrated, and the runs, newest first."""
        self.rates, self._gpu_rates = rates, gpu_rates
        self._peaks: dict[tuple[str, str, int, int, str], int] = {}
        for run in runs:
            key = (run.model, run.quant, run.weights_bytes, run.context, run.kv_type)
            self._peaks[key] = max(self._peaks.get(key, 0), run.measured_bytes or 0)
        runs = self._undisturbed(runs)
        self._replies, self._prompts = MeasuredRuns(runs, generation_speed), MeasuredRuns(runs, prompt_speed)
        self._reply_deviations = self._replies.deviations(self._generation_of_run)
        self._prompt_deviations = self._prompts.deviations(self._prompt_of_run)

    def _undisturbed(self, runs: Sequence[Run]) -> list[Run]:
        """Return the runs that no other program slowed down.

        Runs of older versions do not say how much of the processor they got. They are left out when they are
        far slower than this machine, which only a long conversation is otherwise.
        """
        shares: dict[int, float] = {}
        for run in runs:
            shares[run.threads] = max(shares.get(run.threads, 0.0), run.cpu_share or 0.0)

        def is_sound(run: Run) -> bool:
            expected = self._generation_of_run(run)
            ratio = (run.generation_tps or 0.0) * expected[1] if expected and run.generation_tps else 1.0
            if run.cpu_share is None:
                return ratio > _IMPLAUSIBLE
            if not is_disturbed(run.cpu_share):
                return True
            # Threads may wait for something else on a system that is not known well.
            may_get_more = shares[run.threads] >= MIN_SHARE
            return run.cpu_share >= CERTAIN_SHARE and not may_get_more and ratio > _DISTURBED

        return [run for run in runs if is_sound(run)]

    def measured_bytes(self, model: Model, settings: LoadSettings) -> int | None:
        """Return the highest peak of the engine's process when this model ran here with these settings.

        A short conversation does not touch every buffer, so the largest of several runs is the best figure.
        None when it never ran with them.
        """
        key = (model.name, model.quant, model.weights_bytes, settings.context, settings.kv_type)
        return self._peaks.get(key) or None

    def speed(self, model: Model, fit: Fit, settings: LoadSettings) -> Speed:
        """Return the speed at which a model generates here, with a short conversation in its context."""
        return self._speed(model, fit, self._generation(model, settings, self._reply_deviations))

    def prompt_speed(self, model: Model, fit: Fit) -> Speed:
        """Return the speed at which a model reads a prompt here."""
        return self._speed(model, fit, self._prompt(model, self._prompt_deviations))

    def estimate(self, model: Model, settings: LoadSettings) -> Speed | None:
        """Return the expected speed of a model without its own runs; None on a machine not measured."""
        deviations = self._replies.deviations(self._generation_of_run, model)
        return self._estimate(self._generation(model, settings, deviations))

    def prompt_estimate(self, model: Model) -> Speed | None:
        """Return the expected speed of reading a prompt without its own runs; None when not measured."""
        return self._estimate(self._prompt(model, self._prompts.deviations(self._prompt_of_run, model)))

    def _speed(self, model: Model, fit: Fit, basis: _SpeedBasis) -> Speed:
        if fit.verdict is Verdict.ELSEWHERE:
            return Speed(None, None, reason=reason("fit.speed_elsewhere"))
        if fit.verdict is Verdict.TOO_BIG:
            return Speed(None, None, reason=reason("fit.does_not_run_here"))
        if basis.measured is not None:
            return Speed(
                basis.measured, "measured", basis.measured, basis.measured, reason("fit.measured_here")
            )
        if not fit.verdict.is_sized:
            return Speed(None, None, reason=reason("fit.does_not_run_here"))
        rates, in_ram = self._rates_for(fit), share_in_ram(model, fit)
        if not basis.token_size or in_ram is None:
            return Speed(None, None, reason=reason("fit.token_bytes_unknown"))
        seconds = basis.seconds(rates) if rates else None
        if rates is None:
            return Speed(None, None, reason=reason("fit.machine_not_measured"))
        if seconds is None:
            return Speed(None, None, reason=reason("fit.prompts_not_measured"))
        if in_ram > 0 and rates is not self.rates:
            slower = basis.seconds(self.rates) if self.rates else None
            if slower is None:
                return Speed(None, None, reason=reason("fit.machine_not_measured"))
            # One layer after another: what is on the card waits for what is in RAM.
            seconds = seconds * (1 - in_ram) + slower * in_ram
        return _corrected(basis, seconds, rates)

    def _estimate(self, basis: _SpeedBasis) -> Speed | None:
        seconds = basis.seconds(self.rates) if self.rates else None
        return _corrected(basis, seconds, self.rates) if seconds and self.rates else None

    def _rates_for(self, fit: Fit) -> Rates | None:
        kind = fit.pool.kind if fit.pool is not None else "ram"
        if kind == "vram":
            return self._gpu_rates
        # A GPU that shares the memory takes the model, where the build can use it.
        return self._gpu_rates or self.rates if kind == "unified" else self.rates

    def _generation(
        self, model: Model, settings: LoadSettings, deviations: Sequence[Deviation]
    ) -> _SpeedBasis:
        active, shape = active_bytes_of(model) or {}, model.shape

        def seconds(rates: Rates) -> float | None:
            if not active or shape is None:
                return None
            return token_seconds(active, shape.layers, formula.kv_bytes(shape, _short(settings)), rates)

        size = sum(active.values()) if shape is not None else 0
        return _SpeedBasis(
            self._replies.measured(model), seconds, size, deviations, SPREAD, memory_bound=True
        )

    def _prompt(self, model: Model, deviations: Sequence[Deviation]) -> _SpeedBasis:
        weights, shape = prompt_weights_of(model) or {}, model.shape

        def seconds(rates: Rates) -> float | None:
            return prompt_token_seconds(weights, shape.layers, rates) if weights and shape else None

        size = sum(weights.values()) if shape is not None else 0
        return _SpeedBasis(
            self._prompts.measured(model), seconds, size, deviations, _PROMPT_SPREAD, memory_bound=False
        )

    def _generation_of_run(self, run: Run) -> tuple[int, float] | None:
        if self.rates is None or not run.active_bytes:
            return None
        return sum(run.active_bytes.values()), token_seconds(run.active_bytes, run.layers, 0, self.rates)

    def _prompt_of_run(self, run: Run) -> tuple[int, float] | None:
        if self.rates is None or not run.prompt_weights:
            return None
        seconds = prompt_token_seconds(run.prompt_weights, run.layers, self.rates)
        return (sum(run.prompt_weights.values()), seconds) if seconds else None


def _corrected(basis: _SpeedBasis, seconds: float, rates: Rates) -> Speed:
    ceiling = rates.bandwidth / basis.token_size if basis.memory_bound and basis.token_size else math.inf
    spread = max(basis.spread, rates.spread)
    return correct_estimate(1 / seconds, basis.token_size, basis.deviations, ceiling, spread)


class BandwidthSpeeds:
    """Estimated speeds of models on a machine that is not here: from its memory bandwidth and its class."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def measured_bytes(self, model: Model, settings: LoadSettings) -> int | None:
        """Return None: nothing was measured there."""
        return None

    def prompt_speed(self, model: Model, fit: Fit) -> Speed:
        """Return a wide range, from the class of what reads the prompt there."""
        if fit.verdict is Verdict.ELSEWHERE:
            return Speed(None, None, reason=reason("fit.speed_elsewhere"))
        if fit.verdict in (Verdict.TOO_BIG, Verdict.UNKNOWN):
            return Speed(None, None, reason=reason("fit.does_not_run_there"))
        in_ram, weights, shape = share_in_ram(model, fit), prompt_weights_of(model), model.shape
        if in_ram is None or not weights or shape is None:
            return Speed(None, None, reason=reason("fit.token_bytes_unknown"))
        on_gpu = gpu_arithmetic(self._machine, shape.embedding)
        # Everything that does not lie in a card's own memory.
        with_card = fit.pool is not None and fit.pool.kind == "vram"
        by_processor = in_ram if with_card else float(on_gpu is None)
        if by_processor < 1 and on_gpu is None:
            return Speed(None, None, reason=reason("fit.bandwidth_unknown"))
        processor = processor_arithmetic(self._machine.cpu)
        count = sum(weights.values())

        def tokens_per_second(end: int) -> float:
            seconds = by_processor * count / processor[end]
            if on_gpu is not None:
                on_it = count / on_gpu[end] + shape.layers * LAYER_SECONDS[end]
                seconds += (1 - by_processor) * on_it
            return 1 / seconds

        slowest, typical, fastest = (tokens_per_second(end) for end in range(3))
        return Speed(typical, "estimated", slowest, fastest, reason("fit.from_class"))

    def speed(self, model: Model, fit: Fit, settings: LoadSettings) -> Speed:
        """Return a wide range: generation gets between half and most of the bandwidth."""
        if fit.verdict is Verdict.ELSEWHERE:
            return Speed(None, None, reason=reason("fit.speed_elsewhere"))
        if fit.verdict is Verdict.TOO_BIG or not fit.verdict.is_sized:
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
        slowest, typical, fastest = (
            1 / token_seconds(active, model.shape.layers, kv_bytes, rates_of_bandwidth(bandwidth, share))
            for share in (_SHARE_LOW, _BANDWIDTH_SHARE, _SHARE_HIGH)
        )
        return Speed(typical, "estimated", slowest, fastest, reason("fit.from_bandwidth"))


def share_in_ram(model: Model, fit: Fit) -> float | None:
    """Return the share of the bytes that a token reads which lies in RAM, 0 to 1; None when not known.

    Layers count as alike; of the experts in RAM, a token reads only the active ones.
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
    # Up, gate and down of each active expert, in every layer.
    routed = 3 * shape.experts_used * shape.feed_forward * shape.embedding * shape.layers
    return min(1.0, routed / shape.active_parameters) * fit.cpu_experts / shape.layers


def _short(settings: LoadSettings) -> LoadSettings:
    return msgspec.structs.replace(settings, context=min(CONTEXT_USED, settings.context))
