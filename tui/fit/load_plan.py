"""Plans for loading a model where its verdict says that it goes, checked by a dry run of that very load."""

from collections.abc import Callable, Sequence

import msgspec

from tui.engine.footprint import Footprint
from tui.engine.options import LoadSettings
from tui.fit.board import Measurements, fit_model, settings_for
from tui.fit.placement import placed_settings
from tui.fit.sizing import Sizer
from tui.fit.verdict import Fit, Pool
from tui.models.model import Model

_TRIES = 8
"""Number of dry runs at most; each takes some milliseconds, and the first one is nearly always right."""


class LoadPlan(msgspec.Struct, frozen=True):
    """Settings to load a model with now, and the footprint that it then has."""

    settings: LoadSettings
    fit: Fit
    footprint: Footprint | None
    """Footprint with these very settings; None when the model cannot be sized."""


async def plan_load(
    sizer: Sizer,
    model: Model,
    settings: LoadSettings,
    read_pools: Callable[[], Sequence[Pool]],
    measurements: Measurements | None = None,
) -> LoadPlan:
    """Return the verdict on a model as things are now, and the settings to load it with.

    `read_pools` gives the machine's pools. It is called after the model has been sized, since only then is it
    known whether the engine's build can use a GPU.
    """
    settings = settings_for(model, settings)
    sized = await sizer.size(model, settings)
    fit = fit_model(model, sized, read_pools(), settings, measurements=measurements)
    settings = await settings_to_load(sizer, model, fit, settings)
    return LoadPlan(settings, fit, sizer.known_size(model, settings).footprint)


async def settings_to_load(
    sizer: Sizer, model: Model, fit: Fit | None, settings: LoadSettings
) -> LoadSettings:
    """Return the settings with the layers that go to the card.

    A placement is computed from the model's parts, and the engine may need more. Where it plans more for the
    card than there is room, one layer less goes there, or the experts of one layer less. Settings that split
    nothing stay.
    """
    placed = placed_settings(fit, settings)
    if fit is None or fit.pool is None or fit.pool.kind == "ram" or placed == settings:
        return placed
    for _try in range(_TRIES):
        plan = (await sizer.size_quickly(model, placed)).footprint
        # Without devices the plan is not the engine's, or its build uses no GPU.
        if plan is None or not plan.devices or plan.device_bytes <= fit.pool.gpu_room_bytes:
            return placed
        placed = _less_on_card(placed)
    return placed


def _less_on_card(settings: LoadSettings) -> LoadSettings:
    if settings.cpu_experts:
        return msgspec.structs.replace(settings, cpu_experts=settings.cpu_experts + 1)
    return msgspec.structs.replace(settings, gpu_layers=max(0, settings.gpu_layers - 1))
