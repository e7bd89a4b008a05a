"""Writing a question in the dashboard, on the real engine: files along, and what follows a conversation."""

from pathlib import Path

import pytest

from tests.ui.dashboard.test_dashboard import ask, last_reply, load_first, running
from tests.waiting import until
from tui.chat.asking import Asking
from tui.chat.presets import BUILT_IN_PRESETS, EXTRACT_SCHEMA
from tui.ui.chat.prompt.attachment_chips import Chip
from tui.ui.chat.prompt.file_picker import FilePicker

EXTRACT = BUILT_IN_PRESETS[-1]


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
        await pilot.press(*"note")
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


async def test_a_question_that_cannot_be_asked_comes_back_with_its_files(tmp_path: Path) -> None:
    async with running() as (pilot, dashboard):
        await pilot.press("f3")
        (tmp_path / "a.md").write_text("text")
        await dashboard.chat.prompt_area._attach_files([tmp_path / "a.md"])
        await ask(pilot, "Anybody there?")
        await until(lambda: not dashboard.chat.answering and dashboard.chat.prompt.text != "")
        assert [each.name for each in dashboard.chat.prompt.attachments] == ["a.md"]
        # AND it can be said why a file cannot go along
        await dashboard.chat.prompt_area._attach_files([tmp_path])
        said = f"{tmp_path.name} is a folder."
        await until(lambda: said in str(dashboard.chat.notice.render()), "the reason")


async def test_a_conversation_that_is_opened_again_is_asked_in_its_own_way() -> None:
    async with running() as (_, dashboard):
        await until(lambda: dashboard.models.settled, "every size")
        chat, asking = dashboard.chat, dashboard._chat_side.asking
        # GIVEN a chat with a schema, and one opened in its place that has a preset's prompt
        asking.asking = Asking(json_schema='{"type": "array"}')
        chat.replace(lambda: chat.conversation.replace_messages((), None, EXTRACT.prompt("es")))
        await until(lambda: asking.asking == Asking(EXTRACT, {}, None, EXTRACT_SCHEMA), "its manner")
        assert chat.prompt_area.asking_note == "Extract as JSON"
        # WHEN one with a prompt of its own is opened
        chat.replace(lambda: chat.conversation.replace_messages((), None, "Be brief."))
        await until(lambda: chat.prompt_area.asking_note == "own system prompt", "the plain manner")
        assert asking.asking == Asking()
