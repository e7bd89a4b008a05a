"""The tables of the settings that the user names himself: machines and presets."""

from typing import Annotated, Any

import msgspec

from tui.i18n import _

GB_EXPECTED = "a number of GB from 1 to 4096"
SYSTEM_EXPECTED = 'a text in quotes: "Answer in one sentence."'

STOPS_EXPECTED = 'a list of up to 16 texts: ["###"]'

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


def machine_problem(given: dict[str, Any]) -> str | None:
    """What is wrong with a machine as a whole, or None."""
    shares = "shared_gb" in given or given.get("unified", False)
    if "ram_gb" not in given:
        return _("has no ram_gb; expected {expected}").format(expected=GB_EXPECTED)
    if "vram_gb" in given and shares:
        return _("has vram_gb beside shared_gb or unified; a GPU has its own memory or shares the RAM")
    if not shares and "vram_gb" not in given and ("gpu" in given or "gpu_bandwidth_gbs" in given):
        return _("has a GPU without memory; add vram_gb, shared_gb or unified = true")
    if given.get("shared_gb", 0) > given["ram_gb"]:
        return _("has more shared_gb than ram_gb; the GPU's part is in the RAM")
    return None


def preset_problem(given: dict[str, Any]) -> str | None:
    """What is wrong with a preset as a whole, or None."""
    if "system" in given:
        return None
    return _("has no system; expected {expected}").format(expected=SYSTEM_EXPECTED)
