"""The raw view: the prompt and the reply exactly, nothing hidden and nothing acting."""

from collections.abc import Callable

import pytest

from tests.chat.conversations import PART_SETTINGS
from tests.ui.chat.chat_host import ChatHost, screen, see, shows, wait_until_true
from tui.chat.conversation import Conversation
from tui.engine.protocol import Finished
from tui.engine.reply_metrics import ReplyMetrics
from tui.ui.chat.transcript.raw import screen as raw_screen
from tui.ui.kit.clipboard import Copied

METRICS = ReplyMetrics(1840, 0, 0.5, 11, 2.0, 0.6, 23, 512, None)
PROMPT = "<|im_start|>user\nHi [b]you[/b]\x1b[31m\t\u202e!<|im_end|>\n<|im_start|>assistant\n"


def answered() -> Conversation:
    conversation = Conversation()
    conversation.add_user("Hi")
    conversation.begin_reply("Model [b]Q4[/b]")
    conversation.set_prompt(PROMPT, PART_SETTINGS)
    conversation.append("Let me see.", thinking=True)
    conversation.append("Hello")
    conversation.finish_reply("end", METRICS, "<think>Let me see.</think>Hello<|im_end|>")
    return conversation


@pytest.fixture
def copied(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    copied_texts: list[str] = []

    async def copy(text: str, to_terminal: Callable[[str], None]) -> Copied:
        copied_texts.append(text)
        return Copied("xclip", True)

    monkeypatch.setattr(raw_screen, "copy_text", copy)
    return copied_texts


@pytest.mark.parametrize("size", [(60, 20), (120, 40)])
async def test_view_shows_and_copies_prompt_and_output_and_closes(
    size: tuple[int, int], copied: list[str]
) -> None:
    app = ChatHost(answered())
    async with app.run_test(size=size) as pilot:
        await see(pilot, "Hello")
        app.transcript.focus()
        await pilot.press("k", "v")
        await see(pilot, "Prompt, 1,840 tokens")
        assert shows(app, "Asked with")
        assert shows(app, r"Hi [b]you[/b]\x1b[31m\t\u202e!<|im_end|>↵")
        assert shows(app, "As Model [b]Q4[/b] read and wrote it")
        await pilot.press("n")
        await see(pilot, "<think>Let me see.</think>Hello<|im_end|>")
        await pilot.press("y")
        await see(pilot, "Copied the prompt with xclip.")
        await pilot.press("r")
        await see(pilot, "Copied the reply with xclip.")
        assert copied == [PROMPT, "<think>Let me see.</think>Hello<|im_end|>"]
        await pilot.press("escape")
        await wait_until_true(pilot, lambda: not shows(app, "Prompt,"))


async def test_a_long_prompt_scrolls_to_its_end_and_to_the_reply() -> None:
    conversation = answered()
    conversation.prompts.put(conversation.messages[1].id, "\n".join(f"line {n}" for n in range(3000)))
    app = ChatHost(conversation)
    async with app.run_test(size=(60, 20)) as pilot:
        await see(pilot, "Hello")
        app.transcript.focus()
        await pilot.press("v")
        await see(pilot, "line 3↵")
        await pilot.press("end")
        await see(pilot, "Reply, 11 tokens")
        await pilot.press("home")
        await see(pilot, "line 10↵")
        assert not shows(app, "line 11↵")
        await pilot.press("j")
        await see(pilot, "line 11↵")
        assert "\x1b" not in "".join(screen(app))


async def test_the_raw_view_of_a_streaming_reply_has_its_text_so_far() -> None:
    app = ChatHost()
    async with app.run_test(size=(70, 24)) as pilot:
        app.transcript.focus()
        await pilot.press("v")
        await see(pilot, "There is no answer yet.")
        app.pane.conversation.add_user("Hi")
        app.pane.answer.begin_reply(app.pane.model_label)
        app.pane.answer.append_text("so far")
        await see(pilot, "so far")
        await pilot.press("v")
        await see(pilot, "It is still being written")
        await pilot.press("escape")
        app.pane.answer.end_reply(Finished(1, "end", METRICS, "so far<|im_end|>"))
        await wait_until_true(pilot, lambda: not app.pane.answering)
