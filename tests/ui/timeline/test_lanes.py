"""The timeline's rows as strings, and its columns in words."""

from tui.services.activity.columns import Column
from tui.services.activity.moment import Phase
from tui.services.activity.stretches import Stretch, Work, span_in, work_in
from tui.ui.gauges.thresholds import LOAD
from tui.ui.kit.pieces import Line, plain, width_of
from tui.ui.timeline.lanes import CPU, MEMORY_LANE, TOKENS, TimelineView, lane_rows, phase_row, timeline_rows
from tui.ui.timeline.words import column_facts
from tui.units import GIB

PLAIN = ("", "")


def works(*stretches: Stretch, count: int = 10) -> tuple[Work, ...]:
    return tuple(work_in(stretches, 0, count, 1.0))


def columns(count: int = 10, **figures: float) -> tuple[Column, ...]:
    return tuple(Column(slot, float(slot), **figures) for slot in range(count))


def phases(view: TimelineView) -> str:
    return plain(phase_row(view, [PLAIN] * len(view.works)))


def lane(*values: float | None, peak: float | None = None, height: int = 1) -> list[str]:
    steps = LOAD if peak is None else None
    rows: list[Line] = lane_rows(values, steps, peak, [PLAIN] * len(values), height)
    return [plain(row) for row in rows]


REPLY = (
    Stretch(Phase.LOADING, 1.5, 2.9),
    Stretch(Phase.READING, 4.0, 5.5, 7, begins=True),
    Stretch(Phase.GENERATING, 5.5, 7.9, 7),
)


def test_each_phase_has_a_line_of_its_own_and_a_reply_its_beginning() -> None:
    view = TimelineView(columns(), works(*REPLY))
    assert phases(view) == "─══─┣━━━──"


def test_no_line_is_drawn_before_the_first_reading() -> None:
    view = TimelineView((None, None, *columns(8)), works())
    assert phases(view) == "  ────────"


def test_the_marked_reply_is_solid_and_no_other() -> None:
    other_stretch = Stretch(Phase.GENERATING, 8.2, 9.0, 8, begins=True)
    stretches = (*REPLY, other_stretch)
    view = TimelineView(columns(), works(*stretches), selected=span_in(stretches, 7, 0, 10, 1.0))
    assert phases(view) == "─══─████┣━"


def test_two_replies_in_one_column_are_counted() -> None:
    view = TimelineView(
        columns(4),
        works(
            Stretch(Phase.GENERATING, 1.1, 1.3, 1, begins=True),
            Stretch(Phase.GENERATING, 1.5, 1.7, 2, begins=True),
            count=4,
        ),
    )
    assert phases(view) == "─2──"
    assert "2 replies" in column_facts(view.columns[1], view.works[1])


def test_a_phase_that_was_cut_short_ends_with_a_cross() -> None:
    cut = Stretch(Phase.GENERATING, 1.0, 3.2, 1, begins=True, cut=True)
    assert phases(TimelineView(columns(5), works(cut, count=5))) == "─┣━×─"


def test_an_unfinished_phase_reaches_the_newest_column() -> None:
    open_stretch = Stretch(Phase.READING, 2.5)
    assert phases(TimelineView(columns(5), works(open_stretch, count=5))) == "──┅┅┅"


def test_percentages_are_drawn_on_a_fixed_scale() -> None:
    assert lane(0, 12.5, 50, 100, None, 250) == ["▁▁▄█ █"]
    assert lane(3, 4, 3, 4) == ["▁▁▁▁"]


def test_a_tall_lane_stacks_from_the_bottom() -> None:
    assert lane(25, 50, 75, 100, None, height=2) == ["  ▄█ ", "▄███ "]


def test_tokens_are_drawn_up_to_their_peak() -> None:
    assert lane(37, 74, None, peak=74) == ["▄█ "]


def test_the_scale_of_the_tokens_is_written_out() -> None:
    drawn = (*columns(3, rate=74.2), *columns(1, rate=71.4))
    rows = timeline_rows(TimelineView(drawn, works(count=4)), (TOKENS,), 40, 1)
    assert "71 · peak 74 " in plain(rows[1])
    idle = timeline_rows(
        TimelineView((*columns(3, rate=74.2), *columns(1)), works(count=4)), (TOKENS,), 40, 1
    )
    assert "peak 74 tok/s" in plain(idle[1])
    assert "no reply yet" in plain(
        timeline_rows(TimelineView(columns(4), works(count=4)), (TOKENS,), 40, 1)[1]
    )


def test_every_row_takes_exactly_its_width() -> None:
    drawn = columns(76, cpu_percent=97.0, memory_used=5.1 * GIB, memory_total=8.0 * GIB)
    rows = timeline_rows(TimelineView(drawn, works(count=76)), (TOKENS, CPU, MEMORY_LANE), 100, 2)
    assert [width_of(row) for row in rows] == [100] * 7
    assert "97 %" in plain(rows[4])
    assert "5.1 / 8.0 GiB" in plain(rows[6])


def test_the_phase_shades_every_lane_and_the_cursor_lies_over_it() -> None:
    view = TimelineView(columns(10, cpu_percent=90.0), works(*REPLY), cursor=6)
    row = timeline_rows(view, (CPU,), 34, 1)[1]
    cells = row[1:-1]
    assert cells[0].role == "busy"
    assert cells[1].role == "on-loading busy"
    assert cells[6].role == "on-generating busy cursor"
