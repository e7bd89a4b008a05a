"""The memory of Intel cards, as their kernel drivers answer."""

import errno
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.hardware.gpus.intel_memory import IntelMemory, intel_memory_regions, parse_regions
from tui.units import GIB, MIB

VRAM, LEFT = 16225 * MIB, 12000 * MIB


def xe_regions(*regions: tuple[int, int, int]) -> bytes:
    """`drm_xe_query_mem_regions` of (class, size, used)."""
    head = struct.pack("<II", len(regions), 0)
    return head + b"".join(
        struct.pack("<HHIQQ64x", kind, 0, 65536, size, used) for kind, size, used in regions
    )


def i915_regions(*regions: tuple[int, int, int]) -> bytes:
    """`drm_i915_query_memory_regions` of (class, size, free)."""
    head = struct.pack("<I12x", len(regions))
    return head + b"".join(struct.pack("<HHIQQ64x", kind, 0, 0, size, free) for kind, size, free in regions)


RAM = (0, 32 * GIB, 5 * GIB)


class TestMemory:
    def test_root_sees_the_used_memory(self) -> None:
        regions = parse_regions(xe_regions(RAM, (1, VRAM, 2 * GIB)), "xe")
        assert regions == IntelMemory(VRAM, 2 * GIB)
        assert parse_regions(i915_regions(RAM, (1, VRAM, LEFT)), "i915") == IntelMemory(VRAM, VRAM - LEFT)

    def test_zero_use_without_root_is_unknown(self) -> None:
        assert parse_regions(xe_regions(RAM, (1, VRAM, 0)), "xe") == IntelMemory(VRAM, None)
        assert parse_regions(i915_regions(RAM, (1, VRAM, VRAM)), "i915") == IntelMemory(VRAM, None)

    def test_memory_of_tiles_is_summed(self) -> None:
        regions = parse_regions(xe_regions(RAM, (1, 8 * GIB, GIB), (1, 8 * GIB, 0)), "xe")
        assert regions == IntelMemory(16 * GIB, GIB)

    def test_integrated_graphics_have_no_regions(self) -> None:
        assert parse_regions(xe_regions(RAM), "xe") is None

    @pytest.mark.parametrize(
        "region", [(1, 0, 0), (1, 1 << 63, 0), (1, GIB, 2 * GIB), (7, GIB, 0), (1, (1 << 64) - 1, 0)]
    )
    def test_impossible_regions_are_left_out(self, region: tuple[int, int, int]) -> None:
        assert parse_regions(xe_regions(region), "xe") is None

    def test_truncated_answer_is_an_error(self) -> None:
        complete = xe_regions(RAM, (1, VRAM, 0))
        assert parse_regions(complete[:-80], "xe") is None
        assert parse_regions(struct.pack("<II", 1 << 31, 0) + complete[8:], "xe") == IntelMemory(VRAM, None)

    @given(st.binary(max_size=300))
    def test_parser_raises_only_expected_errors(self, data: bytes) -> None:
        for driver in ("i915", "xe"):
            regions = parse_regions(data, driver)  # pyright: ignore[reportArgumentType]
            assert regions is None or 0 < regions.total_bytes <= 16 << 50

    def test_missing_device_node_raises_the_system_error(self) -> None:
        with pytest.raises(FileNotFoundError):
            intel_memory_regions("/dev/dri/renderD999", "xe")
        with pytest.raises(OSError, match="Function not implemented"):
            intel_memory_regions("/dev/null", "nouveau")
        # GIVEN a node that knows no such question
        with pytest.raises(OSError, match="ioctl") as error:
            intel_memory_regions("/dev/null", "i915")
        assert error.value.errno == errno.ENOTTY
