"""What a conversation is made of: questions with what is attached to them, replies with what they cost."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from tui.chat.asking import Asking, PartSettings
from tui.chat.receipt import Receipt
from tui.chat.reply_prompts import PromptDelta
from tui.engine.reply_metrics import FinishReason, ReplyMetrics
from tui.sentences import Reason


class Attachment(msgspec.Struct, frozen=True):
    """A text that goes along with a question."""

    name: str
    """What the user knows it by, such as the file's name; not a path."""
    text: str


class Question(msgspec.Struct, frozen=True):
    """What the user wrote."""

    id: int
    """Unique in its conversation, growing."""
    text: str
    attachments: tuple[Attachment, ...] = ()
    pinned: bool = False
    """Stays in the context when older turns have to go."""

    @property
    def role(self) -> Literal["user"]:
        """Whose message this is, as chat templates name it."""
        return "user"


class Reply(msgspec.Struct, frozen=True):
    """What a model answered, whole or as far as it came."""

    id: int
    """Unique in its conversation, growing."""
    text: str
    model: str
    """Label of the model that answered: `Llama-3.2-3B-Instruct Q4_K_M`; of both, where another went on."""
    finish: FinishReason | None = None
    """How the model ended it; None while it is being written, when it was interrupted, and when it never
    wrote any of it."""
    metrics: ReplyMetrics | None = None
    """What it cost, all parts together; None until it finished, and when a part never told."""
    interrupted: Reason | str | None = None
    """Reason why something else than the model or the user ended it; text where an older version saved it."""
    receipt: Receipt | None = None
    """What it took of the machine; comes with the first reading after its end."""
    thinking: str = ""
    """What the model thought before it answered, without the marks around it; never part of `text`."""
    parts: int = 1
    """How often the model was asked for it: once, and once more each time it was continued; never for one
    that the user wrote."""
    raw: str | None = None
    """What was generated, exactly, with special tokens and the marks of thinking; None where that is not
    known, as of a reply that was interrupted."""
    part_settings: tuple[PartSettings, ...] = ()
    """How its parts were asked for, oldest first; empty where that was not kept."""
    edited: bool = False
    """The user wrote its beginning, or all of it while it has no part; `raw` is what a model added."""

    @property
    def role(self) -> Literal["assistant"]:
        """Whose message this is, as chat templates name it."""
        return "assistant"

    @property
    def is_empty(self) -> bool:
        """True when nothing has arrived."""
        return not self.text and not self.thinking


Message = Question | Reply


class StoredMessage(msgspec.Struct, frozen=True):
    """A message and its place in the tree, as it is kept; `message.id` says nothing, `id` is what counts."""

    id: int
    parent: int | None
    """The message it follows; None for a first one."""
    at: float
    """When it was asked or begun, in seconds since 1970."""
    message: Message
    seen: int = 0
    """Of messages that follow the same one, the largest was shown last; of equal ones the newest."""


class ConversationListener:
    """Hears of what happens to a conversation, right after it did; this one does nothing about it."""

    def question_added(self, question: Question, parent: int | None) -> None:
        """A question was added after that message; the shown branch ends with it."""

    def reply_begun(self, reply: Reply, parent: int | None) -> None:
        """A reply was opened after that message; the shown branch ends with it."""

    def reply_continued(self, reply: Reply, model: str) -> None:
        """A reply that was closed is open again, with what it said; that model goes on with it."""

    def prompts_changed(self, changes: Mapping[int, PromptDelta | None], reply: Reply | None = None) -> None:
        """Prompts, by their replies, are kept in another form; None for one that is gone.

        `reply` is the open one, where its prompt is among them, with how it is asked for.
        """

    def user_reply_added(self, reply: Reply, parent: int | None) -> None:
        """A reply of the user's own words was added after that message; the shown branch ends with it."""

    def text_arrived(self, text: str, thinking: bool) -> None:
        """A piece of the open reply is here, or of its thinking."""

    def reply_closed(self, reply: Reply) -> None:
        """The open reply ended, or is as it was before it was continued."""

    def receipt_attached(self, reply: Reply) -> None:
        """A closed reply has its receipt."""

    def question_pinned(self, question: Question) -> None:
        """A question was pinned, or is not any more."""

    def system_changed(self, system: str) -> None:
        """There is another system prompt."""

    def asking_changed(self, asking: Asking) -> None:
        """Answers are asked for in another manner."""

    def branch_shown(self, message_id: int) -> None:
        """At the place of that message it is the one that is shown now."""

    def messages_removed(self, ids: tuple[int, ...], parent: int | None, shown: int | None) -> None:
        """Messages are gone; what followed them follows `parent`, and of that, `shown` is shown."""

    def conversation_left(self, open_reply: Reply | None) -> None:
        """There are other messages now, or none; the reply was still being written."""
