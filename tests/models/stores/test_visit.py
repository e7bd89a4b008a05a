"""Reading of a store's folders and records, and what is remembered of it."""

import os
from pathlib import Path

import msgspec
import pytest

from tui.models.stores.visit import Visit
from tui.services.sentences import sentence


class Record(msgspec.Struct):
    name: str = ""


def test_remembers_every_folder_and_record_that_it_looked_at(tmp_path: Path):
    (tmp_path / "store" / "below").mkdir(parents=True)
    (tmp_path / "settings.json").write_text('{"name": "x"}')
    visit = Visit("ollama")

    assert visit.look_in(tmp_path / "store")
    assert not visit.look_in(tmp_path / "gone")
    assert list(visit.walk(tmp_path / "store")) == []
    assert visit.read_json(tmp_path / "settings.json", Record) == Record("x")
    assert visit.read_text(tmp_path / "none") == ""

    assert set(map(Path, visit.folders)) == {
        tmp_path / "store",
        tmp_path / "gone",
        tmp_path / "store" / "below",
        tmp_path / "settings.json",
        tmp_path / "none",
    }
    assert visit.folders[str(tmp_path / "gone")] == visit.folders[str(tmp_path / "none")] == 0
    assert visit.folders[str(tmp_path / "store")] == (tmp_path / "store").stat().st_mtime_ns
    assert visit.roots == [tmp_path / "store", tmp_path / "gone"]


@pytest.mark.parametrize("data", [b"", b"{", b"[1]", b'{"name": 1}', b"\xff\xfe", b"[" * 100_000])
def test_a_broken_record_is_none(tmp_path: Path, data: bytes):
    (tmp_path / "record").write_bytes(data)

    assert Visit("jan").read_json(tmp_path / "record", Record) is None


def test_pipes_and_huge_files_are_no_records(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(1 << 30)
    visit = Visit("jan")

    assert visit.read_bytes(tmp_path / "huge") == b""
    assert visit.read_bytes(tmp_path / "pipe") == b""


def test_an_impossible_name_is_not_there():
    visit = Visit("jan")

    assert not visit.look_in(Path("/a\0b"))
    assert visit.entries(Path("/a\0b")) == []
    assert visit.problems == []


def test_a_record_that_may_not_be_read_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "settings.json").write_text("{}")

    def refuse(path: Path, *_modes: str) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", refuse)
    visit = Visit("jan")

    assert visit.read_bytes(tmp_path / "settings.json") == b""
    assert [sentence(problem) for problem in visit.problems] == [
        f"You may not read {tmp_path}/settings.json, which says where another program keeps models"
    ]


def test_links_to_folders_are_followed_once_and_hidden_names_passed_over(tmp_path: Path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.gguf").write_bytes(b"")
    (tmp_path / "b").symlink_to("a")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "y.gguf").write_bytes(b"")
    (tmp_path / "z.txt").write_bytes(b"")

    assert list(Visit("jan").model_files(tmp_path)) == [tmp_path / "a" / "x.gguf"]


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="no folder of the kernel's data")
def test_walk_skips_device_and_kernel_folders(tmp_path: Path):
    for name in ("proc", "sys", "dev"):
        (tmp_path / name).symlink_to(f"/{name}")
    (tmp_path / "a.gguf").touch()
    entered: list[Path] = []

    assert list(Visit("folder", entered.append).model_files(tmp_path)) == [tmp_path / "a.gguf"]
    assert entered == [tmp_path]
    # AND neither is one of them that is named itself
    assert list(Visit("folder", entered.append).model_files(Path("/proc"))) == []
    assert entered == [tmp_path]


def test_each_folder_is_reported_before_it_is_searched(tmp_path: Path):
    (tmp_path / "sub" / "deep").mkdir(parents=True)
    (tmp_path / "sub" / "up").symlink_to(tmp_path)
    entered: list[Path] = []

    assert list(Visit("folder", entered.append).model_files(tmp_path)) == []
    assert entered == [tmp_path, tmp_path / "sub", tmp_path / "sub" / "deep"]
