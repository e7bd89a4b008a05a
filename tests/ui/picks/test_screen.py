"""The dialog of the picks: its choices, its reasons, and what a choice returns."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList, Static

from tests.services.picks.samples import coding, evidence, judged
from tests.ui.host import Host
from tests.waiting import until
from tui.fit.verdict import Verdict
from tui.services.picks.recommendation import Recommendation, recommend
from tui.services.picks.wish import Wish
from tui.ui.picks.screen import PickChoice, PicksScreen

MODELS = [
    judged("huge", verdict=Verdict.TOO_BIG, size=4),
    judged("a-model-with-a-rather-long-name-Instruct-2512", thinking="yes"),
    judged("mid"),
    judged("small", speed=50.0),
]
FIGURES = coding({"huge": 40, "a-model-with-a-rather-long-name-Instruct-2512": 30, "mid": 20, "small": 10})
WISH = Wish("code", "en", 8192)


@asynccontextmanager
async def opened(
    size: tuple[int, int] = (80, 24),
) -> AsyncIterator[tuple[Pilot[None], list[PickChoice | None]]]:
    wishes: list[Wish] = []
    results: list[PickChoice | None] = []

    async def recommend_for(wish: Wish) -> Recommendation:
        wishes.append(wish)
        return recommend(MODELS, wish, FIGURES if wish.task == "code" else evidence())

    app = Host()
    async with app.run_test(size=size) as pilot:
        app.push_screen(PicksScreen(WISH, ("en", "es", "ko"), recommend_for), results.append)
        await until(lambda: isinstance(app.screen, PicksScreen) and text(pilot, "#pick-reason"), "the picks")
        yield pilot, results


def text(pilot: Pilot[None], selector: str) -> str:
    parts = pilot.app.screen.query(selector)
    return parts.first(Static).visual.plain if parts else ""


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_everything_is_visible_at_every_size(size: tuple[int, int]):
    async with opened(size) as (pilot, _results):
        await pilot.pause()
        screen = pilot.app.screen
        for selector in (
            "#pick-task",
            "#pick-language",
            "#pick-texts",
            "PickList",
            "#pick-reason",
            "#pick-summary",
        ):
            region = screen.query_one(selector).region
            assert region.height > 0, selector
            assert screen.region.contains_region(region), selector
        assert screen.query_one(OptionList).size.height >= 3
        assert "Why not huge Q4_K_M: needs 4.00 GiB" in text(pilot, "#pick-others")


async def test_choices_change_the_picks_and_enter_takes_one():
    async with opened() as (pilot, results):
        screen = pilot.app.screen
        assert isinstance(screen, PicksScreen)
        assert "30 in Coding" in text(pilot, "#pick-reason")
        await pilot.press("down")
        await until(lambda: "Answers at once" in text(pilot, "#pick-reason"), "the second pick")
        # WHEN another task is chosen THEN its evidence counts
        await pilot.press("t")
        await until(lambda: "evidence D" in text(pilot, "#pick-reason"), "the picks of another task")
        await pilot.press("T", "l", "c")
        await until(
            lambda: screen.recommendation is not None and screen.recommendation.wish == screen.wish,
            "the picks",
        )
        assert screen.wish == Wish("code", "es", 32768)
        # AND a context that no model was trained for leaves none
        await until(lambda: "No model passes with 32k" in text(pilot, "#pick-summary"), "no pick")
        await pilot.press("enter")
        await pilot.press("c", "c")
        await until(lambda: "30 in Coding" in text(pilot, "#pick-reason"), "the picks")
        await pilot.press("home", "enter")
        await until(lambda: results, "the choice")
        choice = results[0]
        assert choice is not None
        assert choice.wish == Wish("code", "es", 8192)


@pytest.mark.parametrize("key", ["escape", "q", "w"])
async def test_leaving_takes_none(key: str):
    async with opened() as (pilot, results):
        await pilot.press(key)
        await until(lambda: results == [None], "the end")
