"""Recordings: the answers of a machine's interfaces over time, in a folder that people can read and edit.

`recording.json` describes the machine. Each line of `answers.jsonl` is one sample of the machine: `at` in
seconds, and by question the answers that differ from the sample before:

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
from tui.sentences import ReasonedError, reason
from tui.system_errors import system_error

T = TypeVar("T")

FORMAT = 1
HEAD_FILE, ANSWERS_FILE = "recording.json", "answers.jsonl"
_ENVIRON = ("container", "KUBERNETES_SERVICE_HOST")
"""The variables that say what a container is; no other is read."""


class RecordingError(ReasonedError):
    """A recording that cannot be used; its reason names the file, what is wrong and what to do."""


class RecordingHead(msgspec.Struct, frozen=True):
    """The machine that was recorded, and when."""

    format: int
    platform: Platform
    title: str
    """Name of the machine for people: `MacBook Pro M1, 8 GB`."""
    interval: float = 1.0
    """Seconds between two samples."""
    llmtui: str = ""
    """The version that recorded it."""
    environ: dict[str, str] = {}


def head_json(head: RecordingHead) -> bytes:
    """Return the content of `recording.json`."""
    return msgspec.json.format(msgspec.json.encode(head)) + b"\n"


class RecordedAnswer(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The answer to one question: one of these fields, with `error` beside `errno`."""

    text: str | None = None
    base64: str | None = None
    """Bytes that are no text."""
    names: tuple[str, ...] | None = None
    path: str | None = None
    answer: Any = msgspec.UNSET
    errno: int | None = None
    error: str = ""


class RecordedSample(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One sample of the machine, a line of `answers.jsonl`."""

    seconds: float = msgspec.field(name="at")
    """Since the first sample."""
    answers: dict[str, RecordedAnswer] = {}
    """By question, those that differ from the sample before."""


def question_key(kind: str, subject: str, *arguments: Argument) -> str:
    """Return a question as a recording writes it."""
    return f"{kind} {subject}" + (f" {json.dumps(arguments)}" if arguments else "")


def encode_bytes(data: bytes) -> RecordedAnswer:
    """Return bytes as a recording writes them."""
    try:
        return RecordedAnswer(text=data.decode())
    except UnicodeDecodeError:
        return RecordedAnswer(base64=base64.b64encode(data).decode())


class Recorder:
    """Passes every question on to `interfaces` and notes what it answered, for one thread."""

    def __init__(self, interfaces: Interfaces) -> None:
        self._interfaces = interfaces
        self._scrub = Scrubber()
        self._answers: dict[str, RecordedAnswer] = {}
        self._changed: dict[str, RecordedAnswer] = {}

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
            question_key("read", self._scrub.path(path)),
            lambda: self._interfaces.read(path),
            lambda data: encode_bytes(self._scrub.data(path, data)),
        )

    def names(self, path: str) -> tuple[str, ...]:
        """See `Interfaces`."""
        return self._note(
            question_key("names", self._scrub.path(path)),
            lambda: self._interfaces.names(path),
            lambda names: RecordedAnswer(names=tuple(self._scrub.names(path, names))),
        )

    def target(self, path: str) -> str:
        """See `Interfaces`."""
        return self._note(
            question_key("target", self._scrub.path(path)),
            lambda: self._interfaces.target(path),
            lambda target: RecordedAnswer(path=self._scrub.path(target)),
        )

    def run(self, command: tuple[str, ...]) -> bytes:
        """See `Interfaces`."""
        return self._note(
            question_key("run", " ".join(command)),
            lambda: self._interfaces.run(command),
            lambda data: encode_bytes(self._scrub.data(command[0], data)),
        )

    def ask(self, name: str, /, *arguments: Argument) -> Any:
        """See `Interfaces`."""
        return self._note(
            question_key("ask", name, *arguments),
            lambda: self._interfaces.ask(name, *arguments),
            lambda answer: RecordedAnswer(answer=answer),
        )

    def changed(self) -> dict[str, RecordedAnswer]:
        """Return the answers that are new since the last call."""
        changed, self._changed = self._changed, {}
        return changed

    def _note(self, key: str, ask: Callable[[], T], encode: Callable[[T], RecordedAnswer]) -> T:
        try:
            answer = ask()
        except OSError as error:
            # Of the system's errors only its own words: the rest may hold a path.
            text = error.strerror or (type(error).__name__ if error.errno else str(error))
            self._store(key, RecordedAnswer(errno=error.errno or errno.EIO, error=text))
            raise
        self._store(key, encode(answer))
        return answer

    def _store(self, key: str, answer: RecordedAnswer) -> None:
        if self._answers.get(key) != answer:
            self._answers[key] = self._changed[key] = answer


class RecordingWriter:
    """Writes a recording, sample by sample; the file is complete at every moment."""

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
            head = RecordingHead(FORMAT, recorder.platform, title, interval, tui.__version__, environ)
            (folder / HEAD_FILE).write_bytes(head_json(head))
            self._file = (folder / ANSWERS_FILE).open("wb")
        except OSError as error:
            raise RecordingError(
                reason("hardware.recording_folder_closed", folder=str(folder), error=system_error(error))
            ) from error

    def write(self) -> None:
        """Add the sample that was just taken.

        Raises:
            RecordingError: the disk is full.
        """
        time = self._recorder.clock()
        self._first = time if self._first is None else self._first
        line = RecordedSample(round(time - self._first, 3), self._recorder.changed())
        try:
            self._file.write(msgspec.json.encode(line) + b"\n")
            self._file.flush()
        except OSError as error:
            raise RecordingError(
                reason("hardware.recording_interrupted", error=system_error(error))
            ) from error

    def close(self) -> None:
        """Close the file."""
        self._file.close()
