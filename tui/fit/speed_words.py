"""Words for the speed of a model."""

from typing import Literal

from tui.fit.sentences import SENTENCES
from tui.fit.verdict import Fit, Speed
from tui.i18n import _
from tui.sentences import sentence_from
from tui.units import UNKNOWN, format_duration, format_number

MEASURED, ESTIMATED = "✓", "~"
"""Signs before a size: measured here with these settings; estimated by the closed form."""

Pace = Literal["fast", "readable", "slow"]
"""A speed beside that of a person who reads: faster, about the same, slower."""

_FASTER_THAN_READING, _AS_FAST_AS_READING = 8.0, 4.0
"""Tokens a second; 250 words a minute at 1.3 tokens a word are 5.4."""
_THOUSAND_WORDS = 1300
"""Tokens of a thousand words."""


def size_sign(fit: Fit) -> str:
    """Return the sign before a size: measured here, or estimated; empty for one that the engine planned."""
    if fit.footprint is None:
        return ""
    if fit.measured_bytes is not None:
        return MEASURED
    return ESTIMATED if fit.footprint.source == "formula" else ""


def speed_word(speed: Speed | None) -> str:
    """Return tokens per second for a column: `~13` for an estimate, `13.1` for what was measured here."""
    if speed is None or speed.value is None:
        return UNKNOWN
    digits = 1 if speed.value < 9.95 else 0
    return ("~" if speed.source == "estimated" else "") + format_number(speed.value, f".{digits}f")


def speed_sentence(speed: Speed | None) -> str:
    """Return a speed for the detail: its value, range and source, and what it means to a reader."""
    if speed is None or speed.value is None:
        return _("speed {unknown}: {reason}").format(unknown=UNKNOWN, reason=_why_unknown(speed))
    figure = _figure(speed.value)
    if speed.source == "measured":
        return _("{figure} tok/s measured here, {pace}").format(figure=figure, pace=pace(speed.value))
    return _("about {figure} tok/s ({low}–{high}), {pace}").format(
        figure=figure,
        low=_figure(speed.low or speed.value),
        high=_figure(speed.high or speed.value),
        pace=pace(speed.value),
    )


def speed_in_short(speed: Speed | None, *, with_pace: bool = True) -> str:
    """Return a speed for a headline, with what it means where that is a warning; empty for an unknown one.

    Without `with_pace`, a slow one has its figure alone, too.
    """
    if speed is None or speed.value is None:
        return ""
    figure = _figure(speed.value)
    if with_pace and pace_of(speed.value) == "slow":
        template = (
            _("{figure} tok/s, {pace}") if speed.source == "measured" else _("about {figure} tok/s, {pace}")
        )
        return template.format(figure=figure, pace=pace(speed.value))
    template = _("{figure} tok/s") if speed.source == "measured" else _("about {figure} tok/s")
    return template.format(figure=figure)


def prompt_sentence(speed: Speed | None) -> str:
    """Return the speed of reading a prompt, and what that means for a text."""
    if speed is None or speed.value is None:
        return _("reading a prompt {unknown}: {reason}").format(unknown=UNKNOWN, reason=_why_unknown(speed))
    if speed.source == "measured":
        template = _("reads 1,000 words in {time}, at {figure} tok/s measured here")
    else:
        template = _("reads 1,000 words in {time}, at about {figure} tok/s ({low}–{high})")
    return template.format(
        figure=_figure(speed.value),
        low=_figure(speed.low or speed.value),
        high=_figure(speed.high or speed.value),
        time=format_duration(_THOUSAND_WORDS / speed.value),
    )


def reading_in_short(speed: Speed | None) -> str:
    """Return the time for reading a text; empty for an unknown speed."""
    if speed is None or speed.value is None:
        return ""
    return _("reads 1,000 words in {time}").format(time=format_duration(_THOUSAND_WORDS / speed.value))


def pace_of(tokens_per_second: float) -> Pace:
    """Compare a speed with that of a person who reads, about five tokens a second (250 words a minute)."""
    if tokens_per_second >= _FASTER_THAN_READING:
        return "fast"
    return "readable" if tokens_per_second >= _AS_FAST_AS_READING else "slow"


def pace(tokens_per_second: float) -> str:
    """Return the comparison of a speed with that of a person who reads in words."""
    return {
        "fast": _("faster than reading"),
        "readable": _("as fast as reading"),
        "slow": _("slower than reading"),
    }[pace_of(tokens_per_second)]


def _why_unknown(speed: Speed | None) -> str:
    if speed is None or speed.reason is None:
        return _("not measured yet")
    return sentence_from(SENTENCES, speed.reason)


def _figure(value: float) -> str:
    return format_number(value, ".1f") if value < 9.95 else format_number(value, ",.0f")
