"""The chat pane in a tiny app, with the test as the engine."""

from collections.abc import Awaitable, Callable

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot

from tests.reasons import reason_with_text
from tui.chat.conversation import Conversation
from tui.engine.protocol import Failed, Finished
from tui.engine.reply_metrics import ReplyMetrics
from tui.ui.chat.pane import ChatPane
from tui.ui.chat.transcript import transcript_area
from tui.ui.chat.transcript.welcome import Suggestion, Suggestions
from tui.ui.kit.clipboard import Copied
from tui.ui.kit.theme import theme_variable_defaults

METRICS = ReplyMetrics(12, 0, 0.5, 11, 2.0, 0.6, 23, 512, None)
END = Finished(1, "end", METRICS)
DIED = Failed(
    1,
    "died",
    reason_with_text("The engine was killed by signal 9."),
    reason_with_text("Load it again with a shorter context."),
)


class ChatApp(App[None]):
    BINDINGS = [("escape", "escaped")]  # noqa: RUF012 - Textual's own shape

    def __init__(self, conversation: Conversation | None = None, label: str | None = "Model Q4") -> None:
        super().__init__()
        self.conversation = conversation
        self.label = label
        self.heard: list[Message] = []
        self.escapes = 0
        self.opened: list[str] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return theme_variable_defaults(self.current_theme)

    def compose(self) -> ComposeResult:
        yield ChatPane(self.conversation)

    def on_mount(self) -> None:
        self.pane.model_label = self.label
        self.pane.prompt.focus()

    @property
    def pane(self) -> ChatPane:
        return self.query_one(ChatPane)

    def on_chat_pane_ask(self, event: ChatPane.Ask) -> None:
        self.heard.append(event)

    def on_chat_pane_stop(self, event: ChatPane.Stop) -> None:
        self.heard.append(event)

    def on_chat_pane_regenerate(self, event: ChatPane.Regenerate) -> None:
        self.heard.append(event)

    def on_chat_pane_continue(self, event: ChatPane.Continue) -> None:
        self.heard.append(event)

    def on_chat_pane_new_chat(self, event: ChatPane.NewChat) -> None:
        self.heard.append(event)

    def action_escaped(self) -> None:
        self.escapes += 1

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        self.opened.append(url)

    def names(self) -> list[str]:
        return [type(message).__name__ for message in self.heard]


def screen(app: App[None]) -> list[str]:
    """What stands on the screen, line by line."""
    width, height = app.size
    update = app.screen._compositor.render_strips()
    assert len(update) == height
    return ["".join(segment.text for segment in strip).rstrip()[:width] for strip in update]


def shows(app: App[None], text: str) -> bool:
    return any(text in line for line in screen(app))


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    for _ in range(200):
        await pilot.pause(0.02)
        if condition():
            return
    raise AssertionError("\n".join(screen(pilot.app)))


async def ask(pilot: Pilot[None], text: str = "Hello") -> ChatPane:
    app = pilot.app
    assert isinstance(app, ChatApp)
    app.pane.prompt.text = text
    await pilot.press("enter")
    await until(pilot, lambda: app.pane.answering and shows(app, "llm"))
    return app.pane


async def test_a_code_fence_left_open_does_not_go_blank():
    app = ChatApp()
    async with app.run_test(size=(70, 24)) as pilot:
        pane = await ask(pilot)
        pane.answer.append_text("Look:\n\n```python\nprint(1)\n\nprint(2)")
        await until(pilot, lambda: shows(app, "print(2)▌"))
        pane.answer.end_reply(END)
        await until(pilot, lambda: shows(app, "│ print(2)"))
        assert shows(app, "│ print(1)")


