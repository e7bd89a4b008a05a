"""The log of the engine's library: captured, written to standard error, searched for errors."""

import pytest

from tui.engine import log
from tui.engine.log import captured_log, last_error, log_warnings_only, receive_log

DEBUG, INFO, WARNING, ERROR = 1, 2, 3, 4


@pytest.fixture(autouse=True)
def fresh_levels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "_unlogged", frozenset({DEBUG}))


def test_debug_lines_are_captured_but_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    with captured_log() as pieces:
        receive_log(DEBUG, "debug\n")
        receive_log(INFO, "info\n")
    receive_log(INFO, "later\n")

    assert pieces == ["debug\n", "info\n"]
    assert capsys.readouterr().err == "info\nlater\n"


def test_only_warnings_and_errors_can_be_written(capsys: pytest.CaptureFixture[str]) -> None:
    log_warnings_only()
    for level, text in ((INFO, "info\n"), (WARNING, "warning\n"), (ERROR, "error\n")):
        receive_log(level, text)

    assert capsys.readouterr().err == "warning\nerror\n"


@pytest.mark.parametrize(
    ("pieces", "line"),
    [
        (["loading\n", "tensor fai", "led\n", "bye\n"], "tensor failed"),
        (["loading\n", "bye\n"], "loading"),
        ([], "the engine gave no reason"),
    ],
)
def test_the_first_line_with_an_error_explains_a_refusal(pieces: list[str], line: str) -> None:
    assert last_error(pieces) == line
