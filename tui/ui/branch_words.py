"""What the screen says about the branches of a conversation."""

from textual.content import Content
from textual.style import Style

from tui.chat.conversation import Conversation
from tui.chat.messages import Question, Reply
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
        return _("Nothing of this answer is known that the model could go on from; ^r asks again.")
    if last.thinking and model != last.model:
        return _("Only {model} can go on from what it thought; ^r asks again.").format(model=last.model)
    return ""
