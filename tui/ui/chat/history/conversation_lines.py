"""Kept conversations as lines of a list: title, model, how many messages, when."""

import time
from collections.abc import Sequence

from tui.chat.storage.reads import LIST_LIMIT
from tui.chat.storage.rows import ConversationSummary
from tui.i18n import _, ngettext
from tui.text import clean_line
from tui.ui.kit.cells import end_cut, middle_cut, pad
from tui.ui.kit.keys import with_keys
from tui.ui.kit.pieces import Line, Piece, cut, join_fitting

PINNED = "▴"
"""Stands before a conversation that is pinned."""
_COUNT = 8
"""Cells of the column that counts messages."""
_WHEN = 10
"""Cells of the column that says when."""
_MODEL_LEAST = 90
"""Cells of a list that has room for the model's name."""
_LEAST = 40
"""Cells that a list is drawn for at least: one that was never laid out has none yet."""
_GAP = "  "


def date_or_time(wall: float, now: float) -> str:
    """A moment in seconds since 1970 in the user's zone: `14:05` today, else `2026-11-24`."""
    then = time.localtime(wall)
    today = then[:3] == time.localtime(now)[:3]
    return time.strftime("%H:%M" if today else "%Y-%m-%d", then)


def conversation_lines(
    rows: Sequence[ConversationSummary], width: int, now: float
) -> tuple[Line, list[Line]]:
    """The header and a line for each conversation, in at most `width` cells."""
    width = max(width, _LEAST)
    model = (width // 3 if width >= _MODEL_LEAST else width // 4) if width >= 60 else 0
    title = max(8, width - 2 - len(_GAP) * (3 if model else 2) - model - _COUNT - _WHEN)
    header = _line("", _("title"), _("model"), _("messages"), _("when"), title, model)
    lines = [
        _line(
            PINNED if row.pinned else "",
            clean_line(row.title),
            clean_line(row.model),
            f"{row.messages}",
            date_or_time(row.updated, now),
            title,
            model,
        )
        for row in rows
    ]
    whole = [Piece(piece.text, "$dim") for piece in header]
    return cut(whole, width), [cut(line, width) for line in lines]


def facts_line(row: ConversationSummary, width: int, now: float) -> Line:
    """What the list has no room for: the model's whole name, when it began, how long it is."""
    count = ngettext("{count} message", "{count} messages", row.messages).format(count=row.messages)
    facts = [
        clean_line(row.model) or _("not answered yet"),
        count,
        _("begun {when}").format(when=date_or_time(row.created, now)),
        *([_("pinned")] if row.pinned else []),
    ]
    return join_fitting([[Piece(fact, "$dim")] for fact in facts], width, " · ")


def list_limit_text(count: int) -> str:
    """Of a list with so many lines, that there may be more; empty where there are not."""
    return (
        _("the newest {count}; search finds older ones").format(count=LIST_LIMIT)
        if count >= LIST_LIMIT
        else ""
    )


def empty_list_text(query: str) -> tuple[str, str]:
    """What stands in place of a list that is empty: what it is for, and what fills it."""
    if query := clean_line(query):
        nothing = _('No conversation has "{query}" in its title or text.').format(query=query)
        return nothing, with_keys(_("{history.close} shows all of them again."))
    return (
        _("Conversations are kept here, word for word, on this disk only."),
        with_keys(
            _("Ask a model something and it is in this list; {history.import} imports one from a JSON file."),
            _("Ask a model something and it is in this list."),
        ),
    )


def _line(
    mark: str, title: str, model: str, count: str, when: str, title_width: int, model_width: int
) -> Line:
    line = [Piece(pad(mark, 2), "$accent"), Piece(pad(end_cut(title, title_width), title_width))]
    if model_width:
        line.append(Piece(_GAP + pad(middle_cut(model, model_width), model_width), "$dim"))
    return [
        *line,
        Piece(_GAP + end_cut(count, _COUNT).rjust(_COUNT)),
        Piece(_GAP + when.rjust(_WHEN), "$dim"),
    ]