async def test_submitting_while_answering_keeps_the_text_and_shows_a_notice():
    app = ChatApp()
    async with app.run_test(size=(70, 24)) as pilot:
        pane = await ask(pilot)
        await pilot.press(*"next", "enter")
        await until(pilot, lambda: shows(app, "Still answering; press Esc to stop first."))
        assert pane.prompt.text == "next"
        assert app.names() == ["Ask"]
        pane.answer.end_reply(END)
        await until(pilot, lambda: not shows(app, "Still answering"))
        await pilot.press("enter")
        assert app.names() == ["Ask", "Ask"]


async def test_escape_stops_an_answer_and_is_passed_on_without_one():
    app = ChatApp()
    async with app.run_test(size=(70, 24)) as pilot:
        await pilot.press("escape")
        assert (app.names(), app.escapes) == ([], 1)
        pane = await ask(pilot)
        await pilot.press("escape")
        assert (app.names(), app.escapes) == (["Ask", "Stop"], 1)
        pane.answer.append_text("half")
        pane.answer.end_reply(Finished(1, "stopped", METRICS))
        await until(pilot, lambda: shows(app, "· stopped"))
        assert shows(app, "llm   half")
        pane.busy = True
        await pilot.press("escape")
        assert app.names() == ["Ask", "Stop", "Stop"]


async def test_regenerating_replaces_the_last_reply():
    app = ChatApp()
    async with app.run_test(size=(70, 24)) as pilot:
        pane = await ask(pilot)
        pane.answer.append_text("first answer")
        pane.answer.end_reply(END)
        await pilot.press("ctrl+r")
        assert app.names() == ["Ask", "Regenerate"]
        await until(pilot, lambda: not shows(app, "first answer"))
        pane.answer.append_text("second answer")
        pane.answer.end_reply(END)
        await until(pilot, lambda: shows(app, "second answer"))
        assert [message.text for message in pane.conversation.messages] == ["Hello", "second answer"]


async def test_regenerating_without_a_reply_requests_nothing():
    app = ChatApp()
    async with app.run_test() as pilot:
        await pilot.press("ctrl+r")
        assert app.names() == []
        assert not app.pane.answering


async def test_the_empty_pane_explains_itself_and_names_the_next_key():
    app = ChatApp(label=None)
    async with app.run_test(size=(70, 24)) as pilot:
        await until(pilot, lambda: shows(app, "Try a model here"))
        granite = Suggestion("Granite-4.1-3B", "2.4 GiB", "quick")
        app.pane.suggestions = Suggestions("chat · English", (granite,), "1 model passes.")
        await until(pilot, lambda: shows(app, "Granite-4.1-3B  2.4 GiB"))
        app.pane.model_label = "Model [red]Q4\x1b[31m"
        await until(pilot, lambda: shows(app, "asks the model what you typed"))
        assert shows(app, "Chat: Model [red]Q4")
        await ask(pilot)
        assert not shows(app, "asks the model what you typed")


async def test_progress_is_shown_and_removed():
    app = ChatApp()
    async with app.run_test(size=(70, 24)) as pilot:
        app.pane.notice.show_progress("Loading [b]SmolLM2", 0.43, 1.2)
        await until(pilot, lambda: shows(app, "████▎      Loading [b]SmolLM2… 43 %, 1.2 s left"))
        app.pane.notice.clear()
        await until(pilot, lambda: not shows(app, "Loading"))


@pytest.mark.parametrize(
    "text",
    [
        "[red]x[/red] [/nothing] [@click=app.quit]y[/]",
        "a\x1b[2J\x1b[Hb\x00c\x07d\x9b31me",
        "\u202eright to left\u202c \u2066x\u2069 \ud800",
        "| a |\n|---|\n" + "| x |\n" * 50,
        "```\n" + "\x1b]0;title\x07" * 10,
        "> " * 300 + "deep",
        "漢字🙂" * 200,
        "\r\n\r\n- \r\n\t\r\n",
    ],
)
async def test_hostile_output_does_not_disturb_the_screen(text: str):
    app = ChatApp()
    async with app.run_test(size=(70, 24)) as pilot:
        pane = await ask(pilot)
        for index in range(0, len(text), 7):
            pane.answer.append_text(text[index : index + 7])
        pane.answer.append_text("\n\nThe end")
        pane.answer.flush()
        await until(pilot, lambda: shows(app, "The end"))
        pane.answer.end_reply(END)
        await until(pilot, lambda: shows(app, "5.0 tok/s · 11 tokens"))
        drawn = "".join(screen(app))
        assert not [character for character in drawn if ord(character) < 32 or 0x7F <= ord(character) < 0xA0]
        assert not set("\u202e\u202c\u2066\u2069") & set(drawn)
        assert pane.conversation.last_reply is not None
        assert pane.conversation.last_reply.text == text + "\n\nThe end"
        assert app.is_running


