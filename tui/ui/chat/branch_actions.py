"""Actions on the branches of a conversation: edit, walk the versions, pin, delete, ask again."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import msgspec

from tui.chat.conversation import Conversation
from tui.chat.messages import Attachment, Message, Question, Reply
from tui.i18n import _
from tui.text import clean
from tui.ui.chat import branch_words
from tui.ui.chat.prompt.prompt_input import Draft, PromptInput
from tui.ui.chat.transcript.transcript import MessageAction, Transcript
from tui.ui.kit.notice_line import NoticeLine


class EditedMessage(msgspec.Struct, frozen=True):
    """An earlier message that is edited in the prompt: a question to ask again, or an answer."""

    message_id: int
    draft: Draft
    """The draft that was in the prompt before."""
    is_answer: bool = False


class BranchOwner(Protocol):
    """The chat, as far as the branch actions need it."""

    def call_later(self, callback: Callable[..., Any], *args: Any, **kwargs: Any) -> bool:
        """Call after the calls that are queued already, so that drawing keeps its order."""
        ...

    def show_branch(self) -> None:
        """Draw the branch that the conversation shows now."""
        ...

    def show_remarks(self) -> None:
        """Draw the remarks below the messages again."""
        ...

    def show_editing(self, editing: EditedMessage | None) -> None:
        """Show whether an earlier message is in the prompt."""
        ...

    def focus_prompt(self) -> None:
        """Go to the prompt."""
        ...


class BranchActions:
    """Actions that change the branches of the conversation; the chat draws the resulting branch."""

    def __init__(
        self,
        owner: BranchOwner,
        conversation: Conversation,
        transcript: Transcript,
        prompt: PromptInput,
        notice: NoticeLine,
    ) -> None:
        self._owner = owner
        self._conversation = conversation
        self._transcript = transcript
        self._prompt = prompt
        self._notice = notice
        self._editing: EditedMessage | None = None
        self._asked_edit: EditedMessage | None = None
        """The edit of the question being answered, needed again if the question cannot be asked."""
        self._to_delete: int | None = None
        """The question whose deletion was requested once and is not confirmed."""

    @property
    def editing(self) -> EditedMessage | None:
        """The earlier message that is in the prompt; None for a new question."""
        return self._editing

    def _set_editing(self, editing: EditedMessage | None) -> None:
        self._editing = editing
        self._owner.show_editing(editing)

    @property
    def draft(self) -> Question:
        """The draft as the question that it would be; an empty one where it will be an answer."""
        if self._editing is not None and self._editing.is_answer:
            return Question(0, "")
        return Question(0, self._prompt.text.strip(), self._prompt.attachments)

    @property
    def edited_question_id(self) -> int | None:
        """The question in whose place the draft would be asked; None for a new one."""
        editing = self._editing
        return editing.message_id if editing is not None and not editing.is_answer else None

    @property
    def messages_before_draft(self) -> tuple[Message, ...]:
        """The messages that the draft would follow: for an edited question, those before it."""
        messages, edited = self._conversation.messages, self.edited_question_id
        count = next((index for index, message in enumerate(messages) if message.id == edited), len(messages))
        return messages[:count]

    # Asking

    def add_question(self, text: str, attachments: Sequence[Attachment] = ()) -> None:
        """Add the user's question at the end, or beside the question that was edited."""
        edit = self._asked_edit = self._editing
        self._set_editing(None)
        if edit is not None:
            self._conversation.branch_before(edit.message_id)
            # The draft before the edit returns to the prompt.
            self._prompt.exchange(edit.draft)
        question = self._conversation.add_user(text, attachments)
        if edit is None:
            self._owner.call_later(self._transcript.add, question)
            self._owner.show_remarks()
        else:
            self._owner.show_branch()

    def set_reply_aside(self) -> None:
        """Prepare another answer beside the last one; do nothing if a question is last."""
        if reply := self._conversation.branch_before_last_reply():
            self._owner.call_later(self._transcript.remove_message, reply.id)

    def take_back(self, question: Question | None) -> None:
        """Put a question that could not be asked into the prompt again, and show the branch before it."""
        edit = self._asked_edit
        if question is not None and edit is not None:
            self._conversation.show_branch(edit.message_id)
            self._set_editing(edit)
            if Draft(self._prompt.text, self._prompt.attachments) == edit.draft:
                self._prompt.exchange(Draft(""))
        if question is not None:
            self._prompt.restore(question.text, question.attachments)
        self._asked_edit = None
        self._owner.show_branch()
        last = self._conversation.messages[-1] if self._conversation.messages else None
        if isinstance(last, Reply):
            # It may be drawn as a reply that is still written.
            self._owner.call_later(self._transcript.finish, last)

    # Editing

    def leave_edit(self) -> None:
        """Cancel the edit; the message stays as it was."""
        if self._editing is not None:
            self._prompt.exchange(self._editing.draft)
            self._set_editing(None)
            self._notice.clear()

    def keep_answer(self, text: str, attachments: Sequence[Attachment]) -> None:
        """Save the edited answer in the prompt as another version of it."""
        editing = self._editing
        if editing is None:
            return
        if attachments:
            self._notice.show_info(branch_words.only_with_questions(attachments))
            return
        messages = self._conversation.all_messages
        original = next((message for message in messages if message.id == editing.message_id), None)
        reply = None
        if isinstance(original, Reply) and text != _editable_text(original):
            reply = self._conversation.edit_reply(original.id, text)
        self.leave_edit()
        if reply is None:
            self._notice.show_info(_("Nothing was changed, so the answer stays as it was."))
            return
        self._notice.show_info(branch_words.kept_answer())
        self._owner.show_branch()

    def edit_without_attachment(self, question_id: int, index: int) -> None:
        """Take an earlier question into the prompt without one of its attachments, by its number from 0."""
        question = self._conversation.question_for(question_id)
        if question is not None:
            attachments = (*question.attachments[:index], *question.attachments[index + 1 :])
            self._edit_question(msgspec.structs.replace(question, attachments=attachments))

    def _edit_question(self, question: Question) -> None:
        draft = Draft(question.text, question.attachments)
        self._begin_edit(question.id, draft, branch_words.editing(question))

    def _edit_answer(self, reply: Reply) -> None:
        draft = Draft(_editable_text(reply))
        self._begin_edit(reply.id, draft, branch_words.editing_answer(), is_answer=True)

    def _begin_edit(self, message_id: int, draft: Draft, notice: str, *, is_answer: bool = False) -> None:
        replaced = self._prompt.exchange(draft)
        # If another edit was open, the draft before that edit is the user's own.
        own_draft = replaced if self._editing is None else self._editing.draft
        self._set_editing(EditedMessage(message_id, own_draft, is_answer))
        self._notice.show_info(notice)
        self._owner.focus_prompt()

    # Actions on a message

    def act(self, message_id: int | None, action: MessageAction) -> None:
        """Carry out an action on a message; None for the newest."""
        end = self._conversation.last_id if message_id is None else message_id
        question = self._conversation.question_for(end)
        if question is None:
            return
        to_delete, self._to_delete = self._to_delete, None
        match action:
            case "edit":
                answer = self._answer_on_branch(message_id)
                if answer is not None:
                    self._edit_answer(answer)
                else:
                    self._edit_question(question)
            case "pin":
                self._pin(question)
            case "delete":
                self._delete(question, is_confirmed=to_delete == question.id)
            case "previous_version":
                self._walk(message_id, question, -1)
            case "next_version":
                self._walk(message_id, question, 1)

    def forget(self) -> None:
        """Cancel every unfinished action, because another conversation is shown."""
        self._asked_edit = self._to_delete = None
        self._set_editing(None)

    def forget_deletion(self) -> None:
        """Cancel an unconfirmed deletion, because the user has gone to another message."""
        self._to_delete = None

    def _answer_on_branch(self, message_id: int | None) -> Reply | None:
        messages = (message for message in self._conversation.messages if message.id == message_id)
        return next((message for message in messages if isinstance(message, Reply)), None)

    def _pin(self, question: Question) -> None:
        pinned = self._conversation.pin_question(question.id, not question.pinned).pinned
        self._owner.show_remarks()
        self._notice.show_info(
            _("Pinned: this question stays in the context when older turns have to go.")
            if pinned
            else _("Not pinned any more.")
        )

    def _delete(self, question: Question, *, is_confirmed: bool) -> None:
        replies = self._conversation.replies_to(question.id)
        if not is_confirmed:
            self._to_delete = question.id
            self._notice.show_info(branch_words.ask_to_delete(len(replies)))
            return
        if self._editing is not None and self._editing.message_id in (question.id, *replies):
            self.leave_edit()
        self._conversation.delete_turn(question.id)
        self._notice.clear()
        self._owner.show_branch()

    def _walk(self, message_id: int | None, question: Question, step: int) -> None:
        """Show another version of the message; if it has only one, of the other message of its turn."""
        conversation = self._conversation
        reply = conversation.reply_id_for(question.id)
        ids = [message_id, reply, question.id] if message_id is not None else [reply, question.id]
        with_versions = [
            id for id in ids if id is not None and conversation.place_among_alternatives(id)[1] > 1
        ]
        if not with_versions:
            self._notice.show_info(branch_words.no_other_version())
            return
        depth = [message.id for message in conversation.messages].index(with_versions[0])
        if conversation.show_alternative(with_versions[0], step):
            self._notice.clear()
            self._owner.show_branch()
            self._owner.call_later(self._transcript.show_marked, conversation.messages[depth].id)


def _editable_text(reply: Reply) -> str:
    """Return an answer's text without control sequences, so that the prompt can show it."""
    return clean(reply.text)
