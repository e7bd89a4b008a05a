"""The whole loop, on the real engine with the real model."""

import gc
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest
from textual.pilot import Pilot

from tests.gguf_files import write_llama
from tests.waiting import until
from tui.chat.conversation import Reply
from tui.engine.install import installed_build
from tui.fit.verdict import Verdict
from tui.services.finding import SearchPaths
from tui.services.sentences import saved_sentence
from tui.settings.settings import Settings
from tui.ui.app import LlmtuiApp
from tui.ui.dashboard.dashboard import Dashboard
from tui.ui.help.screen import HelpScreen

NAME = "SmolLM2-135M-Instruct"


def children() -> list[psutil.Process]:
    return [child for child in psutil.Process().children(recursive=True) if child.is_running()]


def engines() -> list[psutil.Process]:
    return [child for child in children() if "tui.engine.worker" in " ".join(child.cmdline())]


@pytest.fixture(autouse=True)
def _nothing_left_behind() -> Iterator[None]:
    yield
    assert engines() == []


@asynccontextmanager
async def running(
    size: tuple[int, int] = (120, 40),
    settings: Settings | None = None,
    places: SearchPaths | None = None,
    build: str | None = "installed",
) -> AsyncIterator[tuple[Pilot[None], Dashboard]]:
    """The app with its models listed, sized and judged."""
    settings = settings or Settings(temperature=0, max_tokens=40, context=2048)
    app = LlmtuiApp(settings, places or SearchPaths(), installed_build() if build else None)
    async with app.run_test(size=size) as pilot:
        dashboard = app.dashboard
        await until(lambda: dashboard.models.listing.shown_models and dashboard.models.detail.fit, "the list")
        yield pilot, dashboard
        app.exit()


async def load_first(pilot: Pilot[None], dashboard: Dashboard) -> None:
    await pilot.press("enter")
    await until(lambda: dashboard.models.listing.loaded_key is not None, "the load")


async def ask(pilot: Pilot[None], text: str) -> None:
    await pilot.press(*text, "enter")


def last_reply(dashboard: Dashboard) -> Reply:
    reply = dashboard.chat.conversation.messages[-1]
    assert isinstance(reply, Reply)
    return reply


async def test_a_model_is_listed_loaded_asked_measured_and_unloaded() -> None:
    async with running() as (pilot, dashboard):
        # GIVEN the real model first in the list, with the engine's own size
        model = dashboard.models.highlighted
        assert model is not None
        assert model.name == NAME
        await until(lambda: dashboard.models.detail.fit.footprint.source == "engine", "the engine's size")
        await until(lambda: dashboard.reading is not None and dashboard.machine is not None, "a reading")

        # WHEN it is loaded and asked
        await load_first(pilot, dashboard)
        assert dashboard.chat.model_label == f"{NAME} Q4_1"
        await ask(pilot, "What is the capital of France?")
        await until(lambda: not dashboard.chat.answering, "the answer")

        # THEN the answer is the model's, with what it cost
        reply = last_reply(dashboard)
        assert len(reply.text) > 20
        assert reply.finish in ("end", "max_tokens")
        assert reply.metrics is not None
        assert 3 < reply.metrics.generated_tokens <= 40
        assert dashboard.chat.status.tokens_per_second == reply.metrics.generation_tps
        used = reply.metrics.context_used
        await until(lambda: dashboard.chat.strip.live_filling.used_tokens >= used, "the context that is used")

        # AND the measured memory stands beside the predicted
        await until(lambda: dashboard.models.detail.measured_bytes is not None, "a measured size")
        predicted = dashboard.models.detail.fit.footprint.total_bytes
        assert dashboard.models.detail.measured_bytes == pytest.approx(predicted, rel=0.1)
        engine = psutil.Process(dashboard.engine_pid)
        assert engine.is_running()

        # AND unloading gives it back
        await pilot.press("f4")
        await until(lambda: dashboard.models.listing.loaded_key is None, "the unload")
        assert not engine.is_running()


async def test_escape_stops_a_reply_and_keeps_what_arrived() -> None:
    async with running(settings=Settings(context=2048, temperature=0)) as (pilot, dashboard):
        await load_first(pilot, dashboard)
        await ask(pilot, "Write a very long story about a fox.")
        await until(lambda: len(last_reply(dashboard).text) > 40, "some text")
        await pilot.press("escape")
        await until(lambda: not dashboard.chat.answering, "the stop")
        reply = last_reply(dashboard)
        assert reply.finish == "stopped"
        assert len(reply.text) > 40
        # AND the model is still there to be asked
        await ask(pilot, "Hello")
        await until(lambda: last_reply(dashboard).id != reply.id and last_reply(dashboard).text != "")
        await pilot.press("escape")
        await until(lambda: not dashboard.chat.answering)


