"""How a model is loaded where its verdict says that it goes, checked by a dry run of that very load."""

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
"""Dry runs at most; each takes some milliseconds, and the first one is right nearly always."""


class LoadPlan(msgspec.Struct, frozen=True):
    """How a model would be loaded now, and what that takes."""

    settings: LoadSettings
    fit: Fit
    footprint: Footprint | None
    """With these very settings; None when the model cannot be sized."""


async def plan_load(
    sizer: Sizer,
    model: Model,
    settings: LoadSettings,
    read_pools: Callable[[], Sequence[Pool]],
    measurements: Measurements | None = None,
) -> LoadPlan:
    """The verdict on a model as things are now, and the settings to load it with.

    `look` tells the machine's pools; it is called once the model has been sized, since only then is it known
    whether the engine's build can use a GPU.
    """
    settings = settings_for(model, settings)
    sized = await sizer.size(model, settings)
    fit = fit_model(model, sized, read_pools(), settings, measurements=measurements)
    settings = await settings_to_load(sizer, model, fit, settings)
    return LoadPlan(settings, fit, sizer.known_size(model, settings).footprint)


async def settings_to_load(
    sizer: Sizer, model: Model, fit: Fit | None, settings: LoadSettings
) -> LoadSettings:
    """The settings with the layers that go to the card.

    A placement is worked out from the model's parts; the engine knows better. Where it plans more for the
    card than there is room, a layer or the experts of one less go there. Settings that split nothing stay.
    """
    asked = placed_settings(fit, settings)
    if fit is None or fit.pool is None or fit.pool.kind == "ram" or asked == settings:
        return asked
    for _try in range(_TRIES):
        plan = (await sizer.size_quickly(model, asked)).footprint
        # Without devices there is no plan of the engine's, or its build uses none.
        if plan is None or not plan.devices or plan.device_bytes <= fit.pool.gpu_room_bytes:
            return asked
        asked = _less_on_card(asked)
    return asked


def _less_on_card(settings: LoadSettings) -> LoadSettings:
    if settings.cpu_experts:
        return msgspec.structs.replace(settings, cpu_experts=settings.cpu_experts + 1)
    return msgspec.structs.replace(settings, gpu_layers=max(0, settings.gpu_layers - 1))
