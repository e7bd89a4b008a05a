from collections.abc import Callable
from pathlib import Path

from tests.cli.asking import Result, unexplained
from tests.cli.test_cli_run import KEYS, MODEL

Run = Callable[..., Result]


def test_the_figures_are_a_table(llmtui: Run):
    result = llmtui("bench", MODEL, "--ctx", "512")
    assert (result.code, result.err) == (0, "")
    rows = dict(line.split("  ", 1) for line in result.out.splitlines())
    assert set(rows) == {"model", "prompt", "generation", "first token", "load", "memory", "context"}
    assert "tok/s" in rows["prompt"]
    assert "measured" in rows["memory"]


def test_the_json_says_how_often_was_measured(llmtui: Run):
    result = llmtui("bench", MODEL, "--ctx", "512", "--json")
    assert result.code == 0
    assert set(result.json) == KEYS | {"rounds"}
    assert list(unexplained(result.json)) == []
    assert result.json["generated_tokens"] == 128
    assert result.json["prompt_tps"] > 0
    assert result.json["text"] is None


def test_a_file_that_is_not_there_is_said(inside: Run, tmp_path: Path):
    assert "There is no such file" in inside("bench", tmp_path / "nowhere.gguf").failure
