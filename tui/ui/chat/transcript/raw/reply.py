"""Exact prompt and exact output of a reply, as far as they were kept."""

import msgspec

from tui.chat.conversation import Conversation
from tui.chat.messages import Reply
from tui.chat.reply_totals import models_of_label
from tui.i18n import _, ngettext
from tui.services.sentences import sentence
from tui.ui.chat.settings.asking_text import part_settings_text
from tui.units import format_number


class RawPart(msgspec.Struct, frozen=True):
    """The prompt, or the reply."""

    title: str
    """With its number of tokens, where that is known."""
    text: str | None
    """None where it was not kept."""
    reason: str = ""
    """A sentence that says why the text is missing, or is not as it was generated."""


class RawReply(msgspec.Struct, frozen=True):
    """Prompt and output of one reply."""

    model: str
    prompt: RawPart
    reply: RawPart
    settings: tuple[str, ...] = ()
    """The settings of the answer, a line for each of its parts; empty where they were not kept."""


def raw_reply(conversation: Conversation, message_id: int | None) -> RawReply | None:
    """Return prompt and output of the reply with that id, or of the reply to the question with that id.

    A `message_id` of None means the newest reply. Returns None where there is no reply.
    """
    messages = conversation.messages
    start = 0
    if message_id is None:
        messages = messages[::-1]
    else:
        ids = [message.id for message in messages]
        start = ids.index(message_id) if message_id in ids else len(ids)
    reply = next((message for message in messages[start:] if isinstance(message, Reply)), None)
    if reply is None:
        return None
    settings = tuple(part_settings_text(part) for part in reply.part_settings)
    return RawReply(
        sentence(models_of_label(reply.model)),
        _prompt_part(conversation, reply),
        _output_part(conversation, reply),
        settings,
    )


def _prompt_part(conversation: Conversation, reply: Reply) -> RawPart:
    text = conversation.prompts.get(reply.id)
    if text is None and not reply.parts:
        return RawPart(_("Prompt"), None, _("No model was asked: you wrote this answer."))
    if text is None:
        reason = (
            _("The prompt is not here: it held a turn that was deleted, or the conversation was imported.")
            if reply.part_settings
            else _("The prompt was not kept: the model had not begun to read it, or an earlier llmtui asked.")
        )
        return RawPart(_("Prompt"), None, reason)
    # The metrics of a reply that was continued count all its parts together.
    metrics = reply.metrics if reply.parts == 1 else None
    return RawPart(_titled(_("Prompt"), metrics.prompt_tokens if metrics else None), text)


def _output_part(conversation: Conversation, reply: Reply) -> RawPart:
    count = reply.metrics.generated_tokens if reply.metrics is not None else None
    title = _titled(_("Reply"), count)
    is_open = conversation.open_reply_id == reply.id
    if reply.raw is not None:
        reason = _("You wrote its beginning, where the prompt ends; this is what the model added.")
        return RawPart(title, reply.raw, reason if reply.edited else "")
    text = "\n".join(part for part in (reply.thinking, reply.text) if part)
    if is_open:
        return RawPart(title, text, _("It is still being written: this is its text so far."))
    if not reply.parts:
        return RawPart(title, reply.text, _("You wrote it; the model reads exactly this."))
    reason = _("What was generated was not kept: this is its text, without special tokens.")
    return RawPart(title, text, reason)


def _titled(title: str, count: int | None) -> str:
    if count is None:
        return title
    template = ngettext("{title}, {count} token", "{title}, {count} tokens", count)
    return template.format(title=title, count=format_number(count, ","))
