"""Settings of a Mac as sysctl prints them."""

from hypothesis import given
from hypothesis import strategies as st

from tui.hardware.gpus.apple import (
    detect_apple,
    parse_accelerator,
)
from tui.hardware.interfaces import LocalInterfaces
from tui.hardware.processor.cpu import apple_features, physical_cores
from tui.hardware.sysctl import parse_sysctl

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


def test_m1_cores_and_features() -> None:
    sysctl = parse_sysctl(SYSCTL_M1)
    assert physical_cores(frozenset(range(8)), None, sysctl, LocalInterfaces()) == 4
    assert apple_features(sysctl) == ("NEON", "FP16", "DOTPROD")


@given(st.text())
def test_sysctl_never_raises(text: str) -> None:
    detect_apple(parse_sysctl(text), parse_accelerator(b""))