async def test_a_link_in_an_answer_is_copied_not_opened(monkeypatch: pytest.MonkeyPatch):
    copied = recorded(monkeypatch)
    app = ChatApp()
    async with app.run_test(size=(70, 24)) as pilot:
        pane = await ask(pilot)
        pane.answer.append_text("[click me](https://example.org/a'b)")
        pane.answer.end_reply(END)
        await until(pilot, lambda: shows(app, "click me (https://example.org/a'b)"))
        await pilot.click(pane.transcript, offset=(9, 2))
        await until(pilot, lambda: bool(copied))
        assert copied == ["https://example.org/a'b"]
        assert app.opened == []


def recorded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    copied: list[str] = []

    async def copy(text: str, to_terminal: Callable[[str], None]) -> Copied:
        copied.append(text)
        return Copied("pbcopy", True)

    monkeypatch.setattr(transcript_area, "copy_text", copy)
    return copied


async def test_the_last_reply_or_the_marked_message_is_copied(monkeypatch: pytest.MonkeyPatch):
    copied = recorded(monkeypatch)
    app = ChatApp()
    async with app.run_test(size=(70, 24)) as pilot:
        await pilot.press("ctrl+o")
        await until(pilot, lambda: shows(app, "Nothing to copy yet."))
        pane = await ask(pilot)
        pane.answer.append_text("the **answer**")
        pane.answer.end_reply(END)
        await pilot.press("ctrl+o")
        await until(pilot, lambda: shows(app, "Copied the answer with pbcopy."))
        pane.transcript.focus()
        await pilot.press("y", "k", "k", "y")
        await until(pilot, lambda: len(copied) == 3)
        assert copied == ["the **answer**", "the **answer**", "Hello"]
        await pilot.press("j", "j", "y")
        await until(pilot, lambda: len(copied) == 4)
        assert copied[-1] == "the **answer**"


async def streaming(pilot: Pilot[None]) -> tuple[ChatPane, Callable[[int], Awaitable[None]]]:
    pane = await ask(pilot)
    count = 0

    async def more(lines: int) -> None:
        nonlocal count
        for _ in range(lines):
            count += 1
            pane.answer.append_text(f"line {count}\n\n")
        await until(pilot, lambda: pane.transcript.virtual_size.height > 2 * count)

    return pane, more


async def test_the_view_follows_a_growing_reply_until_the_reader_scrolls_up_and_again_on_end():
    app = ChatApp()
    async with app.run_test(size=(70, 24)) as pilot:
        pane, more = await streaming(pilot)
        await more(30)
        transcript = pane.transcript
        await until(pilot, lambda: shows(app, "line 30"))
        transcript.focus()
        await pilot.press("pageup")
        await until(pilot, lambda: not shows(app, "line 30"))
        await until(pilot, lambda: transcript.scroll_y == transcript.scroll_target_y)
        # The scrollbar to the right of the text may move, the text may not.
        visible_lines = [line[:60] for line in screen(app)[: transcript.size.height]]
        await more(30)
        assert [line[:60] for line in screen(app)[: transcript.size.height]] == visible_lines
        await pilot.press("end")
        await until(pilot, lambda: shows(app, "line 60"))
        await more(10)
        await until(pilot, lambda: shows(app, "line 70"))


