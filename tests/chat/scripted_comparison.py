"""Models, and a host that answers by a script, for the tests of comparisons."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Mapping
from pathlib import Path

import msgspec
import psutil

from tests.reasons import reason_with_text
from tui.chat.comparing.comparison import PreparedLoad
from tui.engine.client import ReplyEvent
from tui.engine.failures import EngineFailure
from tui.engine.footprint import Footprint
from tui.engine.options import AnswerRequest, LoadSettings
from tui.engine.protocol import Failed, Finished, Loaded, Text
from tui.engine.reply_metrics import ReplyMetrics
from tui.models.model import Model, ModelFile

MIB = 1 << 20
SETTINGS = LoadSettings(context=512)


def model(name: str, weights: int = 100 * MIB, path: Path | None = None) -> Model:
    """A model on this disk."""
    path = path or Path(f"/models/{name}.gguf")
    file = ModelFile(path, (path,), weights, 0, name, "Q4_1", "own", weights, None)
    return Model(name, "Q4_1", weights, None, file, None)


def metrics(tokens: int = 11, tps: float = 10.0, peak: int | None = 150 * MIB) -> ReplyMetrics:
    return ReplyMetrics(20, 0, 0.5, tokens, (tokens - 1) / tps, 0.6, 20 + tokens, 512, peak)


def died() -> Failed:
    return Failed(
        0, "died", reason_with_text("The engine's process ended."), reason_with_text("Load it again.")
    )


async def ready(_model: Model) -> PreparedLoad:
    return PreparedLoad(SETTINGS, 140 * MIB)


def engines() -> list[psutil.Process]:
    """The engine processes that this one has."""
    engine_list: list[psutil.Process] = []
    for child in psutil.Process().children(recursive=True):
        # One that is just ending can be asked nothing.
        with contextlib.suppress(psutil.Error):
            if "tui.engine.worker" in " ".join(child.cmdline()):
                engine_list.append(child)
    return engine_list


class ScriptedHost:
    """Answers each prompt with a text, a failure, or, for None, only when it is stopped."""

    def __init__(
        self,
        answers: Mapping[str, str | Failed | None] | None = None,
        loads: Mapping[str, Failed | None] | None = None,
        device_bytes: int = 0,
        cpu_shares: Mapping[str, float] | None = None,
    ) -> None:
        """Answer by a script.

        Args:
            answers: by prompt.
            loads: by name what goes wrong; None there means that it takes until it is stopped.
            device_bytes: on a GPU.
            cpu_shares: by prompt, the share of their time in which the engine's threads ran.
        """
        self.answers = answers or {}
        self.loads = loads or {}
        self.device_bytes = device_bytes
        self.cpu_shares = cpu_shares or {}
        self.log: list[str] = []
        self.loaded: Model | None = None
        self.on_stop: Callable[[], None] = lambda: None
        self._stopped = asyncio.Event()

    async def load(
        self, model: Model, settings: LoadSettings, on_progress: Callable[[float, float | None], None]
    ) -> Loaded:
        assert self.loaded is None, "two models at once"
        self.log.append(f"load {model.name}")
        on_progress(0.5, 1.0)
        if model.name in self.loads:
            failed = self.loads[model.name]
            if failed is None:
                self._stopped.clear()
                await self._stopped.wait()
                failed = Failed(0, "stopped", reason_with_text("Loading was stopped."))
            raise EngineFailure(failed)
        self.loaded = model
        parts = Footprint(100 * MIB, 10 * MIB, 10 * MIB, 20 * MIB, "engine", device_bytes=self.device_bytes)
        return Loaded(1, parts, None, settings.context, 0.25, 2, "model")

    async def answer(self, request: AnswerRequest) -> AsyncGenerator[ReplyEvent]:
        assert self.loaded is not None
        (message,) = request.messages
        self.log.append(f"ask {self.loaded.name}")
        answer = self.answers.get(message.content, "An answer.")
        if isinstance(answer, Failed):
            yield Text(2, "Half an", 2, 0.1)
            if answer.kind == "died":
                self.loaded = None
            yield answer
            return
        for number, piece in enumerate((answer or "It goes on").split(" ")):
            yield Text(2, (" " if number else "") + piece, number + 1, 0.1 * number)
        if answer is None:
            self._stopped.clear()
            await self._stopped.wait()
        figures = msgspec.structs.replace(metrics(), cpu_share=self.cpu_shares.get(message.content))
        yield Finished(2, "stopped" if answer is None else "end", figures)

    def stop(self) -> None:
        self.log.append("stop")
        self._stopped.set()

    async def unload(self) -> None:
        if self.loaded is not None:
            self.log.append(f"unload {self.loaded.name}")
            self.loaded = None
