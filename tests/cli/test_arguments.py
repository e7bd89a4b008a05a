from collections.abc import Callable
from pathlib import Path

import pytest

import tui
from tests.cli.command_results import Result
from tui.cli.arguments import COMMANDS, parse

Run = Callable[..., Result]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_help(inside: Run, command: str):
    result = inside(command, "--help")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith(f"usage: llmtui {command} ")
    assert ("--json" in result.out) == (command != "completion")
    assert "None" not in result.out


def test_the_help_lists_every_command(inside: Run):
    result = inside("--help")
    assert result.code == 0
    for command in COMMANDS:
        assert f"llmtui {command}" in result.out


def test_the_version_goes_to_stdout(inside: Run):
    assert inside("--version").out == f"llmtui {tui.__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["fit", "--ctx", "10"], "10 is not 256 or more"),
        (["fit", "--ctx", "long"], "long is no number of tokens, such as 8192, 32k or 1M"),
        (["run", "model", "--ctx", "32kb"], "32kb is no number of tokens"),
        (["bench", "--ctx", "0.3k"], "0.3k is no number of tokens"),
        (["fit", "--ctx", "17M"], "17M is more than 16777216"),
        (["fit", "--ctx", "99999999999"], "99999999999 is more than 16777216"),
        (["fit", "--kv", "q3"], "invalid choice: 'q3'"),
        (["fit", "--machine", "cray"], "There is no machine called cray. Known: m1-8gb, "),
        (["fit", "--machine", "m1-8bg"], "no machine called m1-8bg; did you mean m1-8gb? Known: "),
        (["fit", "--machine", ""], "A machine needs a name. Known: "),
        (["fit", "nonsense", "--machine", "5000gb"], "5000gb of memory is not from 1 to 4096 GB."),
        (["run"], "required: MODEL"),
        (["run", "model", "prompt", "more"], "unrecognized arguments: more"),
        (["run", "model", "--max-tokens", "0"], "0 is not 1 or more"),
        (["run", "model", "--temperature", "nan"], "nan is not from 0 to 5"),
        (["run", "model", "--temperature", "warm"], "invalid number value: 'warm'"),
        (["run", "model", "--seed", "-1"], "-1 is not 0 or more"),
        (["bench", "model", "more"], "unrecognized arguments: more"),
        (["run", "model", "--seed", "1", "prompt", "more"], "unrecognized arguments: more"),
        (["run", "model", "prompt", "--seed", "1", "more"], "unrecognized arguments: more"),
        (["run", "model", "--sed", "1"], "unrecognized arguments: --sed"),
        (["bench", "--anyway", "model", "--forget", "more"], "unrecognized arguments: more"),
        (["compare", "one", "--ctx", "512", "two", "--why"], "unrecognized arguments: --why"),
        (["doctor", "please"], "unrecognized arguments: please"),
        (["--colour"], "unrecognized arguments: --colour"),
    ],
)
def test_wrong_usage_is_explained(inside: Run, arguments: list[str], message: str):
    result = inside(*arguments)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("usage: llmtui")
    assert message in result.err.splitlines()[-1]


def test_a_prompt_may_begin_with_a_dash():
    assert parse(["run", "model", "-5 + 3 is?"]).prompt == "-5 + 3 is?"
    assert parse(["run", "model", "--", "--why"]).prompt == "--why"


@pytest.mark.parametrize(
    ("arguments", "name", "value"),
    [
        (["run", "model", "--max-tokens", "5", "Hi"], "prompt", "Hi"),
        (["run", "--seed", "1", "model", "--max-tokens", "5", "Hi", "--json"], "prompt", "Hi"),
        (["run", "model", "--seed", "1", "-5 + 3 is?"], "prompt", "-5 + 3 is?"),
        (["run", "model", "--seed", "1", "--", "--why"], "prompt", "--why"),
        (["run", "model", "--seed", "1"], "prompt", None),
        (["bench", "--ctx", "512", "model", "--json"], "model", "model"),
        (["fit", "one", "--ctx", "512", "two", "--fits", "three"], "models", ["one", "two", "three"]),
        (["compare", "one", "--prompt", "Hi", "two"], "models", ["one", "two"]),
        (["a.gguf", "--ctx", "512", "b.gguf"], "paths", [Path("a.gguf"), Path("b.gguf")]),
    ],
)
def test_options_may_stand_between_what_is_named(arguments: list[str], name: str, value: object):
    assert getattr(parse(arguments), name) == value


@pytest.mark.parametrize(
    ("text", "context"),
    [("8192", 8192), ("8,192", 8192), ("32K", 32768), ("128k", 131072), ("1M", 1 << 20), ("1.5k", 1536)],
)
def test_context_may_have_units_and_separators(text: str, context: int):
    for command in (["fit"], ["run", "model"], ["bench"], ["compare", "one", "two"], []):
        assert parse([*command, "--ctx", text]).ctx == context
