"""Every event of a conversation is in the store, and comes back when it is opened again."""

import sqlite3
import tempfile
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.chat.conversations import (
    FILES,
    METRICS,
    PART_SETTINGS,
    RECEIPT,
    SETTINGS,
    TEXT,
    add_turn,
    edit_first_reply,
    only_record,
    recorded_conversation,
    result_of,
    save_conversation,
    shown_texts,
)
from tui.chat.asking import Asking
from tui.chat.conversation import Conversation
from tui.chat.messages import Attachment, Message, Question, Reply
from tui.chat.presets import BUILT_IN_PRESETS, EXTRACT_SCHEMA, Preset
from tui.chat.storage import schema as store_schema
from tui.chat.storage.rows import ConversationRecord
from tui.chat.storage.store import ConversationStore


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine another store may hold the file for longer than a user should wait."""
    monkeypatch.setattr(store_schema, "_WAIT_SECONDS", 30.0)


def count(file: Path, table: str) -> int:
    db = sqlite3.connect(file)
    (row_count,) = db.execute(f"SELECT count(*) FROM {table}").fetchone()
    db.close()
    return int(row_count)


def check(record: ConversationRecord) -> None:
    question, reply = (stored.message for stored in record.shown_branch)
    assert question == Question(0, "Read these", FILES, pinned=True)
    assert isinstance(reply, Reply)
    assert (reply.text, reply.thinking) == ("They say nothing.", "Let me see.\n> no")
    assert (reply.parts, reply.model, reply.finish) == (2, "Model Q4, then Other Q8", "end")
    assert reply.metrics is not None
    assert reply.metrics.generated_tokens == 22


PIRATE = Preset("pirate", {"": "Arr."}, {"temperature": 1.5}, own=True)


MANNER = Asking(PIRATE, {"top_k": 7, "seed": 42}, False, '{"type": "array"}', "keep_pinned", True)


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


def check_edited(record: ConversationRecord) -> None:
    reply = record.shown_branch[-1].message
    assert isinstance(reply, Reply)
    assert (reply.text, reply.edited, reply.parts, reply.metrics) == (TEXT, True, 0, None)
    assert [stored.message.text for stored in record.messages] == [
        "A colour?",
        "Blue it is.",
        "Another?",
        "Red.",
        TEXT,
    ]


Step = tuple[str, int]
"""What is done, and a number that says to which message, or which way."""


ACTIONS = "ask ask begin begin finish abort edit rewrite aside walk back continue delete pin receipt"


STEPS = st.lists(st.tuples(st.sampled_from(ACTIONS.split()), st.integers(0, 50)), max_size=40)


def do(conversation: Conversation, step: Step, number: int) -> None:
    """One thing that a user can do, where it can be done."""
    action, choice = step
    branch = conversation.messages
    target = branch[choice % len(branch)] if branch else None
    if action == "receipt":
        if isinstance(target, Reply):
            conversation.attach_receipt(target.id, RECEIPT)
    elif conversation.open_reply_id is not None:
        write_on(conversation, action, number)
    elif action == "ask":
        conversation.add_user(f"question {number}", [Attachment("a.txt", f"attached {number}")])
    elif action == "rewrite":
        if isinstance(target, Reply):
            conversation.edit_reply(target.id, f"rewritten {number}")
    elif action in ("begin", "aside", "continue"):
        reply(conversation, action, declined=choice % 5 == 0)
    elif action == "walk" and target is not None:
        conversation.show_alternative(target.id, 1 if choice % 2 else -1)
    elif isinstance(target, Question):
        change_question(conversation, action, target, number)


def write_on(conversation: Conversation, action: str, number: int) -> None:
    """While a reply is being written."""
    if number % 2:
        conversation.append(f"thought {number} ", thinking=True)
    conversation.append(f"text {number} ")
    if action == "abort":
        conversation.abort_reply("It broke.")
    elif action == "back":
        assert conversation.withdraw_question() is None
    elif action == "finish":
        conversation.finish_reply("end", METRICS)


def reply(conversation: Conversation, action: str, *, declined: bool) -> None:
    """Open a reply, another one, or the last one again; it may not come to anything."""
    if action == "continue":
        if not conversation.can_continue:
            return
        conversation.continue_reply("Other Q8")
    elif conversation.messages and (action == "begin" or conversation.branch_before_last_reply()):
        conversation.begin_reply("Model Q4")
    if declined and conversation.open_reply_id is not None:
        conversation.withdraw_question()


def change_question(conversation: Conversation, action: str, question: Question, number: int) -> None:
    """What is done to a question."""
    if action == "edit":
        conversation.branch_before(question.id)
        conversation.add_user(f"edited {number}")
    elif action == "delete":
        conversation.delete_turn(question.id)
    elif action == "pin":
        conversation.pin_question(question.id, not question.pinned)


def as_kept(message: Message) -> Message:
    return msgspec.structs.replace(message, id=0)


def in_memory(conversation: Conversation) -> tuple[list[Message], list[list[int]], list[int]]:
    """Every message, the alternatives at each place, and what is shown; by numbers, not by ids."""
    every = conversation.all_messages
    numbers: dict[int | None, int] = {message.id: number for number, message in enumerate(every)}
    parents = [numbers.get(conversation.parent_of(message.id), -1) for message in every]
    beside = [[index for index, parent in enumerate(parents) if parent == mine] for mine in parents]
    return (
        [as_kept(message) for message in every],
        beside,
        [numbers[message.id] for message in conversation.messages],
    )


def reopened_from(record: ConversationRecord) -> Conversation:
    conversation = Conversation()
    conversation.replace_messages(record.messages, record.last, record.system)
    return conversation


def every_branch(conversation: Conversation) -> list[list[int]]:
    """What is shown after walking from each shown message to the alternatives beside it."""
    branches: list[list[int]] = []
    depth = 0
    while depth < len(conversation.messages):
        for step in (1, 1, -1):
            conversation.show_alternative(conversation.messages[depth].id, step)
            branches.append(in_memory(conversation)[2])
        depth += 1
    return branches


def shown(conversation: Conversation) -> list[str]:
    return [message.text for message in conversation.messages]


def test_conversation_is_restored_completely_at_the_next_start(file: Path) -> None:
    # GIVEN a conversation with a receipt and an interrupted reply
    store = ConversationStore(file)
    conversation, _keeper = recorded_conversation(store, system="Be brief")
    add_turn(conversation, "\n  What is a fox?\nReally.", "An animal.")
    conversation.attach_receipt(2, RECEIPT)
    conversation.add_user("More")
    conversation.begin_reply("Other Q8")
    conversation.append("It")
    conversation.abort_reply("The engine ended.")
    assert store.close()

    # WHEN the file is opened again
    again = ConversationStore(file)
    (row,) = result_of(again.list_conversations())
    record = result_of(again.read_conversation(row.id))

    # THEN nothing is missing
    assert (row.title, row.model, row.messages, row.pinned) == ("What is a fox?", "Other Q8", 4, False)
    assert row.created <= row.updated
    assert (record.system, record.settings, record.model) == ("Be brief", SETTINGS, "Other Q8")
    assert [stored.message for stored in record.shown_branch] == [
        Question(0, "\n  What is a fox?\nReally."),
        Reply(0, "An animal.", "Model Q4", "end", METRICS, None, RECEIPT),
        Question(0, "More"),
        Reply(0, "It", "Other Q8", None, None, "The engine ended."),
    ]
    assert count(file, "pieces") == 0
    again.close()


def test_alternative_answer_is_shown_and_the_first_stays_saved(store: ConversationStore) -> None:
    conversation, _keeper = recorded_conversation(store)
    add_turn(conversation, "Hello", "First")
    conversation.branch_before_last_reply()
    conversation.begin_reply("Model Q4")
    conversation.append("Second")
    conversation.finish_reply("end")
    add_turn(conversation, "And?", "So")

    record = only_record(store)
    assert shown_texts(record) == ["Hello", "Second", "And?", "So"]
    question, first, second = record.messages[:3]
    assert first.message.text == "First"
    assert first.parent == second.parent == question.id
    (row,) = result_of(store.list_conversations())
    assert row.messages == 4


def test_a_withdrawn_question_is_not_saved(store: ConversationStore, file: Path) -> None:
    conversation, keeper = recorded_conversation(store)
    conversation.add_user("Anybody there?")
    conversation.begin_reply("")
    conversation.withdraw_question()
    assert result_of(store.list_conversations()) == []
    assert count(file, "messages") == 0
    assert keeper.conversation_id is None
    # AND the next one begins anew
    add_turn(conversation, "Now?", "Yes")
    assert shown_texts(only_record(store)) == ["Now?", "Yes"]


@pytest.mark.parametrize("model", ["", "Other Q8"])
def test_model_without_an_answer_is_not_the_conversations_model(store: ConversationStore, model: str) -> None:
    # GIVEN a conversation with one model, and a question that none, or another one, did not answer
    conversation, _keeper = recorded_conversation(store)
    add_turn(conversation, "a", "1")
    conversation.add_user("b")
    conversation.begin_reply(model)
    conversation.withdraw_question()
    conversation.continue_reply(model or "Other Q8")
    conversation.withdraw_question()
    # THEN it is still with the one that answered
    assert only_record(store).model == "Model Q4"
    assert [row.model for row in result_of(store.list_conversations())] == ["Model Q4"]
    # AND once the other one answers, it is with that
    conversation.continue_reply("Other Q8")
    conversation.append(" and more")
    conversation.finish_reply("end")
    assert only_record(store).model == "Other Q8"


def test_the_model_is_taken_from_the_replies_if_the_file_has_none(
    store: ConversationStore, file: Path
) -> None:
    conversation, _keeper = recorded_conversation(store)
    add_turn(conversation, "a", "1")
    only_record(store)
    db = sqlite3.connect(file)
    with db:
        db.execute("UPDATE conversations SET model = 'no model'")
    db.close()
    assert only_record(store).model == "Model Q4"
    assert [row.model for row in result_of(store.list_conversations())] == ["Model Q4"]


def test_withdrawn_question_keeps_its_earlier_answers(store: ConversationStore) -> None:
    conversation, _keeper = recorded_conversation(store)
    add_turn(conversation, "a", "1")
    add_turn(conversation, "b", "2")
    conversation.branch_before_last_reply()
    conversation.begin_reply("Model Q4")
    assert conversation.withdraw_question() is None
    record = only_record(store)
    assert shown_texts(record) == ["a", "1", "b", "2"]
    assert [message.text for message in conversation.messages] == ["a", "1", "b", "2"]
    assert [stored.message.text for stored in record.messages] == ["a", "1", "b", "2"]


def test_a_new_chat_is_a_new_conversation_and_ends_the_open_reply(store: ConversationStore) -> None:
    conversation, _keeper = recorded_conversation(store)
    conversation.add_user("Long story")
    conversation.begin_reply("Model Q4")
    conversation.append("Once")
    conversation.clear()
    add_turn(conversation, "Another", "one")
    newest, oldest = (
        result_of(store.read_conversation(row.id)) for row in result_of(store.list_conversations())
    )
    assert shown_texts(newest) == ["Another", "one"]
    assert oldest.shown_branch[-1].message == Reply(0, "Once", "Model Q4", "stopped")


def test_a_reopened_conversation_continues_at_its_end(file: Path) -> None:
    kept_as = save_conversation(file, ("a", "1"), ("b", "2"))
    store = ConversationStore(file)
    conversation, keeper = recorded_conversation(store)
    add_turn(conversation, "something else", "yes")
    keeper.reopen(kept_as, result_of(store.read_conversation(kept_as)))
    assert [message.text for message in conversation.messages] == ["a", "1", "b", "2"]
    assert len({message.id for message in conversation.messages} | {1, 2}) == 6
    add_turn(conversation, "c", "3")
    conversation.attach_receipt(conversation.messages[1].id, RECEIPT)
    record = result_of(store.read_conversation(kept_as))
    assert shown_texts(record) == ["a", "1", "b", "2", "c", "3"]
    assert record.shown_branch[1].message == Reply(0, "1", "Model Q4", "end", METRICS, None, RECEIPT)
    assert len(result_of(store.list_conversations())) == 2
    store.close()


def test_thinking_is_saved_while_it_arrives(store: ConversationStore, tmp_path: Path) -> None:
    conversation, _keeper = recorded_conversation(store)
    conversation.add_user("Think")
    conversation.begin_reply("Model Q4")
    for thinking, piece in ((True, "One, "), (True, "two."), (False, "Three"), (True, "!")):
        conversation.append(piece, thinking)
        reply = only_record(store).shown_branch[-1].message
        assert isinstance(reply, Reply)
    assert (reply.text, reply.thinking) == ("Three", "One, two.!")


def test_interrupted_continuation_keeps_both_parts(file: Path) -> None:
    # GIVEN a reply that was continued by a program that is killed
    file = file
    gone = ConversationStore(file, writer="1:1:gone")
    conversation, _keeper = recorded_conversation(gone)
    add_turn(conversation, "Tell me", "Once upon ")
    result_of(gone.list_conversations("once"))
    conversation.continue_reply("Model Q4")
    conversation.append("a time")
    result_of(gone.list_conversations())
    # WHEN the next one starts
    store = ConversationStore(file)
    (row,) = result_of(store.list_conversations("once time"))
    reply = result_of(store.read_conversation(row.id)).shown_branch[-1].message
    # THEN both parts are there, once, and what the whole cost is not known
    assert isinstance(reply, Reply)
    assert (reply.text, reply.parts, reply.metrics) == ("Once upon a time", 2, None)
    assert reply.interrupted is not None
    for open_store in (gone, store):
        assert open_store.close()
    with sqlite3.connect(file) as db:
        db.execute("INSERT INTO words (words) VALUES ('integrity-check')")
    db.close()


def test_a_changed_system_prompt_is_saved(store: ConversationStore) -> None:
    conversation, _keeper = recorded_conversation(store, system="Be brief")
    add_turn(conversation, "a", "1")
    conversation.system = "Be long"
    assert only_record(store).system == "Be long"


def test_answer_settings_are_saved_with_the_first_question_and_after_changes(
    store: ConversationStore,
) -> None:
    conversation, _keeper = recorded_conversation(store)
    conversation.asking = MANNER
    assert result_of(store.list_conversations()) == []
    asked(conversation, "a", "1")
    assert only_record(store).asking == MANNER
    odd = Asking(PIRATE, json_schema='{"const": "\ud800"}')
    conversation.asking = odd
    assert only_record(store).asking == odd
    conversation.asking = MANNER
    assert reopened(store).asking == MANNER
    conversation.asking = Asking(BUILT_IN_PRESETS[-1], think=True, json_schema=EXTRACT_SCHEMA)
    assert only_record(store).asking == Asking(BUILT_IN_PRESETS[-1], think=True, json_schema=EXTRACT_SCHEMA)
    conversation.asking = Asking()
    assert only_record(store).asking == Asking()


def test_new_chat_keeps_the_answer_settings_except_the_policy(store: ConversationStore) -> None:
    conversation, keeper = recorded_conversation(store)
    conversation.asking = MANNER
    asked(conversation, "a", "1")
    first = keeper.conversation_id
    conversation.clear()
    assert conversation.asking == msgspec.structs.replace(MANNER, when_full=None)
    asked(conversation, "b", "2")
    # AND the first one is as it was
    assert first is not None
    assert result_of(store.read_conversation(first)).asking == MANNER


def test_opening_a_conversation_leaves_the_earlier_one_unchanged(store: ConversationStore) -> None:
    conversation, keeper = recorded_conversation(store)
    conversation.asking = MANNER
    asked(conversation, "a", "1")
    first = keeper.conversation_id
    assert first is not None
    record = result_of(store.read_conversation(first))
    conversation.clear()
    conversation.asking = Asking(json_schema=EXTRACT_SCHEMA)
    asked(conversation, "b", "2")
    second = keeper.conversation_id
    assert second is not None
    keeper.reopen(first, record)
    assert conversation.asking == MANNER
    assert result_of(store.read_conversation(second)).asking == Asking(json_schema=EXTRACT_SCHEMA)


def test_edited_reply_is_saved_and_reopened(store: ConversationStore) -> None:
    conversation, keeper = recorded_conversation(store)
    edit_first_reply(conversation)
    check_edited(only_record(store))
    assert len(result_of(store.list_conversations("colour"))) == 1
    # AND it is gone on with after it was opened again
    assert keeper.conversation_id is not None
    reopened, again = recorded_conversation(store)
    again.reopen(keeper.conversation_id, only_record(store))
    reopened.continue_reply("Other Q8")
    reopened.append('x"}')
    reopened.finish_reply("end", METRICS, 'x"}')
    record = only_record(store)
    reply = record.shown_branch[-1].message
    assert isinstance(reply, Reply)
    assert (shown_texts(record)[-1], reply.edited, reply.parts, reply.raw) == (TEXT + 'x"}', True, 1, 'x"}')


@given(STEPS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_store_equals_the_memory_after_any_sequence_of_actions(steps: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = ConversationStore(Path(folder) / "conversations.sqlite")
        conversation, keeper = recorded_conversation(store)
        for number, step in enumerate(steps):
            do(conversation, step, number)
        if conversation.open_reply_id is not None:
            conversation.finish_reply("stopped")
        if keeper.conversation_id is None:
            assert result_of(store.list_conversations()) == []
            assert store.close()
            return
        record = result_of(store.read_conversation(keeper.conversation_id))
        again = reopened_from(record)
        assert in_memory(again) == in_memory(conversation)
        assert [stored.message for stored in record.shown_branch] == [
            as_kept(message) for message in conversation.messages
        ]
        # AND each branch goes on as it was shown last
        assert every_branch(again) == every_branch(conversation)
        assert store.close()
