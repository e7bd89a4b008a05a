"""How a conversation and its replies were asked for, and what was read and written: all of it is kept."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.chat.talks import METRICS, WAY, got, keeping, only, texts
from tui.chat.asking import Asking
from tui.chat.conversation import Conversation
from tui.chat.messages import Reply
from tui.chat.presets import BUILT_IN_PRESETS, EXTRACT_SCHEMA, Preset
from tui.chat.storage.document import conversation_from_json, conversation_to_json, shown_conversation
from tui.chat.storage.markdown import conversation_to_markdown
from tui.chat.storage.rows import ConversationRecord
from tui.chat.storage.store import ConversationStore
from tui.services.sentences import sentence

PIRATE = Preset("pirate", {"": "Arr."}, {"temperature": 1.5}, own=True)
MANNER = Asking(PIRATE, {"top_k": 7, "seed": 42}, False, '{"type": "array"}', "keep_pinned", True)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "conversations.sqlite"


@pytest.fixture
def store(file: Path) -> Iterator[ConversationStore]:
    store = ConversationStore(file)
    yield store
    assert store.close()


def asked(conversation: Conversation, question: str, answer: str) -> Reply:
    """A turn as the engine tells of it; its prompt is all that was said."""
    conversation.add_user(question)
    conversation.begin_reply("Model Q4")
    conversation.set_prompt(prompt(conversation), WAY)
    conversation.append("Hm.", thinking=True)
    conversation.append(answer)
    return conversation.finish_reply("end", METRICS, f"<think>Hm.</think>{answer}<|im_end|>")


def prompt(conversation: Conversation) -> str:
    return "".join(f"{message.role}: {message.content}\n" for message in conversation.prompt_messages())


def read(conversation: Conversation) -> list[str | None]:
    """What was read for each reply on the shown branch."""
    return [conversation.prompts.get(each.id) for each in conversation.messages if isinstance(each, Reply)]


def reopened(store: ConversationStore) -> Conversation:
    """The one conversation in the store, as another llmtui opens it."""
    conversation, keeper = keeping(store)
    (row,) = got(store.list_conversations())
    keeper.reopen(row.id, got(store.read_conversation(row.id)))
    return conversation


# The manner


def test_a_manner_is_kept_from_the_first_question_and_as_it_changes(store: ConversationStore) -> None:
    conversation, _keeper = keeping(store)
    conversation.asking = MANNER
    assert got(store.list_conversations()) == []
    asked(conversation, "a", "1")
    assert only(store).asking == MANNER
    odd = Asking(PIRATE, json_schema='{"const": "\ud800"}')
    conversation.asking = odd
    assert only(store).asking == odd
    conversation.asking = MANNER
    assert reopened(store).asking == MANNER
    conversation.asking = Asking(BUILT_IN_PRESETS[-1], think=True, json_schema=EXTRACT_SCHEMA)
    assert only(store).asking == Asking(BUILT_IN_PRESETS[-1], think=True, json_schema=EXTRACT_SCHEMA)
    conversation.asking = Asking()
    assert only(store).asking == Asking()


def test_a_new_chat_is_asked_like_the_one_before_but_for_its_policy(store: ConversationStore) -> None:
    conversation, keeper = keeping(store)
    conversation.asking = MANNER
    asked(conversation, "a", "1")
    first = keeper.conversation_id
    conversation.clear()
    assert conversation.asking == msgspec.structs.replace(MANNER, when_full=None)
    asked(conversation, "b", "2")
    # AND the first one is as it was
    assert first is not None
    assert got(store.read_conversation(first)).asking == MANNER


def test_a_conversation_that_is_opened_changes_nothing_of_the_one_before(store: ConversationStore) -> None:
    conversation, keeper = keeping(store)
    conversation.asking = MANNER
    asked(conversation, "a", "1")
    first = keeper.conversation_id
    assert first is not None
    record = got(store.read_conversation(first))
    conversation.clear()
    conversation.asking = Asking(json_schema=EXTRACT_SCHEMA)
    asked(conversation, "b", "2")
    second = keeper.conversation_id
    assert second is not None
    keeper.reopen(first, record)
    assert conversation.asking == MANNER
    assert got(store.read_conversation(second)).asking == Asking(json_schema=EXTRACT_SCHEMA)


@pytest.mark.parametrize(
    ("kept", "manner"),
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
def test_of_a_manner_that_is_damaged_the_rest_is_there(
    store: ConversationStore, kept: str, manner: Asking | None
) -> None:
    conversation, _keeper = keeping(store)
    asked(conversation, "a", "1")
    got(store.ask(lambda db, _has_index: db.execute("UPDATE conversations SET manner = ?", (kept,))))
    record = only(store)
    assert record.asking == manner
    assert texts(record) == ["a", "1"]
    assert reopened(store).asking == (manner or Asking())


def test_a_deleted_conversation_leaves_nothing_of_its_manner_and_prompts(
    store: ConversationStore, file: Path
) -> None:
    conversation, keeper = keeping(store)
    conversation.asking = Asking(json_schema='{"const": "xylophone"}')
    asked(conversation, "a zither", "1")
    assert keeper.conversation_id is not None
    got(store.delete_conversation(keeper.conversation_id))
    assert got(store.ask(lambda db, _has_index: db.execute("SELECT * FROM prompts").fetchall())) == []
    assert b"xylophone" not in file.read_bytes()
    assert b"zither" not in file.read_bytes()


# Replies


def test_a_reply_brings_what_was_read_generated_and_asked_for(store: ConversationStore) -> None:
    conversation, _keeper = keeping(store, system="Be \ud800 brief")
    for question, answer in (("a", "1\x00"), ("b", "2"), ("c", "3\ud800")):
        asked(conversation, question, answer)
    conversation.continue_reply("Other Q8")
    conversation.set_prompt(prompt(conversation) + "3\ud800", WAY)
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
    assert (last.raw, last.part_settings) == ("<think>Hm.</think>3\ud800<|im_end|>4<end>", (WAY, WAY))
    # AND it goes on from there as if it had never been left
    asked(again, "d", "5")
    assert read(reopened(store)) == [*read(conversation), prompt_of(again)]


def prompt_of(conversation: Conversation) -> str | None:
    return conversation.prompts.get(conversation.messages[-1].id)


def test_what_is_known_of_a_reply_that_is_cut_off_by_a_kill_is_there(file: Path) -> None:
    gone = ConversationStore(file, writer="1:1:gone")
    conversation, _keeper = keeping(gone)
    asked(conversation, "a", "1")
    conversation.add_user("b")
    conversation.begin_reply("Model Q4")
    conversation.set_prompt(prompt(conversation), WAY)
    conversation.append("2")
    got(gone.list_conversations())
    store = ConversationStore(file)
    again = reopened(store)
    assert read(again) == read(conversation)
    reply = again.messages[-1]
    assert isinstance(reply, Reply)
    assert (reply.text, reply.raw, reply.part_settings) == ("2", None, (WAY,))
    for each in (gone, store):
        assert each.close()


def test_a_deleted_turn_stands_in_no_prompt_any_more(store: ConversationStore, file: Path) -> None:
    conversation, _keeper = keeping(store)
    asked(conversation, "first", "1")
    asked(conversation, "my password is xyzzy", "2")
    asked(conversation, "third", "3")
    kept = conversation.prompts.get(conversation.messages[1].id)
    conversation.delete_turn(conversation.messages[2].id)
    # THEN the prompts of what followed are gone with it, those before it are not
    assert read(conversation) == [kept, None]
    assert read(reopened(store)) == [kept, None]
    # AND what is asked now is kept again
    asked(conversation, "fourth", "4")
    assert read(reopened(store)) == [kept, None, prompt_of(conversation)]
    got(store.ask(lambda db, _has_index: db.execute("SELECT 1"), truncate_log=True))
    rows = got(store.ask(lambda db, _has_index: db.execute("SELECT count(*) FROM prompts").fetchone()))
    assert rows == (2,)
    assert b"xyzzy" not in file.read_bytes()


def test_an_alternative_that_is_deleted_leaves_the_prompts_of_the_others(store: ConversationStore) -> None:
    conversation, _keeper = keeping(store)
    asked(conversation, "first", "1")
    conversation.branch_before(conversation.messages[0].id)
    asked(conversation, "first of all", "2")
    asked(conversation, "second", "3")
    before = read(conversation)
    other = next(each.id for each in conversation.all_messages if each.text == "first")
    conversation.delete_turn(other)
    assert read(conversation) == read(reopened(store)) == before


def test_two_that_write_at_once_lose_at_most_a_prompt(file: Path) -> None:
    # GIVEN two llmtui with the same conversation open
    stores = [ConversationStore(file), ConversationStore(file)]
    conversation, _keeper = keeping(stores[0])
    asked(conversation, "first", "1")
    asked(conversation, "second", "2")
    got(stores[0].list_conversations())
    other = reopened(stores[1])
    # WHEN one deletes what the other one's next prompt begins like
    conversation.delete_turn(conversation.messages[2].id)
    got(stores[0].list_conversations())
    asked(other, "third", "3")
    got(stores[1].list_conversations())
    # THEN that prompt is not known, nor is anything else lost
    again = reopened(stores[0])
    assert {each.text for each in again.all_messages} == {"first", "1", "third", "3"}
    assert prompt_of(again) is None
    assert again.prompts.get(again.all_messages[1].id) == "user: first\n"
    for store in stores:
        assert store.close()
    db = sqlite3.connect(file)
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    db.close()


def test_damaged_rows_cost_only_themselves(store: ConversationStore) -> None:
    conversation, _keeper = keeping(store)
    asked(conversation, "a", "1")
    asked(conversation, "b", "2")

    def spoil(db: sqlite3.Connection, _has_index: bool) -> None:
        db.execute("UPDATE messages SET raw = x'00ff', asked = '[{\"sampling\": 3}]'")
        db.execute("UPDATE prompts SET rest = x'1234' WHERE base IS NOT NULL")

    got(store.ask(spoil))
    again = reopened(store)
    assert read(again) == ["user: a\n", None]
    replies = [each for each in again.messages if isinstance(each, Reply)]
    assert [(each.text, each.raw, each.part_settings) for each in replies] == [
        ("1", None, ()),
        ("2", None, ()),
    ]


# Documents


def spoiled(store: ConversationStore, change: Any) -> ConversationRecord:
    found = json.loads(conversation_to_json(only(store), sentence))
    change(found)
    return conversation_from_json(json.dumps(found))


def test_a_document_brings_how_it_was_asked_and_no_prompts(store: ConversationStore) -> None:
    conversation, _keeper = keeping(store)
    conversation.asking = MANNER
    asked(conversation, "a", "1")
    text = conversation_to_json(only(store), sentence)
    assert '"prompt' not in text.replace('"prompt_', "")
    record = conversation_from_json(text)
    assert (record.asking, record.left_out) == (MANNER, ())
    reply = record.messages[-1].message
    assert isinstance(reply, Reply)
    assert (reply.part_settings, reply.raw) == ((WAY,), None)
    copy = got(store.read_conversation(got(store.import_conversation(record))))
    assert (copy.asking, copy.messages[-1].message) == (MANNER, reply)


def test_what_is_wrong_with_a_documents_manner_is_named_and_the_rest_taken(store: ConversationStore) -> None:
    conversation, _keeper = keeping(store)
    conversation.asking = MANNER
    asked(conversation, "a", "1")

    def change(found: Any) -> None:
        found["manner"]["sampling"]["top_k"] = -3
        found["manner"]["preset"]["sampling"]["temperature"] = 7.5
        found["manner"]["think"] = "often"
        found["messages"][1]["asked"][0]["sampling"]["seed"] = "random"

    record = spoiled(store, change)
    assert tuple(map(sentence, record.left_out)) == (
        "messages[1].asked[0].sampling.seed: expected int | null, got str",
        "manner.think: expected bool | null, got str",
        "manner.preset.sampling.temperature: expected a number from 0 to 5, got 7.5",
        "manner.sampling.top_k: expected a whole number from 0 to 1000000, got -3",
    )
    assert record.asking == msgspec.structs.replace(
        MANNER, preset=msgspec.structs.replace(PIRATE, sampling={}), sampling={"seed": 42}, think=None
    )


def test_markdown_has_the_schema(store: ConversationStore) -> None:
    conversation, _keeper = keeping(store, system="Be brief")
    conversation.asking = MANNER
    asked(conversation, "a", "[1]")
    text = conversation_to_markdown(shown_conversation(only(store)), lambda _reply: "")
    assert text.startswith(
        '## System\n\nBe brief\n\n## JSON schema\n\n```json\n{"type": "array"}\n```\n\n## You'
    )
