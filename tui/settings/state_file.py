"""Small JSON files of the program's own state: read whole, replaced whole, and never a reason to stop."""

import contextlib
import logging
import os
from pathlib import Path
from typing import Any, TypeVar

import msgspec

log = logging.getLogger(__name__)

_State = TypeVar("_State")


def read_state(path: Path, kind: type[_State]) -> _State | None:
    """Return what a file holds; None where it is missing, or broken, which the log says."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        log.warning("The state in %s is ignored: %s", path, error)
        return None


def write_state(path: Path, state: Any) -> None:
    """Replace a file in one step; where that fails it stays as it is, and the log says so."""
    new_file = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new_file.write_bytes(msgspec.json.encode(state) + b"\n")
        new_file.replace(path)
    except OSError as error:
        log.warning("The state cannot be kept in %s: %s", path, error)
        with contextlib.suppress(OSError):
            new_file.unlink(missing_ok=True)
