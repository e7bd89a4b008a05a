"""Apple Silicon from recorded answers of sysctl, ioreg and the kernel."""

import plistlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reasons import sentence_of
from tui.hardware.gpus.apple import (
    Accelerator,
    apple_reading,
    detect_apple,
    metal_ceiling,
    parse_accelerator,
)
from tui.hardware.macos_calls import parse_process_usage
from tui.hardware.sysctl import parse_sysctl
from tui.units import GIB, MIB

SYSCTL_M1 = """\
machdep.cpu.brand_string: Apple M1
hw.memsize: 8589934592
hw.physicalcpu: 8
hw.logicalcpu: 8
hw.perflevel0.physicalcpu: 4
hw.optional.arm64: 1
hw.optional.arm.FEAT_DotProd: 1
hw.optional.arm.FEAT_I8MM: 0
hw.optional.arm.FEAT_BF16: 0
hw.optional.arm.FEAT_FP16: 1
iogpu.wired_limit_mb: 0
"""

IOREG_M1 = b"""\
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<array>
	<dict>
		<key>IOClass</key>
		<string>AGXAcceleratorG13G_B0</string>
		<key>IOObjectClass</key>
		<string>AGXAcceleratorG13G_B0</string>
		<key>PerformanceStatistics</key>
		<dict>
			<key>Alloc system memory</key>
			<integer>3279290368</integer>
			<key>Device Utilization %</key>
			<integer>21</integer>
			<key>In use system memory</key>
			<integer>411385856</integer>
			<key>In use system memory (driver)</key>
			<integer>0</integer>
			<key>Renderer Utilization %</key>
			<integer>20</integer>
			<key>Tiler Utilization %</key>
			<integer>21</integer>
		</dict>
		<key>gpu-core-count</key>
		<integer>8</integer>
		<key>model</key>
		<string>Apple M1</string>
	</dict>
</array>
</plist>
"""


@pytest.mark.parametrize(("ram_gib", "ceiling_mib"), [(8, 5461), (16, 10922), (32, 21845), (64, 49152)])
def test_metal_ceiling_of_known_machines(ram_gib: int, ceiling_mib: int) -> None:
    ceiling = metal_ceiling(ram_gib * GIB, 0)
    assert ceiling.value is not None
    assert ceiling.value // MIB == ceiling_mib
    assert ceiling.source == "Metal working-set rule"


def test_limit_set_by_hand_is_the_ceiling() -> None:
    ceiling = metal_ceiling(16 * GIB, 14336)
    assert (ceiling.value, ceiling.source) == (14 * GIB, "iogpu.wired_limit_mb")
    assert metal_ceiling(8 * GIB, 99999).value == 8 * GIB


def test_m1_as_detected_and_read() -> None:
    accelerator = parse_accelerator(IOREG_M1)
    (gpu,) = detect_apple(parse_sysctl(SYSCTL_M1), accelerator)
    assert (gpu.name, gpu.cores, gpu.vendor, gpu.shares_memory) == ("Apple M1", 8, "apple", True)
    assert gpu.memory_bytes.value is not None
    assert gpu.memory_bytes.value // MIB == 5461
    reading = apple_reading(gpu, accelerator)
    assert (reading.load_percent.value, reading.memory_used_bytes.value) == (21, 411385856)
    assert reading.memory_total_bytes == gpu.memory_bytes
    assert "root" in sentence_of(reading.power_watts.reason)


def test_intel_mac_has_no_usable_gpu() -> None:
    text = "machdep.cpu.brand_string: Intel(R) Core(TM) i5-8257U CPU @ 1.40GHz\nhw.memsize: 8589934592\n"
    assert detect_apple(parse_sysctl(text), parse_accelerator(IOREG_M1)) == ()


def test_each_missing_key_makes_only_its_figure_unknown() -> None:
    data = plistlib.dumps([{"model": b"Apple M2\0", "PerformanceStatistics": {"Device Utilization %": 7}}])
    accelerator = parse_accelerator(data)
    assert (accelerator.model, accelerator.load_percent.value) == ("Apple M2", 7)
    assert accelerator.cores is None
    assert accelerator.used_bytes.value is None
    assert accelerator.used_bytes.reason


@pytest.mark.parametrize(
    "data", [b"", b"not a plist", IOREG_M1[:400], b"bplist00", plistlib.dumps([]), b"\0" * 64]
)
def test_damaged_answer_is_unknown_with_a_reason(data: bytes) -> None:
    accelerator = parse_accelerator(data)
    assert accelerator.load_percent.value is None
    assert accelerator.load_percent.reason


@given(
    st.recursive(
        st.integers(-(2**63), 2**64 - 1)
        | st.text(alphabet=st.characters(codec="ascii", min_codepoint=32))
        | st.binary(),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.sampled_from(["model", "PerformanceStatistics"]), inner)
        ),
    )
)
def test_arbitrary_property_lists_raise_nothing(value: object) -> None:
    assert isinstance(parse_accelerator(plistlib.dumps(value)), Accelerator)


@given(st.binary())
def test_binary_parsers_never_raise(data: bytes) -> None:
    parse_accelerator(data)
    parse_process_usage(data)
