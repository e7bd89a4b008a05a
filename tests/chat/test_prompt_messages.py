"""The messages that a model is sent."""

from tests.chat.conversations import add_turn
from tui.chat.asking import Asking
from tui.chat.conversation import Conversation
from tui.chat.messages import Attachment
from tui.chat.prompt_messages import attachment_text
from tui.engine.options import ChatMessage


def test_attachments_come_before_the_question() -> None:
    conversation = Conversation("Be brief")
    conversation.add_user("What is it?", [Attachment("a.txt", "one\n"), Attachment("b.txt", "```\n````")])
    assert conversation.prompt_messages() == (
        ChatMessage("system", "Be brief"),
        ChatMessage(
            "user", "File a.txt:\n```\none\n```\n\nFile b.txt:\n`````\n```\n````\n`````\n\nWhat is it?"
        ),
    )
    assert attachment_text(Attachment("a.txt", "")) == "File a.txt:\n```\n\n```"


def test_dropped_turns_are_left_out_with_their_answers() -> None:
    conversation = Conversation()
    for text in ("aaa", "bbb", "ccc"):
        add_turn(conversation, text, text.upper())
    second = conversation.messages[2].id
    sent = [message.content for message in conversation.prompt_messages(frozenset({second}))]
    assert sent == ["aaa", "AAA", "ccc", "CCC"]


def test_thinking_is_sent_only_when_requested() -> None:
    conversation = Conversation()
    conversation.add_user("Think")
    conversation.begin_reply("Model Q4")
    conversation.append("Hm.\n", thinking=True)
    conversation.append("Yes")
    conversation.finish_reply("end")
    assert conversation.prompt_messages()[-1].content == "Yes"
    conversation.asking = Asking(keep_thinking=True)
    assert conversation.prompt_messages()[-1].content == "<think>\nHm.\n</think>\n\nYes"


def test_roles_alternate_when_a_question_was_never_answered():
    conversation = Conversation()
    conversation.add_user("First")
    conversation.begin_reply("m")
    conversation.abort_reply("The engine ended.")
    conversation.add_user("Second")
    assert conversation.prompt_messages() == (ChatMessage("user", "First\n\nSecond"),)
