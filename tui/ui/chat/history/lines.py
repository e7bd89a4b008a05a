"""Lines of the list of saved conversations: title, model, number of messages, date."""

import time
from collections.abc import Sequence

from rich.cells import cell_len

from tui.chat.storage.reads import LIST_LIMIT
from tui.chat.storage.rows import ConversationSummary
from tui.i18n import _, ngettext
from tui.text import clean_line
from tui.ui.kit.cells import end_cut, middle_cut, pad
from tui.ui.kit.keyboard.names import with_keys
from tui.ui.kit.pieces import Line, Piece, cut, join_fitting
from tui.units import format_date

PINNED = "▴"
"""Sign before a pinned conversation."""
_COUNT_CELLS = max(8, cell_len(_("messages")))
"""Width of the column with the number of messages."""
_DATE_CELLS = 10
"""Width of the column with the date or time."""
_MODEL_CELLS = 60
"""List width from which the model's name is shown."""
_WIDE_MODEL_CELLS = 90
"""List width from which the model's name takes a third."""
_MIN_CELLS = 40
"""Smallest width of a line; a list without a layout has a width of 0."""
_GAP = "  "


def date_or_time(timestamp: float, now_seconds: float) -> str:
    """Return a time as `14:05` if it is today, else as `2026-11-24`.

    Both arguments are seconds since 1970; the text is in the user's time zone.
    """
    local = time.localtime(timestamp)
    today = local[:3] == time.localtime(now_seconds)[:3]
    return time.strftime("%H:%M", local) if today else format_date(timestamp)


def conversation_lines(
    rows: Sequence[ConversationSummary], width: int, now_seconds: float
) -> tuple[Line, list[Line]]:
    """Return the header and a line for each conversation, in at most `width` cells."""
    width = max(width, _MIN_CELLS)
    model = (width // 3 if width >= _WIDE_MODEL_CELLS else width // 4) if width >= _MODEL_CELLS else 0
    title = max(8, width - 2 - len(_GAP) * (3 if model else 2) - model - _COUNT_CELLS - _DATE_CELLS)
    header = _line("", _("title"), _("model"), _("messages"), _("when"), title, model)
    lines = [
        _line(
            PINNED if row.pinned else "",
            clean_line(row.title),
            clean_line(row.model),
            f"{row.messages}",
            date_or_time(row.updated, now_seconds),
            title,
            model,
        )
        for row in rows
    ]
    dim_header = [Piece(piece.text, "$dim") for piece in header]
    return cut(dim_header, width), [cut(line, width) for line in lines]


def facts_line(row: ConversationSummary, width: int, now_seconds: float) -> Line:
    """Return the facts that the list has no room for: full model name, number of messages, start."""
    count = ngettext("{count} message", "{count} messages", row.messages).format(count=row.messages)
    facts = [
        clean_line(row.model) or _("not answered yet"),
        count,
        _("begun {when}").format(when=date_or_time(row.created, now_seconds)),
        *([_("pinned")] if row.pinned else []),
    ]
    return join_fitting([[Piece(fact, "$dim")] for fact in facts], width, " · ")


def list_limit_text(count: int) -> str:
    """Return a note that the list may be incomplete; empty for a list below the limit."""
    return (
        _("the newest {count}; search finds older ones").format(count=LIST_LIMIT)
        if count >= LIST_LIMIT
        else ""
    )


def empty_list_text(query: str) -> tuple[str, str]:
    """Return two sentences in place of an empty list: its purpose, and how to fill it."""
    if query := clean_line(query):
        no_match = _('No conversation has "{query}" in its title or text.').format(query=query)
        return no_match, with_keys(_("{history.close} shows all conversations again."))
    return (
        _("Conversations are kept here, word for word, on this disk only."),
        with_keys(
            _("Ask a model a question to fill this list; {history.import} imports a conversation from JSON."),
            _("Ask a model a question to fill this list."),
        ),
    )


def _line(
    mark: str, title: str, model: str, count: str, date: str, title_width: int, model_width: int
) -> Line:
    line = [Piece(pad(mark, 2), "$accent"), Piece(pad(end_cut(title, title_width), title_width))]
    if model_width:
        line.append(Piece(_GAP + pad(middle_cut(model, model_width), model_width), "$dim"))
    return [
        *line,
        Piece(_GAP + end_cut(count, _COUNT_CELLS).rjust(_COUNT_CELLS)),
        Piece(_GAP + date.rjust(_DATE_CELLS), "$dim"),
    ]
