"""The list and the search find the shown branches."""

import pytest

from tests.chat.conversations import (
    add_turn,
    recorded_conversation,
    result_of,
)
from tui.chat.conversation import Attachment
from tui.chat.storage import schema as store_schema
from tui.chat.storage.recorder import ConversationRecorder
from tui.chat.storage.store import ConversationStore


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine another store may hold the file for longer than a user should wait."""
    monkeypatch.setattr(store_schema, "_WAIT_SECONDS", 30.0)


def test_list_has_pinned_conversations_first_then_the_newest(store: ConversationStore) -> None:
    for number, text in enumerate(("old", "middle", "new")):
        conversation, keeper = recorded_conversation(store)
        ConversationRecorder(store, conversation, clock=lambda number=number: 1000.0 + number)
        add_turn(conversation, text, "yes")
    rows = result_of(store.list_conversations())
    assert [row.title for row in rows] == ["new", "middle", "old"]
    result_of(store.pin_conversation(rows[2].id, True))
    result_of(store.rename_conversation(rows[0].id, "  newer\n name "))
    result_of(store.rename_conversation(rows[1].id, " \x00 "))
    assert [row.title for row in result_of(store.list_conversations())] == ["old", "newer name", "middle"]
    result_of(store.pin_conversation(rows[2].id, False))
    assert [row.title for row in result_of(store.list_conversations())] == ["newer name", "middle", "old"]
    assert keeper.conversation_id is None


@pytest.mark.parametrize("indexed", [True, False])
def test_a_search_finds_titles_and_texts(
    store: ConversationStore, indexed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    result_of(store.list_conversations())
    monkeypatch.setattr(store, "_has_index", indexed)
    for question, answer in (
        ("About Über-foxes", "They are quick"),
        ("日本語の質問", "C++ -> fast, 100 %"),
        ("Third", "Nothing\x1b[2J here"),
    ):
        conversation, _keeper = recorded_conversation(store)
        add_turn(conversation, question, answer)

    def titles_for(query: str) -> list[str]:
        return sorted(row.title[0] for row in result_of(store.list_conversations(query)))

    assert titles_for("uber quick") == ["A"]
    assert titles_for("QUI") == ["A"]
    assert titles_for("語の") == titles_for("c++") == titles_for("->") == ["日"]
    assert titles_for("nothing here") == ["T"]
    assert titles_for("quick nothing") == titles_for("xyz") == []
    assert titles_for('" OR * NEAR(') == []
    assert titles_for("  ") == titles_for("") == ["A", "T", "日"]
    conversation, _keeper = recorded_conversation(store)
    conversation.add_user("Zebras", (Attachment("Änderungen.md", "the crane\n" * 3000 + "a Kestrel\ud800"),))
    conversation.begin_reply("Model Q4")
    conversation.append("I see a heron->", thinking=True)
    conversation.append("Birds")
    conversation.finish_reply("end")
    for query in ("kestrel", "anderungen", "heron", "heron->", "crane birds"):
        assert titles_for(query) == ["Z"], query
    # AND what is taken out is not found any more
    conversation.delete_turn(conversation.messages[0].id)
    assert titles_for("kestrel") == titles_for("heron") == []
    result_of(
        store.rename_conversation(result_of(store.list_conversations("nothing"))[0].id, "Called otherwise")
    )
    assert titles_for("otherwise") == ["C"]


def test_text_of_a_hidden_branch_is_not_found(store: ConversationStore) -> None:
    conversation, _keeper = recorded_conversation(store)
    add_turn(conversation, "Hello", "aardvark")
    conversation.branch_before_last_reply()
    conversation.begin_reply("Model Q4")
    conversation.append("bear")
    conversation.finish_reply("end")
    assert result_of(store.list_conversations("aardvark")) == []
    assert len(result_of(store.list_conversations("bear"))) == 1
