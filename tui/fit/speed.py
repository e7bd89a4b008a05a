"""Tokens per second: as they were measured here, or estimated from the bytes that a token reads."""

import math
import statistics
from collections.abc import Mapping, Sequence

import msgspec

from tui.engine.protocol import LoadSettings
from tui.fit import formula
from tui.fit.history import Run
from tui.fit.rates import Rates, rates_of_bandwidth, token_seconds
from tui.fit.verdict import Fit, Speed, Verdict
from tui.hardware.machine import Machine
from tui.i18n import _
from tui.models.active import active_bytes_of
from tui.models.model import Model

CONTEXT_USED = 512
"""Tokens in the cache that an estimate is for: a short conversation."""
_SPREAD = 0.15
"""An estimate's range to either side: what measured models were off by, mostly less."""
_LEAST_TOKENS = 16
"""Replies shorter than this say little about speed."""
_RECENT = 5
"""Of one model, the newest runs that count."""
_FAR = 6.0
"""A run of a model this many doublings larger or smaller says nothing about another."""

_BANDWIDTH_SHARE, _SHARE_LOW, _SHARE_HIGH = 0.65, 0.45, 0.85
"""Of its memory bandwidth, what generation gets on a machine that nobody measured: typical, least, most."""


class Speeds:
    """What is known of this machine's speed, ready to be asked about any model."""

    def __init__(self, rates: Rates | None, runs: Sequence[Run] = (), gpu_rates: Rates | None = None) -> None:
        """`rates` are the CPU's, `gpu_rates` a GPU's, None where not calibrated; `runs` are newest first."""
        self.rates, self._gpu_rates = rates, gpu_rates
        self._peaks: dict[tuple[str, str, int, int, str], int] = {}
        for run in runs:
            key = (run.model, run.quant, run.weights_bytes, run.context, run.kv_type)
            self._peaks[key] = max(self._peaks.get(key, 0), run.measured_bytes or 0)
        self._runs: dict[tuple[str, str, int], list[Run]] = {}
        for run in runs:
            if run.generation_tps is not None and run.generated_tokens >= _LEAST_TOKENS:
                self._runs.setdefault((run.model, run.quant, run.weights_bytes), []).append(run)
        self._active: dict[str, dict[str, int] | None] = {}
        self._offs = self._learned(self._runs)

    def measured_bytes(self, model: Model, settings: LoadSettings) -> int | None:
        """The highest peak of the engine's process when this model ran here with these settings.

        A short conversation does not touch every buffer, so that of several runs the largest is the truest.
        """
        key = (model.name, model.quant, model.weights_bytes, settings.context, settings.kv_type)
        return self._peaks.get(key) or None

    def speed(self, model: Model, fit: Fit, settings: LoadSettings) -> Speed:
        """How fast a model generates here, with a short conversation in its context."""
        measured = self._measured(model)
        if measured is not None:
            return Speed(measured, "measured", measured, measured, _("measured here"))
        if fit.verdict in (Verdict.TOO_BIG, Verdict.UNKNOWN):
            return Speed(None, None, reason=_("it does not run here"))
        rates = self._rates_in(fit)
        if rates is None:
            return Speed(None, None, reason=_("this machine is not measured yet"))
        seconds = self._estimate(model, settings, rates)
        in_ram = share_in_ram(model, fit)
        if seconds is None or in_ram is None:
            return Speed(None, None, reason=_("what a token reads of it is not known"))
        if in_ram > 0 and rates is not self.rates:
            slower = self._estimate(model, settings, self.rates) if self.rates else None
            if slower is None:
                return Speed(None, None, reason=_("this machine is not measured yet"))
            # One layer after another: what is on the card waits for what is in RAM.
            seconds = seconds * (1 - in_ram) + slower * in_ram
        return self._corrected(model, 1 / seconds, rates, self._offs)

    def estimate(self, model: Model, settings: LoadSettings) -> Speed | None:
        """What is expected of a model by what others did here, itself left out; None if nothing is known."""
        seconds = self._estimate(model, settings, self.rates) if self.rates else None
        others = {key: runs for key, runs in self._runs.items() if key[:2] != (model.name, model.quant)}
        if seconds is None or self.rates is None:
            return None
        return self._corrected(model, 1 / seconds, self.rates, self._learned(others))

    def _rates_in(self, fit: Fit) -> Rates | None:
        kind = fit.pool.kind if fit.pool is not None else "ram"
        if kind == "vram":
            return self._gpu_rates
        # A GPU that shares the memory takes the model, where the build can use it.
        return self._gpu_rates or self.rates if kind == "unified" else self.rates

    def _measured(self, model: Model) -> float | None:
        return _typical(self._runs.get((model.name, model.quant, model.weights_bytes), []))

    def _estimate(self, model: Model, settings: LoadSettings, rates: Rates) -> float | None:
        active = self._active_of(model)
        if active is None or model.shape is None:
            return None
        kv_bytes = formula.kv_bytes(model.shape, _short(settings))
        return token_seconds(active, model.shape.layers, kv_bytes, rates)

    def _active_of(self, model: Model) -> dict[str, int] | None:
        if model.key not in self._active:
            self._active[model.key] = active_bytes_of(model)
        return self._active[model.key]

    def _corrected(
        self, model: Model, estimate: float, rates: Rates, offs: Sequence[tuple[int, float]]
    ) -> Speed:
        """Moved towards what the model of the nearest size that ran here turned out to be."""
        read = sum((self._active_of(model) or {}).values())
        best = estimate
        if offs and read:
            size, off = min(offs, key=lambda one: abs(math.log2(one[0] / read)))
            weight = max(0.0, 1 - abs(math.log2(read / size)) / _FAR)
            best = estimate * off**weight
        ceiling = rates.bandwidth / read if read else math.inf
        best = min(best, ceiling)
        return Speed(best, "estimated", best * (1 - _SPREAD), min(best * (1 + _SPREAD), ceiling))

    def _learned(self, ran: Mapping[tuple[str, str, int], list[Run]]) -> list[tuple[int, float]]:
        """Bytes read per token and measured speed over its estimate, of every model that ran here."""
        offs: list[tuple[int, float]] = []
        for runs in ran.values():
            newest, measured = runs[0], _typical(runs)
            if self.rates is None or not newest.active_bytes or measured is None:
                continue
            estimate = 1 / token_seconds(newest.active_bytes, newest.layers, 0, self.rates)
            offs.append((sum(newest.active_bytes.values()), measured / estimate))
        return offs


