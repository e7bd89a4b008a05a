"""Messages know their role, and replies whether anything has arrived."""

import pytest

from tui.chat.messages import ConversationListener, Question, Reply


@pytest.mark.parametrize(
    ("text", "thinking", "is_empty"), [("", "", True), ("Hi", "", False), ("", "Hm", False)]
)
def test_a_reply_is_empty_until_an_answer_or_a_thought_arrives(
    text: str, thinking: str, is_empty: bool
) -> None:
    assert Reply(1, text, "Model Q4", thinking=thinking).is_empty is is_empty


def test_roles_are_those_of_chat_templates() -> None:
    assert (Question(1, "Hello").role, Reply(2, "Hi", "Model Q4").role) == ("user", "assistant")


def test_default_listener_accepts_every_event() -> None:
    listener, question, reply = ConversationListener(), Question(1, "Hello"), Reply(2, "Hi", "Model Q4")
    listener.question_added(question, None)
    listener.reply_begun(reply, 1)
    listener.text_arrived("Hi", thinking=False)
    listener.reply_closed(reply)
    listener.messages_removed((1, 2), None, None)
    listener.conversation_left(None)
