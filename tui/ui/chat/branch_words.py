"""Sentences about the branches of a conversation, and the remarks below its messages."""

from collections.abc import Sequence

from textual.content import Content
from textual.style import Style

from tui.chat.conversation import Conversation
from tui.chat.messages import Attachment, Question, Reply
from tui.chat.reply_totals import models_of_label
from tui.i18n import _, ngettext
from tui.services.sentences import sentence
from tui.text import clean_line
from tui.ui.kit.keyboard.names import with_keys
from tui.ui.models.notices import no_model_loaded


def remarks(conversation: Conversation) -> dict[int, Content]:
    """Return the remark below each message of the branch, by message id: `‹ 2/3 ›`, pin and model.

    The model is named only if several models have answered.
    """
    messages = conversation.messages
    models = {message.model for message in messages if isinstance(message, Reply)}
    remark_by_id: dict[int, Content] = {}
    for message in messages:
        parts = [version_marker(message.id, *conversation.place_among_alternatives(message.id))]
        if isinstance(message, Question):
            parts.append(Content(_("pinned") if message.pinned else ""))
        elif len(models) > 1:
            parts.append(Content(sentence(models_of_label(message.model))))
        remark_by_id[message.id] = Content(" · ").join(part for part in parts if part)
    return remark_by_id


def version_marker(message_id: int, index: int, count: int) -> Content:
    """Return the number of a version among `count` with arrows to click; empty for a single version."""
    if count < 2:
        return Content()
    previous_arrow, next_arrow = (
        Style.from_meta({"@click": f"version({message_id}, '{action}')"})
        for action in ("previous_version", "next_version")
    )
    return Content.assemble(("‹ ", previous_arrow), f"{index + 1}/{count}", (" ›", next_arrow))


def editing(question: Question) -> str:
    """Return what sending does while an earlier question is edited, and how to cancel the edit."""
    sentence = with_keys(
        _(
            "Editing an earlier question: {prompt.send} asks it again beside the old one, "
            "{chat.leave_edit} cancels."
        ),
        _("Editing an earlier question: it is asked again beside the old one."),
    )
    if not question.attachments:
        return sentence
    names = ", ".join(clean_line(attachment.name) for attachment in question.attachments)
    return " ".join((sentence, _("Its files: {files}.").format(files=names)))


def editing_answer() -> str:
    """Return what sending does while an answer is edited, and how to cancel the edit."""
    return with_keys(
        _("Editing this answer: {prompt.send} saves yours as another version, {chat.leave_edit} cancels."),
        _("Editing this answer: yours is saved as another version."),
    )


def kept_answer() -> str:
    """Return what can be done after an answer was edited."""
    return with_keys(
        _("Saved beside the old answer: the model reads yours, and {chat.continue} continues from it."),
        _("Saved beside the old answer: the model reads yours."),
    )


def only_with_questions(attachments: Sequence[Attachment]) -> str:
    """Return that an answer cannot have files, and what to do."""
    names = ", ".join(clean_line(attachment.name) for attachment in attachments)
    return with_keys(
        _("An answer cannot have files: remove {files}, or turn it into text with {attachment.to_text}."),
        _("An answer cannot have files: remove {files}."),
        files=names,
    )


def ask_to_delete(replies: int) -> str:
    """Return the question that asks to confirm the deletion of a turn."""
    if not replies:
        return with_keys(_("Delete this question? Press {chat.delete} again."), _("Delete this question?"))
    template = ngettext(
        "Delete this question and its answer? Press {chat.delete} again; what followed stays.",
        "Delete this question and its {count} answers? Press {chat.delete} again; what followed stays.",
        replies,
    )
    return with_keys(template, _("Delete this question with its answers?"), count=replies)


def no_other_version() -> str:
    """Return that there is no other version, and how to get one."""
    return with_keys(
        _(
            "There is no other version: {chat.edit} edits a question, {chat.regenerate} asks for another "
            "answer."
        ),
        _("There is no other version."),
    )


def cannot_continue(conversation: Conversation, model: str | None) -> str:
    """Return why the last answer cannot be continued, and what to do; empty if the model can do it."""
    last = conversation.messages[-1] if conversation.messages else None
    if not isinstance(last, Reply):
        return _("There is no answer to continue.")
    if model is None:
        return no_model_loaded()
    if not conversation.can_continue:
        return with_keys(
            _("This answer is empty; {chat.regenerate} asks again."),
            _("This answer is empty."),
        )
    return ""
