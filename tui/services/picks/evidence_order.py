"""The order of models by evidence: each compared with every other in the first benchmark that both have.

A comparison is won, lost or a tie. A model's place follows from its wins less its losses, corrected for the
strength of those that it was compared with; a better figure never lowers it. Models that somebody independent
measured come first, then those of which only makers have figures, then those without any.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from tui.models.evidence.evidence import Evidence, Mode, PublishedFigure
from tui.services.picks.candidates import FULL_PRECISION_BITS, Candidate, quant_bits
from tui.services.picks.ladders import Rung, ladder, maker_ladder
from tui.services.picks.measured_here import TIE_SHARE, MeasuredHere
from tui.services.picks.strengths import relative_strengths
from tui.services.picks.wish import Wish

Mark = Literal["A", "B", "C", "D"]
"""Worth of evidence: A is independent, of the task itself and in the mode in which the model is used; B is
independent, of something close to the task, of another mode or in part estimated; C is a maker's; D none."""

_NON_THINKING: tuple[Mode, ...] = ("non-thinking", "any")
_THINKING: tuple[Mode, ...] = ("thinking", "thinking (medium)", "any")
_OTHER_EFFORTS: tuple[Mode, ...] = ("thinking (low)", "thinking (high)", "non-thinking")
"""Modes that stand in for thinking, the one that flatters least first. None stands in for an answer without
thinking: with it a model is better."""
_ALL_MODES: tuple[Mode, ...] = (*_NON_THINKING, "thinking")
_ByMode = Mapping[Mode, PublishedFigure]
_LEAST_ANSWERED = 90.0
"""Percent of the texts that a model has to summarise for its share of unfaithful summaries to count."""


class Proof(msgspec.Struct, frozen=True):
    """A figure as it counts for a model: published, or measured on this machine."""

    figure: PublishedFigure | None
    """None for one that was measured here."""
    measured: MeasuredHere | None
    mark: Mark


class Duel(msgspec.Struct, frozen=True):
    """Comparison of two models in the first benchmark that both have."""

    first: Proof
    second: Proof
    gap: float
    """Above 0 where the first is better, below where the second is."""
    is_tie: bool

    @property
    def mark(self) -> Mark:
        """The weaker of both marks."""
        return max(self.first.mark, self.second.mark)


class Place(msgspec.Struct, frozen=True):
    """A model's place in the order."""

    candidate: Candidate
    mark: Mark
    proof: Proof | None
    """Its own figure that counts first; None where there is none."""
    wins: int
    losses: int
    ties: int
    strength: float
    """Strength by which it stands here, see `relative_strengths`."""


class _Step(msgspec.Struct, frozen=True):
    """A benchmark of one harness, as a step of the ladder."""

    benchmark: str
    source: str
    """Only for benchmarks of makers; empty for others."""
    noise: float


class _Standing(msgspec.Struct):
    """Scores of one candidate: a bit for each step that it has, the first step lowest."""

    steps: int
    scores: Sequence[float]
    """One for each step, higher is better; 0 where there is none."""
    proofs: Mapping[int, Proof]
    """By steps."""
    level: int
    """0 where it was measured independently or here, 1 where only makers have measured it, 2 for neither."""


