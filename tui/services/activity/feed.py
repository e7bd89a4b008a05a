"""Fills the timeline from the sampler and the engine, and writes each reply's receipt."""

import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager

import msgspec

from tui.chat.receipt import Receipt
from tui.engine.client import ReplyEvent
from tui.engine.protocol import (
    REFUSED_PROMPT_KINDS,
    Failed,
    Finished,
    Prompted,
    PromptProgress,
    Repeating,
    Text,
)
from tui.engine.reply_metrics import ReplyMetrics
from tui.hardware.machine import Gpu
from tui.hardware.reading import Reading
from tui.services.activity.columns import Pace
from tui.services.activity.moment import Moment, Phase, moment_of
from tui.services.activity.power import energy_between
from tui.services.activity.track import Track

FASTER = 4
"""Readings for one, while a reply is written: a short one is over in a second."""
DRAWN = 2
"""Number of those that are drawn: drawing costs more than reading."""


class _Watched(msgspec.Struct):
    """A reply as it was seen."""

    reply_id: int | None
    """None once its conversation is gone."""
    asked_at: float
    """Time on the clock of the moments."""
    wall: float
    """The same moment in seconds since 1970."""
    peak_before: int | None
    """The engine's peak when the reply began."""
    begun: float | None = None
    """Time when the engine turned to it, which waits for the reply before."""
    prompt: PromptProgress | None = None
    text: Text | None = None
    first_token: float | None = None
    metrics: ReplyMetrics | None = None
    ended: float | None = None


