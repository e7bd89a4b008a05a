"""Conversation: turns, replies, and the branches that editing and answering again make."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.chat.conversations import METRICS, RECEIPT, TEXT, add_turn, continue_edited_reply, edit_first_reply
from tui.chat.conversation import Conversation
from tui.chat.messages import Attachment, Question, Reply
from tui.engine.options import ChatMessage
from tui.ui.chat.transcript.layout.reply_note import describe_in_full, describe_reply

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


def shown(conversation: Conversation) -> list[str]:
    return [message.text for message in conversation.messages]


def conversation_of(*turns: str) -> Conversation:
    """Turns with a question and the same in capitals for an answer."""
    conversation = Conversation()
    for text in turns:
        add_turn(conversation, text, text.upper())
    return conversation


def answered(*turns: tuple[str, str]) -> Conversation:
    conversation = Conversation()
    for question, answer in turns:
        conversation.add_user(question)
        conversation.begin_reply("Model Q4")
        conversation.append(answer)
        conversation.finish_reply("end", METRICS)
    return conversation


def test_edited_answer_is_an_alternative_without_model_figures() -> None:
    conversation = Conversation()
    reply = edit_first_reply(conversation)
    assert [message.text for message in conversation.messages] == ["A colour?", TEXT]
    assert conversation.place_among_alternatives(reply.id) == (1, 2)
    assert (reply.model, reply.edited, reply.parts) == ("Model Q4", True, 0)
    assert (reply.finish, reply.metrics, reply.receipt, reply.raw, reply.part_settings) == (
        None,
        None,
        None,
        None,
        (),
    )
    assert describe_reply(reply) == "edited by you"
    # AND the model is sent exactly it
    assert conversation.prompt_messages()[-1].content == TEXT
    # AND what was there is where it was
    assert conversation.show_alternative(reply.id, -1)
    assert [message.text for message in conversation.messages] == [
        "A colour?",
        "Blue it is.",
        "Another?",
        "Red.",
    ]


def test_only_finished_answers_can_be_edited() -> None:
    conversation = Conversation()
    edit_first_reply(conversation)
    with pytest.raises(KeyError):
        conversation.edit_reply(conversation.messages[0].id, "x")
    conversation.add_user("More")
    reply = conversation.begin_reply("Model Q4")
    with pytest.raises(RuntimeError):
        conversation.edit_reply(reply.id, "x")


def test_continuation_of_an_edited_answer_is_counted_separately() -> None:
    conversation = Conversation()
    reply = continue_edited_reply(conversation)
    assert reply.text == TEXT + 'Green"}'
    assert (reply.metrics, reply.raw, reply.parts, reply.edited) == (METRICS, 'Green"}<end>', 1, True)
    assert "11 tokens" in describe_reply(reply)
    assert "edited by you" in describe_reply(reply)
    conversation.attach_receipt(reply.id, RECEIPT)
    assert "parts" not in describe_in_full(conversation.last_reply or reply)
    # AND a second time adds up
    conversation.continue_reply("Model Q4")
    conversation.append("!")
    again = conversation.finish_reply("end", METRICS, "!")
    assert again.metrics is not None
    assert (again.metrics.generated_tokens, again.raw, again.parts) == (22, 'Green"}<end>!', 2)


def test_failed_continuation_leaves_the_answer_unchanged() -> None:
    conversation = Conversation()
    reply = edit_first_reply(conversation)
    conversation.continue_reply("Model Q4")
    assert conversation.withdraw_question() is None
    assert conversation.messages[-1] == reply


@given(STEPS)
def test_no_sequence_loses_a_message_that_was_not_deleted(steps: list[Step]) -> None:
    conversation = Conversation()
    for number, step in enumerate(steps):
        earlier = {message.id: message for message in conversation.all_messages}
        do(conversation, step, number)
        after = {message.id: message for message in conversation.all_messages}
        gone = earlier.keys() - after.keys()
        if step[0] == "delete":
            # THEN a question goes, and nothing but the replies to it
            questions = [id for id in gone if isinstance(earlier[id], Question)]
            assert len(questions) <= 1
        else:
            # THEN nothing goes but what was taken back, of which nothing had been answered
            assert all(isinstance(earlier[id], Question) or earlier[id].text == "" for id in gone)
            assert not gone or step[0] in ("begin", "back")
        assert all(
            message.text.startswith(earlier[id].text) for id, message in after.items() if id in earlier
        )
        # AND what is shown hangs together, and ends where nothing follows
        branch = [message.id for message in conversation.messages]
        parents = [conversation.parent_of(id) for id in branch]
        assert parents == [None, *branch][: len(branch)]
        if after:
            assert branch[-1] not in {conversation.parent_of(id) for id in after}
        # AND every place knows its alternatives
        for id in branch:
            position, count = conversation.place_among_alternatives(id)
            assert (
                position
                < count
                == sum(conversation.parent_of(other_id) == conversation.parent_of(id) for other_id in after)
            )


def test_an_edited_question_branches_and_both_branches_stay() -> None:
    conversation = conversation_of("aaa", "bbb", "ccc")
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


def test_branch_ended_for_an_edit_returns_when_shown() -> None:
    conversation = conversation_of("aaa", "bbb")
    first = conversation.messages[0].id
    conversation.branch_before(first)
    assert shown(conversation) == []
    conversation.show_branch(first)
    assert shown(conversation) == ["aaa", "AAA", "bbb", "BBB"]


def test_returning_to_an_alternative_restores_its_branch() -> None:
    # GIVEN a question with two wordings, the first of which was answered twice, and its first answer shown
    conversation = conversation_of("aaa")
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


def test_deleted_turn_takes_its_answers_and_leaves_later_turns() -> None:
    conversation = conversation_of("aaa", "bbb", "ccc")
    conversation.delete_turn(conversation.messages[2].id)
    assert shown(conversation) == ["aaa", "AAA", "ccc", "CCC"]
    assert [message.content for message in conversation.prompt_messages()] == ["aaa", "AAA", "ccc", "CCC"]
    conversation.delete_turn(conversation.messages[0].id)
    conversation.delete_turn(conversation.messages[0].id)
    assert conversation.all_messages == ()
    assert shown(conversation) == []


def test_branch_actions_are_refused_during_a_reply() -> None:
    conversation = conversation_of("aaa")
    question = conversation.add_user("bbb")
    conversation.begin_reply("Model Q4")
    for method in (conversation.show_branch, conversation.branch_before, conversation.delete_turn):
        with pytest.raises(RuntimeError):
            method(question.id)
    assert not conversation.show_alternative(question.id, 1)
    assert conversation.branch_before_last_reply() is None
    with pytest.raises(RuntimeError):
        conversation.continue_reply()


def test_declined_alternative_leaves_the_earlier_answer() -> None:
    conversation = conversation_of("aaa")
    conversation.branch_before_last_reply()
    conversation.begin_reply("Model Q4")
    assert conversation.withdraw_question() is None
    assert shown(conversation) == ["aaa", "AAA"]
    assert conversation.open_reply_id is None


def test_declined_edit_leaves_the_original_question() -> None:
    conversation = conversation_of("aaa", "bbb")
    conversation.branch_before(conversation.messages[0].id)
    conversation.add_user("other")
    conversation.begin_reply("Model Q4")
    question = conversation.withdraw_question()
    assert question is not None
    assert question.text == "other"
    assert shown(conversation) == ["aaa", "AAA", "bbb", "BBB"]


def test_question_actions_are_refused_for_other_messages() -> None:
    conversation = conversation_of("aaa")
    reply = conversation.messages[1].id
    for method in (
        conversation.branch_before,
        conversation.delete_turn,
        lambda id: conversation.pin_question(id, True),
    ):
        for id in (reply, 99):
            with pytest.raises(KeyError):
                method(id)


def test_turn_has_its_model_and_cost():
    question, reply = answered(("Hello", "Hi there")).messages
    assert question == Question(1, "Hello")
    assert reply == Reply(2, "Hi there", "Model Q4", "end", METRICS)


@given(st.lists(st.text()))
def test_pieces_add_up_to_the_reply(pieces: list[str]):
    conversation = Conversation()
    conversation.add_user("q")
    conversation.begin_reply("m")
    for piece in pieces:
        conversation.append(piece)
    assert conversation.open_reply is not None
    assert conversation.open_reply.text == "".join(pieces)
    assert conversation.finish_reply("end").text == "".join(pieces)


def test_open_reply_is_a_message_but_not_part_of_the_prompt():
    conversation = Conversation(system="Be brief")
    conversation.add_user("Hello")
    conversation.begin_reply("m")
    conversation.append("Hi")
    assert [message.text for message in conversation.messages] == ["Hello", "Hi"]
    assert conversation.prompt_messages() == (ChatMessage("system", "Be brief"), ChatMessage("user", "Hello"))


def test_an_interrupted_reply_keeps_its_text_and_the_reason():
    conversation = Conversation()
    conversation.add_user("Hello")
    conversation.begin_reply("m")
    conversation.append("It was a")
    conversation.abort_reply("The engine ended unexpectedly.")
    reply = conversation.last_reply
    assert reply is not None
    assert (reply.text, reply.interrupted, reply.finish) == (
        "It was a",
        "The engine ended unexpectedly.",
        None,
    )
    assert conversation.prompt_messages()[-1] == ChatMessage("assistant", "It was a")
    assert conversation.open_reply is None


def test_second_reply_is_an_alternative_to_the_first():
    conversation = answered(("a", "1"), ("b", "2"))
    aside = conversation.branch_before_last_reply()
    assert aside is not None
    assert aside.text == "2"
    assert [message.text for message in conversation.messages] == ["a", "1", "b"]
    assert conversation.branch_before_last_reply() is None
    another = conversation.begin_reply("m")
    conversation.finish_reply("end")
    assert conversation.place_among_alternatives(another.id) == (1, 2)
    assert conversation.show_alternative(another.id, -1)
    assert [message.text for message in conversation.messages] == ["a", "1", "b", "2"]


def test_ids_are_never_used_twice():
    conversation = answered(("a", "1"))
    conversation.branch_before_last_reply()
    conversation.begin_reply("m")
    conversation.finish_reply("end")
    conversation.clear()
    assert conversation.add_user("again").id == 4


def test_question_can_be_withdrawn_before_the_first_answer_text():
    conversation = Conversation()
    conversation.add_user("Hello")
    conversation.begin_reply("m")
    question = conversation.withdraw_question()
    assert question is not None
    assert question.text == "Hello"
    assert conversation.messages == ()
    assert conversation.open_reply is None


def test_question_with_a_started_reply_is_not_withdrawn():
    conversation = Conversation()
    conversation.add_user("Hello")
    conversation.begin_reply("m")
    conversation.append("H")
    assert conversation.withdraw_question() is None
    assert len(conversation.messages) == 2


def test_only_one_reply_is_open_at_a_time():
    conversation = Conversation()
    with pytest.raises(RuntimeError):
        conversation.append("x")
    with pytest.raises(RuntimeError):
        conversation.finish_reply("end")
    conversation.begin_reply("m")
    with pytest.raises(RuntimeError):
        conversation.begin_reply("m")
    with pytest.raises(RuntimeError):
        conversation.add_user("x")


def test_a_receipt_stays_with_its_reply():
    conversation = answered(("a", "1"), ("b", "2"))
    reply = conversation.attach_receipt(2, RECEIPT)
    assert reply is not None
    assert reply.receipt == RECEIPT
    assert conversation.messages[1] == reply
    assert conversation.last_reply is not None
    assert conversation.last_reply.receipt is None


def test_receipt_of_a_deleted_reply_is_ignored():
    conversation = answered(("a", "1"))
    assert conversation.attach_receipt(1, RECEIPT) is None
    conversation.delete_turn(1)
    assert conversation.attach_receipt(2, RECEIPT) is None


def test_a_question_leads_to_its_answer():
    conversation = answered(("a", "1"), ("b", "2"))
    assert [conversation.reply_id_for(message_id) for message_id in (1, 2, 3, 4, 9, None)] == [
        2,
        2,
        4,
        4,
        None,
        None,
    ]
    conversation.add_user("c")
    assert conversation.reply_id_for(5) is None
    conversation.begin_reply("m")
    assert conversation.reply_id_for(5) == conversation.reply_id_for(6) == 6
