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
from tui.ui.kit.keys import with_keys
from tui.ui.kit.pieces import Line, Piece, cut, width_of
from tui.ui.kit.sentences import sentence_with_keys
from tui.ui.models.columns import right
from tui.ui.models.verdicts import VERDICTS
from tui.units import format_bytes

_GAP = "  "


def change_lines(changes: Sequence[Change], width: int) -> list[Line]:
    """Draw a line for each change in at most `width` cells: step, gain, and verdict afterwards."""
    gains = [gain(change) for change in changes]
    verdicts = [_verdict(change.verdict) for change in changes]
    gains_wide = max((len(text) for text in gains), default=0)
    verdicts_wide = max((width_of([piece]) for piece in verdicts), default=0)
    wanted = max((width_of([Piece(describe(change))]) for change in changes), default=0)
    room = max(8, min(wanted, width - gains_wide - verdicts_wide - 2 * len(_GAP)))
    return [
        cut(
            [
                Piece(pad(end_cut(describe(change), room), room)),
                Piece(_GAP + right(gained, gains_wide) + _GAP, "$dim"),
                verdict,
            ],
            width,
        )
        for change, gained, verdict in zip(changes, gains, verdicts, strict=True)
    ]


def head_lines(offer: Offer) -> list[Line]:
    """Draw the model, and the verdict on it with its reason."""
    name = clean_line(offer.model.label)
    look = VERDICTS[offer.fit.verdict]
    verdict = Piece(f"{look.glyph} {look.word}", f"bold ${look.variable}")
    return [[Piece(name, "bold")], [verdict, Piece(_GAP + sentence_with_keys(offer.fit.reason))]]


def nothing_words(offer: Offer) -> str:
    """Explain that there is no change to choose."""
    fit = offer.fit
    if fit.verdict is Verdict.FITS:
        return headroom_words(fit)
    if offer.floor is None:
        return _("It cannot be sized, so nothing can be said of what would help.")
    if offer.floor[1].may_fit:
        return floor_words(*offer.floor)
    return _("Nothing that can be changed here makes it fit.") + " " + floor_words(*offer.floor)


def headroom_words(fit: Fit) -> str:
    """Tell the memory that is left where a model fits, after the system's reserve."""
    sentences = [_("It fits as it is.")]
    if fit.footprint is not None and fit.pool is not None:
        need = fit.device_bytes if fit.pool.kind == "vram" else fit.footprint.total_bytes
        template = _("{size} of {pool} is left besides it.")
        if fit.pool.reserve_bytes > 0:
            template = _("{size} of {pool} is left besides it, after {reserve} for the system.")
        sentences.append(
            template.format(
                size=format_bytes(max(0, fit.pool.room_now_bytes - need)),
                pool=sentence_with_keys(fit.pool.name),
                reserve=format_bytes(fit.pool.reserve_bytes),
            )
        )
    if fit.max_context is not None and fit.max_context > fit.context:
        sentences.append(_("A context of up to {count} fits now.").format(count=fit.max_context))
    return " ".join(sentences)


def ask_words(change: Change) -> str:
    """Return the question before programs are asked to close."""
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
        word = VERDICTS[change.verdict].word
        field = template.format(verdict=word, change=describe_briefly(change), gain=gain(change))
        more = with_keys(_("{models.changes} for more"))
        return (field, more) if more else (field,)
    if floor is None:
        return ()
    if floor[1].may_fit:
        return (_("may fit: what is free there cannot be read"),)
    return _("nothing here makes it fit"), floor_words_briefly(*floor)


def _verdict(verdict: Verdict) -> Piece:
    look = VERDICTS[verdict]
    return Piece(f"{look.glyph} {look.word}", f"${look.variable}")
