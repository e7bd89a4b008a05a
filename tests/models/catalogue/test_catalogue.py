"""The catalogue: what ships, and what a person's slips in theirs cost and are told as."""

import os
from pathlib import Path

import pytest

from tests.models.catalogue.entries import GOOD, SHIPPED, loaded, named, words
from tui.models.catalogue.catalogue import load_catalogue, load_catalogues
from tui.services.sentences import sentence


def test_the_shipped_catalogue_has_no_problems() -> None:
    assert [sentence(problem.reason) for problem in SHIPPED.problems] == []
    assert len(SHIPPED.entries) >= 18


def test_the_second_of_two_equal_names_is_left_out(tmp_path: Path) -> None:
    catalogue = loaded(
        tmp_path, GOOD + GOOD.replace('name = "Llama-3.2-1B-Instruct"', 'name = "llama_3.2 1B instruct"')
    )

    assert [entry.name for entry in catalogue.entries] == ["Llama-3.2-1B-Instruct"]
    (problem,) = catalogue.problems
    assert (problem.line, problem.key) == (23, "name")
    assert "line 2 has it already" in words(problem.expected)


def test_invalid_catalogue_files_are_reported_as_problems(tmp_path: Path) -> None:
    cases = {
        "no such file": load_catalogue(tmp_path / "none.toml"),
        "a folder": load_catalogue(tmp_path),
        "not UTF-8": loaded(tmp_path, GOOD.encode() + b"# caf\xe9\n"),
        "no entry": loaded(tmp_path, "# nothing yet\n"),
        "over 4 MiB": loaded(tmp_path, "#" * (5 << 20)),
    }
    for messages, catalogue in cases.items():
        assert catalogue.entries == ()
        (problem,) = catalogue.problems
        assert messages in words(problem.value)
    assert cases["not UTF-8"].problems[0].line == 22


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_pipe_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "models.toml")
    (problem,) = load_catalogue(tmp_path / "models.toml").problems
    assert words(problem.value) == "not a file"


def test_users_catalogue_adds_and_replaces_entries(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    replaced = "Qwen3-8B"
    own.write_text(named("My-Model") + named(replaced.lower()) + "\n[[model]]\nname = 3\n")

    catalogue = load_catalogues(own=own)

    names = [entry.name for entry in catalogue.entries]
    assert len(names) == len(SHIPPED.entries) + 1
    assert names[-1] == "My-Model"
    # In its old place, under the name the person gave it.
    assert names.index("qwen3-8b") == [entry.name for entry in SHIPPED.entries].index(replaced)
    assert {problem.path for problem in catalogue.problems} == {own}


def test_missing_users_catalogue_is_no_problem(tmp_path: Path) -> None:
    assert load_catalogues(own=tmp_path / "none" / "models.toml") == SHIPPED
