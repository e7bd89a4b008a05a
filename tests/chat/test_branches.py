"""A conversation that branches: whatever is done to it, nothing is lost that was not deleted."""

import tempfile
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.chat.talks import METRICS, RECEIPT, got, keeping, turn
from tui.chat.conversation import Conversation
from tui.chat.messages import Attachment, Message, Question, Reply
from tui.chat.storage.rows import ConversationRecord
from tui.chat.storage.store import ConversationStore

Step = tuple[str, int]
"""What is done, and a number that says to which message, or which way."""
DOINGS = "ask ask begin begin finish abort edit rewrite aside walk back continue delete pin receipt"
STEPS = st.lists(st.tuples(st.sampled_from(DOINGS.split()), st.integers(0, 50)), max_size=40)


def do(conversation: Conversation, step: Step, number: int) -> None:
    """One thing that a user can do, where it can be done."""
    what, which = step
    shown = conversation.messages
    at = shown[which % len(shown)] if shown else None
    if what == "receipt":
        if isinstance(at, Reply):
            conversation.attach_receipt(at.id, RECEIPT)
    elif conversation.open_reply_id is not None:
        write_on(conversation, what, number)
    elif what == "ask":
        conversation.add_user(f"question {number}", [Attachment("a.txt", f"attached {number}")])
    elif what == "rewrite":
        if isinstance(at, Reply):
            conversation.edit_reply(at.id, f"rewritten {number}")
    elif what in ("begin", "aside", "continue"):
        reply(conversation, what, declined=which % 5 == 0)
    elif what == "walk" and at is not None:
        conversation.show_alternative(at.id, 1 if which % 2 else -1)
    elif isinstance(at, Question):
        steer(conversation, what, at, number)


def write_on(conversation: Conversation, what: str, number: int) -> None:
    """While a reply is being written."""
    if number % 2:
        conversation.append(f"thought {number} ", thinking=True)
    conversation.append(f"text {number} ")
    if what == "abort":
        conversation.abort_reply("It broke.")
    elif what == "back":
        assert conversation.withdraw_question() is None
    elif what == "finish":
        conversation.finish_reply("end", METRICS)


def reply(conversation: Conversation, what: str, *, declined: bool) -> None:
    """Open a reply, another one, or the last one again; it may not come to anything."""
    if what == "continue":
        if not conversation.can_continue:
            return
        conversation.continue_reply("Other Q8")
    elif conversation.messages and (what == "begin" or conversation.branch_before_last_reply()):
        conversation.begin_reply("Model Q4")
    if declined and conversation.open_reply_id is not None:
        conversation.withdraw_question()


def steer(conversation: Conversation, what: str, question: Question, number: int) -> None:
    """What is done to a question."""
    if what == "edit":
        conversation.branch_before(question.id)
        conversation.add_user(f"edited {number}")
    elif what == "delete":
        conversation.delete_turn(question.id)
    elif what == "pin":
        conversation.pin_question(question.id, not question.pinned)


def as_kept(message: Message) -> Message:
    return msgspec.structs.replace(message, id=0)


def in_memory(conversation: Conversation) -> tuple[list[Message], list[list[int]], list[int]]:
    """Every message, the alternatives at each place, and what is shown; by numbers, not by ids."""
    every = conversation.all_messages
    numbers: dict[int | None, int] = {message.id: number for number, message in enumerate(every)}
    parents = [numbers.get(conversation.parent_of(message.id), -1) for message in every]
    beside = [[at for at, parent in enumerate(parents) if parent == mine] for mine in parents]
    return [as_kept(each) for each in every], beside, [numbers[each.id] for each in conversation.messages]


def reopened(record: ConversationRecord) -> Conversation:
    conversation = Conversation()
    conversation.replace_messages(record.messages, record.last, record.system)
    return conversation


def every_branch(conversation: Conversation) -> list[list[int]]:
    """What is shown after walking from each shown message to the alternatives beside it."""
    found: list[list[int]] = []
    depth = 0
    while depth < len(conversation.messages):
        for step in (1, 1, -1):
            conversation.show_alternative(conversation.messages[depth].id, step)
            found.append(in_memory(conversation)[2])
        depth += 1
    return found


@given(STEPS)
def test_no_sequence_loses_a_message_that_was_not_deleted(steps: list[Step]) -> None:
    conversation = Conversation()
    for number, step in enumerate(steps):
        before = {message.id: message for message in conversation.all_messages}
        do(conversation, step, number)
        after = {message.id: message for message in conversation.all_messages}
        gone = before.keys() - after.keys()
        if step[0] == "delete":
            # THEN a question goes, and nothing but the replies to it
            questions = [id for id in gone if isinstance(before[id], Question)]
            assert len(questions) <= 1
        else:
            # THEN nothing goes but what was taken back, of which nothing had been answered
            assert all(isinstance(before[id], Question) or before[id].text == "" for id in gone)
            assert not gone or step[0] in ("begin", "back")
        assert all(each.text.startswith(before[id].text) for id, each in after.items() if id in before)
        # AND what is shown hangs together, and ends where nothing follows
        shown = [each.id for each in conversation.messages]
        parents = [conversation.parent_of(id) for id in shown]
        assert parents == [None, *shown][: len(shown)]
        if after:
            assert shown[-1] not in {conversation.parent_of(id) for id in after}
        # AND every place knows its alternatives
        for id in shown:
            at, count = conversation.place_among_alternatives(id)
            assert (
                at
                < count
                == sum(conversation.parent_of(each) == conversation.parent_of(id) for each in after)
            )


