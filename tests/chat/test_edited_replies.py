"""Answers that the user changed: what they say of themselves, what is sent, and how they are kept."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chat.talks import METRICS, RECEIPT, WAY, got, keeping, only, texts, turn
from tui.chat.conversation import Conversation
from tui.chat.messages import Reply
from tui.chat.storage.document import conversation_from_json, conversation_to_json, shown_conversation
from tui.chat.storage.markdown import conversation_to_markdown
from tui.chat.storage.rows import ConversationRecord
from tui.chat.storage.store import ConversationStore
from tui.services.sentences import sentence
from tui.ui.chat.transcript.layout.reply_note import describe_in_full, describe_reply
from tui.ui.chat.transcript.raw.reply import raw_reply

TEXT = '  {\n "colour": "'


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ConversationStore]:
    store = ConversationStore(tmp_path / "conversations.sqlite")
    yield store
    assert store.close()


def edited(conversation: Conversation) -> Reply:
    """The first of two answers, with the user's words in place of the model's."""
    turn(conversation, "A colour?", "Blue it is.")
    turn(conversation, "Another?", "Red.")
    return conversation.edit_reply(conversation.messages[1].id, TEXT)


def test_an_edited_answer_is_another_version_and_claims_nothing_of_the_model() -> None:
    conversation = Conversation()
    reply = edited(conversation)
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


def test_only_an_answer_that_is_closed_can_be_edited() -> None:
    conversation = Conversation()
    edited(conversation)
    with pytest.raises(KeyError):
        conversation.edit_reply(conversation.messages[0].id, "x")
    conversation.add_user("More")
    reply = conversation.begin_reply("Model Q4")
    with pytest.raises(RuntimeError):
        conversation.edit_reply(reply.id, "x")


def gone_on(conversation: Conversation) -> Reply:
    """The edited answer, which a model went on with."""
    edited(conversation)
    opened = conversation.continue_reply("Model Q4")
    assert (conversation.continued_text, opened.parts) == (TEXT, 1)
    conversation.set_prompt(f"<user>A colour?<model>{TEXT}", WAY)
    conversation.append('Green"}')
    return conversation.finish_reply("end", METRICS, 'Green"}<end>')


def test_what_a_model_adds_to_it_is_counted_by_itself() -> None:
    conversation = Conversation()
    reply = gone_on(conversation)
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


def test_a_model_that_could_not_go_on_leaves_it_as_it_was() -> None:
    conversation = Conversation()
    reply = edited(conversation)
    conversation.continue_reply("Model Q4")
    assert conversation.withdraw_question() is None
    assert conversation.messages[-1] == reply


def test_the_raw_view_says_what_is_the_users() -> None:
    conversation = Conversation()
    edited(conversation)
    raw = raw_reply(conversation, None)
    assert raw is not None
    assert (raw.prompt.text, raw.reply.text) == (None, TEXT)
    assert raw.prompt.reason == "No model was asked: you wrote this answer."
    assert raw.reply.reason == "You wrote it; the model reads exactly this."
    conversation = Conversation()
    gone_on(conversation)
    raw = raw_reply(conversation, None)
    assert raw is not None
    assert raw.prompt.text is not None
    assert raw.prompt.text.endswith(TEXT)
    assert raw.reply.text == 'Green"}<end>'
    assert raw.reply.reason.startswith("You wrote its beginning")


def check(record: ConversationRecord) -> None:
    reply = record.shown_branch[-1].message
    assert isinstance(reply, Reply)
    assert (reply.text, reply.edited, reply.parts, reply.metrics) == (TEXT, True, 0, None)
    assert [kept.message.text for kept in record.messages] == [
        "A colour?",
        "Blue it is.",
        "Another?",
        "Red.",
        TEXT,
    ]


def test_it_is_kept_and_reopened(store: ConversationStore) -> None:
    conversation, keeper = keeping(store)
    edited(conversation)
    check(only(store))
    assert len(got(store.list_conversations("colour"))) == 1
    # AND it is gone on with after it was opened again
    assert keeper.conversation_id is not None
    reopened, again = keeping(store)
    again.reopen(keeper.conversation_id, only(store))
    reopened.continue_reply("Other Q8")
    reopened.append('x"}')
    reopened.finish_reply("end", METRICS, 'x"}')
    record = only(store)
    reply = record.shown_branch[-1].message
    assert isinstance(reply, Reply)
    assert (texts(record)[-1], reply.edited, reply.parts, reply.raw) == (TEXT + 'x"}', True, 1, 'x"}')


def test_a_document_says_that_it_was_edited(store: ConversationStore) -> None:
    conversation, _keeper = keeping(store)
    edited(conversation)
    record = conversation_from_json(conversation_to_json(only(store), sentence))
    check(record)
    check(got(store.read_conversation(got(store.import_conversation(record)))))
    assert "*edited by you*" in conversation_to_markdown(shown_conversation(record), describe_in_full)
