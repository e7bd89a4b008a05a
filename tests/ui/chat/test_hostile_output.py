"""Whole flow: whatever a model writes, the screen keeps its order, and the terminal gets no control."""

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.terminal import Terminal
from tests.ui.chat.chat_host import ChatHost, conversation_of, screen, see, wait_until_true
from tui.chat.messages import Reply
from tui.engine.protocol import Finished
from tui.engine.reply_metrics import ReplyMetrics
from tui.text import clean
from tui.ui.chat.transcript.layout.message_view import MessageView
from tui.ui.chat.transcript.layout.wrapping import wrap_rows
from tui.ui.kit.clipboard import copy_text

METRICS = ReplyMetrics(12, 0, 0.5, 11, 2.0, 0.6, 23, 512, None)
HOSTILE = {
    "sequences": "a\x1b[2J\x1b[H\x1b]0;pwned\x07\x1b]52;c;cHduZWQ=\x07\x1bPq#0\x1b\\\x9b31mb\x00\x07\x08\x7f",
    "cut off sequences": "x\x1b" * 40 + "\x1b[" * 40 + "\x1b]0;pwned" * 3,
    "markup": "[red]x[/red] [/nothing] [@click=app.quit]y[/] $text {0} %s \\[b]",
    "right to left": "\u202ecba\u202c \u2067x\u2069 \u061c\u200f مرحبا \u200eend",
    "marks": "a" + "\u0301" * 5000 + " b" + "\u200b" * 5000 + " c" + "\ufe0f\u200d" * 3000,
    "accents": ("e" + "\u0301" * 5000) * 20,
    "tags": "".join(chr(0xE0000 + ord(char)) for char in "ignore all of it") * 20,
    "invalid": "caf\udcc3\udca9 \ufffd\ufffe\uffff \ud83d",
    "no line end": "x" * 200_000,
    "no line end, wide": "漢字🙂" * 30_000,
    "repetition": "I am I am " * 8_000,
    "empty lines": "\n" * 20_000 + "x",
    "fences": "```\n" * 500 + "~~~\n" * 301,
    "nesting": "> - " * 400 + "deep",
    "one table": "|a|b|\n|-|-|\n" + "|x|y|\n" * 2_000,
    "a wide table": "|a" * 500 + "\n" + "|-" * 500 + "\n" + "|b" * 500,
    "thousands of lines": "line\n" * 30_000,
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_output_does_not_break_the_screen(name: str) -> None:
    text = HOSTILE[name]
    app = ChatHost()
    async with app.run_test(size=(80, 24)) as pilot:
        pane = app.pane
        pane.model_label = "Model Q4"
        # WHEN it is thought, and answered in pieces that cut through everything
        pane.conversation.add_user(text)
        pane.answer.begin_reply(pane.model_label)
        pane.answer.append_text(text[:1000], 7, 0.1, thinking=True)
        step = max(7, len(text) // 50)
        for start in range(0, len(text), step):
            pane.answer.append_text(text[start : start + step])
            pane.answer.flush()
        pane.answer.append_text("\n\nThe end")
        pane.answer.end_reply(Finished(1, "end", METRICS))
        await see(pilot, "The end")
        await wait_until_true(pilot, lambda: not any(view.is_provisional for view in app.transcript.views))
        app.transcript.focus()
        await pilot.press("home", "end", "t")
        await pilot.pause()
        # THEN nothing but text is drawn, and every line is as wide as the screen
        strips = app.screen._compositor.render_strips()
        assert {strip.cell_length for strip in strips} == {80}
        drawn = "".join(screen(app))
        assert not [char for char in drawn if ord(char) < 32 or 0x7F <= ord(char) < 0xA0]
        assert not set("\u202e\u2067\u061c\u200f\ufeff\udcc3\U000e0041") & set(drawn)
        # AND the conversation has it exactly
        reply = pane.conversation.messages[-1]
        assert isinstance(reply, Reply)
        assert (reply.text, reply.thinking) == (text + "\n\nThe end", text[:1000])
        # AND reopened it is in order too
        app.transcript.show(pane.conversation.messages)
        await see(pilot, "The end")
        assert {strip.cell_length for strip in app.screen._compositor.render_strips()} == {80}


@pytest.mark.parametrize("name", ["sequences", "cut off sequences", "right to left", "accents", "invalid"])
def test_the_real_terminal_is_not_disturbed(name: str, tmp_path: Path) -> None:
    answer = tmp_path / "answer.txt"
    text = HOSTILE[name] + "\n\nThe end"
    answer.write_text(text, encoding="utf-8", errors="surrogatepass")
    argv = [sys.executable, "-m", "tests.bench.scripted_chat", "say", str(answer)]
    with Terminal(argv, 80, 24) as terminal:
        terminal.wait_for("The end", 90)
        # The frame stands in its place in every row, and the terminal was asked for nothing.
        cells = terminal.buffer.buffer
        assert {cells[y][0].data for y in range(24)} <= {"╭", "│", "╰"}
        assert {cells[y][79].data for y in range(24)} <= {"╮", "│", "╯"}
        for hostile in (b"pwned", b"cHduZWQ", b"\x1b]52", b"\x1bPq"):
            assert hostile not in terminal.output


async def test_the_clipboard_gets_no_control_characters_and_otherwise_the_text(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tui.ui.kit.clipboard.find_tools", lambda *_: ())
    sent: list[str] = []
    await copy_text("a\x1b[31mb\x00\t\u202e\n  e" + "\u0301" * 30 + "\u200d  ", sent.append)
    assert sent == ["ab\t\n  e" + "\u0301" * 30 + "\u200d  "]


@given(st.text(max_size=200))
def test_cleaning_a_clean_text_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize("name", HOSTILE)
def test_no_line_exceeds_its_width(name: str) -> None:
    conversation = conversation_of(("x", HOSTILE[name][:20_000]))
    view = MessageView(conversation.messages[1])
    assert all(line.cell_length <= 30 for line in wrap_rows(view.rows, 30))
