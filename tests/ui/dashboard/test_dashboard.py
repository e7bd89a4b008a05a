"""The whole loop, on the real engine with the real model."""

import gc

import psutil
import pytest

from tests.ui.dashboard.running_dashboard import (
    ENDLESS,
    NAME,
    STORY,
    answered,
    ask,
    engines,
    last_reply,
    load_first,
    notice_text,
    running,
)
from tests.waiting import until
from tui.chat.asking import Asking
from tui.chat.messages import Attachment
from tui.services.activity.moment import Phase
from tui.services.finding import SearchPaths
from tui.services.restart import Restart
from tui.settings.app_folders import settings_file
from tui.settings.settings import Settings
from tui.ui.app import LlmtuiApp
from tui.ui.dashboard.dashboard import Dashboard
from tui.ui.help.screen import HelpScreen


async def test_styling_the_first_screen_again_changes_nothing() -> None:
    app = LlmtuiApp(Settings(), SearchPaths(), None)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        widgets = list(app.dashboard.walk_children(with_self=True))
        assert len(widgets) > 30
        styles = [widget.styles.css for widget in widgets]
        app.dashboard.update_node_styles(animate=False)
        assert [widget.styles.css for widget in widgets] == styles
        app.exit()


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
        reply = await answered(dashboard)

        # THEN the answer is the model's, with what it cost
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

        # WHEN it is to answer anew THEN it answers the same question
        await pilot.press("ctrl+r")
        await until(lambda: last_reply(dashboard).id != reply.id and not dashboard.chat.answering)
        assert last_reply(dashboard).text == reply.text
        assert len(dashboard.chat.conversation.messages) == 2

        # WHEN it is asked on THEN only what is new is read
        await ask(pilot, "And of Spain?")
        second = (await answered(dashboard)).metrics
        assert second is not None
        assert second.cached_tokens >= reply.metrics.prompt_tokens

        # AND unloading gives its memory back
        engine = psutil.Process(dashboard.engine_pid)
        assert engine.is_running()
        await pilot.press("f4")
        await until(lambda: dashboard.models.listing.loaded_key is None, "the unload")
        assert not engine.is_running()


