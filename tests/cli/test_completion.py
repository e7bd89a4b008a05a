"""Completion in the real shells, their scripts, and the words that they are given."""

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.command_results import Result
from tests.cli.conftest import ROOT

Run = Callable[..., Result]
Complete = Callable[[str], list[str]]


@pytest.fixture(scope="module")
def shell_environment(
    environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """Variables with which a shell finds `llmtui`, in a folder of a user without settings of shells."""
    folder = tmp_path_factory.mktemp("bin")
    program = folder / "llmtui"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tui "$@"\n')
    program.chmod(0o755)
    Path(environment["HOME"]).mkdir(exist_ok=True)
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    return environment | {"PATH": path, "PYTHONPATH": str(ROOT), "TERM": "dumb"}


@pytest.fixture(scope="module")
def complete(shell_environment: dict[str, str]) -> Complete:
    """The words that may come next on a command line, as fish and bash are given them."""

    def ask(line: str) -> list[str]:
        variables = {"COMP_LINE": line, "COMP_POINT": str(len(line)), "_ARGCOMPLETE": "1", "IFS": "\013"}
        done = subprocess.run(
            ["sh", "-c", "exec llmtui 8>&1 9>&2"],
            env=shell_environment | variables,
            cwd=shell_environment["HOME"],
            capture_output=True,
            timeout=300,
        )
        return [word.strip() for word in done.stdout.decode().split("\013") if word.strip()]

    return ask


@pytest.mark.parametrize(
    ("shell", "line"),
    [("bash", "complete "), ("zsh", "#compdef llmtui"), ("fish", "complete --command llmtui")],
)
def test_each_shell_has_a_script(inside: Run, shell: str, line: str):
    result = inside("completion", shell)
    assert (result.code, result.err) == (0, "")
    assert line in result.out


def test_unknown_shell_is_wrong_usage(inside: Run):
    assert "invalid choice: 'cmd'" in inside("completion", "cmd").err


def test_commands_options_and_names_complete(complete: Complete):
    assert complete("llmtui comp") == ["compare", "completion"]
    assert {"--sort", "--fits", "--ctx"} <= set(complete("llmtui fit --"))
    assert complete("llmtui fit --sort s") == ["speed", "size"]
    assert complete("llmtui bench smol") == ["SmolLM2-135M-Instruct"]
    assert complete("llmtui fit llama-3.2-3") == ["Llama-3.2-3B-Instruct"]
    assert complete("llmtui compare one two --task arithmetic-") == ["arithmetic-en", "arithmetic-es"]
    assert "m1-8gb" in complete("llmtui fit --machine m1")
    # AND zsh gives what stands before, too
    for prefix in ("echo llmtui; ", 'cat "a b" | ', "time LC_ALL=C "):
        assert complete(f"{prefix}llmtui completion f") == ["fish"]


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed")
def test_fish_completes(shell_environment: dict[str, str]):
    script = 'llmtui completion fish | source; complete -C "llmtui compl"; complete -C "llmtui run smol"'
    done = subprocess.run(
        ["fish", "--no-config", "-c", script],
        env=shell_environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["completion", "SmolLM2-135M-Instruct"]


@pytest.mark.parametrize(
    ("shell", "options", "setup"),
    [
        ("bash", ["--norc", "--noprofile", "-i"], ""),
        ("zsh", ["-f", "-i"], "autoload -U compinit; compinit -u -D; "),
    ],
)
def test_bash_and_zsh_complete(shell_environment: dict[str, str], shell: str, options: list[str], setup: str):
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed")
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(shell_environment["HOME"])
        os.execve(program, [shell, *options], shell_environment | {"PS1": "> "})
    try:
        os.write(terminal, f'{setup}eval "$(llmtui completion {shell})"; echo rea""dy\n'.encode())
        _read_until(terminal, b"ready\r\n")
        os.write(terminal, b"echo llmtui; llmtui completi\t")
        _read_until(terminal, b"completion")
        os.write(terminal, b"f\t")
        assert b"fish" in _read_until(terminal, b"fish")
    finally:
        os.close(terminal)
        os.waitpid(pid, 0)


def _read_until(terminal: int, text: bytes) -> bytes:
    """Read what a shell writes until this text is in it; fail after a minute without."""
    output = b""
    end = time.monotonic() + 60
    while text not in output:
        ready, _writable, _exceptional = select.select([terminal], [], [], max(0, end - time.monotonic()))
        assert ready, output
        output += os.read(terminal, 4096)
    return output
