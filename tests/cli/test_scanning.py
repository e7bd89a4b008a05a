"""Models that the commands know: what a scan tells beside them, and the one model of a name."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.command_results import Result
from tests.engine.random_models import BYTE_TOKENIZER, VOCABULARY
from tests.gguf_files import write_llama
from tests.reasons import raises_sentence
from tui.cli import scanning
from tui.cli.scanning import model_on_disk, scan_with_notes, search_progress
from tui.services.finding import FindingError
from tui.settings.settings import Settings

Run = Callable[..., Result]


def test_missing_folders_and_files_of_the_settings_are_notes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "folder").mkdir()
    write_llama(tmp_path / "folder" / "own.gguf")
    write_llama(tmp_path / "file.gguf")
    (tmp_path / "notes.txt").touch()
    # A disk that is not plugged in counts as a folder, but a path that is named like a model as a file.
    names = ("folder", "file.gguf", "notes.txt", "unplugged", "gone.gguf")
    scan = scan_with_notes(
        Settings(folders=(*(str(tmp_path / name) for name in names), "~nobody-here/models"))
    )

    models = {model.name: model for model in scan.models if model.path and tmp_path in model.path.parents}
    assert {name: model.file.error is None for name, model in models.items() if model.file} == {
        "own": True,
        "file": True,
        "notes.txt": False,
        "gone": False,
    }
    out, err = capsys.readouterr()
    assert out == ""
    first, second = err.splitlines()
    assert first == f"There is no folder {tmp_path / 'unplugged'}"
    assert second.startswith("There is no folder ")
    assert second.endswith("~nobody-here/models")


def test_model_is_found_by_its_name_or_its_path(tmp_path: Path):
    path = write_llama(tmp_path / "Own-Q8_0.gguf", metadata=BYTE_TOKENIZER, vocabulary=VOCABULARY)
    settings = Settings(folders=(str(tmp_path),))
    assert model_on_disk("own", settings).path == path
    assert model_on_disk(str(path), Settings()).path == path


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "A model needs a name or a path; this one is empty."),
        (" ", "A model needs a name or a path; this one is empty."),
        ("llama-3.2-1b-instruct", "Llama-3.2-1B-Instruct Q4_K_M is not on this disk."),
        ("zzzzzzzz", "There is no model called zzzzzzzz."),
        ("{folder}/broken.gguf", "broken.gguf: This is not a GGUF file"),
        ("{folder}", "{folder} holds 2 models."),
        ("{folder}/empty", "There is no GGUF file in {folder}/empty."),
    ],
)
def test_name_of_no_or_several_models_on_this_disk_is_a_failure(tmp_path: Path, name: str, sentence: str):
    (tmp_path / "empty").mkdir()
    for file in ("broken.gguf", "other.gguf"):
        (tmp_path / file).write_text("not a model")
    with raises_sentence(FindingError, sentence.format(folder=tmp_path)):
        model_on_disk(name.format(folder=tmp_path), Settings())


def test_every_command_refuses_a_model_without_a_name(inside: Run):
    for arguments in (("fit", ""), ("run", " ", "Hello"), ("bench", " ")):
        assert inside(*arguments).failure == "A model needs a name or a path; this one is empty."


def test_a_long_search_shows_its_progress_on_a_terminal_and_takes_it_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    clock = iter(range(100))
    monkeypatch.setattr(scanning.time, "monotonic", lambda: next(clock) / 2)
    monkeypatch.setattr(scanning, "output_columns", lambda: 72)
    (tmp_path / "a" / "b\x1b[1m" / "c").mkdir(parents=True)
    # In a pipe nothing is written.
    with search_progress() as on_folder:
        on_folder(tmp_path)
    assert capsys.readouterr().err == ""

    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with search_progress() as on_folder:
        for folder in ("/", "/usr/x\x1b[1m", "/" + "漢" * 90):
            on_folder(Path(folder))
    lines = capsys.readouterr().err.split("\r")
    assert lines == [
        "",
        "Looking for models, Ctrl+C stops: 2 folders, in /usr/x\x1b[K",
        "Looking for models, Ctrl+C stops: 3\x1b[K",
        "\x1b[K",
    ]


def test_a_search_that_is_interrupted_takes_its_progress_away(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    clock = iter(range(100))
    monkeypatch.setattr(scanning.time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)

    def interrupted() -> None:
        with search_progress() as on_folder:
            on_folder(Path("/usr"))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert capsys.readouterr().err.endswith("in /usr\x1b[K\r\x1b[K")
