"""Groups of the list of models: on this disk, recommended here, slow, too big; and the order in each."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import msgspec

from tui.fit.verdict import Fit, Verdict
from tui.i18n import N_, _
from tui.models.model import Model
from tui.services.model_columns import footprint_bytes, pace_shown, sort_models, verdict_of
from tui.services.sizing import JudgedModel

if TYPE_CHECKING:
    # Imported when there are verdicts, so that the first screen does not wait for them.
    from tui.services.picks.candidates import Candidate
    from tui.services.picks.wish import Wish

GroupName = Literal["disk", "recommended", "slow", "elsewhere", "too_big", "unsized"]


class ListGroup(msgspec.Struct, frozen=True):
    """Group of models under a heading."""

    name: GroupName
    title: str
    """Untranslated."""
    is_folded: bool = False
    """True for one that shows its heading alone until it is opened."""


GROUPS: tuple[ListGroup, ...] = (
    ListGroup("disk", N_("on this disk")),
    ListGroup("elsewhere", N_("elsewhere")),
    ListGroup("recommended", N_("recommended here")),
    ListGroup("slow", N_("fits, but slow")),
    ListGroup("unsized", N_("not sized")),
    ListGroup("too_big", N_("too big"), is_folded=True),
)
"""In the order in which they stand."""


class GroupedModels(msgspec.Struct, frozen=True):
    """A group with its models in their order; at least one."""

    group: ListGroup
    models: Sequence[Model]


RecommendedOrder = Callable[[Sequence[Model], Mapping[str, Fit]], Sequence[Model]]
"""Puts the models that run well here into the order in which they are recommended."""


class Recommender:
    """Finds the order in which models would be picked for a chat, by evidence.

    It compares all candidates with one another, which takes long, only where they are others than last.
    """

    def __init__(self) -> None:
        self._compared: object = None
        """Candidates and language of the last comparison."""
        self._picked: Sequence[Model] = ()

    def order(
        self, models: Sequence[Model], fits: Mapping[str, Fit], language: str = "en"
    ) -> Sequence[Model]:
        """Return the models as they would be picked in a language.

        Those that the gates of the picks refuse follow, with the best verdict first, then the largest.
        """
        # Imported when there are verdicts, so that the first screen does not wait for it.
        from tui.services.picks.candidates import candidates
        from tui.services.picks.gates import closed_gate
        from tui.services.picks.wish import Wish

        judged = [JudgedModel(model, fits[model.key]) for model in models if model.key in fits]
        context = max((item.fit.context for item in judged), default=0)
        wish = Wish("chat", language, context)
        suitable = [
            candidate for candidate in candidates(judged, wish) if closed_gate(candidate, wish) is None
        ]
        picked = self._by_evidence(suitable, wish)
        keys = {model.key for model in picked}
        return [*picked, *sort_models([model for model in models if model.key not in keys], fits, "verdict")]

    def _by_evidence(self, suitable: "Sequence[Candidate]", wish: "Wish") -> Sequence[Model]:
        from tui.models.evidence.evidence_files import shipped_evidence
        from tui.services.picks.evidence_order import EvidenceOrder

        suitable = sorted(suitable, key=lambda candidate: candidate.model.key)
        # Their verdicts and speeds decide only whether they are among the candidates.
        compared = (wish.language, [(candidate.model, candidate.thinks) for candidate in suitable])
        if compared != self._compared:
            order = EvidenceOrder(suitable, wish, shipped_evidence())
            self._compared = compared
            self._picked = [place.candidate.model for place in order.places]
        return self._picked


def group_of(model: Model, fit: Fit | None) -> GroupName:
    """Return the group of a model."""
    if model.on_disk:
        return "disk"
    verdict = verdict_of(model, fit)
    if verdict is None or verdict in (Verdict.UNKNOWN, Verdict.NO_CHAT):
        return "unsized"
    if verdict is Verdict.ELSEWHERE:
        return "elsewhere"
    if verdict is Verdict.TOO_BIG:
        return "too_big"
    return "slow" if pace_shown(fit) == "slow" else "recommended"


def grouped(
    models: Sequence[Model], fits: Mapping[str, Fit], recommend: RecommendedOrder
) -> list[GroupedModels]:
    """Return the models by group, without empty groups.

    Args:
        models: in the order of the list, which models on this disk keep.
        fits: verdicts by the models' keys.
        recommend: order of the models that run here.
    """
    # Of ten thousand models nearly all are files, which need no look at their verdicts.
    by_name: dict[GroupName, list[Model]] = {"disk": [model for model in models if model.file is not None]}
    for model in [model for model in models if model.file is None]:
        by_name.setdefault(group_of(model, fits.get(model.key)), []).append(model)
    groups: list[GroupedModels] = []
    for group in GROUPS:
        members = by_name.get(group.name)
        if not members:
            continue
        if group.name in ("recommended", "slow"):
            members = list(recommend(members, fits))
        elif group.name == "too_big":
            # The nearest first: a little more memory, or a smaller quantization, and it runs.
            members.sort(key=lambda model: (footprint_bytes(fits.get(model.key)) or 0, model.name))
        groups.append(GroupedModels(group, after_successors(members)))
    return groups


def after_successors(models: Sequence[Model]) -> Sequence[Model]:
    """Return the models with each superseded one right after the model that took its place.

    One whose successor is not among them stands at the end; a file on this disk stays where it is.
    """
    if not any(model.entry is not None and model.entry.superseded_by for model in models):
        return models
    names = {model.entry.name for model in models if model.entry is not None}
    followers: dict[str, list[Model]] = {}
    last: list[Model] = []
    ordered: list[Model] = []
    for model in models:
        successor = _successor(model)
        if successor in names and successor != (model.entry.name if model.entry else ""):
            followers.setdefault(successor, []).append(model)
        elif successor and not model.on_disk:
            last.append(model)
        else:
            ordered.append(model)
    placed: list[Model] = []
    for model in (*ordered, *last):
        _place(model, followers, placed)
    # Entries of one's own may name one another.
    circular = [model for unplaced in followers.values() for model in unplaced]
    return [*placed, *circular]


def _place(model: Model, followers: dict[str, list[Model]], placed: list[Model]) -> None:
    """Add a model, and then those that it took the place of."""
    placed.append(model)
    if model.entry is not None:
        for follower in followers.pop(model.entry.name, ()):
            _place(follower, followers, placed)


def _successor(model: Model) -> str:
    return (model.entry.superseded_by or "") if model.entry is not None else ""


def group_title(group: ListGroup) -> str:
    """Return the heading of a group."""
    return _(group.title)
