"""The prompt with its chips and the line on its upper edge, in a tiny app."""

from pathlib import Path

from textual import events
from textual.app import App

from tests.ui.host import Host
from tests.waiting import until
from tui.chat.messages import Attachment
from tui.services.token_counts import Tokens
from tui.ui.chat.prompt.attachment_chips import Chip
from tui.ui.chat.prompt.draft_words import DraftCost, cost_words, tokens_words
from tui.ui.chat.prompt.prompt_area import PromptArea

NOTES = Attachment("notes.md", "word " * 100)
MAIL = Attachment("[red]mail[/red].txt", "Hello")


class AreaApp(Host):
    def __init__(self) -> None:
        super().__init__(PromptArea)
        self.told: list[tuple[str, bool]] = []
        self.changes = 0

    def on_mount(self) -> None:
        self.area.prompt.focus()

    @property
    def area(self) -> PromptArea:
        return self.query_one(PromptArea)

    def on_prompt_area_attachment_notice(self, event: PromptArea.AttachmentNotice) -> None:
        self.told.append((event.text, event.is_error))

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


async def test_what_goes_along_is_a_chip_with_its_tokens():
    app = AreaApp()
    async with app.run_test(size=(80, 24)):
        await until(lambda: app.area.region.height == 2, "the layout")
        app.area.prompt.attach(NOTES, MAIL)
        await until(lambda: len(app.chips) == 2, "the chips")
        assert app.chips == ["notes.md · about 125 tokens ×", "[red]mail[/red].txt · about 2 tokens ×"]
        app.area.show_tokens([Tokens(1840), Tokens(1)])
        assert app.chips == ["notes.md · 1,840 tokens ×", "[red]mail[/red].txt · 1 token ×"]
        # AND the same again is no second one
        app.area.prompt.attach(Attachment(NOTES.name, NOTES.text))
        assert len(app.area.prompt.attachments) == 2
        app.area.prompt.take()
        await until(lambda: app.area.region.height == 2, "the row to go")


async def test_a_chip_is_removed_by_key_and_by_mouse():
    app = AreaApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.area.prompt.attach(NOTES, MAIL)
        await until(lambda: len(app.query(Chip)) == 2 and app.query(Chip)[1].region.width, "the chips")
        await pilot.press("shift+tab")
        assert app.focused is app.query(Chip)[1]
        await pilot.press("left", "left", "delete")
        await until(lambda: app.area.prompt.attachments == (MAIL,), "the removal")
        await until(lambda: app.focused is app.area.prompt, "the prompt")
        await until(lambda: len(app.query(Chip)) == 1 and app.query(Chip)[0].region.width, "the chip")
        chip = app.query_one(Chip)
        await pilot.click(chip, offset=(2, 0))
        assert app.area.prompt.attachments == (MAIL,)
        await pilot.click(chip, offset=(chip.region.width - 2, 0))
        await until(lambda: app.area.prompt.attachments == (), "the removal")


async def test_a_chip_can_be_turned_back_into_text():
    app = AreaApp()
    text = "a line\n" * 50
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"See:", "space")
        app.area.prompt.post_message(events.Paste(text))
        await until(lambda: app.query(Chip), "the chip")
        await pilot.press("shift+tab", "enter")
        await until(lambda: app.area.prompt.attachments == (), "the text")
        assert app.area.prompt.text == "See: " + text
        assert app.focused is app.area.prompt


async def test_the_down_key_goes_back_to_the_prompt():
    app = AreaApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.area.prompt.attach(NOTES)
        await until(lambda: app.query(Chip), "the chip")
        await pilot.press("shift+tab")
        assert app.focused is app.query_one(Chip)
        await pilot.press("down")
        await until(lambda: app.focused is app.area.prompt, "the prompt")


async def test_dropped_files_are_read_and_what_cannot_go_along_is_told(tmp_path: Path):
    for name, data in (("a.md", b"one"), ("b.txt", "año".encode("latin-1")), ("c.bin", b"\0\1")):
        (tmp_path / name).write_bytes(data)
    app = AreaApp()
    async with app.run_test(size=(80, 24)) as pilot:
        paths = " ".join(str(tmp_path / name) for name in ("a.md", "b.txt", "c.bin"))
        app.area.prompt.post_message(events.Paste(paths))
        await until(lambda: app.area.prompt.offered, "the offer")
        await until(lambda: app.edge == "Enter attaches 3 files, writing on keeps the paths", "its words")
        await pilot.press("enter")
        await until(lambda: app.told, "the files")
        assert app.area.prompt.attachments == (Attachment("a.md", "one"), Attachment("b.txt", "año"))
        ((text, wrong),) = app.told
        assert wrong
        assert text == (
            "b.txt is not UTF-8 and was read as Latin-1; look whether accents are right. c.bin is not text."
        )
        assert app.edge == ""


async def test_the_cost_stands_on_the_edge_and_moves_nothing():
    app = AreaApp()
    async with app.run_test(size=(80, 24)):
        before = app.area.region
        app.area.cost = DraftCost(Tokens(1840), 1200, 87.0)
        await until(
            lambda: app.edge == "1,840 new tokens, about 21 s; 1,200 already in the cache", "the cost"
        )
        app.area.asking_note = "[b]Summarise · JSON"
        words = "[b]Summarise · JSON · 1,840 new tokens, about 21 s"
        await until(lambda: app.edge == words, "both")
        app.area.cost = None
        await until(lambda: app.edge == "[b]Summarise · JSON", "the manner alone")
        assert app.area.region == before


def test_the_words_of_a_cost_are_as_many_as_fit():
    cost = DraftCost(Tokens(1840), 1200, 87.0)
    assert cost_words(cost, 60) == "1,840 new tokens, about 21 s; 1,200 already in the cache"
    assert cost_words(cost, 55) == "1,840 new tokens, about 21 s"
    assert cost_words(cost, 20) == "1,840 new tokens"
    assert cost_words(cost, 3) == ""


def test_the_words_of_a_cost_say_only_what_is_known():
    assert cost_words(DraftCost(Tokens(1)), 80) == "1 new token"
    assert cost_words(DraftCost(Tokens(12), tokens_per_second=100), 80) == "12 new tokens, under 1 s"
    assert cost_words(DraftCost(Tokens(90_000), tokens_per_second=100), 80) == (
        "90,000 new tokens, about 15 min 0 s"
    )
    # Nobody counted, so nothing is said of time and cache.
    assert cost_words(DraftCost(Tokens(460, exact=False), 3, 10), 80) == "about 460 tokens"
    assert tokens_words(Tokens(1)) == "1 token"