class EvidenceOrder:
    """Candidates in order, with the reasons for their places."""

    def __init__(
        self,
        candidates: Sequence[Candidate],
        wish: Wish,
        evidence: Evidence,
        measured: Iterable[MeasuredHere] = (),
    ) -> None:
        """Compare all candidates with one another.

        Args:
            candidates: models that are all to be ordered, as they would be used.
            wish: task and language.
            evidence: the published figures.
            measured: results of this machine.
        """
        own_results = {(item.model, item.task_set): item for item in measured if item.task == wish.task}
        own_steps = [_Step(task_set, "", TIE_SHARE) for task_set in sorted({key[1] for key in own_results})]
        rungs = {rung.benchmark: rung for rung in ladder(wish.task, wish.language)}
        makers = frozenset(maker_ladder(wish.task))
        proofs = [
            _proofs(candidate, wish, evidence.figures_of(candidate.name), rungs, makers)
            for candidate in candidates
        ]
        for candidate, own_proofs in zip(candidates, proofs, strict=True):
            for step in own_steps:
                if result := own_results.get((candidate.model.label, step.benchmark)):
                    own_proofs[step] = Proof(None, result, "A")
        self._steps = _steps(wish, own_steps, proofs)
        independent = sum(1 << index for index, step in enumerate(self._steps) if not step.source)
        self._standings = [_standing(self._steps, own_proofs, independent) for own_proofs in proofs]
        self._indexes = {candidate.model.key: index for index, candidate in enumerate(candidates)}
        tallies = self._tallies()
        groups = [(standing.level, standing.steps) for standing in self._standings]
        strengths = relative_strengths(groups, [wins - losses for wins, losses, _ties in tallies])
        places = [
            Place(candidate, _mark(standing, candidate), _first_proof(standing), *tally, strength)
            for candidate, standing, tally, strength in zip(
                candidates, self._standings, tallies, strengths, strict=True
            )
        ]
        self.places: tuple[Place, ...] = tuple(_below_successors(sorted(places, key=self._sort_key)))
        """All candidates, the best first."""

    def compare(self, first: Candidate, second: Candidate) -> Duel | None:
        """Return the comparison that counts between two of the candidates; None where nothing is shared."""
        standing, other_standing = (
            self._standings[self._indexes[candidate.model.key]] for candidate in (first, second)
        )
        shared = standing.steps & other_standing.steps
        if not shared or standing.level != other_standing.level:
            return None
        step = (shared & -shared).bit_length() - 1
        gap = standing.scores[step] - other_standing.scores[step]
        is_tie = abs(gap) <= self._steps[step].noise
        return Duel(standing.proofs[step], other_standing.proofs[step], gap, is_tie)

    def _tallies(self) -> list[tuple[int, int, int]]:
        """Return wins, losses and ties of each candidate."""
        standings, noises = self._standings, [step.noise for step in self._steps]
        wins, losses, ties = ([0] * len(standings) for _tally in range(3))
        for first, standing in enumerate(standings):
            steps, scores, level = standing.steps, standing.scores, standing.level
            for second in range(first + 1, len(standings)):
                rival = standings[second]
                shared = steps & rival.steps
                if not shared or rival.level != level:
                    continue
                step = (shared & -shared).bit_length() - 1
                gap = scores[step] - rival.scores[step]
                if gap > noises[step]:
                    wins[first] += 1
                    losses[second] += 1
                elif -gap > noises[step]:
                    wins[second] += 1
                    losses[first] += 1
                else:
                    ties[first] += 1
                    ties[second] += 1
        return list(zip(wins, losses, ties, strict=True))

    def _sort_key(self, place: Place) -> tuple[object, ...]:
        candidate = place.candidate
        level = self._standings[self._indexes[candidate.model.key]].level
        entry = candidate.entry
        released = entry.released if entry is not None and entry.released else ""
        newest_first = tuple(-ord(letter) for letter in released.ljust(10))
        return (
            level,
            -round(place.strength, 9),
            newest_first,
            not candidate.model.on_disk,
            candidate.name,
            candidate.model.key,
        )


def _steps(wish: Wish, own_steps: Sequence[_Step], proofs: Sequence[Mapping[_Step, Proof]]) -> list[_Step]:
    """Return the steps of all candidates in the order in which they decide."""
    ranks = {name: rank for rank, name in enumerate(maker_ladder(wish.task))}
    independent = {rung.benchmark: rank for rank, rung in enumerate(ladder(wish.task, wish.language))}
    published = {step for own_proofs in proofs for step in own_proofs} - set(own_steps)
    by_others = [step for step in published if not step.source]
    by_makers = [step for step in published if step.source]
    return [
        *own_steps,
        *sorted(by_others, key=lambda step: independent[step.benchmark]),
        *sorted(by_makers, key=lambda step: (ranks[step.benchmark], step.source)),
    ]


