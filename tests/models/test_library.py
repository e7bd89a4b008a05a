"""The scan of every place where models may lie, and what it remembers."""

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.gguf_files import write_llama, write_split
from tui.models import library
from tui.models.library import scan_library
from tui.models.model import ModelFile
from tui.services.sentences import sentence


def names(library_read: library.Library) -> list[str]:
    return [model.name for model in library_read.files]


def test_finds_models_in_every_kind_of_place(own_folder: Path, tmp_path: Path) -> None:
    package = tmp_path / "site-packages" / "llm_tiny"
    folder = tmp_path / "my models" / "deep" / "deeper"
    package.mkdir(parents=True)
    folder.mkdir(parents=True)
    write_llama(own_folder / "own.gguf")
    write_llama(package / "packed.gguf")
    write_llama(folder / "mine.gguf")
    named = write_llama(tmp_path / "named.gguf")

    library_read = scan_library([tmp_path / "my models"], [named], packages=[package.parent])

    assert [(model.name, model.found_in, model.stored_as) for model in library_read.files] == [
        ("mine", "folder", f"{tmp_path}/my models"),
        ("named", "file", ""),
        ("own", "own", ""),
        ("packed", "package", "llm_tiny"),
    ]
    assert library_read.problems == ()


def test_no_models_folder_is_no_problem(own_folder: Path) -> None:
    own_folder.rmdir()

    assert (scan_library().files, scan_library().problems) == ((), ())


def test_missing_named_file_is_listed_with_the_reason(own_folder: Path, tmp_path: Path) -> None:
    library_read = scan_library(files=[tmp_path / "gone.gguf"])

    (missing,) = library_read.files
    assert missing.error is not None
    assert sentence(missing.error) == "There is no such file. Check the path."


def test_a_file_reached_twice_is_listed_once_under_the_first_name(own_folder: Path, tmp_path: Path) -> None:
    # GIVEN a hub's cache: a readable name that links to a blob
    blobs, snapshot = tmp_path / "hub" / "blobs", tmp_path / "hub" / "snapshots"
    blobs.mkdir(parents=True)
    snapshot.mkdir()
    blob = write_llama(blobs / "0123abcd")
    (snapshot / "Tiny-Q4_0.gguf").symlink_to(blob)

    library_read = scan_library([tmp_path / "hub", tmp_path / "hub"], [snapshot / "Tiny-Q4_0.gguf"])

    assert [(model.name, model.found_in) for model in library_read.files] == [("Tiny", "file")]
    assert library_read.files[0].path == snapshot / "Tiny-Q4_0.gguf"


def test_a_split_model_is_one_row(own_folder: Path) -> None:
    write_split(own_folder, "Big-Q4_K_M", 3)

    library_read = scan_library()

    assert names(library_read) == ["Big"]
    assert len(library_read.files[0].shards) == 3


def test_a_split_model_whose_first_shard_is_missing_is_one_row_with_the_reason(own_folder: Path) -> None:
    write_split(own_folder, "Big", 3)[0].unlink()

    library_read = scan_library()

    assert len(library_read.files) == 1
    assert library_read.files[0].error is not None
    assert "Big-00001-of-00003.gguf is missing" in sentence(library_read.files[0].error)


def test_file_name_with_invalid_bytes_is_listed(own_folder: Path) -> None:
    raw = os.fsencode(own_folder) + b"/odd-\xff\x1b[31m.gguf"
    try:
        fd = os.open(raw, os.O_CREAT | os.O_WRONLY)
    except OSError:
        pytest.skip("this file system takes text names only")
    os.close(fd)
    write_llama(Path(os.fsdecode(raw)))

    for _ in range(2):
        assert names(scan_library()) == ["odd-"]


def test_a_folder_alone_is_searched_and_no_store(own_folder: Path, tmp_path: Path) -> None:
    write_llama(own_folder / "own.gguf")
    write_llama(tmp_path / "mine.gguf")

    assert [model.name for model in library.scan_folder(tmp_path).files] == ["mine", "own"]
    assert library.scan_folder(own_folder).files[0].found_in == "folder"


def test_what_a_change_would_make_old_is_watched(own_folder: Path) -> None:
    broken = own_folder / "cut.gguf"
    broken.write_bytes(b"GGUF")
    good = write_llama(own_folder / "good.gguf")

    watched = scan_library().watched

    assert watched[str(own_folder)] == own_folder.stat().st_mtime_ns
    # A file that is still being written changes no folder.
    assert watched[str(broken)] == broken.stat().st_mtime_ns
    assert str(good) not in watched


def test_each_store_is_reported_with_its_models(own_folder: Path) -> None:
    write_split(own_folder, "Big", 3)
    write_llama(own_folder / "small.gguf")

    reports = {report.store: report for report in scan_library().stores}

    assert (reports["own"].folders, reports["own"].models) == ((own_folder,), 2)
    assert reports["ollama"].models == 0


def test_reports_how_long_three_hundred_files_take(
    own_folder: Path, record_property: Callable[[str, object], None]
) -> None:
    for index in range(300):
        write_llama(own_folder / f"model-{index}-Q4_K_M.gguf", layers=16)

    seconds: list[float] = []
    for _ in range(2):
        start = time.perf_counter()
        library_read = scan_library()
        seconds.append(time.perf_counter() - start)
        assert len(library_read.files) == 300

    record_property("scan_seconds", seconds)
    print(f"300 files: first scan {seconds[0] * 1000:.0f} ms, second {seconds[1] * 1000:.0f} ms")


def test_many_files_are_told_by_their_names_before_they_are_read(
    own_folder: Path, reads: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "_MANY_UNREAD", 2)
    monkeypatch.setattr(library, "_REPORT_SECONDS", 0.0)
    for name in "abcdef":
        write_llama(own_folder / f"{name}-F32.gguf", context=512 + ord(name))
    told: list[list[bool]] = []

    def hear(files: Sequence[ModelFile]) -> None:
        assert [file.name for file in files] == list("abcdef")
        assert {file.quant for file in files} == {"F32"}
        unread = [file.error is not None for file in files]
        assert unread == [file.shape is None for file in files]
        told.append(unread)

    files = scan_library(on_early=hear).files
    assert told[0] == [True] * 6
    counts = [sum(unread) for unread in told]
    assert counts == sorted(counts, reverse=True)
    assert len(counts) > 1
    assert all(file.error is None for file in files)
    assert len(reads) == 6

    # WHEN they are in the cache THEN there is nothing to tell early
    told.clear()
    assert scan_library(on_early=hear).files == files
    assert told == []
