"""Blocks of code in the transcript: copied one by one, as the model wrote them."""

from collections.abc import Callable

import pytest

from tests.ui.chat.chat_host import ChatHost, conversation_of, see, text_rows, wait_until_true
from tui.ui.chat.transcript import transcript_area
from tui.ui.chat.transcript.layout.markdown_rows import markdown_rows
from tui.ui.kit.clipboard import Copied

ANSWER = """Look:

```python
def f():
\treturn "[b]x[/b]"  # e\u0301

print(f())
```

1. In a list:

   ```sh
   ls   -l
   ```

Then:

    indented = True

Done."""
BLOCKS = ['def f():\n\treturn "[b]x[/b]"  # e\u0301\n\nprint(f())\n', "ls   -l\n", "indented = True\n"]


@pytest.fixture
def copied(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    copied_texts: list[str] = []

    async def copy(text: str, to_terminal: Callable[[str], None]) -> Copied:
        copied_texts.append(text)
        return Copied("xclip", True)

    monkeypatch.setattr(transcript_area, "copy_text", copy)
    return copied_texts


def sources(text: str) -> list[str]:
    return [row.source for row in markdown_rows(text) if row.source is not None]


def test_every_block_of_code_is_kept_as_it_was_written() -> None:
    assert sources("```\na\n\n  b\n```\n\ntext `inline`\n\n    c\n") == ["a\n\n  b\n", "c\n"]
    assert sources("no code") == []
    assert sources("```py\nopen") == ["open"]


def test_many_combining_marks_are_shortened_on_screen_and_copied_whole() -> None:
    text = "a" + "\u0301" * 50
    rows = markdown_rows(f"```\n{text}\n```")
    assert rows[0].source == text + "\n"
    assert len(rows[1].content.plain) < 20


async def test_the_key_copies_one_block_after_the_other(copied: list[str]) -> None:
    app = ChatHost(conversation_of(("One", "no code"), ("Two", ANSWER)))
    async with app.run_test(size=(70, 40)) as pilot:
        await see(pilot, "Done.")
        app.transcript.focus()
        await pilot.press("b")
        await see(pilot, "Copied block 1 of 3 with xclip.")
        await pilot.press("b", "b")
        await see(pilot, "Copied block 3 of 3 with xclip.")
        assert copied == [BLOCKS[0], BLOCKS[1], BLOCKS[2]]
        await pilot.press("b")
        await wait_until_true(pilot, lambda: len(copied) == 4)
        assert copied[-1] == BLOCKS[0]
        # AND a message without code says so
        await pilot.press("k", "k", "k", "b")
        await see(pilot, "There is no code to copy here.")
        assert len(copied) == 4


async def test_a_click_on_the_head_of_a_block_copies_that_one(copied: list[str]) -> None:
    app = ChatHost(conversation_of(("Two", ANSWER)))
    async with app.run_test(size=(70, 40)) as pilot:
        await see(pilot, "Done.")
        line = next(y for y, row in enumerate(text_rows(app)) if "┌ sh · copy" in row)
        await pilot.click(app.transcript, offset=(18, line))
        await see(pilot, "Copied block 2 of 3")
        assert copied == [BLOCKS[1]]
        # AND a click on the code itself copies nothing
        await pilot.click(app.transcript, offset=(18, line + 1))
        await pilot.pause()
        assert copied == [BLOCKS[1]]
