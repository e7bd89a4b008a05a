"""Refuses a load whose cache could never be had, before the system stalls on it."""

from tui.engine import process
from tui.engine.options import LoadSettings
from tui.engine.planner import DryRunPlanner
from tui.sentences import ReasonedError, reason
from tui.units import MIB

_TOKEN_BYTES_MOST = MIB
"""More than the KV cache of any published model takes per token; the largest take about half of it."""


class ContextTooLargeError(ReasonedError):
    """The cache and buffers need more than this machine can give now."""


def check_load(path: str, settings: LoadSettings) -> None:
    """Compare what a load would allocate on the host with what is free.

    The system grants memory that it does not have and ends somebody when it is used, so a refusal cannot be
    left to the allocation. Weights are mapped from the file and are not counted.

    Raises:
        ContextTooLargeError: it cannot fit.
        llama.EngineError: the file cannot be read.
    """
    free = process.obtainable_bytes()
    if free is None or settings.context * _TOKEN_BYTES_MOST <= free:
        # No model takes that much: the dry run would cost time for nothing.
        return
    plan = DryRunPlanner().plan(path, settings)
    # Where the engine tells only the sum, that is of buffers alone, without weights.
    parts = plan.devices
    elsewhere = sum(part.kv_bytes + part.compute_bytes for part in parts) if parts else plan.device_bytes
    needed = plan.kv_bytes + plan.compute_bytes - elsewhere
    if needed > free:
        raise ContextTooLargeError(
            reason("engine.context_too_large", context=settings.context, needed=needed, free=free)
        )
