"""The watch over folders: a change is noticed once, and a rest costs nothing."""

import os
import threading
from pathlib import Path

import pytest

from tui.services.disk_watch import DiskWatch, change_time


class Changes:
    """Counts the calls of a watch."""

    def __init__(self) -> None:
        self.count = 0
        self.event = threading.Event()

    def __call__(self) -> None:
        self.count += 1
        self.event.set()


@pytest.fixture
def changes() -> Changes:
    return Changes()


def times(*paths: Path) -> dict[str, int]:
    return {str(path): change_time(str(path)) for path in paths}


def test_notices_a_new_file_and_calls_once(tmp_path: Path, changes: Changes):
    watch = DiskWatch(changes, interval=0.02)
    watch.watch(times(tmp_path))
    assert not changes.event.wait(0.2)

    (tmp_path / "new.gguf").write_bytes(b"")
    assert changes.event.wait(10)
    changes.event.clear()
    (tmp_path / "newer.gguf").write_bytes(b"")
    # It rests until the next scan says what it read.
    assert not changes.event.wait(0.2)
    watch.watch(times(tmp_path))
    (tmp_path / "newest.gguf").write_bytes(b"")
    assert changes.event.wait(10)
    watch.close()
    assert changes.count == 2


def test_notices_what_comes_and_goes_and_a_file_that_grows(tmp_path: Path):
    folder, file, absent = tmp_path / "folder", tmp_path / "part.gguf", tmp_path / "absent"
    for change in (folder.rmdir, lambda: file.write_bytes(b"longer"), absent.mkdir):
        folder.mkdir(exist_ok=True)
        file.write_bytes(b"x")
        os.utime(file, (1, 1))
        changes = Changes()
        watch = DiskWatch(changes, interval=0.02)
        watch.watch(times(folder, file, absent))
        change()
        assert changes.event.wait(10)
        watch.close()


def test_a_change_between_the_scan_and_the_watch_is_noticed(tmp_path: Path, changes: Changes):
    watch = DiskWatch(changes, interval=0.02)
    watch.watch({str(tmp_path): change_time(str(tmp_path)) - 1})

    assert changes.event.wait(10)
    watch.close()


def test_nothing_to_watch_starts_no_thread_and_a_closed_watch_is_silent(tmp_path: Path, changes: Changes):
    # Those of earlier tests may just be ending.
    threads = set(threading.enumerate())
    idle = DiskWatch(changes, interval=0.02)
    idle.watch({})
    assert not any(thread.name == "disk-watch" for thread in set(threading.enumerate()) - threads)

    closed = DiskWatch(changes, interval=0.02)
    closed.close()
    closed.watch({str(tmp_path): 0})
    assert not changes.event.wait(0.2)


def test_an_impossible_path_is_not_there():
    assert change_time("a\0b") == 0
