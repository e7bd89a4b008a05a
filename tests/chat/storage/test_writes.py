"""Titles, and writes to a conversation that another llmtui deleted."""

from pathlib import Path

import pytest

from tests.chat.conversations import (
    FILES,
    add_turn,
    only_record,
    recorded_conversation,
    result_of,
    shown_texts,
)
from tui.chat.messages import Question
from tui.chat.storage import schema as store_schema
from tui.chat.storage.store import ConversationStore
from tui.chat.storage.writes import title_for_question, title_from_text
from tui.services.sentences import sentence


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine another store may hold the file for longer than a user should wait."""
    monkeypatch.setattr(store_schema, "_WAIT_SECONDS", 30.0)


def test_a_conversation_deleted_by_another_llmtui_starts_again_with_the_next_question(file: Path) -> None:
    first, two = ConversationStore(file), ConversationStore(file)
    conversation, keeper = recorded_conversation(first)
    add_turn(conversation, "a", "1")
    result_of(first.list_conversations())
    assert keeper.conversation_id is not None
    result_of(two.delete_conversation(keeper.conversation_id))
    conversation.begin_reply("Model Q4")
    conversation.append("said after it")
    conversation.finish_reply("end")
    assert result_of(first.list_conversations()) == []
    add_turn(conversation, "b", "2")
    assert only_record(first).title == "b"
    assert shown_texts(only_record(two)) == ["said after it", "b", "2"]
    first.close()
    two.close()


def test_title_is_the_first_non_empty_line() -> None:
    assert title_from_text("\n\t\n \x1b[31mHello\x1b[0m  you\nmore") == "Hello you"
    assert title_from_text("\x00\n") == ""
    assert len(title_from_text("y" * 10_000_000)) == 200


def test_question_without_a_word_has_a_title() -> None:
    assert title_for_question(Question(1, "\x00\n"), sentence) == "Untitled"
    assert title_for_question(Question(1, "Hello"), sentence) == "Hello"


def test_question_of_only_files_is_named_after_the_first(store: ConversationStore) -> None:
    conversation, _keeper = recorded_conversation(store)
    conversation.add_user("", FILES)
    conversation.begin_reply("Model Q4")
    assert [row.title for row in result_of(store.list_conversations())] == ["notes.md"]
