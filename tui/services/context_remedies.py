"""Remedies for a full context: a longer one, if memory allows, fewer turns, or one attachment less."""

from collections.abc import Callable, Iterator, Sequence

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
from tui.models.model import Model

_SMALLER_KV_TYPES: tuple[KvType, ...] = ("q8_0",)
"""KV types to fall back on where a longer context does not fit: they lose hardly anything."""


class LongerContext(msgspec.Struct, frozen=True):
    """Load the model again with a longer context."""

    settings: LoadSettings
    """The settings to load it with."""
    changes_kv_type: bool = False
    """True where the KV cache gets a smaller type too."""
    fit: Fit | None = None
    """Verdict on these settings; None where it is not known yet."""

    @property
    def is_possible(self) -> bool:
        """False where no memory of the machine can hold it."""
        return self.fit is None or self.fit.verdict is not Verdict.TOO_BIG


class DropTurns(msgspec.Struct, frozen=True):
    """Leave older turns out of the prompt, from now on."""

    policy: FullContextPolicy
    count: int
    """Number of turns that would be left out."""
    tokens: int
    """Tokens of these turns."""


class RemoveAttachment(msgspec.Struct, frozen=True):
    """Ask without one of the attachments."""

    index: int
    """Number of the attachment, from 0."""
    name: str
    tokens: int
    question_id: int | None = None
    """The earlier question that it belongs to; None for the draft."""


Remedy = LongerContext | DropTurns | RemoveAttachment


class ModelLimit(msgspec.Struct, frozen=True):
    """Reason why there is no longer context: the model was made for at most this many tokens."""

    tokens: int


async def longer_context(
    model: Model,
    settings: LoadSettings,
    prompt_tokens: int,
    max_tokens: int | None,
    sizer: Sizer,
    pools: Sequence[Pool],
) -> LongerContext | ModelLimit | None:
    """Return the shortest longer context that holds a prompt and its answer, with its verdict.

    Args:
        model: the loaded model.
        settings: the settings it is loaded with.
        prompt_tokens: tokens of the prompt, with nothing left out.
        max_tokens: limit of the answer; None for no limit.
        sizer: asked for each size.
        pools: the machine's memory; empty before the first reading, then there is no verdict.

    Returns:
        None where no context of the program is long enough.
    """
    model_limit = model.shape.context_length if model.shape else 0
    sufficient = [
        context
        for context in CONTEXTS
        if context > settings.context and prompt_tokens + answer_reserve(context, max_tokens) <= context
    ]
    allowed = [context for context in sufficient if not model_limit or context <= model_limit]
    if not allowed:
        return ModelLimit(model_limit) if sufficient and model_limit else None
    longer = msgspec.structs.replace(settings, context=allowed[0])
    if not pools:
        return LongerContext(longer)
    current_fit = fit_model(model, sizer.known_size(model, settings), pools, settings)
    candidates = [
        longer,
        *(msgspec.structs.replace(longer, kv_type=kv_type) for kv_type in _SMALLER_KV_TYPES),
    ]

    def best_candidate(judge: Judge) -> tuple[LoadSettings, Fit]:
        judged = [(candidate, judge(model, candidate)) for candidate in candidates]
        # The first of the best: a smaller type only where it gets a better verdict.
        return min(judged, key=lambda pair: RANKS[pair[1].verdict])

    best, fit = await settle(ChangeStart(model, current_fit, settings), sizer, pools, best_candidate)
    return LongerContext(best, best.kv_type != settings.kv_type, fit)


def removable_attachments(
    plan: ContextPlan, draft: Question, count_tokens: Callable[[str], int], earlier: Sequence[Question] = ()
) -> list[RemoveAttachment]:
    """Return each attachment without which the draft would not be too long, the shortest first.

    Args:
        plan: the prompt as it would be sent.
        draft: the question that is being written.
        count_tokens: counts the tokens of a text.
        earlier: the questions before it. A question that is left out already takes no room. The others are
            asked anew without the attachment, the only way that hides nothing that the model has read.
    """
    remedies = list(_sufficient_removals(plan, draft, count_tokens, None))
    for question in earlier:
        if question.id not in plan.dropped_ids:
            remedies += _sufficient_removals(plan, question, count_tokens, question.id)
    # Those of the draft first: they change nothing of what was said.
    return sorted(remedies, key=lambda remedy: (remedy.question_id is not None, remedy.tokens))


def _sufficient_removals(
    plan: ContextPlan, question: Question, count_tokens: Callable[[str], int], question_id: int | None
) -> Iterator[RemoveAttachment]:
    for index, attachment in enumerate(question.attachments):
        tokens = count_tokens(attachment_text(attachment))
        if tokens >= plan.over_tokens > 0:
            yield RemoveAttachment(index, attachment.name, tokens, question_id)


def droppable_turns(plan: ContextPlan, policy: FullContextPolicy) -> list[DropTurns]:
    """Return the other policies that would let a prompt be sent that cannot be sent as it is."""
    remedies: list[DropTurns] = []
    has_pins = any(turn.pinned for turn in plan.parts.turns)
    policies: tuple[FullContextPolicy, ...] = ("keep_pinned", "drop_oldest")
    for candidate in policies:
        if candidate == policy or (candidate == "keep_pinned" and not has_pins):
            continue
        shorter = plan_context(plan.parts, plan.context, plan.answer_tokens, candidate)
        if shorter.dropped and not shorter.over_tokens and shorter.dropped != plan.dropped:
            remedies.append(DropTurns(candidate, len(shorter.dropped), shorter.dropped_tokens))
    return remedies
