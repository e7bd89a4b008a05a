"""The four verdicts and what stands behind each."""

from enum import Enum
from typing import Literal

import msgspec

from tui.engine.footprint import Footprint


class Verdict(Enum):
    """Does a model run here: see the table of verdicts in tui/README.md."""

    FITS = "fits"
    TIGHT = "tight"
    SPLIT = "split"
    TOO_BIG = "too big"
    UNKNOWN = "unknown"
    """The file cannot be read or its architecture cannot be sized; the reason says which."""


class Pool(msgspec.Struct, frozen=True):
    """A memory that a model can live in, in bytes."""

    name: str
    """For the screen: `RAM`, `VRAM of RTX 4070`, `unified memory`."""
    kind: Literal["vram", "unified", "ram"]
    capacity_bytes: int
    """The real ceiling."""
    free_bytes: int
    """What a new process could take now; what the loaded model will give back is counted as free."""
    reserve_bytes: int
    """Kept for the system."""
    device: str = ""
    """The card it is the memory of, in short: `RTX 4070`."""
    device_index: int | None = None
    """That card's index among the machine's GPUs."""
    unused: str = ""
    """A card of the machine that the engine's build cannot use, in short."""
    free_known: bool = True
    """False where nobody can read what of it is in use; `free_bytes` is then its capacity."""

    @property
    def room_now_bytes(self) -> int:
        """What a model may take now: what is free, less the reserve; negative where that is not free."""
        return self.free_bytes - self.reserve_bytes

    @property
    def room_idle_bytes(self) -> int:
        """What a model may take while nothing else runs."""
        return self.capacity_bytes - self.reserve_bytes


class Speed(msgspec.Struct, frozen=True):
    """How fast a model generates or reads, in tokens per second, or why that cannot be told."""

    value: float | None
    source: Literal["measured", "estimated"] | None
    """`measured` when this model ran on this machine with such settings; None without a value."""
    low: float | None = None
    """An estimate is a range; equal to `value` when it was measured."""
    high: float | None = None
    reason: str | None = None
    """Why there is no value, or what the estimate rests on."""


class Fit(msgspec.Struct, frozen=True):
    """Whether and where a model runs, for given settings, on a machine as it is now."""

    verdict: Verdict
    reason: str
    """Why, one sentence with the figures."""
    footprint: Footprint | None
    """None when the model cannot be sized."""
    pool: Pool | None
    """Where it would live; None when it fits nowhere."""
    max_context: int | None
    """The largest context that still fits now, in tokens; None when none does or it is unknown."""
    context: int
    kv_type: str
    gpu_layers: int | None = None
    """In a split, layers of the model on the GPU, from the last; None when all are, or it is not known."""
    cpu_experts: int = 0
    """In a split, layers, from the first, whose experts stay in RAM."""
    device_bytes: int = 0
    """What it takes of a card's own memory."""
    host_bytes: int = 0
    """What it takes of RAM or unified memory, the engine's process included."""
    speed: Speed | None = None
    """Generating; None while nobody has asked."""
    prompt_speed: Speed | None = None
    """Reading a prompt; None while nobody has asked."""
    measured_bytes: int | None = None
    """Highest peak of the engine's process when it ran here with these settings; None for never."""
