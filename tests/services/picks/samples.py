"""Models with figures, to be picked from."""

from collections.abc import Mapping
from typing import Any

import msgspec

from tests.ui.model_samples import POOL, entry, fit, model
from tui.fit.reasons import too_big
from tui.fit.verdict import Speed, Verdict
from tui.models.evidence.evidence import Benchmark, Evidence, EvidenceSource, Mode, PublishedFigure
from tui.services.picks.candidates import Candidate, candidates
from tui.services.picks.evidence_order import EvidenceOrder
from tui.services.picks.measured_here import MeasuredHere
from tui.services.picks.wish import Wish
from tui.services.sizing import JudgedModel
from tui.units import GIB

CODE = Wish("code", "en", 8192)
SMALL_POOL = msgspec.structs.replace(POOL, capacity_bytes=2 * GIB)
LAB = EvidenceSource("lab", "independent", "2026-07", "Lab", "MIT", "https://lab.example", "The lab")
MAKER = EvidenceSource("maker", "maker", "2026-01", "Maker", "card", "https://maker.example", "The maker")
CODING = Benchmark("aa-coding", "independent", "index", "higher", 1.5, "", "Coding", "programs")
INDEX = Benchmark("aa-index", "independent", "index", "higher", 1.0, "", "Index", "everything")
MAKERS_OWN = Benchmark("maker-livecodebench", "maker", "%", "higher", 3.0, "", "Contest", "contests")
UNFAITHFUL = Benchmark("vectara", "independent", "%", "lower", 1.0, "", "Unfaithful", "summaries")
ANSWERED = Benchmark("vectara-answers", "independent", "%", "higher", 3.0, "", "Answered", "summaries")
BENCHMARKS = {item.id: item for item in (CODING, INDEX, MAKERS_OWN, UNFAITHFUL, ANSWERED)}
USES = ("chat", "summarise", "code", "tools", "reasoning")


def judged(
    name: str,
    quant: str = "Q4_K_M",
    speed: float | None = 20.0,
    verdict: Verdict = Verdict.FITS,
    context: int = 8192,
    size: float = 2.93,
    is_local: bool = False,
    **facts: Any,
) -> JudgedModel:
    """A model with its verdict; `facts` replace those of its entry, which knows English and Spanish."""
    about: dict[str, Any] = {"languages": ("en", "es"), "uses": USES, "thinking": "no", "commercial": "yes"}
    own_entry = msgspec.structs.replace(entry(name), **(about | facts))
    row = msgspec.structs.replace(model(name, quant, is_local=is_local), entry=own_entry)
    generation = Speed(speed, "estimated" if speed else None)
    judgement = fit(verdict, size, context=context)
    if verdict is Verdict.TOO_BIG:
        judgement = msgspec.structs.replace(judgement, reason=too_big(int(size * GIB), [SMALL_POOL]))
    return JudgedModel(row, msgspec.structs.replace(judgement, speed=generation))


def candidate(name: str, wish: Wish = CODE, **facts: Any) -> Candidate:
    """A model as it would be used."""
    return candidates([judged(name, **facts)], wish)[0]


def figure(
    name: str, benchmark: Benchmark, score: float, mode: Mode = "any", *, estimated: bool = False
) -> PublishedFigure:
    """A figure of the lab, or of the maker for its own benchmark."""
    source = LAB if benchmark.kind == "independent" else MAKER
    return PublishedFigure(name, benchmark, score, mode, source, estimated)


def evidence(*figures: PublishedFigure) -> Evidence:
    """Evidence of these figures."""
    by_model: dict[str, tuple[PublishedFigure, ...]] = {}
    for item in figures:
        by_model[item.model] = (*by_model.get(item.model, ()), item)
    return Evidence(BENCHMARKS, {"lab": LAB, "maker": MAKER}, by_model)


def coding(scores: Mapping[str, float]) -> Evidence:
    """Evidence of the benchmark of code, by models."""
    return evidence(*(figure(name, CODING, score) for name, score in scores.items()))


def order_of(
    names: list[str] | list[Candidate],
    figures: Evidence,
    wish: Wish = CODE,
    measured: tuple[MeasuredHere, ...] = (),
) -> list[str]:
    """The names in order, the best first."""
    items = [item if isinstance(item, Candidate) else candidate(item, wish) for item in names]
    return [place.candidate.name for place in EvidenceOrder(items, wish, figures, measured).places]
