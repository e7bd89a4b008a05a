"""Footprints and verdicts for the plain commands, as the dashboard has them."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

import msgspec

from tui.cli.speed import measurements
from tui.engine.install import installed_build
from tui.engine.options import LoadSettings
from tui.fit.board import fit_model, settings_for
from tui.fit.loading import settings_to_load
from tui.fit.pools import pools
from tui.fit.sizing import Sized, Sizer
from tui.fit.verdict import Fit, Pool
from tui.hardware.detect import detect_machine
from tui.hardware.machine import Machine
from tui.hardware.reading import Reading
from tui.hardware.sampler import MachineSampler
from tui.models.model import Model
from tui.settings.app_folders import cache_folder


class Judged(msgspec.Struct, frozen=True):
    """A model with its verdict."""

    model: Model
    fit: Fit
    unused: str = ""
    """The card that the engine's build cannot use; empty where it can, or where there is none."""


@asynccontextmanager
async def open_sizer() -> AsyncGenerator[Sizer]:
    """A sizer that remembers what it learns, closed at the end."""
    sizer = Sizer(installed_build(), cache_folder() / "plans.json")
    try:
        yield sizer
    finally:
        await sizer.close()


def pools_for(sizer: Sizer, machine: Machine, reading: Reading | None) -> list[Pool]:
    """The machine's pools as the engine here can use them; another machine has a build of its own."""
    return pools(machine, reading, offload=sizer.gpu_offload if reading is not None else True)


async def size_to_load(model: Model, settings: LoadSettings) -> tuple[Sized, LoadSettings]:
    """The footprint of a model as it would be loaded here now, and how that is.

    The engine's own, where it can be asked, with its vocabulary measured.
    """
    settings = settings_for(model, settings)
    async with open_sizer() as sizer:
        sized = await sizer.size(model, settings)
        machine = detect_machine()
        if sizer.gpu_offload and machine.gpus:
            found = pools(machine, MachineSampler(machine, lambda _reading: None).take())
            fit = fit_model(model, sized, found, settings)
            settings = await settings_to_load(sizer, model, fit, settings)
            sized = sizer.known_size(model, settings)
    return sized, settings


async def judge_models(
    models: Sequence[Model], settings: LoadSettings, machine: Machine, reading: Reading | None
) -> list[Judged]:
    """The verdict on each, on this machine as it is now or, without a reading, on another one idle.

    Sizes are the engine's own where it can be asked. A vocabulary is measured for models on this disk, and
    once for those that share it.
    """
    async with open_sizer() as sizer:
        # Together, so that one is planned while the vocabulary of the next is measured.
        sized = await asyncio.gather(*(sizer.size(model, settings_for(model, settings)) for model in models))
        found = pools_for(sizer, machine, reading)
    known = measurements(machine, reading, settings.threads)
    return [
        Judged(
            model,
            fit_model(model, size, found, settings_for(model, settings), measurements=known),
            found[-1].unused,
        )
        for model, size in zip(models, sized, strict=True)
    ]
