"""`llmtui doctor --record` and `--replay`."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.command_results import Result
from tests.cli.conftest import ROOT
from tui.hardware.recording.recorder import ANSWERS_FILE, HEAD_FILE

Run = Callable[..., Result]
HP = ROOT / "tests" / "recordings" / "hp-i5-1035g1"


def test_recording_of_this_machine_is_replayed(inside: Run, tmp_path: Path) -> None:
    # WHEN it is recorded
    folder = tmp_path / "mine"
    done = inside("doctor", "--record", folder, "--seconds", 1)
    # THEN standard output is left alone, and the end says what to do with it
    assert (done.code, done.out) == (0, "")
    assert f"llmtui --replay {folder}" in done.err
    assert json.loads((folder / HEAD_FILE).read_bytes())["format"] == 1
    assert len((folder / ANSWERS_FILE).read_text().splitlines()) == 2
    # THEN the replay tells of the same machine, and that it is a recording
    local, replayed_result = inside("doctor", "--json").json, inside("doctor", "--replay", folder, "--json")
    for key in ("system", "container", "ram_bytes", "memory_limit_bytes", "gpus"):
        assert replayed_result.json["machine"][key] == local["machine"][key], key
    replayed = inside("doctor", "--replay", folder)
    assert "not this machine" in replayed.err
    assert "CPU load" in replayed.out


def test_recording_as_json_says_where_it_is(inside: Run, tmp_path: Path) -> None:
    done = inside("doctor", "--record", tmp_path / "it", "--seconds", 1, "--json")
    assert done.json == {"folder": str(tmp_path / "it"), "looks": 2}


def test_replayed_machine_is_reported_without_this_engine(inside: Run) -> None:
    done = inside("doctor", "--replay", HP, "--json")
    assert done.code == 0
    assert "i5-1035G1" in done.json["machine"]["cpu"]["name"]
    assert (done.json["engine"], bool(done.json["engine_reason"])) == (None, True)
    out = inside("doctor", "--replay", HP).out
    assert "llama" not in out
    assert "models folder" not in out


def test_folder_with_files_is_refused(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    failure = inside("doctor", "--record", tmp_path, "--seconds", 1).failure
    assert str(tmp_path) in failure
    assert "not empty" in failure
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["letter.txt"]


@pytest.mark.parametrize("command", [["doctor"], []], ids=["doctor", "dashboard"])
def test_folder_that_is_no_recording_is_named(
    command: list[str], inside: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The dashboard looks for a terminal first.
    for stream in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(f"sys.{stream}.isatty", lambda: True)
    failure = inside(*command, "--replay", tmp_path / "none").failure
    assert str(tmp_path / "none") in failure
    assert "--record" in failure


def test_damaged_line_is_named(inside: Run, tmp_path: Path) -> None:
    for name in (HEAD_FILE, ANSWERS_FILE):
        (tmp_path / name).write_bytes((HP / name).read_bytes())
    with (tmp_path / ANSWERS_FILE).open("a") as file:
        file.write('{"at": 99, "answers": {"read /x"')
    failure = inside("doctor", "--replay", tmp_path).failure
    assert f"{ANSWERS_FILE}:11" in failure


def test_record_and_replay_exclude_one_another(inside: Run, tmp_path: Path) -> None:
    assert inside("doctor", "--record", tmp_path / "a", "--replay", HP).code == 2
    assert inside("doctor", "--record", tmp_path / "a", "--seconds", 0).code == 2


@pytest.mark.skipif(sys.platform == "win32", reason="sends an interrupt as a terminal does")
def test_interrupt_keeps_what_was_recorded(environment: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "it"
    child = subprocess.Popen(
        [sys.executable, "-m", "tui", "doctor", "--record", str(folder), "--seconds", "600"],
        cwd=ROOT,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        answers = folder / ANSWERS_FILE
        deadline = time.monotonic() + 90
        while not (answers.exists() and answers.read_bytes().count(b"\n") >= 1):
            assert time.monotonic() < deadline, "nothing was recorded"
            time.sleep(0.05)
        os.kill(child.pid, signal.SIGINT)
        _out, err = child.communicate(timeout=90)
    finally:
        child.kill()
    assert child.returncode == 130
    assert "Traceback" not in err
    assert f"llmtui --replay {folder}" in err
    for line in answers.read_text().splitlines():
        json.loads(line)
