"""The branches of a conversation, and what steers them: walking, editing, deleting, pinning."""

import msgspec

from tui.chat.messages import Listener, Message, Question, Reply
from tui.chat.open_reply import Writing
from tui.chat.tree import Tree


class Branches:
    """Messages in a tree, of which one branch is shown."""

    def __init__(self) -> None:
        self.listener = Listener()
        """Whoever keeps the conversation."""
        self._tree = Tree()
        self._all: dict[int, Message] = {}
        """Every message of every branch; the open reply as it was when it was opened."""
        self._next_id = 1
        self._open: Writing | None = None
        """The reply being written; it is the end of what is shown."""

    def reply_at(self, message_id: int | None) -> int | None:
        """The id itself where it is a reply's, the id of the answer where it is a question's; else None."""
        shown = self._tree.shown
        if message_id not in shown:
            return None
        following = shown[shown.index(message_id) :]
        return next((id for id in following if isinstance(self._all[id], Reply)), None)

    def question_of(self, message_id: int | None) -> Question | None:
        """The question itself, or the one that a reply answers; None for what is not shown."""
        shown = self._tree.shown
        if message_id not in shown:
            return None
        before = (self._all[id] for id in reversed(shown[: shown.index(message_id) + 1]))
        return next((each for each in before if isinstance(each, Question)), None)

    def holds(self, message_id: int) -> bool:
        """True when the message is on any branch."""
        return message_id in self._all

    def parent(self, message_id: int) -> int | None:
        """The message that it follows; None for a first one."""
        return self._tree.parent(message_id)

    @property
    def end(self) -> int | None:
        """Id of the last message that is shown; None when none is."""
        return self._tree.end

    def alternatives(self, message_id: int) -> tuple[int, int]:
        """Which one of how many a message is at its place, from 0."""
        beside = self._tree.children(self._tree.parent(message_id))
        return beside.index(message_id), len(beside)

    def replies_to(self, question_id: int) -> tuple[int, ...]:
        """The replies to a question on all branches."""
        found: list[int] = []
        waiting = [question_id]
        while waiting:
            children = self._tree.children(waiting.pop())
            waiting += [id for id in children if isinstance(self._all[id], Reply)]
            found += [id for id in children if isinstance(self._all[id], Reply)]
        return tuple(found)

    def walk(self, message_id: int, step: int) -> bool:
        """Show the alternative before (-1) or after (1) a message, and below it what was shown last.

        False when there is none, or while a reply is being written.
        """
        beside = self._tree.children(self._tree.parent(message_id))
        at = beside.index(message_id) + step
        if self._open is not None or not 0 <= at < len(beside):
            return False
        self.show(beside[at])
        return True

    def show(self, message_id: int) -> None:
        """Show the branch that goes through a message, and below it what was shown last.

        Raises:
            RuntimeError: a reply is being written.
        """
        self._must_be_closed()
        self._tree.show(message_id)
        self.listener.walked(message_id)

    def branch_before(self, question_id: int) -> Question:
        """End the branch before a question: the next `add_user` makes an alternative to it.

        Raises:
            RuntimeError: a reply is being written.
            KeyError: it is no question here.
        """
        self._must_be_closed()
        question = self._all[question_id]
        if not isinstance(question, Question):
            raise KeyError(question_id)
        self._end_before(question_id)
        return question

    def edit_reply(self, reply_id: int, text: str) -> Reply:
        """Add a text of the user's beside a reply, as another version of it; the shown branch ends with it.

        Raises:
            RuntimeError: a reply is being written.
            KeyError: it is no reply here.
        """
        self._must_be_closed()
        before = self._all[reply_id]
        if not isinstance(before, Reply):
            raise KeyError(reply_id)
        self._end_before(reply_id)
        id, model, thinking = self._take_id(), before.model, before.thinking
        reply = Reply(id, text, model, thinking=thinking, parts=0, edited=True)
        self.listener.written(reply, self._add(reply))
        return reply

    def set_reply_aside(self) -> Reply | None:
        """End the branch before the last reply, for another beside it; None when a question is last."""
        last = self._all.get(self._tree.end or 0)
        if self._open is not None or not isinstance(last, Reply):
            return None
        self._tree.end_before(last.id)
        return last

    def delete_turn(self, question_id: int) -> None:
        """Take a question and all of its replies away; what followed is kept and follows what came before.

        Raises:
            RuntimeError: a reply is being written.
            KeyError: it is no question here.
        """
        self._must_be_closed()
        if not isinstance(self._all[question_id], Question):
            raise KeyError(question_id)
        self._remove((question_id, *self.replies_to(question_id)))

    def pin(self, question_id: int, pinned: bool) -> Question:
        """Let a question stay in the context when older turns have to go, or no more.

        Raises:
            KeyError: it is no question here.
        """
        question = self._all[question_id]
        if not isinstance(question, Question):
            raise KeyError(question_id)
        self._all[question_id] = question = msgspec.structs.replace(question, pinned=pinned)
        self.listener.pinned(question)
        return question

    def _end_before(self, message_id: int) -> None:
        """End the branch before a message: what is added next is an alternative to it."""
        if message_id not in self._tree.shown:
            self.show(message_id)
        self._tree.end_before(message_id)

    def _add(self, message: Message) -> int | None:
        parent = self._tree.end
        self._all[message.id] = message
        self._tree.add(message.id, parent)
        return parent

    def _remove(self, ids: tuple[int, ...]) -> None:
        parent, shown = self._tree.remove(ids)
        for id in ids:
            del self._all[id]
        self.listener.removed(ids, parent, shown)

    def _must_be_closed(self) -> None:
        if self._open is not None:
            raise RuntimeError("a reply is still being written")

    def _must_be_open(self) -> Writing:
        if self._open is None:
            raise RuntimeError("no reply is being written")
        return self._open

    def _take_id(self) -> int:
        self._next_id += 1
        return self._next_id - 1
