"""Sizes and verdicts of models for this machine or another one, asked once and not watched."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

import msgspec

from tui.engine.install import installed_build
from tui.engine.options import LoadSettings
from tui.fit.board import Measurements, fit_model, settings_for
from tui.fit.load_plan import settings_to_load
from tui.fit.pools import pools
from tui.fit.sizing import Sized, Sizer
from tui.fit.verdict import Fit, Pool
from tui.hardware.detect import detect_machine
from tui.hardware.machine import Machine
from tui.hardware.reading import Reading
from tui.hardware.sampler import MachineSampler
from tui.models.model import Model
from tui.services.measuring import measurements_of
from tui.settings.app_folders import cache_folder
from tui.settings.settings import Settings


class JudgedModel(msgspec.Struct, frozen=True):
    """A model with its verdict."""

    model: Model
    fit: Fit
    unused_gpu: str = ""
    """The card that the engine's build cannot use; empty where it can, or where there is none."""


def new_sizer(build: str | None) -> Sizer:
    """Return a sizer that remembers its plans on the disk; `build` identifies the engine, None for none."""
    return Sizer(build, cache_folder() / "plans.json")


@asynccontextmanager
async def open_sizer() -> AsyncGenerator[Sizer]:
    """Open a sizer that remembers what it learns, and close it at the end."""
    sizer = new_sizer(installed_build())
    try:
        yield sizer
    finally:
        await sizer.close()


def take_reading(machine: Machine) -> Reading:
    """Return one reading of the machine as it is now."""
    return MachineSampler(machine, lambda _reading: None).take()


def pools_for(sizer: Sizer, machine: Machine, reading: Reading | None) -> list[Pool]:
    """Return the machine's memory pools as the engine's build can use them.

    Without a reading it is another machine, which has a build of its own.
    """
    return pools(machine, reading, offload=sizer.gpu_offload if reading is not None else True)


def generation_threads(settings: Settings, machine: Machine | None) -> int:
    """Return the threads of generation: those of the settings, else one for each physical core.

    0 leaves the number to the engine; it is returned while the machine is not known yet.
    """
    return settings.threads or (machine.cpu.physical_cores if machine is not None else 0)


async def size_to_load(model: Model, settings: LoadSettings) -> tuple[Sized, LoadSettings]:
    """Return the footprint of a model as it would be loaded now, and the settings for that.

    It is the engine's own figure with the vocabulary measured, where the engine can be asked.
    """
    settings = settings_for(model, settings)
    async with open_sizer() as sizer:
        sized = await sizer.size(model, settings)
        machine = detect_machine()
        if sizer.gpu_offload and machine.gpus:
            fit = fit_model(model, sized, pools(machine, take_reading(machine)), settings)
            settings = await settings_to_load(sizer, model, fit, settings)
            sized = sizer.known_size(model, settings)
    return sized, settings


async def judge_models(
    models: Sequence[Model], settings: LoadSettings, machine: Machine, reading: Reading | None
) -> list[JudgedModel]:
    """Return the verdict on each model on a machine as it is now or, without a reading, when it is idle.

    Sizes are the engine's own where it can be asked. A vocabulary is measured for models on this disk, and
    once for those that share it.
    """
    measurements = measurements_of(machine, reading, settings.threads)
    async with open_sizer() as sizer:
        sizes = await _sizes(sizer, models, settings)
        machine_pools = pools_for(sizer, machine, reading)
    fits = _judge_sized(models, sizes, settings, machine_pools, measurements)
    return [
        JudgedModel(model, fit, machine_pools[-1].unused) for model, fit in zip(models, fits, strict=True)
    ]


async def judge_with(
    sizer: Sizer,
    models: Sequence[Model],
    settings: LoadSettings,
    machine_pools: Sequence[Pool],
    measurements: Measurements | None,
) -> list[Fit]:
    """Return the verdict on each model in these pools, sized by a sizer that is open already."""
    sizes = await _sizes(sizer, models, settings)
    return _judge_sized(models, sizes, settings, machine_pools, measurements)


async def _sizes(sizer: Sizer, models: Sequence[Model], settings: LoadSettings) -> list[Sized]:
    # Together, so that one is planned while the vocabulary of the next is measured.
    return await asyncio.gather(*(sizer.size(model, settings_for(model, settings)) for model in models))


def _judge_sized(
    models: Sequence[Model],
    sizes: Sequence[Sized],
    settings: LoadSettings,
    machine_pools: Sequence[Pool],
    measurements: Measurements | None,
) -> list[Fit]:
    return [
        fit_model(model, sized, machine_pools, settings_for(model, settings), measurements=measurements)
        for model, sized in zip(models, sizes, strict=True)
    ]
