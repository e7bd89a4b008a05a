"""Loading models: the one place that refuses a load, and a loaded model for the plain commands."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import msgspec

from tui.engine.install import install_command
from tui.engine.options import LoadSettings
from tui.engine.protocol import Loaded
from tui.fit.verdict import Fit, Verdict
from tui.models.model import Model
from tui.models.model_folders import models_folder
from tui.sentences import Reason, reason
from tui.services.host import EngineHost
from tui.services.sizing import size_to_load
from tui.text import short_path

_TEXT_INTERVAL = 0.015
"""Plain commands write text as it comes, which costs them nothing."""


class Refusal(msgspec.Struct, frozen=True):
    """A load that is not tried."""

    reason: Reason
    hint: Reason | None = None
    """What to do about it; None where the reason says it."""

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why, and what to do where there is something."""
        return (self.reason,) if self.hint is None else (self.reason, self.hint)


class OpenModel(msgspec.Struct, frozen=True):
    """A loaded model with the prediction of its size."""

    model: Model
    host: EngineHost
    loaded: Loaded
    settings: LoadSettings
    """As it was really loaded."""
    predicted_bytes: int | None
    """Total footprint; None when its architecture cannot be sized."""


class LoadGate:
    """Decides whether a model may be loaded. One that is too big is let through when asked for twice."""

    def __init__(self, *, has_engine: bool, replayed: str | None = None) -> None:
        """`replayed` names the machine whose recording stands in for this one; None for this machine."""
        self._has_engine = has_engine
        self._replayed = replayed
        self._refused_key: str | None = None

    @property
    def closed(self) -> Refusal | None:
        """Why no model at all can be loaded; None while one can."""
        if self._replayed is not None:
            return replay_refusal(self._replayed)
        return None if self._has_engine else engine_refusal()

    def refusal(self, model: Model, fit: Fit | None) -> Refusal | None:
        """Return why this model is not loaded; None when it can be tried."""
        insisted = self._refused_key == model.key
        refusal = (
            replay_refusal(self._replayed)
            if self._replayed is not None
            else load_refusal(model, None if insisted else fit)
        )
        self._refused_key = model.key if refusal is not None else None
        return refusal


def load_refusal(model: Model, fit: Fit | None = None) -> Refusal | None:
    """Return why a model is not loaded; None when it can be tried.

    Args:
        model: what would be loaded.
        fit: the verdict on it; None where it does not count, as when the user insists.
    """
    if refusal := unusable(model):
        return refusal
    if fit is not None and fit.verdict is Verdict.TOO_BIG:
        why = reason("services.too_big", model=model.label, why=fit.reason)
        return Refusal(why, reason("services.choose_smaller"))
    return None


def unusable(model: Model) -> Refusal | None:
    """Return why no engine can read the model, whatever the memory; None when one can."""
    if not model.on_disk:
        repository = model.entry.repository if model.entry else model.name
        hint = reason("services.get_file", repository=repository, folder=short_path(models_folder()))
        return Refusal(reason("services.not_on_disk", model=model.label), hint)
    if model.path is not None and model.file_error:
        return Refusal(reason("services.file_unusable", file=model.path.name, why=model.file_error))
    return None


def replay_refusal(machine_name: str) -> Refusal:
    """Return why nothing is loaded while a recording stands in for this machine."""
    return Refusal(reason("services.replaying"), reason("services.leave_replay", machine=machine_name))


def engine_refusal() -> Refusal:
    """Return why nothing is loaded where no engine is installed."""
    return Refusal(
        reason("services.engine_missing"), reason("services.install_engine", command=install_command())
    )


@asynccontextmanager
async def open_model(model: Model, settings: LoadSettings) -> AsyncGenerator[OpenModel]:
    """Size a model, load it, and give its memory back when the block ends.

    Raises:
        EngineFailure: it cannot be loaded.
    """
    sized, settings = await size_to_load(model, settings)
    host = EngineHost(text_interval=_TEXT_INTERVAL)
    try:
        loaded = await host.load(model, settings)
        predicted = sized.footprint.total_bytes if sized.footprint else None
        yield OpenModel(model, host, loaded, settings, predicted)
    finally:
        await host.close()
