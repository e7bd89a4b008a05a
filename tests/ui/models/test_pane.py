"""Marking models in the pane, to compare them."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from textual.message import Message
from textual.pilot import Pilot

from tests.ui.host import Host
from tests.ui.model_samples import POOL, model
from tests.waiting import until
from tui.engine.options import LoadSettings
from tui.fit.sizing import Sizer
from tui.models.model import Model
from tui.sentences import reason
from tui.ui.models.column_layout import MARKED
from tui.ui.models.notices import no_model_on_disk
from tui.ui.models.pane import ModelsPane

ONE, TWO, ELSEWHERE = model("One", here=True), model("Two", here=True), model("Elsewhere")


BROKEN = model("Broken", error=reason("models.header_cut_off", byte=9))


@asynccontextmanager
async def pane(
    *models: Model, hook: Callable[[Message], None] | None = None
) -> AsyncIterator[tuple[Pilot, ModelsPane]]:
    app = Host(lambda: ModelsPane(Sizer(None), LoadSettings(context=2048)))
    async with app.run_test(size=(120, 40), notifications=True, message_hook=hook) as pilot:
        found = app.query_one(ModelsPane)
        found.show_pools([POOL])
        found.show_models(models, no_model_on_disk(Path("/models")))
        found.rows.focus()
        await until(lambda: found.highlighted is not None, "the list")
        yield pilot, found


def lines(found: ModelsPane) -> list[str]:
    count = len(found.listing.shown_models)
    return ["".join(segment.text for segment in found.rows.render_line(y)) for y in range(count)]


async def go_to(found: ModelsPane, one: Model) -> None:
    found.listing.highlight(one.key)
    await until(lambda: found.highlighted == one, "the highlight")


async def test_space_marks_in_order_and_takes_the_mark_away():
    async with pane(ONE, TWO) as (pilot, found):
        before = lines(found)
        assert not any(line.startswith(MARKED) for line in before)
        for one in (TWO, ONE):
            await go_to(found, one)
            await pilot.press("space")
        await until(lambda: list(found.marked) == [TWO, ONE], "two marks")
        assert all(line.startswith(MARKED) for line in lines(found))
        assert "2 marked" in str(found.listing.border_subtitle)
        for one in (TWO, ONE):
            await go_to(found, one)
            await pilot.press("space")
        await until(lambda: not found.marked, "no marks")
        assert lines(found) == before
        assert "marked" not in str(found.listing.border_subtitle)


async def test_only_a_good_file_on_this_disk_can_be_marked():
    async with pane(ONE, ELSEWHERE, BROKEN) as (pilot, found):
        for one in (ELSEWHERE, BROKEN):
            await go_to(found, one)
            await pilot.press("space")
        await until(lambda: len(pilot.app._notifications) == 2, "the reasons")
        assert found.marked == ()
        assert all("on this disk" in note.message for note in pilot.app._notifications)


async def test_marks_outlast_a_rescan_and_go_with_their_model():
    async with pane(ONE, TWO) as (pilot, found):
        for one in (ONE, TWO):
            await go_to(found, one)
            await pilot.press("space")
        await until(lambda: len(found.marked) == 2, "two marks")
        found.show_models((TWO, ELSEWHERE), no_model_on_disk(Path("/models")))
        assert list(found.marked) == [TWO]
        assert "1 marked" in str(found.listing.border_subtitle)


async def test_the_key_asks_for_the_marked_ones():
    asked: list[ModelsPane.CompareRequested] = []

    def hear(message: Message) -> None:
        if isinstance(message, ModelsPane.CompareRequested):
            asked.append(message)

    async with pane(ONE, TWO, hook=hear) as (pilot, found):
        await go_to(found, TWO)
        await pilot.press("space", "C")
        await until(lambda: asked, "the question")
        assert list(asked[0].models) == [TWO]
