import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.chat.conversation import Conversation, Question, Reply
from tui.chat.receipt import Energy, Receipt
from tui.chat.storage.markdown import conversation_to_markdown
from tui.engine.options import ChatMessage
from tui.engine.reply_metrics import ReplyMetrics

METRICS = ReplyMetrics(
    prompt_tokens=12,
    cached_tokens=0,
    prompt_seconds=0.5,
    generated_tokens=11,
    generation_seconds=2.0,
    first_token_seconds=0.6,
    context_used=23,
    context=512,
    peak_bytes=None,
)


def answered(*turns: tuple[str, str]) -> Conversation:
    conversation = Conversation()
    for question, answer in turns:
        conversation.add_user(question)
        conversation.begin_reply("Model Q4")
        conversation.append(answer)
        conversation.finish_reply("end", METRICS)
    return conversation


def test_a_turn_is_kept_with_its_model_and_cost():
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


def test_a_reply_that_is_being_written_is_among_the_messages_but_not_in_the_chat():
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


def test_roles_alternate_when_a_question_was_never_answered():
    conversation = Conversation()
    conversation.add_user("First")
    conversation.begin_reply("m")
    conversation.abort_reply("The engine ended.")
    conversation.add_user("Second")
    assert conversation.prompt_messages() == (ChatMessage("user", "First\n\nSecond"),)


def test_another_reply_stands_beside_the_one_before():
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


def test_a_question_can_be_taken_back_until_something_was_answered():
    conversation = Conversation()
    conversation.add_user("Hello")
    conversation.begin_reply("m")
    question = conversation.withdraw_question()
    assert question is not None
    assert question.text == "Hello"
    assert conversation.messages == ()
    assert conversation.open_reply is None


def test_a_question_with_a_started_reply_is_not_taken_back():
    conversation = Conversation()
    conversation.add_user("Hello")
    conversation.begin_reply("m")
    conversation.append("H")
    assert conversation.withdraw_question() is None
    assert len(conversation.messages) == 2


def test_one_reply_at_a_time():
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


def test_export_holds_everything_that_was_said_and_what_it_cost():
    text = conversation_to_markdown(
        answered(("Hello", "Hi"), ("More", "Yes")), lambda reply: f"cost of {reply.id}"
    )
    assert text == (
        "## You\n\nHello\n\n## Model Q4\n\nHi\n\n*cost of 2*\n\n"
        "## You\n\nMore\n\n## Model Q4\n\nYes\n\n*cost of 4*\n"
    )


def test_export_closes_a_fence_that_was_left_open():
    text = conversation_to_markdown(answered(("q", "````py\n```\nx = 1"), ("next", "yes")), lambda _: "")
    assert "x = 1\n````\n\n## You" in text


def test_export_carries_no_control_characters():
    text = conversation_to_markdown(answered(("q\x1b[2J", "a\x00b\tc\nd\x9b")), lambda _: "")
    assert "a" in text
    assert "b\tc\nd" in text
    assert not {"\x1b", "\x00", "\x9b"} & set(text)


def test_export_of_nothing_is_nothing():
    assert conversation_to_markdown(Conversation("system"), lambda _: "") == ""


RECEIPT = Receipt(1e9, 2.5, 12, 0, 11, 24.0, 5.0, 0.6, None, Energy(None, reason="for root only"))


def test_a_receipt_stays_with_its_reply():
    conversation = answered(("a", "1"), ("b", "2"))
    reply = conversation.attach_receipt(2, RECEIPT)
    assert reply is not None
    assert reply.receipt == RECEIPT
    assert conversation.messages[1] == reply
    assert conversation.last_reply is not None
    assert conversation.last_reply.receipt is None


def test_a_receipt_of_a_reply_that_is_gone_is_nobodys():
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
