"""Wrong values are left out, right ones stay."""

import pytest

from tests.chat.conversations import (
    METRICS,
    PART_SETTINGS,
    only_record,
    recorded_conversation,
    result_of,
    shown_texts,
)
from tui.chat.asking import Asking
from tui.chat.conversation import Conversation
from tui.chat.messages import Reply
from tui.chat.presets import Preset
from tui.chat.storage.store import ConversationStore


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


def reopened(store: ConversationStore) -> Conversation:
    """The one conversation in the store, as another llmtui opens it."""
    conversation, keeper = recorded_conversation(store)
    (row,) = result_of(store.list_conversations())
    keeper.reopen(row.id, result_of(store.read_conversation(row.id)))
    return conversation


@pytest.mark.parametrize(
    ("stored_text", "manner"),
    [
        ("no JSON", None),
        ("[1]", None),
        ("{}", Asking()),
        ('{"think": "maybe", "json_schema": "{}", "of_a_newer_llmtui": 1}', Asking(json_schema="{}")),
        ('{"sampling": {"top_k": 7, "seed": -5, "mirostat": 2}, "preset": 3}', Asking(sampling={"top_k": 7})),
        ('{"sampling": {"top_k": "many"}, "when_full": "explode", "think": true}', Asking(think=True)),
        (
            '{"preset": {"name": "x", "system": {"": "S"}, "sampling": {"temperature": 99}}}',
            Asking(Preset("x", {"": "S"})),
        ),
    ],
)
def test_damaged_answer_settings_keep_their_valid_values(
    store: ConversationStore, stored_text: str, manner: Asking | None
) -> None:
    conversation, _keeper = recorded_conversation(store)
    asked(conversation, "a", "1")
    result_of(
        store.ask(lambda db, _has_index: db.execute("UPDATE conversations SET manner = ?", (stored_text,)))
    )
    record = only_record(store)
    assert record.asking == manner
    assert shown_texts(record) == ["a", "1"]
    assert reopened(store).asking == (manner or Asking())
