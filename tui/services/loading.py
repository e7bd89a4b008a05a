"""Loading models: the one place that refuses a load, and a loaded model for the plain commands."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Protocol

import msgspec

from tui.engine.failures import EngineFailure
from tui.engine.install import install_command
from tui.engine.options import LoadSettings
from tui.engine.protocol import Failed, Loaded
from tui.fit.sizing import MADE_FOR_OLLAMA
from tui.fit.verdict import Fit, Verdict
from tui.models.file_names import says_nothing
from tui.models.model import Model
from tui.sentences import Reason, reason
from tui.services.engine_deaths import EngineDeaths
from tui.services.host import EngineHost
from tui.services.sizing import size_to_load

_TEXT_INTERVAL = 0.015
"""Plain commands write text as it comes, which costs them nothing."""


class OpenModel(msgspec.Struct, frozen=True):
    """A loaded model with the prediction of its size."""

    model: Model
    host: EngineHost
    loaded: Loaded
    settings: LoadSettings
    """As it was really loaded."""
    predicted_bytes: int | None
    """Total footprint; None when its architecture cannot be sized."""


class LoadView(Protocol):
    """Shows how a load goes."""

    def show_loading(self, model: Model, fraction: float | None, seconds_left: float | None) -> None:
        """Show how much is loaded, from 0 to 1, and the time left; None while it cannot be told."""
        ...

    def show_failure(self, failed: Failed) -> None:
        """Say why the model is not loaded."""
        ...

    def show_loaded(self, loaded: Loaded) -> None:
        """Say what is noteworthy of the loaded model, or nothing any more."""
        ...


class LoadGate:
    """Decides whether a model may be loaded. One that is too big is let through when asked for twice."""

    def __init__(
        self, *, has_engine: bool, replayed: Reason | None = None, deaths: EngineDeaths | None = None
    ) -> None:
        """Let every model through that may fit.

        Args:
            has_engine: False where none is installed.
            replayed: name of the machine whose recording stands in for this one; None for this machine.
            deaths: ends of the engine so far.
        """
        self._deaths = deaths or EngineDeaths()
        self._has_engine = has_engine
        self._replayed = replayed
        self._refused_key: str | None = None

    @property
    def closed(self) -> Failed | None:
        """Return why no model at all can be loaded; None while one can."""
        if self._replayed is not None:
            return replay_refusal(self._replayed)
        return None if self._has_engine else engine_refusal()

    def refusal(self, model: Model, fit: Fit | None) -> Failed | None:
        """Return why this model is not loaded; None when it can be tried."""
        insisted = self._refused_key == model.key
        refusal = (
            replay_refusal(self._replayed)
            if self._replayed is not None
            else self._deaths.refusal(model) or load_refusal(model, None if insisted else fit)
        )
        self._refused_key = model.key if refusal is not None else None
        return refusal


def load_refusal(model: Model, fit: Fit | None = None) -> Failed | None:
    """Return why a model is not loaded; None when it can be tried.

    Args:
        model: what would be loaded.
        fit: the verdict on it; None where it does not count, as when the user insists.
    """
    if refusal := unusable(model):
        return refusal
    if fit is not None and fit.reason.code == MADE_FOR_OLLAMA:
        return Failed(0, "unreadable", fit.reason)
    if fit is not None and fit.verdict is Verdict.TOO_BIG:
        why = reason("services.too_big", model=model.label, why=fit.reason)
        return Failed(0, "memory", why, reason("services.choose_smaller"))
    return None


def unusable(model: Model) -> Failed | None:
    """Return why our engine cannot read the model, whatever the memory; None when it can.

    A model that runs elsewhere is not read here, and its place says itself what is wrong with it.
    """
    if not model.runs_here:
        return None
    if not model.on_disk:
        is_usual = model.entry is None or model.quant == model.entry.default_quant
        hint = reason("services.get_file", name=model.name if is_usual else f"{model.name}:{model.quant}")
        return Failed(0, "missing", reason("services.not_on_disk", model=model.label), hint)
    if (problem := model.load_problem) is None and model.purpose == "other" and (why := model.purpose_reason):
        problem = reason("models.no_chat", kind=why)
        kind = "not_a_model"
    else:
        kind = "unreadable"
    if problem is None or model.file is None:
        return None
    # A file that is named by its content is known by the name that its store has for it.
    path, stored_as = model.file.path, model.file.stored_as
    name = stored_as if stored_as and says_nothing(path) else path.name
    return Failed(0, kind, reason("services.file_unusable", file=name, why=problem))


def replay_refusal(machine_name: Reason) -> Failed:
    """Return why nothing is loaded while a recording stands in for this machine."""
    return Failed(
        0, "missing", reason("services.replaying"), reason("services.leave_replay", machine=machine_name)
    )


def engine_refusal() -> Failed:
    """Return why nothing is loaded where no engine is installed."""
    return Failed(
        0,
        "engine_missing",
        reason("services.engine_missing"),
        reason("services.install_engine", command=install_command()),
    )


async def load_model(host: EngineHost, view: LoadView, model: Model, settings: LoadSettings) -> Loaded | None:
    """Load a model with its progress in a view; None when that failed or was stopped, which the view says."""
    view.show_loading(model, None, None)
    try:
        loaded = await host.load(
            model, settings, lambda fraction, seconds_left: view.show_loading(model, fraction, seconds_left)
        )
    except EngineFailure as failure:
        if failure.failed.kind != "stopped" or not host.loading:
            view.show_failure(failure.failed)
        # Else another model took its place and shows its own progress.
        return None
    view.show_loaded(loaded)
    return loaded


@asynccontextmanager
async def open_model(model: Model, settings: LoadSettings) -> AsyncGenerator[OpenModel]:
    """Size a model, load it, and give its memory back when the block ends.

    Raises:
        EngineFailure: it cannot be loaded.
    """
    sized, settings = await size_to_load(model, settings)
    if sized.reason is not None and sized.reason.code == MADE_FOR_OLLAMA:
        raise EngineFailure(Failed(0, "unreadable", sized.reason))
    host = EngineHost(text_interval=_TEXT_INTERVAL)
    try:
        loaded = await host.load(model, settings)
        predicted = sized.footprint.total_bytes if sized.footprint else None
        yield OpenModel(model, host, loaded, settings, predicted)
    finally:
        await host.close()
