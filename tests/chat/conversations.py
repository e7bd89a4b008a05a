"""Sample conversations to save, and the results of the conversation store."""

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
PART_SETTINGS = PartSettings(
    SamplingSettings(temperature=0.7, top_k=20, seed=1804289383, max_tokens=64), think=False
)
SETTINGS = LoadSettings(context=2048, kv_type="q8_0")
TEXT = '  {\n "colour": "'
FILES = (
    Attachment("notes.md", "# Notes\n```py\nx = 1\n```\n"),
    Attachment("odd \x1b[2J.txt", "lone \ud800, nul \x00, quote ' and \"; DROP TABLE messages"),
)


def result_of(answer: Future[T]) -> T:
    """Wait for a result of the store."""
    return answer.result(PATIENCE_SECONDS)


def recorded_conversation(
    store: ConversationStore, system: str = ""
) -> tuple[Conversation, ConversationRecorder]:
    """Return a new conversation and the recorder that saves it."""
    conversation = Conversation(system)
    return conversation, ConversationRecorder(store, conversation, lambda: SETTINGS)


def add_turn(conversation: Conversation, question: str, answer: str, model: str = "Model Q4") -> None:
    """Add a question and its answer, which comes in two pieces."""
    conversation.add_user(question)
    conversation.begin_reply(model)
    conversation.append(answer[:3])
    conversation.append(answer[3:])
    conversation.finish_reply("end", METRICS)


def shown_texts(record: ConversationRecord) -> list[str]:
    """Return the texts of the shown branch."""
    return [stored.message.text for stored in record.shown_branch]


def only_record(store: ConversationStore) -> ConversationRecord:
    """Return the only conversation in the store."""
    (row,) = result_of(store.list_conversations())
    return result_of(store.read_conversation(row.id))


def save_conversation(file: Path, *turns: tuple[str, str]) -> int:
    """Create a file with one conversation and return its id."""
    store = ConversationStore(file)
    conversation, keeper = recorded_conversation(store)
    for question, answer in turns:
        add_turn(conversation, question, answer)
    conversation_id = keeper.conversation_id
    assert conversation_id is not None
    assert store.close()
    return conversation_id


def add_thinking_reply(conversation: Conversation) -> None:
    """Add a pinned question with files, and a reply with thinking that was continued."""
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


def edit_first_reply(conversation: Conversation) -> Reply:
    """Add two turns, and replace the text of the first answer by the user's."""
    add_turn(conversation, "A colour?", "Blue it is.")
    add_turn(conversation, "Another?", "Red.")
    return conversation.edit_reply(conversation.messages[1].id, TEXT)


def continue_edited_reply(conversation: Conversation) -> Reply:
    """Add an edited answer and let a model continue it."""
    edit_first_reply(conversation)
    opened = conversation.continue_reply("Model Q4")
    assert (conversation.continued_text, opened.parts) == (TEXT, 1)
    conversation.set_prompt(f"<user>A colour?<model>{TEXT}", PART_SETTINGS)
    conversation.append('Green"}')
    return conversation.finish_reply("end", METRICS, 'Green"}<end>')
