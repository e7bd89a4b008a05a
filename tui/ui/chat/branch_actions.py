"""Steering a conversation from its chat: editing, walking the branches, deleting, going on."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from tui.chat.messages import Attachment, Message, Question, Reply
from tui.i18n import _
from tui.text import clean
from tui.ui.chat import branch_words
from tui.ui.chat.prompt.prompt_input import Draft

if TYPE_CHECKING:
    from tui.ui.chat.pane import ChatPane


class EditedMessage(msgspec.Struct, frozen=True):
    """An earlier question is in the prompt, to be asked anew, or an answer, to be written anew."""

    message_id: int
    draft: Draft
    """What was being written before."""
    is_answer: bool = False


class BranchActions:
    """Changes the branches of the chat's conversation. What is drawn follows what the conversation holds."""

    def __init__(self, chat: "ChatPane") -> None:
        self._chat = chat
        self._edited: EditedMessage | None = None
        """What the question that is being answered was made of, in case that it cannot be asked."""
        self._to_delete: int | None = None
        """The question whose deletion was asked for once."""

    @property
    def draft(self) -> Question:
        """What is being written, as the question that it would be; nothing where it will be an answer."""
        prompt, editing = self._chat.prompt, self._chat.editing
        if editing is not None and editing.is_answer:
            return Question(0, "")
        return Question(0, prompt.text.strip(), prompt.attachments)

    @property
    def before_draft(self) -> tuple[Message, ...]:
        """The messages that the draft would follow: of an edited question, those before it."""
        messages, editing = self._chat.conversation.messages, self._chat.editing
        edited = editing.message_id if editing is not None and not editing.is_answer else None
        at = next((at for at, message in enumerate(messages) if message.id == edited), len(messages))
        return messages[:at]

    def add_question(self, text: str, attachments: Sequence[Attachment] = ()) -> None:
        """Add what the user wrote: at the end, or beside the question that was edited."""
        chat = self._chat
        self._edited, chat.editing = chat.editing, None
        if self._edited is not None:
            chat.conversation.branch_before(self._edited.message_id)
            # What was being written before is not lost.
            chat.prompt.exchange(self._edited.draft)
        question = chat.conversation.add_user(text, attachments)
        if self._edited is None:
            chat.call_later(chat.transcript.add, question)
            chat.remark()
        else:
            chat.show_branch()

    def set_aside(self) -> None:
        """Make room for another answer beside the last one; nothing to do where a question is last."""
        if aside := self._chat.conversation.branch_before_last_reply():
            self._chat.call_later(self._chat.transcript.remove_message, aside.id)

    def put_back(self, question: Question | None) -> None:
        """What was asked could not be: it is in the prompt again, and the branch as it was before."""
        chat = self._chat
        if question is not None and self._edited is not None:
            chat.conversation.show_branch(self._edited.message_id)
            chat.editing = self._edited
            if Draft(chat.prompt.text, chat.prompt.attachments) == self._edited.draft:
                chat.prompt.exchange(Draft(""))
        if question is not None:
            chat.prompt.restore(question.text, question.attachments)
        self._edited = None
        chat.show_branch()
        last = chat.conversation.messages[-1] if chat.conversation.messages else None
        if isinstance(last, Reply):
            # It may stand there as one that goes on.
            chat.call_later(chat.transcript.finish, last)

    def leave_edit(self) -> None:
        """Leave the earlier question as it was asked, or the answer as it was given."""
        chat = self._chat
        if chat.editing is not None:
            chat.prompt.exchange(chat.editing.draft)
            chat.editing = None
            chat.notice.clear()

    def keep_answer(self, text: str, attachments: Sequence[Attachment]) -> None:
        """Keep what the user made of the answer that is in the prompt, beside it."""
        chat = self._chat
        if chat.editing is None:
            return
        if attachments:
            chat.notice.show_info(branch_words.only_with_questions(attachments))
            return
        before = next((m for m in chat.conversation.all_messages if m.id == chat.editing.message_id), None)
        is_new = isinstance(before, Reply) and text != _editable(before)
        reply = chat.conversation.edit_reply(before.id, text) if before is not None and is_new else None
        self.leave_edit()
        if reply is None:
            chat.notice.show_info(_("The answer is as it was: nothing was changed."))
            return
        chat.notice.show_info(branch_words.kept_answer())
        chat.show_branch()

    def forget(self) -> None:
        """Another conversation takes the place of this one: what was begun here is left."""
        self._chat.editing = self._edited = self._to_delete = None

    def forget_deletion(self) -> None:
        """Whoever goes on to another message does not delete the one before."""
        self._to_delete = None

    def steer(self, message_id: int | None, what: str) -> None:
        """Do to this message, or to the newest for None, what `Transcript.Steered` names."""
        end = self._chat.conversation.last_id if message_id is None else message_id
        question = self._chat.conversation.question_for(end)
        if question is None:
            return
        to_delete, self._to_delete = self._to_delete, None
        shown = (message for message in self._chat.conversation.messages if message.id == message_id)
        answer = next((message for message in shown if isinstance(message, Reply)), None)
        steps: dict[str, Callable[[], None]] = {
            "edit": lambda: self._edit_answer(answer) if answer else self._edit(question),
            "pin": lambda: self._pin(question),
            "delete": lambda: self._delete(question, confirmed=to_delete == question.id),
            "before": lambda: self._walk(message_id, question, -1),
            "after": lambda: self._walk(message_id, question, 1),
        }
        steps[what]()

    def edit_without(self, question_id: int, attachment: int) -> None:
        """Take an earlier question into the prompt without one of its attachments, by its number from 0."""
        question = self._chat.conversation.question_for(question_id)
        if question is not None and not self._chat.answering:
            kept = [each for at, each in enumerate(question.attachments) if at != attachment]
            self._edit(msgspec.structs.replace(question, attachments=tuple(kept)))

    def _edit(self, question: Question) -> None:
        draft = Draft(question.text, question.attachments)
        self._begin_edit(question.id, draft, branch_words.editing(question))

    def _edit_answer(self, reply: Reply) -> None:
        words = branch_words.editing_answer()
        self._begin_edit(reply.id, Draft(_editable(reply)), words, is_answer=True)

    def _begin_edit(self, message_id: int, edited: Draft, words: str, *, is_answer: bool = False) -> None:
        chat = self._chat
        draft = chat.prompt.exchange(edited)
        # Of an edit that is left for another one, the draft before it is what counts.
        draft = draft if chat.editing is None else chat.editing.draft
        chat.editing = EditedMessage(message_id, draft, is_answer)
        chat.notice.show_info(words)
        chat.focus_prompt()

    def _is_of_turn(self, message_id: int, question_id: int) -> bool:
        return message_id in (question_id, *self._chat.conversation.replies_to(question_id))

    def _pin(self, question: Question) -> None:
        pinned = self._chat.conversation.pin_question(question.id, not question.pinned).pinned
        self._chat.remark()
        self._chat.notice.show_info(
            _("Pinned: this question stays in the context when older turns have to go.")
            if pinned
            else _("Not pinned any more.")
        )

    def _delete(self, question: Question, *, confirmed: bool) -> None:
        chat = self._chat
        if not confirmed:
            self._to_delete = question.id
            replies = len(chat.conversation.replies_to(question.id))
            chat.notice.show_info(branch_words.ask_to_delete(replies))
            return
        if chat.editing is not None and self._is_of_turn(chat.editing.message_id, question.id):
            self.leave_edit()
        chat.conversation.delete_turn(question.id)
        chat.notice.clear()
        chat.show_branch()

    def _walk(self, message_id: int | None, question: Question, step: int) -> None:
        """Walk at the place of the message, or of the other one of its turn where that has versions."""
        chat, conversation = self._chat, self._chat.conversation
        reply = conversation.reply_id_for(question.id)
        ids = [message_id, reply, question.id] if message_id is not None else [reply, question.id]
        versions = [id for id in ids if id is not None and conversation.place_among_alternatives(id)[1] > 1]
        if not versions:
            chat.notice.show_info(branch_words.no_other_version())
            return
        depth = [message.id for message in conversation.messages].index(versions[0])
        if conversation.show_alternative(versions[0], step):
            chat.notice.clear()
            chat.show_branch()
            chat.call_later(chat.transcript.show_marked, conversation.messages[depth].id)


def _editable(reply: Reply) -> str:
    """An answer's text as the prompt can hold it: what would steer the terminal is not in it."""
    return clean(reply.text)
