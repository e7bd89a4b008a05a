"""Timeline pane along the bottom of the dashboard: readings of the machine and tokens over time."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Blur, Click, Resize
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from tui.i18n import _
from tui.services.activity.moment import Phase
from tui.services.activity.stretches import span_in, work_in
from tui.services.activity.track import Track
from tui.ui.kit.dialog import ruled_title
from tui.ui.kit.keyboard.names import with_keys
from tui.ui.kit.painter import Painter
from tui.ui.kit.pieces import Line, Piece, join_fitting, merged, plain
from tui.ui.timeline.lanes import (
    ALWAYS,
    LABEL_CELLS,
    Lane,
    TimelineView,
    column_count,
    lanes_for,
    timeline_rows,
)
from tui.ui.timeline.words import brief_phase_word, column_facts, legend
from tui.units import format_duration

ZOOMS = (1.0, 2.0, 5.0)
"""Seconds per column that the user can choose."""
HIGH_ROWS = 50
"""Rows of a screen from which the lanes are taller and more are shown."""
_OF_REPLIES = (Phase.READING, Phase.GENERATING)
"""Phases in which the engine works on a reply."""
_CORNERS = 6
"""Cells of a border that its title cannot use."""


class Timeline(Widget, can_focus=True):
    """Pane that draws a track. The owner of the track calls `update`; only changed cells are drawn again.

    Until there is a reply to look at, the pane is folded to its title with the phase; the focus opens it. On
    a low screen it is hidden until `enter` opens it.
    """

    SCOPED_CSS = False
    DEFAULT_CSS = """
    Timeline {
        height: auto;
        padding: 0 2;
        border-top: solid $pane-border;
        border-title-color: $foreground;
        border-title-style: bold;
        &:focus { border-top: solid $border; border-title-color: $text-primary; }
        & > .timeline--label { color: $dim; }
        & > .timeline--value { color: $foreground; }
        & > .timeline--idle { color: $dim; }
        & > .timeline--loading { color: $phase-loading; }
        & > .timeline--reading { color: $phase-reading; }
        & > .timeline--generating { color: $phase-generating; }
        & > .timeline--on-loading { background: $phase-loading-shade; }
        & > .timeline--on-reading { background: $phase-reading-shade; }
        & > .timeline--on-generating { background: $phase-generating-shade; }
        & > .timeline--tokens { color: $phase-generating; }
        & > .timeline--low { color: $gauge-low; }
        & > .timeline--mid { color: $gauge-mid; }
        & > .timeline--high { color: $gauge-high; }
        & > .timeline--critical { color: $gauge-critical; }
        & > .timeline--calm { color: $gauge-calm; }
        & > .timeline--busy { color: $gauge-busy; }
        & > .timeline--cut { color: $error; text-style: bold; }
        & > .timeline--selected { color: $accent; }
        & > .timeline--cursor { text-style: reverse; }
    }
    .-short Timeline, .-too-small Timeline { display: none; }
    .-short Timeline.-open { display: block; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "timeline--label",
        "timeline--value",
        "timeline--idle",
        "timeline--loading",
        "timeline--reading",
        "timeline--generating",
        "timeline--on-loading",
        "timeline--on-reading",
        "timeline--on-generating",
        "timeline--tokens",
        "timeline--low",
        "timeline--mid",
        "timeline--high",
        "timeline--critical",
        "timeline--calm",
        "timeline--busy",
        "timeline--cut",
        "timeline--selected",
        "timeline--cursor",
    }
    BINDING_GROUP_TITLE = _("Timeline")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "left,h", "move(-1)", _("Earlier"), show=False, id="timeline.back", tooltip=_("Go a column back")
        ),
        Binding(
            "right,l",
            "move(1)",
            _("Later"),
            show=False,
            id="timeline.forward",
            tooltip=_("Go a column forward"),
        ),
        Binding(
            "home",
            "first",
            _("Oldest"),
            show=False,
            id="timeline.first",
            tooltip=_("Go to the oldest column"),
        ),
        Binding(
            "end", "last", _("Newest"), show=False, id="timeline.last", tooltip=_("Go to the newest column")
        ),
        Binding(
            "enter", "choose", _("Mark reply"), id="timeline.choose", tooltip=_("Mark the reply in the chat")
        ),
        Binding(
            "plus,equals_sign",
            "zoom(-1)",
            _("Closer"),
            id="timeline.closer",
            tooltip=_("Show fewer seconds per column"),
        ),
        Binding(
            "minus", "zoom(1)", _("Wider"), id="timeline.wider", tooltip=_("Show more seconds per column")
        ),
        Binding("escape", "leave", _("Leave"), id="timeline.leave", tooltip=_("Go back to the pane before")),
    ]

    class ReplyChosen(Message):
        """The user wants to see the reply under the cursor."""

        def __init__(self, reply_id: int) -> None:
            super().__init__()
            self.reply_id = reply_id

    selected: reactive[int | None] = reactive[int | None](None, repaint=False)
    """Id of the reply whose span is marked; None for none."""
    cursor: reactive[int | None] = reactive[int | None](None, repaint=False)
    """Number of the column that the title describes, counted from the clock's zero; None for none."""

    def __init__(self, track: Track, *, id: str | None = None) -> None:
        super().__init__(id=id, classes="-folded")
        self._track = track
        self._rows: list[Line] = []
        self._lanes: tuple[Lane, ...] = ALWAYS
        self._title: tuple[list[Line], int] | None = None
        self._has_reply = False
        """True from the first reply on."""
        self._previous_focus: Widget | None = None
        self._painter = Painter(self, "timeline")
        self.tooltip = Content("\n".join(plain(field) for field in legend(selected=True)))

    def on_mount(self) -> None:
        """Remember which widget had the focus, to give it back later."""
        self.watch(self.screen, "focused", self._focus_moved, init=False)

    @property
    def rows(self) -> list[str]:
        """The rows as plain text."""
        return [plain(row) for row in self._rows]

    def enter(self) -> None:
        """Open the pane and focus it."""
        self.add_class("-open")
        self.screen.set_focus(self)
        if self.cursor is None:
            self.cursor = self._track.columns.newest

    # Drawing

    def update(self) -> None:
        """Draw the track and the description of the column under the cursor."""
        width = self.content_size.width
        self._fold()
        self._choose_lanes()
        if self.has_class("-folded"):
            self._rows = []
            self._update_title([[Piece(brief_phase_word(self._track.phase))]], width)
            return
        if width < 1:
            return
        view = self._view(column_count(width))
        rows = timeline_rows(view, self._lanes, width, self._lane_height)
        old_rows, self._rows = self._rows, rows
        changed = [
            region
            for number, row in enumerate(rows)
            if (region := changed_cells(old_rows[number] if number < len(old_rows) else [], row, number))
            is not None
        ]
        if changed:
            self.refresh(*changed)
        self._update_title(self._title_fields(view), width)

    def render_line(self, y: int) -> Strip:
        """Draw one row in the theme's colours."""
        return self._painter.paint(merged(self._rows[y]) if y < len(self._rows) else [])

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the number of rows of the phases and the lanes; a folded pane is its title alone."""
        return 0 if self.has_class("-folded") else 1 + len(self._lanes) * self._lane_height

    def notify_style_update(self) -> None:
        """Drop the styles of the old theme."""
        self._painter.forget()
        super().notify_style_update()

    def on_resize(self, _event: Resize) -> None:
        """Draw all rows for the new size."""
        self._rows = []
        self.update()

    def watch_selected(self) -> None:
        """Redraw the span of the reply that is marked in the chat."""
        self.update()

    def watch_cursor(self) -> None:
        """Redraw the cursor."""
        self.update()

    def _fold(self) -> None:
        """Fold the pane while there is no reply, unless it has the focus."""
        if not self._has_reply:
            self._has_reply = any(stretch.phase in _OF_REPLIES for stretch in self._track.stretches)
        folded = not self._has_reply and self.screen.focused is not self
        if folded != self.has_class("-folded"):
            self.set_class(folded, "-folded")
            self.refresh(layout=True)

    @property
    def _lane_height(self) -> int:
        return 2 if self.screen.size.height >= HIGH_ROWS else 1

    def _choose_lanes(self) -> None:
        tall = self.screen.size.height >= HIGH_ROWS
        lanes = lanes_for(self._track.columns.last(1)[0], self._lanes, tall=tall)
        if lanes != self._lanes:
            self._lanes = lanes
            self.refresh(layout=True)

    def _view(self, count: int) -> TimelineView:
        track, columns = self._track, self._track.columns
        first = self._first(count)
        return TimelineView(
            tuple(columns.last(count)),
            tuple(work_in(track.stretches, first, count, columns.span)),
            track.phase,
            span_in(track.stretches, self.selected, first, count, columns.span),
            None if self.cursor is None else max(0, min(count - 1, self.cursor - first)),
        )

    def _first(self, count: int) -> int:
        newest = self._track.columns.newest
        return 0 if newest is None else newest - count + 1

    def _update_title(self, facts: Sequence[Line], width: int) -> None:
        """Show what there is to know in the upper border: of a column, of the signs, or of the pane."""
        fields = [[Piece(_("Timeline"))], *facts]
        if self._title != (fields, width):
            self._title = (fields, width)
            title = join_fitting(fields, width - _CORNERS)
            # The library's type says str, its code takes content, which unlike a str is never markup.
            self.border_title = ruled_title(title_content(title))  # pyright: ignore[reportAttributeAccessIssue]

    def _title_fields(self, view: TimelineView) -> list[Line]:
        """Return the facts of the column under the cursor; else, with the focus, the meaning of the signs."""
        span = [Piece(_("{time} per column").format(time=format_duration(self._track.columns.span)))]
        if view.cursor is not None:
            column = view.columns[view.cursor]
            if column is None:
                return [[Piece(_("no reading here"))], span]
            facts = column_facts(column, view.works[view.cursor])
            return [*([Piece(fact, "fact")] for fact in facts), span]
        if self.screen.focused is self or view.selected:
            return legend(selected=bool(view.selected))
        look_back = with_keys(_("{pane.timeline} and the arrows look back"))
        return [span, *([[Piece(look_back)]] if look_back else [])]

    # Keys and mouse

    def _focus_moved(self, old_focus: Widget | None, new_focus: Widget | None) -> None:
        if new_focus is self and old_focus is not self:
            self._previous_focus = old_focus
        if self in (old_focus, new_focus):
            self.update()

    def on_blur(self, _event: Blur) -> None:
        """Hide the pane on a low screen; the next visit starts at the newest column."""
        self.remove_class("-open")
        self.cursor = None

    def on_click(self, event: Click) -> None:
        """Move the cursor to the column that was clicked."""
        offset = event.get_content_offset(self)
        count = column_count(self.content_size.width)
        if (
            offset is not None
            and 0 <= offset.x - LABEL_CELLS < count
            and self._track.columns.newest is not None
        ):
            self.cursor = self._first(count) + offset.x - LABEL_CELLS

    def action_move(self, step: int) -> None:
        """Move the cursor a column back or forward."""
        count = column_count(self.content_size.width)
        newest = self._track.columns.newest
        if newest is not None:
            column = newest if self.cursor is None else self.cursor + step
            self.cursor = max(newest - count + 1, min(newest, column))

    def action_first(self) -> None:
        """Move the cursor to the left edge."""
        self.action_move(-column_count(self.content_size.width))

    def action_last(self) -> None:
        """Move the cursor to the newest column."""
        self.action_move(column_count(self.content_size.width))

    def action_zoom(self, step: int) -> None:
        """Change the seconds per column; the cursor keeps its time."""
        columns = self._track.columns
        index = ZOOMS.index(columns.span) if columns.span in ZOOMS else 0
        span = ZOOMS[max(0, min(len(ZOOMS) - 1, index + step))]
        if span == columns.span:
            return
        cursor = self.cursor
        self._track.zoom(span)
        if cursor is not None:
            self.cursor = self._track.columns.slot_of((cursor + 0.5) * columns.span)
        self.update()

    def action_choose(self) -> None:
        """Mark the reply under the cursor in the chat; of several, the newest."""
        if self.cursor is None:
            return
        (work,) = work_in(self._track.stretches, self.cursor, 1, self._track.columns.span)
        if work.replies:
            self.post_message(self.ReplyChosen(work.replies[-1]))

    def action_leave(self) -> None:
        """Give the focus back to the widget that had it before."""
        previous = self._previous_focus
        if previous is not None and previous.is_attached and previous.focusable:
            self.screen.set_focus(previous)
        else:
            self.screen.focus_next()


def changed_cells(old_pieces: Sequence[Piece], pieces: Sequence[Piece], row: int) -> Region | None:
    """Return the region between the first and the last changed cell of a row; None for no change.

    Every piece except the first and the last is one cell wide.
    """
    if old_pieces == pieces:
        return None
    if len(old_pieces) != len(pieces) or old_pieces[0] != pieces[0]:
        return Region(0, row, 10_000, 1)
    changed = [index for index, (old, new) in enumerate(zip(old_pieces, pieces, strict=True)) if old != new]
    start = len(pieces[0].text) + changed[0] - 1
    last = len(pieces) - 1
    end = len(pieces[0].text) + changed[-1] if changed[-1] < last else start + 10_000
    return Region(start, row, end - start, 1)


def title_content(line: Line) -> Content:
    """Return the title as content: signs in the colours of their phases, facts bright, the others dim."""
    colours = {
        "idle": "$dim",
        "loading": "$phase-loading",
        "reading": "$phase-reading",
        "generating": "$phase-generating",
        "cut": "$error",
        "selected": "$accent",
        "fact": "$foreground",
    }
    head, *others = line
    return Content.assemble(
        head.text, *((piece.text, f"{colours.get(piece.role, '$dim')} not bold") for piece in others)
    )
