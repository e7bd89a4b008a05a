"""Replies of a process that has ended are closed."""

from pathlib import Path

import pytest

from tests.chat.conversations import (
    recorded_conversation,
    result_of,
    shown_texts,
)
from tui.chat.conversation import Reply
from tui.chat.storage import schema as store_schema
from tui.chat.storage.store import ConversationStore
from tui.sentences import reason


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine another store may hold the file for longer than a user should wait."""
    monkeypatch.setattr(store_schema, "_WAIT_SECONDS", 30.0)


def test_open_reply_of_an_ended_process_is_marked_interrupted(file: Path) -> None:
    # GIVEN a reply in the middle, by a process that no longer runs, and one by a process that does
    gone, alive = ConversationStore(file, writer="1:1:gone"), ConversationStore(file)
    for store, text in ((gone, "gone"), (alive, "alive")):
        conversation, _keeper = recorded_conversation(store)
        conversation.add_user(text)
        conversation.begin_reply("Model Q4")
        conversation.append("It was a")
        result_of(store.list_conversations())
    # WHEN a third one starts
    third = ConversationStore(file)
    interruptions = {
        row.title: result_of(third.read_conversation(row.id)).shown_branch[-1].message
        for row in result_of(third.list_conversations())
    }
    # THEN only the first one is closed
    assert interruptions["gone"] == Reply(
        0, "It was a", "Model Q4", interrupted=reason("chat.closed_while_writing")
    )
    assert isinstance(interruptions["alive"], Reply)
    assert interruptions["alive"].interrupted == reason("chat.still_being_written")
    conversation.append(" dark night")
    conversation.finish_reply("end")
    result_of(alive.list_conversations())
    (row,) = result_of(third.list_conversations("dark"))
    assert shown_texts(result_of(third.read_conversation(row.id))) == ["alive", "It was a dark night"]
    for store in (gone, alive, third):
        store.close()
