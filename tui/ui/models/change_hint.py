"""Hint of the detail pane: the cheapest change that makes the highlighted model fit. No widget here."""

from collections.abc import Sequence

from tui.fit.changes.offer import ChangeStart, judge_by_formula
from tui.fit.changes.search import cheapest_change, smallest_setup
from tui.fit.sizing import Sizer
from tui.fit.verdict import Pool, Verdict
from tui.models.model import Model
from tui.ui.models.change_lines import hint_fields


class ChangeHint:
    """Search for the cheapest change, with a memory of the last result: the detail asks at every reading."""

    def __init__(self, sizer: Sizer) -> None:
        self._sizer = sizer
        self._last_inputs: object = None
        self._last_fields: tuple[str, ...] = ()

    def fields(self, start: ChangeStart, pools: Sequence[Pool], models: Sequence[Model]) -> tuple[str, ...]:
        """Return the hint for a model, its verdict and its settings, as fields of one line.

        Empty if the model fits or has no size. `models` are the other quantizations that may be offered.
        """
        model, fit, settings = start.model, start.fit, start.settings
        if fit.footprint is None or fit.verdict is Verdict.FITS:
            return ()
        inputs = (model.key, fit.verdict, fit.footprint, settings, tuple(pools), len(models))
        if inputs != self._last_inputs:
            judge = judge_by_formula(start, self._sizer, pools)
            change = cheapest_change(model, fit, settings, judge, models)
            smallest = None if change else smallest_setup(model, fit, settings, judge, models)
            self._last_inputs, self._last_fields = inputs, hint_fields(change, smallest)
        return self._last_fields
