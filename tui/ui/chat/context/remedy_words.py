"""Sentences about a context that is full or will be, and the text of its remedies."""

from textual.content import Content

from tui.chat.context import ContextPlan
from tui.i18n import _, ngettext
from tui.services.context_remedies import DropTurns, LongerContext, ModelLimit, Remedy, RemoveAttachment
from tui.text import clean_line
from tui.ui.chat.context.strip_lines import Filling
from tui.ui.models.verdicts import VERDICTS
from tui.units import UNKNOWN, format_bytes, format_number, format_tokens


def dropping_sentence(filling: Filling | None) -> str:
    """Return the turns that sending would drop for the first time; empty for none."""
    if filling is None or filling.plan.over_tokens or not filling.newly_dropped:
        return ""
    count, tokens = filling.newly_dropped, filling.tokens[-1]
    if filling.plan.dropped == filling.plan.parts.turns[: len(filling.plan.dropped)]:
        template = ngettext(
            "Sending drops the oldest turn ({tokens} tokens).",
            "Sending drops the {count} oldest turns ({tokens} tokens).",
            count,
        )
    else:
        template = ngettext(
            "Sending drops the oldest turn that is not pinned ({tokens} tokens).",
            "Sending drops the {count} oldest turns that are not pinned ({tokens} tokens).",
            count,
        )
    return template.format(count=count, tokens=format_tokens(tokens))


def too_long_sentence(plan: ContextPlan) -> str:
    """Return that a prompt is too long for its context, and by how many tokens."""
    template = _("This is {tokens} tokens, {over} too many for the context of {context}.")
    if plan.dropped:
        template = _(
            "Even without the older turns this is {tokens} tokens, "
            "{over} too many for the context of {context}."
        )
    if not plan.parts.exact:
        template = _("This is about {tokens} tokens, some {over} too many for the context of {context}.")
    return template.format(
        tokens=format_tokens(plan.used_tokens),
        over=format_tokens(plan.over_tokens),
        context=format_number(plan.context, ","),
    )


def short_answer_sentence(plan: ContextPlan) -> str:
    """Return how few tokens are left for the answer."""
    return _("Only {tokens} tokens are left for the answer.").format(tokens=format_tokens(plan.free_tokens))


def no_longer_context_sentence(obstacle: LongerContext | ModelLimit) -> str:
    """Return why no longer context is offered: the model's limit, or the verdict on a longer context."""
    if isinstance(obstacle, ModelLimit):
        template = _("The model supports at most {count} tokens.")
        return template.format(count=format_number(obstacle.tokens, ","))
    return f"{remedy_content(obstacle).plain}."


def remedy_content(remedy: Remedy) -> Content:
    """Return the text of a remedy; the verdict on a longer context has its colour."""
    match remedy:
        case LongerContext():
            return _longer_content(remedy)
        case DropTurns():
            return Content(_drop_text(remedy))
        case RemoveAttachment():
            template = _("Remove {name} ({tokens} tokens)")
            if remedy.question_id is not None:
                template = _("Ask again without {name} ({tokens} tokens), which an earlier question had")
            return Content(template.format(name=clean_line(remedy.name), tokens=format_tokens(remedy.tokens)))


def _longer_content(remedy: LongerContext) -> Content:
    """Return the text of a longer context: `Context 16384: ● fits, 3.10 GiB`."""
    template = _("Context {count}, KV cache {type}") if remedy.changes_kv_type else _("Context {count}")
    settings = template.format(count=remedy.settings.context, type=remedy.settings.kv_type)
    if remedy.fit is None:
        return Content(settings)
    look = VERDICTS[remedy.fit.verdict]
    size = format_bytes(remedy.fit.footprint.total_bytes) if remedy.fit.footprint else UNKNOWN
    return Content.assemble(settings, ":", (f" {look.glyph} {look.word}, {size}", f"${look.variable}"))


def _drop_text(remedy: DropTurns) -> str:
    if remedy.policy == "keep_pinned":
        template = ngettext(
            "Drop the oldest turn that is not pinned ({tokens} tokens)",
            "Drop the {count} oldest turns that are not pinned ({tokens} tokens)",
            remedy.count,
        )
    else:
        template = ngettext(
            "Drop the oldest turn ({tokens} tokens)",
            "Drop the {count} oldest turns ({tokens} tokens)",
            remedy.count,
        )
    return template.format(count=remedy.count, tokens=format_tokens(remedy.tokens))
