from textual import events

from tests.ui.chat.prompt.test_prompt_area import MAIL, NOTES, AreaApp
from tests.waiting import until
from tui.chat.messages import Attachment
from tui.services.token_counts import Tokens
from tui.ui.chat.prompt.attachment_chips import Chip


async def test_an_attachment_is_a_chip_with_its_tokens():
    app = AreaApp()
    async with app.run_test(size=(80, 24)):
        await until(lambda: app.area.region.height == 2, "the layout")
        app.area.prompt.attach(NOTES, MAIL)
        await until(lambda: len(app.chips) == 2, "the chips")
        assert app.chips == ["notes.md · about 131 tokens ×", "[red]mail[/red].txt · about 10 tokens ×"]
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
