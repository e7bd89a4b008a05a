"""Files that earlier versions of llmtui wrote.

In each: a conversation whose second question was answered twice, and one whose reply was cut off by a kill.
"""

import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.chat.conversations import (
    METRICS,
    RECEIPT,
    SETTINGS,
    add_turn,
    recorded_conversation,
    result_of,
    shown_texts,
)
from tests.chat.storage.test_rows import check as check_fields
from tui.chat.messages import Reply
from tui.chat.storage.document import conversation_to_json, read_document
from tui.chat.storage.rows import ConversationRecord
from tui.chat.storage.schema import SCHEMA_VERSION
from tui.chat.storage.store import ConversationStore
from tui.sentences import reason
from tui.services.sentences import sentence

OLD = Path(__file__).parent / "old"
SHOWN = ["What is a fox?", "An animal.", "More \ud800", "Second", "And?", "So"]


def check(record: ConversationRecord) -> None:
    """All that was said is there."""
    assert shown_texts(record) == SHOWN
    assert [stored.message.text for stored in record.messages] == [*SHOWN[:3], "First", *SHOWN[3:]]
    assert (record.system, record.settings, record.model) == ("Be brief", SETTINGS, "Model Q4")
    replies = [stored.message for stored in record.messages if isinstance(stored.message, Reply)]
    assert [(reply.metrics, reply.receipt) for reply in replies] == [
        (METRICS, RECEIPT),
        (METRICS, None),
        (METRICS, None),
        (METRICS, None),
    ]
    assert [(reply.thinking, reply.parts) for reply in replies] == [("", 1)] * 4


@pytest.mark.parametrize("version", [1, 2, 3])
def test_a_file_of_an_earlier_version_is_brought_up_to_date(version: int, tmp_path: Path) -> None:
    # GIVEN a file as that version left it
    file = tmp_path / "conversations.sqlite"
    shutil.copy(OLD / f"version-{version}.sqlite", file)
    store = ConversationStore(file)
    records = {
        row.title: result_of(store.read_conversation(row.id)) for row in result_of(store.list_conversations())
    }
    # THEN all of it is there, the reply that was cut off too, and it can be searched
    check(records["What is a fox?"])
    cut = records["Left open"].shown_branch[-1].message
    assert cut == Reply(0, "It was a", "Model Q4", interrupted=reason("chat.closed_while_writing"))
    (row,) = result_of(store.list_conversations("fox second"))
    # AND it can be gone on with: a branch that was hidden is walked to, and a turn taken out
    conversation, keeper = recorded_conversation(store)
    keeper.reopen(row.id, result_of(store.read_conversation(row.id)))
    assert conversation.show_alternative(conversation.messages[3].id, -1)
    assert [message.text for message in conversation.messages] == [*SHOWN[:3], "First"]
    add_turn(conversation, "Then?", "Now")
    conversation.delete_turn(conversation.messages[0].id)
    record = result_of(store.read_conversation(row.id))
    assert shown_texts(record) == [SHOWN[2], "First", "Then?", "Now"]
    assert [row.title for row in result_of(store.list_conversations("now"))] == ["What is a fox?"]
    assert result_of(store.list_conversations("animal")) == []
    assert store.close()
    with sqlite3.connect(file) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        db.execute("INSERT INTO words (words) VALUES ('integrity-check')")
        # The index of an earlier version is gone, with the words that were in it.
        assert db.execute("SELECT 1 FROM sqlite_master WHERE name LIKE 'search%'").fetchall() == []
    db.close()


def test_file_of_the_third_version_is_read_completely(tmp_path: Path) -> None:
    file = tmp_path / "conversations.sqlite"
    shutil.copy(OLD / "version-3.sqlite", file)
    store = ConversationStore(file)
    records = {
        row.title: result_of(store.read_conversation(row.id)) for row in result_of(store.list_conversations())
    }
    check_fields(records["Read these"])
    assert (records["Read these"].asking, records["Read these"].prompts) == (None, {})
    assert store.close()


def test_saved_sentences_of_interruption_and_energy_are_unchanged(tmp_path: Path) -> None:
    # GIVEN a file from before reasons were codes
    file = tmp_path / "conversations.sqlite"
    shutil.copy(OLD / "version-5.sqlite", file)
    store = ConversationStore(file, sentence=sentence)
    (row,) = result_of(store.list_conversations())
    record = result_of(store.read_conversation(row.id))
    # THEN its words are shown
    cut, complete = (stored.message for stored in record.messages if isinstance(stored.message, Reply))
    assert cut.interrupted == "The engine was killed by signal 9."
    assert cut.receipt is not None
    assert cut.receipt.energy.reason == "the power was not known all the time"
    assert (complete.interrupted, complete.receipt) == (None, RECEIPT)
    # AND a reply that is interrupted now has a sentence in the same place
    conversation, recorder = recorded_conversation(store)
    recorder.reopen(row.id, record)
    conversation.add_user("And a wolf?")
    conversation.begin_reply("Model Q4")
    conversation.abort_reply(reason("chat.disk_full"))
    assert store.close()
    with sqlite3.connect(file) as db:
        # AND a program of that version opens the file
        assert db.execute("PRAGMA user_version").fetchone() == (5,)
        sentences = db.execute(
            "SELECT interrupted FROM messages WHERE interrupted IS NOT NULL ORDER BY number"
        )
        assert sentences.fetchall() == [("The engine was killed by signal 9.",), ("the disk is full",)]
    db.close()


@pytest.mark.parametrize("version", [1, 2])
def test_a_document_of_an_earlier_version_is_imported(version: int) -> None:
    record = read_document(OLD / f"version-{version}.json")
    check(record)
    assert record.left_out == ()
    assert '"version": 3' in conversation_to_json(record, sentence)