async def test_a_reply_is_on_the_timeline_with_a_receipt_that_agrees_with_its_metrics() -> None:
    async with running() as (pilot, dashboard):
        timeline, transcript = dashboard.timeline, dashboard.chat.transcript
        track = timeline._track
        # GIVEN a loaded model
        await load_first(pilot, dashboard)
        assert [stretch.phase for stretch in track.stretches] == [Phase.LOADING]
        # WHEN it answers
        await ask(pilot, "Give me tips for better sleep.")
        await until(lambda: not dashboard.chat.answering and last_reply(dashboard).receipt, "the receipt")
        # THEN the timeline has read and generated, one after the other
        reply = last_reply(dashboard)
        stretches = track.stretches_of(reply.id)
        assert [stretch.phase for stretch in stretches] == [Phase.READING, Phase.GENERATING]
        assert stretches[0].end == stretches[1].start
        assert track.phase is Phase.IDLE
        # AND the receipt says what the engine said
        receipt, metrics = reply.receipt, reply.metrics
        assert receipt is not None
        assert metrics is not None
        assert receipt.prompt_tokens == metrics.prompt_tokens
        assert receipt.cached_tokens == metrics.cached_tokens
        assert receipt.generated_tokens == metrics.generated_tokens
        assert receipt.prompt_tps == metrics.prompt_tps
        assert receipt.generation_tps == metrics.generation_tps
        assert receipt.first_token_seconds == metrics.first_token_seconds
        end = stretches[1].end
        assert end is not None
        assert end - stretches[0].start == receipt.seconds
        assert receipt.seconds >= metrics.prompt_seconds + metrics.generation_seconds
        # AND the engine's size was seen, and energy is known or has its reason
        assert receipt.peak_bytes is not None
        assert receipt.peak_bytes > metrics.context
        assert (receipt.energy.joules is None) == (receipt.energy.reason is not None)
        # AND the lane shows the tokens with their scale
        assert any("peak" in row for row in timeline.rows)
        assert "━" in timeline.rows[0] or "┣" in timeline.rows[0]

        # WHEN the reply is marked, then its question THEN the span is, too
        assert "█" not in timeline.rows[0]
        dashboard.set_focus(transcript)
        for key in ("k", "k"):
            await pilot.press(key)
            await pilot.pause()
            assert timeline.selected == reply.id
            assert "█" in timeline.rows[0]
        await pilot.press("j")
        view = transcript.views[-1]
        rows = " ".join(view.lines.text_of(y) for y in range(view.lines.count))
        note = " ".join(rows.split())
        assert "the first after" in note

        # WHEN the timeline is opened from the prompt of a small window THEN its own keys mark the reply
        await pilot.press("escape")
        await pilot.resize_terminal(80, 24)
        await pilot.press("f3")
        await until(lambda: dashboard.chat.prompt.has_focus and not timeline.display, "the small window")
        await pilot.press("f6")
        await until(lambda: timeline.has_focus and timeline.rows, "the timeline")
        timeline.cursor = track.columns.slot_of(track.stretches_of(reply.id)[0].start)
        await pilot.press("enter")
        await until(lambda: transcript.marked == reply.id, "the mark")
        await pilot.press("escape")
        await until(lambda: dashboard.chat.prompt.has_focus, "the way back")
        assert not timeline.display

        # AND a new chat clears the marks
        await pilot.resize_terminal(120, 40)
        await pilot.press("ctrl+n")
        await until(lambda: timeline.selected is None and timeline.display, "the marks' end")
        timeline.update()
        assert "█" not in timeline.rows[0]
        assert "┣" not in timeline.rows[0]


async def test_start_objects_are_frozen_and_a_reading_redraws_only_its_widgets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # GIVEN the search for garbage put off, as the command line does before the dashboard is imported
    gc.disable()
    async with running(settings=Settings(refresh_seconds=0.2, measure_speed=False)) as (_, dashboard):
        # WHEN all verdicts are there THEN the start is never searched again, and what comes after is
        await until(lambda: dashboard.models.settled and dashboard.reading, "every size and a reading")
        await until(lambda: gc.get_freeze_count() > 2 * len(gc.get_objects()), "the start set aside")
        assert gc.isenabled()

        # WHEN some readings come, and nothing but the gauges moves
        full_layouts: list[object] = []
        monkeypatch.setattr(
            Dashboard, "refresh", lambda self, *regions, **_: full_layouts.append(regions) or self
        )
        times: set[float] = set()
        await until(
            lambda: times.add(dashboard.reading.time_seconds if dashboard.reading else 0.0) or len(times) > 4,
            "five readings",
        )
        # THEN the screen itself is not drawn anew
        assert full_layouts == []


async def test_quitting_during_a_reply_leaves_no_process() -> None:
    async with running(settings=ENDLESS) as (pilot, dashboard):
        await load_first(pilot, dashboard)
        await ask(pilot, STORY)
        await until(lambda: last_reply(dashboard).text != "")
        await pilot.press("ctrl+q")
    assert engines() == []


