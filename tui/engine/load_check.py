"""Check in the engine's process that a KV cache can fit, before the system stalls on it."""

from tui.engine import process
from tui.engine.options import LoadSettings
from tui.engine.planner import DryRunPlanner
from tui.sentences import ReasonedError, reason
from tui.units import MIB

_MAX_TOKEN_BYTES = MIB
"""More than the KV cache of any published model takes per token; the largest take about half of it."""


class ContextTooLargeError(ReasonedError):
    """The cache and buffers need more than this machine can give now."""


def check_load(path: str, settings: LoadSettings, offset: int = 0) -> None:
    """Compare the memory that a load would allocate on the host with the free memory.

    The system grants memory that it does not have, and ends a process when it is used, so the allocation
    itself never fails. Weights are mapped from the file and are not counted. `offset` is the byte of the file
    where the model starts.

    Raises:
        ContextTooLargeError: it cannot fit.
        llama.EngineError: the file cannot be read.
    """
    free = process.obtainable_bytes()
    if free is None or settings.context * _MAX_TOKEN_BYTES <= free:
        # No model takes that much, so no dry run is needed.
        return
    plan = DryRunPlanner().plan(path, settings, None, offset)
    # Where the engine tells only the sum, it has no weights in it.
    parts = plan.devices
    on_device = sum(part.kv_bytes + part.compute_bytes for part in parts) if parts else plan.device_bytes
    needed = plan.kv_bytes + plan.compute_bytes - on_device
    if needed > free:
        raise ContextTooLargeError(
            reason("engine.context_too_large", context=settings.context, needed=needed, free=free)
        )
