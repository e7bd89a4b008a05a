"""A deleted conversation leaves no text in the file."""

from pathlib import Path

import pytest

from tests.chat.conversations import (
    METRICS,
    PART_SETTINGS,
    recorded_conversation,
    result_of,
    save_conversation,
)
from tui.chat.asking import Asking
from tui.chat.conversation import Conversation
from tui.chat.messages import Reply
from tui.chat.storage import schema as store_schema
from tui.chat.storage.schema import StoreError
from tui.chat.storage.store import ConversationStore


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine another store may hold the file for longer than a user should wait."""
    monkeypatch.setattr(store_schema, "_WAIT_SECONDS", 30.0)


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


def test_deleted_text_is_not_in_the_file(file: Path) -> None:
    kept_as = save_conversation(file, ("a secret xylophone", "zyzzyva"))
    store = ConversationStore(file)
    assert len(result_of(store.list_conversations("xylophone"))) == 1
    result_of(store.delete_conversation(kept_as))
    assert result_of(store.list_conversations()) == result_of(store.list_conversations("zyzzyva")) == []
    with pytest.raises(StoreError):
        result_of(store.read_conversation(kept_as))
    content = b"".join(path.read_bytes() for path in file.parent.iterdir())
    assert b"xylophone" not in content
    assert b"zyzzyva" not in content
    store.close()


def test_deleted_conversation_leaves_no_settings_or_prompts(store: ConversationStore, file: Path) -> None:
    conversation, keeper = recorded_conversation(store)
    conversation.asking = Asking(json_schema='{"const": "xylophone"}')
    asked(conversation, "a zither", "1")
    assert keeper.conversation_id is not None
    result_of(store.delete_conversation(keeper.conversation_id))
    assert result_of(store.ask(lambda db, _has_index: db.execute("SELECT * FROM prompts").fetchall())) == []
    assert b"xylophone" not in file.read_bytes()
    assert b"zither" not in file.read_bytes()
