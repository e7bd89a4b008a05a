"""Three picks for a wish, and the models that one might have expected instead."""

from collections.abc import Callable, Iterable, Sequence
from typing import Literal

import msgspec

from tui.fit.verdict import Fit, Verdict
from tui.models.evidence.evidence import Evidence
from tui.models.model import CatalogueEntry
from tui.sentences import Reason
from tui.services.picks.candidates import Candidate, candidates, quant_bits
from tui.services.picks.evidence_order import Duel, EvidenceOrder, Place
from tui.services.picks.gates import MACHINE_GATES, closed_gate
from tui.services.picks.measured_here import MeasuredHere
from tui.services.picks.wish import Wish
from tui.services.sizing import JudgedModel

Role = Literal["best", "faster", "other maker", "next"]
"""Part that a model plays among the picks: the best evidenced that runs well; one that is at least twice as
fast or answers at once; one of another maker or with a freer licence; the next in the order. The second and
the third are from the better half of the order."""
SpeedBasis = Literal["own", "class", "unknown"]
"""Basis of speeds: measurements of the machine; the memory bandwidth of machines of its class; nothing."""
PICKS = 3
EXPECTED = 2
"""Number of models whose absence is explained."""
QUICK = 60.0
"""Tokens per second from which on nobody needs a faster model."""
_TWICE = 2.0
_EXPECTED_SIZE = 1.5
"""Times the memory of the largest model that runs here which another may need and still be expected."""
_RUNNING = (Verdict.FITS, Verdict.TIGHT, Verdict.SPLIT)
_FREEDOM = {"yes": 2, "conditions": 1, "no": 0, None: 0}


class Pick(msgspec.Struct, frozen=True):
    """A model that is picked."""

    role: Role
    place: Place
    rank: int
    """Place in the order of all that pass the gates, from 1."""
    rival: Place | None
    """The best placed of the others that it was compared with; None where there is none."""
    comparison: Duel | None
    """With that rival."""

    @property
    def candidate(self) -> Candidate:
        """The model as it would be used."""
        return self.place.candidate


class NotPicked(msgspec.Struct, frozen=True):
    """A good model that did not pass a gate."""

    place: Place
    why: Reason


class Recommendation(msgspec.Struct, frozen=True):
    """The picks for a wish."""

    wish: Wish
    picks: tuple[Pick, ...]
    places: tuple[Place, ...]
    """All models that pass the gates, the best first."""
    expected: tuple[NotPicked, ...]
    """The best placed of those that do not pass, where they are of a size for this machine."""
    closed: tuple[NotPicked, ...]
    """All that do not pass, the best first."""

    @property
    def is_for_other_machine(self) -> bool:
        """True where the models were judged for a machine that is not here."""
        return any(place.candidate.fit.on_idle_machine for place in self.places)

    @property
    def speed_basis(self) -> SpeedBasis:
        """Basis of the speeds that models were kept out by."""
        every_place = (*self.places, *(item.place for item in self.closed))
        fits = [place.candidate.fit for place in every_place]
        speeds = [fit.speed for fit in fits if fit.speed is not None and fit.speed.value is not None]
        if not speeds:
            return "unknown"
        of_class = [
            speed.reason is not None and speed.reason.code == "fit.from_bandwidth" for speed in speeds
        ]
        return "class" if all(of_class) else "own"


def recommend(
    judged: Sequence[JudgedModel],
    wish: Wish,
    evidence: Evidence,
    measured: Iterable[MeasuredHere] = (),
    count: int = PICKS,
) -> Recommendation:
    """Pick models for a wish: first the gates, then the order by evidence, then three that differ.

    Args:
        judged: models with their verdicts on the machine, some of them at several quantizations.
        wish: task, language and limits.
        evidence: the published figures.
        measured: results of this machine.
        count: number of picks; those after the third are the next in the order.
    """
    measured = tuple(measured)
    open_candidates: list[Candidate] = []
    closed_candidates: dict[str, tuple[Candidate, Reason]] = {}
    for candidate, why in _best_of_each(candidates(judged, wish), wish):
        if why is None:
            open_candidates.append(candidate)
        else:
            closed_candidates[candidate.model.key] = (candidate, why)
    order = EvidenceOrder(open_candidates, wish, evidence, measured)
    picks = _picks(order, count)
    every_candidate = [*open_candidates, *(candidate for candidate, _why in closed_candidates.values())]
    joint_order = EvidenceOrder(every_candidate, wish, evidence, measured)
    closed = tuple(
        NotPicked(place, closed_candidates[place.candidate.model.key][1])
        for place in joint_order.places
        if place.candidate.model.key in closed_candidates
    )
    largest = max((_needed_bytes(item.fit) for item in judged if item.fit.verdict in _RUNNING), default=0)
    expected = [item for item in closed if _is_expected(item, largest)][:EXPECTED]
    return Recommendation(wish, tuple(picks), order.places, tuple(expected), closed)


