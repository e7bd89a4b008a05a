"""Steering a conversation from its chat: editing, walking the branches, deleting, going on."""

from collections.abc import Callable, Sequence

import msgspec
from textual import getters
from textual.reactive import reactive

from tui.chat.conversation import Conversation
from tui.chat.messages import Attachment, Question, Reply
from tui.i18n import _
from tui.ui import branch_words
from tui.ui.widgets.chat.chat_copying import CopyingChat
from tui.ui.widgets.chat.chat_words import still_answering
from tui.ui.widgets.chat.prompt import Draft, Prompt
from tui.ui.widgets.chat.transcript import Transcript


class Editing(msgspec.Struct, frozen=True):
    """An earlier question is in the prompt, to be asked anew."""

    question_id: int
    draft: Draft
    """What was being written before."""


class SteeredChat(CopyingChat):
    """A chat whose conversation branches. What is drawn follows what the conversation holds."""

    model_label: reactive[str | None] = reactive[str | None](None)
    """Name and quantization of the loaded model; None while none is loaded."""
    answering: reactive[bool] = reactive(False, bindings=True)
    """A reply is being written or waited for."""
    editing: reactive[Editing | None] = reactive[Editing | None](None, bindings=True)
    """The earlier question that is in the prompt; None for a new one."""

    prompt = getters.query_one(Prompt)
    """The input."""

    def __init__(self, conversation: Conversation | None = None, id: str | None = None) -> None:
        super().__init__(conversation, id)
        self._edited: Editing | None = None
        """What the question that is being answered was made of, in case that it cannot be asked."""
        self._to_delete: int | None = None
        """The question whose deletion was asked for once."""

    def on_mount(self) -> None:
        """Whoever goes on to another message does not delete the one before."""
        self.watch(self.transcript, "marked", self._forget_deletion, init=False)

    def _forget_deletion(self) -> None:
        self._to_delete = None

    # For whoever draws the rest

    def opened(self, reply: Reply) -> None:
        """A reply is open, to be waited for: the chat shows so and has it answered."""
        raise NotImplementedError

    def add_question(self, text: str, attachments: Sequence[Attachment] = ()) -> None:
        """Add what the user wrote: at the end, or beside the question that was edited."""
        self._edited, self.editing = self.editing, None
        if self._edited is not None:
            self.conversation.branch_before(self._edited.question_id)
            # What was being written before is not lost.
            self.prompt.exchange(self._edited.draft)
        question = self.conversation.add_user(text, attachments)
        if self._edited is None:
            self.call_later(self.transcript.add, question)
            self.remark()
        else:
            self.show_branch()

    def set_aside(self) -> None:
        """Make room for another answer beside the last one; nothing to do where a question is last."""
        if aside := self.conversation.set_reply_aside():
            self.call_later(self.transcript.remove_message, aside.id)

    def put_back(self, question: Question | None) -> None:
        """What was asked could not be: it is in the prompt again, and the branch as it was before."""
        if question is not None and self._edited is not None:
            self.conversation.show(self._edited.question_id)
            self.editing = self._edited
            if Draft(self.prompt.text, self.prompt.attachments) == self._edited.draft:
                self.prompt.exchange(Draft(""))
        if question is not None:
            self.prompt.restore(question.text, question.attachments)
        self._edited = None
        self.show_branch()
        last = self.conversation.messages[-1] if self.conversation.messages else None
        if isinstance(last, Reply):
            # It may stand there as one that goes on.
            self.call_later(self.transcript.finish, last)

    def show_branch(self) -> None:
        """Draw the branch that is shown now; what it has in common with the one before stays."""
        self.call_later(self.transcript.change, self.conversation.messages)
        self.remark()

    def remark(self) -> None:
        """Draw what there is to say about the messages: their versions, pins, models."""
        self.call_later(self.transcript.remark, branch_words.remarks(self.conversation))

    def show_message(self, message_id: int) -> None:
        """Mark a message, on whichever branch it is."""
        is_shown = any(message.id == message_id for message in self.conversation.messages)
        if not is_shown and self.conversation.holds(message_id) and not self.answering:
            self.conversation.show(message_id)
            self.show_branch()
        self.call_later(self.transcript.show_marked, message_id)

    def forget_steering(self) -> None:
        """Another conversation takes the place of this one: what was begun here is left."""
        self.editing = self._edited = self._to_delete = None

    # What keys do

    def on_transcript_steered(self, event: Transcript.Steered) -> None:
        """A key on a message."""
        event.stop()
        if self.answering:
            self.notice.show_info(still_answering())
            return
        question = self._question_at(event.message_id)
        if question is None:
            return
        to_delete, self._to_delete = self._to_delete, None
        steps: dict[str, Callable[[], None]] = {
            "edit": lambda: self._edit(question),
            "pin": lambda: self._pin(question),
            "delete": lambda: self._delete(question, confirmed=to_delete == question.id),
            "before": lambda: self._walk(event.message_id, question, -1),
            "after": lambda: self._walk(event.message_id, question, 1),
        }
        steps[event.what]()

    def action_leave_edit(self) -> None:
        """Leave the earlier question as it was asked."""
        if self.editing is not None:
            self.prompt.exchange(self.editing.draft)
            self.editing = None
            self.notice.clear()

    def action_continue(self) -> None:
        """Let the last answer go on."""
        refusal = branch_words.cannot_continue(self.conversation, self.model_label)
        if refusal:
            self.notice.show_info(refusal)
            return
        reply = self.conversation.continue_reply(self.model_label or "")
        self.call_later(self.transcript.resume, reply)
        self.opened(reply)

    def edit_without(self, question_id: int, attachment: int) -> None:
        """Take an earlier question into the prompt without one of its attachments, by its number from 0."""
        question = self.conversation.question_of(question_id)
        if question is not None and not self.answering:
            kept = [each for at, each in enumerate(question.attachments) if at != attachment]
            self._edit(msgspec.structs.replace(question, attachments=tuple(kept)))

    def _edit(self, question: Question) -> None:
        draft = self.prompt.exchange(Draft(question.text, question.attachments))
        # Of an edit that is left for another one, the draft before it is what counts.
        self.editing = Editing(question.id, draft if self.editing is None else self.editing.draft)
        self.notice.show_info(branch_words.editing(question))
        self.screen.set_focus(self.prompt)

    def _pin(self, question: Question) -> None:
        pinned = self.conversation.pin(question.id, not question.pinned).pinned
        self.remark()
        self.notice.show_info(
            _("Pinned: this question stays in the context when older turns have to go.")
            if pinned
            else _("Not pinned any more.")
        )

    def _delete(self, question: Question, *, confirmed: bool) -> None:
        if not confirmed:
            self._to_delete = question.id
            replies = len(self.conversation.replies_to(question.id))
            self.notice.show_info(branch_words.ask_to_delete(replies))
            return
        if self.editing is not None and self.editing.question_id == question.id:
            self.action_leave_edit()
        self.conversation.delete_turn(question.id)
        self.notice.clear()
        self.show_branch()

    def _walk(self, message_id: int | None, question: Question, step: int) -> None:
        """Walk at the place of the message, or of the other one of its turn where that has versions."""
        reply = self.conversation.reply_at(question.id)
        ids = [message_id, reply, question.id] if message_id is not None else [reply, question.id]
        versions = [id for id in ids if id is not None and self.conversation.alternatives(id)[1] > 1]
        if not versions:
            self.notice.show_info(branch_words.no_other_version())
            return
        depth = [message.id for message in self.conversation.messages].index(versions[0])
        if self.conversation.walk(versions[0], step):
            self.notice.clear()
            self.show_branch()
            self.call_later(self.transcript.show_marked, self.conversation.messages[depth].id)

    def _question_at(self, message_id: int | None) -> Question | None:
        return self.conversation.question_of(self.conversation.end if message_id is None else message_id)
