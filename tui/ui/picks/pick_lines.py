"""Lines of the picks: the choices above them, a line for each pick, and the reasons below."""

from collections.abc import Sequence

from rich.cells import cell_len
from textual.content import Content

from tui.fit.speed_words import speed_word
from tui.fit.words import verdict_word
from tui.i18n import N_, _, ngettext
from tui.models.model import Use
from tui.services.filtering.keywords import LANGUAGE_NAMES
from tui.services.model_columns import context_word, footprint_word
from tui.services.picks.recommendation import NotPicked, Pick, Recommendation
from tui.services.picks.words import remarks, role_reason, why_pick
from tui.services.sentences import sentence, sentences
from tui.text import clean_line
from tui.ui.chat.transcript.welcome import Suggestion, Suggestions
from tui.ui.kit.cells import middle_cut, pad
from tui.ui.kit.keyboard.names import with_keys

TASK_WORDS: dict[Use, str] = {
    "chat": N_("chat"),
    "summarise": N_("summarise"),
    "translate": N_("translate"),
    "draft": N_("draft"),
    "code": N_("code"),
    "extract": N_("extract"),
    "tools": N_("tools"),
    "reasoning": N_("reasoning"),
}
CONTEXTS: dict[int, str] = {
    4096: N_("a page or two"),
    8192: N_("ten pages"),
    32768: N_("a long report"),
}
"""Length of the texts by the context that it takes with question and answer: about 600 tokens a page."""
_LABEL_CELLS = 10
_MOST_VALUES = 14
"""Values of a choice that stand beside each other at the most; of more, those around the chosen one."""


def choice_line(label: str, values: Sequence[str], chosen: int, width: int) -> Content:
    """Return a line with the values of a choice, the chosen one marked; those far from it give way."""
    texts = [clean_line(value) for value in values]
    start = max(0, min(chosen - _MOST_VALUES // 2, len(texts) - _MOST_VALUES))
    stop = min(len(texts), start + _MOST_VALUES)
    while stop - start > 1 and _LABEL_CELLS + cell_len(" ".join(texts[start:stop])) > width:
        if chosen - start > stop - 1 - chosen:
            start += 1
        else:
            stop -= 1
    pieces: list[tuple[str, str]] = [(pad(label, _LABEL_CELLS), "$dim")]
    for index in range(start, stop):
        style = "bold $foreground on $primary 24%" if index == chosen else "$dim"
        pieces += [(texts[index], style), (" ", "")]
    return Content.assemble(*pieces)


def pick_line(pick: Pick, width: int) -> Content:
    """Return a pick in a line of so many cells: name, verdict with memory, speed and mark."""
    fit, model = pick.candidate.fit, pick.candidate.model
    speed = speed_word(fit.speed)
    facts = [
        _("{verdict} {size}").format(verdict=verdict_word(fit.verdict), size=footprint_word(fit)),
        _("{speed} tok/s").format(speed=speed),
        _("evidence {mark}").format(mark=pick.place.mark),
        "■" if model.on_disk else "□",
    ]
    tail = "  ".join(facts)
    room = max(8, width - cell_len(tail) - 2)
    return Content.assemble((pad(middle_cut(clean_line(model.label), room), room), "bold"), "  ", tail)


def suggestions(recommendation: Recommendation) -> Suggestions:
    """Return the picks as the empty chat shows them: each with its figures and the part that it plays."""
    wish = recommendation.wish
    name = LANGUAGE_NAMES.get(wish.language)
    purpose = _("{task} · {language} · {texts}").format(
        task=_(TASK_WORDS[wish.task]),
        language=_(name) if name is not None else wish.language,
        texts=texts_word(wish.context),
    )
    models = tuple(
        Suggestion(
            pick.candidate.model.label, _brief_figures(pick), sentence(role_reason(pick, recommendation))
        )
        for pick in recommendation.picks
    )
    return Suggestions(purpose, models, summary_text(recommendation))


def _brief_figures(pick: Pick) -> str:
    fit, model = pick.candidate.fit, pick.candidate.model
    figures = [footprint_word(fit)]
    if pick.candidate.speed is not None:
        figures.append(_("{speed} tok/s").format(speed=speed_word(fit.speed)))
    # The sign of the list; in words it would leave a narrow chat no room for the name.
    return f"{' · '.join(figures)}  {'■' if model.on_disk else '□'}"


def texts_word(context: int) -> str:
    """Return the length of the texts that a context has room for."""
    length = CONTEXTS.get(context)
    if length is not None:
        return _(length)
    return _("{context} tokens").format(context=context_word(context))


def reason_text(pick: Pick, recommendation: Recommendation) -> str:
    """Return why a model is picked, as sentences one after another."""
    reasons = [role_reason(pick, recommendation), why_pick(pick), *remarks(pick, recommendation)]
    return sentences(reasons)


def not_picked_text(items: Sequence[NotPicked]) -> str:
    """Return why good models are not picked, a line for each; empty for none."""
    lines = [
        _("Why not {model}: {why}.").format(
            model=clean_line(item.place.candidate.model.label), why=sentence(item.why)
        )
        for item in items
    ]
    return "\n".join(lines)


def summary_text(recommendation: Recommendation) -> str:
    """Return how many models pass, and for which context."""
    context = context_word(recommendation.wish.context)
    if not recommendation.picks:
        text = _("No model passes with {context} tokens: none fits, is fast enough and knows the language.")
        return text.format(context=context)
    count = len(recommendation.places)
    if recommendation.speed_basis == "class":
        without_key = _("{count} pass with {context} tokens; speeds are estimated for such a machine.")
        if recommendation.is_for_other_machine:
            return without_key.format(count=count, context=context)
        return with_keys(
            _(
                "{count} pass with {context} tokens; speeds are estimated for such a machine, "
                "{machine.measure} measures them."
            ),
            without_key,
            count=count,
            context=context,
        )
    if recommendation.speed_basis == "unknown":
        without_key = _("{count} pass with {context} tokens; how fast they are there is not known.")
        if recommendation.is_for_other_machine:
            return without_key.format(count=count, context=context)
        return with_keys(
            _("{count} pass with {context} tokens; {machine.measure} measures how fast they are here."),
            _("{count} pass with {context} tokens; how fast they are here is not known."),
            count=count,
            context=context,
        )
    return ngettext(
        "{count} model passes with {context} tokens of context.",
        "{count} models pass with {context} tokens of context.",
        count,
    ).format(count=count, context=context)
