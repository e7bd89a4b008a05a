"""What the tests of the command line share."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

NONE_IS_KNOWN = frozenset({"container", "cores", "gpu_layers", "machine.engine"})
"""Keys whose null says "there is none", which is no unknown and has no reason."""


class Result(NamedTuple):
    """How a command ended and what it wrote."""

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
    """Variables that put all that llmtui keeps into a folder."""
    return {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_STATE_HOME": str(home / "state"),
        "COLUMNS": "100",
        "PYTHONUTF8": "1",
    }


def unexplained(value: Any, place: str = "") -> Iterator[str]:
    """Where a null stands without a reason beside it."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from unexplained(item, f"{place}[{index}]")
    if not isinstance(value, dict):
        return
    for key, item in value.items():
        here = f"{place}.{key}".lstrip(".")
        if item is None and not key.endswith(("_reason", "_code")):
            if key not in NONE_IS_KNOWN and here not in NONE_IS_KNOWN and not value.get(f"{key}_reason"):
                yield here
        else:
            yield from unexplained(item, here)
