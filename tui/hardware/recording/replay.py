"""A recording in place of a machine: it gives that machine's answers, at the same pace."""

import base64
import binascii
import errno
import os
import time
from bisect import bisect_right
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from tui.hardware.interfaces import Argument, Platform
from tui.hardware.recording.recorder import (
    ANSWERS_FILE,
    FORMAT,
    HEAD_FILE,
    RecordedAnswer,
    RecordedSample,
    RecordingError,
    RecordingHead,
    question_key,
)
from tui.sentences import Fact, Reason, reason
from tui.system_errors import system_error
from tui.text import clean_line

_LARGEST_FILE = 256 << 20
_MAX_SAMPLES = 100_000
_ANSWERED_BY = {
    "read": ("text", "base64"),
    "run": ("text", "base64"),
    "names": ("names",),
    "target": ("path",),
    "ask": ("answer",),
}
"""Kinds of answer to each kind of question, besides an error."""
_LEAST_INTERVAL = 0.01
_ROUNDING = 1e-9
"""Seconds that a sum of seconds may be too short by."""


class _Format(msgspec.Struct, frozen=True):
    format: int


class Replay:
    """The `Interfaces` of a recorded machine.

    The last sample lasts as long as samples are apart; then the recording starts again.
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` gives seconds; with one that stands still only `forward` goes on.

        Raises:
            RecordingError: the folder holds no recording, or a damaged one.
        """
        self.head = _read_head(folder / HEAD_FILE)
        samples = _read_samples(folder / ANSWERS_FILE)
        self._times = [sample.seconds - samples[0].seconds for sample in samples]
        self._history = _history(samples)
        self._length = self._times[-1] + max(self.head.interval, _LEAST_INTERVAL)
        self._seconds = clock
        self._opened = clock()
        self._skipped = 0.0

    @property
    def title(self) -> Reason:
        """Name of the machine."""
        title = clean_line(self.head.title)
        return (
            reason("hardware.recorded_machine", title=title) if title else reason("hardware.another_machine")
        )

    @property
    def sample_count(self) -> int:
        """The number of samples."""
        return len(self._times)

    @property
    def sample_index(self) -> int:
        """The number of the sample that answers now, from 0."""
        return self._place()[1]

    def forward(self, samples: int = 1) -> None:
        """Skip this many samples; the first follows the last."""
        for _step in range(samples):
            rounds, index = self._place()
            following = self._times[index + 1] if index + 1 < len(self._times) else self._length
            passed = rounds * self._length + following + _ROUNDING
            self._skipped = passed - (self._seconds() - self._opened)

    @property
    def platform(self) -> Platform:
        """The system whose interfaces were recorded."""
        return self.head.platform

    @property
    def environ(self) -> Mapping[str, str]:
        """The variables that say what a container is."""
        return self.head.environ

    def clock(self) -> float:
        """Return the time of the current sample; it goes on where the recording starts again."""
        rounds, index = self._place()
        return rounds * self._length + self._times[index]

    def read(self, path: str) -> bytes:
        """See `Interfaces`."""
        return _content_of(self._answer("read", path))

    def names(self, path: str) -> tuple[str, ...]:
        """See `Interfaces`."""
        return self._answer("names", path).names or ()

    def target(self, path: str) -> str:
        """See `Interfaces`."""
        return self._answer("target", path).path or ""

    def run(self, command: tuple[str, ...]) -> bytes:
        """See `Interfaces`."""
        return _content_of(self._answer("run", " ".join(command)))

    def ask(self, name: str, /, *arguments: Argument) -> Any:
        """See `Interfaces`."""
        return self._answer("ask", name, *arguments).answer

    def _answer(self, kind: str, subject: str, *arguments: Argument) -> RecordedAnswer:
        history = self._history.get(question_key(kind, subject, *arguments))
        if history is None:
            raise OSError(errno.ENOENT, os.strerror(errno.ENOENT))
        numbers, answers = history
        # What was asked later only was not known to be otherwise before.
        recorded = answers[max(0, bisect_right(numbers, self.sample_index) - 1)]
        if recorded.errno is not None:
            raise OSError(recorded.errno, recorded.error)
        return recorded

    def _place(self) -> tuple[int, int]:
        """Return the number of restarts of the recording, and the current sample."""
        passed = max(0.0, self._seconds() - self._opened + self._skipped)
        rounds, inside = divmod(passed, self._length)
        return int(rounds), bisect_right(self._times, inside) - 1


def _read_head(path: Path) -> RecordingHead:
    content = _content(path)
    try:
        version = msgspec.json.decode(content, type=_Format).format
        if version == FORMAT:
            return msgspec.json.decode(content, type=RecordingHead)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise _damaged(path, None, str(error)) from error
    raise RecordingError(
        reason("hardware.recording_unknown_format", file=str(path), format=version, known=FORMAT)
    )


def _read_samples(path: Path) -> list[RecordedSample]:
    decode = msgspec.json.Decoder(RecordedSample).decode
    samples: list[RecordedSample] = []
    for number, line in enumerate(_content(path).splitlines(), 1):
        if not line.strip():
            continue
        try:
            sample = decode(line)
        except (msgspec.MsgspecError, RecursionError) as error:
            raise _damaged(path, number, str(error)) from error
        if samples and not sample.seconds > samples[-1].seconds:
            raise _damaged(path, number, reason("hardware.recording_time_order"))
        for key, answer in sample.answers.items():
            if wrong := _wrong(key, answer):
                raise _damaged(path, number, reason("hardware.recording_answer", question=key, problem=wrong))
        samples.append(sample)
    if not samples or len(samples) > _MAX_SAMPLES:
        raise _damaged(path, None, reason("hardware.recording_sample_count", count=len(samples)))
    return samples


def _wrong(key: str, answer: RecordedAnswer) -> Fact | None:
    """Return what is wrong with an answer; None for a sound one."""
    kinds = _ANSWERED_BY.get(key.partition(" ")[0])
    if kinds is None:
        return reason("hardware.recording_question_kind", kinds=", ".join(_ANSWERED_BY))
    fields = {name for name in (*kinds, "errno") if getattr(answer, name) not in (None, msgspec.UNSET)}
    if "answer" in kinds and answer.answer is None:
        fields.add("answer")
    if len(fields) != 1:
        return reason("hardware.recording_answer_kind", kinds=", ".join((*kinds, "errno")))
    if answer.base64 is not None:
        try:
            base64.b64decode(answer.base64, validate=True)
        except (binascii.Error, ValueError) as error:
            return str(error)
    return None


def _history(samples: list[RecordedSample]) -> dict[str, tuple[list[int], list[RecordedAnswer]]]:
    """Return by question its answers in order, and the samples in which they were new."""
    history: dict[str, tuple[list[int], list[RecordedAnswer]]] = {}
    for number, sample in enumerate(samples):
        for key, answer in sample.answers.items():
            numbers, answers = history.setdefault(key, ([], []))
            numbers.append(number)
            answers.append(answer)
    return history


def _content_of(answer: RecordedAnswer) -> bytes:
    return base64.b64decode(answer.base64) if answer.base64 is not None else (answer.text or "").encode()


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise _damaged(path, None, reason("hardware.recording_too_large"))
        return path.read_bytes()
    except OSError as error:
        raise RecordingError(
            reason("hardware.recording_unreadable", file=str(path), error=system_error(error))
        ) from error


def _damaged(path: Path, line: int | None, problem: Fact) -> RecordingError:
    place = f"{path}:{line}" if line else str(path)
    return RecordingError(reason("hardware.recording_damaged", place=place, problem=problem))
