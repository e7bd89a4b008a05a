"""Lines of the context strip: a bar of the parts that fill the context, and their legend."""

from typing import NamedTuple

import msgspec

from tui.chat.context import ContextPlan, FullContextPolicy
from tui.i18n import _
from tui.ui.gauges.bar import CAPS, OVER, TRACK, capped, share_cells
from tui.ui.kit.keyboard.names import with_keys
from tui.ui.kit.pieces import Line, Piece, cut, filled, join_fitting, merged, spread, width_of
from tui.units import UNKNOWN, format_number, format_tokens

_MIN_BAR = 8
"""Smallest useful width of the bar, in cells."""


class ContextLook(NamedTuple):
    """Look of a part of the context; the glyph suffices to recognise it without colour."""

    role: str
    glyph: str
    word: str


PARTS = (
    ContextLook("system", "▓", _("system")),
    ContextLook("turns", "▒", _("turns")),
    ContextLook("attachments", "▚", _("attachments")),
    ContextLook("thinking", "▄", _("thinking")),
    ContextLook("draft", "░", _("draft")),
    ContextLook("dropped", "╱", _("would be dropped")),
)
ANSWER = ContextLook("answer", "·", _("kept for the answer"))

POLICY_WORDS: dict[FullContextPolicy, str] = {
    "stop": _("stop"),
    "drop_oldest": _("drop the oldest turns"),
    "keep_pinned": _("drop turns that are not pinned"),
}


class Filling(msgspec.Struct, frozen=True):
    """Parts of a conversation as it would be sent now."""

    plan: ContextPlan
    left_out_ids: frozenset[int] = frozenset()
    """Ids of the questions whose turns are left out already, without the draft."""
    live_tokens: int | None = None
    """Tokens in the context while a reply is written; None otherwise."""
    is_draft: bool = False
    """True if the question is still a draft."""

    @property
    def used_tokens(self) -> int:
        """Tokens in the context now, or after sending."""
        return self.live_tokens if self.live_tokens is not None else self.plan.used_tokens

    @property
    def newly_dropped(self) -> int:
        """Number of turns that sending would drop in addition to those that are left out already."""
        return len(self.plan.dropped_ids - self.left_out_ids)

    @property
    def tokens(self) -> tuple[int, ...]:
        """Tokens of each part, in the order of `PARTS`."""
        parts = self.plan.parts
        turns = self.plan.sent if self.is_draft else (*self.plan.sent, parts.question)
        growing = self.used_tokens - self.plan.used_tokens
        return (
            parts.system_tokens,
            max(0, sum(turn.text_tokens for turn in turns) + growing),
            sum(turn.attachment_tokens for turn in turns),
            sum(turn.thinking_tokens for turn in turns),
            parts.question.tokens if self.is_draft else 0,
            sum(turn.tokens for turn in self.plan.dropped if turn.id not in self.left_out_ids),
        )


def context_line(filling: Filling | None, width: int) -> Line:
    """Return the bar and its figures in one row: `context ▕▓▒▒▒▚▄░   ··▏ 1,020 / 8,192`."""
    label = Piece(_("context") + " ", "unit")
    if filling is None:
        return cut([label, Piece(UNKNOWN, "value")], width)
    figures = _figures(filling)
    room = width - width_of([label, *figures]) - CAPS - 1
    if room < _MIN_BAR:
        return cut([label, *figures], width)
    return [label, *context_bar(filling, room), Piece(" "), *figures]


def context_bar(filling: Filling, room: int) -> Line:
    """Return the parts side by side in `room` cells between caps, scaled to the context.

    Turns that would be dropped are hatched in the free room; the room kept for the answer is dotted.
    A prompt that is too long fills the bar and ends with `+`.
    """
    plan, used = filling.plan, filling.used_tokens
    *sent, dropped = filling.tokens
    scale = plan.context
    is_over = used > scale
    if is_over:
        room, scale, dropped = room - 1, used, 0
    sizes = [*sent, min(dropped, max(0, scale - used))]
    counts = share_cells([size / scale if scale else 0.0 for size in sizes], room)
    row = [Piece(look.glyph * count, look.role) for look, count in zip(PARTS, counts, strict=True)]
    free = room - sum(counts)
    answer = min(free, round(plan.answer_tokens / scale * room) if scale else 0)
    row += [Piece(" " * (free - answer), TRACK), Piece(ANSWER.glyph * answer, ANSWER.role)]
    if is_over:
        row.append(Piece(OVER, "critical"))
    return capped(merged(row))


def legend_lines(filling: Filling | None, policy: FullContextPolicy, width: int) -> list[Line]:
    """Return the legend: glyph, name and tokens of each part, and the policy for a full context."""
    fields: list[Line] = []
    if filling is not None:
        for look, tokens in zip(PARTS, filling.tokens, strict=True):
            if tokens:
                fields.append(_field(look, tokens))
        answer = min(filling.plan.answer_tokens, max(0, filling.plan.context - filling.used_tokens))
        if answer:
            fields.append(_field(ANSWER, answer))
        free = max(0, filling.plan.context - filling.used_tokens)
        fields.append(filled(_("room left {tokens}"), "unit", tokens=[Piece(format_tokens(free), "value")]))
    full = filled(_("when full: {policy}"), "unit", policy=[Piece(POLICY_WORDS[policy], "value")])
    hint = [Piece(with_keys(_("{context.policy} changes")), "unit")]
    return [*_rows(fields, width), spread(full, hint, width)]


def _figures(filling: Filling) -> Line:
    size, used = format_number(filling.plan.context, ","), format_tokens(filling.used_tokens)
    role = "critical" if filling.used_tokens >= filling.plan.context else "value"
    end = [Piece(" / ", "unit"), Piece(size, "value")]
    if filling.used_tokens and not filling.plan.parts.exact and filling.live_tokens is None:
        return [*filled(_("about {tokens}"), "unit", tokens=[Piece(used, role)]), *end]
    return [Piece(used.rjust(len(size)), role), *end]


def _field(look: ContextLook, tokens: int) -> Line:
    return [
        Piece(f"{look.glyph} ", look.role),
        Piece(f"{look.word} ", "unit"),
        Piece(format_tokens(tokens), "value"),
    ]


def _rows(fields: list[Line], width: int) -> list[Line]:
    """Return the fields in as many rows as they need."""
    rows: list[Line] = []
    while fields:
        count = 1
        while count < len(fields) and width_of(join_fitting(fields[: count + 1], 10_000)) <= width:
            count += 1
        rows.append(join_fitting(fields[:count], width))
        fields = fields[count:]
    return rows
