"""A chat pane alone in its terminal, which opens, scrolls or streams what is made up here.

`python -m tests.bench.scripted_chat open 500 OUT` or `stream 4000 100 OUT` writes its figures to OUT as JSON;
`say FILE` answers what stands in FILE, in pieces, and stays.
"""

import asyncio
import json
import random
import sys
import time
from pathlib import Path
from typing import NamedTuple

from textual.app import App, ComposeResult

from tui.chat.conversation import Conversation
from tui.engine.protocol import Finished
from tui.engine.reply_metrics import ReplyMetrics
from tui.ui.chat.pane import ChatPane
from tui.ui.kit.theme import DARK, THEMES, theme_variable_defaults

PAGES = 40
QUARTERS = 4
_WORDS = ("the", "of", "a", "model", "token", "memory", "time", "system", "light", "night", "before", "water")
_METRICS = ReplyMetrics(200, 0, 1.0, 300, 10.0, 1.1, 500, 4096, None)


class Opened(NamedTuple):
    """A conversation that was opened, in seconds."""

    show: float
    """From the call until it is drawn."""
    pages: list[float]
    """Each page up, from the key until it is drawn."""


def reply_text(number: int, chosen: random.Random) -> str:
    """About 1,500 characters of Markdown, now and then with code or a table."""

    def words(count: int) -> str:
        return " ".join(chosen.choice(_WORDS) for _ in range(count))

    parts = [
        words(60),
        "\n".join(f"{number}. **{words(2)}**: {words(20)}" for number in range(1, 6)),
        words(80),
    ]
    if number % 4 == 0:
        parts.append(
            "```python\n" + "\n".join(f"value_{number} = compute({number})" for number in range(8)) + "\n```"
        )
    if number % 7 == 0:
        parts.append(
            "| name | size |\n|---|---|\n" + "\n".join(f"| {words(2)} | {number} |" for number in range(5))
        )
    return "\n\n".join(parts)


def conversation_of(count: int) -> Conversation:
    """So many messages, half of them replies."""
    chosen = random.Random(1)
    conversation = Conversation()
    for number in range(count // 2):
        conversation.add_user(f"Question {number}: what of the {chosen.choice(_WORDS)}?")
        conversation.begin_reply("Model Q4")
        conversation.append(reply_text(number, chosen))
        conversation.finish_reply("end", _METRICS)
    return conversation


class ScriptedChat(App[None]):
    """Does what it was told and leaves."""

    def __init__(self, action: str, numbers: list[int], out: Path) -> None:
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = DARK.name
        self._action, self._numbers, self._out = action, numbers, out

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return theme_variable_defaults(self.current_theme)

    def compose(self) -> ComposeResult:
        yield ChatPane()

    def on_mount(self) -> None:
        self.pane.model_label = "Model Q4"
        self.run_worker(self._run())

    @property
    def pane(self) -> ChatPane:
        return self.query_one(ChatPane)

    async def _run(self) -> None:
        await asyncio.sleep(0.5)
        if self._action == "say":
            await self._say(self._out.read_text(encoding="utf-8", errors="surrogatepass"))
            return
        figures = await (self._open if self._action == "open" else self._stream)(*self._numbers)
        self._out.write_text(json.dumps(figures))
        self.exit()

    async def _drawn(self) -> None:
        done = asyncio.Event()
        self.pane.transcript.call_after_refresh(done.set)
        await done.wait()

    async def _say(self, text: str) -> None:
        self.pane.conversation.add_user("Tell me something hostile.")
        self.pane.answer.begin_reply(self.pane.model_label)
        for start in range(0, len(text), 97):
            self.pane.answer.append_text(text[start : start + 97])
            if start % 970 == 0:
                self.pane.answer.flush()
                await asyncio.sleep(0)
        self.pane.answer.end_reply(Finished(1, "end", _METRICS))

    async def _open(self, count: int) -> dict[str, object]:
        messages = conversation_of(count).messages
        start = time.perf_counter()
        self.pane.transcript.show(messages)
        await self._drawn()
        show = time.perf_counter() - start
        pages: list[float] = []
        for _page in range(PAGES):
            start = time.perf_counter()
            self.pane.transcript.page(-1)
            await self._drawn()
            pages.append(time.perf_counter() - start)
        return Opened(show, pages)._asdict()

    async def _stream(self, tokens: int, rate: int) -> dict[str, object]:
        pane = self.pane
        pane.conversation.add_user("Tell me a story.")
        pane.answer.begin_reply(pane.model_label)
        chosen = random.Random(2)
        text = ""
        while len(text) < 4 * tokens:
            text += reply_text(chosen.randrange(100), chosen) + "\n\n"
        shares: list[float] = []
        began = used = 0.0
        due = time.perf_counter()
        for token in range(tokens):
            if token % (tokens // QUARTERS) == 0:
                if token:
                    shares.append((time.process_time() - used) / (time.perf_counter() - began))
                began, used = time.perf_counter(), time.process_time()
            pane.answer.append_text(text[4 * token : 4 * token + 4], token + 1, token / rate)
            due += 1 / rate
            # As the engine does it, several tokens of a fast model come at once.
            if (wait := due - time.perf_counter()) > 0.015:
                await asyncio.sleep(wait)
        shares.append((time.process_time() - used) / (time.perf_counter() - began))
        pane.answer.end_reply(Finished(1, "end", _METRICS))
        return {"shares": shares}


if __name__ == "__main__":
    *_arguments, _out = sys.argv[1:]
    ScriptedChat(_arguments[0], [int(word) for word in _arguments[1:]], Path(_out)).run()
