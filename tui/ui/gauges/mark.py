"""Where the highlighted model would take memory, before it is loaded."""

import msgspec


class Mark(msgspec.Struct, frozen=True):
    """A point on a memory bar."""

    after_bytes: int
    """Memory in use once it is loaded: what others hold (`memory_parts(…).others` for RAM, as a load replaces
    the model that is loaded) plus the footprint's part that goes here."""
    label: str
    """Which model, in the list's words."""
    gpu_index: int = 0
    """The card, when the mark is for VRAM."""
