from pathlib import Path

import pytest
from textual import events
from textual.app import App, ComposeResult

from tests.waiting import until
from tui.chat.messages import Attachment
from tui.ui.chat.prompt.prompt_input import PromptInput


class PromptApp(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.sent: list[str] = []
        self.attached: list[tuple[Attachment, ...]] = []
        self.dropped: list[tuple[Path, ...]] = []
        self.escapes = 0

    BINDINGS = [("escape", "escaped")]  # noqa: RUF012 - Textual's own shape

    def compose(self) -> ComposeResult:
        yield PromptInput()

    def on_prompt_input_submitted(self, event: PromptInput.Submitted) -> None:
        self.sent.append(event.text)
        self.attached.append(event.attachments)

    def on_prompt_input_files_offered(self, event: PromptInput.FilesOffered) -> None:
        self.dropped.append(event.paths)

    def action_escaped(self) -> None:
        self.escapes += 1

    @property
    def prompt(self) -> PromptInput:
        return self.query_one(PromptInput)


async def test_enter_sends_and_the_text_stays_until_it_is_accepted():
    app = PromptApp()
    async with app.run_test() as pilot:
        await pilot.press(*"hi", "enter")
        assert app.sent == ["hi"]
        assert app.prompt.text == "hi"
        app.prompt.take()
        assert app.prompt.text == ""


async def test_both_keys_insert_a_new_line_without_sending():
    app = PromptApp()
    async with app.run_test() as pilot:
        await pilot.press("a", "ctrl+j", "b", "shift+enter", "c")
        assert app.prompt.text == "a\nb\nc"
        assert app.sent == []


async def test_blank_text_is_not_sent():
    app = PromptApp()
    async with app.run_test() as pilot:
        await pilot.press("space", "ctrl+j", "enter")
        assert app.sent == []


async def test_prompt_grows_from_one_row_to_six():
    app = PromptApp()
    async with app.run_test(size=(60, 30)) as pilot:
        heights = [app.prompt.size.height]
        for _ in range(8):
            await pilot.press("x", "ctrl+j")
            await pilot.pause()
            heights.append(app.prompt.size.height)
        assert heights == [1, 2, 3, 4, 5, 6, 6, 6, 6]


async def test_up_and_down_go_through_the_history_and_return_to_the_draft():
    app = PromptApp()
    async with app.run_test() as pilot:
        for text in ("first", "second\nlines"):
            app.prompt.text = text
            app.prompt.take()
        await pilot.press(*"draft")
        await pilot.press("up")
        assert app.prompt.text == "second\nlines"
        await pilot.press("up", "up")
        assert app.prompt.text == "first"
        await pilot.press("up")
        assert app.prompt.text == "first"
        await pilot.press("down")
        assert app.prompt.text == "second\nlines"
        await pilot.press("down")
        assert app.prompt.text == "draft"


async def test_a_paste_arrives_without_control_characters():
    app = PromptApp()
    text = "a line of pasted text\n" * 30
    async with app.run_test() as pilot:
        app.prompt.post_message(events.Paste("\x1b[31mred\x00\r\n" + text + "é漢"))
        await pilot.pause()
        assert app.prompt.text == "red\n" + text + "é漢"
        await pilot.press("enter")
        assert app.sent == [("red\n" + text + "é漢").strip()]


async def test_a_large_paste_is_attached_even_without_text():
    app = PromptApp()
    text = "a line of pasted text\n" * 3000
    async with app.run_test() as pilot:
        app.prompt.post_message(events.Paste("\x1b[31mred\x00\r\n" + text + "é漢"))
        app.prompt.post_message(events.Paste(text))
        await pilot.pause()
        assert app.prompt.text == ""
        assert [attachment.name for attachment in app.prompt.attachments] == ["pasted text", "pasted text 2"]
        assert app.prompt.attachments[0].text == "red\n" + text + "é漢"
        await pilot.press("enter")
        assert app.attached == [app.prompt.attachments]
        # AND in the empty prompt, a step back takes the last away
        await pilot.press("backspace")
        assert [attachment.name for attachment in app.prompt.attachments] == ["pasted text"]
        await pilot.press("x", "backspace")
        assert [attachment.name for attachment in app.prompt.attachments] == ["pasted text"]


@pytest.mark.parametrize("key", ["enter", "tab"])
async def test_a_pasted_path_is_offered_until_the_text_is_changed(tmp_path: Path, key: str):
    file = tmp_path / "my notes.md"
    file.write_text("x")
    app = PromptApp()
    async with app.run_test() as pilot:
        app.prompt.post_message(events.Paste(f"'{file}' "))
        await until(lambda: app.prompt.offered == (file,), "the offer")
        assert app.prompt.text == f"'{file}' "
        # WHEN it is written on, the path is text
        await pilot.press("x")
        await until(lambda: app.prompt.offered == (), "the end of the offer")
        # AND where nothing else is written, the key attaches it
        app.prompt.clear()
        app.prompt.post_message(events.Paste(f"'{file}' "))
        await until(lambda: app.prompt.offered == (file,), "the offer")
        await pilot.press(key)
        await until(lambda: app.dropped == [(file,)], "the file")
        assert app.prompt.text == ""
        assert app.sent == []


async def test_a_pasted_path_among_words_is_text(tmp_path: Path):
    (tmp_path / "a").write_text("x")
    app = PromptApp()
    async with app.run_test() as pilot:
        await pilot.press(*"see")
        app.prompt.post_message(events.Paste(str(tmp_path / "a")))
        await pilot.pause()
        assert app.prompt.text == f"see{tmp_path / 'a'}"
        assert not [worker for worker in app.workers if worker.group == "paths"]


async def test_questions_of_earlier_sessions_come_before_those_of_this_one():
    app = PromptApp()
    async with app.run_test() as pilot:
        app.prompt.text = "today"
        app.prompt.take()
        app.prompt.remember(["long ago", "yesterday"])
        await pilot.press("up", "up")
        assert app.prompt.text == "yesterday"
        await pilot.press("up", "up", "down", "down")
        assert app.prompt.text == "today"


async def test_paste_replaces_the_selection():
    app = PromptApp()
    async with app.run_test() as pilot:
        await pilot.press(*"old")
        app.prompt.select_all()
        app.prompt.post_message(events.Paste("new"))
        await pilot.pause()
        assert app.prompt.text == "new"


async def test_escape_reaches_the_app():
    app = PromptApp()
    async with app.run_test() as pilot:
        await pilot.press("a", "escape")
        assert app.escapes == 1
        assert app.prompt.text == "a"


async def test_a_question_is_restored_only_into_an_empty_input():
    app = PromptApp()
    async with app.run_test():
        app.prompt.restore("declined")
        assert app.prompt.text == "declined"
        app.prompt.restore("another")
        assert app.prompt.text == "declined"
