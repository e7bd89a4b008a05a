"""Note below a message: its remark, the cost of a reply and its ending, in a line or in full."""

from textual.content import Content

from tui.chat.conversation import FinishReason, Reply
from tui.chat.receipt import Energy, Receipt
from tui.i18n import _, ngettext
from tui.services.sentences import saved_sentence
from tui.text import clean
from tui.ui.chat.settings.asking_text import part_settings_text
from tui.ui.chat.transcript.layout.json_answer import is_json
from tui.ui.chat.transcript.layout.markdown_rows import Row
from tui.units import format_bytes, format_clock, format_duration, format_energy, format_rate


def note_rows(remark: Content, reply: Reply | None, *, marked: bool) -> list[Row]:
    """Return the remark and the cost of a closed reply: in a line, and in full while it is marked."""
    if reply is None:
        return [Row(remark.stylize_before("$dim"))] if remark else []
    style = "$dim" if reply.interrupted is None else "$text-error"
    parts = [remark.stylize_before(style), Content.styled(clean(describe_reply(reply)), style)]
    note = Content.styled(" · ", style).join(part for part in parts if part)
    lines = [note] if note else []
    if reply.receipt is not None and marked:
        lines += [Content.styled(clean(line), "$dim") for line in receipt_lines(reply.receipt, reply.parts)]
    gap = [Row(Content())] if lines and reply.text.strip() else []
    return gap + [Row(line) for line in lines]


def dropped_rule() -> list[Row]:
    """Return the rule after the last of the turns that are left out of the context."""
    label = _("not sent to the model any more")
    return [Row(Content()), Row(Content.styled(f"── {label} ──", "$dim"))]


def describe_reply(reply: Reply) -> str:
    """Return for example `23.1 tok/s · 212 tokens · first token 0.4 s · stopped`; may be empty."""
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
    if reply.finish == "end" and not reply.text.strip():
        parts.append(_("ended inside its thinking") if reply.thinking else _("no text"))
    if reply.interrupted is not None:
        parts.append(_("interrupted: {reason}").format(reason=saved_sentence(reply.interrupted)))
    return " · ".join(parts)


def receipt_lines(receipt: Receipt, parts: int = 1) -> list[str]:
    """Return the whole cost of a reply, a line each for its prompt, its tokens, memory, energy and time.

    `parts`: number of times that the model was asked for the reply; there may be fewer receipts.
    """
    return [
        _prompt_line(receipt),
        _answer_line(receipt),
        _("engine at most {size}").format(size=format_bytes(receipt.peak_bytes)),
        _energy_line(receipt.energy),
        _time_line(receipt, parts),
    ]


def describe_in_full(reply: Reply) -> str:
    """Return the short line, the whole receipt and the settings of the answer in one, for a document."""
    receipt = receipt_lines(reply.receipt, reply.parts) if reply.receipt else []
    lines = [describe_reply(reply), *receipt, *map(part_settings_text, reply.part_settings)]
    return " · ".join(line for line in lines if line)


def _prompt_line(receipt: Receipt) -> str:
    if receipt.prompt_tokens is None:
        return _("prompt n/a: the engine never told how long it was")
    count = receipt.prompt_tokens
    prompt = ngettext("prompt {count} token", "prompt {count} tokens", count).format(count=count)
    if receipt.read_tokens is None:
        return prompt
    template = _("{prompt}: {cached} cached, {read} read")
    if receipt.prompt_tps is not None:
        template = _("{prompt}: {cached} cached, {read} read at {rate}")
    return template.format(
        prompt=prompt,
        cached=receipt.cached_tokens,
        read=receipt.read_tokens,
        rate=format_rate(receipt.prompt_tps),
    )


def _answer_line(receipt: Receipt) -> str:
    count = receipt.generated_tokens
    answer = ngettext("answer {count} token", "answer {count} tokens", count).format(count=count)
    has_rate, has_first = receipt.generation_tps is not None, receipt.first_token_seconds is not None
    if has_rate and has_first:
        template = _("{answer} at {rate}, the first after {time}")
    elif has_rate:
        template = _("{answer} at {rate}")
    elif has_first:
        template = _("{answer}, the first after {time}")
    else:
        return answer
    return template.format(
        answer=answer,
        rate=format_rate(receipt.generation_tps),
        time=format_duration(receipt.first_token_seconds),
    )


def _energy_line(energy: Energy) -> str:
    if energy.joules is None:
        return _("energy n/a: {reason}").format(reason=saved_sentence(energy.reason or ""))
    line = _("energy {energy}").format(energy=format_energy(energy.joules, watt_hours=True))
    return f"{line}, {saved_sentence(energy.source)}" if energy.source else line


def _time_line(receipt: Receipt, parts: int) -> str:
    """Return start, end and duration, and the number of parts where a reply came in several."""
    template = _("{start} to {end}, {time}")
    if receipt.parts < parts:
        # Of the other parts nothing is known.
        template = _("{start} to {end}, {time}, of {known} of its {count} parts")
    elif parts > 1:
        template = _("{start} to {end}, {time}, in {count} parts")
    return template.format(
        start=format_clock(receipt.started),
        end=format_clock(receipt.ended),
        time=format_duration(receipt.seconds),
        known=receipt.parts,
        count=parts,
    )


def describe_ending(reason: FinishReason) -> str:
    """Return the way a reply ended, in words; empty for the ordinary end."""
    match reason:
        case "end":
            return ""
        case "stop_text":
            return _("ended at a stop text")
        case "max_tokens":
            return _("cut at the token limit")
        case "context_full":
            return _("cut where the context was full")
        case "repetition":
            return _("cut where it repeated itself")
        case "stopped":
            return _("stopped")
