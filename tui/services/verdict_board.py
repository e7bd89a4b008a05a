"""Keeps every model's verdict current: sized at once by what is known, then by the engine, nearest first."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from time import perf_counter

import msgspec

from tui.engine.options import KV_TYPES, LoadSettings
from tui.fit.board import Measurements, fit_model, free_memory_moved, settings_for
from tui.fit.contexts import CONTEXTS
from tui.fit.sizing import Sized, Sizer
from tui.fit.verdict import Fit, Pool
from tui.models.model import Model

_BATCH_SECONDS = 0.1
"""New sizes reach the list at most this often, so that a long list is not redrawn for each of its rows."""
_JUDGED_AT_ONCE = 500
"""Models that are judged in one go, in less than a tenth of a second."""
_SLICE_SECONDS, _PAUSE_SECONDS, _LONG_PAUSE_SECONDS = 0.008, 0.004, 0.04
"""More of them are judged for so long, and then nothing is done for so long: keys are answered in between.

The long pause is for models that are sized, whose verdicts other free memory seldom changes.
"""
_LISTING_SECONDS = 0.5
"""Verdicts of such a long list are reported at most this often: it is sorted anew each time."""


class VerdictBoard:
    """A pure function of models, settings and pools, recomputed when one of them changes.

    A list of ordinary length is judged at once. Of a long one the rows in sight are, and the others in
    slices while `run` runs; until then they keep their old verdict, or have none.

    `on_fits` is given all fits by model key, on the event loop.
    """

    def __init__(
        self,
        sizer: Sizer,
        settings: LoadSettings,
        on_fits: Callable[[Mapping[str, Fit]], None],
        keys_in_sight: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        """Create a board without models.

        Args:
            sizer: sizes the models.
            settings: to judge for, before any limit of a model's training context.
            on_fits: is told the fits whenever some have changed.
            keys_in_sight: returns the keys of the models that are judged first.
        """
        self._sizer = sizer
        self._on_fits = on_fits
        self._keys_in_sight = keys_in_sight
        self._models: tuple[Model, ...] = ()
        self._by_key: dict[str, Model] = {}
        self._pools: Sequence[Pool] = ()
        self._sized: dict[str, Sized] = {}
        self._unplanned: dict[str, Model] = {}
        """By key, the models to ask the engine for."""
        self._unmeasured: dict[str, Model] = {}
        """By vocabulary, a model to measure it with."""
        self._unasked: set[str] = set()
        """Keys of the models for which nobody looked what the engine can tell."""
        self._stale: OrderedDict[str, None] = OrderedDict()
        """Keys of the models that are to be judged."""
        self._new_fits: dict[str, Fit] = {}
        """Fits that have not been reported."""
        self._has_stale = asyncio.Event()
        """Set while models wait to be judged in slices."""
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
        self.fits = {key: fit for key, fit in self.fits.items() if key in self._by_key}
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
            self._judge(self._models)
            if not self.settled:
                # Where every size was known before the memory was, nothing else settles it.
                self._wake()

    def set_measurements(self, measurements: Measurements | None) -> None:
        """Take what was measured of the machine."""
        self._measurements = measurements
        self._judge(self._models)

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
        tasks.append(asyncio.create_task(self._judge_in_slices()))
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
            self._judge_stale()
            if self._at_work == 0:
                self._settle()
            await changed.wait()

    def _settle(self) -> None:
        if self._has_answers:
            self._has_answers = False
            self._sizer.save()
        is_asked = self._unplanned or self._unmeasured
        self.settled = bool(self._models) and not (is_asked or self._stale)

    def _start_over(self) -> None:
        self._sized, self._unplanned, self._unmeasured, self._new_fits = {}, {}, {}, {}
        self._unasked = set(self._by_key)
        self._stale.clear()
        self._has_stale.clear()
        self.settled = False
        if len(self._models) <= _JUDGED_AT_ONCE:
            # The engine is asked before the memory is known, too.
            for model in self._models:
                self._note_questions(model, settings_for(model, self.settings))
        self._judge(self._models)
        self._wake()

    def _wake(self) -> None:
        """Have the engine asked what is new."""
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    def _note_questions(self, model: Model, settings: LoadSettings) -> None:
        """Note what the engine is to be asked about a model."""
        self._unasked.discard(model.key)
        if self._sizer.needs_engine(model, settings):
            self._unplanned[model.key] = model
        if model.source is not None and self._sizer.needs_vocabulary(model):
            self._unmeasured.setdefault(model.source.vocabulary, model)

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
            first = self._by_key.get(self._first) if self._first is not None else None
            source = first.source if first is not None else None
            is_first = source is not None and source.vocabulary in self._unmeasured
            name = source.vocabulary if source is not None and is_first else next(iter(self._unmeasured))
            model = self._unmeasured.pop(name)
            await self._sizer.measure_vocabulary(model, settings_for(model, self.settings))
            self._has_answers = True
            # Models of one family have the same vocabulary.
            family = [
                relative
                for relative in self._models
                if relative.source is not None and relative.source.vocabulary == name
            ]
            for relative in family:
                self._sized.pop(relative.key, None)
                self._stale[relative.key] = None
            self._judge_soon(any(relative.key == self._first for relative in family))

    def _take(self, model: Model, sized: Sized) -> None:
        self._sized[model.key] = sized
        self._stale[model.key] = None
        self._judge_soon(model.key == self._first)

    def _judge_soon(self, is_looked_at: bool) -> None:
        """Judge those that have another size, at most every tenth of a second if nobody looks at them."""
        time = asyncio.get_running_loop().time()
        if time - self._last_report >= _BATCH_SECONDS or is_looked_at:
            self._last_report = time
            self._judge_stale()

    def _judge(self, models: Iterable[Model]) -> None:
        """Judge these models anew, of many those in sight first and the others in slices."""
        for model in models:
            self._stale[model.key] = None
        self._judge_stale()

    def _judge_stale(self) -> None:
        if not self._pools:
            return
        if len(self._stale) > _JUDGED_AT_ONCE or self._has_stale.is_set():
            self._has_stale.set()
            if not self._judge_in_sight():
                # The slices report the others together.
                return
        else:
            while self._stale:
                self._judge_one(next(iter(self._stale)))
        self._report()

    def _judge_in_sight(self) -> bool:
        """Judge the models that the user sees; return True if one of them was to be judged."""
        keys = [key for key in (self._first, *self._keys_in_sight()) if key in self._stale]
        for key in dict.fromkeys(keys):
            self._judge_one(key)
        return bool(keys)

    def _judge_one(self, key: str) -> None:
        del self._stale[key]
        model = self._by_key[key]
        settings, previous = settings_for(model, self.settings), self.fits.get(key)
        if key in self._unasked:
            self._note_questions(model, settings)
        sized = self._sized.get(key)
        if sized is None:
            sized = self._sized[key] = self._sizer.known_size(model, settings)
        self._new_fits[key] = fit_model(model, sized, self._pools, settings, previous, self._measurements)

    def _report(self) -> None:
        """Tell the fits, if some are new or there is no model."""
        if self._new_fits or not self._models:
            self.fits = {**self.fits, **self._new_fits}
            self._new_fits = {}
            self._on_fits(self.fits)

    async def _judge_in_slices(self) -> None:
        """Judge a long list for ever, those in sight first, with pauses in which keys are answered."""
        while True:
            await self._has_stale.wait()
            last_report = perf_counter()
            while self._stale and self._pools:
                end = perf_counter() + _SLICE_SECONDS
                self._judge_in_sight()
                while self._stale and perf_counter() < end:
                    self._judge_one(next(iter(self._stale)))
                if perf_counter() - last_report >= _LISTING_SECONDS:
                    self._report()
                    last_report = perf_counter()
                await asyncio.sleep(_PAUSE_SECONDS if self._unasked else _LONG_PAUSE_SECONDS)
            self._has_stale.clear()
            self._report()
            self._wake()
