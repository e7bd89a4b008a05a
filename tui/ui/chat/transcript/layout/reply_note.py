"""What a reply cost and how it ended, in one line below it."""

from tui.chat.conversation import FinishReason, Reply
from tui.chat.receipt import Energy, Receipt
from tui.i18n import _, ngettext
from tui.ui.chat.settings.sampling_words import part_settings_text
from tui.ui.chat.transcript.layout.json_answer import is_json
from tui.units import format_bytes, format_clock, format_duration, format_energy, format_rate


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
    if reply.receipt is not None and reply.receipt.energy.joules is not None:
        parts.append(format_energy(reply.receipt.energy.joules))
    if reply.edited:
        parts.append(_("edited by you"))
    if is_json(reply.text):
        parts.append(_("valid JSON"))
    if reply.finish is not None and (ending := describe_ending(reply.finish)):
        parts.append(ending)
    if reply.interrupted is not None:
        parts.append(_("interrupted: {reason}").format(reason=reply.interrupted))
    return " · ".join(parts)


def receipt_lines(receipt: Receipt, parts: int = 1) -> list[str]:
    """All that a reply took, a line each for its prompt, its tokens, memory, energy and time.

    `parts`: how often the model was asked for the reply, for which there may be fewer receipts.
    """
    return [
        _prompt(receipt),
        _generation(receipt),
        _("engine at most {size}").format(size=format_bytes(receipt.peak_bytes)),
        _energy(receipt.energy),
        _("{start} to {end}, {time}").format(
            start=format_clock(receipt.started),
            end=format_clock(receipt.ended),
            time=format_duration(receipt.seconds),
        )
        + _parts(receipt.parts, parts),
    ]


def describe_in_full(reply: Reply) -> str:
    """The short line, the whole receipt and how it was asked for in one, for a document."""
    receipt = receipt_lines(reply.receipt, reply.parts) if reply.receipt else []
    lines = [describe_reply(reply), *receipt, *map(part_settings_text, reply.part_settings)]
    return " · ".join(line for line in lines if line)


def _prompt(receipt: Receipt) -> str:
    if receipt.prompt_tokens is None or receipt.read_tokens is None:
        return _("prompt n/a: the engine never told how long it was")
    count, read = receipt.prompt_tokens, receipt.read_tokens
    line = ngettext("prompt {count} token", "prompt {count} tokens", count).format(count=count)
    line += ": " + _("{cached} cached, {read} read").format(cached=receipt.cached_tokens, read=read)
    if receipt.prompt_tps is not None:
        line += " " + _("at {rate}").format(rate=format_rate(receipt.prompt_tps))
    return line


def _generation(receipt: Receipt) -> str:
    count = receipt.generated_tokens
    line = ngettext("answer {count} token", "answer {count} tokens", count).format(count=count)
    if receipt.generation_tps is not None:
        line += " " + _("at {rate}").format(rate=format_rate(receipt.generation_tps))
    if receipt.first_token_seconds is not None:
        line += ", " + _("the first after {time}").format(time=format_duration(receipt.first_token_seconds))
    return line


def _parts(known: int, count: int) -> str:
    """In how many parts the reply came; where it is not known what some took, that too."""
    if known < count:
        return ", " + _("of {known} of its {count} parts").format(known=known, count=count)
    return ", " + _("in {count} parts").format(count=count) if count > 1 else ""


def _energy(energy: Energy) -> str:
    if energy.joules is None:
        return _("energy n/a: {reason}").format(reason=energy.reason)
    words = _("energy {energy}").format(energy=format_energy(energy.joules, watt_hours=True))
    return f"{words}, {energy.source}" if energy.source else words


def describe_ending(reason: FinishReason) -> str:
    """How a reply ended, in words; empty for the ordinary end."""
    match reason:
        case "end":
            return ""
        case "stop_text":
            return _("ended at a stop text")
        case "max_tokens":
            return _("cut at the token limit")
        case "context_full":
            return _("cut where the context was full")
        case "stopped":
            return _("stopped")
