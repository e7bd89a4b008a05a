"""Files named with `@` in the prompt: what is offered, what is taken, and what stays text."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.ui.chat.prompt.test_prompt_area import AreaApp, screen
from tests.waiting import until
from tui.ui.chat.prompt.mention_list import Mention, MentionList, mention_at
from tui.ui.chat.prompt.prompt_input import PromptInput

FILES = {"notes.md": "some notes", "notebook.py": "print(1)", "[red]x.txt": "red", "photo.bin": "\0\1"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "My texts").mkdir()
    (tmp_path / "My texts" / "inner one.txt").write_text("inner")
    monkeypatch.chdir(tmp_path)
    return tmp_path


class MentionApp(AreaApp):
    def __init__(self) -> None:
        super().__init__()
        self.sent: list[tuple[str, list[str]]] = []

    def on_prompt_input_submitted(self, event: PromptInput.Submitted) -> None:
        self.sent.append((event.text, [attachment.name for attachment in event.attachments]))

    @property
    def offered(self) -> list[str]:
        mention_list = self.query_one(MentionList)
        return (
            [str(option.prompt).split("  ")[0] for option in mention_list.options]
            if mention_list.is_open
            else []
        )


async def typed(pilot: Pilot[None], text: str) -> None:
    names = {" ": "space", "@": "at", '"': "quotation_mark", ".": "full_stop", "/": "slash"}
    await pilot.press(*(names.get(letter, letter) for letter in text))


@pytest.mark.parametrize(
    ("text", "mention"),
    [
        ("@", (0, "")),
        ("Sum up @no", (7, "no")),
        ("Sum up (@no", (8, "no")),
        ("@src/te", (0, "src/te")),
        ("@~/x", (0, "~/x")),
        ('Read @"My texts/in', (5, "My texts/in")),
        ("\t@a", (1, "a")),
    ],
)
def test_an_at_sign_at_the_beginning_of_a_word_is_a_mention(text: str, mention: tuple[int, str]):
    assert mention_at(3, text) == Mention(3, *mention)


@pytest.mark.parametrize(
    "text", ["", "ann@no", "ann@notes.example", "@notes and", 'say "@no', "a@@no", '@"a" b']
)
def test_an_email_address_and_an_earlier_mention_are_no_mention(text: str):
    assert mention_at(0, text) is None


async def test_a_file_that_is_named_is_attached():
    app = MentionApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await typed(pilot, "Sum up @no")
        await until(lambda: app.offered == ["notebook.py", "notes.md"], "what begins so")
        await until(lambda: any("notes.md" in line and "10 B" in line for line in screen(app)), "it drawn")
        row = next(line for line in screen(app) if "notes.md" in line)
        assert row.rstrip().endswith("10 B")
        assert len(row.rstrip()) > 70
        assert "Enter attaches the file, Esc keeps its name as text" in app.edge
        # WHEN more letters leave one, it needs no more looking
        await typed(pilot, "t")
        await typed(pilot, "es")
        await until(lambda: app.offered == ["notes.md"], "the one")
        await pilot.press("enter")
        # THEN nothing is sent, the file goes along, and the question calls it by its name
        await until(lambda: len(app.chips) == 1, "the chip")
        assert (app.area.prompt.text, app.sent, app.offered) == ("Sum up notes.md", [], [])
        await typed(pilot, " briefly")
        await pilot.press("enter")
        await until(lambda: app.sent == [("Sum up notes.md briefly", ["notes.md"])], "the question")


async def test_the_arrow_keys_move_in_the_list():
    app = MentionApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.area.prompt.remember(["an earlier question"])
        await typed(pilot, "@no")
        await until(lambda: len(app.offered) == 2)
        await pilot.press("down", "up", "up", "tab")
        await until(lambda: app.area.prompt.text == "notes.md", "the last, before the first")
        assert app.focused is app.area.prompt
        # AND without a list up is the history's
        await pilot.press("up")
        assert app.area.prompt.text == "an earlier question"


async def test_escape_closes_the_list_until_the_next_mention():
    app = MentionApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await typed(pilot, "@no")
        await until(lambda: len(app.offered) == 2)
        await pilot.press("escape", "t")
        await until(lambda: app.area.prompt.text == "@not" and not app.offered, "the text")
        await pilot.press("enter")
        await until(lambda: app.sent == [("@not", [])], "it sent as it is")
        app.area.prompt.take()
        await typed(pilot, "x @no")
        await until(lambda: len(app.offered) == 2, "the next")


async def test_enter_sends_if_no_file_matches_or_the_text_is_an_address():
    app = MentionApp()
    async with app.run_test(size=(80, 24)) as pilot:
        for text in ("Tell ann@notes", "@property", "@no one"):
            await typed(pilot, text)
            await until(lambda: app.area.prompt.text == text and not app.offered)  # noqa: B023
            await pilot.press("enter")
            await until(lambda: app.sent[-1:] == [(text, [])], text)  # noqa: B023
            app.area.prompt.take()


async def test_a_folder_can_be_opened_even_with_a_blank_in_its_name():
    app = MentionApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await typed(pilot, "Read @my")
        await until(lambda: app.offered == ["My texts/"], "the folder")
        await pilot.press("tab")
        await until(lambda: app.offered == ["inner one.txt"], "what is in it")
        assert app.area.prompt.text == 'Read @"My texts/'
        await pilot.press("tab")
        await until(lambda: len(app.chips) == 1, "the chip")
        assert app.area.prompt.text == "Read inner one.txt"


async def test_a_click_takes_a_file_and_its_name_is_no_markup():
    app = MentionApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await typed(pilot, "@")
        await until(lambda: "[red]x.txt" in app.offered, "all files")
        row = app.offered.index("[red]x.txt")
        await until(lambda: "[red]x.txt" in screen(app)[app.query_one(MentionList).region.y + row])
        await pilot.click(MentionList, offset=(3, row))
        await until(lambda: app.area.prompt.text == "[red]x.txt", "its name")
        await until(lambda: app.chips, "the chip")
        assert app.chips[0].startswith("[red]x.txt · about ")
        assert app.focused is app.area.prompt


async def test_a_file_that_cannot_be_attached_is_reported():
    app = MentionApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await typed(pilot, "@pho")
        await until(lambda: app.offered == ["photo.bin"])
        await pilot.press("enter")
        await until(lambda: app.calls == [("photo.bin is not text.", True)], "why")


async def test_a_mention_in_the_middle_keeps_the_text_after_it():
    app = MentionApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.area.prompt.insert_text("first line\nCompare  with mine")
        app.area.prompt.move_cursor((1, 8))
        await typed(pilot, "@notes")
        await until(lambda: app.offered == ["notes.md"])
        await pilot.press("enter")
        await until(lambda: app.area.prompt.text == "first line\nCompare notes.md with mine", "in its place")
