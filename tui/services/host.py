"""The host keeps at most one model loaded, for the dashboard and the plain commands alike."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncGenerator, Callable
from typing import Protocol

import msgspec

from tui.engine.client import ReplyEvent
from tui.engine.failures import EngineFailure
from tui.engine.options import AnswerRequest, ChatMessage, LoadSettings
from tui.engine.protocol import Counted, Failed, Loaded
from tui.models.model import Model
from tui.sentences import reason
from tui.services.engine_deaths import EngineDeaths
from tui.services.engine_port import EnginePort, OpenPlace, PlaceUnknowns
from tui.services.last_uses import LastUses
from tui.services.places import open_place

log = logging.getLogger(__name__)

_STOP_PATIENCE = 10.0
"""An engine that has not obeyed a stop after this many seconds is ended; some GPUs finish a batch first."""
_TEXT_INTERVAL = 0.15
"""A little less than lies between two drawings of a reply: more frequent text would gain nothing."""
_PROGRESS_KNOWN = 0.02
"""Fraction of a load from which the time left can be estimated."""
_STOPPED = Failed(0, "stopped", reason("engine.load_stopped"), reason("services.choose_model_again"))
_DISOBEYED = Failed(
    0,
    "stopped",
    reason("services.engine_disobeyed"),
    reason("services.load_again"),
)
NO_MODEL = Failed(0, "internal", reason("engine.no_model"), reason("services.choose_model"))

OnProgress = Callable[[float, float | None], None]
"""Takes the fraction of a load that is done, and the seconds left, None while they cannot be estimated."""


class ActivityListener(Protocol):
    """Keeps account of loads and replies; the timeline's feed does."""

    def loading(self) -> contextlib.AbstractContextManager[None]:
        """Enter a load; it ends with the block."""
        ...

    def begin(self, reply_id: int | None) -> None:
        """Take a reply that is asked for; None for one of no conversation."""
        ...

    def hear(self, event: ReplyEvent) -> None:
        """Take an event of the reply that was asked for first."""
        ...