async def test_a_short_conversation_starts_at_the_top():
    app = ChatApp()
    async with app.run_test(size=(70, 24)) as pilot:
        pane = await ask(pilot)
        pane.answer.append_text("short")
        pane.answer.end_reply(END)
        await until(pilot, lambda: shows(app, "llm   short"))
        assert "you   Hello" in screen(app)[1]


async def test_paging_from_the_prompt_scrolls_the_chat():
    app = ChatApp()
    async with app.run_test(size=(70, 24)) as pilot:
        _, more = await streaming(pilot)
        await more(40)
        await until(pilot, lambda: shows(app, "line 40"))
        await pilot.press("pageup")
        await until(pilot, lambda: not shows(app, "line 40"))


async def test_typing_goes_on_while_a_reply_streams():
    app = ChatApp()
    async with app.run_test(size=(70, 24)) as pilot:
        pane = await ask(pilot)
        for character in "typing":
            pane.answer.append_text("word " * 20)
            await pilot.press(character)
        assert pane.prompt.text == "typing"


async def test_existing_conversation_is_drawn():
    conversation = Conversation()
    conversation.add_user("Earlier question")
    conversation.begin_reply("m")
    conversation.append("Earlier **answer**")
    conversation.finish_reply("max_tokens", METRICS)
    app = ChatApp(conversation)
    async with app.run_test(size=(70, 24)) as pilot:
        await until(pilot, lambda: shows(app, "llm   Earlier answer"))
        assert shows(app, "you   Earlier question")
        await until(pilot, lambda: shows(app, "· cut at the token"))


async def test_a_narrower_screen_wraps_again():
    app = ChatApp()
    async with app.run_test(size=(100, 24)) as pilot:
        pane = await ask(pilot)
        pane.answer.append_text("one two three four five six seven eight nine ten")
        pane.answer.end_reply(END)
        await until(pilot, lambda: shows(app, "nine ten"))
        await pilot.resize_terminal(40, 24)
        await until(pilot, lambda: not shows(app, "one two three four five six seven eight nine ten"))
        assert shows(app, "llm   one two three four five six")
        assert shows(app, "nine ten")


async def test_a_wheel_over_the_chat_scrolls_it():
    app = ChatApp()
    async with app.run_test(size=(70, 24)) as pilot:
        pane, more = await streaming(pilot)
        await more(40)
        await until(pilot, lambda: shows(app, "line 40"))
        for _ in range(5):
            pane.transcript.post_message(
                events.MouseScrollUp(pane.transcript, 5, 5, 0, 0, 0, False, False, False, 5, 5)
            )
        await until(pilot, lambda: not shows(app, "line 40"))


async def test_dropped_messages_are_dim_and_end_in_a_rule():
    app = ChatApp()
    async with app.run_test(size=(70, 40)) as pilot:
        pane = app.query_one(ChatPane)
        pane.transcript.show_dropped(frozenset({1}))
        for text in ("first", "second", "third"):
            pane.conversation.add_user(text)
            pane.conversation.begin_reply("m")
            pane.conversation.append(f"answer to the {text}")
            pane.conversation.finish_reply("end", METRICS)
        pane.transcript.show(pane.conversation.messages)
        await until(pilot, lambda: shows(app, "answer to the third"))
        ids = [message.id for message in pane.conversation.messages]
        pane.transcript.show_dropped(frozenset(ids[:2]))
        await until(pilot, lambda: shows(app, "── not sent to the model any more ──"))
        lines = screen(app)
        rule = next(index for index, line in enumerate(lines) if "not sent" in line)
        assert any("answer to the first" in line for line in lines[:rule])
        assert any("second" in line for line in lines[rule:])
        # AND with a longer context nothing of it is left
        pane.transcript.show_dropped(frozenset())
        await until(pilot, lambda: not shows(app, "not sent"))
