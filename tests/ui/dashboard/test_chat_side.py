"""Loads and answers in the dashboard, with the real engine and model: asked, stopped, killed, given back."""

import os
import signal
from pathlib import Path

import pytest

from tests.fit.machines import CARD_NAME
from tests.ui.dashboard.running_dashboard import (
    ENDLESS,
    STORY,
    answered,
    ask,
    last_reply,
    load_first,
    notice_text,
    running,
)
from tests.ui.model_samples import model as sample
from tests.ui.typing import type_text
from tests.waiting import until
from tui.chat.asking import Asking
from tui.chat.presets import BUILT_IN_PRESETS, EXTRACT_SCHEMA
from tui.engine.options import LoadSettings
from tui.fit.verdict import Fit, Pool, Verdict
from tui.sentences import Reason, reason
from tui.services.activity.moment import Phase
from tui.services.picks.model_tasks import ModelTask
from tui.services.sentences import saved_sentence
from tui.settings.settings import Settings
from tui.ui.chat.prompt.attachment_chips import Chip
from tui.ui.chat.prompt.file_picker import FilePicker
from tui.ui.dashboard import chat_side
from tui.ui.dashboard.chat_side import SavingChanged
from tui.ui.models.pane import ModelsPane
from tui.units import GIB

EXTRACT = BUILT_IN_PRESETS[-1]


async def test_a_model_is_loaded_where_its_verdict_says(monkeypatch: pytest.MonkeyPatch) -> None:
    loads: list[LoadSettings] = []

    async def load(_host: object, _chat: object, _model: object, settings: LoadSettings) -> None:
        loads.append(settings)

    monkeypatch.setattr(chat_side, "load_model", load)
    card = Pool(CARD_NAME, "vram", 12 * GIB, 11 * GIB, GIB)
    places = {(12, 0): (12, 0), (28, 9): (-1, 9), (0, 0): (0, 0), (None, 0): (-1, 0)}
    async with running(build=None) as (_pilot, dashboard):
        for (layers, experts), settings in places.items():
            loads.clear()
            fit = Fit(
                Verdict.SPLIT,
                reason("fit.fits"),
                None,
                card,
                None,
                2048,
                "f16",
                gpu_layers=layers,
                cpu_experts=experts,
            )
            chosen = ModelsPane.LoadRequested(
                sample("A model", is_local=True), fit, LoadSettings(context=2048)
            )
            dashboard.models.post_message(chosen)
            await until(lambda: loads, "the load")
            assert (loads[0].gpu_layers, loads[0].cpu_experts) == settings
            assert loads[0].context == 2048

        # WHEN a model that is not here is taken for a task THEN nothing is asked differently yet
        side = dashboard._chat_side
        downloaded = sample("Later", is_local=True)
        dashboard.models.post_message(ModelsPane.TaskChosen(ModelTask("Later", "extract", "en", thinks=True)))
        dashboard.models.post_message(ModelsPane.TaskChosen(ModelTask("Other", "translate", "es")))
        # AND once its file is loaded it is asked as suits the task
        dashboard.models.post_message(ModelsPane.LoadRequested(downloaded, None, LoadSettings()))
        await until(lambda: side.asking.asking.preset == EXTRACT, "the preset of the task")
        assert (side.asking.asking.think, side.asking.asking.json_schema) == (True, EXTRACT_SCHEMA)
        assert dashboard.chat.conversation.system == EXTRACT.prompt("en")
        # AND a model that is taken for another task replaces that, as long as the user changed nothing
        other = sample("Other", is_local=True)
        dashboard.models.post_message(ModelsPane.LoadRequested(other, None, LoadSettings()))
        await until(lambda: side.asking.asking.preset.name == "translate-es", "the preset of the other task")
        side.asking.choose(Asking(think=False), "Mine.", "en")
        dashboard.models.post_message(ModelsPane.TaskChosen(ModelTask("Other", "extract", "en")))
        dashboard.models.post_message(ModelsPane.LoadRequested(other, None, LoadSettings()))
        loads.clear()
        await until(lambda: loads, "the load")
        assert dashboard.chat.conversation.system == "Mine."


