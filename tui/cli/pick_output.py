"""Picks for a task, as `llmtui fit --task` prints them: text and JSON."""

from typing import Any

from tui.cli.fit_output import fit_json
from tui.cli.output import print_json, print_line, print_note, print_wrapped
from tui.fit.speed_words import speed_word
from tui.fit.words import verdict_word
from tui.i18n import _
from tui.sentences import reason
from tui.services.model_columns import context_word, footprint_word
from tui.services.picks.candidates import Candidate
from tui.services.picks.evidence_order import Proof
from tui.services.picks.recommendation import NotPicked, Pick, Recommendation
from tui.services.picks.words import remarks, role_reason, why_pick
from tui.services.sentences import json_fields, sentence
from tui.services.sizing import JudgedModel


def report_picks(recommendation: Recommendation, machine: dict[str, Any] | None) -> None:
    """Print the picks with their reasons, and why not those one would expect; as JSON with `machine`."""
    if machine is not None:
        print_json({"machine": machine} | picks_json(recommendation))
        return
    for number, pick in enumerate(recommendation.picks, 1):
        if number > 1:
            print_line("")
        print_line(f"{number}. {pick.candidate.model.label}")
        for line in (_facts(pick.candidate), *pick_sentences(pick, recommendation)):
            print_wrapped(f"   {line}")
    if not recommendation.picks:
        print_note(_("No model passes: none fits, is fast enough and knows the language."))
    if recommendation.expected:
        print_line("")
        print_line(_("Why not"))
    for item in recommendation.expected:
        print_wrapped(f"   {item.place.candidate.model.label}: {sentence(item.why)}.")


def pick_sentences(pick: Pick, recommendation: Recommendation) -> list[str]:
    """Return why a model is picked, in whole sentences."""
    reasons = [role_reason(pick, recommendation), why_pick(pick), *remarks(pick, recommendation)]
    return [sentence(why) for why in reasons]


def speed_note(recommendation: Recommendation) -> str:
    """Return what the speeds are worth where this machine was never measured; empty where it was."""
    match recommendation.speed_basis:
        case "own":
            return ""
        case "class":
            return _(
                "Speed not measured here: estimated from the memory bandwidth of such a machine. "
                '"llmtui bench" measures it, in some ten seconds.'
            )
        case "unknown":
            return _(
                "Speed not measured here, so it kept no model out. "
                '"llmtui bench" measures this machine, in some ten seconds.'
            )


def _facts(candidate: Candidate) -> str:
    """Return verdict, memory, context and speed in a line."""
    fit, model = candidate.fit, candidate.model
    facts = [
        verdict_word(fit.verdict),
        _("{size} at {context}").format(size=footprint_word(fit), context=context_word(fit.context)),
    ]
    if fit.speed is not None and fit.speed.value is not None:
        speed = speed_word(fit.speed).removeprefix("~")
        is_measured = fit.speed.source == "measured"
        text = _("{speed} tok/s, measured here") if is_measured else _("about {speed} tok/s")
        facts.append(text.format(speed=speed))
    facts.append(_("on disk") if model.on_disk else _("not on disk"))
    return " · ".join(facts)


def picks_json(recommendation: Recommendation) -> dict[str, Any]:
    """Return the picks under the keys that scripts rely on."""
    wish = recommendation.wish
    return {
        "task": wish.task,
        "language": wish.language,
        "context": wish.context,
        "least_speed": wish.least_speed,
        "commercial": wish.commercial,
        "speed_basis": recommendation.speed_basis,
        "candidates": len(recommendation.places),
        "picks": [_pick_json(pick, recommendation) for pick in recommendation.picks],
        "not_picked": [_not_picked_json(item) for item in recommendation.expected],
    }


def _pick_json(pick: Pick, recommendation: Recommendation) -> dict[str, Any]:
    candidate, why = pick.candidate, why_pick(pick)
    thinking_unknown = reason("services.remark_may_think") if candidate.thinks is None else None
    no_wait = reason("services.no_thinking_wait") if candidate.thinking_seconds is None else None
    return {
        "role": pick.role,
        "role_sentence": sentence(role_reason(pick, recommendation)),
        "rank": pick.rank,
        "evidence": pick.place.mark,
        "why": sentence(why),
        "why_code": why.code,
        "figure": _figure_json(pick.place.proof),
        **json_fields("figure_reason", None if pick.place.proof else reason("services.remark_no_evidence")),
        "compared_with": _comparison_json(pick),
        **json_fields("compared_with_reason", None if pick.comparison else why),
        "wins": pick.place.wins,
        "losses": pick.place.losses,
        "ties": pick.place.ties,
        "thinks": candidate.thinks,
        **json_fields("thinks_reason", thinking_unknown),
        "thinking_seconds": candidate.thinking_seconds,
        **json_fields("thinking_seconds_reason", no_wait),
        "remarks": [sentence(remark) for remark in remarks(pick, recommendation)],
        "model": fit_json(JudgedModel(candidate.model, candidate.fit)),
    }


def _comparison_json(pick: Pick) -> dict[str, Any] | None:
    if pick.comparison is None or pick.rival is None:
        return None
    return {
        "name": pick.rival.candidate.name,
        "figure": _figure_json(pick.comparison.first),
        "other_figure": _figure_json(pick.comparison.second),
        "tie": pick.comparison.is_tie,
        "better": pick.comparison.gap > 0,
        "evidence": pick.comparison.mark,
    }


def _figure_json(proof: Proof | None) -> dict[str, Any] | None:
    if proof is None:
        return None
    figure, measured = proof.figure, proof.measured
    if figure is not None:
        benchmark, source = figure.benchmark, figure.source
        return {
            "benchmark": benchmark.name,
            "score": figure.score,
            "unit": benchmark.unit,
            "better": benchmark.better,
            "mode": figure.mode,
            "source": source.name,
            "address": source.address,
            "date": source.date,
        }
    return measured and {
        "benchmark": measured.task_set,
        "score": measured.share,
        "unit": "share",
        "better": "higher",
        "mode": "any",
        "source": _("this machine"),
        "address": "",
        "date": measured.date,
    }


def _not_picked_json(item: NotPicked) -> dict[str, Any]:
    model = item.place.candidate.model
    return {
        "name": model.name,
        "quant": model.quant,
        "evidence": item.place.mark,
        "why": sentence(item.why),
        "why_code": item.why.code,
    }
