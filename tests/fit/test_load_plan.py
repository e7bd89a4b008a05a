"""A split is checked by dry runs of the very load before it is loaded."""

from collections.abc import Callable

import msgspec
import pytest

from tests.fit.machines import CARD_NAME, RAM_NAME, UNIFIED_NAME, footprint
from tui.engine.footprint import DevicePart
from tui.engine.options import LoadSettings
from tui.fit.load_plan import settings_to_load
from tui.fit.sizing import Sized, Sizer
from tui.fit.verdict import Fit, GpuShare, Pool, Verdict
from tui.models.model import Model
from tui.units import GIB

CARD = Pool(CARD_NAME, "vram", 12 * GIB, 11 * GIB, GIB)
RAM = Pool(RAM_NAME, "ram", 32 * GIB, 20 * GIB, GIB)
MODEL = Model("A model", "Q4_K_M", 20 * GIB, None, None, None)
SETTINGS = LoadSettings(context=4096)
LAYERS = Fit(Verdict.SPLIT, "", None, CARD, None, 4096, "f16", gpu_layers=20)
EXPERTS = msgspec.structs.replace(LAYERS, gpu_layers=48, cpu_experts=10)

Scripted = tuple[Sizer, list[LoadSettings]]


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[LoadSettings], int]], Scripted]:
    """A sizer whose engine plans so many bytes for the card, 0 for a build that uses none."""

    def make(on_card: Callable[[LoadSettings], int]) -> Scripted:
        sized_settings: list[LoadSettings] = []

        async def size_quickly(_self: Sizer, _model: Model, settings: LoadSettings) -> Sized:
            sized_settings.append(settings)
            size = on_card(settings)
            parts = (DevicePart("CUDA0", size, 0, 0),) if size else ()
            plan = msgspec.structs.replace(footprint(21 * GIB), device_bytes=size, devices=parts)
            return Sized(plan)

        monkeypatch.setattr(Sizer, "size_quickly", size_quickly)
        return Sizer(None), sized_settings

    return make


async def test_fitting_split_is_loaded_unchanged(scripted: Callable[..., Scripted]) -> None:
    sizer, sized_settings = scripted(lambda settings: settings.gpu_layers * GIB // 2)

    settings = await settings_to_load(sizer, MODEL, LAYERS, SETTINGS)

    assert settings == LoadSettings(context=4096, gpu_layers=20)
    assert sized_settings == [settings]


async def test_layers_move_to_ram_until_the_engines_plan_fits(scripted: Callable[..., Scripted]) -> None:
    sizer, sized_settings = scripted(lambda settings: settings.gpu_layers * GIB * 10 // 18)

    settings = await settings_to_load(sizer, MODEL, LAYERS, SETTINGS)

    assert settings.gpu_layers == 18
    assert [settings.gpu_layers for settings in sized_settings] == [20, 19, 18]


async def test_layers_on_shared_graphics_are_limited_to_their_usable_memory(
    scripted: Callable[..., Scripted],
) -> None:
    # GIVEN 40 GiB of RAM, of which the graphics can use 10 and half a GiB of its own
    share = GpuShare("Radeon", 10 * GIB + GIB // 2, GIB // 2, GIB // 2, 10 * GIB, GIB // 2)
    pool = Pool(UNIFIED_NAME, "unified", 40 * GIB, 30 * GIB, GIB, share=share)
    sizer, _sized_settings = scripted(lambda settings: settings.gpu_layers * GIB * 10 // 18)

    settings = await settings_to_load(sizer, MODEL, msgspec.structs.replace(LAYERS, pool=pool), SETTINGS)

    assert settings.gpu_layers == 18


async def test_experts_move_to_ram_until_the_engines_plan_fits(scripted: Callable[..., Scripted]) -> None:
    sizer, _sized_settings = scripted(lambda settings: (22 - settings.cpu_experts) * GIB)

    settings = await settings_to_load(sizer, MODEL, EXPERTS, SETTINGS)

    assert (settings.gpu_layers, settings.cpu_experts) == (-1, 12)


async def test_build_without_gpu_support_is_sized_once(scripted: Callable[..., Scripted]) -> None:
    sizer, sized_settings = scripted(lambda _settings: 0)

    assert (await settings_to_load(sizer, MODEL, LAYERS, SETTINGS)).gpu_layers == 20
    assert len(sized_settings) == 1


@pytest.mark.parametrize(
    "fit",
    [
        None,
        msgspec.structs.replace(LAYERS, verdict=Verdict.FITS, gpu_layers=None),
        msgspec.structs.replace(LAYERS, verdict=Verdict.FITS, gpu_layers=None, pool=RAM),
    ],
)
async def test_model_that_is_not_split_is_not_sized_again(
    scripted: Callable[..., Scripted], fit: Fit
) -> None:
    sizer, sized_settings = scripted(lambda _settings: 99 * GIB)

    assert await settings_to_load(sizer, MODEL, fit, SETTINGS) == SETTINGS
    assert sized_settings == []


async def test_cpu_only_load_uses_no_card(scripted: Callable[..., Scripted]) -> None:
    sizer, sized_settings = scripted(lambda _settings: 99 * GIB)
    alone = msgspec.structs.replace(LAYERS, gpu_layers=0, pool=RAM)

    assert (await settings_to_load(sizer, MODEL, alone, SETTINGS)).gpu_layers == 0
    assert sized_settings == []
