"""Files and folders of the user, and the problems of those that cannot be searched."""

import os
from pathlib import Path

import pytest

from tests.gguf_files import write_llama
from tui.models import library
from tui.models.library import scan_library
from tui.services.sentences import sentence


def names(library_read: library.Library) -> list[str]:
    return [model.name for model in library_read.files]


def test_a_folder_that_is_missing_or_no_folder_is_a_problem_in_words(
    own_folder: Path, tmp_path: Path
) -> None:
    file = write_llama(tmp_path / "a.gguf")

    library_read = scan_library([tmp_path / "gone", file])

    missing, no_folder = map(sentence, library_read.problems)
    assert missing == f"There is no folder {tmp_path}/gone"
    assert no_folder == f"{file} is not a folder"


def test_unreadable_folder_is_a_problem_and_others_are_scanned(
    own_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "all" / "locked").mkdir(parents=True)
    write_llama(tmp_path / "all" / "open.gguf")
    scandir = os.scandir

    def refuse(path: Path) -> object:
        if Path(path).name == "locked":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)

    library_read = scan_library([tmp_path / "all"])

    assert names(library_read) == ["open"]
    assert tuple(map(sentence, library_read.problems)) == (
        f"You may not read the folder {tmp_path}/all/locked",
    )


def test_links_in_a_circle_end(own_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "all"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub" / "up").symlink_to(folder)
    (folder / "self").symlink_to(folder / "self")
    write_llama(folder / "sub" / "a.gguf")

    library_read = scan_library([folder])

    assert names(library_read) == ["a"]
    assert library_read.problems == ()


def test_very_deep_folders_are_skipped(own_folder: Path, tmp_path: Path) -> None:
    shallow, deep = tmp_path / "all" / "/".join("d" * 12), tmp_path / "all" / "/".join("d" * 13)
    deep.mkdir(parents=True)
    write_llama(shallow / "shallow.gguf")
    write_llama(deep / "deep.gguf")

    assert names(scan_library([tmp_path / "all"])) == ["shallow"]


def test_hidden_folders_are_skipped(own_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "all" / ".git").mkdir(parents=True)
    write_llama(tmp_path / "all" / ".git" / "a.gguf")
    write_llama(tmp_path / "all" / ".b.gguf")

    assert scan_library([tmp_path / "all"]).files == ()


def test_large_files_without_the_ending_are_opened_in_the_folders_of_the_user_only(
    own_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "blobs"
    folder.mkdir()
    write_llama(tmp_path / "whole.gguf").rename(folder / "noending")
    (folder / "film").write_bytes(b"\0" * 100_000)
    (folder / "small").write_bytes(b"GGUF")
    os.mkfifo(folder / "pipe")

    assert names(scan_library([folder])) == ["noending"]
    # AND a link with the ending is the name by which it is known
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "own-F16.gguf").symlink_to(folder / "noending")
    assert names(scan_library([folder, tmp_path / "links"])) == ["own"]
    # AND the models folder is searched by names
    (folder / "noending").rename(own_folder / "noending")
    assert names(scan_library()) == []


def test_a_folder_of_the_user_without_a_model_is_a_problem_that_names_it(
    own_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")

    (problem,) = scan_library([Path("../empty")]).problems

    assert sentence(problem).startswith(f"There is no model in {tmp_path}/empty: no name in it or below ends")


def test_a_folder_inside_a_store_belongs_to_the_program_and_its_files_are_listed_once(tmp_path: Path):
    from tests.models.stores.trees import environment, gguf_bytes, hub_repository, places, scan, write

    hub = tmp_path / ".cache" / "huggingface" / "hub"
    hub_repository(hub, "org/Tiny", {"Tiny.gguf": gguf_bytes("x" * 50)})
    write(tmp_path / ".lmstudio/models/a/b/Other.gguf", gguf_bytes("y"))
    user = environment(tmp_path)

    folders = [hub, tmp_path / ".lmstudio" / "models"]
    library_read = scan_library(folders, environment=user, cache=tmp_path / "cache.json")

    assert [(model.name, model.found_in, places(model)) for model in library_read.files] == [
        ("Other", "lm_studio", []),
        ("Tiny", "hugging_face", []),
    ]
    assert scan(user).files == library_read.files
