"""Lines of the changes that would make a model fit. No widget here."""

from collections.abc import Sequence

from tui.fit.changes.change import Change
from tui.fit.changes.offer import Offer
from tui.fit.changes.programs import program_names
from tui.fit.changes.words import (
    describe,
    describe_briefly,
    floor_words,
    floor_words_briefly,
    gain,
    process_count,
)
from tui.fit.verdict import Fit, Verdict
from tui.i18n import _
from tui.models.model import Model
from tui.text import clean_line
from tui.ui.kit.cells import end_cut, pad
from tui.ui.kit.keyboard.names import sentence_with_keys, with_keys
from tui.ui.kit.pieces import Line, Piece, cut, width_of
from tui.ui.models.column_layout import align_right
from tui.ui.models.verdicts import VERDICTS
from tui.units import format_bytes

_GAP = "  "


def change_lines(changes: Sequence[Change], width: int) -> list[Line]:
    """Return a line for each change in at most `width` cells: step, gain, and resulting verdict."""
    gains = [gain(change) for change in changes]
    verdicts = [_verdict(change.verdict) for change in changes]
    gain_cells = max((len(text) for text in gains), default=0)
    verdict_cells = max((width_of([piece]) for piece in verdicts), default=0)
    longest_step = max((width_of([Piece(describe(change))]) for change in changes), default=0)
    step_cells = max(8, min(longest_step, width - gain_cells - verdict_cells - 2 * len(_GAP)))
    return [
        cut(
            [
                Piece(pad(end_cut(describe(change), step_cells), step_cells)),
                Piece(_GAP + align_right(gain_text, gain_cells) + _GAP, "$dim"),
                verdict,
            ],
            width,
        )
        for change, gain_text, verdict in zip(changes, gains, verdicts, strict=True)
    ]


def head_lines(offer: Offer) -> list[Line]:
    """Return the name of the model, and its verdict with the reason, as two lines."""
    name = clean_line(offer.model.label)
    look = VERDICTS[offer.fit.verdict]
    verdict = Piece(f"{look.glyph} {look.word}", f"bold ${look.variable}")
    return [[Piece(name, "bold")], [verdict, Piece(_GAP + sentence_with_keys(offer.fit.reason))]]


def no_change_text(offer: Offer) -> str:
    """Return why there is no change to choose."""
    fit = offer.fit
    if fit.verdict is Verdict.FITS:
        return headroom_text(fit)
    if offer.floor is None:
        return _("The size of this model is unknown, so nothing can be suggested.")
    if offer.floor[1].may_fit:
        return floor_words(*offer.floor)
    return _("No change of the settings makes it fit.") + " " + floor_words(*offer.floor)


def headroom_text(fit: Fit) -> str:
    """Return how much memory is left if a model fits, after the reserve for the system."""
    sentences = [_("It fits as it is.")]
    if fit.footprint is not None and fit.pool is not None:
        need = fit.device_bytes if fit.pool.kind == "vram" else fit.footprint.total_bytes
        template = _("It leaves {size} of {pool} free.")
        if fit.pool.reserve_bytes > 0:
            template = _("It leaves {size} of {pool} free, besides {reserve} for the system.")
        sentences.append(
            template.format(
                size=format_bytes(max(0, fit.pool.room_now_bytes - need)),
                pool=sentence_with_keys(fit.pool.name),
                reserve=format_bytes(fit.pool.reserve_bytes),
            )
        )
    if fit.max_context is not None and fit.max_context > fit.context:
        largest = (
            _("A context of up to {count} fits there.")
            if fit.on_idle_machine
            else _("A context of up to {count} fits now.")
        )
        sentences.append(largest.format(count=fit.max_context))
    return " ".join(sentences)


def close_question(change: Change) -> str:
    """Return the question for consent before programs are asked to close."""
    programs = change.programs_to_close
    return _("Ask {programs} to close? {processes}, about {size}. Unsaved work may be lost.").format(
        programs=program_names(programs),
        processes=process_count(programs),
        size=format_bytes(change.frees_bytes),
    )


def hint_fields(change: Change | None, floor: tuple[Model, Fit] | None) -> tuple[str, ...]:
    """Return the fields of the detail pane's hint: the cheapest change, or else the smallest setup."""
    if change is not None:
        template = _("to fit: {change} {gain}")
        if change.verdict is not Verdict.FITS:
            template = _("to be {verdict}: {change} {gain}")
        verdict = VERDICTS[change.verdict].word
        field = template.format(verdict=verdict, change=describe_briefly(change), gain=gain(change))
        more = with_keys(_("{models.changes} for more"))
        return (field, more) if more else (field,)
    if floor is None:
        return ()
    if floor[1].may_fit:
        return (_("may fit: the free memory there is unknown"),)
    return _("nothing here makes it fit"), floor_words_briefly(*floor)


def _verdict(verdict: Verdict) -> Piece:
    look = VERDICTS[verdict]
    return Piece(f"{look.glyph} {look.word}", f"${look.variable}")
