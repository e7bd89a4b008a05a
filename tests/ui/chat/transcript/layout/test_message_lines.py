from collections.abc import Sequence

import pytest
from textual.content import Content

from tests.ui.chat.test_pane import ChatApp, ask
from tui.ui.chat.transcript.layout import message_lines, wrapping
from tui.ui.chat.transcript.layout.markdown_rows import Row


async def test_the_cost_of_a_flush_does_not_grow_with_the_reply(monkeypatch: pytest.MonkeyPatch):
    app = ChatApp()
    async with app.run_test(size=(70, 24)) as pilot:
        pane = await ask(pilot)
        counts: list[int] = []
        wrap = wrapping.wrap_rows

        def counted(rows: Sequence[Row], width: int) -> list[Content]:
            counts[-1] += len(rows)
            return wrap(rows, width)

        monkeypatch.setattr(wrapping, "wrap_rows", counted)
        monkeypatch.setattr(message_lines, "wrap_rows", counted)
        for _ in range(300):
            counts.append(0)
            pane.transcript.stream("A paragraph of words.\n\n")
        assert 0 < max(counts) < 10
