"""Markdown of a conversation: whole, safe to print, fences closed."""

from tests.chat.conversations import (
    METRICS,
    PART_SETTINGS,
    add_thinking_reply,
    only_record,
    recorded_conversation,
)
from tui.chat.asking import Asking
from tui.chat.conversation import Conversation
from tui.chat.messages import Reply
from tui.chat.presets import Preset
from tui.chat.storage.document import (
    shown_conversation,
)
from tui.chat.storage.markdown import conversation_to_markdown
from tui.chat.storage.store import ConversationStore

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


def answered(*turns: tuple[str, str]) -> Conversation:
    conversation = Conversation()
    for question, answer in turns:
        conversation.add_user(question)
        conversation.begin_reply("Model Q4")
        conversation.append(answer)
        conversation.finish_reply("end", METRICS)
    return conversation


def test_markdown_has_files_thinking_and_pins(store: ConversationStore) -> None:
    conversation, _keeper = recorded_conversation(store)
    add_thinking_reply(conversation)
    text = conversation_to_markdown(shown_conversation(only_record(store)), lambda _reply: "")
    assert text.startswith("## You (pinned)\n\nFile notes.md:\n````\n# Notes\n```py\nx = 1\n```\n````\n")
    assert "\n> *Thinking*\n>\n> Let me see.\n> > no\n\nThey say nothing." in text
    assert not {"\x1b", "\x00"} & set(text)


def test_markdown_has_the_schema(store: ConversationStore) -> None:
    conversation, _keeper = recorded_conversation(store, system="Be brief")
    conversation.asking = MANNER
    asked(conversation, "a", "[1]")
    text = conversation_to_markdown(shown_conversation(only_record(store)), lambda _reply: "")
    assert text.startswith(
        '## System\n\nBe brief\n\n## JSON schema\n\n```json\n{"type": "array"}\n```\n\n## You'
    )


def test_the_export_has_all_messages_and_their_costs():
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


def test_export_of_an_empty_conversation_is_empty():
    assert conversation_to_markdown(Conversation("system"), lambda _: "") == ""
