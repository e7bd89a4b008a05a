"""Stopped and sent on by a shell: the screen is whole again, and one thread reads the keys."""

import os
import signal
import sys
import time
from collections.abc import Callable

import psutil
import pytest

from tests.terminal import Terminal

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals on Windows")

READERS = """
import threading
from textual.app import App
from textual.widgets import Static
from tui.ui.kit.terminal_driver import TerminalDriver

class Counting(App):
    def compose(self):
        yield Static("ready")
    def on_key(self, event):
        names = [each.name for each in threading.enumerate()]
        self.query_one(Static).update(f"{event.key}: {names.count('textual-input')} reads")

Counting(driver_class=TerminalDriver).run()
"""


WRITING = """
import os, signal
from textual.app import App
from textual.widgets import Static
from tui.ui.kit.terminal_driver import TerminalDriver

class Writing(App):
    def compose(self):
        yield Static("ready")
    def on_key(self, event):
        if event.key == "s":
            with self._driver._writer_thread._queue.mutex:
                os.kill(os.getpid(), signal.SIGTSTP)
                for _turn in range(1000):
                    pass
        self.query_one(Static).update(f"pressed {event.key}")

Writing(driver_class=TerminalDriver).run()
"""


def wait_until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def stopped(pid: int) -> bool:
    return psutil.Process(pid).status() == psutil.STATUS_STOPPED


@pytest.mark.parametrize("number", [signal.SIGTSTP, signal.SIGSTOP])
def test_after_a_stop_the_whole_screen_is_drawn(number: int) -> None:
    with Terminal([sys.executable, "-m", "tui"], 100, 30) as terminal:
        terminal.wait_for("fits", 60)
        # WHEN it is stopped, and a shell takes the terminal as it wants it
        os.kill(terminal.pid, number)
        wait_until(lambda: stopped(terminal.pid))
        if number == signal.SIGSTOP:
            terminal.to_lines()
        terminal.buffer.reset()
        os.kill(terminal.pid, signal.SIGCONT)
        # THEN what nothing has changed is there again too, and keys arrive
        terminal.wait_for("╭─ Chat", 60)
        terminal.send("?")
        terminal.wait_for("Keys: Everywhere", 60)


def test_an_unexpected_continue_signal_starts_no_second_reader() -> None:
    with Terminal([sys.executable, "-c", READERS], 40, 5) as terminal:
        terminal.wait_for("ready", 60)
        for _time in range(3):
            os.kill(terminal.pid, signal.SIGCONT)
            time.sleep(0.2)
        terminal.send("x")
        terminal.wait_for("x: 1 reads", 60)
        # AND after a stop that was asked for there is one too
        os.kill(terminal.pid, signal.SIGTSTP)
        wait_until(lambda: stopped(terminal.pid))
        os.kill(terminal.pid, signal.SIGCONT)
        time.sleep(0.5)
        terminal.send("y")
        terminal.wait_for("y: 1 reads", 60)


def test_a_stop_in_the_middle_of_writing_does_not_wait_for_itself() -> None:
    with Terminal([sys.executable, "-c", WRITING], 40, 5) as terminal:
        terminal.wait_for("ready", 60)
        terminal.send("s")
        wait_until(lambda: stopped(terminal.pid))
        os.kill(terminal.pid, signal.SIGCONT)
        time.sleep(0.5)
        terminal.send("y")
        terminal.wait_for("pressed y", 60)
