"""Verdicts, and the pools, footprints and speeds behind each."""

from enum import Enum
from typing import Literal

import msgspec

from tui.engine.footprint import Footprint
from tui.engine.options import KvType
from tui.sentences import Reason, reason


class Verdict(Enum):
    """Answer to whether a model runs here; the manual has the table (docs/verdicts.md)."""

    FITS = "fits"
    TIGHT = "tight"
    SPLIT = "split"
    ELSEWHERE = "elsewhere"
    """It runs at another place, so this machine's memory says nothing of it."""
    TOO_BIG = "too big"
    NO_CHAT = "no chat"
    """The file is something else than a model that writes text; the reason says what."""
    UNKNOWN = "unknown"
    """The file cannot be read or its architecture cannot be sized; the reason says which."""

    @property
    def is_sized(self) -> bool:
        """True when it says something about the memory that a model takes."""
        return self not in (Verdict.NO_CHAT, Verdict.UNKNOWN)


class GpuShare(msgspec.Struct, frozen=True):
    """The part of the memory shared with the processor that a GPU can use, in bytes.

    It consists of a part set aside by the firmware, which no program sees as RAM, and of RAM that it may
    borrow.
    """

    device: str
    """Short name of the GPU: `Radeon 780M`."""
    capacity_bytes: int
    """Both parts together."""
    aside_bytes: int
    """The part set aside; the pool's capacity contains it."""
    aside_free_bytes: int
    borrow_free_bytes: int
    """RAM that its driver still lets it borrow, whether or not that much is free."""
    reserve_bytes: int


class Pool(msgspec.Struct, frozen=True):
    """A memory that a model can live in, in bytes."""

    name: Reason
    """Its name for a person: `RAM`, `VRAM of RTX 4070`, `unified memory`."""
    kind: Literal["vram", "unified", "ram"]
    capacity_bytes: int
    """The real ceiling."""
    free_bytes: int
    """Memory that a new process could take now; what the loaded model will give back counts as free."""
    reserve_bytes: int
    """Kept for the system."""
    device: str = ""
    """Short name of the card that has this memory: `RTX 4070`; empty for RAM."""
    device_index: int | None = None
    """Index of the card among the machine's GPUs."""
    unused: str = ""
    """Short name of a card that the engine's build cannot use; empty for none."""
    free_known: bool = True
    """False where nobody can read how much of it is in use; `free_bytes` is then its capacity."""
    share: GpuShare | None = None
    """The part of unified memory that its GPU can use; None where that is all of it."""
    cards: int = 1
    """Number of cards whose memory it is."""
    is_idle: bool = False
    """True on a machine that is not here: what is free there is all that its system leaves to others."""
    together: "Pool | None" = None
    """The memory of all cards of its maker, for a model that one alone does not hold; None for one card."""

    @property
    def room_now_bytes(self) -> int:
        """Bytes that a model may take now: what is free less the reserve; may be negative."""
        return self.free_bytes - self.reserve_bytes

    @property
    def room_idle_bytes(self) -> int:
        """Bytes that a model may take while nothing else runs."""
        return self.capacity_bytes - self.reserve_bytes

    @property
    def gpu_room_bytes(self) -> int:
        """Bytes that a model may take now of the memory that a GPU can use."""
        return gpu_part(self).room_now_bytes if self.share else self.room_now_bytes


def gpu_part(pool: Pool) -> Pool:
    """Return the part of unified memory that its GPU can use; no more of it is free than of all."""
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
        is_idle=pool.is_idle,
    )


def ram_part(pool: Pool) -> Pool:
    """Return the part of unified memory that programs see as RAM, as a pool."""
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
    """Speed of a model in tokens per second, or the reason why there is none."""

    value: float | None
    source: Literal["measured", "estimated"] | None
    """`measured` when this model ran on this machine with such settings; None without a value."""
    low: float | None = None
    """Lower end of an estimate's range; equal to `value` when it was measured."""
    high: float | None = None
    """Upper end, in the same way."""
    reason: Reason | None = None
    """Reason why there is no value, or the basis of the estimate."""


class Fit(msgspec.Struct, frozen=True):
    """Verdict on a model for given settings, on a machine as it is now."""

    verdict: Verdict
    reason: Reason
    """Reason, with the figures."""
    footprint: Footprint | None
    """None when the model cannot be sized."""
    pool: Pool | None
    """The memory it would live in; None when it fits nowhere, or is not in this machine's memory."""
    max_context: int | None
    """The largest context that still fits now, in tokens; None when none does or it is unknown."""
    context: int
    kv_type: KvType
    gpu_layers: int | None = None
    """Number of layers on the GPU in a split, from the last; None when all are, or it is not known."""
    cpu_experts: int = 0
    """Number of layers, from the first, whose experts stay in RAM in a split."""
    device_bytes: int = 0
    """Bytes it takes of a card's own memory, or of the part set aside for a GPU."""
    host_bytes: int = 0
    """Bytes it takes of RAM or unified memory, the engine's process included."""
    speed: Speed | None = None
    """Speed of generation; None while nobody has asked."""
    prompt_speed: Speed | None = None
    """Speed of reading a prompt; None while nobody has asked."""
    on_idle_machine: bool = False
    """True on a machine that is not here, with nothing else running there."""
    measured_bytes: int | None = None
    """Highest peak of the engine's process when it ran here with these settings; None for never."""

    @property
    def may_fit(self) -> bool:
        """True where it is tight only because nobody can read how much of its memory is free."""
        return (
            self.verdict is Verdict.TIGHT
            and self.pool is not None
            and not self.pool.free_known
            and self.device_bytes <= self.pool.room_idle_bytes
        )
