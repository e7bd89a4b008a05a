"""The painter of message lines: dropped messages, and questions beside their answers."""

import pytest
from textual.color import Color

from tests.ui.chat.chat_host import ChatHost, conversation_of, see, shows
from tui.ui.kit.theme import DARK, theme_variable_defaults


async def test_a_dropped_message_is_dim_and_stays_readable() -> None:
    app = ChatHost(conversation_of(("One", "two")))
    async with app.run_test(size=(60, 20)) as pilot:
        await see(pilot, "two")
        app.transcript.views[1].set_class(True, "-dropped")
        await pilot.pause()
        line = app.transcript.render_line(2)
        dim = Color.parse(theme_variable_defaults(DARK)["dim"]).rich_color
        assert any("two" in part.text and part.style and part.style.color == dim for part in line)
        assert shows(app, "llm   two")


@pytest.mark.parametrize(("theme", "is_tinted"), [("llmtui-dark", True), ("llmtui-16", False)])
async def test_a_question_is_told_from_its_answer_by_its_background_or_its_weight(
    theme: str, is_tinted: bool
) -> None:
    app = ChatHost(conversation_of(("One", "two")))
    async with app.run_test(size=(60, 20)) as pilot:
        app.theme = theme
        await see(pilot, "two")
        await pilot.pause()
        question, answer = (
            next(part.style for part in app.transcript.render_line(row) if text in part.text and part.style)
            for row, text in ((0, "One"), (2, "two"))
        )
        assert (question.bgcolor != answer.bgcolor) is is_tinted
        assert bool(question.bold) is not is_tinted
