"""What helps when the context is full or too short: a longer one, if memory allows, or fewer turns."""

from collections.abc import Callable, Iterator, Sequence
from typing import Literal

import msgspec

from tui.chat.context import ContextPlan, FullContextPolicy, answer_reserve, plan_context
from tui.chat.messages import Question
from tui.chat.prompt_messages import attachment_text
from tui.engine.options import KvType, LoadSettings
from tui.fit.board import fit_model
from tui.fit.changes.change import RANKS
from tui.fit.changes.offer import ChangeStart, settle
from tui.fit.changes.search import Judge
from tui.fit.contexts import CONTEXTS
from tui.fit.sizing import Sizer
from tui.fit.verdict import Fit, Pool, Verdict
from tui.i18n import _, ngettext
from tui.models.model import Model
from tui.text import clean_line
from tui.ui.models.verdicts import VERDICTS
from tui.units import UNKNOWN, format_bytes

_SMALLER: tuple[KvType, ...] = ("q8_0",)
"""KV types to fall back on where a longer context does not fit: it loses hardly anything."""


class Remedy(msgspec.Struct, frozen=True):
    """One thing that helps, for the user to choose."""

    kind: Literal["longer", "drop", "remove"]
    words: str
    """What it does, with its figures."""
    settings: LoadSettings | None = None
    """How to load the model again, for a longer context."""
    fit: Fit | None = None
    """The verdict on that; None where it is not known yet."""
    policy: FullContextPolicy | None = None
    """What to do when the context is full, from now on."""
    attachment: int = 0
    """Which of the attachments to take away, from 0."""
    question: int | None = None
    """The earlier question that it went along with; None for the one that is being written."""


class Longer(msgspec.Struct, frozen=True):
    """What there is to say of a longer context."""

    remedy: Remedy | None
    note: str = ""
    """Why there is none."""


async def longer_context(
    model: Model, settings: LoadSettings, tokens: int, answer: int | None, sizer: Sizer, pools: Sequence[Pool]
) -> Longer:
    """The shortest longer context that holds a prompt and its answer, with its verdict.

    Args:
        model: the one that is loaded.
        settings: how it is loaded.
        tokens: of the prompt, with nothing left out.
        answer: the longest the answer may get; None for no limit.
        sizer: asked for each size that is looked at.
        pools: the machine's memory now; empty before the first reading, then there is no verdict.
    """
    longest = model.shape.context_length if model.shape else 0
    wanted = [
        context
        for context in CONTEXTS
        if context > settings.context and tokens + answer_reserve(context, answer) <= context
    ]
    allowed = [context for context in wanted if not longest or context <= longest]
    if not allowed:
        if not wanted or not longest:
            return Longer(None)
        told = _("The model was made for at most {count} tokens.")
        return Longer(None, told.format(count=f"{longest:,}"))
    asked = msgspec.structs.replace(settings, context=allowed[0])
    if not pools:
        return Longer(Remedy("longer", _context_words(asked, settings, None), asked))
    now = fit_model(model, sizer.known_size(model, settings), pools, settings)
    tried = [asked, *(msgspec.structs.replace(asked, kv_type=one) for one in _SMALLER)]

    def ask(judge: Judge) -> tuple[LoadSettings, Fit]:
        found = [(each, judge(model, each)) for each in tried]
        # The first of the best: a smaller type only where it gets a better verdict.
        return min(found, key=lambda pair: RANKS[pair[1].verdict])

    chosen, fit = await settle(ChangeStart(model, now, settings), sizer, pools, ask)
    words = _context_words(chosen, settings, fit)
    if fit.verdict is Verdict.TOO_BIG:
        return Longer(None, words + ".")
    return Longer(Remedy("longer", words, chosen, fit))


def remove_remedies(
    made: ContextPlan, draft: Question, count: Callable[[str], int], earlier: Sequence[Question] = ()
) -> list[Remedy]:
    """Each attachment without which the draft would not be too long, the shortest first.

    Args:
        made: how the draft is sent now.
        draft: what is being written.
        count: tokens of a text.
        earlier: the questions before it. One that is left out already takes no room; of the others, one is
            asked anew without the attachment, which is the only way that hides nothing the model has read.
    """
    told = _("Remove {name} ({tokens} tokens)")
    found = list(_without(made, draft, count, told, None))
    told = _("Ask again without {name} ({tokens} tokens), which an earlier question had")
    for question in earlier:
        if question.id not in made.dropped_ids:
            found += _without(made, question, count, told, question.id)
    # Those of the draft first: they change nothing of what was said.
    found.sort(key=lambda pair: (pair[1].question is not None, pair[0]))
    return [remedy for _tokens, remedy in found]


def _without(
    made: ContextPlan, question: Question, count: Callable[[str], int], told: str, question_id: int | None
) -> Iterator[tuple[int, Remedy]]:
    for index, attachment in enumerate(question.attachments):
        tokens = count(attachment_text(attachment))
        if tokens >= made.over_tokens > 0:
            words = told.format(name=clean_line(attachment.name), tokens=f"{tokens:,}")
            yield tokens, Remedy("remove", words, attachment=index, question=question_id)


def drop_remedies(made: ContextPlan, policy: FullContextPolicy) -> list[Remedy]:
    """The policies that would let the prompt be sent, where it cannot be sent as it is."""
    found: list[Remedy] = []
    has_pins = any(turn.pinned for turn in made.parts.turns)
    for other in ("keep_pinned", "drop_oldest"):
        if other == policy or (other == "keep_pinned" and not has_pins):
            continue
        after = plan_context(made.parts, made.context, made.answer_tokens, other)
        if after.dropped and not after.over_tokens and after.dropped != made.dropped:
            found.append(Remedy("drop", _drop_words(after, other), policy=other))
    return found


def _drop_words(after: ContextPlan, policy: FullContextPolicy) -> str:
    count = len(after.dropped)
    if policy == "keep_pinned":
        words = ngettext(
            "Drop the oldest turn that is not pinned ({tokens} tokens)",
            "Drop the {count} oldest turns that are not pinned ({tokens} tokens)",
            count,
        )
    else:
        words = ngettext(
            "Drop the oldest turn ({tokens} tokens)", "Drop the {count} oldest turns ({tokens} tokens)", count
        )
    return words.format(count=count, tokens=f"{after.dropped_tokens:,}")


def _context_words(settings: LoadSettings, before: LoadSettings, fit: Fit | None) -> str:
    """For example `Context 16384: ● fits, 3.10 GiB`."""
    told = _("Context {count}")
    if settings.kv_type != before.kv_type:
        told = _("Context {count}, KV cache {type}")
    words = told.format(count=settings.context, type=settings.kv_type)
    if fit is None:
        return words
    look = VERDICTS[fit.verdict]
    size = format_bytes(fit.footprint.total_bytes) if fit.footprint else UNKNOWN
    return f"{words}: {look.glyph} {look.word}, {size}"
