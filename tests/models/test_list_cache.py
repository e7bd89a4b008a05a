"""Cache of the last lists: the same rows, for the same search only, and no harm when it is broken."""

import os
from pathlib import Path

import msgspec
import pytest

from tests.gguf_files import write_llama
from tests.models.catalogue.entries import SHIPPED
from tui.models import list_cache
from tui.models.library import scan_library
from tui.models.list_cache import lists_folder, load_list, save_list
from tui.models.listing import catalogue_models
from tui.models.model import Model


@pytest.fixture
def rows(own_folder: Path) -> list[Model]:
    """Rows of the catalogue, of good files with and without an entry, and of a bad one."""
    write_llama(own_folder / "plain-F32.gguf")
    write_llama(own_folder / "other-F32.gguf", layers=3)
    (own_folder / "broken.gguf").write_bytes(b"GGUF")
    files = scan_library().files
    rows = catalogue_models(SHIPPED, files)
    entry = SHIPPED.entries[0]
    return [msgspec.structs.replace(row, entry=entry) if row.name == "other" else row for row in rows]


def test_the_rows_of_a_search_come_back_as_they_were(rows: list[Model], tmp_path: Path) -> None:
    assert {row.file_error is None for row in rows if row.on_disk} == {True, False}
    assert any(row.on_disk and row.entry for row in rows)
    split = msgspec.structs.replace(rows[0].file, shards=(rows[0].file.path, Path("second.gguf")))
    rows = [*rows, msgspec.structs.replace(rows[0], file=split)]
    save_list("this search", rows, tmp_path)
    assert load_list("this search", tmp_path) == rows
    assert load_list("another search", tmp_path) is None


def test_the_lists_are_in_the_folder_of_caches(rows: list[Model], own_home: Path) -> None:
    save_list("search", rows)
    assert load_list("search") == rows
    assert [path.suffix for path in lists_folder().iterdir()] == [".msgpack"]
    assert own_home in lists_folder().parents


@pytest.mark.parametrize("data", [b"", b"\x80", b"\xff\xff", b"{}", b"\x93\x01\x02\x03"])
def test_a_broken_list_is_none(rows: list[Model], tmp_path: Path, data: bytes) -> None:
    save_list("search", rows, tmp_path)
    (file,) = tmp_path.glob("*.msgpack")
    file.write_bytes(data)
    assert load_list("search", tmp_path) is None


@pytest.mark.parametrize("table", ["entries", "shapes"])
def test_a_row_that_names_a_missing_entry_or_shape_makes_the_list_none(
    rows: list[Model], tmp_path: Path, table: str
) -> None:
    save_list("search", rows, tmp_path)
    (file,) = tmp_path.glob("*.msgpack")
    stored = msgspec.msgpack.decode(file.read_bytes())
    stored[table] = []
    file.write_bytes(msgspec.msgpack.encode(stored))
    assert load_list("search", tmp_path) is None


def test_a_list_of_other_code_is_none(
    rows: list[Model], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_list("search", rows, tmp_path)
    monkeypatch.setattr(list_cache, "code_version", lambda: 1)
    assert load_list("search", tmp_path) is None


def test_only_the_latest_lists_are_kept(rows: list[Model], tmp_path: Path) -> None:
    for number in range(6):
        save_list(f"search {number}", rows, tmp_path)
        for path in tmp_path.glob("*.msgpack"):
            # One second older, so that the order does not depend on the clock of the file system.
            os.utime(path, ns=(0, path.stat().st_mtime_ns - 1_000_000_000))
    saved = [load_list(f"search {number}", tmp_path) is not None for number in range(6)]
    assert saved == [False, False, True, True, True, True]


def test_a_name_that_cannot_be_stored_costs_its_own_row_only(rows: list[Model], tmp_path: Path) -> None:
    strange = msgspec.structs.replace(rows[0], name="\udcff")
    save_list("search", [strange, *rows], tmp_path)
    assert load_list("search", tmp_path) == rows


def test_a_folder_that_cannot_be_written_is_harmless(rows: list[Model], tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    save_list("search", rows, blocked)
    assert load_list("search", blocked) is None
