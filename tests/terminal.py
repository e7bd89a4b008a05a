"""A program in a pseudo-terminal: type keys at it and read its screen, as a person does.

A thread takes what the program writes off the terminal at once and notes when it came. Nothing is interpreted
until somebody asks for the screen, so that a program which is being timed does not share its processor with
the interpreter of its own output.
"""

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import pyte

ENTER, ESCAPE, TAB, BACKSPACE = "\r", "\x1b", "\t", "\x7f"
UP, DOWN, RIGHT, LEFT = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"
F1, F2, F3, F4 = "\x1bOP", "\x1bOQ", "\x1bOR", "\x1bOS"


def ctrl(letter: str) -> str:
    """What a terminal sends for Ctrl and a letter."""
    return chr(ord(letter.upper()) & 0x1F)


class Chunk(NamedTuple):
    """A piece of output."""

    time: float
    """`time.monotonic()` when it was read."""
    data: bytes


class ScreenTimeoutError(AssertionError):
    """The screen never showed what was waited for; the message is the screen as it was."""


class _Screen(pyte.Screen):
    """Passes over the private sequences that the emulator takes for something else."""

    def select_graphic_rendition(self, *attrs: int, private: bool = False) -> None:
        if not private:
            super().select_graphic_rendition(*attrs)

    def report_device_status(self, mode: int, private: bool = False) -> None:
        if not private:
            super().report_device_status(mode)


class Emulator:
    """A screen that output is fed to."""

    _FOREIGN = re.compile(rb"\x1b\[[<>=][0-9;]*[a-zA-Z]")

    def __init__(self, cols: int, rows: int) -> None:
        self.screen = _Screen(cols, rows)
        self._stream = pyte.ByteStream(self.screen)
        self._incomplete = b""

    def feed(self, data: bytes) -> None:
        """Take output; a sequence that is cut off at the end waits for its other half."""
        data = self._incomplete + data
        start = data.rfind(b"\x1b", -32)
        cut = start if start >= 0 and re.fullmatch(rb"\x1b(\[[<>=?0-9;]*)?", data[start:]) else len(data)
        data, self._incomplete = data[:cut], data[cut:]
        self._stream.feed(self._FOREIGN.sub(b"", data))

    @property
    def lines(self) -> list[str]:
        """The rows as text, padded to the width."""
        return list(self.screen.display)


class Terminal:
    """A program running in a terminal of its own. Use it as a context manager, so that it always ends."""

    def __init__(
        self, argv: Sequence[str], cols: int = 120, rows: int = 40, env: Mapping[str, str] | None = None
    ) -> None:
        """Start `argv`; `env` is added to this process's environment."""
        self.chunks: list[Chunk] = []
        """Everything the program has written so far."""
        self.cols, self.rows = cols, rows
        self._emulator = Emulator(cols, rows)
        self._fed = 0
        self._status: int | None = None
        environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **(env or {})}
        self.started = time.monotonic()
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            try:
                _set_size(0, cols, rows)
                os.execvpe(argv[0], list(argv), environment)
            finally:
                os._exit(127)
        self._reader = threading.Thread(target=self._read, name="terminal", daemon=True)
        self._reader.start()

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    @property
    def output(self) -> bytes:
        """Everything written so far."""
        return b"".join(chunk.data for chunk in list(self.chunks))

    @property
    def buffer(self) -> pyte.Screen:
        """The emulator's screen with its colours, up to date."""
        self._feed()
        return self._emulator.screen

    def screen(self) -> list[str]:
        """The rows as text, padded to the width."""
        self._feed()
        return self._emulator.lines

    def text(self) -> str:
        """The whole screen as one text."""
        return "\n".join(self.screen())

    def advance(self) -> Iterator[tuple[float, list[str]]]:
        """Go through the output that no screen has shown yet, piece by piece.

        Yields when each piece came and the rows that it left: what happened while nobody looked.
        """
        while self._fed < len(self.chunks):
            chunk = self.chunks[self._fed]
            self._fed += 1
            self._emulator.feed(chunk.data)
            yield chunk.time, self._emulator.lines

    def send(self, keys: str | bytes) -> float:
        """Type; the time at which it was done."""
        data = keys.encode() if isinstance(keys, str) else keys
        sent_at = time.monotonic()
        while data:
            data = data[os.write(self._fd, data) :]
        return sent_at

    def paste(self, text: str) -> float:
        """Paste as a terminal does that knows where a paste begins and ends."""
        return self.send(f"\x1b[200~{text}\x1b[201~")

    def wait_for(
        self, expectation: str | Callable[[list[str]], bool], timeout: float = 20.0, poll: float = 0.05
    ) -> list[str]:
        """Wait until the screen shows a text or satisfies a test, and return its rows.

        Raises:
            ScreenTimeoutError: it did not within `timeout` seconds, or the program ended before.
        """
        test = expectation if callable(expectation) else lambda lines: expectation in "\n".join(lines)
        end = time.monotonic() + timeout
        while True:
            alive = self.alive
            lines = self.screen()
            if test(lines):
                return lines
            if not alive or time.monotonic() > end:
                why = "not within its time" if alive else "the program ended"
                raise ScreenTimeoutError(f"{expectation!r}: {why}\n" + "\n".join(lines))
            time.sleep(poll)

    def resize(self, cols: int, rows: int) -> None:
        """Give the terminal another size and tell the program."""
        self._feed()
        self.cols, self.rows = cols, rows
        self._emulator.screen.resize(rows, cols)
        _set_size(self._fd, cols, rows)

    def to_lines(self) -> None:
        """Have the terminal gather lines and echo them, as a shell leaves it for itself."""
        modes = termios.tcgetattr(self._fd)
        modes[3] |= termios.ICANON | termios.ECHO
        termios.tcsetattr(self._fd, termios.TCSANOW, modes)

    @property
    def alive(self) -> bool:
        """False once the program has ended."""
        if self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._status = status
        return self._status is None

    @property
    def exit_code(self) -> int | None:
        """What the program returned, negative for a signal; None while it runs."""
        return None if self.alive or self._status is None else os.waitstatus_to_exitcode(self._status)

    def wait(self, timeout: float = 10.0) -> int | None:
        """Wait for the program's end; its exit code, None when it still runs."""
        end = time.monotonic() + timeout
        while self.alive and time.monotonic() < end:
            time.sleep(0.01)
        return self.exit_code

    def close(self, timeout: float = 5.0) -> None:
        """End the program: politely, then not."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self.alive:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self.pid, number)
                self.wait(timeout)
        self._reader.join(timeout)
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _feed(self) -> None:
        # The list only grows, so its length now is a safe end.
        for chunk in self.chunks[self._fed : (end := len(self.chunks))]:
            self._emulator.feed(chunk.data)
        self._fed = end

    def _read(self) -> None:
        while True:
            # With a timeout, because a grandchild may hold the terminal open after the program's end.
            ready, _, _ = select.select([self._fd], [], [], 0.5)
            if not ready:
                if self._status is not None:
                    return
                continue
            try:
                data = os.read(self._fd, 1 << 16)
            except OSError:
                # Linux says EIO once nobody holds the other end.
                return
            if not data:
                return
            self.chunks.append(Chunk(time.monotonic(), data))


def _set_size(fd: int, cols: int, rows: int) -> None:
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))
