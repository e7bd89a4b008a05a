"""Choosing a file by typing and by the list."""

import gc
import warnings
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.ui.chat.chat_host import screen
from tests.ui.host import Host
from tests.waiting import until
from tui.ui.chat.prompt.file_picker import FilePicker, PathInput
from tui.ui.kit.dialog import PlainList

FILES = ("alpha.md", "alpine.txt", "beta.py", ".hidden", "My notes.md")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in FILES:
        (tmp_path / name).write_text("x" * 2048)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "[red]inner.txt").write_text("y")
    return tmp_path


class PickerApp(Host):
    def __init__(self, start: Path) -> None:
        super().__init__()
        self.start = start
        self.chosen: list[Path | None] = []

    def on_mount(self) -> None:
        self.push_screen(FilePicker("Attach", self.start), self.chosen.append)

    @property
    def names(self) -> list[str]:
        lists = self.screen.query(PlainList)
        return [str(option.prompt).split("  ")[0] for option in lists.first().options] if lists else []

    @property
    def typed(self) -> str:
        return self.screen.query_one(PathInput).value


async def type_text(pilot: Pilot[None], text: str) -> None:
    await pilot.press(*("full_stop" if letter == "." else letter for letter in text))


async def test_typing_narrows_the_list_down_and_enter_takes_the_first(folder: Path):
    app = PickerApp(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: app.names == ["sub/", "alpha.md", "alpine.txt", "beta.py", "My notes.md"], "all")
        await type_text(pilot, "note")
        await until(lambda: app.names == ["My notes.md"], "the match")
        await pilot.press("enter")
        await until(lambda: app.chosen == [folder / "My notes.md"], "the file")


async def test_tab_completes_what_is_clear_and_then_takes_the_highlighted_one(folder: Path):
    app = PickerApp(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await type_text(pilot, "al")
        await until(lambda: app.names == ["alpha.md", "alpine.txt"], "two")
        await pilot.press("tab")
        await until(lambda: app.typed.endswith("/alp"), "the common part")
        await pilot.press("down", "tab")
        await until(lambda: app.typed.endswith("/alpine.txt"), "the highlighted one")
        await pilot.press("enter")
        await until(lambda: app.chosen == [folder / "alpine.txt"], "the file")


async def test_a_folder_is_opened_and_its_names_are_no_markup(folder: Path):
    app = PickerApp(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: app.names, "all")
        await pilot.press("enter")
        await until(lambda: app.names == ["[red]inner.txt"], "what is in it")
        assert app.typed.endswith("/sub/")
        await pilot.click(PlainList, offset=(2, 0))
        await until(lambda: app.chosen == [folder / "sub" / "[red]inner.txt"], "the file")


async def test_a_listing_that_another_one_replaces_at_once_is_never_begun(folder: Path):
    app = PickerApp(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: app.names, "all")
        picker = app.screen
        assert isinstance(picker, FilePicker)
        path = picker.query_one(PathInput)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            for name in ("a", "al"):
                picker.on_input_changed(Input.Changed(path, f"{path.value}{name}"))
            await until(lambda: app.names == ["alpha.md", "alpine.txt"], "the second one")
            # AND neither is one of a dialog that is left
            picker.on_input_changed(Input.Changed(path, f"{path.value}b"))
            await pilot.press("escape")
            await until(lambda: app.chosen == [None], "the end")
            gc.collect()
        assert [str(warning.message) for warning in caught] == []


async def test_a_missing_folder_is_reported_and_esc_leaves(folder: Path):
    app = PickerApp(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: app.names, "all")

        def problem_text() -> str:
            return str(app.screen.query_one("#files-problem").render())

        await type_text(pilot, "zz")
        await until(lambda: problem_text() == "No name here contains that.", "that nothing matches")
        await pilot.press("enter")
        await type_text(pilot, "/")
        await until(lambda: problem_text().startswith("There is no folder "), "that it is not there")
        await pilot.press("escape")
        await until(lambda: app.chosen == [None], "the end")


async def test_a_folder_whose_name_is_hostile_is_shown_harmless_and_opened(own_home: Path) -> None:
    folder = own_home / "e\x1b[2J\u202evil"
    try:
        folder.mkdir()
    except OSError:
        pytest.skip("no such names on this file system")
    (folder / "a.txt").write_text("x")
    app = PickerApp(folder)
    async with app.run_test(size=(200, 30)) as pilot:
        await until(lambda: app.names == ["a.txt"])
        drawn = "".join(screen(app))
        assert "e\ufffd[2J\ufffdvil" in drawn
        assert "\x1b" not in drawn
        await pilot.press("enter")
        await until(lambda: app.chosen == [folder / "a.txt"])
