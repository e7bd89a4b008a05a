"""A conversation: what was asked, what was answered, by which model, at what cost.

The one truth about a chat. The screen draws it and the engine is sent it; neither keeps a copy of its own.
Text is kept exactly as it was typed or generated; whoever draws it makes it safe to draw.
"""

from collections.abc import Sequence
from typing import Literal

import msgspec

from tui.chat.receipt import Receipt
from tui.engine.protocol import ChatMessage, Metrics

FinishReason = Literal["end", "max_tokens", "context_full", "stopped"]


class Question(msgspec.Struct, frozen=True):
    """What the user wrote."""

    id: int
    """Unique in its conversation, growing."""
    text: str

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
    """Label of the model that answered: `Llama-3.2-3B-Instruct Q4_K_M`."""
    finish: FinishReason | None = None
    """How the model ended it; None while it is being written, and when it was interrupted."""
    metrics: Metrics | None = None
    """What it cost; None until it finished, and when that was never reported."""
    interrupted: str | None = None
    """Why it was cut short by something else than the model or the user, one sentence."""
    receipt: Receipt | None = None
    """What it took of the machine; comes with the first reading after its end."""

    @property
    def role(self) -> Literal["assistant"]:
        """Whose message this is, as chat templates name it."""
        return "assistant"


Message = Question | Reply


class Listener:
    """Hears of what happens to a conversation, right after it did; this one does nothing about it."""

    def asked(self, question: Question) -> None:
        """A question was added."""

    def begun(self, reply: Reply) -> None:
        """A reply was opened."""

    def arrived(self, text: str) -> None:
        """A piece of the open reply is here."""

    def closed(self, reply: Reply) -> None:
        """The open reply ended."""

    def described(self, reply: Reply) -> None:
        """A closed reply has its receipt."""

    def removed(self, reply: Reply) -> None:
        """The last reply was taken away, to be followed by another one."""

    def taken_back(self, question: Question, *, begun: bool) -> None:
        """The last question was taken away, and the reply that was `begun` to it."""

    def left(self, open_reply: Reply | None) -> None:
        """There are other messages now, or none; the reply was still being written."""


