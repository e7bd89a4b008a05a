"""What the screen says about the branches of a conversation."""

from collections.abc import Sequence

from textual.content import Content
from textual.style import Style

from tui.chat.conversation import Conversation
from tui.chat.messages import Attachment, Question, Reply
from tui.i18n import _, ngettext
from tui.text import clean_line


def remarks(conversation: Conversation) -> dict[int, Content]:
    """What stands below each message that is shown, by its id: `‹ 2/3 ›`, pins, files, and its model.

    The model only where several answered.
    """
    messages = conversation.messages
    models = {message.model for message in messages if isinstance(message, Reply)}
    found: dict[int, Content] = {}
    for message in messages:
        parts = [place(message.id, *conversation.alternatives(message.id))]
        if isinstance(message, Question):
            parts += [Content(_("pinned") if message.pinned else ""), Content(names_of(message))]
        elif len(models) > 1:
            parts.append(Content(clean_line(message.model)))
        found[message.id] = Content(" · ").join(part for part in parts if part)
    return found


def place(message_id: int, at: int, count: int) -> Content:
    """Which version of how many this is, with arrows to click on; empty for the only one."""
    if count < 2:
        return Content()
    before, after = (
        Style.from_meta({"@click": f"version({message_id}, '{what}')"}) for what in ("before", "after")
    )
    return Content.assemble(("‹ ", before), f"{at + 1}/{count}", (" ›", after))


def names_of(question: Question) -> str:
    """What is attached to a question."""
    names = [clean_line(each.name) for each in question.attachments]
    return _("with {files}").format(files=", ".join(names)) if names else ""


def editing(question: Question, leave: str) -> str:
    """What Enter does while an earlier question is edited; `leave` is the key that leaves it."""
    words = _(
        "Editing an earlier question: Enter asks it anew beside the old one, {key} leaves it as it was."
    )
    attached = _("It goes {files}.").format(files=names_of(question)) if question.attachments else ""
    return " ".join(part for part in (words.format(key=leave), attached) if part)


def editing_answer(leave: str) -> str:
    """What Enter does while an answer is edited; `leave` is the key that leaves it."""
    words = _("Editing this answer: Enter keeps yours as another version, {key} leaves it as it was.")
    return words.format(key=leave)


def kept_answer() -> str:
    """What can be done with an answer that was edited."""
    return _("Kept beside the answer before: the model reads yours, and ^l lets it go on from it.")


def only_with_questions(attachments: Sequence[Attachment]) -> str:
    """Files cannot go along with an answer, and what helps."""
    names = ", ".join(clean_line(each.name) for each in attachments)
    return _("An answer has no files: take {files} away, or write its text into it with Enter.").format(
        files=names
    )


def ask_to_delete(replies: int, key: str) -> str:
    """Whether a turn should really go."""
    if not replies:
        return _("Delete this question? Press {key} again.").format(key=key)
    words = ngettext(
        "Delete this question and its answer? Press {key} again; what followed stays.",
        "Delete this question and its {count} answers? Press {key} again; what followed stays.",
        replies,
    )
    return words.format(count=replies, key=key)


def cannot_continue(conversation: Conversation, model: str | None) -> str:
    """Why the last answer cannot go on, and what helps; empty when the model of that label can."""
    last = conversation.messages[-1] if conversation.messages else None
    if not isinstance(last, Reply):
        return _("There is no answer to go on with.")
    if model is None:
        return _("No model is loaded: F2, choose one and press Enter.")
    if not conversation.can_continue:
        return _("Nothing had come of this answer; ^r asks again.")
    return ""