async def test_stop_keeps_the_text_and_reports_an_engine_that_does_not_obey(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # GIVEN a host that soon ends an engine which does not obey
    monkeypatch.setattr("tui.services.host._STOP_PATIENCE", 0.5)
    async with running(size=(80, 24), settings=ENDLESS) as (pilot, dashboard):
        # A folded screen shows one pane, and goes to the chat at a load.
        assert (dashboard.models.region.width, dashboard.chat.region.width) == (80, 0)
        await load_first(pilot, dashboard)
        await until(lambda: dashboard.chat.region.width == 80, "the chat")
        await pilot.click("#tab-models")
        await until(lambda: dashboard.models.region.width == 80, "the models")
        await pilot.press("f3")

        # WHEN a reply is stopped THEN what arrived stays
        await ask(pilot, STORY)
        await until(lambda: len(last_reply(dashboard).text) > 40, "some text")
        await pilot.press("escape")
        reply = await answered(dashboard)
        assert reply.finish == "stopped"
        assert len(reply.text) > 40

        # AND the model is still there to be asked
        await ask(pilot, STORY)
        await until(lambda: last_reply(dashboard).id != reply.id and last_reply(dashboard).text != "", "more")

        # WHEN the engine hangs, and is to stop
        assert dashboard.engine_pid is not None
        os.kill(dashboard.engine_pid, signal.SIGSTOP)
        await pilot.press("escape")
        hung = await answered(dashboard)
        # THEN the reply was stopped, as was wanted, and nothing else is blamed
        assert (hung.finish, hung.interrupted) == ("stopped", None)
        await until(lambda: "did not stop when it was told to" in notice_text(dashboard), "the notice")
        assert dashboard.engine_pid is None


async def test_killed_engine_keeps_the_conversation_and_the_next_load_starts_a_new_process() -> None:
    async with running(settings=ENDLESS) as (pilot, dashboard):
        await load_first(pilot, dashboard)
        sampler = dashboard._machine_watch.sampler
        assert sampler is not None
        usual = sampler.interval
        await ask(pilot, STORY)
        # The machine is looked at more often, but only while a reply is written.
        await until(lambda: sampler.interval < usual, "more readings")
        await until(lambda: len(last_reply(dashboard).text) > 40, "some text")
        arrived = last_reply(dashboard).text
        assert dashboard.engine_pid is not None
        os.kill(dashboard.engine_pid, signal.SIGKILL)
        await until(lambda: not dashboard.chat.answering and last_reply(dashboard).receipt, "the end")
        reply = last_reply(dashboard)
        assert reply.text.startswith(arrived)
        assert reply.interrupted is not None
        assert "killed" in saved_sentence(reply.interrupted)
        await until(lambda: sampler.interval == usual, "as many readings as before")
        # AND it has a receipt, and a span that is cut short
        assert reply.receipt is not None
        assert reply.receipt.generated_tokens > 0
        *_earlier, last = dashboard.timeline._track.stretches_of(reply.id)
        assert (last.phase, last.cut) == (Phase.GENERATING, True)
        assert "×" in dashboard.timeline.rows[0]
        # WHEN the model is loaded again THEN the conversation is still there
        await until(lambda: dashboard.models.listing.loaded_key is None, "no model")
        await pilot.press("f2")
        await load_first(pilot, dashboard)
        assert dashboard.chat.conversation.messages[-1] == reply


async def test_prompt_longer_than_the_context_returns_with_the_figures() -> None:
    async with running(settings=Settings(context=512, temperature=0)) as (pilot, dashboard):
        await load_first(pilot, dashboard)
        dashboard.chat.prompt.text = "word " * 900
        await pilot.press("enter")
        await until(lambda: not dashboard.chat.answering and dashboard.chat.prompt.text != "")
        assert dashboard.chat.prompt.text.strip() == ("word " * 900).strip()
        await until(
            lambda: "too many for the context of 512" in dashboard.chat.remedy_panel.sentence, "the figures"
        )


async def test_a_file_is_attached_counted_asked_and_read_by_the_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.md").write_text("The sea is green in the evening. " * 30)
    async with running() as (pilot, dashboard):
        await load_first(pilot, dashboard)
        # WHEN a file is chosen
        await pilot.press("ctrl+t")
        await until(lambda: isinstance(dashboard.app.screen, FilePicker), "the files")
        await type_text(pilot, "note")
        picker = dashboard.app.screen
        assert isinstance(picker, FilePicker)
        await until(lambda: [entry.name for entry in picker._matching] == ["notes.md"], "the file")
        await pilot.press("enter")
        # THEN it is a chip, with the tokens that the model counts
        await until(lambda: dashboard.query(Chip) and "about" not in str(dashboard.query(Chip)[0].visual))
        chip = str(dashboard.query_one(Chip).visual)
        assert chip.startswith("notes.md · ")
        tokens = int(chip.split(" · ")[1].split()[0].replace(",", ""))
        # AND the model reads it, and the transcript says so
        await until(lambda: dashboard.chat.prompt.has_focus, "the prompt")
        await ask(pilot, "Summarise it.")
        await until(lambda: not dashboard.chat.answering and last_reply(dashboard).metrics, "the answer")
        reply = last_reply(dashboard)
        assert "File notes.md:\n```\nThe sea is green" in dashboard.chat.conversation.prompts[reply.id]
        assert reply.metrics.prompt_tokens > tokens > 100
        assert not dashboard.query(Chip)
        first = dashboard.chat.transcript.views[0]
        assert first.lines.text_of(0) == "▪ notes.md · 990 B"


async def test_a_question_without_a_model_comes_back_with_its_files(tmp_path: Path) -> None:
    async with running(build=None) as (pilot, dashboard):
        await pilot.press("f3")
        (tmp_path / "a.md").write_text("text")
        await dashboard.chat.prompt_area._attach_files([tmp_path / "a.md"])
        await ask(pilot, "Anybody there?")
        await until(lambda: not dashboard.chat.answering and dashboard.chat.prompt.text != "", "the question")
        assert dashboard.chat.prompt.text == "Anybody there?"
        assert dashboard.chat.conversation.messages == ()
        assert [attachment.name for attachment in dashboard.chat.prompt.attachments] == ["a.md"]
        # AND it can be said why a file cannot go along
        await dashboard.chat.prompt_area._attach_files([tmp_path])
        reason = f"{tmp_path.name} is a folder."
        await until(lambda: reason in notice_text(dashboard), "the reason")

        # GIVEN a chat with a schema, and one opened in its place that has a preset's prompt
        chat, asking = dashboard.chat, dashboard._chat_side.asking
        asking.asking = Asking(json_schema='{"type": "array"}')
        chat.replace(lambda: chat.conversation.replace_messages((), None, EXTRACT.prompt("es")))
        await until(lambda: asking.asking == Asking(EXTRACT, {}, None, EXTRACT_SCHEMA), "the preset")
        assert chat.prompt_area.asking_note == "Extract as JSON"
        # WHEN one with a prompt of its own is opened
        chat.replace(lambda: chat.conversation.replace_messages((), None, "Be brief."))
        await until(lambda: chat.prompt_area.asking_note == "own system prompt", "no preset")
        assert asking.asking == Asking()


async def test_a_conversation_that_is_not_saved_is_marked_until_it_is() -> None:
    async with running(build=None) as (pilot, dashboard):
        pilot.app.clear_notifications()
        dashboard._chat_side.post_message(SavingChanged(Reason("services.replaying", {})))
        await until(lambda: dashboard.chat.unsaved, "the mark")
        (warning,) = pilot.app._notifications
        assert warning.severity == "warning"
        assert warning.message.startswith("This conversation is not saved: ")
        # Nothing has been said yet, so nothing is lost.
        assert dashboard.lost_because == ""
        dashboard.chat.conversation.add_user("Hello")
        assert dashboard.lost_because == dashboard.chat.unsaved
        dashboard._chat_side.post_message(SavingChanged(None))
        await until(lambda: not dashboard.chat.unsaved, "no mark")
        assert [note.message for note in pilot.app._notifications][-1] == "Conversations are saved again."
