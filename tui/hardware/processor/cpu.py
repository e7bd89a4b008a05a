"""The processor: its name, the features that matter to the engine, and the cores to use."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from math import ceil

from tui.hardware.answers import CpuNumber, SenselessAnswerError, checked_answer
from tui.hardware.interfaces import Interfaces
from tui.hardware.reading import Metric, known, unknown
from tui.hardware.system_files import parse_cpu_list, parse_integer, read_line
from tui.sentences import reason
from tui.text import clean_line

_FEATURES = {
    "sse4_2": "SSE4.2",
    "avx": "AVX",
    "avx2": "AVX2",
    "fma": "FMA",
    "f16c": "F16C",
    "avx_vnni": "AVX_VNNI",
    "avx512f": "AVX512F",
    "avx512_vnni": "AVX512_VNNI",
    "avx512_bf16": "AVX512_BF16",
    "amx_int8": "AMX_INT8",
    "asimd": "NEON",
    "neon": "NEON",
    "asimdhp": "FP16",
    "asimddp": "DOTPROD",
    "i8mm": "I8MM",
    "bf16": "BF16",
    "sve": "SVE",
    "sve2": "SVE2",
}
"""Kernel's name of a flag to the name the engine uses, in the order they are shown."""
_APPLE_FEATURES = {
    "hw.optional.arm64": "asimd",
    "hw.optional.arm.FEAT_FP16": "asimdhp",
    "hw.optional.arm.FEAT_DotProd": "asimddp",
    "hw.optional.arm.FEAT_I8MM": "i8mm",
    "hw.optional.arm.FEAT_BF16": "bf16",
}


def vector_features(flags: Iterable[str]) -> tuple[str, ...]:
    """Return the vector features among a processor's flags, each once, in the order of `_FEATURES`."""
    present = set(flags)
    return tuple(dict.fromkeys(label for flag, label in _FEATURES.items() if flag in present))


def parse_cpuinfo(text: str) -> tuple[str | None, tuple[str, ...]]:
    """Name and features of the first processor in `/proc/cpuinfo`; ARM kernels give no name."""
    fields: dict[str, str] = {}
    for line in text.splitlines():
        key, colon, value = line.partition(":")
        if colon:
            fields.setdefault(key.strip(), value.strip())
    flags = fields.get("flags") or fields.get("Features") or ""
    return clean_line(fields.get("model name", "")) or None, vector_features(flags.split())


def apple_features(sysctl: Mapping[str, str]) -> tuple[str, ...]:
    """Return the features that a Mac's `sysctl` says it has."""
    return vector_features(flag for name, flag in _APPLE_FEATURES.items() if sysctl.get(name) == "1")


def quick_name(sysctl: Mapping[str, str], interfaces: Interfaces) -> tuple[Metric[str], tuple[str, ...]]:
    """Name and features from what the system keeps in a file or a setting; takes no time."""
    if interfaces.platform == "linux":
        name, features = parse_cpuinfo(read_line(interfaces, "/proc/cpuinfo") or "")
        board = clean_line((read_line(interfaces, "/proc/device-tree/model") or "").strip("\0"))
        source = "/proc/cpuinfo" if name else "device tree"
        name = name or board
    elif interfaces.platform == "macos":
        name, features, source = (
            clean_line(sysctl.get("machdep.cpu.brand_string", "")),
            apple_features(sysctl),
            "sysctl",
        )
    else:
        name, features, source = _registry_name(interfaces), (), "registry"
    missing: Metric[str] = unknown(reason("hardware.cpu_unnamed"), source)
    return (known(name, source) if name else missing), features


def usable_cpus(interfaces: Interfaces) -> frozenset[int]:
    """Return numbers of the logical CPUs this process may run on; none where the system does not say it."""
    try:
        return frozenset(checked_answer(interfaces, "usable_cpus", list[CpuNumber]))
    except (OSError, SenselessAnswerError):
        return frozenset()


def count_cores(usable: frozenset[int], interfaces: Interfaces) -> int | None:
    """Return the physical cores among the usable CPUs, by the CPUs that share a core; None if unknown."""
    cores: set[frozenset[int]] = set()
    for number in usable:
        folder = f"/sys/devices/system/cpu/cpu{number}/topology"
        siblings = read_line(interfaces, f"{folder}/core_cpus_list")
        siblings = siblings or read_line(interfaces, f"{folder}/thread_siblings_list")
        threads = parse_cpu_list(siblings or "")
        if number not in threads:
            return None
        cores.add(threads)
    return len(cores) or None


def physical_cores(
    usable: frozenset[int], quota: float | None, sysctl: Mapping[str, str], interfaces: Interfaces
) -> int:
    """Cores the engine should use, at least 1: physical, open to this process, inside the quota rounded up.

    On Apple Silicon the performance cores only: threads on the slow ones hold the fast ones back.
    """
    fast = parse_integer(sysctl.get("hw.perflevel0.physicalcpu"))
    cores = fast or count_cores(usable, interfaces) or _core_count(interfaces) or len(usable)
    cores = min(cores, len(usable))
    if quota is not None:
        cores = min(cores, ceil(quota))
    return max(1, cores)


def _core_count(interfaces: Interfaces) -> int | None:
    try:
        return checked_answer(interfaces, "core_count", CpuNumber | None)
    except (OSError, SenselessAnswerError):
        return None


def _registry_name(interfaces: Interfaces) -> str:
    with suppress(OSError, SenselessAnswerError):
        return clean_line(checked_answer(interfaces, "processor_name", str))
    return ""
