"""What a model read for a reply and what it wrote, exactly, as far as that was kept."""

import msgspec

from tui.chat.conversation import Conversation
from tui.chat.messages import Reply
from tui.i18n import _, ngettext
from tui.ui.chat.settings.sampling_words import part_settings_text


class RawPart(msgspec.Struct, frozen=True):
    """The prompt, or the reply."""

    title: str
    """With its number of tokens, where that is known."""
    text: str | None
    """None where it was not kept."""
    reason: str = ""
    """Why it was not, or is not as it was generated; a sentence."""


class RawReply(msgspec.Struct, frozen=True):
    """Both for one reply."""

    model: str
    prompt: RawPart
    reply: RawPart
    asked: tuple[str, ...] = ()
    """How it was asked for, a line for each part of it; empty where that was not kept."""


def raw_reply(conversation: Conversation, message_id: int | None) -> RawReply | None:
    """Of the reply with that id, or to the question with it; of the newest for None. None for none."""
    shown = conversation.messages
    if message_id is None:
        reply = next((each for each in reversed(shown) if isinstance(each, Reply)), None)
    else:
        at = next((at for at, each in enumerate(shown) if each.id == message_id), len(shown))
        reply = next((each for each in shown[at:] if isinstance(each, Reply)), None)
    if reply is None:
        return None
    asked = tuple(part_settings_text(way) for way in reply.part_settings)
    return RawReply(reply.model, _prompt(conversation, reply), _written(conversation, reply), asked)


def _prompt(conversation: Conversation, reply: Reply) -> RawPart:
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
    # Of a reply that was continued the tokens of all parts are counted together.
    metrics = reply.metrics if reply.parts == 1 else None
    return RawPart(_titled(_("Prompt"), metrics.prompt_tokens if metrics else None), text)


def _written(conversation: Conversation, reply: Reply) -> RawPart:
    count = reply.metrics.generated_tokens if reply.metrics is not None else None
    title = _titled(_("Reply"), count)
    is_open = conversation.open_reply_id == reply.id
    if reply.raw is not None:
        begun = _("You wrote its beginning, where the prompt ends; this is what the model added.")
        return RawPart(title, reply.raw, begun if reply.edited else "")
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
    return f"{title}, " + ngettext("{count} token", "{count} tokens", count).format(count=f"{count:,}")
