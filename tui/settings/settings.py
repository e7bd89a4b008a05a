"""The settings of the user, as one frozen struct."""

from typing import Literal

import msgspec

from tui.settings.named_tables import MachineSettings, PresetSettings, StopList

StoreName = Literal[
    "hugging_face",
    "llama_cpp",
    "ollama",
    "lm_studio",
    "jan",
    "gpt4all",
    "docker",
    "ramalama",
    "local_ai",
    "anything_llm",
    "msty",
]
"""Stores of other programs, by their codes in the table of stores."""
ColumnName = Literal[
    "verdict",
    "quant",
    "share",
    "size",
    "speed",
    "uses",
    "languages",
    "released",
    "parameters",
    "context",
    "max_context",
    "license",
    "disk",
]
"""Columns of the list of models, by their names in the table of columns."""
UNREADABLE_LIMIT_GB = -1.0
"""Value of `download_limit_gb` where the file has a wrong one: nothing is downloaded until it is mended."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Contents of settings.toml. The command line overrides them."""

    folders: tuple[str, ...] = ()
    """Folders or GGUF files to look for models in, besides llmtui's own models folder."""
    skip_stores: tuple[StoreName, ...] = ()
    """Programs whose models are not listed: `hugging_face`, `llama_cpp`, `ollama`, `lm_studio`, `jan`,
    `gpt4all`, `docker`, `ramalama`, `local_ai`, `anything_llm`, `msty`."""
    context: int = 8192
    """Context length, in tokens, that models are sized for and loaded with; `"32k"` is 32768."""
    kv_type: Literal["f16", "q8_0", "q4_0"] = "f16"
    """Type of the KV cache: smaller types take less memory and lose a little quality."""
    theme: str = "llmtui-dark"
    """Name of a theme; the command palette lists them."""
    columns: tuple[ColumnName, ...] = ()
    """Columns of the list of models beside the names, the most wanted first: `verdict`, `quant`, `share` (a
    bar), `size`, `speed`, `uses`, `languages`, `released`, `parameters`, `context`, `max_context`, `license`,
    `disk`; empty for those that fit the width."""
    threads: int = 0
    """Threads the engine uses; 0 for the physical cores."""
    temperature: float | None = None
    """How freely the model chooses its words; 0 for always the likeliest. It and the next seven, when left
    out, are what the model's makers recommend."""
    top_k: int | None = None
    """Keep this many likeliest tokens; 0 keeps all."""
    top_p: float | None = None
    """Keep the likeliest tokens that together have this share of the chance."""
    min_p: float | None = None
    """Keep tokens that have this share of the likeliest one's chance."""
    repeat_penalty: float | None = None
    """Avoid tokens that were there already; 1 is off."""
    presence_penalty: float | None = None
    """Avoid tokens that were there already, however often; 0 is off."""
    frequency_penalty: float | None = None
    """Avoid tokens the more, the more often they were there; 0 is off."""
    seed: int | None = None
    """The same number draws the same answer; -1 for another each time."""
    max_tokens: int = 0
    """Longest reply, in tokens; 0 for no limit."""
    stop: StopList = ()
    """Texts that end an answer, and are no part of it."""
    when_full: Literal["stop", "drop_oldest", "keep_pinned"] = "stop"
    """When the context is full: send nothing, leave out the oldest turns, or those that are not pinned."""
    refresh_seconds: float = 1.0
    """Time between two readings of the gauges."""
    measure_speed: bool = True
    """Measure how fast this machine is, once, at the first quiet moment; it takes about ten seconds."""
    download_limit_gb: float = 0.0
    """Data, in GB, that downloads may take in a calendar month, for a connection that is metered; 0 for no
    limit."""
    keys: dict[str, str] = {}
    """Other keys for actions, by the id that the help shows: `"chat.stop" = "ctrl+x"`."""
    language: str = ""
    """Language of the program and of the presets: `en`, `es`; empty for the system's."""
    preset_language: Literal["", "en", "es"] = ""
    """Language of the presets' system prompts, where it is not that of the program."""
    machines: dict[str, MachineSettings] = {}
    """Machines of your own to judge models for: `[machines.NAME]` with `ram_gb` and what else it has."""
    presets: dict[str, PresetSettings] = {}
    """Presets of your own for the chat: `[presets.NAME]` with `system` and what else it changes."""


SAMPLING_KEYS: dict[str, tuple[float, float, bool]] = {
    "temperature": (0, 5, False),
    "top_k": (0, 1_000_000, True),
    "top_p": (0, 1, False),
    "min_p": (0, 1, False),
    "repeat_penalty": (0.1, 10, False),
    "presence_penalty": (-2, 2, False),
    "frequency_penalty": (-2, 2, False),
    "seed": (-1, 0xFFFF_FFFE, True),
    "max_tokens": (0, 16_777_216, True),
}
"""Sampling settings: the smallest and the largest value, and whether it is a whole number."""
