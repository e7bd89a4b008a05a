"""A reply that is continued is one reply, and its parts add up."""

import msgspec
import pytest

from tests.chat.conversations import METRICS, PART_SETTINGS, RECEIPT
from tui.chat.conversation import Conversation, Reply

SECOND = msgspec.structs.replace(
    METRICS,
    prompt_tokens=23,
    cached_tokens=22,
    prompt_seconds=0.1,
    generated_tokens=21,
    generation_seconds=4.0,
    first_token_seconds=0.2,
    context_used=44,
    peak_bytes=100,
    thinking_tokens=3,
)


def stopped() -> Conversation:
    conversation = Conversation()
    conversation.add_user("Tell me")
    conversation.begin_reply("Model Q4")
    conversation.set_prompt("user: Tell me\n", PART_SETTINGS)
    conversation.append("Once ")
    conversation.finish_reply("stopped", METRICS, "Once ")
    return conversation


SAME = msgspec.structs.replace(PART_SETTINGS, think=True)


def raw(conversation: Conversation) -> str | None:
    """What was generated for the last reply."""
    reply = conversation.messages[-1]
    assert isinstance(reply, Reply)
    return reply.raw


def test_a_continued_reply_is_one_reply() -> None:
    conversation = stopped()
    reply = conversation.continue_reply("Model Q4")
    assert (reply.id, conversation.open_reply_id) == (2, 2)
    assert conversation.continued_text == "Once "
    # THEN the engine is sent what came before the reply, and the reply apart from it
    assert [message.content for message in conversation.prompt_messages()] == ["Tell me"]
    conversation.append("upon a time")
    closed = conversation.finish_reply("end", SECOND)
    assert (closed.text, closed.finish, closed.parts, closed.model) == (
        "Once upon a time",
        "end",
        2,
        "Model Q4",
    )
    assert len(conversation.messages) == 2
    assert conversation.continued_text == ""


def test_receipt_arriving_after_a_continuation_is_added() -> None:
    conversation = stopped()
    conversation.continue_reply()
    conversation.attach_receipt(2, RECEIPT)
    conversation.append("upon")
    reply = conversation.finish_reply("end", SECOND)
    assert reply.receipt == RECEIPT
    both = conversation.attach_receipt(2, RECEIPT)
    assert both is not None
    assert both.receipt is not None
    assert (both.receipt.parts, both.receipt.generated_tokens) == (2, 22)


def test_failed_continuation_leaves_the_reply_unchanged() -> None:
    conversation = stopped()
    earlier = conversation.messages
    conversation.continue_reply("Other Q8")
    conversation.set_prompt("user: Tell me\nOnce ", SAME)
    assert conversation.withdraw_question() is None
    assert conversation.messages == earlier
    assert conversation.open_reply is None
    assert conversation.prompts[2] == "user: Tell me\n"
    # AND not once something new has arrived
    conversation.continue_reply("Other Q8")
    conversation.append("upon")
    assert conversation.withdraw_question() is None
    assert conversation.open_reply is not None


def test_raw_output_is_unknown_when_a_part_was_interrupted() -> None:
    conversation = stopped()
    conversation.continue_reply("Model Q4")
    conversation.withdraw_question()
    assert raw(conversation) == "Once "
    conversation.continue_reply("Model Q4")
    conversation.append("upon")
    conversation.abort_reply("It broke.")
    assert raw(conversation) is None
    # AND so of one that goes on from there
    conversation.continue_reply("Model Q4")
    conversation.append(" a time")
    conversation.finish_reply("end", SECOND, " a time<|im_end|>")
    assert raw(conversation) is None


def test_raw_output_and_settings_cover_all_parts() -> None:
    conversation = stopped()
    conversation.continue_reply("Model Q4")
    conversation.set_prompt("user: Tell me\nOnce ", SAME)
    conversation.append("upon")
    reply = conversation.finish_reply("end", SECOND, "upon<|im_end|>")
    assert reply.raw == "Once upon<|im_end|>"
    assert reply.part_settings == (PART_SETTINGS, SAME)
    assert conversation.prompts[2] == "user: Tell me\nOnce "


def test_continuation_needs_an_earlier_text() -> None:
    conversation = Conversation()
    with pytest.raises(RuntimeError):
        conversation.continue_reply()
    conversation.add_user("Tell me")
    with pytest.raises(RuntimeError):
        conversation.continue_reply()
    conversation.begin_reply("Model Q4")
    conversation.abort_reply("It broke.")
    with pytest.raises(RuntimeError):
        conversation.continue_reply()


def test_thinking_and_answer_are_continued_separately() -> None:
    conversation = stopped()
    conversation.begin_reply("Model Q4")
    conversation.append("Hm", thinking=True)
    conversation.finish_reply("stopped", raw="<think>Hm")
    conversation.continue_reply()
    assert (conversation.continued_text, conversation.continued_thinking) == ("", "Hm")
    conversation.append(" well", thinking=True)
    conversation.append("Yes")
    reply = conversation.finish_reply("stopped", raw=" well</think>Yes")
    assert (reply.thinking, reply.text) == ("Hm well", "Yes")
    assert reply.raw == "<think>Hm well</think>Yes"
    conversation.continue_reply()
    assert (conversation.continued_text, conversation.continued_thinking) == ("Yes", "Hm well")
