"""A conversation is saved and resumed, and says which model it was with."""

from pathlib import Path

import pytest

from tests.chat.conversations import add_turn
from tests.ui.model_samples import model
from tui.chat.conversation import Conversation
from tui.chat.storage.schema import StoreError
from tui.engine.options import LoadSettings
from tui.models.model import Model
from tui.sentences import Reason
from tui.services.saved_conversations import SavedConversations, find_by_label, resumed_model_reason
from tui.services.sentences import sentence

KEYS = {"pane.models": "F2", "models.choose": "Enter"}


@pytest.fixture(autouse=True)
def _data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))


def saved(conversation: Conversation) -> tuple[SavedConversations, list[Reason | None]]:
    states: list[Reason | None] = []
    return SavedConversations(conversation, lambda: None, states.append), states


async def test_a_conversation_is_resumed_in_place_of_another() -> None:
    conversation = Conversation()
    archive, states = saved(conversation)
    add_turn(conversation, "Hello", "Hi there")
    conversation.clear()
    add_turn(conversation, "Another", "Yes")
    first = next(row for row in archive.store.list_conversations().result() if row.title == "Hello")
    assert not archive.is_open(first.id)
    archive.resume(first.id, await archive.read(first.id))
    assert archive.is_open(first.id)
    assert [message.text for message in conversation.messages] == ["Hello", "Hi there"]
    # AND it goes on as the same one
    add_turn(conversation, "More", "Sure")
    record = await archive.read(first.id)
    assert len(record.messages) == 4
    await archive.close()
    assert states == []


async def test_a_conversation_that_was_deleted_cannot_be_read() -> None:
    archive, _states = saved(Conversation())
    with pytest.raises(StoreError) as caught:
        await archive.read(7)
    assert caught.value.reason.code == "chat.conversation_deleted"
    await archive.close()


def resumed_model_text(
    label: str, loaded: Model | None, models: list[Model], settings: LoadSettings | None = None
) -> str:
    why = resumed_model_reason(label, loaded, models, settings)
    return "" if why is None else sentence(why, lambda action: KEYS[action])


def test_resumed_conversation_names_its_model_unless_it_is_loaded() -> None:
    local_model = model("SmolLM2", "Q4_1", is_local=True)
    assert resumed_model_text("SmolLM2 Q4_1", local_model, [local_model]) == ""
    assert resumed_model_text("", local_model, [local_model]) == ""
    assert "answers now" in resumed_model_text("Other Q8", local_model, [local_model])
    assert "Enter loads it" in resumed_model_text("SmolLM2 Q4_1", None, [local_model])
    assert "not on this disk" in resumed_model_text("Other Q8", None, [local_model])
    text = resumed_model_text("SmolLM2 Q4_1", None, [local_model], LoadSettings(context=4096, kv_type="q8_0"))
    assert "a context of 4,096 tokens and q8_0 for the KV cache" in text
    assert resumed_model_text("", None, [local_model]).startswith("No model is loaded: F2")


def test_a_model_is_found_by_its_label_only_on_this_disk() -> None:
    local_model, catalogue_model = model("SmolLM2", "Q4_1", is_local=True), model("Other", "Q8")
    assert find_by_label("SmolLM2 Q4_1", [catalogue_model, local_model]) is local_model
    assert find_by_label(catalogue_model.label, [catalogue_model, local_model]) is None
