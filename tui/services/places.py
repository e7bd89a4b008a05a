"""The kinds of places where models run, one row each; a new kind is one more row."""

from collections.abc import Callable
from typing import NamedTuple

from tui.engine.failures import EngineFailure
from tui.engine.protocol import Failed
from tui.models.model import Model
from tui.sentences import reason
from tui.services.child_engine import ChildEngine
from tui.services.engine_port import EnginePort, OpenPlace


class PlaceKind(NamedTuple):
    """A kind of place: the models that run there, and how it is opened."""

    runs: Callable[[Model], bool]
    """True for a model of this kind of place."""
    open: OpenPlace


def _runs_here(model: Model) -> bool:
    return model.runs_here


PLACE_KINDS: tuple[PlaceKind, ...] = (PlaceKind(_runs_here, ChildEngine.open),)
"""Every kind; the first that runs a model opens it."""


async def open_place(model: Model) -> EnginePort:
    """Open the place where a model runs.

    Raises:
        EngineFailure: the place cannot be opened, or nothing here knows a place of that kind.
    """
    for kind in PLACE_KINDS:
        if kind.runs(model):
            return await kind.open(model)
    raise EngineFailure(Failed(0, "missing", reason("services.unknown_place", place=model.place)))