def _best_of_each(every_candidate: Iterable[Candidate], wish: Wish) -> list[tuple[Candidate, Reason | None]]:
    """Return one candidate for each model, at the quantization to use, with the gate that is closed to it."""
    best: dict[str, tuple[tuple[object, ...], Candidate, Reason | None]] = {}
    for candidate in every_candidate:
        why = closed_gate(candidate, wish)
        bits = quant_bits(candidate.model.quant) or 0
        rank = (why is None, candidate.model.on_disk, bits, candidate.model.weights_bytes)
        if candidate.name not in best or rank > best[candidate.name][0]:
            best[candidate.name] = (rank, candidate, why)
    return [(candidate, why) for _rank, candidate, why in best.values()]


def _picks(order: EvidenceOrder, count: int) -> list[Pick]:
    places = order.places
    if not places or count < 1:
        return []
    best, better_half = places[0], places[: (len(places) + 1) // 2]
    roles: dict[str, Role] = {best.candidate.model.key: "best"}
    if count > 1 and (faster := _first(better_half, roles, lambda place: _is_quicker(place, best))):
        roles[faster.candidate.model.key] = "faster"
    if count > len(roles) and (freer := _first(better_half, roles, lambda place: _is_of_others(place, best))):
        roles[freer.candidate.model.key] = "other maker"
    for place in places:
        if len(roles) >= count:
            break
        roles.setdefault(place.candidate.model.key, "next")
    ranks = {place.candidate.model.key: rank for rank, place in enumerate(places, 1)}
    return [_pick(order, places[ranks[key] - 1], role, ranks[key]) for key, role in roles.items()]


def _first(places: Sequence[Place], taken: dict[str, Role], suits: Callable[[Place], bool]) -> Place | None:
    return next((place for place in places if place.candidate.model.key not in taken and suits(place)), None)


def _is_quicker(place: Place, best: Place) -> bool:
    """Return True for a model that is twice as fast, or answers at once where the best one thinks first."""
    candidate, first = place.candidate, best.candidate
    if first.speed is not None and first.speed >= QUICK:
        return False
    if first.thinks and candidate.thinks is False:
        return True
    return bool(candidate.speed and first.speed and candidate.speed >= _TWICE * first.speed)


def _is_of_others(place: Place, best: Place) -> bool:
    """Return True for a model of another maker, or with a freer licence."""
    entry, first = place.candidate.entry, best.candidate.entry
    if entry is None or first is None:
        return False
    return entry.publisher != first.publisher or _freedom(entry) > _freedom(first)


def _freedom(entry: CatalogueEntry) -> int:
    return _FREEDOM[entry.commercial]


def _pick(order: EvidenceOrder, place: Place, role: Role, rank: int) -> Pick:
    """Return the pick with its comparison with the best placed of the others that shares a benchmark."""
    for rival in order.places:
        if rival is place:
            continue
        comparison = order.compare(place.candidate, rival.candidate)
        if comparison is not None:
            return Pick(role, place, rank, rival, comparison)
    return Pick(role, place, rank, None, None)


def _is_expected(item: NotPicked, largest_bytes: int) -> bool:
    """Return True for a model with evidence that nearly runs, on a machine that runs one of so many bytes."""
    candidate = item.place.candidate
    if item.why.code not in MACHINE_GATES or item.place.mark == "D":
        return False
    return candidate.model.on_disk or 0 < _needed_bytes(candidate.fit) <= _EXPECTED_SIZE * largest_bytes


def _needed_bytes(fit: Fit) -> int:
    return fit.footprint.total_bytes if fit.footprint is not None else 0
