"""Every field of a message comes back from its row; damaged rows cost only themselves."""

import sqlite3
from pathlib import Path

import msgspec
import pytest

from tests.chat.conversations import (
    FILES,
    METRICS,
    PART_SETTINGS,
    RECEIPT,
    add_thinking_reply,
    add_turn,
    only_record,
    recorded_conversation,
    result_of,
    save_conversation,
    shown_texts,
)
from tui.chat.conversation import Conversation
from tui.chat.messages import Question, Reply
from tui.chat.storage import schema as store_schema
from tui.chat.storage.recorder import ConversationRecorder
from tui.chat.storage.rows import ConversationRecord
from tui.chat.storage.store import ConversationStore


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine another store may hold the file for longer than a user should wait."""
    monkeypatch.setattr(store_schema, "_WAIT_SECONDS", 30.0)


def check(record: ConversationRecord) -> None:
    question, reply = (stored.message for stored in record.shown_branch)
    assert question == Question(0, "Read these", FILES, pinned=True)
    assert isinstance(reply, Reply)
    assert (reply.text, reply.thinking) == ("They say nothing.", "Let me see.\n> no")
    assert (reply.parts, reply.model, reply.finish) == (2, "Model Q4, then Other Q8", "end")
    assert reply.metrics is not None
    assert reply.metrics.generated_tokens == 22


def asked(conversation: Conversation, question: str, answer: str) -> Reply:
    """A turn as the engine tells of it; its prompt is all that was said."""
    conversation.add_user(question)
    conversation.begin_reply("Model Q4")
    conversation.set_prompt(prompt(conversation), PART_SETTINGS)
    conversation.append("Hm.", thinking=True)
    conversation.append(answer)
    return conversation.finish_reply("end", METRICS, f"<think>Hm.</think>{answer}<|im_end|>")


def prompt(conversation: Conversation) -> str:
    return "".join(f"{message.role}: {message.content}\n" for message in conversation.prompt_messages())


def read(conversation: Conversation) -> list[str | None]:
    """What was read for each reply on the shown branch."""
    return [
        conversation.prompts.get(message.id)
        for message in conversation.messages
        if isinstance(message, Reply)
    ]


def reopened(store: ConversationStore) -> Conversation:
    """The one conversation in the store, as another llmtui opens it."""
    conversation, keeper = recorded_conversation(store)
    (row,) = result_of(store.list_conversations())
    keeper.reopen(row.id, result_of(store.read_conversation(row.id)))
    return conversation


def test_receipts_of_an_older_or_newer_llmtui_can_be_read(file: Path) -> None:
    kept_as = save_conversation(file, ("a", "1"))
    older = msgspec.to_builtins(RECEIPT)
    del older["peak_bytes"]
    newer = {**msgspec.to_builtins(RECEIPT), "invented_later": [1, 2]}
    broken = {**msgspec.to_builtins(RECEIPT), "seconds": "many"}
    expected = [msgspec.structs.replace(RECEIPT, peak_bytes=None), RECEIPT, None, None]
    for value, receipt in zip((older, newer, broken, "no JSON"), expected, strict=True):
        with sqlite3.connect(file) as db:
            text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
            db.execute("UPDATE messages SET receipt = ? WHERE role = 'assistant'", (text,))
        db.close()
        store = ConversationStore(file)
        reply = result_of(store.read_conversation(kept_as)).shown_branch[-1].message
        assert isinstance(reply, Reply)
        assert (reply.text, reply.receipt) == ("1", receipt)
        store.close()


def test_messages_stay_in_order_when_the_clock_goes_back(store: ConversationStore) -> None:
    conversation, _keeper = recorded_conversation(store)
    times = iter(range(1000, 0, -1))
    ConversationRecorder(store, conversation, clock=lambda: float(next(times)))
    add_turn(conversation, "a", "1")
    add_turn(conversation, "b", "2")
    assert shown_texts(only_record(store)) == ["a", "1", "b", "2"]


def test_every_field_of_a_message_is_saved(store: ConversationStore) -> None:
    conversation, _keeper = recorded_conversation(store)
    add_thinking_reply(conversation)
    record = only_record(store)
    check(record)
    # AND the model that went on is the one that the conversation is with
    assert record.model == "Other Q8"
    # AND what was thought and what went along is searched too, as in the conversation itself
    for word in ("see", "nothing", "read", FILES[0].name.split(".")[0]):
        assert len(result_of(store.list_conversations(word))) == 1, word
    assert result_of(store.list_conversations("elsewhere")) == []


def test_damaged_rows_are_skipped(store: ConversationStore) -> None:
    conversation, _keeper = recorded_conversation(store)
    asked(conversation, "a", "1")
    asked(conversation, "b", "2")

    def spoil(db: sqlite3.Connection, _has_index: bool) -> None:
        db.execute("UPDATE messages SET raw = x'00ff', asked = '[{\"sampling\": 3}]'")
        db.execute("UPDATE prompts SET rest = x'1234' WHERE base IS NOT NULL")

    result_of(store.ask(spoil))
    again = reopened(store)
    assert read(again) == ["user: a\n", None]
    replies = [message for message in again.messages if isinstance(message, Reply)]
    assert [(reply.text, reply.raw, reply.part_settings) for reply in replies] == [
        ("1", None, ()),
        ("2", None, ()),
    ]
