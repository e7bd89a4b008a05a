"""Restart of the dashboard in another language: what it goes on with, and the new start of the program."""

import logging
import os
import subprocess
import sys
from pathlib import Path

import msgspec

from tui.chat.asking import Asking
from tui.chat.messages import Attachment
from tui.engine.options import LoadSettings
from tui.settings.app_folders import state_folder

log = logging.getLogger(__name__)

_VARIABLE = "LLMTUI_RESTART"
"""Name of the file that a started program goes on from."""
_PREFIX = "restart-"


class Restart(msgspec.Struct, frozen=True):
    """State of the dashboard that the next start takes up."""

    model_key: str = ""
    """Key of the loaded model; empty for none."""
    settings: LoadSettings | None = None
    """Settings that it was loaded with."""
    conversation_id: int | None = None
    """Saved conversation on the screen; None for one without messages."""
    system: str = ""
    """System prompt of a conversation without messages."""
    asking: Asking = Asking()
    """Choices for the answers of a conversation without messages."""
    draft: str = ""
    """Text in the prompt that was not sent."""
    attachments: tuple[Attachment, ...] = ()
    """Attachments in the prompt."""


def leave_for_restart(restart: Restart) -> None:
    """Write the state for the program that is started from this process next.

    Raises:
        OSError: it cannot be written.
    """
    path = state_folder() / f"{_PREFIX}{os.getpid()}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    # The draft is nobody else's business.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.encode(restart))
    os.environ[_VARIABLE] = path.name


def take_restart() -> Restart | None:
    """Return the state that the program before this one left, once; None for an ordinary start."""
    name = os.environ.pop(_VARIABLE, "")
    if not name.startswith(_PREFIX) or Path(name).name != name:
        return None
    path = state_folder() / name
    try:
        restart = msgspec.json.decode(path.read_bytes(), type=Restart)
        path.unlink()
    except (OSError, msgspec.DecodeError) as error:
        log.warning("The state before the restart in %s is lost: %s", path, error)
        return None
    return restart


def start_again() -> int:
    """Start this program anew with the same arguments; return its exit code where this process stays.

    Raises:
        OSError: the program cannot be started.
    """
    command = [sys.executable, *sys.orig_argv[1:]]
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    # On Windows a program in place of this one would leave the shell without one to wait for.
    return subprocess.call(command) if sys.platform == "win32" else os.execv(command[0], command)
