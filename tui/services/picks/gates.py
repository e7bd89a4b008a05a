"""Gates that a model has to pass before its evidence counts, each with its reason."""

from collections.abc import Callable

from tui.fit.verdict import Verdict
from tui.models.model import CatalogueEntry, Use
from tui.sentences import Reason, reason
from tui.services.model_columns import use_word
from tui.services.picks.candidates import Candidate, patience, quant_bits, thinks_too_long
from tui.services.picks.wish import Wish

LEAST_BITS = 3
"""Bits of the smallest quantization that is picked."""
_WRITTEN: frozenset[Use] = frozenset({"chat", "summarise", "draft", "translate"})
"""Tasks for which a model has to be good at one of them."""

Gate = Callable[[Candidate, CatalogueEntry, Wish], Reason | None]


def closed_gate(candidate: Candidate, wish: Wish) -> Reason | None:
    """Return the reason of the first gate that a model does not pass; None where it passes all."""
    entry = candidate.entry
    if entry is None:
        return reason("services.gate_not_in_catalogue")
    reasons = (gate(candidate, entry, wish) for gate in GATES)
    return next((why for why in reasons if why is not None), None)


def unsuitable(entry: CatalogueEntry, wish: Wish) -> Reason | None:
    """Return why a model is for no such task or language, whatever the machine; None where it is."""
    return _is_for_the_task(entry, wish) or _knows_the_language(entry, wish)


def _suits(_candidate: Candidate, entry: CatalogueEntry, wish: Wish) -> Reason | None:
    return unsuitable(entry, wish)


def _is_for_the_task(entry: CatalogueEntry, wish: Wish) -> Reason | None:
    uses = set(entry.uses)
    if wish.task == "tools":
        return None if entry.tools else reason("services.gate_no_tools")
    if not uses or wish.task in uses:
        return None
    if wish.task == "translate":
        # No benchmark that may be shipped measures translation, so the catalogue's word counts.
        suits = False
    elif wish.task in _WRITTEN:
        suits = bool(uses & (_WRITTEN - {"translate"}))
    else:
        suits = uses != {"translate"}
    return None if suits else reason("services.gate_other_use", uses=", ".join(map(use_word, entry.uses)))


def _knows_the_language(entry: CatalogueEntry, wish: Wish) -> Reason | None:
    if entry.may_know(wish.language):
        return None
    if not entry.languages:
        return reason("services.gate_languages_unknown")
    return reason("services.gate_language", languages=", ".join(entry.languages[:6]))


def _is_current(_candidate: Candidate, entry: CatalogueEntry, _wish: Wish) -> Reason | None:
    if entry.superseded_by is None:
        return None
    return reason("services.gate_superseded", successor=entry.superseded_by)


def _may_be_used(_candidate: Candidate, entry: CatalogueEntry, wish: Wish) -> Reason | None:
    if not wish.commercial or entry.commercial in ("yes", "conditions"):
        return None
    return reason("services.gate_licence", licence=entry.license)


def _is_precise(candidate: Candidate, _entry: CatalogueEntry, _wish: Wish) -> Reason | None:
    bits = quant_bits(candidate.model.quant)
    if bits is None or bits >= LEAST_BITS:
        return None
    return reason("services.gate_quant", quant=candidate.model.quant)


def _holds_the_context(candidate: Candidate, _entry: CatalogueEntry, wish: Wish) -> Reason | None:
    if candidate.fit.context >= wish.context:
        return None
    return reason("services.gate_context", context=candidate.fit.context, wanted=wish.context)


def _fits(candidate: Candidate, _entry: CatalogueEntry, _wish: Wish) -> Reason | None:
    fit = candidate.fit
    match fit.verdict:
        case Verdict.FITS | Verdict.SPLIT | Verdict.ELSEWHERE:
            return None
        case Verdict.TIGHT:
            if fit.may_fit:
                return None
            return reason("services.gate_tight", size=_needed_bytes(candidate))
        case Verdict.TOO_BIG:
            return reason("services.gate_too_big", why=fit.reason)
        case Verdict.UNKNOWN | Verdict.NO_CHAT:
            return reason("services.gate_not_sized", why=fit.reason)


def _is_fast_enough(candidate: Candidate, _entry: CatalogueEntry, wish: Wish) -> Reason | None:
    speed = candidate.speed
    if speed is None or speed >= wish.least_speed:
        return None
    return reason("services.gate_slow", speed=speed, least=wish.least_speed)


def _answers_in_time(candidate: Candidate, _entry: CatalogueEntry, wish: Wish) -> Reason | None:
    seconds = candidate.thinking_seconds
    if seconds is None or not thinks_too_long(candidate, wish):
        return None
    return reason("services.gate_thinks", seconds=seconds, longest=patience(wish.task))


def _needed_bytes(candidate: Candidate) -> int:
    footprint = candidate.fit.footprint
    return footprint.total_bytes if footprint is not None else candidate.model.weights_bytes


GATES: tuple[Gate, ...] = (
    _suits,
    _is_current,
    _may_be_used,
    _is_precise,
    _holds_the_context,
    _fits,
    _is_fast_enough,
    _answers_in_time,
)
"""In the order in which they are asked: what is true everywhere, then what depends on the machine."""
MACHINE_GATES = frozenset(
    {
        "services.gate_context",
        "services.gate_tight",
        "services.gate_too_big",
        "services.gate_slow",
        "services.gate_thinks",
        "services.gate_licence",
    }
)
"""Gates of models that one might have expected: good ones that this machine or the wish rules out."""
