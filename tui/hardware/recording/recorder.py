"""Recordings: what a machine's interfaces answered over time, in a folder that people can read and edit.

`recording.json` says what was recorded. Each line of `answers.jsonl` is one look at the machine: `at` in
seconds, and the answers that are not what they were the look before, by question:

    {"at": 1.0, "answers": {"read /proc/stat": {"text": "cpu  …"}, "names /sys": {"names": ["class"]}}}

A question is `read PATH`, `names FOLDER`, `target LINK`, `run COMMAND`, or `ask NAME [arguments]`. An answer
is `text` or `base64`, `names`, `path`, `answer`, or an `errno` with its `error` in words. It holds until the
next answer to its question; what was first asked later had its first answer before, too.
"""

import base64
import errno
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

import tui
from tui.hardware.interfaces import Argument, Interfaces, Platform
from tui.hardware.recording.scrub import Scrubber
from tui.hardware.system_files import error_text
from tui.sentences import ReasonedError, reason

T = TypeVar("T")

FORMAT = 1
HEAD_FILE, ANSWERS_FILE = "recording.json", "answers.jsonl"
_ENVIRON = ("container", "KUBERNETES_SERVICE_HOST")
"""The variables that say what a container is; no other is looked at."""


class RecordingError(ReasonedError):
    """A recording that cannot be used; its reason names the file, what is wrong and what to do."""


class Head(msgspec.Struct, frozen=True):
    """What was recorded."""

    format: int
    platform: Platform
    title: str
    """What the machine is, for people: `MacBook Pro M1, 8 GB`."""
    interval: float = 1.0
    """Seconds between two looks."""
    llmtui: str = ""
    """The version that recorded it."""
    environ: dict[str, str] = {}


def head_json(head: Head) -> bytes:
    """The content of `recording.json`."""
    return msgspec.json.format(msgspec.json.encode(head)) + b"\n"


class Answer(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What was answered to one question; one of these, with `error` beside `errno`."""

    text: str | None = None
    base64: str | None = None
    """Bytes that are no text."""
    names: tuple[str, ...] | None = None
    path: str | None = None
    answer: Any = msgspec.UNSET
    errno: int | None = None
    error: str = ""


class Look(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One look at the machine, a line of `answers.jsonl`."""

    at: float
    """Seconds since the first look."""
    answers: dict[str, Answer] = {}
    """Those that are not what they were the look before."""


def question(kind: str, subject: str, *arguments: Argument) -> str:
    """A question as a recording writes it."""
    return f"{kind} {subject}" + (f" {json.dumps(arguments)}" if arguments else "")


def written(data: bytes) -> Answer:
    """Bytes as a recording writes them."""
    try:
        return Answer(text=data.decode())
    except UnicodeDecodeError:
        return Answer(base64=base64.b64encode(data).decode())


class Recorder:
    """Passes every question on to `interfaces` and notes what it answered, for one thread."""

    def __init__(self, interfaces: Interfaces) -> None:
        self._interfaces = interfaces
        self._scrub = Scrubber()
        self._answers: dict[str, Answer] = {}
        self._changed: dict[str, Answer] = {}

    @property
    def platform(self) -> Platform:
        """See `Interfaces`."""
        return self._interfaces.platform

    @property
    def environ(self) -> Mapping[str, str]:
        """See `Interfaces`."""
        return {name: value for name, value in self._interfaces.environ.items() if name in _ENVIRON}

    def clock(self) -> float:
        """See `Interfaces`."""
        return self._interfaces.clock()

    def read(self, path: str) -> bytes:
        """See `Interfaces`."""
        return self._note(
            question("read", self._scrub.path(path)),
            lambda: self._interfaces.read(path),
            lambda data: written(self._scrub.data(path, data)),
        )

    def names(self, path: str) -> tuple[str, ...]:
        """See `Interfaces`."""
        return self._note(
            question("names", self._scrub.path(path)),
            lambda: self._interfaces.names(path),
            lambda names: Answer(names=tuple(self._scrub.names(path, names))),
        )

    def target(self, path: str) -> str:
        """See `Interfaces`."""
        return self._note(
            question("target", self._scrub.path(path)),
            lambda: self._interfaces.target(path),
            lambda found: Answer(path=self._scrub.path(found)),
        )

    def run(self, command: tuple[str, ...]) -> bytes:
        """See `Interfaces`."""
        return self._note(
            question("run", " ".join(command)),
            lambda: self._interfaces.run(command),
            lambda data: written(self._scrub.data(command[0], data)),
        )

    def ask(self, name: str, /, *arguments: Argument) -> Any:
        """See `Interfaces`."""
        return self._note(
            question("ask", name, *arguments),
            lambda: self._interfaces.ask(name, *arguments),
            lambda answer: Answer(answer=answer),
        )

    def changed(self) -> dict[str, Answer]:
        """The answers that are new since this was asked last."""
        changed, self._changed = self._changed, {}
        return changed

    def _note(self, asked: str, answer: Callable[[], T], write: Callable[[T], Answer]) -> T:
        try:
            found = answer()
        except OSError as error:
            # Of the system's errors only its own words: the rest may hold a path.
            words = error.strerror or (type(error).__name__ if error.errno else str(error))
            self._keep(asked, Answer(errno=error.errno or errno.EIO, error=words))
            raise
        self._keep(asked, write(found))
        return found

    def _keep(self, asked: str, answer: Answer) -> None:
        if self._answers.get(asked) != answer:
            self._answers[asked] = self._changed[asked] = answer


class Writer:
    """Writes a recording, look by look; what is written is whole at every moment."""

    def __init__(self, folder: Path, recorder: Recorder, title: str, interval: float) -> None:
        """Make the folder, or use an empty one.

        Raises:
            RecordingError: it holds something already, or cannot be written.
        """
        self._recorder = recorder
        self._first: float | None = None
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if any(folder.iterdir()):
                raise RecordingError(reason("hardware.recording_folder_full", folder=str(folder)))
            environ = dict.fromkeys(recorder.environ, "1") | {
                name: value for name, value in recorder.environ.items() if name == "container"
            }
            head = Head(FORMAT, recorder.platform, title, interval, tui.__version__, environ)
            (folder / HEAD_FILE).write_bytes(head_json(head))
            self._file = (folder / ANSWERS_FILE).open("wb")
        except OSError as error:
            raise RecordingError(
                reason("hardware.recording_folder_closed", folder=str(folder), error=error_text(error))
            ) from error

    def write(self) -> None:
        """Add the look that was just taken.

        Raises:
            RecordingError: the disk is full.
        """
        now = self._recorder.clock()
        self._first = now if self._first is None else self._first
        line = Look(round(now - self._first, 3), self._recorder.changed())
        try:
            self._file.write(msgspec.json.encode(line) + b"\n")
            self._file.flush()
        except OSError as error:
            raise RecordingError(reason("hardware.recording_interrupted", error=error_text(error))) from error

    def close(self) -> None:
        """Close the file."""
        self._file.close()
