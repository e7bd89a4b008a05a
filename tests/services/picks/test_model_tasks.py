"""Tasks that models were taken for, until they are loaded."""

from pathlib import Path

import pytest

from tests.ui.model_samples import model
from tui.services.picks.model_tasks import ModelTask, ModelTaskStore

CODE = ModelTask("Qwen", "code", "en", thinks=True)


def test_a_task_outlives_the_program_and_is_taken_once(tmp_path: Path) -> None:
    path = tmp_path / "state" / "model_tasks.json"
    ModelTaskStore(path).keep(ModelTask("Qwen", "chat", "es"))
    ModelTaskStore(path).keep(CODE)
    ModelTaskStore(path).keep(ModelTask("Gemma", "translate", "es"))
    # Whatever quantization of it has arrived.
    assert ModelTaskStore(path).take(model("Qwen", "Q8_0", is_local=True)) == CODE
    assert ModelTaskStore(path).take(model("Qwen", is_local=True)) is None
    assert ModelTaskStore(path).take(model("Gemma")) == ModelTask("Gemma", "translate", "es")


def test_only_the_newest_tasks_are_kept(tmp_path: Path) -> None:
    store = ModelTaskStore(tmp_path / "model_tasks.json")
    for number in range(51):
        store.keep(ModelTask(f"m{number}", "chat", "en"))
    assert store.take(model("m0")) is None
    assert store.take(model("m1")) is not None


@pytest.mark.parametrize("content", [b"", b"{}", b'[{"name": 1}]', b"\xff"])
def test_a_broken_file_costs_only_what_it_kept(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model_tasks.json"
    path.write_bytes(content)
    assert ModelTaskStore(path).take(model("Qwen")) is None
    ModelTaskStore(path).keep(CODE)
    assert ModelTaskStore(path).take(model("Qwen")) == CODE


def test_a_folder_that_cannot_be_written_costs_only_the_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = ModelTaskStore(tmp_path / "file" / "model_tasks.json")
    store.keep(CODE)
    assert store.take(model("Qwen")) is None
