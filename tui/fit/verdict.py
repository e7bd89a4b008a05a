"""The four verdicts and what stands behind each."""

from enum import Enum
from typing import Literal

import msgspec

from tui.engine.footprint import Footprint
from tui.engine.options import KvType
from tui.sentences import Reason, reason


class Verdict(Enum):
    """Does a model run here: see the table of verdicts in tui/README.md."""

    FITS = "fits"
    TIGHT = "tight"
    SPLIT = "split"
    TOO_BIG = "too big"
    UNKNOWN = "unknown"
    """The file cannot be read or its architecture cannot be sized; the reason says which."""


class GpuShare(msgspec.Struct, frozen=True):
    """What a GPU can use of the memory that it shares with the processor, in bytes.

    What the firmware set aside for it, which no program sees as RAM, and what it may borrow of the RAM.
    """

    device: str
    """The GPU, in short: `Radeon 780M`."""
    capacity_bytes: int
    """Both together."""
    aside_bytes: int
    """What was set aside; the pool's capacity has it, too."""
    aside_free_bytes: int
    borrow_free_bytes: int
    """What its driver still lets it borrow, whether or not that much RAM is free."""
    reserve_bytes: int


class Pool(msgspec.Struct, frozen=True):
    """A memory that a model can live in, in bytes."""

    name: Reason
    """Its name for a person: `RAM`, `VRAM of RTX 4070`, `unified memory`."""
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
    share: GpuShare | None = None
    """Of unified memory, what its GPU can use, where that is not all of it."""
    cards: int = 1
    """How many cards it is the memory of."""
    together: "Pool | None" = None
    """Of a card's memory, that of all cards of its maker, for what one alone does not hold."""

    @property
    def room_now_bytes(self) -> int:
        """What a model may take now: what is free, less the reserve; negative where that is not free."""
        return self.free_bytes - self.reserve_bytes

    @property
    def room_idle_bytes(self) -> int:
        """What a model may take while nothing else runs."""
        return self.capacity_bytes - self.reserve_bytes

    @property
    def gpu_room_bytes(self) -> int:
        """What a model may take now of the memory that a GPU can use."""
        return gpu_part(self).room_now_bytes if self.share else self.room_now_bytes


def gpu_part(pool: Pool) -> Pool:
    """The part of unified memory that its GPU can use, as a pool; the RAM it borrows is free only once."""
    share = pool.share
    if share is None:
        return pool
    ram_free = max(0, pool.free_bytes - share.aside_free_bytes)
    return Pool(
        name=reason("fit.pool_gpu_part", gpu=share.device),
        kind="unified",
        capacity_bytes=share.capacity_bytes,
        free_bytes=share.aside_free_bytes + min(share.borrow_free_bytes, ram_free),
        reserve_bytes=share.reserve_bytes,
        device=share.device,
        free_known=pool.free_known,
    )


def ram_part(pool: Pool) -> Pool:
    """The part of unified memory that programs see as RAM, as a pool."""
    share = pool.share
    if share is None:
        return pool
    return msgspec.structs.replace(
        pool,
        name=reason("fit.pool_ram"),
        capacity_bytes=pool.capacity_bytes - share.aside_bytes,
        free_bytes=max(0, pool.free_bytes - share.aside_free_bytes),
        share=None,
    )


class Speed(msgspec.Struct, frozen=True):
    """How fast a model generates or reads, in tokens per second, or why that cannot be told."""

    value: float | None
    source: Literal["measured", "estimated"] | None
    """`measured` when this model ran on this machine with such settings; None without a value."""
    low: float | None = None
    """An estimate is a range; equal to `value` when it was measured."""
    high: float | None = None
    reason: Reason | None = None
    """Why there is no value, or what the estimate rests on."""


class Fit(msgspec.Struct, frozen=True):
    """Whether and where a model runs, for given settings, on a machine as it is now."""

    verdict: Verdict
    reason: Reason
    """Why, with the figures."""
    footprint: Footprint | None
    """None when the model cannot be sized."""
    pool: Pool | None
    """Where it would live; None when it fits nowhere."""
    max_context: int | None
    """The largest context that still fits now, in tokens; None when none does or it is unknown."""
    context: int
    kv_type: KvType
    gpu_layers: int | None = None
    """In a split, layers of the model on the GPU, from the last; None when all are, or it is not known."""
    cpu_experts: int = 0
    """In a split, layers, from the first, whose experts stay in RAM."""
    device_bytes: int = 0
    """What it takes of a card's own memory, or of what was set aside for a GPU."""
    host_bytes: int = 0
    """What it takes of RAM or unified memory, the engine's process included."""
    speed: Speed | None = None
    """Generating; None while nobody has asked."""
    prompt_speed: Speed | None = None
    """Reading a prompt; None while nobody has asked."""
    measured_bytes: int | None = None
    """Highest peak of the engine's process when it ran here with these settings; None for never."""

    @property
    def may_fit(self) -> bool:
        """True where it is tight as long as nobody can read how much of its memory is free."""
        return (
            self.verdict is Verdict.TIGHT
            and self.pool is not None
            and not self.pool.free_known
            and self.device_bytes <= self.pool.room_idle_bytes
        )
