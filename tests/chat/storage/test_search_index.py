"""Deleted turns are not found, with an index and without."""

from pathlib import Path

from tests.chat.conversations import add_turn, only_record, recorded_conversation, result_of, shown_texts
from tui.chat.storage.store import ConversationStore


def test_text_of_a_deleted_turn_is_not_found(store: ConversationStore, tmp_path: Path) -> None:
    conversation, _keeper = recorded_conversation(store)
    add_turn(conversation, "about xylophones", "yes")
    add_turn(conversation, "and zithers", "no")
    assert len(result_of(store.list_conversations("xylophones"))) == 1
    conversation.delete_turn(conversation.messages[0].id)
    # The title stays what it was.
    assert result_of(store.list_conversations("yes")) == []
    assert shown_texts(only_record(store)) == ["and zithers", "no"]
    conversation.delete_turn(conversation.messages[0].id)
    assert result_of(store.list_conversations()) == []


def test_turn_is_deleted_without_a_search_index(store: ConversationStore, tmp_path: Path) -> None:
    conversation, _keeper = recorded_conversation(store)
    add_turn(conversation, "first", "one")
    add_turn(conversation, "second", "two")
    result_of(store.ask(lambda db, _has_index: db.execute("DROP TABLE words")))
    conversation.delete_turn(conversation.messages[0].id)
    conversation.continue_reply()
    conversation.append(" and three")
    conversation.finish_reply("end")
    assert shown_texts(only_record(store)) == ["second", "two and three"]
