"""The one interface to the operating system, so that its answers can be recorded.

The rest of the room parses these answers. `LocalInterfaces` asks this machine; a recording stands in for
another one.
"""

import errno
import io
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Protocol

from tui.hardware.questions import QUESTIONS

Platform = Literal["linux", "macos", "windows"]
Argument = str | int

_TIMEOUT_SECONDS = 2.0
"""For a command; a driver that hangs must not hold a reading for longer."""


class Interfaces(Protocol):
    """A machine's files, commands and answers. Paths are absolute, with `/` between their parts."""

    @property
    def platform(self) -> Platform:
        """The system of this machine."""
        ...

    @property
    def environ(self) -> Mapping[str, str]:
        """The environment's variables; a recording keeps only those that say what a container is."""
        ...

    def clock(self) -> float:
        """Return seconds of a clock that never goes back."""
        ...

    def read(self, path: str) -> bytes:
        """Return the content of a small system file.

        Raises:
            OSError: it is missing, not permitted, or the driver behind it does not answer.
        """
        ...

    def names(self, path: str) -> tuple[str, ...]:
        """Return the names in a folder, sorted.

        Raises:
            OSError: it is no folder, or not permitted.
        """
        ...

    def target(self, path: str) -> str:
        """Return the path that a link leads to, every link followed.

        Raises:
            OSError: it leads nowhere.
        """
        ...

    def run(self, command: tuple[str, ...]) -> bytes:
        """Run a command for at most two seconds and return its output.

        Raises:
            OSError: it is not installed, or took too long.
        """
        ...

    def ask(self, question: str, /, *arguments: Argument) -> Any:
        """Return the answer to one of `questions.QUESTIONS`, as plain values that JSON can hold.

        Raises:
            OSError: this system does not answer it.
        """
        ...


class LocalInterfaces:
    """This machine. `root` stands in for the top of its file system, in tests."""

    def __init__(self, root: Path = Path("/"), platform: Platform | None = None) -> None:
        self._root = str(root).rstrip("/")
        self._platform: Platform = platform or local_platform()

    @property
    def platform(self) -> Platform:
        """The system of this machine."""
        return self._platform

    @property
    def environ(self) -> Mapping[str, str]:
        """The environment's variables."""
        return os.environ

    def clock(self) -> float:
        """Return seconds of a clock that never goes back."""
        return time.monotonic()

    def read(self, path: str) -> bytes:
        """See `Interfaces.read`."""
        # Without a buffer: these files are read whole, some of them each second.
        with io.FileIO(self._root + path) as file:
            return file.readall()

    def names(self, path: str) -> tuple[str, ...]:
        """See `Interfaces.names`."""
        with os.scandir(self._root + path) as entries:
            return tuple(sorted(entry.name for entry in entries))

    def target(self, path: str) -> str:
        """See `Interfaces.target`."""
        link = self._root + path
        os.lstat(link)
        target = os.path.realpath(link)
        return target[len(os.path.realpath(self._root)) :] if self._root else target

    def run(self, command: tuple[str, ...]) -> bytes:
        """See `Interfaces.run`."""
        try:
            process = subprocess.run(command, capture_output=True, timeout=_TIMEOUT_SECONDS, check=False)
        except subprocess.SubprocessError as error:
            raise OSError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT)) from error
        return process.stdout

    def ask(self, question: str, /, *arguments: Argument) -> Any:
        """See `Interfaces.ask`."""
        return QUESTIONS[question](*arguments)


def local_platform() -> Platform:
    """Return the platform that this program runs on; what is neither macOS nor Windows is read like Linux."""
    if sys.platform == "darwin":
        return "macos"
    return "windows" if sys.platform == "win32" else "linux"