class EngineHost:
    """Loads, answers and unloads by opening and closing places, of which there is one at a time.

    All methods run on the event loop. A new load closes the old place first, so that two models never hold
    memory at once.
    """

    def __init__(
        self,
        on_end: Callable[[Failed], None] = lambda _failed: None,
        listener: ActivityListener | None = None,
        *,
        open_place: OpenPlace = open_place,
        text_interval: float = _TEXT_INTERVAL,
    ) -> None:
        """Open nothing yet.

        Args:
            on_end: called when the place of a loaded model ends by itself.
            listener: hears of every load and reply.
            open_place: opens the place of a model.
            text_interval: shortest time between two pieces of a reply, in seconds.
        """
        self._on_end = on_end
        self._listener = listener
        self._open_place = open_place
        self._text_interval = text_interval
        self._place: EnginePort | None = None
        self._load_count = 0
        """Loads that were asked for and have not ended."""
        self._loads_ended: asyncio.Future[None] | None = None
        """Done when none of them is left."""
        self._wanted_load: object | None = None
        """Identity of the load that was asked for last; None once it is to stop."""
        self._watch: asyncio.Task[None] | None = None
        self._lock = asyncio.Lock()
        self._killed_because: Failed | None = None
        self._dying: Model | None = None
        """The model whose place has ended; None while it lives."""
        self.deaths = EngineDeaths()
        """Ends of its places by themselves."""
        self._opening: asyncio.Task[EnginePort] | None = None
        self.model: Model | None = None
        """The loaded model; None while none is, also during a load."""
        self.loaded: Loaded | None = None
        """Answer of the engine when the model was loaded."""
        self.settings: LoadSettings | None = None
        """The settings that it was loaded with."""
        self.answering = False

    @property
    def pid(self) -> int | None:
        """Process id of the engine; None while there is none on this machine."""
        return self._place.pid if self._place is not None and self._place.alive else None

    @property
    def unknowns(self) -> PlaceUnknowns:
        """Facts that the place of the loaded model cannot tell; none while no model is loaded."""
        return self._place.unknowns if self._place is not None else PlaceUnknowns()

    @property
    def loading(self) -> bool:
        """True from the request for a load to its end, also while it waits for the one before."""
        return self._load_count > 0

    @property
    def card_bytes(self) -> int:
        """Bytes of a card's memory that come back when the loaded model is unloaded."""
        return self.loaded.footprint.device_bytes if self.loaded and self.loaded.footprint else 0

    async def load(
        self, model: Model, settings: LoadSettings, on_progress: OnProgress = lambda _fraction, _seconds: None
    ) -> Loaded:
        """Load a model in place of the one that is loaded; a load that is under way or waits is stopped.

        Raises:
            EngineFailure: it cannot be loaded, or the load was stopped; no model is loaded then.
        """
        listening = self._listener.loading() if self._listener is not None else contextlib.nullcontext()
        with listening:
            return await self._load(model, settings, on_progress)

    async def _load(self, model: Model, settings: LoadSettings, on_progress: OnProgress) -> Loaded:
        if self.loading or self.answering:
            self.stop()
        this_load = self._wanted_load = object()
        if self._loads_ended is None:
            self._loads_ended = asyncio.get_running_loop().create_future()
        self._load_count += 1
        try:
            async with self._lock:
                return await self._load_now(model, settings, on_progress, this_load)
        finally:
            self._load_count -= 1
            if self._load_count == 0:
                self._loads_ended.set_result(None)
                self._loads_ended = None

    async def _load_now(
        self, model: Model, settings: LoadSettings, on_progress: OnProgress, this_load: object
    ) -> Loaded:
        try:
            await self._close_place()
            place = await self._open(model, this_load)
            start = time.monotonic()

            def on_fraction(fraction: float) -> None:
                spent = time.monotonic() - start
                has_pace = fraction > _PROGRESS_KNOWN
                on_progress(fraction, spent / fraction - spent if has_pace else None)

            self.loaded = await place.load(model, settings, on_fraction)
        # Whatever went wrong: without its model nothing else would close the place.
        except BaseException as error:
            because = self._killed_because
            await self._close_place()
            if not isinstance(error, EngineFailure):
                raise
            if because is None:
                self.deaths.add(model, error.failed)
                because = self.deaths.explained(model, error.failed)
            raise EngineFailure(because) from error
        self.model, self.settings = model, settings
        if model.file is not None:
            LastUses().add(model.file)
        self._watch = asyncio.create_task(self._watch_place(place))
        return self.loaded

    async def _open(self, model: Model, this_load: object) -> EnginePort:
        """Open a place; a stop need not wait for one that hangs, in a driver for instance."""
        if this_load is not self._wanted_load:
            raise EngineFailure(_STOPPED)
        opening = self._opening = asyncio.ensure_future(self._open_place(model))
        try:
            await asyncio.wait({opening})
        finally:
            self._opening = None
            opening.cancel()
        if not opening.cancelled():
            self._place = opening.result()
        if this_load is not self._wanted_load or self._place is None:
            raise EngineFailure(_STOPPED)
        return self._place

    def holds(self, model: Model) -> bool:
        """True when this very model is loaded."""
        return self.model is not None and self.model.key == model.key

    async def until_loaded(self) -> None:
        """Wait until every load that was asked for has ended."""
        if self._loads_ended is not None:
            await asyncio.shield(self._loads_ended)

    async def answer(self, request: AnswerRequest, reply_id: int | None = None) -> AsyncGenerator[ReplyEvent]:
        """Answer with the loaded model; the last event is a `Finished` or a `Failed`.

        `reply_id` is that of the conversation, for the listener; None for a reply of no conversation.
        """
        listener = self._listener
        if listener is not None:
            listener.begin(reply_id)
        async with self._lock:
            place = self._place
            if place is None or self.model is None:
                if listener is not None:
                    listener.hear(NO_MODEL)
                yield NO_MODEL
                return
            self.answering = True
            try:
                events = place.answer(msgspec.structs.replace(request, text_interval=self._text_interval))
                async with contextlib.aclosing(events):
                    async for place_event in events:
                        event = self._explained(place_event)
                        if listener is not None:
                            listener.hear(event)
                        yield event
            finally:
                self.answering = False

    def _explained(self, event: ReplyEvent) -> ReplyEvent:
        """Return the event, or for the end of an engine that was killed the reason for that."""
        if not isinstance(event, Failed) or event.kind != "died":
            return event
        return self._killed_because or self._counted_death(event)

    def _counted_death(self, failed: Failed) -> Failed:
        """Count the end of the place, which is heard of by its answer and by the watch, once."""
        if self._dying is None:
            self._dying = self.model
            if self.model is not None:
                self.deaths.add(self.model, failed)
        return self.deaths.explained(self._dying, failed)

    async def count(
        self, messages: tuple[ChatMessage, ...], texts: tuple[str, ...] = (), think: bool | None = None
    ) -> Counted | None:
        """Count tokens with the loaded model; None while none is loaded, or while it is busy."""
        if self._place is None or self.model is None or self.answering:
            return None
        try:
            return await self._place.count(messages, texts, think)
        except EngineFailure:
            # The watch over the place reports why.
            return None

    def stop(self) -> None:
        """Stop the load or the reply that is under way; an engine that does not obey is ended."""
        place = self._place
        self._wanted_load = None
        if self._opening is not None:
            self._opening.cancel()
        if place is None or not (self.loading or self.answering):
            return
        place.stop()
        asyncio.get_running_loop().call_later(_STOP_PATIENCE, self._insist, place, place.current)

    def kill(self, because: Failed) -> None:
        """End the engine at once, to save the machine; the reason goes to whoever waits for it."""
        if self._place is not None and self._place.alive:
            self._killed_because = because
            self._place.kill()

    async def unload(self) -> None:
        """Close the place; its memory is given back when this returns."""
        self.stop()
        async with self._lock:
            await self._close_place()

    async def close(self) -> None:
        """Close the place on the way out, whatever it is doing."""
        self._wanted_load = None
        if self._opening is not None:
            self._opening.cancel()
        if self._place is not None and (self.loading or self.answering):
            self._place.kill()
        await self.until_loaded()
        await self._close_place()

    def _insist(self, place: EnginePort, request: int) -> None:
        # Not a request that has come since: that one was not told to stop.
        if place is self._place and place.alive and request and place.current == request:
            log.warning("the engine did not stop and is ended")
            self.kill(_DISOBEYED)

    async def _close_place(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        place, self._place = self._place, None
        self._forget()
        self._dying = None
        self._killed_because = None
        if place is not None:
            await place.close()

    async def _watch_place(self, place: EnginePort) -> None:
        failed = await place.ended()
        if self._place is place:
            because = self._killed_because or self._counted_death(failed)
            self._forget()
            self._on_end(because)

    def _forget(self) -> None:
        self.model = self.loaded = self.settings = None
