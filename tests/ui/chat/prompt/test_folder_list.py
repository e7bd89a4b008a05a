from pathlib import Path

import pytest

from tui.ui.chat.prompt.folder_list import (
    FolderEntry,
    completed,
    matching,
    read_folder,
    split_typed,
    typed_text,
)

FILES = ("alpha.md", "alpine.txt", "beta.py", ".hidden", "My notes.md")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in FILES:
        (tmp_path / name).write_text("x" * 2048)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "[red]inner.txt").write_text("y")
    return tmp_path


def test_hidden_files_are_listed_when_they_are_asked_for(folder: Path):
    entries = read_folder(folder).entries
    assert [entry.name for entry in matching(entries, ".h")] == [".hidden"]
    assert ".hidden" not in [entry.name for entry in matching(entries, "")]
    assert entries[0] == FolderEntry("sub", is_folder=True)
    assert FolderEntry("beta.py", is_folder=False, size_bytes=2048) in entries


def test_a_name_is_completed_without_regard_to_case():
    entries = [FolderEntry("Readme.md", is_folder=False), FolderEntry("readme.txt", is_folder=False)]
    assert completed(entries, "re") == "Readme."
    assert completed(entries[:1], "READ") == "Readme.md"
    assert completed(entries, "x") == "x"


@pytest.mark.parametrize(
    ("text", "folder", "name"),
    [
        ("", "/here", ""),
        ("no", "/here", "no"),
        ("sub/", "/here/sub", ""),
        ("/a/b", "/a", "b"),
        ("/a/b/", "/a/b", ""),
        ("/", "/", ""),
    ],
)
def test_a_typed_path_is_a_folder_and_the_beginning_of_a_name(text: str, folder: str, name: str):
    typed = split_typed(text, Path("/here"))
    assert (typed.folder, typed.name) == (Path(folder), name)


def test_the_home_folder_is_a_tilde(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert split_typed("~", Path("/here")).folder == tmp_path
    assert split_typed("~/no", Path("/here")).folder == tmp_path
    assert typed_text(tmp_path / "x", is_folder=True) == "~/x/"


def test_an_unreadable_folder_is_reported(tmp_path: Path):
    (tmp_path / "file").write_text("x")
    assert "cannot be read: a part of the path is not a folder." in read_folder(tmp_path / "file").problem