class Conversation:
    """Messages in order; at most the last one is still being written."""

    def __init__(self, system: str = "") -> None:
        self.system = system
        """The system prompt; empty for none."""
        self.listener = Listener()
        """Whoever keeps the conversation."""
        self._messages: list[Message] = []
        self._next_id = 1
        self._open: Reply | None = None
        # Pieces are joined when somebody looks: joining at each one costs time that grows with the square.
        self._pieces: list[str] = []

    @property
    def messages(self) -> tuple[Message, ...]:
        """Every message, the reply being written last, with what has arrived of it."""
        reply = self.open_reply
        return (*self._messages, reply) if reply else tuple(self._messages)

    @property
    def open_reply(self) -> Reply | None:
        """The reply being written, as far as it has come; None when there is none."""
        if self._open is None:
            return None
        return msgspec.structs.replace(self._open, text="".join(self._pieces))

    @property
    def open_reply_id(self) -> int | None:
        """Id of the reply being written, without joining its text; None when there is none."""
        return self._open.id if self._open else None

    @property
    def last_reply(self) -> Reply | None:
        """The newest reply with something in it, finished or not."""
        replies = (m for m in reversed(self.messages) if isinstance(m, Reply) and m.text)
        return next(replies, None)

    def reply_at(self, message_id: int | None) -> int | None:
        """The id itself where it is a reply's, the id of the answer where it is a question's; else None."""
        messages = self._messages if self._open is None else [*self._messages, self._open]
        for index, message in enumerate(messages):
            if message.id == message_id:
                found = next((each for each in messages[index:] if isinstance(each, Reply)), None)
                return found.id if found else None
        return None

    def add_user(self, text: str) -> Question:
        """Add what the user wrote.

        Raises:
            RuntimeError: a reply is being written.
        """
        if self._open is not None:
            raise RuntimeError("a reply is still being written")
        question = Question(self._take_id(), text)
        self._messages.append(question)
        self.listener.asked(question)
        return question

    def begin_reply(self, model: str) -> Reply:
        """Open a reply by the model of that label.

        Raises:
            RuntimeError: a reply is being written already.
        """
        if self._open is not None:
            raise RuntimeError("a reply is still being written")
        self._open = Reply(self._take_id(), "", model)
        self._pieces = []
        self.listener.begun(self._open)
        return self._open

    def append(self, text: str) -> None:
        """Add a piece to the reply being written.

        Raises:
            RuntimeError: no reply is being written.
        """
        if self._open is None:
            raise RuntimeError("no reply is being written")
        self._pieces.append(text)
        self.listener.arrived(text)

    def finish_reply(self, reason: FinishReason, metrics: Metrics | None = None) -> Reply:
        """Close the reply: the model ended it, a limit did, or the user stopped it.

        Raises:
            RuntimeError: no reply is being written.
        """
        return self._close(reason, metrics, None)

    def abort_reply(self, why: str) -> Reply:
        """Close the reply because something broke, keeping what had arrived and the reason.

        Raises:
            RuntimeError: no reply is being written.
        """
        return self._close(None, None, why)

    def attach_receipt(self, reply_id: int, receipt: Receipt) -> Reply | None:
        """Keep with a reply that is closed what it took; None when it is not here any more."""
        for index, message in enumerate(self._messages):
            if isinstance(message, Reply) and message.id == reply_id:
                reply = msgspec.structs.replace(message, receipt=receipt)
                self._messages[index] = reply
                self.listener.described(reply)
                return reply
        return None

    def remove_last_reply(self) -> Reply | None:
        """Take away the reply at the end, to ask for another; None when the end is not a finished reply."""
        if self._open is not None or not self._messages or not isinstance(self._messages[-1], Reply):
            return None
        reply = self._messages.pop()
        if not isinstance(reply, Reply):
            return None
        self.listener.removed(reply)
        return reply

    def take_back(self) -> Question | None:
        """Take away the last question, and the reply to it while that is still empty; None when answered."""
        if self._pieces or not self._messages or not isinstance(self._messages[-1], Question):
            return None
        begun, self._open = self._open is not None, None
        question = self._messages.pop()
        if not isinstance(question, Question):
            return None
        self.listener.taken_back(question, begun=begun)
        return question

    def clear(self) -> None:
        """Start again with no messages; the system prompt stays."""
        self.reopen((), self.system)

    def reopen(self, messages: Sequence[Message], system: str) -> None:
        """Go on with these messages in place of what is here; they get ids that were never used."""
        left = self.open_reply
        self.system = system
        self._messages = [msgspec.structs.replace(each, id=self._take_id()) for each in messages]
        self._open = None
        self._pieces = []
        self.listener.left(left)

    def as_chat(self) -> tuple[ChatMessage, ...]:
        """The messages for the engine, up to the last question.

        Questions that were never answered are joined, since many chat templates refuse two turns of one role.
        """
        chat = [ChatMessage("system", self.system)] if self.system else []
        for message in self._messages:
            if not message.text:
                continue
            if chat and chat[-1].role == message.role:
                chat[-1] = ChatMessage(message.role, f"{chat[-1].content}\n\n{message.text}")
            else:
                chat.append(ChatMessage(message.role, message.text))
        return tuple(chat)

    def _close(self, reason: FinishReason | None, metrics: Metrics | None, why: str | None) -> Reply:
        reply = self.open_reply
        if reply is None:
            raise RuntimeError("no reply is being written")
        reply = msgspec.structs.replace(reply, finish=reason, metrics=metrics, interrupted=why)
        self._messages.append(reply)
        self._open = None
        self._pieces = []
        self.listener.closed(reply)
        return reply

    def _take_id(self) -> int:
        self._next_id += 1
        return self._next_id - 1
