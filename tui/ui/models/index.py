"""Index of the models of the list: their order, and their facts for the filter."""

from collections.abc import Mapping, Sequence

from tui.fit.verdict import Fit
from tui.models.model import Model
from tui.services.filtering.model_filter import model_filter
from tui.services.filtering.word_grader import FilterFacts, filter_facts
from tui.services.model_columns import sort_key


class ModelIndex:
    """Models with their fits, listed by a filter and an order.

    With ten thousand models a key must be answered within 50 ms. So nothing is computed again for a model
    that has not changed: facts are folded once, and a fit changes the place of its own model only.
    """

    def __init__(self) -> None:
        self._models: tuple[Model, ...] = ()
        self._fits: Mapping[str, Fit] = {}
        self._facts: list[FilterFacts] = []
        """Of the first models; of all once a filter needs them."""
        self._sort = ""
        self._sort_keys: list[tuple[object, ...] | None] = []
        """Of each model; None for one that has changed since they were sorted."""
        self._order: list[int] = []
        """Places of the models in `_models`, in the order of the list."""
        self._is_sorted = False

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
        self._sort_keys = [None] * len(models)
        self._order = list(range(len(models)))
        self._is_sorted = False

    def set_fits(self, fits: Mapping[str, Fit]) -> bool:
        """Take other fits; return True if the list is another one now.

        It is where a model got its first fit, one for other load settings, or its first speed.
        """
        old_fits, self._fits = self._fits, dict(fits)
        is_another = False
        for place, model in enumerate(self._models):
            old, new = old_fits.get(model.key), fits.get(model.key)
            if old is not new:
                self._sort_keys[place] = None
                self._is_sorted = False
                is_another = is_another or _basis(old) != _basis(new)
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
                order.sort(key=lambda place: -grades[place])
        return [models[place] for place in order]

    def _sorted(self, sort: str) -> list[int]:
        """Return the places of all models in order; equal ones follow name, size and key."""
        keys = self._sort_keys
        if sort != self._sort:
            self._sort, self._is_sorted = sort, False
            keys[:] = [None] * len(keys)
        if not self._is_sorted:
            key_of, fits = sort_key(sort), self._fits
            for place, model in enumerate(self._models):
                if keys[place] is None:
                    keys[place] = key_of(model, fits.get(model.key))
            # Nearly sorted already, where only some have changed.
            self._order.sort(key=lambda place: keys[place] or ())
            self._is_sorted = True
        return self._order


def _basis(fit: Fit | None) -> tuple[int, str, bool] | None:
    """Return what a place in the list rests on, besides figures that change little."""
    if fit is None:
        return None
    return fit.context, fit.kv_type, fit.speed is not None and fit.speed.value is not None