async def test_an_engine_that_does_not_stop_is_ended_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tui.services.host._STOP_PATIENCE", 0.5)
    async with running(settings=Settings(context=2048, temperature=0)) as (pilot, dashboard):
        await load_first(pilot, dashboard)
        await ask(pilot, "Write a very long story about a fox.")
        await until(lambda: len(last_reply(dashboard).text) > 40, "some text")
        # WHEN it hangs, and is to stop
        assert dashboard.engine_pid is not None
        os.kill(dashboard.engine_pid, signal.SIGSTOP)
        await pilot.press("escape")
        await until(lambda: not dashboard.chat.answering, "the end of the engine")
        # THEN the reply was stopped, as was wanted, and nothing else is blamed
        assert (last_reply(dashboard).finish, last_reply(dashboard).interrupted) == ("stopped", None)
        await until(
            lambda: "did not stop when it was told to" in str(dashboard.chat.notice.render()), "the notice"
        )
        assert dashboard.engine_pid is None


async def test_a_killed_engine_keeps_the_conversation_and_a_load_starts_afresh() -> None:
    async with running(settings=Settings(context=2048, temperature=0)) as (pilot, dashboard):
        await load_first(pilot, dashboard)
        await ask(pilot, "Write a very long story about a fox.")
        await until(lambda: len(last_reply(dashboard).text) > 40, "some text")
        arrived = last_reply(dashboard).text
        assert dashboard.engine_pid is not None
        os.kill(dashboard.engine_pid, signal.SIGKILL)
        await until(lambda: not dashboard.chat.answering and last_reply(dashboard).receipt, "the end")
        reply = last_reply(dashboard)
        assert reply.text.startswith(arrived)
        assert reply.interrupted is not None
        assert "killed" in saved_sentence(reply.interrupted)
        await until(lambda: dashboard.models.listing.loaded_key is None)
        await pilot.press("f2")
        await load_first(pilot, dashboard)
        assert dashboard.chat.conversation.messages[-1] == reply


async def test_regenerate_answers_the_same_question_again() -> None:
    async with running() as (pilot, dashboard):
        await load_first(pilot, dashboard)
        await ask(pilot, "What is the capital of France?")
        await until(lambda: not dashboard.chat.answering)
        first = last_reply(dashboard)
        await pilot.press("ctrl+r")
        await until(lambda: last_reply(dashboard).id != first.id and not dashboard.chat.answering)
        assert last_reply(dashboard).text == first.text
        assert len(dashboard.chat.conversation.messages) == 2


async def test_a_question_without_a_model_stays_in_the_prompt() -> None:
    async with running() as (pilot, dashboard):
        await pilot.press("f3")
        await ask(pilot, "Anybody there?")
        await until(lambda: not dashboard.chat.answering)
        assert dashboard.chat.prompt.text == "Anybody there?"
        assert dashboard.chat.conversation.messages == ()


async def test_a_prompt_longer_than_the_context_is_given_back_with_the_figures() -> None:
    async with running(settings=Settings(context=512, temperature=0)) as (pilot, dashboard):
        await load_first(pilot, dashboard)
        dashboard.chat.prompt.text = "word " * 900
        await pilot.press("enter")
        await until(lambda: not dashboard.chat.answering and dashboard.chat.prompt.text != "")
        assert dashboard.chat.prompt.text.strip() == ("word " * 900).strip()
        await until(
            lambda: "too many for the context of 512" in dashboard.chat.remedy_panel.sentence, "the figures"
        )


async def test_a_reading_draws_what_shows_it_and_not_the_whole_screen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with running(settings=Settings(refresh_seconds=0.2, measure_speed=False)) as (_, dashboard):
        # GIVEN a list that is settled, so that nothing but the gauges moves
        await until(lambda: dashboard.models.settled, "every size")
        await until(lambda: dashboard.reading is not None, "a reading")
        whole: list[object] = []
        monkeypatch.setattr(Dashboard, "refresh", lambda self, *regions, **_: whole.append(regions) or self)

        # WHEN some readings come
        times: set[float] = set()
        await until(
            lambda: times.add(dashboard.reading.time_seconds if dashboard.reading else 0.0) or len(times) > 4,
            "five readings",
        )

        # THEN the screen itself is not drawn anew
        assert whole == []


async def test_what_the_start_brought_is_never_searched_for_garbage_again() -> None:
    # GIVEN the search put off, as the command line does before the dashboard is imported
    gc.disable()

    async with running(settings=Settings(refresh_seconds=0.2, measure_speed=False)) as (_, dashboard):
        # WHEN all verdicts are there
        await until(lambda: dashboard.models.settled, "every size")
        await until(lambda: gc.get_freeze_count() > 2 * len(gc.get_objects()), "the start set aside")

        # THEN what comes after is searched
        assert gc.isenabled()


