import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from tests.cli.command_results import Result, own_environment
from tui.cli import main

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A user of the module's own: home, settings, caches and log apart from everybody's."""
    return {**os.environ, **own_environment(tmp_path_factory.mktemp("home"))}


@pytest.fixture(scope="module")
def llmtui(environment: dict[str, str]) -> Callable[..., Result]:
    """The command as a user runs it, in a process of its own; standard input is empty unless given."""

    def run(*arguments: str | os.PathLike[str], text: str | bytes = "", **more: str) -> Result:
        done = subprocess.run(
            [sys.executable, "-m", "tui", *arguments],
            cwd=ROOT,
            env=environment | more,
            input=text.encode() if isinstance(text, str) else text,
            capture_output=True,
            timeout=300,
        )
        return Result(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user of the test's own, for what runs in this process."""
    folder = tmp_path / "home"
    for name, value in own_environment(folder).items():
        monkeypatch.setenv(name, value)
    return folder


@pytest.fixture
def inside(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Result]]:
    """The command in this process: quicker, for what needs no process of its own. Standard input is empty."""
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO()))
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level

    def run(*arguments: object) -> Result:
        capsys.readouterr()
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        out, err = capsys.readouterr()
        return Result(code, out, err)

    yield run
    for handler in root.handlers[:]:
        if handler not in handlers:
            root.removeHandler(handler)
            handler.close()
    root.setLevel(level)
