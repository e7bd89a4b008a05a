"""One look at a machine that is made up, and the folder that ten of them become."""

import errno
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from tui.hardware.interfaces import Argument, Platform
from tui.hardware.recording import recorder as recording
from tui.hardware.recording.recorder import (
    ANSWERS_FILE,
    FORMAT,
    HEAD_FILE,
    RecordedAnswer,
    RecordingHead,
    encode_bytes,
    head_json,
    question_key,
)

Files = dict[str, str | bytes | None]
"""Contents by name; None is closed to this user."""

LOOKS = 10
WORK = (0.0, 0.0, 0.2, 0.8, 1.0, 1.0, 1.0, 0.6, 0.1, 0.0)
"""Share of its work that a machine does at each look: it idles, answers one prompt, and idles again."""
WARMTH = (0.0, 0.0, 0.1, 0.4, 0.7, 0.9, 1.0, 0.9, 0.6, 0.4)
"""Heat follows work, and leaves later."""
HELD = (0.0, 0.0, 0.4, 0.9, 1.0, 1.0, 1.0, 1.0, 0.5, 0.0)
"""Memory is taken while a model loads and given back when it is unloaded."""

_LISTED = (
    "/sys/class",
    "/sys/bus/pci/devices",
    "/sys/fs/cgroup",
    "/sys/devices/system/cpu/cpufreq",
    "/proc/driver/nvidia",
    "/usr/lib/wsl/lib",
)
"""Folders whose content somebody may ask for."""
_GONE = RecordedAnswer(errno=errno.ENOENT, error="No such file or directory")


class Look:
    """What a machine answers at one moment. Paths as in a recording."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.answers: dict[str, RecordedAnswer] = {}
        self._folders: dict[str, set[str]] = {}

    def at_work(self, idle: float, busy: float) -> float:
        """A figure that follows the work."""
        return _between(idle, busy, WORK[self.number])

    def warm(self, idle: float, busy: float) -> float:
        """A temperature."""
        return _between(idle, busy, WARMTH[self.number])

    def held(self, idle: float, busy: float) -> int:
        """Memory in bytes."""
        return int(_between(idle, busy, HELD[self.number]))

    def counted(self, start: int, idle: float, busy: float) -> int:
        """A counter that grows by a figure that follows the work, a second each look."""
        return start + sum(round(_between(idle, busy, WORK[n])) for n in range(1, self.number + 1))

    def files(self, folder: str, content: Mapping[str, str | bytes | None]) -> None:
        """Files by their names below a folder; None is closed to this user. Texts end their line."""
        for name, text in content.items():
            path = f"{folder}/{name}"
            if text is None:
                self._keep("read", path, RecordedAnswer(errno=errno.EACCES, error="Permission denied"))
            elif isinstance(text, bytes):
                self._keep("read", path, encode_bytes(text))
            else:
                ended = text if text.endswith("\n") or not text else f"{text}\n"
                self._keep("read", path, RecordedAnswer(text=ended))

    def link(self, path: str, target: str) -> None:
        """A link, and where it leads in the end."""
        self._keep("target", path, RecordedAnswer(path=target))

    def folder(self, path: str, names: Iterable[str] = ()) -> None:
        """A folder that holds at least these."""
        self._folders.setdefault(path, set()).update(names)

    def command(self, line: str, output: bytes) -> None:
        """What a command prints."""
        self.answers[question_key("run", line)] = encode_bytes(output)

    def ask(self, name: str, *arguments: Argument, answer: Any) -> None:
        """The answer to one of `QUESTIONS`."""
        self.answers[question_key("ask", name, *arguments)] = RecordedAnswer(answer=answer)

    def finished(self) -> dict[str, RecordedAnswer]:
        """All answers, those about folders among them."""
        names = {
            question_key("names", path): RecordedAnswer(names=tuple(sorted(names)))
            for path, names in self._folders.items()
            if path.startswith(_LISTED)
        }
        return dict(sorted((self.answers | names).items()))

    def _keep(self, kind: str, path: str, answer: RecordedAnswer) -> None:
        self.answers[question_key(kind, path)] = answer
        parent, _, name = path.rpartition("/")
        while parent:
            self.folder(parent, (name,))
            parent, _, name = parent.rpartition("/")


class Recorded(msgspec.Struct, frozen=True):
    """A machine that is made up: what it is, and what it answers at a look."""

    title: str
    platform: Platform
    answer: Callable[[Look], None]


def composed(machine: Recorded) -> dict[str, bytes]:
    """The files of its recording, by name."""
    head = RecordingHead(FORMAT, machine.platform, machine.title)
    lines: list[bytes] = []
    previous: dict[str, RecordedAnswer] = {}
    for number in range(LOOKS):
        look = Look(number)
        machine.answer(look)
        current = look.finished()
        current |= {question: _GONE for question in previous if question not in current}
        changed = {
            question: answer for question, answer in current.items() if previous.get(question) != answer
        }
        lines.append(msgspec.json.encode(recording.RecordedSample(float(number), changed)))
        previous = current
    return {
        HEAD_FILE: head_json(head),
        ANSWERS_FILE: b"\n".join(lines) + b"\n",
    }


def write(machine: Recorded, folder: Path) -> None:
    """Its recording, in place of the one that was there."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in composed(machine).items():
        (folder / name).write_bytes(content)


def _between(idle: float, busy: float, share: float) -> float:
    return idle + (busy - idle) * share
