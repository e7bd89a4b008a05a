"""Deleted turns are not found, with an index and without."""

from pathlib import Path

from tests.chat.talks import got, keeping, only, texts, turn
from tui.chat.storage.store import ConversationStore


def test_text_of_a_deleted_turn_is_not_found(store: ConversationStore, tmp_path: Path) -> None:
    conversation, _keeper = keeping(store)
    turn(conversation, "about xylophones", "yes")
    turn(conversation, "and zithers", "no")
    assert len(got(store.list_conversations("xylophones"))) == 1
    conversation.delete_turn(conversation.messages[0].id)
    # The title stays what it was.
    assert got(store.list_conversations("yes")) == []
    assert texts(only(store)) == ["and zithers", "no"]
    conversation.delete_turn(conversation.messages[0].id)
    assert got(store.list_conversations()) == []


def test_turn_is_deleted_without_a_search_index(store: ConversationStore, tmp_path: Path) -> None:
    conversation, _keeper = keeping(store)
    turn(conversation, "first", "one")
    turn(conversation, "second", "two")
    got(store.ask(lambda db, _has_index: db.execute("DROP TABLE words")))
    conversation.delete_turn(conversation.messages[0].id)
    conversation.continue_reply()
    conversation.append(" and three")
    conversation.finish_reply("end")
    assert texts(only(store)) == ["second", "two and three"]
