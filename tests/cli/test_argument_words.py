"""Words of Python's parser of arguments."""

import argparse
import ast
import inspect
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.command_results import Result
from tui.cli.argument_words import ARGPARSE_TEXTS

Run = Callable[..., Result]

FOR_PROGRAMMERS = re.compile(
    r"not defined|invalid argument for positionals|must be optional|cannot (merge|have)|option string %|dest="
    r"|conflict|not callable|subparser|unknown parser|with mode|can't open|subcommands|deprecated|warning"
)
"""Texts of mistakes in a program, and of kinds of arguments that llmtui does not have."""


def test_every_text_that_a_user_can_see_is_in_the_table() -> None:
    texts = {
        node.args[0].value
        for node in ast.walk(ast.parse(inspect.getsource(argparse)))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "_"
        and isinstance(node.args[0], ast.Constant)
    }
    assert len(texts) > 10
    assert {text for text in texts if not FOR_PROGRAMMERS.search(text)} <= set(ARGPARSE_TEXTS)


@pytest.mark.usefixtures("in_spanish")
def test_help_and_errors_are_in_the_language_of_the_user(inside: Run) -> None:
    help_text = inside("fit", "--help").out
    assert help_text.startswith("uso: llmtui fit ")
    assert "MODELO" in help_text
    assert not re.search(r"\b(usage|options|positional|show this)\b", help_text)
    for arguments, message in (
        (["fit", "--ctx"], "se esperaba"),
        (["fit", "--nothing"], "no se reconoce"),
        (["fit", "--sort", "nothing"], "valor no válido"),
        (["run", "m", "--max-tokens", "x"], "no es"),
        (["run"], "MODELO"),
    ):
        result = inside(*arguments)
        assert result.code == 2
        assert message in result.err, result.err
        assert not re.search(r"\b(usage|expected|invalid|required|unrecognized|argument)\b", result.err)


def test_english_words_are_those_of_python(inside: Run) -> None:
    result = inside("fit", "--ctx")
    assert result.err.endswith("llmtui fit: error: argument --ctx: expected one argument\n")


def test_the_language_of_the_settings_comes_before_that_of_the_environment(
    llmtui: Run, environment: dict[str, str]
) -> None:
    assert llmtui("fit", "--help", LANGUAGE="es_MX.UTF-8").out.startswith("uso: ")
    folder = Path(environment["XDG_CONFIG_HOME"], "llmtui")
    folder.mkdir(parents=True)
    (folder / "settings.toml").write_text('language = "es"\ncontext = 1\n', encoding="utf-8")
    # Also where the language of the environment is another, and what is wrong with the file is said in it.
    assert llmtui("fit", "--help", LANGUAGE="en").out.startswith("uso: ")
    assert "context es 1; se esperaba" in llmtui("fit", "--machine", "nothing", LANGUAGE="en").err
    # AND a file that is no TOML costs only the setting.
    (folder / "settings.toml").write_text('language = "es"\ncontext = [\n', encoding="utf-8")
    assert llmtui("fit", "--help", LANGUAGE="en").out.startswith("usage: ")
    (folder / "settings.toml").unlink()
