"""The timeline and the receipts in the dashboard, on the real engine with the real model."""

import os
import signal

from tests.ui.dashboard.test_dashboard import ask, last_reply, load_first, running
from tests.waiting import until
from tui.services.activity.moment import Phase
from tui.settings.settings import Settings

LONG = Settings(context=2048, temperature=0)


async def test_a_reply_leaves_a_span_and_a_receipt_that_agrees_with_its_metrics() -> None:
    async with running() as (pilot, dashboard):
        track = dashboard.timeline._track
        # GIVEN a loaded model
        await load_first(pilot, dashboard)
        assert [each.phase for each in track.stretches] == [Phase.LOADING]
        # WHEN it answers
        await ask(pilot, "Give me tips for better sleep.")
        await until(lambda: not dashboard.chat.answering and last_reply(dashboard).receipt, "the receipt")
        # THEN the timeline has read and generated, one after the other
        reply = last_reply(dashboard)
        stretches = track.stretches_of(reply.id)
        assert [each.phase for each in stretches] == [Phase.READING, Phase.GENERATING]
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
        assert receipt.peak_bytes > reply.metrics.context
        assert (receipt.energy.joules is None) == (receipt.energy.reason is not None)
        # AND the lane shows the tokens with their scale
        assert any("peak" in row for row in dashboard.timeline.rows)
        assert "━" in dashboard.timeline.rows[0] or "┣" in dashboard.timeline.rows[0]


async def test_marking_a_message_marks_its_span_and_shows_its_receipt() -> None:
    async with running() as (pilot, dashboard):
        await load_first(pilot, dashboard)
        await ask(pilot, "Name a colour.")
        await until(lambda: not dashboard.chat.answering and last_reply(dashboard).receipt, "the receipt")
        reply = last_reply(dashboard)
        assert "█" not in dashboard.timeline.rows[0]
        # WHEN the reply is marked, then its question
        dashboard.set_focus(dashboard.chat.transcript)
        for key in ("k", "k"):
            await pilot.press(key)
            await pilot.pause()
            assert dashboard.timeline.selected == reply.id
            assert "█" in dashboard.timeline.rows[0]
        await pilot.press("j")
        view = dashboard.chat.transcript.views[-1]
        shown = "\n".join(view.lines.text_of(y) for y in range(view.lines.count))
        assert "the first after" in shown
        # AND a new chat clears the marks
        await pilot.press("ctrl+n")
        await until(lambda: dashboard.timeline.selected is None, "the marks' end")
        dashboard.timeline.update()
        assert "█" not in dashboard.timeline.rows[0]
        assert "┣" not in dashboard.timeline.rows[0]


async def test_the_timelines_own_keys_reach_it_from_the_prompt_and_mark_the_reply() -> None:
    async with running(size=(80, 24)) as (pilot, dashboard):
        await load_first(pilot, dashboard)
        await ask(pilot, "Name a colour.")
        await until(lambda: not dashboard.chat.answering and last_reply(dashboard).receipt, "the receipt")
        assert not dashboard.timeline.display
        await pilot.press("f6")
        await until(lambda: dashboard.timeline.has_focus and dashboard.timeline.rows, "the timeline")
        start = dashboard.timeline._track.stretches_of(last_reply(dashboard).id)[0].start
        dashboard.timeline.cursor = dashboard.timeline._track.columns.slot_of(start)
        await pilot.press("enter")
        await until(lambda: dashboard.chat.transcript.marked == last_reply(dashboard).id, "the mark")
        await pilot.press("escape")
        await until(lambda: dashboard.chat.prompt.has_focus, "the way back")
        assert not dashboard.timeline.display


async def test_a_killed_engine_leaves_a_span_cut_short_and_a_receipt() -> None:
    async with running(settings=LONG) as (pilot, dashboard):
        await load_first(pilot, dashboard)
        await ask(pilot, "Write a very long story about a fox.")
        await until(lambda: len(last_reply(dashboard).text) > 40, "some text")
        assert dashboard.engine_pid is not None
        os.kill(dashboard.engine_pid, signal.SIGKILL)
        await until(lambda: not dashboard.chat.answering and last_reply(dashboard).receipt, "the receipt")
        reply = last_reply(dashboard)
        assert reply.interrupted is not None
        assert reply.receipt is not None
        assert reply.receipt.generated_tokens > 0
        *_before, last = dashboard.timeline._track.stretches_of(reply.id)
        assert (last.phase, last.cut) == (Phase.GENERATING, True)
        assert "×" in dashboard.timeline.rows[0]


async def test_the_machine_is_looked_at_more_often_only_while_a_reply_is_written() -> None:
    async with running(settings=LONG) as (pilot, dashboard):
        await load_first(pilot, dashboard)
        sampler = dashboard._machine_watch.sampler
        assert sampler is not None
        usual = sampler.interval
        await ask(pilot, "Write a very long story about a fox.")
        await until(lambda: sampler.interval < usual, "more readings")
        await pilot.press("escape")
        await until(lambda: sampler.interval == usual, "as many as before")