def _standing(steps: Sequence[_Step], proofs: Mapping[_Step, Proof], independent: int) -> _Standing:
    bits, scores, by_step = 0, [0.0] * len(steps), dict[int, Proof]()
    for index, step in enumerate(steps):
        if proof := proofs.get(step):
            bits |= 1 << index
            scores[index] = _score(proof)
            by_step[index] = proof
    level = 0 if bits & independent else 1 if bits else 2
    return _Standing(bits, scores, by_step, level)


def _score(proof: Proof) -> float:
    """Return a score of which more is better."""
    if proof.figure is None:
        return proof.measured.share if proof.measured is not None else 0.0
    return proof.figure.score if proof.figure.benchmark.better == "higher" else -proof.figure.score


def _first_proof(standing: _Standing) -> Proof | None:
    return next(iter(standing.proofs.values()), None)


def _mark(standing: _Standing, candidate: Candidate) -> Mark:
    """Return the mark of the figure that counts first; at most B for a quantization below 4 bits."""
    proof = _first_proof(standing)
    if proof is None:
        return "D"
    bits = quant_bits(candidate.model.quant)
    is_coarse = bits is not None and bits < FULL_PRECISION_BITS and proof.figure is not None
    return max(proof.mark, "B") if is_coarse else proof.mark


def _proofs(
    candidate: Candidate,
    wish: Wish,
    own_figures: Iterable[PublishedFigure],
    rungs: Mapping[str, Rung],
    makers: Collection[str],
) -> dict[_Step, Proof]:
    """Return the published figures that count for a candidate, by the steps of the ladder."""
    figures: dict[tuple[str, str], dict[Mode, PublishedFigure]] = {}
    for figure in own_figures if candidate.entry is not None else ():
        source = figure.source.id if figure.benchmark.kind == "maker" else ""
        figures.setdefault((figure.benchmark.id, source), {})[figure.mode] = figure
    proofs: dict[_Step, Proof] = {}
    for (benchmark_id, source), by_mode in figures.items():
        rung = rungs.get(benchmark_id)
        if rung is None and benchmark_id not in makers:
            continue
        figure, is_own_mode = _figure_in_mode(by_mode, candidate.thinks)
        if figure is None or not _counts(figure, figures):
            continue
        step = _Step(benchmark_id, source, figure.benchmark.noise)
        proofs[step] = Proof(figure, None, _mark_of(figure, rung, wish, is_own_mode))
    return proofs


def _figure_in_mode(
    by_mode: Mapping[Mode, PublishedFigure], thinks: bool | None
) -> tuple[PublishedFigure | None, bool]:
    """Return the figure for the mode in which a model is used, and True where it is of that very mode."""
    exact = _THINKING if thinks else _NON_THINKING
    for mode in exact:
        if mode in by_mode:
            return by_mode[mode], True
    for mode in _OTHER_EFFORTS if thinks else _ALL_MODES if thinks is None else ():
        if mode in by_mode:
            return by_mode[mode], False
    return None, False


def _counts(
    figure: PublishedFigure, figures: Mapping[tuple[str, str], Mapping[Mode, PublishedFigure]]
) -> bool:
    """Return False for the summaries of a model that left out many of the texts."""
    if figure.benchmark.id != "vectara":
        return True
    answered = figures.get(("vectara-answers", ""), {}).get(figure.mode)
    return answered is not None and answered.score >= _LEAST_ANSWERED


def _mark_of(figure: PublishedFigure, rung: Rung | None, wish: Wish, is_own_mode: bool) -> Mark:
    if rung is None:
        return "C"
    is_of_language = figure.benchmark.language in ("", wish.language)
    is_best = rung.direct and is_own_mode and is_of_language and not figure.estimated
    return "A" if is_best else "B"


def _below_successors(places: Iterable[Place]) -> list[Place]:
    """Return the places with each superseded model below its successor, where that one is there."""
    order = list(places)
    for place in list(order):
        entry = place.candidate.entry
        if entry is None or entry.superseded_by is None:
            continue
        successors = [index for index, item in enumerate(order) if item.candidate.name == entry.superseded_by]
        index = order.index(place)
        if successors and index < successors[-1]:
            order.insert(successors[-1], order.pop(index))
    return order
