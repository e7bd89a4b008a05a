"""Settings of macOS that describe the machine, as the command `sysctl` prints them."""

from tui.hardware.interfaces import Interfaces

SYSCTL_NAMES = (
    "machdep.cpu.brand_string",
    "hw.memsize",
    "hw.physicalcpu",
    "hw.logicalcpu",
    "hw.perflevel0.physicalcpu",
    "hw.optional.arm64",
    "hw.optional.arm.FEAT_DotProd",
    "hw.optional.arm.FEAT_I8MM",
    "hw.optional.arm.FEAT_BF16",
    "hw.optional.arm.FEAT_FP16",
    "iogpu.wired_limit_mb",
)


def parse_sysctl(text: str) -> dict[str, str]:
    """Parse lines of `name: value`."""
    pairs = (line.partition(":") for line in text.splitlines())
    return {name.strip(): value.strip() for name, colon, value in pairs if colon}


def read_sysctl(interfaces: Interfaces) -> dict[str, str]:
    """Return the named settings of this Mac, without those it does not know; none on another system."""
    if interfaces.platform != "macos":
        return {}
    try:
        return parse_sysctl(interfaces.run(("sysctl", *SYSCTL_NAMES)).decode("utf-8", "replace"))
    except OSError:
        return {}
