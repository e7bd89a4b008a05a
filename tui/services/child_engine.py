"""The first place behind the port: our own engine in a child process of this machine."""

from collections.abc import AsyncGenerator, Callable

from tui.engine.client import Engine, ReplyEvent
from tui.engine.failures import EngineFailure
from tui.engine.options import AnswerRequest, ChatMessage, LoadSettings
from tui.engine.protocol import Counted, Failed, Loaded
from tui.models.model import Model
from tui.sentences import reason
from tui.services.engine_port import PlaceUnknowns


class ChildEngine:
    """An engine process that loads one model; it can tell everything."""

    unknowns = PlaceUnknowns()

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    async def open(cls, _model: Model) -> "ChildEngine":
        """Start a process.

        Raises:
            EngineFailure: the engine is not installed, or the process ended before it was ready.
        """
        return cls(await Engine.start())

    @property
    def pid(self) -> int | None:
        """Id of the process."""
        return self._engine.pid

    @property
    def alive(self) -> bool:
        """False once the process has ended."""
        return self._engine.alive

    @property
    def current(self) -> int:
        """Number of the request under way; 0 for none."""
        return self._engine.current

    async def load(
        self, model: Model, settings: LoadSettings, on_progress: Callable[[float], None]
    ) -> Loaded:
        """Load a file of this disk; see `EnginePort.load`."""
        path = model.load_path
        if path is None:
            raise EngineFailure(Failed(0, "missing", reason("services.no_file_to_load", model=model.label)))
        offset = model.file.offset if model.file is not None else 0
        return await self._engine.load(path, settings, on_progress, offset)

    def answer(self, request: AnswerRequest) -> AsyncGenerator[ReplyEvent]:
        """Answer a request; the engine's events go straight to whoever asked."""
        return self._engine.generate(request)

    async def count(
        self, messages: tuple[ChatMessage, ...], texts: tuple[str, ...] = (), think: bool | None = None
    ) -> Counted:
        """Count tokens; see `EnginePort.count`."""
        return await self._engine.count(messages, texts, think)

    def stop(self) -> None:
        """Stop the load or reply that is under way."""
        self._engine.stop()

    def kill(self) -> None:
        """End the process at once."""
        self._engine.kill()

    async def ended(self) -> Failed:
        """Wait until the process has ended, and say why."""
        return await self._engine.ended()

    async def close(self) -> None:
        """End the process; its memory is given back when this returns."""
        await self._engine.close()
