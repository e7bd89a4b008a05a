"""Memory of the timeline: moments, the pace of generation, and the stretches of the engine's work."""

from collections import deque

import msgspec

from tui.services.activity.columns import HISTORY_SECONDS, Columns, Pace
from tui.services.activity.moment import Moment, Phase
from tui.services.activity.stretches import Stretch

COLUMN_SECONDS = 2.0
"""Seconds of a column until another zoom is chosen."""


class Track:
    """Timeline of the last quarter of an hour.

    The engine is idle between two stretches. When the clock runs backwards, the timeline starts anew.
    """

    def __init__(self) -> None:
        self.moments: deque[Moment] = deque()
        """Oldest first."""
        self.stretches: deque[Stretch] = deque()
        """Oldest first, never overlapping; only the last may be open."""
        self.paces: deque[Pace] = deque()
        """Oldest first."""
        self.columns = Columns(COLUMN_SECONDS)
        """The same in columns."""

    @property
    def phase(self) -> Phase:
        """The phase of this moment."""
        return self.open.phase if self.open else Phase.IDLE

    @property
    def open(self) -> Stretch | None:
        """The stretch that goes on; None while the engine is idle."""
        return self.stretches[-1] if self.stretches and self.stretches[-1].end is None else None

    def add(self, moment: Moment) -> None:
        """Keep a moment, and forget what is too old."""
        if self.moments and moment.time < self.moments[-1].time:
            for series in (self.moments, self.stretches, self.paces):
                series.clear()
            self.columns = Columns(self.columns.span)
        self.moments.append(moment)
        self.columns.add(moment)
        oldest = moment.time - HISTORY_SECONDS
        while self.moments[0].time < oldest:
            self.moments.popleft()
        while self.paces and self.paces[0].time < oldest:
            self.paces.popleft()
        while self.stretches and (self.stretches[0].end or moment.time) < oldest:
            self.stretches.popleft()

    def add_pace(self, pace: Pace) -> None:
        """Keep how fast tokens came."""
        self.paces.append(pace)
        self.columns.add_pace(pace)

    def zoom(self, span: float) -> None:
        """Sum everything up anew in columns of `span` seconds."""
        self.columns = Columns(span, self.moments, self.paces)

    def enter(self, phase: Phase, time: float, reply_id: int | None = None, *, cut: bool = False) -> None:
        """Begin a phase at `time`; `cut` says that the phase before it was cut short."""
        current = self.open
        if current is not None:
            if not cut and (current.phase, current.reply_id) == (phase, reply_id):
                return
            self.stretches[-1] = msgspec.structs.replace(current, end=max(time, current.start), cut=cut)
        if phase is not Phase.IDLE:
            begins = reply_id is not None and not self.stretches_of(reply_id)
            self.stretches.append(Stretch(phase, time, None, reply_id, begins))

    def stretches_of(self, reply_id: int) -> list[Stretch]:
        """Return the stretches of one reply, in order."""
        return [stretch for stretch in self.stretches if stretch.reply_id == reply_id]

    def drop(self, reply_id: int | None) -> None:
        """Forget a reply that never came to be."""
        if reply_id is not None:
            self.stretches = deque(stretch for stretch in self.stretches if stretch.reply_id != reply_id)

    def forget_replies(self) -> None:
        """Keep the stretches of a conversation that is gone, without the replies that they were for."""
        self.stretches = deque(
            msgspec.structs.replace(stretch, reply_id=None, begins=False) for stretch in self.stretches
        )
