"""The store writes pieces together, survives faults of the file, and says why nothing is saved."""

import os
import sqlite3
import time
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
from tests.reasons import raises_sentence
from tests.waiting import PATIENCE_SECONDS
from tui.chat.conversation import Reply
from tui.chat.storage import schema as store_schema
from tui.chat.storage import store as store_module
from tui.chat.storage.schema import StoreError
from tui.chat.storage.store import ConversationStore
from tui.sentences import Reason, reason
from tui.services.sentences import sentence

HOSTILE = [
    "\x1b[2J\x1b]0;title\x07 cleared",
    "lone \ud800 and \udfff surrogates",
    "half a pair \ud83d",
    "nul \x00 in the middle",
    "x" * 1_000_000,
    "'; DROP TABLE messages; --",
    "[bold]no markup[/] \u202e reversed",
    "\r\n\t \u2028 ends",
]


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine another store may hold the file for longer than a user should wait."""
    monkeypatch.setattr(store_schema, "_WAIT_SECONDS", 30.0)


def count(file: Path, table: str) -> int:
    db = sqlite3.connect(file)
    (row_count,) = db.execute(f"SELECT count(*) FROM {table}").fetchone()
    db.close()
    return int(row_count)


def collect(reports: list[str | None]) -> Callable[[Reason | None], None]:
    return lambda why: reports.append(None if why is None else sentence(why))


def wait(condition: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_read_back_unchanged(file: Path, text: str) -> None:
    save_conversation(file, (text, text), ("next", "yes"))
    store = ConversationStore(file)
    record = only_record(store)
    assert shown_texts(record) == [text, text, "next", "yes"]
    # AND it can be searched without harm, and its title is one clean line
    assert result_of(store.list_conversations("yes")) != []
    assert "\x1b" not in record.title
    assert "\n" not in record.title
    assert len(record.title) <= 200
    store.close()


def test_a_reply_is_written_in_pieces_while_it_streams(store: ConversationStore, file: Path) -> None:
    conversation, _keeper = recorded_conversation(store)
    conversation.add_user("Tell me")
    conversation.begin_reply("Model Q4")
    written: list[str] = []
    for piece in ("one ", "two ", "three"):
        conversation.append(piece)
        written.append(piece)
        assert shown_texts(only_record(store))[-1] == "".join(written)
    assert count(file, "pieces") == 3
    conversation.finish_reply("end")
    assert shown_texts(only_record(store))[-1] == "one two three"
    assert count(file, "pieces") == 0


def test_pieces_that_come_together_are_written_together(store: ConversationStore, file: Path) -> None:
    conversation, _keeper = recorded_conversation(store)
    conversation.add_user("Tell me")
    conversation.begin_reply("Model Q4")
    for number in range(1000):
        conversation.append(f"{number} ")
    assert shown_texts(only_record(store))[-1] == "".join(f"{number} " for number in range(1000))
    assert count(file, "pieces") < 50


def test_closing_during_a_reply_saves_its_text_so_far(file: Path) -> None:
    store = ConversationStore(file)
    conversation, _keeper = recorded_conversation(store)
    conversation.add_user("Hello")
    conversation.begin_reply("Model Q4")
    conversation.append("It was a")
    assert store.close()
    again = ConversationStore(file)
    reply = only_record(again).shown_branch[-1].message
    assert isinstance(reply, Reply)
    assert (reply.text, reply.interrupted) == ("It was a", reason("chat.closed_while_writing"))
    again.close()


def test_two_stores_write_their_own_conversations(file: Path) -> None:
    stores = [ConversationStore(file), ConversationStore(file)]
    talks = [recorded_conversation(store)[0] for store in stores]
    for number in range(30):
        for name, conversation in zip("ab", talks, strict=True):
            add_turn(conversation, f"{name}{number}", f"answer {name}{number}")
    for store in stores:
        assert store.close()
    again = ConversationStore(file)
    for row in result_of(again.list_conversations()):
        name = row.title[0]
        expected = [text for n in range(30) for text in (f"{name}{n}", f"answer {name}{n}")]
        assert shown_texts(result_of(again.read_conversation(row.id))) == expected
    assert len(result_of(again.list_conversations())) == 2
    again.close()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="needs a user whom permissions bind")
def test_a_read_only_file_can_be_read(file: Path) -> None:
    save_conversation(file, ("a", "1"))
    file.chmod(0o400)
    reports: list[str | None] = []
    store = ConversationStore(file, collect(reports))
    conversation, _keeper = recorded_conversation(store)
    add_turn(conversation, "b", "2")
    assert shown_texts(only_record(store)) == ["a", "1"]
    assert reports == ["conversations.sqlite may not be written to"]
    store.close()


def test_a_read_only_file_is_reported_and_can_be_searched(file: Path) -> None:
    save_conversation(file, ("a", "quince"))
    reports: list[str | None] = []
    store = ConversationStore(file, collect(reports))
    result_of(store.ask(lambda db, _has_index: db.execute("PRAGMA query_only = ON").fetchall()))
    conversation, _keeper = recorded_conversation(store)
    add_turn(conversation, "b", "2")
    assert len(result_of(store.list_conversations("quince"))) == 1
    with raises_sentence(StoreError, "may not be written to"):
        result_of(store.pin_conversation(result_of(store.list_conversations())[0].id, True))
    assert reports == ["conversations.sqlite may not be written to"]
    store.close()


def test_changes_wait_for_another_program_and_are_saved_afterwards(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN another program that holds the file
    monkeypatch.setattr(store_schema, "_WAIT_SECONDS", 0.01)
    monkeypatch.setattr(store_module, "_RETRY_SECONDS", 0.05)
    save_conversation(file, ("a", "1"))
    other_connection = sqlite3.connect(file, isolation_level=None)
    other_connection.execute("BEGIN IMMEDIATE")
    reports: list[str | None] = []
    store = ConversationStore(file, collect(reports))
    conversation, keeper = recorded_conversation(store)
    add_turn(conversation, "b", "2")
    wait(lambda: reports)
    # WHEN it lets go
    add_turn(conversation, "c", "3")
    assert reports == ["another program is using conversations.sqlite"]
    other_connection.execute("COMMIT")
    wait(lambda: len(reports) == 2)
    # THEN all of it is there, and that is told
    assert reports[1] is None
    assert keeper.conversation_id is not None
    assert shown_texts(result_of(store.read_conversation(keeper.conversation_id))) == ["b", "2", "c", "3"]
    store.close()
    other_connection.close()


def test_changes_that_a_full_disk_refused_are_saved_once_there_is_room(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a file that may not grow any more
    monkeypatch.setattr(store_module, "_RETRY_SECONDS", 0.05)
    reports: list[str | None] = []
    store = ConversationStore(file, collect(reports))
    limit = 0

    def limit_pages(db: sqlite3.Connection) -> None:
        db.execute(f"PRAGMA max_page_count = {limit or 1 << 30}").fetchall()

    result_of(store.list_conversations())
    limit = 1
    result_of(store.ask(lambda db, _has_index: limit_pages(db)))
    # WHEN more is said than it holds
    conversation, _keeper = recorded_conversation(store)
    add_turn(conversation, "a", "y" * 200_000)
    add_turn(conversation, "b", "2")
    wait(lambda: reports)
    assert reports == ["the disk is full"]
    assert len(conversation.messages) == 4
    # THEN it is kept as soon as there is room
    limit = 0
    result_of(store.ask(lambda db, _has_index: limit_pages(db)))
    wait(lambda: len(reports) == 2)
    assert shown_texts(only_record(store)) == ["a", "y" * 200_000, "b", "2"]
    store.close()


def test_failing_change_leaves_the_others(file: Path) -> None:
    store = ConversationStore(file)
    conversation, _keeper = recorded_conversation(store)
    add_turn(conversation, "a", "1")
    store.write(lambda db: db.execute("INSERT INTO messages (id) VALUES (1)"))
    store.write(lambda _db: 1 / 0)
    add_turn(conversation, "b", "2")
    assert shown_texts(only_record(store)) == ["a", "1", "b", "2"]
    store.close()


def test_closed_store_answers_nothing(file: Path) -> None:
    store = ConversationStore(file)
    assert store.close()
    assert store.close()
    with pytest.raises(StoreError):
        result_of(store.list_conversations())
