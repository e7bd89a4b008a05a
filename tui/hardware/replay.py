"""A recording in place of a machine: it answers what that machine answered, at the pace it did."""

import errno
import time
from bisect import bisect_right
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from tui.hardware.interfaces import Argument, Platform
from tui.hardware.recording import (
    ANSWERS_FILE,
    FORMAT,
    HEAD_FILE,
    Answer,
    Head,
    RecordingError,
    question,
    read_answer,
)
from tui.i18n import _
from tui.text import clean_line

_LARGEST_FILE = 256 << 20
_MOST_LOOKS = 100_000


class _Look(msgspec.Struct, frozen=True):
    at: float
    answers: dict[str, Answer]


class Replay:
    """The `Interfaces` of a recorded machine. After its last look the recording starts again."""

    def __init__(self, folder: Path, now: Callable[[], float] = time.monotonic) -> None:
        """`now` gives the seconds that pass here.

        Raises:
            RecordingError: the folder holds no recording, or a damaged one.
        """
        self.head = _read_head(folder / HEAD_FILE)
        looks = _read_looks(folder / ANSWERS_FILE)
        self._times = [look.at - looks[0].at for look in looks]
        self._states = _states(looks)
        self._length = self._times[-1] + max(self.head.interval, 0.01)
        self._now = now
        self._opened = now()

    @property
    def title(self) -> str:
        """What the machine is, for people."""
        return clean_line(self.head.title)

    @property
    def looks(self) -> int:
        """How many there are."""
        return len(self._times)

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
        return self._bytes(question("read", path))

    def names(self, path: str) -> tuple[str, ...]:
        """See `Interfaces`."""
        return tuple(map(str, self._answer(question("names", path)).get("names", ())))

    def target(self, path: str) -> str:
        """See `Interfaces`."""
        return str(self._answer(question("target", path)).get("path", ""))

    def run(self, command: tuple[str, ...]) -> bytes:
        """See `Interfaces`."""
        return self._bytes(question("run", " ".join(command)))

    def ask(self, name: str, *arguments: Argument) -> Any:
        """See `Interfaces`."""
        return self._answer(question("ask", name, *arguments)).get("answer")

    def _bytes(self, asked: str) -> bytes:
        try:
            return read_answer(self._answer(asked))
        except ValueError as error:
            raise OSError(errno.EIO, f"the recording's answer makes no sense ({error})") from error

    def _answer(self, asked: str) -> Answer:
        found = self._states[self._place()[1]].get(asked)
        if found is None:
            raise FileNotFoundError(errno.ENOENT, "the recording does not have it")
        if isinstance(number := found.get("errno"), int):
            raise OSError(number, str(found.get("error", "")))
        return found

    def _place(self) -> tuple[int, int]:
        """How often the recording has started again, and the look that is shown now."""
        rounds, inside = divmod(max(0.0, self._now() - self._opened), self._length)
        return int(rounds), bisect_right(self._times, inside) - 1


def _read_head(path: Path) -> Head:
    try:
        head = msgspec.json.decode(_content(path), type=Head)
    except msgspec.MsgspecError as error:
        raise _damaged(path, None, str(error)) from error
    if head.format != FORMAT:
        raise RecordingError(
            _("{file}: format {found} is not known; {known} is. Look for a newer llmtui.").format(
                file=path, found=head.format, known=FORMAT
            )
        )
    return head


def _read_looks(path: Path) -> list[_Look]:
    decode = msgspec.json.Decoder(_Look).decode
    looks: list[_Look] = []
    for number, line in enumerate(_content(path).splitlines(), 1):
        if not line.strip():
            continue
        try:
            look = decode(line)
        except (msgspec.MsgspecError, RecursionError) as error:
            raise _damaged(path, number, str(error)) from error
        if looks and not look.at > looks[-1].at:
            raise _damaged(path, number, _("its time is not after the one before"))
        looks.append(look)
    if not looks or len(looks) > _MOST_LOOKS:
        raise _damaged(path, None, _("it holds {count} looks at the machine").format(count=len(looks)))
    return looks


def _states(looks: list[_Look]) -> list[dict[str, Answer]]:
    """Every answer as it was at each look."""
    states: list[dict[str, Answer]] = []
    for look in looks:
        states.append({**states[-1], **look.answers} if states else look.answers)
    return states


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise _damaged(path, None, _("it is larger than any recording"))
        return path.read_bytes()
    except OSError as error:
        raise RecordingError(
            _("{file} cannot be read: {why}. Name a folder that llmtui doctor --record made.").format(
                file=path, why=error.strerror or type(error).__name__
            )
        ) from error


def _damaged(path: Path, line: int | None, why: str) -> RecordingError:
    place = f"{path}:{line}" if line else str(path)
    return RecordingError(
        _("{place} is damaged: {why}. Record it again with llmtui doctor --record.").format(
            place=place, why=clean_line(why)
        )
    )
