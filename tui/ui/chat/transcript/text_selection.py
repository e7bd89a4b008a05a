"""Mouse selection in the transcript: line labels, the selected text, a whole message."""

from bisect import bisect_left

from textual.geometry import Offset
from textual.selection import Selection

from tui.ui.chat.transcript.layout.message_view import MessageView
from tui.ui.chat.transcript.message_column import GAP, MessageColumn

LINES = 100_000_000
"""More than a message has. A mouse selection knows a line by its message and its number there, so that it
stays with its text when heights above it change."""


def line_label(view: MessageView, line: int) -> int:
    """Return the number by which a selection knows a line of a message."""
    return view.order * LINES + line


def selected_text(column: MessageColumn, selection: Selection) -> str | None:
    """Return the text under a selection, without the gutter; None for none."""
    views = column.views
    if not views:
        return None
    orders = [view.order for view in views]
    order, first_line = divmod(selection.start.y, LINES) if selection.start else (orders[0], 0)
    first = bisect_left(orders, order)
    order, last_line = divmod(selection.end.y, LINES) if selection.end else (orders[-1], LINES)
    last = bisect_left(orders, order)
    lines: list[str] = []
    for index in range(first, min(last + 1, len(views))):
        view = views[index]
        view.lay_out(column.width)
        texts = [view.lines.text_of(line) for line in range(view.lines.count)]
        if index < last:
            texts += [""] * GAP
        lines += texts[first_line if index == first else 0 : last_line + 1 if index == last else None]
    if not lines:
        return None
    # The end first: it may be on the same line.
    if selection.end is not None:
        lines[-1] = lines[-1][: selection.end.x]
    if selection.start is not None:
        lines[0] = lines[0][selection.start.x :]
    return "\n".join(lines)


def whole_message(view: MessageView, width: int) -> Selection:
    """Return the selection of a whole message, as a double click makes it."""
    view.lay_out(width)
    last_line = max(0, view.lines.count - 1)
    end = Offset(len(view.lines.text_of(last_line)), line_label(view, last_line))
    return Selection(Offset(0, line_label(view, 0)), end)
