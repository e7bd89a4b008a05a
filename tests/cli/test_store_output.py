"""Stores of models as `llmtui doctor` prints them."""

from pathlib import Path

from tui.cli.store_output import store_lines, stores_json
from tui.models.library import StoreReport
from tui.sentences import reason


def test_a_line_for_each_store_that_is_there_and_its_problems(tmp_path: Path):
    gone = tmp_path / "gone"
    forbidden = reason("models.folder_forbidden", folder="/x")
    stores = [
        StoreReport("file", (), 0, ()),
        StoreReport("ollama", (tmp_path, gone), 2, (forbidden,)),
        StoreReport("jan", (gone,), 0, ()),
        StoreReport("docker", (gone,), 0, (forbidden,)),
    ]

    lines = store_lines(stores, ["gpt4all"], 16)

    assert [line.removeprefix("models").strip() for line in lines] == [
        f"Ollama: 2 models in {tmp_path}",
        "You may not read the folder /x",
        f"Docker Model Runner: 0 models in {gone}",
        "You may not read the folder /x",
        "Not on this disk: Jan",
        "Left out by the settings: GPT4All",
    ]
    assert lines[0].startswith("models ")


def test_the_json_has_every_store_with_its_code(tmp_path: Path):
    problem = reason("models.folder_forbidden", folder="/x")

    (store,) = stores_json([StoreReport("ollama", (tmp_path,), 1, (problem,))])

    assert store == {
        "store": "ollama",
        "name": "Ollama",
        "folders": [str(tmp_path)],
        "models": 1,
        "problems": [{"reason": "You may not read the folder /x", "reason_code": "models.folder_forbidden"}],
    }
