"""The port behind which a model runs, whether in a process of this machine or elsewhere."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Protocol

import msgspec

from tui.engine.client import ReplyEvent
from tui.engine.options import AnswerRequest, ChatMessage, LoadSettings
from tui.engine.protocol import Counted, Failed, Loaded
from tui.models.model import Model
from tui.sentences import Reason


class PlaceUnknowns(msgspec.Struct, frozen=True):
    """Reasons why a place cannot tell something of its models; each is None where it can."""

    footprint: Reason | None = None
    """Reason why the memory that the model takes is not known."""


class EnginePort(Protocol):
    """A place where one model is loaded and answers. Everything runs on the event loop."""

    @property
    def unknowns(self) -> PlaceUnknowns:
        """Facts that it cannot tell."""
        ...

    @property
    def pid(self) -> int | None:
        """Id of the process on this machine that holds the model; None for one elsewhere."""
        ...

    @property
    def alive(self) -> bool:
        """False once it has ended."""
        ...

    @property
    def current(self) -> int:
        """Number of the request under way, another one for each; 0 for none."""
        ...

    async def load(
        self, model: Model, settings: LoadSettings, on_progress: Callable[[float], None]
    ) -> Loaded:
        """Load a model, once; `on_progress` is told fractions from 0 to 1.

        Raises:
            EngineFailure: it cannot be loaded, the load was stopped, or the place ended.
        """
        ...

    def answer(self, request: AnswerRequest) -> AsyncGenerator[ReplyEvent]:
        """Answer a request; the last event is a `Finished` or a `Failed`. Closing the generator stops it."""
        ...

    async def count(
        self, messages: tuple[ChatMessage, ...], texts: tuple[str, ...] = (), think: bool | None = None
    ) -> Counted:
        """Count the tokens of a conversation and of texts.

        Raises:
            EngineFailure: no model is loaded, or the place ended.
        """
        ...

    def stop(self) -> None:
        """Stop the load or reply that is under way; nothing happens when there is none."""
        ...

    def kill(self) -> None:
        """End it at once."""
        ...

    async def ended(self) -> Failed:
        """Wait until it has ended, and say why."""
        ...

    async def close(self) -> None:
        """End it; memory on this machine is given back when this returns."""
        ...


OpenPlace = Callable[[Model], Awaitable[EnginePort]]
"""Opens the place where a model runs. Raises EngineFailure."""
