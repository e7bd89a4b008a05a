"""The defaults of a maker's row: what holds for one that says nothing particular."""

from tests.hardware.standin import StandIn
from tui.hardware.gpus.maker import OFTEN_SECONDS, GpuMaker, GpuReader, driver_silent
from tui.sentences import reason


def test_silent_driver_gives_no_gpu_and_a_reason() -> None:
    assert driver_silent(StandIn()) == ((), reason("hardware.gpu_driver_silent"))


def test_new_maker_uses_vulkan_and_is_read_each_tick() -> None:
    plain = GpuMaker(
        vendor="x", label="X", platforms=("linux",), detect=driver_silent, readers=lambda _gpus, _door: ()
    )
    assert (plain.build_option, plain.build_hint) == ("VULKAN", None)
    assert not plain.own_load_only
    assert not plain.processor_as_fast
    assert plain.ram_ceiling is None
    assert plain.detect_silent(StandIn()) == driver_silent(StandIn())
    assert GpuReader((), lambda: tuple).interval_seconds == OFTEN_SECONDS < 1
