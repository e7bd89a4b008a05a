"""One model's answer: its states, its scrolling, and its name in a column of any width."""

from collections.abc import Iterator

import msgspec
from textual.content import Content

from tests.chat.scripted_comparison import ScriptedHost, metrics, model
from tests.ui.compare.comparisons import HELLO, SUM, compared, words
from tests.ui.host import Host
from tests.waiting import until
from tui.chat.comparing.comparison import AnswerCell, Comparison, new_comparison, with_cell
from tui.ui.compare.answer_column import AnswerColumn

NAMED = model("A-model-with-a-rather-long-name-Instruct")


def comparison_with(*cells: AnswerCell) -> Comparison:
    comparison = new_comparison((NAMED,), (HELLO, SUM))
    for number, cell in enumerate(cells):
        comparison = with_cell(comparison, 0, number, cell)
    return comparison


async def test_answer_is_followed_while_it_is_written_and_then_shown_from_its_start():
    async with Host(AnswerColumn).run_test(size=(60, 20)) as pilot:
        column = pilot.app.query_one(AnswerColumn)

        def show(comparison: Comparison, number: int = 0) -> None:
            column.show(comparison, comparison.sides[0], number)

        def texts() -> Iterator[str]:
            return (words(column, part) for part in (".answer-text", ".answer-foot"))

        # GIVEN nothing yet
        show(comparison_with())
        assert list(texts()) == ["", "waiting"]
        assert str(column.border_title).endswith("Q4_1")

        # WHEN it thinks, THEN that stands there until the first word of the answer
        show(comparison_with(AnswerCell("answering", thinking="Let me \x1b[31msee.")))
        assert list(texts()) == ["Thinking…\nLet me see.", "answering"]
        show(comparison_with(AnswerCell("answering", "\nGood [b]day[/b].", thinking="Let me see.")))
        assert list(texts()) == ["Good [b]day[/b].", "answering"]

        # WHEN it is longer than the column, THEN its end is followed
        long = "\n".join(f"line {number}" for number in range(60))
        show(comparison_with(AnswerCell("answering", long)))
        await until(lambda: column.scroll.max_scroll_y > 0, "a scroll bar")
        show(comparison_with(AnswerCell("answering", f"{long}\n{long}")))
        await until(lambda: column.scroll.scroll_y == column.scroll.max_scroll_y > 90, "the end")

        # AND what the user scrolls to stays when it has ended
        column.scroll.scroll_to(y=7, animate=False)
        await until(lambda: column.scroll.scroll_y == 7, "what the user looks at")
        done = comparison_with(AnswerCell("done", long, metrics=metrics()), AnswerCell("done", long))
        show(done)
        await pilot.pause()
        assert column.scroll.scroll_y == 7
        assert words(column, ".answer-foot").startswith("10.0 tok/s")

        # AND another answer is read from its start
        show(done, 1)
        await until(lambda: column.scroll.scroll_y == 0, "the start")


async def test_the_name_is_cut_to_the_column_and_the_score_stands_below():
    comparison = await compared(ScriptedHost({SUM.prompt: "399"}), NAMED)
    async with Host(AnswerColumn).run_test(size=(120, 20)) as pilot:
        column = pilot.app.query_one(AnswerColumn)
        column.show(comparison, comparison.sides[0], 1)
        assert str(column.border_title) == NAMED.label
        assert str(column.border_subtitle) == "1 of 1 passed"
        for width in (40, 24, 12):
            await pilot.resize_terminal(width, 20)
            await until(lambda width=width: column.size.width <= width, "the new width")
            await pilot.pause()
            title = str(column.border_title)
            assert len(title) <= max(8, column.size.width - 6)
            assert "…" in title


async def test_markup_in_the_name_of_a_file_is_drawn_as_it_is():
    comparison = await compared(ScriptedHost({SUM.prompt: "399"}), NAMED)
    label = "q [@click=app.quit]zz[/] Q4_1"
    side = msgspec.structs.replace(comparison.sides[0], label=label)
    async with Host(AnswerColumn).run_test(size=(120, 20)) as pilot:
        column = pilot.app.query_one(AnswerColumn)
        column.show(comparison, side, 1)
        await pilot.pause()
        title = Content.from_markup(str(column.border_title))
        assert title.plain == label
        assert not title.spans
