"""Export of conversations to files, and import from them."""

import json
from pathlib import Path

from textual.widgets import Input

from tests.ui.chat.history.history_app import history_screen, result_text, save_conversations, titles
from tests.waiting import until
from tui.chat.storage.rows import ConversationRecord
from tui.chat.storage.store import ConversationStore
from tui.ui.chat.history.import_export import write_export


async def test_exports_are_new_files_and_an_export_can_be_imported(
    store: ConversationStore, tmp_path: Path
) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    save_conversations(store, "About foxes: what?", answer="They are **quick**")
    async with history_screen(store, folder) as (pilot, screen, _chosen):
        for key, name in (
            ("e", "About-foxes-what.md"),
            ("E", "About-foxes-what.json"),
            ("e", "About-foxes-what-2.md"),
        ):
            await pilot.press(key)
            await until(lambda name=name: result_text(screen).endswith(name), name)
        text = (folder / "About-foxes-what.md").read_text()
        assert text.startswith("# About foxes: what?\n\n## You\n\nAbout foxes: what?\n\n## SmolLM2")
        assert "They are **quick**" in text
        assert "engine at most 1.00 GiB" in text
        assert json.loads((folder / "About-foxes-what.json").read_text())["title"] == "About foxes: what?"
        # WHEN the JSON is imported, by its name in the current folder
        await pilot.press("i", *"nothing.json", "enter")
        await until(lambda: "cannot be read" in result_text(screen), "the problem")
        screen.query_one("Inquiry Input", Input).value = "About-foxes-what.json"
        await pilot.press("enter")
        # THEN there are two, and the new one is highlighted
        await until(lambda: len(titles(screen)) == 2, "the import")
        assert screen.mode == "list"
        assert "Imported" in result_text(screen)


def test_a_title_from_outside_becomes_one_harmless_line_of_the_export(tmp_path: Path) -> None:
    record = ConversationRecord("\x1b[2Jfox\n## You\u202e", "", None, "", 0.0, 0.0, (), None)
    assert write_export(record, "md", tmp_path).read_text().splitlines()[0] == "# fox ## You"


async def test_an_export_to_a_missing_folder_is_reported(store: ConversationStore, tmp_path: Path) -> None:
    save_conversations(store, "About foxes")
    async with history_screen(store, tmp_path / "missing") as (pilot, screen, _chosen):
        await pilot.press("e")
        await until(lambda: "No file was written" in result_text(screen), "the problem")
