"""The timeline in words."""

from tui.services.activity.columns import Column
from tui.services.activity.moment import Phase
from tui.services.activity.stretches import Work
from tui.ui.kit.pieces import plain
from tui.ui.timeline.words import column_facts, legend
from tui.units import GIB


def test_moment_is_described_in_words() -> None:
    column = Column(
        0,
        0.0,
        rate=71.0,
        cpu_percent=97.0,
        memory_used=5.1 * GIB,
        memory_total=8.0 * GIB,
        engine_bytes=1.2 * GIB,
        celsius=61.0,
        watts=18.2,
    )
    first, *more_facts = column_facts(column, Work(Phase.GENERATING, (1,)))
    assert first.endswith(" generating 71.0 tok/s")
    assert more_facts == ["CPU 97 %", "memory 5.1 of 8.0 GiB", "engine 1.20 GiB", "61 °C", "18 W"]


def test_unknown_figures_are_left_out() -> None:
    (only,) = column_facts(Column(0, 0.0), Work())
    assert only.endswith(" idle")


def test_the_legend_names_every_sign() -> None:
    text = " ".join(plain(field) for field in legend(selected=True))
    for sign in ("─ idle", "═ loading", "┅ reading the prompt", "━ generating", "┣", "× cut short", "█"):
        assert sign in text
