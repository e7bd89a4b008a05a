"""State that the dashboard goes on with after a restart, and the new start."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tui.chat.asking import Asking
from tui.chat.messages import Attachment
from tui.chat.presets import BUILT_IN_PRESETS
from tui.engine.options import LoadSettings
from tui.services import restart as module
from tui.services.restart import Restart, leave_for_restart, start_again, take_restart
from tui.settings.app_folders import state_folder

STATE = Restart(
    model_key="/models/a.gguf",
    settings=LoadSettings(context=4096, kv_type="q8_0"),
    conversation_id=12,
    system="Be brief.",
    asking=Asking(preset=BUILT_IN_PRESETS[-1], sampling={"temperature": 0.5}, think=False),
    draft="Por qué\n…",
    attachments=(Attachment("notes.txt", "one\ntwo"),),
)


@pytest.fixture(autouse=True)
def no_restart_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLMTUI_RESTART", "")


def test_the_state_is_taken_up_once_and_only_the_user_can_read_it() -> None:
    leave_for_restart(STATE)
    (path,) = state_folder().iterdir()
    assert sys.platform == "win32" or path.stat().st_mode & 0o777 == 0o600
    assert take_restart() == STATE
    assert list(state_folder().iterdir()) == []
    assert take_restart() is None


@pytest.mark.parametrize("name", ["", "choices.json", "restart-/../choices.json", "restart-1.json"])
def test_anything_else_is_an_ordinary_start(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    choices = state_folder() / "choices.json"
    choices.parent.mkdir(parents=True)
    choices.write_text("{}")
    monkeypatch.setenv("LLMTUI_RESTART", name)
    assert take_restart() is None
    assert choices.exists()
    assert "LLMTUI_RESTART" not in os.environ


def test_a_broken_state_is_an_ordinary_start(monkeypatch: pytest.MonkeyPatch) -> None:
    path = state_folder() / "restart-1.json"
    path.parent.mkdir(parents=True)
    path.write_text("{")
    monkeypatch.setenv("LLMTUI_RESTART", path.name)
    assert take_restart() is None


def test_the_program_is_started_with_the_arguments_that_it_had(monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []
    monkeypatch.setattr(sys, "orig_argv", ["python", "-m", "tui", "--ctx", "32k"])
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(module.os, "execv", lambda program, command: commands.append([program, *command]))
    start_again()
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(subprocess, "call", lambda command: commands.append(command) or 3)
    assert start_again() == 3
    command = [sys.executable, "-m", "tui", "--ctx", "32k"]
    assert commands == [[sys.executable, *command], command]


def test_a_state_folder_that_is_a_file_is_a_failure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(module, "state_folder", lambda: tmp_path / "file")
    with pytest.raises(OSError, match="file"):
        leave_for_restart(STATE)