async def test_context_and_kv_type_change_every_verdict_at_once() -> None:
    async with running() as (pilot, dashboard):
        before = dashboard.models.detail.fit.footprint
        await pilot.press("right_square_bracket")
        await until(lambda: dashboard.models.detail.fit.context == 4096)
        assert dashboard.models.detail.fit.footprint.kv_bytes == 2 * before.kv_bytes
        await pilot.press("v")
        await until(lambda: dashboard.models.detail.fit.kv_type == "q8_0")
        assert before.kv_bytes < dashboard.models.detail.fit.footprint.kv_bytes < 2 * before.kv_bytes
        await pilot.press("left_square_bracket")
        await until(lambda: dashboard.models.detail.fit.context == 2048)


async def test_quitting_in_the_middle_of_a_reply_leaves_nothing_behind() -> None:
    async with running(settings=Settings(context=2048, temperature=0)) as (pilot, dashboard):
        await load_first(pilot, dashboard)
        await ask(pilot, "Write a very long story about a fox.")
        await until(lambda: last_reply(dashboard).text != "")
        await pilot.press("ctrl+q")
    assert engines() == []


async def test_a_bad_file_is_listed_with_its_reason_and_cannot_be_loaded(tmp_path: Path) -> None:
    (tmp_path / "broken.gguf").write_bytes(b"GGUF" + b"\xff" * 40)
    async with running(places=SearchPaths(folders=(tmp_path,))) as (pilot, dashboard):
        await pilot.press("slash", *"broken", "enter")
        await until(lambda: dashboard.models.highlighted.name == "broken")
        await pilot.press("enter")
        await pilot.pause()
        assert dashboard.models.listing.loaded_key is None
        assert dashboard.chat.notice.display


async def test_without_an_engine_the_list_is_sized_by_formula_and_says_what_to_install() -> None:
    async with running(build=None) as (_pilot, dashboard):
        assert dashboard.models.detail.fit.footprint.source == "formula"
        assert "llama-cpp-python" in str(dashboard.chat.notice.render())
        await until(lambda: dashboard.reading is not None, "a reading")


async def test_no_model_on_the_disk_says_where_one_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.models.library.package_folders", list)
    async with running() as (pilot, dashboard):
        assert "llmtui[demo]" in str(dashboard.chat.notice.render())
        await load_nothing(pilot, dashboard)


async def load_nothing(pilot: Pilot[None], dashboard: Dashboard) -> None:
    """A catalogue model cannot be loaded; its repository is named."""
    await pilot.press("enter")
    await pilot.pause()
    model = dashboard.models.highlighted
    assert model is not None
    assert model.entry is not None
    assert model.entry.repository in str(dashboard.chat.notice.render()).replace("\n", "")


async def test_a_model_too_big_is_refused_once_with_its_reason(tmp_path: Path) -> None:
    big = write_llama(tmp_path / "big-F32.gguf", layers=400, embedding=8192, feed_forward=32768)
    async with running(places=SearchPaths(files=(big,))) as (pilot, dashboard):
        assert dashboard.models.listing.highlight(str(big))
        await until(lambda: dashboard.models.detail.fit.verdict is Verdict.TOO_BIG, "the verdict")
        await pilot.press("enter")
        await pilot.pause()
        assert "too big" in str(dashboard.chat.notice.render())
        assert dashboard.engine_pid is None


async def test_a_folded_screen_shows_one_pane_and_goes_to_the_chat_at_a_load() -> None:
    async with running(size=(80, 24)) as (pilot, dashboard):
        assert dashboard.models.region.width > 0
        assert dashboard.chat.region.width == 0
        await load_first(pilot, dashboard)
        await pilot.pause()
        assert dashboard.chat.region.width == 80
        await pilot.press("f2")
        await pilot.pause()
        assert dashboard.models.region.width == 80


async def test_a_window_too_small_says_so_and_recovers() -> None:
    async with running(size=(50, 12)) as (pilot, dashboard):
        assert dashboard.has_class("-too-small")
        await pilot.resize_terminal(100, 30)
        await pilot.pause()
        assert not dashboard.has_class("-too-small")


async def test_help_opens_over_everything_and_closes() -> None:
    async with running() as (pilot, dashboard):
        await pilot.press("f1")
        await until(lambda: isinstance(pilot.app.screen, HelpScreen))
        await pilot.press("escape")
        await until(lambda: pilot.app.screen is dashboard)


@pytest.mark.parametrize("theme", ["llmtui-dark", "llmtui-light", "ansi-dark", "nord"])
async def test_the_loop_works_in_every_kind_of_theme(theme: str) -> None:
    async with running(settings=Settings(theme=theme)) as (pilot, dashboard):
        assert pilot.app.theme == theme
        assert dashboard.models.detail.fit is not None
