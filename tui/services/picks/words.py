"""Reasons of the picks: why a model stands where it does, and what else to know of it."""

from tui.i18n import _
from tui.models.evidence.evidence import Benchmark
from tui.sentences import Fact, Reason, reason
from tui.services.picks.candidates import FULL_PRECISION_BITS, Candidate, quant_bits
from tui.services.picks.evidence_order import Duel, Mark, Place, Proof
from tui.services.picks.recommendation import Pick, Recommendation
from tui.units import format_iso_date


def role_reason(pick: Pick, recommendation: Recommendation) -> Reason:
    """Return the part that a pick plays among the picks."""
    candidate, best = pick.candidate, recommendation.picks[0].candidate
    entry, count = candidate.entry, len(recommendation.places)
    match pick.role:
        case "best":
            return reason("services.role_best", count=count)
        case "faster" if best.thinks and candidate.thinks is False:
            return reason("services.role_at_once", best=best.name)
        case "faster" if candidate.speed and best.speed:
            return reason("services.role_faster", times=candidate.speed / best.speed, best=best.name)
        case "other maker" if entry is not None and best.entry is not None:
            if entry.publisher != best.entry.publisher:
                return reason("services.role_other_maker", publisher=entry.publisher)
            return reason("services.role_freer", licence=entry.license)
        case _:
            return reason("services.role_next", rank=pick.rank, count=count)


def why_pick(pick: Pick) -> Reason:
    """Return why a pick stands where it does: the benchmark, both figures, the date and who measured."""
    if pick.rival is not None and pick.comparison is not None:
        return why_before(pick.candidate, pick.rival.candidate, pick.comparison)
    return why_place(pick.place)


def why_place(place: Place) -> Reason:
    """Return the figure that a place rests on, where nothing else shares a benchmark with it."""
    if place.proof is None:
        return reason("services.why_nothing", model=place.candidate.name)
    return reason("services.why_alone", model=place.candidate.name, **_proof_facts(place.proof, place.mark))


def why_before(candidate: Candidate, rival: Candidate, comparison: Duel) -> Reason:
    """Return how a model compares with another one, in the benchmark that decides between them."""
    facts: dict[str, Fact] = {
        "model": candidate.name,
        "rival": rival.name,
        "rival_score": score_reason(comparison.second),
        **_proof_facts(comparison.first, comparison.mark),
    }
    if comparison.is_tie:
        return reason("services.why_tie", **facts)
    return Reason("services.why_better" if comparison.gap > 0 else "services.why_worse", facts)


def tally_reason(place: Place) -> Reason:
    """Return how many comparisons a model wins, loses and ties."""
    return reason(
        "services.why_tally",
        model=place.candidate.name,
        wins=place.wins,
        losses=place.losses,
        ties=place.ties,
    )


def remarks(pick: Pick, recommendation: Recommendation) -> list[Reason]:
    """Return what else to know of a pick."""
    candidate, entry = pick.candidate, pick.candidate.entry
    remark_list: list[Reason] = []
    if candidate.thinking_seconds is not None:
        remark_list.append(reason("services.remark_thinks", seconds=candidate.thinking_seconds))
    elif candidate.thinks is None:
        remark_list.append(reason("services.remark_may_think"))
    if candidate.speed is None:
        remark_list.append(reason("services.remark_speed_unknown"))
    if entry is not None and entry.languages_unlisted:
        remark_list.append(reason("services.remark_languages_unlisted"))
    if (quant_bits(candidate.model.quant) or FULL_PRECISION_BITS) < FULL_PRECISION_BITS:
        remark_list.append(reason("services.remark_quant", quant=candidate.model.quant))
    if recommendation.wish.commercial and entry is not None and entry.commercial == "conditions":
        remark_list.append(reason("services.remark_licence", licence=entry.license))
    if pick.place.mark == "D":
        remark_list.append(reason("services.remark_no_evidence"))
    return remark_list


def score_reason(proof: Proof) -> Reason:
    """Return a score with its unit."""
    if proof.figure is None:
        measured = proof.measured
        passed, total = (measured.passed, measured.total) if measured is not None else (0, 0)
        return reason("services.score_here", passed=passed, total=total)
    return published_score(proof.figure.score, proof.figure.benchmark)


def published_score(score: float, benchmark: Benchmark) -> Reason:
    """Return a published score with the unit of its benchmark."""
    match benchmark.unit:
        case "%":
            return reason("services.score_percent", score=score)
        case "Elo":
            return reason("services.score_elo", score=score)
        case "rank":
            return reason("services.score_rank", score=score)
        case "index" | "score":
            return reason("services.score_index", score=score)


def _proof_facts(proof: Proof, mark: Mark) -> dict[str, Fact]:
    """Return score, benchmark, source, date and mark of a proof as facts of a sentence."""
    facts: dict[str, Fact] = {"score": score_reason(proof), "mark": mark}
    if proof.figure is not None:
        source, date = proof.figure.source, format_iso_date(proof.figure.source.date)
        benchmark = _(proof.figure.benchmark.name)
        return facts | {"benchmark": benchmark, "source": _(source.name), "date": date}
    task_set, date = (proof.measured.task_set, proof.measured.date) if proof.measured else ("", "")
    machine = reason("services.this_machine")
    return facts | {"benchmark": task_set, "source": machine, "date": format_iso_date(date)}
