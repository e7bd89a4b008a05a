"""A machine that a test writes down: its files, its answers, its clock."""

import errno
from collections.abc import Mapping
from typing import Any

from tui.hardware.interfaces import Platform

Content = str | bytes | OSError


def closed() -> OSError:
    """What a file says that is not open to this user."""
    return PermissionError(errno.EACCES, "Permission denied")


def busy() -> OSError:
    """What a driver says that is busy."""
    return OSError(errno.EBUSY, "Device or resource busy")


def gone() -> OSError:
    """What a file of a device says that has gone while it was open."""
    return OSError(errno.ENODEV, "No such device")


class StandIn:
    """An `Interfaces` over plain values. `files` may be changed at any time; an `OSError` in it is raised.

    `clock_seconds` is the time of its clock; `reads` lists the files that were read.
    """

    def __init__(
        self,
        files: Mapping[str, Content] | None = None,
        platform: Platform = "linux",
        answers: Mapping[str, Any] | None = None,
    ) -> None:
        self.files: dict[str, Content] = dict(files or {})
        self.answers: dict[str, Any] = dict(answers or {})
        self.commands: dict[str, bytes] = {}
        self.targets: dict[str, str] = {}
        self.clock_seconds = 100.0
        self.reads: list[str] = []
        self.questions: list[tuple[Any, ...]] = []
        self._platform: Platform = platform

    @property
    def platform(self) -> Platform:
        return self._platform

    @property
    def environ(self) -> Mapping[str, str]:
        return {}

    def clock(self) -> float:
        return self.clock_seconds

    def read(self, path: str) -> bytes:
        self.reads.append(path)
        content = self.files.get(path, FileNotFoundError(errno.ENOENT, "No such file or directory"))
        if isinstance(content, OSError):
            raise content
        return content.encode() if isinstance(content, str) else content

    def names(self, path: str) -> tuple[str, ...]:
        below = [file[len(path) + 1 :].split("/")[0] for file in self.files if file.startswith(path + "/")]
        if not below:
            raise FileNotFoundError(errno.ENOENT, "No such file or directory")
        return tuple(sorted(set(below)))

    def target(self, path: str) -> str:
        if path not in self.targets:
            raise FileNotFoundError(errno.ENOENT, "No such file or directory")
        return self.targets[path]

    def run(self, command: tuple[str, ...]) -> bytes:
        if command[0] not in self.commands:
            raise FileNotFoundError(errno.ENOENT, "No such file or directory")
        return self.commands[command[0]]

    def ask(self, question: str, *arguments: str | int) -> Any:
        self.questions.append((question, *arguments))
        answer = self.answers.get(question, FileNotFoundError(errno.ENOENT, "No such question"))
        if isinstance(answer, OSError):
            raise answer
        return answer
