"""This machine's files, commands and answers, over a folder that stands for its root."""

import sys
from pathlib import Path

import pytest

from tests.hardware.recorded import plant
from tui.hardware import interfaces as module
from tui.hardware.interfaces import LocalInterfaces, local_platform


def test_paths_are_below_the_root(tmp_path: Path) -> None:
    door = LocalInterfaces(plant(tmp_path, {"sys/b": "2\n", "sys/a": b"\xff", "link": "->sys/b"}))
    assert door.read("/sys/b") == b"2\n"
    assert door.names("/sys") == ("a", "b")
    assert door.target("/link") == "/sys/b"


def test_missing_files_and_commands_raise_system_errors(tmp_path: Path) -> None:
    door = LocalInterfaces(tmp_path)
    for ask in (lambda: door.read("/x"), lambda: door.names("/x"), lambda: door.target("/x")):
        with pytest.raises(FileNotFoundError):
            ask()


def test_command_output_is_returned_and_a_hanging_one_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    door = LocalInterfaces()
    assert door.run((sys.executable, "-c", "print('here')")).strip() == b"here"
    monkeypatch.setattr(module, "_TIMEOUT_SECONDS", 0.2)
    with pytest.raises(TimeoutError):
        door.run((sys.executable, "-c", "import time; time.sleep(30)"))


def test_clock_advances() -> None:
    door = LocalInterfaces()
    assert door.clock() <= door.clock()


@pytest.mark.parametrize(
    ("system", "platform"), [("darwin", "macos"), ("win32", "windows"), ("freebsd14", "linux")]
)
def test_platforms(monkeypatch: pytest.MonkeyPatch, system: str, platform: str) -> None:
    monkeypatch.setattr(sys, "platform", system)
    assert local_platform() == platform
