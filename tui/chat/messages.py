"""Messages of a conversation: questions with attachments, replies with their cost."""

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
    """Name for the user, such as that of the file; not a path."""
    text: str


class Question(msgspec.Struct, frozen=True):
    """Message of the user."""

    id: int
    """Unique in its conversation, growing."""
    text: str
    attachments: tuple[Attachment, ...] = ()
    pinned: bool = False
    """True to stay in the context when older turns have to go."""

    @property
    def role(self) -> Literal["user"]:
        """Role by its name in chat templates."""
        return "user"


class Reply(msgspec.Struct, frozen=True):
    """Answer of a model, whole or cut short."""

    id: int
    """Unique in its conversation, growing."""
    text: str
    model: str
    """Label of the model that answered: `Llama-3.2-3B-Instruct Q4_K_M`; of both, where another went on."""
    finish: FinishReason | None = None
    """How the model ended it; None while it is being written, when it was interrupted, and when the user
    wrote it."""
    metrics: ReplyMetrics | None = None
    """Cost of all parts together; None until it finished, and when that of a part is unknown."""
    interrupted: Reason | str | None = None
    """Reason why something else than the model or the user ended it; text where an older version saved it."""
    receipt: Receipt | None = None
    """Use of the machine; comes with the first reading after its end."""
    thinking: str = ""
    """Thinking before the answer, without the marks around it; never part of `text`."""
    parts: int = 1
    """Number of times a model was asked for it: once, and once more for each continuation; 0 for one that the
    user wrote."""
    raw: str | None = None
    """Exact generated text, with special tokens and the marks of thinking; None where it is unknown, as of a
    reply that was interrupted."""
    part_settings: tuple[PartSettings, ...] = ()
    """Settings that its parts were asked with, oldest first; empty where they were not saved."""
    edited: bool = False
    """True when the user wrote its beginning, or all of it while it has no part; `raw` is of the model."""

    @property
    def role(self) -> Literal["assistant"]:
        """Role by its name in chat templates."""
        return "assistant"

    @property
    def is_empty(self) -> bool:
        """True when nothing has arrived."""
        return not self.text and not self.thinking


Message = Question | Reply


class StoredMessage(msgspec.Struct, frozen=True):
    """Saved message with its place in the tree; `id` counts, `message.id` has no meaning."""

    id: int
    parent: int | None
    """Message that it follows; None for a first one."""
    at: float
    """Time when it was asked or begun, in seconds since 1970."""
    message: Message
    seen: int = 0
    """Order in which alternatives were shown: the largest last; of equal ones the newest."""


class ConversationListener:
    """Listener to the changes of a conversation, called right after each; this one ignores them."""

    def question_added(self, question: Question, parent: int | None) -> None:
        """Handle a new question after `parent`; the shown branch ends with it."""

    def reply_begun(self, reply: Reply, parent: int | None) -> None:
        """Handle a reply opened after `parent`; the shown branch ends with it."""

    def reply_continued(self, reply: Reply, model: str) -> None:
        """Handle a closed reply that is open again; `model` goes on with it."""

    def prompts_changed(self, changes: Mapping[int, PromptDelta | None], reply: Reply | None = None) -> None:
        """Handle changed prompts, by their replies; None for a removed one.

        `reply` is the open one with the settings of its parts, where its prompt is among them.
        """

    def user_reply_added(self, reply: Reply, parent: int | None) -> None:
        """Handle a reply that the user wrote after `parent`; the shown branch ends with it."""

    def text_arrived(self, text: str, thinking: bool) -> None:
        """Handle a piece of the open reply, or of its thinking."""

    def reply_closed(self, reply: Reply) -> None:
        """Handle the end of the open reply, also when it is as it was before it was continued."""

    def receipt_attached(self, reply: Reply) -> None:
        """Handle the receipt of a closed reply."""

    def question_pinned(self, question: Question) -> None:
        """Handle a question that was pinned or unpinned."""

    def system_changed(self, system: str) -> None:
        """Handle another system prompt."""

    def asking_changed(self, asking: Asking) -> None:
        """Handle other choices for the answers."""

    def branch_shown(self, message_id: int) -> None:
        """Handle another shown branch, which goes through that message."""

    def messages_removed(self, ids: tuple[int, ...], parent: int | None, shown_child: int | None) -> None:
        """Handle removed messages; those that followed them follow `parent`, and `shown_child` is shown."""

    def conversation_left(self, open_reply: Reply | None) -> None:
        """Handle the replacement of all messages; `open_reply` was still being written."""
