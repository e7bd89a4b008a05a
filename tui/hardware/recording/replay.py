"""A recording in place of a machine: it answers what that machine answered, at the pace it did."""

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
    Answer,
    Head,
    Look,
    RecordingError,
    question,
)
from tui.hardware.system_files import error_text
from tui.i18n import _
from tui.sentences import Fact, reason
from tui.text import clean_line

_LARGEST_FILE = 256 << 20
_MOST_LOOKS = 100_000
_ANSWERED_BY = {
    "read": ("text", "base64"),
    "run": ("text", "base64"),
    "names": ("names",),
    "target": ("path",),
    "ask": ("answer",),
}
"""What may answer each kind of question, besides an error."""
_LEAST_INTERVAL = 0.01
_ROUNDING = 1e-9
"""Seconds that a sum of seconds may be too short by."""


class _Format(msgspec.Struct, frozen=True):
    format: int


class Replay:
    """The `Interfaces` of a recorded machine.

    The last look is held as long as looks are apart; then the recording starts again.
    """

    def __init__(self, folder: Path, now: Callable[[], float] = time.monotonic) -> None:
        """`now` gives the seconds that pass here; one that stands still leaves it all to `forward`.

        Raises:
            RecordingError: the folder holds no recording, or a damaged one.
        """
        self.head = _read_head(folder / HEAD_FILE)
        looks = _read_looks(folder / ANSWERS_FILE)
        self._times = [look.at - looks[0].at for look in looks]
        self._history = _history(looks)
        self._length = self._times[-1] + max(self.head.interval, _LEAST_INTERVAL)
        self._now = now
        self._opened = now()
        self._skipped = 0.0

    @property
    def title(self) -> str:
        """What the machine is, for people."""
        return clean_line(self.head.title) or _("another machine")

    @property
    def looks(self) -> int:
        """How many there are."""
        return len(self._times)

    @property
    def look(self) -> int:
        """Which one answers now, from 0."""
        return self._place()[1]

    def forward(self, looks: int = 1) -> None:
        """Go on by this many looks at once; after the last one comes the first."""
        for _step in range(looks):
            rounds, index = self._place()
            following = self._times[index + 1] if index + 1 < len(self._times) else self._length
            passed = rounds * self._length + following + _ROUNDING
            self._skipped = passed - (self._now() - self._opened)

    @property
    def platform(self) -> Platform:
        """Whose interfaces were recorded."""
        return self.head.platform

    @property
    def environ(self) -> Mapping[str, str]:
        """The variables that say what a container is."""
        return self.head.environ

    def clock(self) -> float:
        """When the look of now was taken; it goes on where the recording starts again."""
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

    def _answer(self, kind: str, subject: str, *arguments: Argument) -> Answer:
        kept = self._history.get(question(kind, subject, *arguments))
        if kept is None:
            raise OSError(errno.ENOENT, os.strerror(errno.ENOENT))
        numbers, answers = kept
        # What was asked later only was not known to be otherwise before.
        found = answers[max(0, bisect_right(numbers, self.look) - 1)]
        if found.errno is not None:
            raise OSError(found.errno, found.error)
        return found

    def _place(self) -> tuple[int, int]:
        """How often the recording has started again, and the look that is shown now."""
        passed = max(0.0, self._now() - self._opened + self._skipped)
        rounds, inside = divmod(passed, self._length)
        return int(rounds), bisect_right(self._times, inside) - 1


def _read_head(path: Path) -> Head:
    content = _content(path)
    try:
        found = msgspec.json.decode(content, type=_Format).format
        if found == FORMAT:
            return msgspec.json.decode(content, type=Head)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise _damaged(path, None, str(error)) from error
    raise RecordingError(
        reason("hardware.recording_unknown_format", file=str(path), format=found, known=FORMAT)
    )


def _read_looks(path: Path) -> list[Look]:
    decode = msgspec.json.Decoder(Look).decode
    looks: list[Look] = []
    for number, line in enumerate(_content(path).splitlines(), 1):
        if not line.strip():
            continue
        try:
            look = decode(line)
        except (msgspec.MsgspecError, RecursionError) as error:
            raise _damaged(path, number, str(error)) from error
        if looks and not look.at > looks[-1].at:
            raise _damaged(path, number, reason("hardware.recording_time_order"))
        for asked, answer in look.answers.items():
            if wrong := _wrong(asked, answer):
                raise _damaged(
                    path, number, reason("hardware.recording_answer", question=asked, problem=wrong)
                )
        looks.append(look)
    if not looks or len(looks) > _MOST_LOOKS:
        raise _damaged(path, None, reason("hardware.recording_sample_count", count=len(looks)))
    return looks


def _wrong(asked: str, answer: Answer) -> Fact | None:
    """Return what is wrong with an answer; None for a sound one."""
    kinds = _ANSWERED_BY.get(asked.partition(" ")[0])
    if kinds is None:
        return reason("hardware.recording_question_kind", kinds=", ".join(_ANSWERED_BY))
    given = {name for name in (*kinds, "errno") if getattr(answer, name) not in (None, msgspec.UNSET)}
    if "answer" in kinds and answer.answer is None:
        given.add("answer")
    if len(given) != 1:
        return reason("hardware.recording_answer_kind", kinds=", ".join((*kinds, "errno")))
    if answer.base64 is not None:
        try:
            base64.b64decode(answer.base64, validate=True)
        except (binascii.Error, ValueError) as error:
            return str(error)
    return None


def _history(looks: list[Look]) -> dict[str, tuple[list[int], list[Answer]]]:
    """By question the answers in order, and in which look each was new."""
    found: dict[str, tuple[list[int], list[Answer]]] = {}
    for number, look in enumerate(looks):
        for asked, answer in look.answers.items():
            numbers, answers = found.setdefault(asked, ([], []))
            numbers.append(number)
            answers.append(answer)
    return found


def _content_of(answer: Answer) -> bytes:
    return base64.b64decode(answer.base64) if answer.base64 is not None else (answer.text or "").encode()


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise _damaged(path, None, reason("hardware.recording_too_large"))
        return path.read_bytes()
    except OSError as error:
        raise RecordingError(
            reason("hardware.recording_unreadable", file=str(path), error=error_text(error))
        ) from error


def _damaged(path: Path, line: int | None, problem: Fact) -> RecordingError:
    place = f"{path}:{line}" if line else str(path)
    return RecordingError(reason("hardware.recording_damaged", place=place, problem=problem))
