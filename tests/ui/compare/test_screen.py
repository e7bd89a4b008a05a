"""Answers of a comparison side by side: columns, prompts, models, other comparisons, and export."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot

from tests.chat.scripted_comparison import ScriptedHost, died, ready
from tests.reasons import reason_with_text
from tests.ui.compare.comparisons import (
    HELLO,
    ONE,
    SUM,
    THREE,
    TWO,
    compared,
    comparisons_of,
    words,
)
from tests.ui.host import Host, machine, memory, reading
from tests.waiting import until
from tui.chat.comparing.comparison import PreparedLoad
from tui.engine.protocol import Failed
from tui.models.model import Model
from tui.services.comparing.comparisons import Comparisons
from tui.ui.compare.screen import CaseList, ComparisonScreen
from tui.ui.gauges.row import GaugeRow
from tui.ui.help.screen import HelpScreen


@asynccontextmanager
async def shown(
    comparisons: Comparisons, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[tuple[Pilot[None], ComparisonScreen, list[bool | None]]]:
    """The screen over a row of gauges, once its answers are drawn."""
    app = Host(GaugeRow)
    results: list[bool | None] = []
    async with app.run_test(size=size, notifications=True) as pilot:
        row = app.query_one(GaugeRow)
        row.machine = machine()
        row.reading = reading(memory_reading=memory(used=3.0))
        screen = ComparisonScreen(comparisons, row)
        app.push_screen(screen, results.append)
        await until(lambda: screen.is_mounted and screen.columns and texts(screen)[0], "the answers")
        yield pilot, screen, results


def texts(screen: ComparisonScreen) -> list[str]:
    """The answer and the foot of each column."""
    return [
        "\n".join(words(column, part) for part in (".answer-text", ".answer-foot")).strip()
        for column in screen.columns
    ]


def titles(screen: ComparisonScreen) -> list[str]:
    return [str(column.border_title) for column in screen.columns]


def notices(pilot: Pilot[None]) -> list[str]:
    return [note.message for note in pilot.app._notifications]


# Columns


async def test_as_many_answers_as_fit_stand_side_by_side():
    comparison = await compared(None, ONE, TWO, THREE)
    async with shown(comparisons_of(comparison), (200, 60)) as (pilot, screen, _results):
        for width, height, count in ((200, 60, 3), (120, 40, 2), (100, 30, 2), (80, 24, 1), (60, 18, 1)):
            await pilot.resize_terminal(width, height)
            await until(
                lambda size=(width, height), count=count: (
                    screen.size == size and len(screen.columns) == count
                ),
                f"{count} columns in {width} cells",
            )
            await pilot.pause()
            for column in screen.columns:
                assert screen.region.contains_region(column.region), width
                assert column.size.width >= 32, width
                assert column.scroll.size.height >= 3, width
        gauge = screen.query_one("#memory")

        def gauge_text() -> str:
            lines = range(gauge.size.height)
            return "".join(segment.text for line in lines for segment in gauge.render_line(line))

        # AND the gauges above them show the readings of the dashboard
        await until(lambda: "3.0 / 8.0 GiB" in gauge_text(), "the memory")


async def test_left_and_right_go_through_single_answers():
    async with shown(comparisons_of(await compared()), (80, 24)) as (pilot, screen, _results):
        seen = [titles(screen)]
        for key in ("right", "right", "left", "left"):
            await pilot.press(key)
            seen.append(titles(screen))
        assert seen == [["One Q4_1"], ["Two Q4_1"], ["Two Q4_1"], ["One Q4_1"], ["One Q4_1"]]


async def test_the_answers_to_the_highlighted_prompt_scroll_together():
    long = "\n".join(f"line {number}" for number in range(80))
    host = ScriptedHost(
        {SUM.prompt: "It is [bold]399[/bold]", HELLO.prompt: f"\x1b[31mGood day.\x07\n{long}"}
    )
    async with shown(comparisons_of(await compared(host))) as (pilot, screen, _results):
        assert [text.splitlines()[0] for text in texts(screen)] == ["Good day.", "Good day."]
        assert words(screen, "#comparison-prompt") == "Say hello."
        await until(lambda: all(column.scroll.max_scroll_y > 0 for column in screen.columns), "the length")
        await pilot.press("pagedown")
        await until(lambda: all(column.scroll.scroll_y > 0 for column in screen.columns), "the next page")
        places = [column.scroll.scroll_y for column in screen.columns]
        assert places[0] == places[1]
        await pilot.press("pageup")
        await until(
            lambda: all(
                column.scroll.scroll_y < place for column, place in zip(screen.columns, places, strict=True)
            ),
            "the page before",
        )
        await pilot.press("j")
        await until(lambda: texts(screen)[0].startswith("It is [bold]399[/bold]"), "the other answers")
        assert all("✓ pass: 399 is right" in text for text in texts(screen))
        assert [str(column.border_subtitle) for column in screen.columns] == ["1 of 1 passed"] * 2


async def test_reason_for_a_missing_answer_stands_in_its_place():
    why = Failed(
        0, "memory", reason_with_text("Too big: it needs 9 GiB."), reason_with_text("Choose a smaller one.")
    )

    async def prepare(next_model: Model) -> PreparedLoad:
        plan = await ready(next_model)
        return PreparedLoad(plan.settings, refused=why if next_model is ONE else None)

    comparison = await compared(ScriptedHost({HELLO.prompt: died()}), prepare=prepare)
    async with shown(comparisons_of(comparison)) as (_pilot, screen, _results):
        refused, broken = texts(screen)
        assert refused == "! Too big: it needs 9 GiB. Choose a smaller one."
        assert broken == "Half an\n! The engine's process ended. Load it again."


# A comparison that is under way, and those before it


async def test_esc_stops_the_comparison_and_then_leaves():
    comparisons = comparisons_of(host=ScriptedHost({HELLO.prompt: None}))
    run = comparisons.begin((ONE, TWO), (HELLO, SUM))
    task = asyncio.create_task(comparisons.finish(run))
    await until(lambda: run.comparison.sides[0].cells[0].text == "It goes on", "the answer")
    async with shown(comparisons) as (pilot, screen, results):
        await until(lambda: texts(screen)[0].startswith("It goes on"), "the answer on the screen")
        assert "One Q4_1: Your prompt (1 of 2)" in words(screen, "#comparison-head")
        # Nothing else can be asked meanwhile.
        await pilot.press("n")
        await pilot.press("escape")
        await task
        await until(lambda: "Stopped" in words(screen, "#comparison-head"), "the end")
        assert "Stopped before its end." in texts(screen)[0]
        assert results == []
        await pilot.press("escape")
        await until(lambda: results, "the way out")
        assert results == [False]


async def test_screen_follows_the_comparison_until_the_user_moves():
    comparisons = comparisons_of(host=ScriptedHost({SUM.prompt: None}))
    run = comparisons.begin((ONE, TWO), (HELLO, SUM))
    task = asyncio.create_task(comparisons.finish(run))
    async with shown(comparisons, (80, 24)) as (pilot, screen, _results):
        await until(lambda: texts(screen)[0].startswith("It goes on"), "the second prompt")
        assert screen.query_one(CaseList).highlighted == 1
        await pilot.press("k")
        await until(lambda: texts(screen)[0].startswith("An answer."), "the first prompt")
        # WHEN the comparison goes on with more of the answer
        comparisons.changes += 1
        await pilot.pause(0.5)
        # THEN what the user looks at stays
        assert screen.query_one(CaseList).highlighted == 0
        run.stop()
        await task


async def test_earlier_comparisons_can_be_opened_and_extended():
    first, second = await compared(None, ONE, TWO), await compared(None, THREE, TWO)
    async with shown(comparisons_of(first, second)) as (pilot, screen, results):
        await until(lambda: titles(screen)[0] == "Three Q4_1", "the second")
        await pilot.press("left_square_bracket")
        await until(lambda: titles(screen)[0] == "One Q4_1", "the first")
        assert str(screen.query_one(CaseList).border_subtitle).startswith("1 of 2")
        await pilot.press("right_square_bracket")
        await until(lambda: titles(screen)[0] == "Three Q4_1", "the second")
        await pilot.press("f1")
        await until(lambda: isinstance(pilot.app.screen, HelpScreen), "the help")
        await pilot.press("escape")
        await until(lambda: pilot.app.screen is screen, "the comparison")
        await pilot.press("n")
        await until(lambda: results, "the way out")
        assert results == [True]


# Export


async def test_comparison_is_saved_as_markdown(own_home: Path):
    own_folder = own_home / "data" / "llmtui"
    own_folder.parent.mkdir(parents=True, exist_ok=True)
    own_folder.write_text("a file where the folder should be")
    async with shown(comparisons_of(await compared())) as (pilot, _screen, _results):
        await pilot.press("e")
        await until(lambda: len(notices(pilot)) == 1, "the failure")
        assert notices(pilot)[0].startswith("It could not be written: ")
        # WHEN the folder can be written, THEN each export is a file of its own, which is named
        own_folder.unlink()
        await pilot.press("e", "e")
        await until(lambda: len(notices(pilot)) == 3, "the notices")
        files = sorted((own_folder / "comparisons").iterdir())
        assert len(files) == 2
        assert all(file.read_text().startswith("# Comparison: 2 models") for file in files)
        assert all(note.startswith("Written to ") for note in notices(pilot)[1:])
