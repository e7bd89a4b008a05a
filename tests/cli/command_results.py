"""Results of commands, the keys of their JSON, and an environment of their own."""

import json
from pathlib import Path
from typing import Any, NamedTuple

from tests.docs.json_keys import unexplained_nulls

MODEL = "smollm2-135m-instruct"
"""The real model that the tests answer with."""
FIT_KEYS = {
    "name",
    "path",
    "path_reason",
    "path_reason_code",
    "quant",
    "origin",
    "origin_reason",
    "origin_reason_code",
    "stored_as",
    "stored_as_reason",
    "stored_as_reason_code",
    "sha256",
    "sha256_reason",
    "sha256_reason_code",
    "disk_bytes",
    "disk_bytes_reason",
    "disk_bytes_reason_code",
    "last_loaded",
    "last_loaded_reason",
    "last_loaded_reason_code",
    "own_download",
    "elsewhere",
    "context",
    "kv_type",
    "verdict",
    "reason",
    "reason_code",
    "purpose",
    "purpose_reason",
    "purpose_reason_code",
    "footprint",
    "footprint_reason",
    "footprint_reason_code",
    "pool",
    "pool_reason",
    "pool_reason_code",
    "gpu_layers",
    "gpu_layers_reason",
    "gpu_layers_reason_code",
    "cpu_experts",
    "device_bytes",
    "host_bytes",
    "max_context",
    "max_context_reason",
    "max_context_reason_code",
    "measured_bytes",
    "measured_bytes_reason",
    "measured_bytes_reason_code",
    "tokens_per_second",
    "prompt_tokens_per_second",
}
FIT_KEYS |= {
    f"{key}{ending}"
    for key in (
        *("parameters", "publisher", "use", "languages", "license", "released", "repository"),
        *("active_parameters", "uses", "chosen_for", "thinking", "tools", "commercial_use", "superseded_by"),
        *("sampling", "repositories"),
    )
    for ending in ("", "_reason", "_reason_code")
}
"""Keys of each model in the JSON of `fit`."""
RUN_KEYS = {
    "model",
    "path",
    "path_reason",
    "context",
    "threads",
    "predicted_bytes",
    "predicted_bytes_reason",
    "measured_bytes",
    "measured_bytes_reason",
    "prompt_tokens",
    "prompt_tps",
    "prompt_tps_reason",
    "generated_tokens",
    "generation_tps",
    "generation_tps_reason",
    "ttft_seconds",
    "ttft_seconds_reason",
    "load_seconds",
    "text",
    "text_reason",
    "threads_reason",
}
RUN_KEYS |= {f"{key}_code" for key in RUN_KEYS if key.endswith("_reason")}
"""Keys of the JSON of `run` and `bench`."""


class Result(NamedTuple):
    """Exit code and output of a command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, all of it one JSON document."""
        return json.loads(self.out)

    @property
    def failure(self) -> str:
        """The one line of a failure that the user can act on."""
        assert self.code == 1, self
        (line,) = [line for line in self.err.splitlines() if line.startswith("llmtui: ")]
        assert self.err.endswith(line + "\n")
        assert "Traceback" not in self.err
        return line.removeprefix("llmtui: ")


def own_environment(home: Path) -> dict[str, str]:
    """Return variables that put all files of llmtui into a folder."""
    return {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_STATE_HOME": str(home / "state"),
        "COLUMNS": "100",
        "PYTHONUTF8": "1",
    }


def unexplained(value: Any) -> list[str]:
    """Return the places of nulls without a reason and its code."""
    return sorted(unexplained_nulls(value))
