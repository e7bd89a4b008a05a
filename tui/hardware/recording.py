"""Recordings: what a machine's interfaces answered over time, in a folder that people can read and edit.

`recording.json` says what was recorded. Each line of `answers.jsonl` is one look at the machine: `at` in
seconds, and the answers that are not what they were the look before, by question:

    {"at": 1.0, "answers": {"read /proc/stat": {"text": "cpu  …"}, "names /sys": {"names": ["class"]}}}

A question is `read PATH`, `names FOLDER`, `target LINK`, `run COMMAND`, or `ask NAME [arguments]`. An answer
is `text` or `base64`, `names`, `path`, `answer`, or an `errno` with its `error` in words.
"""

import base64
import binascii
import errno
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

import tui
from tui.hardware.interfaces import Argument, Interfaces, Platform
from tui.hardware.scrub import scrubbed
from tui.i18n import _

T = TypeVar("T")
Answer = dict[str, Any]

FORMAT = 1
HEAD_FILE, ANSWERS_FILE = "recording.json", "answers.jsonl"
_ENVIRON = ("container", "KUBERNETES_SERVICE_HOST")
"""The variables that say what a container is; no other is looked at."""


class RecordingError(Exception):
    """A recording that cannot be used; the message names the file, what is wrong and what to do."""


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


def question(kind: str, subject: str, *arguments: Argument) -> str:
    """A question as a recording writes it."""
    return f"{kind} {subject}" + (f" {json.dumps(arguments)}" if arguments else "")


class Recorder:
    """Passes every question on to `interfaces` and notes what it answered."""

    def __init__(self, interfaces: Interfaces) -> None:
        self._interfaces = interfaces
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
            question("read", path), lambda: self._interfaces.read(path), self._read_answer(path)
        )

    def names(self, path: str) -> tuple[str, ...]:
        """See `Interfaces`."""
        return self._note(
            question("names", path),
            lambda: self._interfaces.names(path),
            lambda names: {"names": list(names)},
        )

    def target(self, path: str) -> str:
        """See `Interfaces`."""
        return self._note(
            question("target", path), lambda: self._interfaces.target(path), lambda found: {"path": found}
        )

    def run(self, command: tuple[str, ...]) -> bytes:
        """See `Interfaces`."""
        asked = question("run", " ".join(command))
        return self._note(asked, lambda: self._interfaces.run(command), self._read_answer(command[0]))

    def ask(self, name: str, *arguments: Argument) -> Any:
        """See `Interfaces`."""
        return self._note(
            question("ask", name, *arguments),
            lambda: self._interfaces.ask(name, *arguments),
            lambda answer: {"answer": answer},
        )

    def changed(self) -> dict[str, Answer]:
        """The answers that are new since this was asked last."""
        changed, self._changed = self._changed, {}
        return changed

    def _read_answer(self, path: str) -> Callable[[bytes], Answer]:
        return lambda data: written(scrubbed(path, data, self._answers))

    def _note(self, asked: str, answer: Callable[[], T], write: Callable[[T], Answer]) -> T:
        try:
            found = answer()
        except OSError as error:
            self._keep(asked, {"errno": error.errno or errno.EIO, "error": error.strerror or str(error)})
            raise
        self._keep(asked, write(found))
        return found

    def _keep(self, asked: str, answer: Answer) -> None:
        if self._answers.get(asked) != answer:
            self._answers[asked] = self._changed[asked] = answer


def written(data: bytes) -> Answer:
    """Bytes as a recording writes them."""
    try:
        return {"text": data.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode()}


def read_answer(answer: Answer) -> bytes:
    """The bytes of an answer to `read` or `run`.

    Raises:
        ValueError: it holds none.
    """
    if isinstance(text := answer.get("text"), str):
        return text.encode()
    if isinstance(coded := answer.get("base64"), str):
        try:
            return base64.b64decode(coded, validate=True)
        except binascii.Error as error:
            raise ValueError(str(error)) from error
    raise ValueError("it has no text")


class Writer:
    """Writes a recording, look by look; what is written is whole at every moment."""

    def __init__(self, folder: Path, recorder: Recorder, title: str, interval: float) -> None:
        """Make the folder, or use an empty one.

        Raises:
            RecordingError: it holds something already, or cannot be written.
        """
        self._recorder = recorder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if any(folder.iterdir()):
                raise RecordingError(
                    _("{folder} is not empty. Name a folder that is not there yet.").format(folder=folder)
                )
            environ = dict.fromkeys(recorder.environ, "1") | {
                name: value for name, value in recorder.environ.items() if name == "container"
            }
            head = Head(FORMAT, recorder.platform, title, interval, tui.__version__, environ)
            (folder / HEAD_FILE).write_bytes(msgspec.json.format(msgspec.json.encode(head)) + b"\n")
            self._file = (folder / ANSWERS_FILE).open("wb")
        except OSError as error:
            raise RecordingError(
                _("{folder} cannot be written: {why}. Name another folder.").format(
                    folder=folder, why=error.strerror or os.strerror(error.errno or errno.EIO)
                )
            ) from error

    def write(self, at: float) -> None:
        """Add what is new since the last look, `at` seconds after the first.

        Raises:
            RecordingError: the disk is full.
        """
        line = {"at": round(at, 3), "answers": self._recorder.changed()}
        try:
            self._file.write(msgspec.json.encode(line) + b"\n")
            self._file.flush()
        except OSError as error:
            raise RecordingError(
                _("The recording cannot go on: {why}.").format(why=error.strerror)
            ) from error

    def close(self) -> None:
        """Close the file."""
        self._file.close()
