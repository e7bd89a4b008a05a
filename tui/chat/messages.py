"""Messages of a conversation: questions with attachments, and replies with their cost."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from tui.chat.asking import Asking, PartSettings
from tui.chat.receipt import Receipt
from tui.chat.reply_prompts import PromptDelta
from tui.engine.reply_metrics import FinishReason, ReplyMetrics
from tui.sentences import Reason


class Attachment(msgspec.Struct, frozen=True):
    """Text attached to a question."""

    name: str
    """Name shown to the user, such as the name of the file; not a path."""
    text: str


class Question(msgspec.Struct, frozen=True):
    """Message of the user."""

    id: int
    """Number that is unique in the conversation; later messages have higher ones."""
    text: str
    attachments: tuple[Attachment, ...] = ()
    pinned: bool = False
    """True to keep it in the context when older turns are dropped."""

    @property
    def role(self) -> Literal["user"]:
        """Name of the role in chat templates."""
        return "user"


class Reply(msgspec.Struct, frozen=True):
    """Answer of a model, complete or cut short."""

    id: int
    """Number that is unique in the conversation; later messages have higher ones."""
    text: str
    model: str
    """Label of the model that answered: `Llama-3.2-3B-Instruct Q4_K_M`; both labels if another continued."""
    finish: FinishReason | None = None
    """Reason why the model stopped; None while the reply is being written, if it was interrupted, and if the
    user wrote it."""
    metrics: ReplyMetrics | None = None
    """Total cost of all parts; None until the reply is finished, and if the cost of a part is unknown."""
    interrupted: Reason | str | None = None
    """Reason why neither the model nor the user ended it; plain text if an older version saved it."""
    receipt: Receipt | None = None
    """Use of the machine; None until the first reading after the end of the reply."""
    thinking: str = ""
    """Thinking before the answer, without the marks around it; never part of `text`."""
    parts: int = 1
    """Number of requests to a model: one, and one more for each continuation; 0 for a reply of the user."""
    raw: str | None = None
    """Exact generated text, with special tokens and thinking marks; None if unknown, for example for an
    interrupted reply."""
    part_settings: tuple[PartSettings, ...] = ()
    """Settings of the request for each part, oldest first; empty if they were not saved."""
    edited: bool = False
    """True if the user wrote the beginning, or all of it if `parts` is 0; `raw` is only the model's text."""

    @property
    def role(self) -> Literal["assistant"]:
        """Name of the role in chat templates."""
        return "assistant"

    @property
    def is_empty(self) -> bool:
        """True until the first text has arrived."""
        return not self.text and not self.thinking


Message = Question | Reply


class StoredMessage(msgspec.Struct, frozen=True):
    """Saved message with its place in the tree; `id` identifies it, and `message.id` is unused."""

    id: int
    parent: int | None
    """Id of the message before it; None for a first message."""
    created: float
    """Time when the question was asked or the reply begun, in seconds since 1970."""
    message: Message
    seen: int = 0
    """Order in which alternatives were shown: the highest was shown last; of equal ones, the newest."""


class ConversationListener:
    """Listener to the changes of a conversation, called right after each change; this one ignores them."""

    def question_added(self, question: Question, parent: int | None) -> None:
        """Handle a new question after `parent`; the shown branch ends with it."""

    def reply_begun(self, reply: Reply, parent: int | None) -> None:
        """Handle a reply opened after `parent`; the shown branch ends with it."""

    def reply_continued(self, reply: Reply, model: str) -> None:
        """Handle a closed reply that is open again; `model` continues it."""

    def prompts_changed(self, changes: Mapping[int, PromptDelta | None], reply: Reply | None = None) -> None:
        """Handle changed prompts by the ids of their replies; None for a removed prompt.

        `reply` is the open reply with the settings of its parts, if its prompt has changed.
        """

    def user_reply_added(self, reply: Reply, parent: int | None) -> None:
        """Handle a reply that the user wrote after `parent`; the shown branch ends with it."""

    def text_arrived(self, text: str, thinking: bool) -> None:
        """Handle a piece of the open reply, or of its thinking."""

    def reply_closed(self, reply: Reply) -> None:
        """Handle the end of the open reply, even if a continuation has added nothing."""

    def receipt_attached(self, reply: Reply) -> None:
        """Handle the receipt of a closed reply."""

    def question_pinned(self, question: Question) -> None:
        """Handle a question that was pinned or unpinned."""

    def system_changed(self, system: str) -> None:
        """Handle a new system prompt."""

    def asking_changed(self, asking: Asking) -> None:
        """Handle new answer settings."""

    def branch_shown(self, message_id: int) -> None:
        """Handle a change of the shown branch; it contains that message."""

    def messages_removed(self, ids: tuple[int, ...], parent: int | None, shown_child: int | None) -> None:
        """Handle removed messages; their followers now follow `parent`, and `shown_child` is shown."""

    def conversation_left(self, open_reply: Reply | None) -> None:
        """Handle the replacement of all messages; `open_reply` was still being written, None for none."""