async def test_a_switch_of_the_language_keeps_model_conversation_and_draft(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = Settings(temperature=0, max_tokens=4, context=1024)
    async with running(settings=settings) as (pilot, dashboard):
        app = dashboard.app
        assert isinstance(app, LlmtuiApp)
        titles = {command.title: command.callback for command in app.get_system_commands(app.screen)}
        switch = titles["Language: Español"]
        assert "Language: English" not in titles
        # GIVEN a loaded model, a reply and a draft with a file
        await load_first(pilot, dashboard)
        await ask(pilot, "Hello")
        await answered(dashboard)
        # WHEN the language is switched while the model answers THEN it is refused
        with monkeypatch.context() as patch:
            patch.setattr(dashboard._workbench.host, "answering", True)
            switch()
        assert app.restart is None
        await until(
            lambda: any(note.message.startswith("Wait for the model") for note in app._notifications), "why"
        )
        messages = dashboard.chat.conversation.messages
        dashboard.chat.prompt.insert_text("not sent")
        dashboard.chat.prompt.attachments = (Attachment("a.md", "text"),)
        # AND where the settings cannot be changed, too
        settings_file().mkdir(parents=True)
        switch()
        assert app.restart is None
        settings_file().rmdir()
        # WHEN it can be switched
        switch()
        await until(lambda: not app.is_running, "the end")
        restart = app.restart
    assert restart is not None
    assert settings_file().read_text(encoding="utf-8") == 'language = "es"\n'
    assert restart.draft == "not sent"
    assert restart.settings is not None
    assert restart.settings.context == 1024

    # THEN the next start goes on with all of it
    async with running(settings=Settings(), restart=restart) as (pilot, dashboard):
        await until(lambda: dashboard.models.listing.loaded_key == restart.model_key, "the load")
        await until(lambda: dashboard.chat.prompt.text == "not sent", "the draft")
        assert dashboard.chat.conversation.messages == messages
        assert dashboard.chat.prompt.attachments == (Attachment("a.md", "text"),)
        assert dashboard.models.load_settings.context == 1024
        # AND a chat without messages keeps how it is asked
        state = dashboard.restart_state
        assert state == restart
        asking = Asking(sampling={"temperature": 0.5})
        dashboard._chat_side.chat.action_new_chat()
        await until(lambda: dashboard.restart_state.conversation_id is None, "the new chat")
        dashboard._chat_side.take_up(Restart(system="Be brief.", asking=asking))
        await until(lambda: dashboard.restart_state.system == "Be brief.", "the system prompt")
        assert dashboard.restart_state.asking == asking
        # AND a conversation that is gone says so
        dashboard._chat_side.take_up(Restart(conversation_id=12345))
        await until(lambda: "cannot be opened" in notice_text(dashboard), "the notice")


async def test_settings_help_themes_and_windows_of_any_size_need_no_other_start() -> None:
    async with running(settings=Settings(context=2048, theme="llmtui-light")) as (pilot, dashboard):
        assert pilot.app.theme == "llmtui-light"
        detail = dashboard.models.detail
        # Context and KV type change every verdict at once.
        footprint_before = detail.fit.footprint
        await pilot.press("right_square_bracket")
        await until(lambda: detail.fit.context == 4096, "the longer context")
        assert detail.fit.footprint.kv_bytes == 2 * footprint_before.kv_bytes
        await pilot.press("v")
        await until(lambda: detail.fit.kv_type == "q8_0", "the other type")
        assert footprint_before.kv_bytes < detail.fit.footprint.kv_bytes < 2 * footprint_before.kv_bytes
        await pilot.press("left_square_bracket")
        await until(lambda: detail.fit.context == 2048, "the shorter context")

        # Help opens over everything and closes.
        await pilot.press("f1")
        await until(lambda: isinstance(pilot.app.screen, HelpScreen), "the help")
        await pilot.press("escape")
        await until(lambda: pilot.app.screen is dashboard, "the dashboard")

        # Themes of every kind can be drawn.
        for theme in ("ansi-dark", "nord", "llmtui-dark"):
            pilot.app.theme = theme
            await pilot.pause()
            assert dashboard.models.rows.region.width > 0

        # A window too small says so and recovers.
        await pilot.resize_terminal(50, 12)
        await until(lambda: dashboard.has_class("-too-small"), "the notice")
        await pilot.resize_terminal(100, 30)
        await until(lambda: not dashboard.has_class("-too-small"), "the panes")
