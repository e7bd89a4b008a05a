"""The prompt with its chips and the line on its upper edge, in a tiny app."""

from pathlib import Path

from textual import events
from textual.app import App

from tests.ui.host import Host
from tests.waiting import until
from tui.chat.messages import Attachment
from tui.services.draft_cost import DraftCost
from tui.services.token_counts import Tokens
from tui.ui.chat.prompt.attachment_chips import Chip
from tui.ui.chat.prompt.prompt_area import PromptArea

NOTES = Attachment("notes.md", "word " * 100)
MAIL = Attachment("[red]mail[/red].txt", "Hello")


class AreaApp(Host):
    def __init__(self) -> None:
        super().__init__(PromptArea)
        self.calls: list[tuple[str, bool]] = []
        self.changes = 0

    def on_mount(self) -> None:
        self.area.prompt.focus()

    @property
    def area(self) -> PromptArea:
        return self.query_one(PromptArea)

    def on_prompt_area_attachment_notice(self, event: PromptArea.AttachmentNotice) -> None:
        self.calls.append((event.text, event.is_error))

    def on_prompt_area_changed(self) -> None:
        self.changes += 1

    @property
    def chips(self) -> list[str]:
        return [str(chip.visual) for chip in self.query(Chip)]

    @property
    def edge(self) -> str:
        return screen(self)[self.area.region.y].strip("─ ")


def screen(app: App[None]) -> list[str]:
    strips = app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip).rstrip() for strip in strips]


async def test_the_down_key_goes_back_to_the_prompt():
    app = AreaApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.area.prompt.attach(NOTES)
        await until(lambda: app.query(Chip), "the chip")
        await pilot.press("shift+tab")
        assert app.focused is app.query_one(Chip)
        await pilot.press("down")
        await until(lambda: app.focused is app.area.prompt, "the prompt")


async def test_dropped_files_are_attached_or_the_reason_is_shown(tmp_path: Path):
    for name, data in (("a.md", b"one"), ("b.txt", "año".encode("latin-1")), ("c.bin", b"\0\1")):
        (tmp_path / name).write_bytes(data)
    app = AreaApp()
    async with app.run_test(size=(80, 24)) as pilot:
        paths = " ".join(str(tmp_path / name) for name in ("a.md", "b.txt", "c.bin"))
        app.area.prompt.post_message(events.Paste(paths))
        await until(lambda: app.area.prompt.offered, "the offer")
        await until(lambda: app.edge == "Enter attaches 3 files, writing on keeps the paths", "its words")
        await pilot.press("enter")
        await until(lambda: app.calls, "the files")
        assert app.area.prompt.attachments == (Attachment("a.md", "one"), Attachment("b.txt", "año"))
        ((text, wrong),) = app.calls
        assert wrong
        assert text == (
            "b.txt is not UTF-8 and was read as Latin-1; look whether accents are right. c.bin is not text."
        )
        assert app.edge == ""


async def test_the_cost_is_shown_on_the_edge_without_moving_anything():
    app = AreaApp()
    async with app.run_test(size=(80, 24)):
        old_region = app.area.region
        app.area.cost = DraftCost(Tokens(1840), 1200, 87.0)
        await until(
            lambda: app.edge == "1,840 new tokens, about 21 s; 1,200 already in the cache", "the cost"
        )
        app.area.asking_note = "[b]Summarise · JSON"
        edge_text = "[b]Summarise · JSON · 1,840 new tokens, about 21 s"
        await until(lambda: app.edge == edge_text, "both")
        app.area.cost = None
        await until(lambda: app.edge == "[b]Summarise · JSON", "the manner alone")
        assert app.area.region == old_region
