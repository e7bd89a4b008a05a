from tests.chat.conversations import PART_SETTINGS, TEXT, continue_edited_reply, edit_first_reply
from tests.ui.chat.chat_host import conversation_of
from tests.ui.chat.transcript.raw.test_screen import METRICS, PROMPT, answered
from tui.chat.conversation import Conversation
from tui.ui.chat.transcript.raw.reply import raw_reply


def test_the_raw_view_of_a_complete_reply_has_prompt_and_output() -> None:
    raw = raw_reply(answered(), None)
    assert raw is not None
    assert (raw.prompt.title, raw.prompt.text, raw.prompt.reason) == ("Prompt, 1,840 tokens", PROMPT, "")
    assert raw.reply.title == "Reply, 11 tokens"
    assert raw.reply.text == "<think>Let me see.</think>Hello<|im_end|>"
    settings_line = (
        "Temperature 0.7 · Top-k 20 · Top-p 0.95 · Min-p 0.05 · Repeat penalty 1 · Seed 1804289383"
    )
    assert raw.settings == (f"{settings_line} · Maximum tokens 64 · does not think first",)


def test_reply_of_an_earlier_version_names_the_parts_that_were_not_saved() -> None:
    conversation = conversation_of(("Hi", "Hello"))
    raw = raw_reply(conversation, conversation.messages[0].id)
    assert raw is not None
    assert raw.prompt.text is None
    assert "not kept" in raw.prompt.reason
    assert raw.reply.text == "Hello"
    assert "not kept" in raw.reply.reason


def test_a_prompt_with_a_deleted_turn_says_so() -> None:
    conversation = answered()
    conversation.add_user("And you?")
    conversation.begin_reply("Model Q4")
    conversation.set_prompt(PROMPT + "And you?", PART_SETTINGS)
    conversation.append("Well")
    conversation.finish_reply("end", METRICS, "Well<|im_end|>")
    conversation.delete_turn(conversation.messages[0].id)
    raw = raw_reply(conversation, None)
    assert raw is not None
    assert raw.prompt.text is None
    assert "held a turn that was deleted" in raw.prompt.reason
    assert (raw.reply.text, raw.reply.reason) == ("Well<|im_end|>", "")


def test_question_without_an_answer_has_no_raw_view() -> None:
    conversation = Conversation()
    assert raw_reply(conversation, None) is None
    assert raw_reply(conversation, conversation.add_user("Hi").id) is None


def test_raw_view_marks_the_users_text() -> None:
    conversation = Conversation()
    edit_first_reply(conversation)
    raw = raw_reply(conversation, None)
    assert raw is not None
    assert (raw.prompt.text, raw.reply.text) == (None, TEXT)
    assert raw.prompt.reason == "No model was asked: you wrote this answer."
    assert raw.reply.reason == "You wrote it; the model reads exactly this."
    conversation = Conversation()
    continue_edited_reply(conversation)
    raw = raw_reply(conversation, None)
    assert raw is not None
    assert raw.prompt.text is not None
    assert raw.prompt.text.endswith(TEXT)
    assert raw.reply.text == 'Green"}<end>'
    assert raw.reply.reason.startswith("You wrote its beginning")
