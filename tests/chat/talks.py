"""Conversations to keep, and a way to wait for what the store answers."""

from concurrent.futures import Future
from pathlib import Path
from typing import TypeVar

from tests.waiting import PATIENCE_SECONDS
from tui.chat.asking import PartSettings
from tui.chat.conversation import Conversation
from tui.chat.messages import Attachment, Reply
from tui.chat.receipt import Energy, Receipt
from tui.chat.storage.recorder import ConversationRecorder
from tui.chat.storage.rows import ConversationRecord
from tui.chat.storage.store import ConversationStore
from tui.engine.options import LoadSettings, SamplingSettings
from tui.engine.reply_metrics import ReplyMetrics

T = TypeVar("T")

METRICS = ReplyMetrics(12, 0, 0.5, 11, 2.0, 0.6, 23, 512, None)
RECEIPT = Receipt(1.7e9, 2.5, 12, 0, 11, 24.0, 5.0, 0.6, 1 << 30, Energy(54.0, "the processor's package"))
WAY = PartSettings(SamplingSettings(temperature=0.7, top_k=20, seed=1804289383, max_tokens=64), think=False)
SETTINGS = LoadSettings(context=2048, kv_type="q8_0")
TEXT = '  {\n "colour": "'
FILES = (
    Attachment("notes.md", "# Notes\n```py\nx = 1\n```\n"),
    Attachment("odd \x1b[2J.txt", "lone \ud800, nul \x00, quote ' and \"; DROP TABLE messages"),
)


def got(answer: Future[T]) -> T:
    """What the store answers."""
    return answer.result(PATIENCE_SECONDS)


def keeping(store: ConversationStore, system: str = "") -> tuple[Conversation, ConversationRecorder]:
    """A new conversation that is kept."""
    conversation = Conversation(system)
    return conversation, ConversationRecorder(store, conversation, lambda: SETTINGS)


def turn(conversation: Conversation, question: str, answer: str, model: str = "Model Q4") -> None:
    """One question with its answer, in two pieces."""
    conversation.add_user(question)
    conversation.begin_reply(model)
    conversation.append(answer[:3])
    conversation.append(answer[3:])
    conversation.finish_reply("end", METRICS)


def texts(record: ConversationRecord) -> list[str]:
    """What is shown of a conversation."""
    return [stored.message.text for stored in record.shown_branch]


def only(store: ConversationStore) -> ConversationRecord:
    """The one conversation in the store."""
    (row,) = got(store.list_conversations())
    return got(store.read_conversation(row.id))


def talk_kept(file: Path, *turns: tuple[str, str]) -> int:
    """A file with one conversation in it; returns its id."""
    store = ConversationStore(file)
    conversation, keeper = keeping(store)
    for question, answer in turns:
        turn(conversation, question, answer)
    kept_as = keeper.conversation_id
    assert kept_as is not None
    assert store.close()
    return kept_as


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


def edited(conversation: Conversation) -> Reply:
    """The first of two answers, with the user's words in place of the model's."""
    turn(conversation, "A colour?", "Blue it is.")
    turn(conversation, "Another?", "Red.")
    return conversation.edit_reply(conversation.messages[1].id, TEXT)


def gone_on(conversation: Conversation) -> Reply:
    """The edited answer, which a model went on with."""
    edited(conversation)
    opened = conversation.continue_reply("Model Q4")
    assert (conversation.continued_text, opened.parts) == (TEXT, 1)
    conversation.set_prompt(f"<user>A colour?<model>{TEXT}", WAY)
    conversation.append('Green"}')
    return conversation.finish_reply("end", METRICS, 'Green"}<end>')
