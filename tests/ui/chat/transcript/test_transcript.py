"""The transcript: long conversations read only where one looks, and the reader's place kept."""

import pytest

from tests.ui.chat.chat_host import ChatHost, conversation_of, screen, see, text_rows, wait_until_true
from tui.chat.conversation import Conversation
from tui.chat.receipt import Energy, Receipt
from tui.ui.chat.transcript.layout import text_rows as text_rows_module

REPLY = """First {n}

1. one of **many** words that go on until the line is full and wraps to another one
2. two

```py
x = {n}
```

Last {n}"""


def long_talk(count: int) -> Conversation:
    return conversation_of(*((f"Question {n}", REPLY.format(n=n)) for n in range(count)))


RECEIPT = Receipt(0.0, 1.0, 12, 0, 11, 10.0, 5.0, 0.6, 1000, Energy(None, None, "no sensor"))


async def test_opening_a_long_conversation_lays_out_only_messages_near_the_screen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[str] = []
    rows = text_rows_module.as_markdown
    monkeypatch.setattr(text_rows_module, "as_markdown", lambda text: read.append(text) or rows(text))
    app = ChatHost(long_talk(500))
    async with app.run_test(size=(70, 24)) as pilot:
        await see(pilot, "Last 499")
        assert 0 < len(read) < 12
        assert any("First 499" in text for text in read)
        # AND going to the start reads what is there, not what lies between
        app.transcript.focus()
        await pilot.press("home")
        await see(pilot, "Question 0")
        assert len(read) < 24


async def test_scrolling_line_by_line_through_unread_messages_never_jumps() -> None:
    app = ChatHost(long_talk(40))
    async with app.run_test(size=(60, 20)) as pilot:
        await see(pilot, "Last 39")
        for key in ("up",) * 150 + ("down",) * 60:
            rows_before = text_rows(app)
            app.transcript.scroll_relative(y=-1 if key == "up" else 1)
            after = text_rows(app)
            assert after[1:] == rows_before[:-1] if key == "up" else after[:-1] == rows_before[1:]


async def test_pages_follow_one_another_without_a_gap() -> None:
    app = ChatHost(long_talk(40))
    async with app.run_test(size=(60, 20)) as pilot:
        await see(pilot, "Last 39")
        app.transcript.focus()
        seen: list[str] = []
        while app.transcript.scroll_y > 0:
            seen = text_rows(app) + seen
            app.transcript.page(-1)
        seen_text = " ".join(" ".join(seen).split()) + " "
        for n in range(5, 40):
            assert seen_text.count(f"First {n} ") == 1
            assert seen_text.count(f"Last {n} ") == 1


async def test_home_and_end_reach_both_ends_of_a_conversation_of_estimates() -> None:
    app = ChatHost(long_talk(300))
    async with app.run_test(size=(60, 20)) as pilot:
        await see(pilot, "Last 299")
        app.transcript.focus()
        await pilot.press("home")
        await wait_until_true(pilot, lambda: "Question 0" in text_rows(app)[0])
        await pilot.press("end")
        await see(pilot, "Last 299")
        assert app.transcript.follows


async def test_marking_goes_through_messages_and_keeps_them_visible() -> None:
    app = ChatHost(long_talk(30))
    async with app.run_test(size=(60, 20)) as pilot:
        await see(pilot, "Last 29")
        app.transcript.focus()
        ids = [view.message_id for view in app.transcript.views]
        await pilot.press("k")
        for step in range(1, 12):
            await pilot.press("k")
            await pilot.pause()
            assert app.transcript.marked == ids[-1 - step]
            rows = text_rows(app)
            index = len(ids) - 1 - step
            wanted = f"First {index // 2}" if index % 2 else f"Question {index // 2}"
            assert any(wanted in row for row in rows)
        await pilot.press("end", "j")
        await wait_until_true(pilot, lambda: app.transcript.marked == ids[-11])
        assert any("▎" in row for row in text_rows(app))


async def test_a_jump_to_a_message_far_away_shows_it_from_its_first_line() -> None:
    app = ChatHost(long_talk(200))
    async with app.run_test(size=(60, 20)) as pilot:
        await see(pilot, "Last 199")
        app.transcript.show_marked(app.transcript.views[101].message_id)
        await see(pilot, "First 50")
        assert "First 50" in text_rows(app)[0]


async def test_a_change_above_the_screen_does_not_move_it() -> None:
    app = ChatHost(long_talk(30))
    async with app.run_test(size=(60, 20)) as pilot:
        await see(pilot, "Last 29")
        app.transcript.focus()
        await pilot.press("pageup", "pageup")
        rows_before = text_rows(app)
        reply = app.pane.conversation.messages[3]
        app.transcript.views[3].lay_out(53)
        app.pane.answer.show_receipt(reply.id, RECEIPT)
        app.transcript.marked = reply.id
        await wait_until_true(pilot, lambda: app.transcript.views[3].has_class("-marked"))
        await pilot.pause()
        assert text_rows(app) == rows_before


async def test_a_narrower_screen_keeps_the_message_on_top() -> None:
    app = ChatHost(long_talk(60))
    async with app.run_test(size=(90, 24)) as pilot:
        await see(pilot, "Last 59")
        app.transcript.show_marked(app.transcript.views[60].message_id)
        await see(pilot, "Question 30")
        app.transcript.scroll_to(y=app.transcript._column.tops[60])
        await pilot.pause()
        await pilot.resize_terminal(50, 24)
        await wait_until_true(pilot, lambda: app.transcript.scrollable_content_region.width < 50)
        await wait_until_true(pilot, lambda: "Question 30" in text_rows(app)[0])


async def test_a_reply_too_long_to_read_at_once_is_shown_and_then_read() -> None:
    text = "word **bold** " * 3000 + "\n\nThe **end**"
    app = ChatHost(conversation_of(("One", text)))
    async with app.run_test(size=(60, 20)) as pilot:
        await see(pilot, "The end")
        await wait_until_true(pilot, lambda: not any("**" in row for row in text_rows(app)))
        assert "The end" in "\n".join(screen(app))
