"""Footprints and verdicts for the plain commands, as the dashboard has them."""

from collections.abc import Sequence

import msgspec

from tui.engine.build import installed_build
from tui.engine.protocol import LoadSettings
from tui.fit.board import fit_model, settings_for
from tui.fit.pools import pools
from tui.fit.sizing import Sized, Sizer
from tui.fit.verdict import Fit
from tui.hardware.machine import Machine
from tui.hardware.reading import Reading
from tui.models.model import Model
from tui.settings import cache_folder


class Judged(msgspec.Struct, frozen=True):
    """A model with its verdict."""

    model: Model
    fit: Fit


async def size_models(models: Sequence[Model], settings: LoadSettings) -> list[Sized]:
    """The footprint of each, the engine's own where it can be asked.

    A vocabulary is measured for models on this disk, and once for those that share it.
    """
    sizer = Sizer(installed_build(), cache_folder() / "plans.json")
    try:
        return [await sizer.size(model, settings_for(model, settings)) for model in models]
    finally:
        await sizer.close()


async def judge_models(
    models: Sequence[Model], settings: LoadSettings, machine: Machine, reading: Reading | None
) -> list[Judged]:
    """The verdict on each, on this machine as it is now or, without a reading, on another one idle."""
    found = pools(machine, reading)
    sized = await size_models(models, settings)
    return [
        Judged(model, fit_model(model, size, found, settings_for(model, settings)))
        for model, size in zip(models, sized, strict=True)
    ]
