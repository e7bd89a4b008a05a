"""What can go wrong with the file of conversations: the chat goes on, and one notice says why."""

import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.chat.talks import got, keeping, only, talk_kept, texts, turn
from tests.saying import raises_saying
from tests.waiting import PATIENCE_SECONDS
from tui.chat.storage import schema as store_schema
from tui.chat.storage import store as store_module
from tui.chat.storage.schema import SCHEMA_STEPS, SCHEMA_VERSION, StoreError
from tui.chat.storage.store import ConversationStore
from tui.sentences import Reason
from tui.services.sentences import sentence


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "conversations.sqlite"


def wait(condition: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def collect(told: list[str | None]) -> Callable[[Reason | None], None]:
    return lambda why: told.append(None if why is None else sentence(why))


def not_kept(file: Path) -> list[str | None]:
    """Talk on while nothing can be kept; returns what was told."""
    told: list[str | None] = []
    store = ConversationStore(file, collect(told))
    conversation, _keeper = keeping(store)
    for number in range(5):
        turn(conversation, f"question {number}", "answer")
    with pytest.raises(StoreError):
        got(store.list_conversations())
    assert len(conversation.messages) == 10
    assert store.close()
    return told


def test_a_file_of_a_newer_llmtui_is_left_alone(file: Path) -> None:
    talk_kept(file, ("a", "1"))
    with sqlite3.connect(file) as db:
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    db.close()
    before = file.read_bytes()
    assert not_kept(file) == ["conversations.sqlite was written by a newer llmtui"]
    assert file.read_bytes() == before


def test_a_file_that_is_no_database_is_left_alone(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"my precious notes\n" * 500)
    before = file.read_bytes()
    (told,) = not_kept(file)
    assert told is not None
    assert "is not a database" in told
    assert file.read_bytes() == before


def test_a_folder_in_its_place_is_told(file: Path) -> None:
    file.mkdir(parents=True)
    assert not_kept(file) == ["conversations.sqlite cannot be opened"]


def test_a_data_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("in the way")
    (told,) = not_kept(tmp_path / "data" / "conversations.sqlite")
    assert told is not None
    assert "data" in told


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="needs a user whom permissions bind")
def test_a_read_only_file_can_be_read(file: Path) -> None:
    talk_kept(file, ("a", "1"))
    file.chmod(0o400)
    told: list[str | None] = []
    store = ConversationStore(file, collect(told))
    conversation, _keeper = keeping(store)
    turn(conversation, "b", "2")
    assert texts(only(store)) == ["a", "1"]
    assert told == ["conversations.sqlite may not be written to"]
    store.close()


def test_a_file_that_may_not_be_written_to_is_told_and_can_be_searched(file: Path) -> None:
    talk_kept(file, ("a", "quince"))
    told: list[str | None] = []
    store = ConversationStore(file, collect(told))
    got(store.ask(lambda db, _has_index: db.execute("PRAGMA query_only = ON").fetchall()))
    conversation, _keeper = keeping(store)
    turn(conversation, "b", "2")
    assert len(got(store.list_conversations("quince"))) == 1
    with raises_saying(StoreError, "may not be written to"):
        got(store.pin_conversation(got(store.list_conversations())[0].id, True))
    assert told == ["conversations.sqlite may not be written to"]
    store.close()


def test_what_waited_for_another_program_is_kept_when_it_lets_go(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN another program that holds the file
    monkeypatch.setattr(store_schema, "_WAIT_SECONDS", 0.01)
    monkeypatch.setattr(store_module, "_RETRY_SECONDS", 0.05)
    talk_kept(file, ("a", "1"))
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    told: list[str | None] = []
    store = ConversationStore(file, collect(told))
    conversation, keeper = keeping(store)
    turn(conversation, "b", "2")
    wait(lambda: told)
    # WHEN it lets go
    turn(conversation, "c", "3")
    assert told == ["another program is using conversations.sqlite"]
    other.execute("COMMIT")
    wait(lambda: len(told) == 2)
    # THEN all of it is there, and that is told
    assert told[1] is None
    assert keeper.conversation_id is not None
    assert texts(got(store.read_conversation(keeper.conversation_id))) == ["b", "2", "c", "3"]
    store.close()
    other.close()


def test_what_a_full_disk_refused_is_kept_once_there_is_room(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a file that may not grow any more
    monkeypatch.setattr(store_module, "_RETRY_SECONDS", 0.05)
    told: list[str | None] = []
    store = ConversationStore(file, collect(told))
    limit = 0

    def limit_pages(db: sqlite3.Connection) -> None:
        db.execute(f"PRAGMA max_page_count = {limit or 1 << 30}").fetchall()

    got(store.list_conversations())
    limit = 1
    got(store.ask(lambda db, _has_index: limit_pages(db)))
    # WHEN more is said than it holds
    conversation, _keeper = keeping(store)
    turn(conversation, "a", "y" * 200_000)
    turn(conversation, "b", "2")
    wait(lambda: told)
    assert told == ["the disk is full"]
    assert len(conversation.messages) == 4
    # THEN it is kept as soon as there is room
    limit = 0
    got(store.ask(lambda db, _has_index: limit_pages(db)))
    wait(lambda: len(told) == 2)
    assert texts(only(store)) == ["a", "y" * 200_000, "b", "2"]
    store.close()


def test_one_change_that_cannot_be_made_costs_no_other(file: Path) -> None:
    store = ConversationStore(file)
    conversation, _keeper = keeping(store)
    turn(conversation, "a", "1")
    store.write(lambda db: db.execute("INSERT INTO messages (id) VALUES (1)"))
    store.write(lambda _db: 1 / 0)
    turn(conversation, "b", "2")
    assert texts(only(store)) == ["a", "1", "b", "2"]
    store.close()


def test_after_the_end_nothing_is_asked_any_more(file: Path) -> None:
    store = ConversationStore(file)
    assert store.close()
    assert store.close()
    with pytest.raises(StoreError):
        got(store.list_conversations())


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
        assert texts(only(store)) == ["What is a quince?", "A fruit.", "More", "It is "]
        assert len(got(store.list_conversations("quince fruit"))) == 1
    conversation, keeper = keeping(stores[0])
    keeper.reopen(7, only(stores[0]))
    turn(conversation, "And?", "So")
    assert texts(only(stores[0]))[-2:] == ["And?", "So"]
    for store in stores:
        assert store.close()
    db = sqlite3.connect(file)
    assert db.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    db.close()


def test_an_upgrade_that_fails_leaves_the_file_as_it_was(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    talk_kept(file, ("a", "1"))
    monkeypatch.setattr(store_schema, "SCHEMA_VERSION", SCHEMA_VERSION + 1)
    bad = (
        *SCHEMA_STEPS,
        ("ALTER TABLE messages ADD COLUMN more TEXT", "ALTER TABLE no_such_table RENAME TO x"),
    )
    monkeypatch.setattr(store_schema, "SCHEMA_STEPS", bad)
    assert len(not_kept(file)) == 1
    monkeypatch.undo()
    store = ConversationStore(file)
    assert texts(only(store)) == ["a", "1"]
    store.close()
