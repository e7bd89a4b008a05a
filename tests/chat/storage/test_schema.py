"""The file is created for its user alone, upgraded from older versions, else left alone."""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.chat.conversations import (
    add_turn,
    only_record,
    recorded_conversation,
    result_of,
    save_conversation,
    shown_texts,
)
from tui.chat.storage import schema as store_schema
from tui.chat.storage.schema import SCHEMA_STEPS, SCHEMA_VERSION, StoreError
from tui.chat.storage.store import ConversationStore
from tui.sentences import Reason
from tui.services.sentences import sentence


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine another store may hold the file for longer than a user should wait."""
    monkeypatch.setattr(store_schema, "_WAIT_SECONDS", 30.0)


def collect(reports: list[str | None]) -> Callable[[Reason | None], None]:
    return lambda why: reports.append(None if why is None else sentence(why))


def not_kept(file: Path) -> list[str | None]:
    """Talk on while nothing can be kept; returns what was told."""
    reports: list[str | None] = []
    store = ConversationStore(file, collect(reports))
    conversation, _keeper = recorded_conversation(store)
    for number in range(5):
        add_turn(conversation, f"question {number}", "answer")
    with pytest.raises(StoreError):
        result_of(store.list_conversations())
    assert len(conversation.messages) == 10
    assert store.close()
    return reports


@pytest.mark.skipif(os.name != "posix", reason="elsewhere a user's folders are closed to others as they are")
def test_the_files_can_be_read_only_by_their_owner(store: ConversationStore, file: Path) -> None:
    store.list_conversations().result()

    files = [path for path in file.parent.iterdir() if path.name.startswith(file.name)]
    assert file in files
    assert [path.stat().st_mode & 0o077 for path in files] == [0] * len(files)


def test_a_file_of_a_newer_llmtui_is_not_changed(file: Path) -> None:
    save_conversation(file, ("a", "1"))
    with sqlite3.connect(file) as db:
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    db.close()
    old_content = file.read_bytes()
    assert not_kept(file) == ["conversations.sqlite was written by a newer llmtui"]
    assert file.read_bytes() == old_content


def test_a_file_that_is_no_database_is_not_changed(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"my precious notes\n" * 500)
    old_content = file.read_bytes()
    (reports,) = not_kept(file)
    assert reports is not None
    assert "is not a database" in reports
    assert file.read_bytes() == old_content


def test_a_folder_in_place_of_the_file_is_reported(file: Path) -> None:
    file.mkdir(parents=True)
    assert not_kept(file) == ["conversations.sqlite cannot be opened"]


def test_a_data_folder_that_cannot_be_created_is_reported(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("in the way")
    (reports,) = not_kept(tmp_path / "data" / "conversations.sqlite")
    assert reports is not None
    assert "data" in reports


def test_a_file_of_the_first_version_is_brought_up_to_date(file: Path) -> None:
    # GIVEN a file that the first version's own statements made, with a conversation and an open reply in it
    file.parent.mkdir()
    db = sqlite3.connect(file)
    for statement in SCHEMA_STEPS[0]:
        db.execute(statement)
    db.execute("PRAGMA user_version = 1")
    db.execute(
        "INSERT INTO conversations (id, title, model, created, updated) VALUES (7, 'Old', 'M Q4', 10, 20)"
    )
    message = "INSERT INTO messages (id, conversation, parent, number, role, at, text, writer) VALUES "
    db.execute(message + "(1, 7, NULL, 1, 'user', 11, 'What is a quince?', NULL)")
    db.execute(message + "(2, 7, 1, 2, 'assistant', 12, 'A fruit.', NULL)")
    db.execute(message + "(3, 7, 2, 3, 'user', 13, 'More', NULL)")
    db.execute(message + "(4, 7, 3, 4, 'assistant', 14, '', '1:1:gone')")
    db.executemany("INSERT INTO pieces VALUES (4, ?, ?)", [(1, "It "), (2, "is ")])
    db.execute("UPDATE conversations SET last = 4")
    db.commit()
    db.close()
    # WHEN it is opened by two at once
    stores = [ConversationStore(file), ConversationStore(file)]
    # THEN both have all of it, and it can be searched and gone on with
    for store in stores:
        assert shown_texts(only_record(store)) == ["What is a quince?", "A fruit.", "More", "It is "]
        assert len(result_of(store.list_conversations("quince fruit"))) == 1
    conversation, keeper = recorded_conversation(stores[0])
    keeper.reopen(7, only_record(stores[0]))
    add_turn(conversation, "And?", "So")
    assert shown_texts(only_record(stores[0]))[-2:] == ["And?", "So"]
    for store in stores:
        assert store.close()
    db = sqlite3.connect(file)
    assert db.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    db.close()


def test_an_upgrade_that_fails_leaves_the_file_as_it_was(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_conversation(file, ("a", "1"))
    monkeypatch.setattr(store_schema, "SCHEMA_VERSION", SCHEMA_VERSION + 1)
    bad = (
        *SCHEMA_STEPS,
        ("ALTER TABLE messages ADD COLUMN more TEXT", "ALTER TABLE no_such_table RENAME TO x"),
    )
    monkeypatch.setattr(store_schema, "SCHEMA_STEPS", bad)
    assert len(not_kept(file)) == 1
    monkeypatch.undo()
    store = ConversationStore(file)
    assert shown_texts(only_record(store)) == ["a", "1"]
    store.close()
