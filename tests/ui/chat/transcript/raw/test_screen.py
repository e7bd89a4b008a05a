"""The raw view: the prompt and the reply exactly, nothing hidden and nothing acting."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.chat.talks import WAY
from tests.ui.chat.chat_host import ChatHost, screen, see, shows, talk, when
from tui.chat.conversation import Conversation
from tui.engine.protocol import Finished
from tui.engine.reply_metrics import ReplyMetrics
from tui.ui.chat.transcript.raw import screen as raw_screen
from tui.ui.chat.transcript.raw.lines import ESCAPE_STYLE, TOKEN_STYLE, raw_lines
from tui.ui.chat.transcript.raw.reply import raw_reply
from tui.ui.kit.clipboard import Copied

METRICS = ReplyMetrics(1840, 0, 0.5, 11, 2.0, 0.6, 23, 512, None)
PROMPT = "<|im_start|>user\nHi [b]you[/b]\x1b[31m\t\u202e!<|im_end|>\n<|im_start|>assistant\n"


def plain(text: str, width: int = 60) -> list[str]:
    return [line.plain for line in raw_lines(text, width)]


def styled(text: str, style: str) -> list[str]:
    lines = raw_lines(text, 200)
    return [line.plain[span.start : span.end] for line in lines for span in line.spans if span.style == style]


def test_lines_end_visibly_and_the_last_only_where_it_does() -> None:
    assert plain("a\n\nb") == ["a↵", "↵", "b"]
    assert plain("a\n") == ["a↵"]
    assert plain("") == [""]
    assert plain("abcdefghij" * 2, 8) == ["abcdefgh", "ijabcdef", "ghij"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\tb", r"a\tb"),
        ("\x1b[2J\x07\x00", r"\x1b[2J\x07\x00"),
        ("\u202ex\u200b\ufeff", r"\u202ex\u200b\ufeff"),
        ("\ud800", r"\ud800"),
        ("\U000e0041", r"\U000e0041"),
        ("niño 漢字 🙂", "niño 漢字 🙂"),
        ("[red]x[/red]", "[red]x[/red]"),
    ],
)
def test_what_cannot_be_seen_is_an_escape(text: str, shown: str) -> None:
    assert plain(text) == [shown]


def test_escapes_and_special_tokens_are_set_apart() -> None:
    assert styled(PROMPT, TOKEN_STYLE) == ["<|im_start|>", "<|im_end|>", "<|im_start|>"]
    assert styled(PROMPT, ESCAPE_STYLE) == [r"\x1b", r"\t", r"\u202e"]
    for token in ("<s>", "</s>", "[INST]", "[/INST]", "<start_of_turn>", "<think>", "</think>", "<｜User｜>"):
        assert styled(f"a {token} b", TOKEN_STYLE) == [token]
    assert styled("a < b | c > d <p> [x]", TOKEN_STYLE) == []


def test_marks_piled_up_are_escaped_beyond_a_few() -> None:
    assert plain("e" + "\u0301" * 10) == ["e" + "\u0301" * 8 + r"\u0301\u0301"]


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80), st.integers(0, 50))
def test_any_text_is_drawn_within_its_width_and_without_controls(text: str, width: int) -> None:
    for line in raw_lines(text, width):
        assert line.cell_length <= max(width, 8)
        assert all(char.isprintable() for char in line.plain)


def answered() -> Conversation:
    conversation = Conversation()
    conversation.add_user("Hi")
    conversation.begin_reply("Model [b]Q4[/b]")
    conversation.set_prompt(PROMPT, WAY)
    conversation.append("Let me see.", thinking=True)
    conversation.append("Hello")
    conversation.finish_reply("end", METRICS, "<think>Let me see.</think>Hello<|im_end|>")
    return conversation


def test_of_a_reply_that_was_kept_whole_all_is_there() -> None:
    raw = raw_reply(answered(), None)
    assert raw is not None
    assert (raw.prompt.title, raw.prompt.text, raw.prompt.reason) == ("Prompt, 1,840 tokens", PROMPT, "")
    assert raw.reply.title == "Reply, 11 tokens"
    assert raw.reply.text == "<think>Let me see.</think>Hello<|im_end|>"
    words = "Temperature 0.7 · Top-k 20 · Top-p 0.95 · Min-p 0.05 · Repeat penalty 1 · Seed 1804289383"
    assert raw.settings == (f"{words} · Maximum tokens 64 · does not think first",)


def test_of_an_earlier_llmtui_it_says_what_was_not_kept() -> None:
    conversation = talk(("Hi", "Hello"))
    raw = raw_reply(conversation, conversation.messages[0].id)
    assert raw is not None
    assert raw.prompt.text is None
    assert "not kept" in raw.prompt.reason
    assert raw.reply.text == "Hello"
    assert "not kept" in raw.reply.reason


def test_of_a_prompt_that_held_a_deleted_turn_it_says_so() -> None:
    conversation = answered()
    conversation.add_user("And you?")
    conversation.begin_reply("Model Q4")
    conversation.set_prompt(PROMPT + "And you?", WAY)
    conversation.append("Well")
    conversation.finish_reply("end", METRICS, "Well<|im_end|>")
    conversation.delete_turn(conversation.messages[0].id)
    raw = raw_reply(conversation, None)
    assert raw is not None
    assert raw.prompt.text is None
    assert "held a turn that was deleted" in raw.prompt.reason
    assert (raw.reply.text, raw.reply.reason) == ("Well<|im_end|>", "")


def test_a_question_without_an_answer_has_nothing_raw() -> None:
    conversation = Conversation()
    assert raw_reply(conversation, None) is None
    assert raw_reply(conversation, conversation.add_user("Hi").id) is None


@pytest.fixture
def copied(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    taken: list[str] = []

    async def copy(text: str, to_terminal: Callable[[str], None]) -> Copied:
        taken.append(text)
        return Copied("xclip", True)

    monkeypatch.setattr(raw_screen, "copy_text", copy)
    return taken


@pytest.mark.parametrize("size", [(60, 20), (120, 40)])
async def test_the_view_shows_both_copies_both_and_closes(size: tuple[int, int], copied: list[str]) -> None:
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
        await when(pilot, lambda: not shows(app, "Prompt,"))


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


async def test_while_it_is_written_the_raw_reply_is_what_is_there() -> None:
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
        await when(pilot, lambda: not app.pane.answering)
