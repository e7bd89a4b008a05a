"""The scripts that switch completion on."""

from collections.abc import Callable

import pytest

from tests.cli.command_results import Result

Run = Callable[..., Result]


@pytest.mark.parametrize(
    ("shell", "line"),
    [("bash", "complete "), ("zsh", "#compdef llmtui"), ("fish", "complete --command llmtui")],
)
def test_each_shell_has_a_script(inside: Run, shell: str, line: str):
    result = inside("completion", shell)
    assert (result.code, result.err) == (0, "")
    assert line in result.out


def test_another_shell_is_wrong_usage(inside: Run):
    assert "invalid choice: 'cmd'" in inside("completion", "cmd").err
