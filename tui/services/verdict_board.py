"""Keeps every model's verdict current: sized at once by what is known, then by the engine, nearest first."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

import msgspec

from tui.engine.options import KV_TYPES, LoadSettings
from tui.fit.board import Measurements, fit_model, free_memory_moved, settings_for
from tui.fit.contexts import CONTEXTS
from tui.fit.sizing import Sized, Sizer
from tui.fit.verdict import Fit, Pool
from tui.models.model import Model

_BATCH_SECONDS = 0.1
"""New sizes reach the list at most this often, so that a long list is not redrawn for each of its rows."""


class VerdictBoard:
    """A pure function of models, settings and pools, recomputed when one of them changes.

    `on_fits` is given all fits by model key, on the event loop.
    """

    def __init__(
        self, sizer: Sizer, settings: LoadSettings, on_fits: Callable[[Mapping[str, Fit]], None]
    ) -> None:
        self._sizer = sizer
        self._on_fits = on_fits
        self._models: tuple[Model, ...] = ()
        self._by_key: dict[str, Model] = {}
        self._pools: Sequence[Pool] = ()
        self._sized: dict[str, Sized] = {}
        self._unplanned: dict[str, Model] = {}
        """By key, the models to ask the engine for."""
        self._unmeasured: dict[str, Model] = {}
        """By vocabulary, a model to measure it with."""
        self._fresh: dict[str, Model] = {}
        """Models sized since they were judged last."""
        self._last_report = 0.0
        """Time of the loop at which the list heard of new sizes last."""
        self._changed = asyncio.Event()
        """Set, and replaced by another one, when there is something new to ask."""
        self._at_work = 0
        """Workers that are asking."""
        self._has_answers = False
        """True from the first answer to the moment that all are saved."""
        self._first: str | None = None
        self._measurements: Measurements | None = None
        self.settings = settings
        self.settled = False
        """True while there is nothing more to ask the engine."""
        self.fits: dict[str, Fit] = {}

    @property
    def pools(self) -> Sequence[Pool]:
        """The machine's pools, fastest first; empty until the first reading."""
        return self._pools

    def set_models(self, models: Sequence[Model]) -> None:
        """Take another list."""
        self._models = tuple(models)
        self._by_key = {model.key: model for model in models}
        self._start_over()

    def set_settings(self, settings: LoadSettings) -> None:
        """Take other load settings: every footprint changes."""
        self.settings = settings
        self._start_over()

    def step_context(self, step: int) -> None:
        """Take the next longer (1) or shorter (-1) context; at either end, stay."""
        current = self.settings.context
        steps = [context for context in CONTEXTS if (context > current if step > 0 else context < current)]
        if steps:
            context = steps[0] if step > 0 else steps[-1]
            self.set_settings(msgspec.structs.replace(self.settings, context=context))

    def next_kv_type(self) -> None:
        """Take the next KV type, the first after the last."""
        kv_type = KV_TYPES[(KV_TYPES.index(self.settings.kv_type) + 1) % len(KV_TYPES)]
        self.set_settings(msgspec.structs.replace(self.settings, kv_type=kv_type))

    def set_pools(self, pools: Sequence[Pool]) -> None:
        """Take the machine as it is now; verdicts follow when free memory moved notably."""
        if not self._pools or free_memory_moved(self._pools, pools):
            self._pools = pools
            self._judge()

    def set_measurements(self, measurements: Measurements | None) -> None:
        """Take what was measured of the machine."""
        self._measurements = measurements
        self._judge()

    def judge(self, model: Model) -> Fit:
        """The verdict on a model that need not be in the list, by what is known at once.

        It takes pools to judge by: `pools` must not be empty.
        """
        settings = settings_for(model, self.settings)
        return self.fits.get(model.key) or fit_model(
            model,
            self._sizer.known_size(model, settings),
            self._pools,
            settings,
            measurements=self._measurements,
        )

    def prefer(self, key: str | None) -> None:
        """Size this model before the others: the user is looking at it."""
        self._first = key

    async def run(self) -> None:
        """Ask the engine for every footprint it can tell, for ever."""
        # Two plan, so that a question lies ready when the engine has answered the one before. The third
        # measures, which takes longest and holds up no plan.
        tasks = [asyncio.create_task(self._work(ask)) for ask in (self._plan, self._plan, self._measure)]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()

    async def _work(self, ask: Callable[[], Awaitable[None]]) -> None:
        """Ask until there is nothing more to ask, and again after each change."""
        while True:
            changed = self._changed
            if self._at_work == 0:
                self._last_report = asyncio.get_running_loop().time()
            self._at_work += 1
            try:
                await ask()
            finally:
                self._at_work -= 1
            self._judge_sized()
            if self._at_work == 0:
                self._settle()
            await changed.wait()

    def _settle(self) -> None:
        if self._has_answers:
            self._has_answers = False
            self._sizer.save()
        self.settled = bool(self._models) and not (self._unplanned or self._unmeasured)

    def _start_over(self) -> None:
        self._fresh = {}
        self._sized = {
            model.key: self._sizer.known_size(model, settings_for(model, self.settings))
            for model in self._models
        }
        self._unplanned = {
            model.key: model
            for model in self._models
            if self._sizer.needs_engine(model, settings_for(model, self.settings))
        }
        self._unmeasured = {
            model.source.vocabulary: model
            for model in reversed(self._models)
            if model.source is not None and self._sizer.needs_vocabulary(model)
        }
        self.settled = False
        self._judge()
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def _plan(self) -> None:
        """Have the engine size what it has not been asked for, the one the user is looking at first."""
        while self._unplanned:
            key = self._first if self._first in self._unplanned else next(iter(self._unplanned))
            model = self._unplanned.pop(key)
            settings = settings_for(model, self.settings)
            sized = await self._sizer.size_quickly(model, settings)
            self._has_answers = True
            # The user may have changed the settings meanwhile, or a scan the file; then it is for nobody.
            if settings == settings_for(model, self.settings) and self._by_key.get(key) == model:
                self._take(model, sized)

    async def _measure(self) -> None:
        """Have the engine measure each vocabulary, that of the model the user is looking at first."""
        while self._unmeasured:
            first = next((model.source for model in self._models if model.key == self._first), None)
            looked_at = first is not None and first.vocabulary in self._unmeasured
            name = first.vocabulary if first is not None and looked_at else next(iter(self._unmeasured))
            model = self._unmeasured.pop(name)
            await self._sizer.measure_vocabulary(model, settings_for(model, self.settings))
            self._has_answers = True
            for relative in self._models:
                # Models of one family have the same vocabulary.
                if relative.source is not None and relative.source.vocabulary == name:
                    self._take(
                        relative, self._sizer.known_size(relative, settings_for(relative, self.settings))
                    )

    def _take(self, model: Model, sized: Sized) -> None:
        self._sized[model.key] = sized
        self._fresh[model.key] = model
        time = asyncio.get_running_loop().time()
        if time - self._last_report >= _BATCH_SECONDS or model.key == self._first:
            self._last_report = time
            self._judge_sized()

    def _judge(self) -> None:
        """Judge every model anew."""
        if self._pools:
            self.fits = {model.key: self._fit(model) for model in self._models}
            self._fresh = {}
            self._on_fits(self.fits)

    def _judge_sized(self) -> None:
        """Judge those that have another size than before."""
        if self._pools and self._fresh:
            self.fits = {**self.fits, **{key: self._fit(model) for key, model in self._fresh.items()}}
            self._fresh = {}
            self._on_fits(self.fits)

    def _fit(self, model: Model) -> Fit:
        settings, previous = settings_for(model, self.settings), self.fits.get(model.key)
        return fit_model(model, self._sized[model.key], self._pools, settings, previous, self._measurements)
