"""Index of the models of the list: their order, and their facts for the filter."""

from collections.abc import Mapping, Sequence

from tui.fit.verdict import Fit
from tui.models.model import Model
from tui.services.filtering.model_filter import model_filter
from tui.services.filtering.word_grader import FilterFacts, filter_facts
from tui.services.model_columns import name_key, sort_figures


class _Order:
    """Models in one order; kept, since a list of thousands takes long to sort."""

    def __init__(self, count: int) -> None:
        """Create the order of so many models, none of which has its place yet."""
        self.keys: list[tuple[float, ...]] = [()] * count
        """Sort key of each model of the list."""
        self.places = list(range(count))
        """Places of the models in the list, in this order."""
        self.stale = set(self.places)
        """Places of the models that have changed since they were sorted."""


class ModelIndex:
    """Models with their fits, listed by a filter and an order.

    With ten thousand models a key must be answered within 50 ms. So nothing is computed again for a model
    that has not changed: facts are folded once, each order is kept, and a fit changes the place of its own
    model only.
    """

    def __init__(self) -> None:
        self._models: tuple[Model, ...] = ()
        self._fits: Mapping[str, Fit] = {}
        self._facts: list[FilterFacts] = []
        """Of the first models; of all once a filter needs them."""
        self._name_ranks: list[int] = []
        """Place of each model in the order by name; empty until one is asked for."""
        self._orders: dict[str, _Order] = {}
        """By the name of the sort."""

    @property
    def models(self) -> Sequence[Model]:
        """All models."""
        return self._models

    @property
    def fits(self) -> Mapping[str, Fit]:
        """The fit of each model, by its key."""
        return self._fits

    def set_models(self, models: Sequence[Model]) -> None:
        """Take other models; one with a known key keeps its fit."""
        self._models = tuple(models)
        self._facts = []
        self._name_ranks = []
        self._orders = {}

    def set_fits(self, fits: Mapping[str, Fit]) -> bool:
        """Take other fits; return True if the list is another one now.

        It is where a model got its first fit, one for other load settings, or its first speed.
        """
        old_fits, self._fits = self._fits, dict(fits)
        is_another = False
        changed: list[int] = []
        for place, model in enumerate(self._models):
            old, new = old_fits.get(model.key), fits.get(model.key)
            if old is not new:
                changed.append(place)
                is_another = is_another or _basis(old) != _basis(new)
        for order in self._orders.values():
            order.stale.update(changed)
        return is_another

    def fold(self, count: int) -> bool:
        """Fold the facts of some more models before a filter needs them; return True once all are folded."""
        start = len(self._facts)
        self._facts += map(filter_facts, self._models[start : start + count])
        return len(self._facts) == len(self._models)

    def listed(self, query: str, sort: str, *, best_first: bool = False) -> list[Model]:
        """Return the models that match the filter, in order or with `best_first` the best matches first."""
        order = self._sorted(sort)
        models = self._models
        wanted = model_filter(query)
        if wanted.terms:
            self.fold(len(models))
            grades = wanted.grades(models, self._facts, self._fits)
            order = [place for place in order if grades[place]]
            if best_first and wanted.has_name:
                order.sort(key=grades.__getitem__, reverse=True)
        return [models[place] for place in order]

    def _sorted(self, sort: str) -> Sequence[int]:
        """Return the places of all models in order; equal ones follow name, size and key."""
        order = self._orders.get(sort)
        if order is None:
            order = self._orders[sort] = _Order(len(self._models))
        if order.stale:
            figures, ranks = sort_figures(sort), self._ranks_by_name()
            for place in order.stale:
                model = self._models[place]
                order.keys[place] = (*figures(model, self._fits.get(model.key)), ranks[place])
            order.stale.clear()
            # Nearly sorted already, where only some have changed.
            order.places.sort(key=order.keys.__getitem__)
        return order.places

    def _ranks_by_name(self) -> Sequence[int]:
        if len(self._name_ranks) != len(self._models):
            keys = list(map(name_key, self._models))
            self._name_ranks = [0] * len(keys)
            for rank, place in enumerate(sorted(range(len(keys)), key=keys.__getitem__)):
                self._name_ranks[place] = rank
        return self._name_ranks


def _basis(fit: Fit | None) -> tuple[int, str, bool] | None:
    """Return what a place in the list rests on, besides figures that change little."""
    if fit is None:
        return None
    return fit.context, fit.kv_type, fit.speed is not None and fit.speed.value is not None
