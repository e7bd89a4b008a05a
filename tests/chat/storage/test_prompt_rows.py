"""Prompts of the replies are saved as differences, and nothing of a deleted turn stays in them."""

import sqlite3
from pathlib import Path

from tests.chat.conversations import METRICS, PART_SETTINGS, recorded_conversation, result_of
from tui.chat.conversation import Conversation
from tui.chat.messages import Reply
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


def prompt_of(conversation: Conversation) -> str | None:
    return conversation.prompts.get(conversation.messages[-1].id)


def test_a_reply_has_its_prompt_raw_text_and_settings(store: ConversationStore) -> None:
    conversation, _keeper = recorded_conversation(store, system="Be \ud800 brief")
    for question, answer in (("a", "1\x00"), ("b", "2"), ("c", "3\ud800")):
        asked(conversation, question, answer)
    conversation.continue_reply("Other Q8")
    conversation.set_prompt(prompt(conversation) + "3\ud800", PART_SETTINGS)
    conversation.append("4")
    conversation.finish_reply("end", METRICS, "4<end>")
    again = reopened(store)
    assert read(again) == read(conversation)
    assert None not in read(again)
    assert [message for message in again.messages if isinstance(message, Reply)] == [
        message for message in conversation.messages if isinstance(message, Reply)
    ]
    last = again.messages[-1]
    assert isinstance(last, Reply)
    assert (last.raw, last.part_settings) == (
        "<think>Hm.</think>3\ud800<|im_end|>4<end>",
        (PART_SETTINGS, PART_SETTINGS),
    )
    # AND it goes on from there as if it had never been left
    asked(again, "d", "5")
    assert read(reopened(store)) == [*read(conversation), prompt_of(again)]


def test_prompt_and_settings_of_a_killed_reply_are_saved(file: Path) -> None:
    gone = ConversationStore(file, writer="1:1:gone")
    conversation, _keeper = recorded_conversation(gone)
    asked(conversation, "a", "1")
    conversation.add_user("b")
    conversation.begin_reply("Model Q4")
    conversation.set_prompt(prompt(conversation), PART_SETTINGS)
    conversation.append("2")
    result_of(gone.list_conversations())
    store = ConversationStore(file)
    again = reopened(store)
    assert read(again) == read(conversation)
    reply = again.messages[-1]
    assert isinstance(reply, Reply)
    assert (reply.text, reply.raw, reply.part_settings) == ("2", None, (PART_SETTINGS,))
    for open_store in (gone, store):
        assert open_store.close()


def test_a_deleted_turn_is_in_no_prompt(store: ConversationStore, file: Path) -> None:
    conversation, _keeper = recorded_conversation(store)
    asked(conversation, "first", "1")
    asked(conversation, "my password is xyzzy", "2")
    asked(conversation, "third", "3")
    prompt = conversation.prompts.get(conversation.messages[1].id)
    conversation.delete_turn(conversation.messages[2].id)
    # THEN the prompts of what followed are gone with it, those before it are not
    assert read(conversation) == [prompt, None]
    assert read(reopened(store)) == [prompt, None]
    # AND what is asked now is kept again
    asked(conversation, "fourth", "4")
    assert read(reopened(store)) == [prompt, None, prompt_of(conversation)]
    result_of(store.ask(lambda db, _has_index: db.execute("SELECT 1"), truncate_log=True))
    rows = result_of(store.ask(lambda db, _has_index: db.execute("SELECT count(*) FROM prompts").fetchone()))
    assert rows == (2,)
    assert b"xyzzy" not in file.read_bytes()


def test_an_alternative_that_is_deleted_leaves_the_prompts_of_the_others(store: ConversationStore) -> None:
    conversation, _keeper = recorded_conversation(store)
    asked(conversation, "first", "1")
    conversation.branch_before(conversation.messages[0].id)
    asked(conversation, "first of all", "2")
    asked(conversation, "second", "3")
    prompts_before = read(conversation)
    first_id = next(message.id for message in conversation.all_messages if message.text == "first")
    conversation.delete_turn(first_id)
    assert read(conversation) == read(reopened(store)) == prompts_before


def test_two_concurrent_writers_lose_at_most_a_prompt(file: Path) -> None:
    # GIVEN two llmtui with the same conversation open
    stores = [ConversationStore(file), ConversationStore(file)]
    conversation, _keeper = recorded_conversation(stores[0])
    asked(conversation, "first", "1")
    asked(conversation, "second", "2")
    result_of(stores[0].list_conversations())
    second = reopened(stores[1])
    # WHEN one deletes what the other one's next prompt begins like
    conversation.delete_turn(conversation.messages[2].id)
    result_of(stores[0].list_conversations())
    asked(second, "third", "3")
    result_of(stores[1].list_conversations())
    # THEN that prompt is not known, nor is anything else lost
    again = reopened(stores[0])
    assert {message.text for message in again.all_messages} == {"first", "1", "third", "3"}
    assert prompt_of(again) is None
    assert again.prompts.get(again.all_messages[1].id) == "user: first\n"
    for store in stores:
        assert store.close()
    db = sqlite3.connect(file)
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    db.close()