def _typical(runs: Sequence[Run]) -> float | None:
    recent = [run.generation_tps for run in runs[:_RECENT] if run.generation_tps]
    return statistics.median(recent) if recent else None


class Elsewhere:
    """How fast models would be on a machine of which only the memory bandwidth is known."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def measured_bytes(self, model: Model, settings: LoadSettings) -> int | None:
        """Nothing was measured there."""
        return None

    def speed(self, model: Model, fit: Fit, settings: LoadSettings) -> Speed:
        """A wide range: generation gets between half and most of the bandwidth."""
        if fit.verdict in (Verdict.TOO_BIG, Verdict.UNKNOWN):
            return Speed(None, None, reason=_("it does not run there"))
        in_ram, active = share_in_ram(model, fit), active_bytes_of(model)
        if in_ram is None or active is None or model.shape is None:
            return Speed(None, None, reason=_("what a token reads of it is not known"))
        ram = self._machine.memory_bandwidth
        card = self._machine.gpus[0].memory_bandwidth if in_ram < 1 else ram
        if card is None or ram is None:
            return Speed(None, None, reason=_("its memory bandwidth is not known"))
        # One part after the other: the bandwidth of both together, as a mean weighted by the time they take.
        bandwidth = 1 / ((1 - in_ram) / card + in_ram / ram)
        kv_bytes = formula.kv_bytes(model.shape, _short(settings))
        least, typical, most = (
            1 / token_seconds(active, model.shape.layers, kv_bytes, rates_of_bandwidth(bandwidth, share))
            for share in (_SHARE_LOW, _BANDWIDTH_SHARE, _SHARE_HIGH)
        )
        return Speed(typical, "estimated", least, most, _("from its memory bandwidth"))


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
