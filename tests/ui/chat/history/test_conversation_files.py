"""Exports to files, and imports from them."""

import json
from pathlib import Path

from textual.widgets import Input

from tests.ui.chat.history.history_app import fill, listed, titles, told
from tests.waiting import until
from tui.chat.storage.rows import ConversationRecord
from tui.chat.storage.store import ConversationStore
from tui.ui.chat.history.conversation_files import write_export


async def test_exports_are_new_files_and_one_comes_back(store: ConversationStore, tmp_path: Path) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    fill(store, "About foxes: what?", answer="They are **quick**")
    async with listed(store, folder) as (pilot, screen, _chosen):
        for key, name in (
            ("e", "About-foxes-what.md"),
            ("E", "About-foxes-what.json"),
            ("e", "About-foxes-what-2.md"),
        ):
            await pilot.press(key)
            await until(lambda name=name: told(screen).endswith(name), name)
        text = (folder / "About-foxes-what.md").read_text()
        assert text.startswith("# About foxes: what?\n\n## You\n\nAbout foxes: what?\n\n## SmolLM2")
        assert "They are **quick**" in text
        assert "engine at most 1.00 GiB" in text
        assert json.loads((folder / "About-foxes-what.json").read_text())["title"] == "About foxes: what?"
        # WHEN the JSON is imported, by its name in the current folder
        await pilot.press("i", *"nothing.json", "enter")
        await until(lambda: "cannot be read" in told(screen), "the problem")
        screen.query_one("Inquiry Input", Input).value = "About-foxes-what.json"
        await pilot.press("enter")
        # THEN there are two, and the new one is highlighted
        await until(lambda: len(titles(screen)) == 2, "the import")
        assert screen.mode == "list"
        assert "Imported" in told(screen)


def test_a_title_that_came_from_elsewhere_is_a_line_of_text_in_the_document(tmp_path: Path) -> None:
    record = ConversationRecord("\x1b[2Jfox\n## You\u202e", "", None, "", 0.0, 0.0, (), None)
    assert write_export(record, "md", tmp_path).read_text().splitlines()[0] == "# fox ## You"


async def test_a_folder_that_cannot_be_written_to_is_told(store: ConversationStore, tmp_path: Path) -> None:
    fill(store, "About foxes")
    async with listed(store, tmp_path / "missing") as (pilot, screen, _chosen):
        await pilot.press("e")
        await until(lambda: "Nothing was written" in told(screen), "the problem")