@given(STEPS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_store_holds_what_the_memory_does_after_every_sequence(steps: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = ConversationStore(Path(folder) / "conversations.sqlite")
        conversation, keeper = keeping(store)
        for number, step in enumerate(steps):
            do(conversation, step, number)
        if conversation.open_reply_id is not None:
            conversation.finish_reply("stopped")
        if keeper.conversation_id is None:
            assert got(store.list_conversations()) == []
            assert store.close()
            return
        record = got(store.read_conversation(keeper.conversation_id))
        again = reopened(record)
        assert in_memory(again) == in_memory(conversation)
        assert [each.message for each in record.shown_branch] == [
            as_kept(each) for each in conversation.messages
        ]
        # AND each branch goes on as it was shown last
        assert every_branch(again) == every_branch(conversation)
        assert store.close()


def shown(conversation: Conversation) -> list[str]:
    return [message.text for message in conversation.messages]


def talked(*turns: str) -> Conversation:
    """Turns with a question and the same in capitals for an answer."""
    conversation = Conversation()
    for text in turns:
        turn(conversation, text, text.upper())
    return conversation


def test_an_edited_question_branches_and_both_branches_stay() -> None:
    conversation = talked("aaa", "bbb", "ccc")
    second = conversation.messages[2]
    assert conversation.branch_before(second.id) == second
    assert shown(conversation) == ["aaa", "AAA"]
    edited = conversation.add_user("other")
    assert conversation.place_among_alternatives(edited.id) == (1, 2)
    assert conversation.show_alternative(edited.id, -1)
    assert shown(conversation) == ["aaa", "AAA", "bbb", "BBB", "ccc", "CCC"]
    assert not conversation.show_alternative(second.id, -1)
    assert conversation.show_alternative(second.id, 1)
    assert shown(conversation) == ["aaa", "AAA", "other"]


def test_a_branch_that_was_ended_for_an_edit_is_there_again_when_it_is_shown() -> None:
    conversation = talked("aaa", "bbb")
    first = conversation.messages[0].id
    conversation.branch_before(first)
    assert shown(conversation) == []
    conversation.show_branch(first)
    assert shown(conversation) == ["aaa", "AAA", "bbb", "BBB"]


def test_walking_back_finds_the_branch_below_as_it_was_left() -> None:
    # GIVEN a question with two wordings, the first of which was answered twice, and its first answer shown
    conversation = talked("aaa")
    conversation.branch_before_last_reply()
    again = conversation.begin_reply("Model Q4")
    conversation.finish_reply("end")
    conversation.show_alternative(again.id, -1)
    first = conversation.messages[0].id
    conversation.branch_before(first)
    edited = conversation.add_user("other")
    # WHEN one walks away and back THEN the first answer is shown still
    conversation.show_alternative(edited.id, -1)
    assert shown(conversation) == ["aaa", "AAA"]


def test_a_turn_that_is_deleted_takes_its_answers_and_leaves_what_followed() -> None:
    conversation = talked("aaa", "bbb", "ccc")
    conversation.delete_turn(conversation.messages[2].id)
    assert shown(conversation) == ["aaa", "AAA", "ccc", "CCC"]
    assert [message.content for message in conversation.prompt_messages()] == ["aaa", "AAA", "ccc", "CCC"]
    conversation.delete_turn(conversation.messages[0].id)
    conversation.delete_turn(conversation.messages[0].id)
    assert conversation.all_messages == ()
    assert shown(conversation) == []


def test_nothing_is_steered_while_a_reply_is_being_written() -> None:
    conversation = talked("aaa")
    question = conversation.add_user("bbb")
    conversation.begin_reply("Model Q4")
    for steer in (conversation.show_branch, conversation.branch_before, conversation.delete_turn):
        with pytest.raises(RuntimeError):
            steer(question.id)
    assert not conversation.show_alternative(question.id, 1)
    assert conversation.branch_before_last_reply() is None
    with pytest.raises(RuntimeError):
        conversation.continue_reply()


def test_a_declined_other_answer_leaves_the_one_before() -> None:
    conversation = talked("aaa")
    conversation.branch_before_last_reply()
    conversation.begin_reply("Model Q4")
    assert conversation.withdraw_question() is None
    assert shown(conversation) == ["aaa", "AAA"]
    assert conversation.open_reply_id is None


def test_a_declined_edit_leaves_the_question_it_was_made_of() -> None:
    conversation = talked("aaa", "bbb")
    conversation.branch_before(conversation.messages[0].id)
    conversation.add_user("other")
    conversation.begin_reply("Model Q4")
    question = conversation.withdraw_question()
    assert question is not None
    assert question.text == "other"
    assert shown(conversation) == ["aaa", "AAA", "bbb", "BBB"]


def test_what_is_no_question_is_not_steered_like_one() -> None:
    conversation = talked("aaa")
    reply = conversation.messages[1].id
    for steer in (
        conversation.branch_before,
        conversation.delete_turn,
        lambda id: conversation.pin_question(id, True),
    ):
        for id in (reply, 99):
            with pytest.raises(KeyError):
                steer(id)
