"""What else is kept of a message: attachments, thinking, pins, how often a reply was asked for."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chat.talks import METRICS, got, keeping, only, texts, turn
from tests.saying import raises_saying
from tui.chat.asking import Asking
from tui.chat.conversation import Conversation
from tui.chat.messages import Attachment, Question, Reply
from tui.chat.prompt_messages import attachment_text
from tui.chat.storage.document import (
    DocumentError,
    conversation_from_json,
    conversation_to_json,
    shown_conversation,
)
from tui.chat.storage.markdown import conversation_to_markdown
from tui.chat.storage.rows import ConversationRecord
from tui.chat.storage.store import ConversationStore
from tui.chat.storage.text_codec import decode_attachments
from tui.engine.options import ChatMessage
from tui.services.sentences import sentence

FILES = (
    Attachment("notes.md", "# Notes\n```py\nx = 1\n```\n"),
    Attachment("odd \x1b[2J.txt", "lone \ud800, nul \x00, quote ' and \"; DROP TABLE messages"),
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ConversationStore]:
    store = ConversationStore(tmp_path / "conversations.sqlite")
    yield store
    assert store.close()


def thoughtful(conversation: Conversation) -> None:
    """A question with files, pinned, and a reply that thought first and was continued."""
    question = conversation.add_user("Read these", FILES)
    conversation.pin_question(question.id, True)
    conversation.begin_reply("Model Q4")
    conversation.append("Let me ", thinking=True)
    conversation.append("see.\n> no", thinking=True)
    conversation.append("They say ")
    conversation.finish_reply("stopped", METRICS)
    conversation.continue_reply("Other Q8")
    conversation.append("nothing.")
    conversation.finish_reply("end", METRICS)


def check(record: ConversationRecord) -> None:
    question, reply = (kept.message for kept in record.shown_branch)
    assert question == Question(0, "Read these", FILES, pinned=True)
    assert isinstance(reply, Reply)
    assert (reply.text, reply.thinking) == ("They say nothing.", "Let me see.\n> no")
    assert (reply.parts, reply.model, reply.finish) == (2, "Model Q4, then Other Q8", "end")
    assert reply.metrics is not None
    assert reply.metrics.generated_tokens == 22


def test_all_of_a_message_is_kept(store: ConversationStore) -> None:
    conversation, _keeper = keeping(store)
    thoughtful(conversation)
    record = only(store)
    check(record)
    # AND the model that went on is the one that the conversation is with
    assert record.model == "Other Q8"
    # AND what was thought and what went along is searched too, as in the conversation itself
    for word in ("see", "nothing", "read", FILES[0].name.split(".")[0]):
        assert len(got(store.list_conversations(word))) == 1, word
    assert got(store.list_conversations("elsewhere")) == []


def test_a_document_brings_all_of_a_message(store: ConversationStore) -> None:
    conversation, _keeper = keeping(store)
    thoughtful(conversation)
    record = conversation_from_json(conversation_to_json(only(store), sentence))
    check(record)
    check(got(store.read_conversation(got(store.import_conversation(record)))))


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('"attachments": [', '"attachments": [7, ', r"attachments\[0\]"),
        ('"name": "notes.md"', '"name": 7', r"attachments\[0\]\.name"),
        ('"thinking": "', '"thinking": 7, "more": "', "thinking"),
        ('"parts": 2', '"parts": "many"', "parts"),
        ('"parts": 2', '"parts": 0', "parts"),
        ('"seen": 0', f'"seen": {2**64}', "seen"),
    ],
)
def test_a_spoiled_field_is_refused_in_words(
    store: ConversationStore, old: str, new: str, place: str
) -> None:
    conversation, _keeper = keeping(store)
    thoughtful(conversation)
    text = conversation_to_json(only(store), sentence)
    assert old in text
    with raises_saying(DocumentError, rf"not whole: messages\[\d\]\.{place}: expected"):
        conversation_from_json(text.replace(old, new, 1))


def test_markdown_has_files_thinking_and_pins(store: ConversationStore) -> None:
    conversation, _keeper = keeping(store)
    thoughtful(conversation)
    text = conversation_to_markdown(shown_conversation(only(store)), lambda _reply: "")
    assert text.startswith("## You (pinned)\n\nFile notes.md:\n````\n# Notes\n```py\nx = 1\n```\n````\n")
    assert "\n> *Thinking*\n>\n> Let me see.\n> > no\n\nThey say nothing." in text
    assert not {"\x1b", "\x00"} & set(text)


def test_thinking_is_kept_as_it_comes(store: ConversationStore, tmp_path: Path) -> None:
    conversation, _keeper = keeping(store)
    conversation.add_user("Think")
    conversation.begin_reply("Model Q4")
    for thinking, piece in ((True, "One, "), (True, "two."), (False, "Three"), (True, "!")):
        conversation.append(piece, thinking)
        reply = only(store).shown_branch[-1].message
        assert isinstance(reply, Reply)
    assert (reply.text, reply.thinking) == ("Three", "One, two.!")


def test_a_reply_that_went_on_when_it_was_cut_off_keeps_both_parts(tmp_path: Path) -> None:
    # GIVEN a reply that was continued by a program that is killed
    file = tmp_path / "conversations.sqlite"
    gone = ConversationStore(file, writer="1:1:gone")
    conversation, _keeper = keeping(gone)
    turn(conversation, "Tell me", "Once upon ")
    got(gone.list_conversations("once"))
    conversation.continue_reply("Model Q4")
    conversation.append("a time")
    got(gone.list_conversations())
    # WHEN the next one starts
    store = ConversationStore(file)
    (row,) = got(store.list_conversations("once time"))
    reply = got(store.read_conversation(row.id)).shown_branch[-1].message
    # THEN both parts are there, once, and what the whole cost is not known
    assert isinstance(reply, Reply)
    assert (reply.text, reply.parts, reply.metrics) == ("Once upon a time", 2, None)
    assert reply.interrupted is not None
    for each in (gone, store):
        assert each.close()
    with sqlite3.connect(file) as db:
        db.execute("INSERT INTO words (words) VALUES ('integrity-check')")
    db.close()


def test_a_system_prompt_that_changes_is_kept(store: ConversationStore) -> None:
    conversation, _keeper = keeping(store, system="Be brief")
    turn(conversation, "a", "1")
    conversation.system = "Be long"
    assert only(store).system == "Be long"


def test_what_was_in_a_deleted_turn_is_not_found(store: ConversationStore, tmp_path: Path) -> None:
    conversation, _keeper = keeping(store)
    turn(conversation, "about xylophones", "yes")
    turn(conversation, "and zithers", "no")
    assert len(got(store.list_conversations("xylophones"))) == 1
    conversation.delete_turn(conversation.messages[0].id)
    # The title stays what it was.
    assert got(store.list_conversations("yes")) == []
    assert texts(only(store)) == ["and zithers", "no"]
    conversation.delete_turn(conversation.messages[0].id)
    assert got(store.list_conversations()) == []


def test_a_question_that_is_but_files_is_called_by_the_first(store: ConversationStore) -> None:
    conversation, _keeper = keeping(store)
    conversation.add_user("", FILES)
    conversation.begin_reply("Model Q4")
    assert [row.title for row in got(store.list_conversations())] == ["notes.md"]


@pytest.mark.parametrize("text", ["no JSON", "[1]", '{"a": 1}', "[[1, 2, 3]]", "7"])
def test_attachments_that_make_no_sense_are_left_out(text: str) -> None:
    assert decode_attachments(text) == ()


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


def test_turns_that_are_left_out_go_with_their_answers() -> None:
    conversation = Conversation()
    for text in ("aaa", "bbb", "ccc"):
        turn(conversation, text, text.upper())
    second = conversation.messages[2].id
    sent = [message.content for message in conversation.prompt_messages(frozenset({second}))]
    assert sent == ["aaa", "AAA", "ccc", "CCC"]


def test_thinking_is_sent_only_where_it_is_wanted() -> None:
    conversation = Conversation()
    conversation.add_user("Think")
    conversation.begin_reply("Model Q4")
    conversation.append("Hm.\n", thinking=True)
    conversation.append("Yes")
    conversation.finish_reply("end")
    assert conversation.prompt_messages()[-1].content == "Yes"
    conversation.asking = Asking(keep_thinking=True)
    assert conversation.prompt_messages()[-1].content == "<think>\nHm.\n</think>\n\nYes"


def test_without_an_index_a_turn_is_deleted_all_the_same(store: ConversationStore, tmp_path: Path) -> None:
    conversation, _keeper = keeping(store)
    turn(conversation, "first", "one")
    turn(conversation, "second", "two")
    got(store.ask(lambda db, _has_index: db.execute("DROP TABLE words")))
    conversation.delete_turn(conversation.messages[0].id)
    conversation.continue_reply()
    conversation.append(" and three")
    conversation.finish_reply("end")
    assert texts(only(store)) == ["second", "two and three"]
