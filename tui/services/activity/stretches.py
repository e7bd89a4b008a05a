"""Stretches of time in which the engine was at work, and which columns they take."""

import math
from collections.abc import Iterable

import msgspec

from tui.services.activity.moment import Phase


class Stretch(msgspec.Struct, frozen=True):
    """A time in which the engine did one thing."""

    phase: Phase
    start: float
    """`time.monotonic()`."""
    end: float | None = None
    """None while it goes on."""
    reply_id: int | None = None
    """The reply it was for; None for a load, and once its conversation is gone."""
    begins: bool = False
    """True for the first stretch of a reply."""
    cut: bool = False
    """True when something other than the model or the user ended it."""


class Work(msgspec.Struct, frozen=True):
    """Work of the engine in one column."""

    phase: Phase = Phase.IDLE
    """The greatest of the phases in it."""
    replies: tuple[int, ...] = ()
    """Ids of the replies that were written in it, in order."""
    begun: int = 0
    """Replies that began in it."""
    cut: bool = False
    """Something was cut short in it."""


_NOTHING = Work()


def work_in(stretches: Iterable[Stretch], first: int, count: int, span: float) -> list[Work]:
    """Return the engine's work in `count` columns of `span` seconds, from number `first` on.

    A stretch that is open reaches the newest column.
    """
    works = [_NOTHING] * count
    for stretch in stretches:
        columns = _columns(stretch.start, stretch.end, first, count, span)
        begins, ends = _number(stretch.start, span) - first, _number(stretch.end, span) - first
        for column in columns:
            works[column] = _joined(works[column], stretch, begins=column == begins, ends=column == ends)
    return works


def span_in(stretches: Iterable[Stretch], reply_id: int | None, first: int, count: int, span: float) -> range:
    """Return the columns, from number `first` on, that a reply takes; empty for none."""
    if reply_id is None:
        return range(0)
    of_reply = [stretch for stretch in stretches if stretch.reply_id == reply_id]
    return _columns(of_reply[0].start, of_reply[-1].end, first, count, span) if of_reply else range(0)


def _number(time: float | None, span: float) -> int:
    """The column a time falls into; -1 for a time that has not come."""
    return -1 if time is None else math.floor(time / span)


def _columns(start: float, end: float | None, first: int, count: int, span: float) -> range:
    last = count - 1 if end is None else _number(end, span) - first
    return range(max(0, _number(start, span) - first), min(count - 1, last) + 1)


def _joined(work: Work, stretch: Stretch, *, begins: bool, ends: bool) -> Work:
    replies = work.replies
    if stretch.reply_id is not None and stretch.reply_id not in replies:
        replies = (*replies, stretch.reply_id)
    return Work(
        max(work.phase, stretch.phase),
        replies,
        work.begun + (stretch.begins and begins),
        work.cut or (stretch.cut and ends),
    )
