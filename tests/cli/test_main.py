"""What every command does alike: exit codes, closed and broken streams, Ctrl+C, and the log."""

import logging
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.command_results import Result
from tests.cli.conftest import ROOT
from tests.reasons import reason_with_text
from tui.cli import fit
from tui.cli.output import UserError, write
from tui.sentences import ReasonedError

Run = Callable[..., Result]

FIT = ("fit", "gemma-3-270m-it", "--machine", "m1-8gb")
HEADER = "verdict  model "


@contextmanager
def broken_pipe() -> Iterator[int]:
    """The end to write at of a pipe whose reader has gone."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        yield writer
    finally:
        os.close(writer)


@contextmanager
def full_disk() -> Iterator[int]:
    """A file on a disk that is full."""
    file = os.open("/dev/full", os.O_WRONLY)
    try:
        yield file
    finally:
        os.close(file)


BROKEN = [
    broken_pipe,
    pytest.param(
        full_disk,
        marks=pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full"),
    ),
]


def run(environment: dict[str, str], *arguments: str, **streams: int) -> subprocess.CompletedProcess[bytes]:
    """The command with streams of its own; those that are not named are read."""
    return subprocess.run(
        [sys.executable, "-m", "tui", *arguments],
        cwd=ROOT,
        # Python's own last flush is part of it, so the streams are buffered as they are for a user.
        env={name: value for name, value in environment.items() if name != "PYTHONUNBUFFERED"},
        stdin=subprocess.DEVNULL,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams},
        timeout=300,
    )


# Exit codes


@pytest.mark.parametrize(
    ("ending", "result"),
    [
        (lambda: 0, Result(0, "", "")),
        (lambda: 7, Result(7, "", "")),
        (UserError("No model.", "Choose one."), Result(1, "", "llmtui: No model. Choose one.\n")),
        (
            ReasonedError(reason_with_text("Too big."), reason_with_text("Choose another.")),
            Result(1, "", "llmtui: Too big. Choose another.\n"),
        ),
        (KeyboardInterrupt(), Result(130, "", "")),
    ],
    ids=["success", "own code", "user error", "reason", "interrupt"],
)
def test_command_ends_with_its_exit_code_and_at_most_one_line(
    inside: Run, monkeypatch: pytest.MonkeyPatch, ending: object, result: Result
):
    def end(*_arguments: object) -> int:
        if isinstance(ending, BaseException):
            raise ending
        return ending()

    monkeypatch.setattr(fit, "run", end)
    assert inside("fit") == result


def test_unexpected_error_goes_to_the_log(inside: Run, home: Path, monkeypatch: pytest.MonkeyPatch):
    def break_down(*_arguments: object) -> int:
        write("a part of the result\n")
        raise RuntimeError("odd \udcff")

    monkeypatch.setattr(fit, "run", break_down)
    log = home / "state" / "llmtui" / "log" / "llmtui.log"
    result = inside("fit")
    assert result.out == "a part of the result\n"
    assert result.failure == f"Something went wrong that should not. {log} has it all."
    assert "Traceback" in log.read_text()
    assert "RuntimeError: odd" in log.read_text()


def test_log_has_no_secrets_and_is_for_its_user_alone(
    inside: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_arguments: object) -> int:
        logging.getLogger("httpx2").info("GET https://hub/?request")
        raise RuntimeError(f"no answer from {address} with hf_abcdefgh123")

    address = "https://user:pass@host/m.gguf?signature=1"

    monkeypatch.setattr(fit, "run", break_down)
    inside("fit")
    log = home / "state" / "llmtui" / "log" / "llmtui.log"
    assert "no answer from https://host/m.gguf?… with hf_…" in log.read_text()
    assert not any(secret in log.read_text() for secret in ("user:pass", "GET https://hub"))
    assert log.stat().st_mode & 0o777 == 0o600


def test_unwritable_log_stops_no_command(inside: Run, home: Path):
    home.mkdir()
    (home / "state").write_text("a file where the folder should be")
    assert inside(*FIT).code == 0


def test_mistakes_in_the_settings_are_notes_beside_the_result(inside: Run, home: Path):
    settings = home / "config" / "llmtui" / "settings.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text("context = 1\n")
    result = inside(*FIT)
    assert result.code == 0
    assert result.out.startswith(HEADER)
    assert result.err.startswith(f"{settings}, line 1: context is 1; expected ")


# Streams that are closed, broken or full


@pytest.mark.parametrize("arguments", [("fit", "gemma-3-270m-it"), ("doctor",), (), ("run", "x", "y")])
def test_closed_stdout_is_a_failure(environment: dict[str, str], arguments: tuple[str, ...]):
    command = shlex.join([sys.executable, "-m", "tui", *arguments])
    ended = subprocess.run(
        ["sh", "-c", f"{command} <&- >&-"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert ended.returncode == 1
    assert ended.stderr == "llmtui: The output cannot be written: it is closed.\n"


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), FIT, (*FIT, "--json")])
def test_broken_pipe_ends_a_command_silently(environment: dict[str, str], arguments: tuple[str, ...]):
    with broken_pipe() as pipe:
        ended = run(environment, *arguments, stdout=pipe)
    assert ended.returncode == 1
    note = (
        "On MacBook Pro M1, 8 GB, not this machine, with nothing else running. Its system takes 2.00 GiB.\n"
    )
    assert ended.stderr.decode() in ("", note)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("arguments", [("--help",), ("fit", "gemma-3-270m-it"), (*FIT, "--json")])
def test_full_disk_is_reported_in_one_line(environment: dict[str, str], arguments: tuple[str, ...]):
    with full_disk() as disk:
        ended = run(environment, *arguments, stdout=disk)
    assert ended.returncode == 1
    assert Result(ended.returncode, "", ended.stderr.decode()).failure == (
        "The output cannot be written: the disk is full."
    )


@pytest.mark.parametrize("stream", BROKEN)
def test_unwritable_notes_change_neither_result_nor_exit_code(
    environment: dict[str, str], stream: Callable[[], Iterator[int]]
):
    with stream() as broken:
        ended = run(environment, *FIT, stderr=broken)
        assert (ended.returncode, ended.stdout[: len(HEADER)]) == (0, HEADER.encode())
        assert run(environment, "fit", "--colour", stderr=broken).returncode == 2
        assert run(environment, "fit", "zzzzzzzz", stderr=broken).returncode == 1


def test_a_terminal_that_lacks_a_character_shows_a_question_mark(llmtui: Run, tmp_path: Path):
    (tmp_path / "modèle.gguf").write_text("not a model")
    result = llmtui("fit", tmp_path / "modèle.gguf", PYTHONIOENCODING="ascii")
    assert result.failure.startswith("mod?le: This is not a GGUF file")


# Ctrl+C


@pytest.mark.skipif(sys.platform == "win32", reason="another process cannot be interrupted there")
def test_ctrl_c_during_the_start_ends_silently():
    # GIVEN a command line whose own modules are interrupted while they are read
    code = (
        "import os, signal, sys, types, tui.__main__ as entry\n"
        "class Finder:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name.startswith('tui.cli'): os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Finder())\n"
        "sys.exit(entry.start())"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, b"", b"")


def test_command_raises_at_ctrl_c_and_restores_the_handler(inside: Run, monkeypatch: pytest.MonkeyPatch):
    seen: list[object] = []

    def look(*_arguments: object) -> int:
        seen.append(signal.getsignal(signal.SIGINT))
        return 0

    monkeypatch.setattr(fit, "run", look)
    previous = signal.getsignal(signal.SIGINT)
    try:
        for handler in (signal.SIG_DFL, signal.SIG_IGN):
            signal.signal(signal.SIGINT, handler)
            assert inside("fit").code == 0
            assert signal.getsignal(signal.SIGINT) is handler
    finally:
        signal.signal(signal.SIGINT, previous)
    # Where it was ignored, it stays so.
    assert seen == [signal.default_int_handler, signal.SIG_IGN]