class TimelineFeed:
    """Stands between whoever knows what happens and the track. All of it runs on the event loop."""

    def __init__(
        self,
        on_change: Callable[[], None],
        on_receipt: Callable[[int, Receipt], None],
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        """`on_change` is told of a new phase and a new moment, `on_receipt` of a reply's id and its receipt.

        A receipt comes with the first reading after the end of its reply: only then is it known what it took.
        `clock` is the one the readings are stamped with.
        """
        self.track = Track()
        self._on_change = on_change
        self._on_receipt = on_receipt
        self._clock = clock
        self._wall = wall
        self._loads = 0
        self._replies: list[_Watched] = []
        """Those asked for and not yet ended, in order: the engine writes the first."""
        self._ended: list[_Watched] = []
        """Those that wait for their receipt."""
        self._passed_on = self._drawn = float("-inf")

    # Readings

    def interval(self, seconds: float) -> float:
        """Return the seconds between two samples now, from the seconds that the user wants."""
        return seconds / FASTER if self._replies else seconds

    def take(self, reading: Reading, gpus: Sequence[Gpu], seconds: float) -> bool:
        """Keep a reading, and finish the receipts that waited for it.

        False for one that came in between only because a reply is being written: `seconds` is how often
        everybody else wants one.
        """
        watched = self._replies[0] if self._replies else None
        text = watched.text if watched else None
        last = self.track.paces[-1] if self.track.paces else None
        rate = last.tokens / last.seconds if text is not None and last is not None else None
        moment = moment_of(reading, gpus, self._wall(), self.track.phase, text.tokens if text else None, rate)
        self.track.add(moment)
        finished = [reply for reply in self._ended if reply.ended is not None and reply.ended <= moment.time]
        for reply in finished:
            self._ended.remove(reply)
            if reply.reply_id is not None:
                self._on_receipt(reply.reply_id, receipt_of(reply, self.track.moments))
        due = _is_due(moment.time, self._passed_on, seconds)
        if due:
            self._passed_on = moment.time
        if finished or _is_due(moment.time, self._drawn, seconds / DRAWN):
            self._drawn = moment.time
            self._on_change()
        return due

    # What the engine does

    @contextmanager
    def loading(self) -> Generator[None]:
        """Keep the phase at loading for as long as the block lasts."""
        self._loads += 1
        self._settle(self._clock())
        try:
            yield
        finally:
            self._loads -= 1
            self._settle(self._clock())

    def begin(self, reply_id: int | None) -> None:
        """Note that a reply is asked of the engine."""
        newest = self.track.moments[-1] if self.track.moments else None
        time = self._clock()
        watched = _Watched(reply_id, time, self._wall(), newest.engine_peak if newest else None)
        self._replies.append(watched)
        self._settle(time)

    def hear(self, event: ReplyEvent) -> None:
        """Take an event of the reply that was asked first."""
        if not self._replies:
            return
        watched = self._replies[0]
        match event:
            case Prompted() | Repeating():
                pass
            case PromptProgress():
                watched.prompt = event
            case Text():
                self._hear_text(watched, event)
            case Finished():
                watched.metrics = event.metrics
                self._end(watched, cut=False)
            case Failed():
                self._end(
                    watched, cut=event.kind != "stopped", is_kept=event.kind not in REFUSED_PROMPT_KINDS
                )

    def forget_replies(self) -> None:
        """A new chat: what was done stays on the timeline, its replies are nobody's any more."""
        self.track.forget_replies()
        for watched in (*self._replies, *self._ended):
            watched.reply_id = None
        self._on_change()

    def _hear_text(self, watched: _Watched, event: Text) -> None:
        time = self._clock()
        previous = watched.text
        if previous is None:
            watched.first_token = time - event.seconds
            begun = watched.asked_at if watched.begun is None else watched.begun
            self.track.enter(Phase.GENERATING, max(watched.first_token, begun), watched.reply_id)
            self._on_change()
        watched.text = event
        # The first token is the prompt's, so it counts no more than the seconds do.
        tokens = event.tokens - (previous.tokens if previous else 1)
        seconds = event.seconds - (previous.seconds if previous else 0.0)
        if tokens > 0 and seconds > 0:
            self.track.add_pace(Pace(time, tokens, seconds))

    def _end(self, watched: _Watched, *, cut: bool, is_kept: bool = True) -> None:
        self._replies.remove(watched)
        watched.ended = self._clock()
        if is_kept:
            self._ended.append(watched)
        else:
            self.track.drop(watched.reply_id)
        self._settle(watched.ended, cut=cut)

    def _settle(self, time: float, *, cut: bool = False) -> None:
        """Let the track say what goes on from `time` on."""
        watched = self._replies[0] if self._replies else None
        if watched is not None:
            if watched.begun is None:
                watched.begun = time
            phase = Phase.GENERATING if watched.text else Phase.READING
            self.track.enter(phase, time, watched.reply_id, cut=cut)
        else:
            self.track.enter(Phase.LOADING if self._loads else Phase.IDLE, time, cut=cut)
        self._on_change()


def _is_due(time: float, last_time: float, seconds: float) -> bool:
    """True for a tick, also one that is a little early, and after a clock ran backwards."""
    return time - last_time > 0.9 * seconds or time < last_time


def receipt_of(watched: _Watched, moments: Sequence[Moment]) -> Receipt:
    """Return the receipt of a reply whose end was seen, and a moment after it."""
    start = watched.asked_at if watched.begun is None else watched.begun
    end = start if watched.ended is None else watched.ended
    metrics, prompt, text = watched.metrics, watched.prompt, watched.text
    if metrics is not None:
        prompt_tokens, cached = metrics.prompt_tokens, metrics.cached_tokens
        generated, first = metrics.generated_tokens, metrics.first_token_seconds
        prompt_tps, generation_tps = metrics.prompt_tps, metrics.generation_tps
    else:
        prompt_tokens = prompt.done_tokens if prompt else None
        cached = prompt.cached_tokens if prompt else None
        generated = text.tokens if text else 0
        first = None if watched.first_token is None else watched.first_token - start
        prompt_tps = None
        generation_tps = (text.tokens - 1) / text.seconds if text and text.seconds > 0 else None
    return Receipt(
        started=watched.wall + start - watched.asked_at,
        seconds=end - start,
        prompt_tokens=prompt_tokens,
        cached_tokens=cached,
        generated_tokens=generated,
        prompt_tps=prompt_tps,
        generation_tps=generation_tps,
        first_token_seconds=first,
        peak_bytes=_peak(watched, moments, start, end),
        energy=energy_between(moments, start, end),
    )


def _peak(watched: _Watched, moments: Sequence[Moment], start: float, end: float) -> int | None:
    """The largest size seen, or the process's own record of its peak where the reply raised that."""
    sizes = [
        moment.engine_bytes for moment in moments if start <= moment.time and moment.engine_bytes is not None
    ]
    record = watched.metrics.peak_bytes if watched.metrics else None
    if record is not None and watched.peak_before is not None and record > watched.peak_before:
        sizes.append(record)
    return max(sizes, default=None)
