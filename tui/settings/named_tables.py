"""Tables of the settings that the user names himself: machines and presets."""

from typing import Annotated, Any

import msgspec

from tui.sentences import Reason, reason

GB_EXPECTED = reason("settings.expect_gb", least=1, most=4096)
SYSTEM_EXPECTED = reason("settings.expect_system")

STOPS_MOST = 16
STOP_LETTERS = 200

StopList = Annotated[
    tuple[Annotated[str, msgspec.Meta(min_length=1, max_length=STOP_LETTERS)], ...],
    msgspec.Meta(max_length=STOPS_MOST),
]
"""Texts that end an answer; each is looked for in every piece of it."""


class MachineSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A machine of the user's own, for the question "what if": a table `[machines.NAME]`.

    GB of memory are 2^30 bytes, GB a second are 10^9 bytes, as makers count.
    """

    ram_gb: float
    """System memory in GB that programs can use."""
    gpu: str = ""
    """Name of the GPU, as it should be shown."""
    vram_gb: float | None = None
    """Memory of its own, for a graphics card."""
    shared_gb: float | None = None
    """The most RAM the GPU may use, for one that shares it."""
    unified: bool = False
    """True for Apple Silicon: the GPU shares the RAM, up to the ceiling that Metal puts on its part."""
    cores: int = 4
    """Physical cores of the processor."""
    bandwidth_gbs: float | None = None
    """GB a second of the system's memory."""
    gpu_bandwidth_gbs: float | None = None
    """GB a second of the memory the GPU uses."""


class PresetSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A preset of the user's own: a table `[presets.NAME]`. What it leaves out stays as it is."""

    system: str
    """The system prompt."""
    json_schema: str = ""
    """A JSON schema that the answer has to follow; empty for free text."""
    temperature: float | None = None
    """As in the settings, and so are the others."""
    top_k: int | None = None
    """Keep this many likeliest tokens; 0 keeps all."""
    top_p: float | None = None
    """Keep the likeliest tokens that together have this share of the chance."""
    min_p: float | None = None
    """Keep tokens that have this share of the likeliest one's chance."""
    repeat_penalty: float | None = None
    """1 is off."""
    presence_penalty: float | None = None
    """0 is off."""
    frequency_penalty: float | None = None
    """0 is off."""
    seed: int | None = None
    """-1 for another each time."""
    max_tokens: int | None = None
    """Longest reply, in tokens; 0 for no limit."""
    stop: StopList | None = None
    """Texts that end the answer; an empty list for none."""


def machine_problem(values: dict[str, Any]) -> Reason | None:
    """Return the contradiction between the keys of a machine, or None."""
    shares = "shared_gb" in values or values.get("unified", False)
    if "ram_gb" not in values:
        return reason("settings.no_ram", expected=GB_EXPECTED)
    if "vram_gb" in values and shares:
        return reason("settings.vram_and_shared")
    if not shares and "vram_gb" not in values and ("gpu" in values or "gpu_bandwidth_gbs" in values):
        return reason("settings.gpu_without_memory")
    if values.get("shared_gb", 0) > values["ram_gb"]:
        return reason("settings.shared_above_ram")
    return None


def preset_problem(values: dict[str, Any]) -> Reason | None:
    """Return what a preset lacks, or None."""
    if "system" in values:
        return None
    return reason("settings.no_system", expected=SYSTEM_EXPECTED)
