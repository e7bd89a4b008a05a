"""What a reply cost and how it ended, in one line below it."""

from tui.chat.conversation import FinishReason, Reply
from tui.i18n import _, ngettext
from tui.units import format_duration, format_rate


def describe_reply(reply: Reply) -> str:
    """For example `23.1 tok/s · 212 tokens · first token 0.4 s · stopped`; empty for nothing to say."""
    parts: list[str] = []
    if (metrics := reply.metrics) is not None:
        if metrics.generation_tps is not None:
            parts.append(format_rate(metrics.generation_tps))
        count = metrics.generated_tokens
        parts.append(ngettext("{count} token", "{count} tokens", count).format(count=count))
        if metrics.first_token_seconds is not None:
            parts.append(_("first token {time}").format(time=format_duration(metrics.first_token_seconds)))
    if reply.finish is not None and (ending := describe_ending(reply.finish)):
        parts.append(ending)
    if reply.interrupted is not None:
        parts.append(_("interrupted: {reason}").format(reason=reply.interrupted))
    return " · ".join(parts)


def describe_ending(reason: FinishReason) -> str:
    """How a reply ended, in words; empty for the ordinary end."""
    match reason:
        case "end":
            return ""
        case "max_tokens":
            return _("cut at the token limit")
        case "context_full":
            return _("cut where the context was full")
        case "stopped":
            return _("stopped")
