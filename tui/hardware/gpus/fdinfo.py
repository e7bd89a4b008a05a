"""Load of a GPU by one process, from `/proc/<pid>/fdinfo`: no root needed for a process of one's own.

Format: the kernel's `gpu/drm-usage-stats.rst`. i915 and amdgpu give nanoseconds (`drm-engine-render`), xe
gives cycles and the cycles there were (`drm-cycles-rcs`, `drm-total-cycles-rcs`).
"""

from collections.abc import Mapping

import msgspec

from tui.hardware.interfaces import Interfaces, LocalInterfaces
from tui.hardware.reading import Metric, known, unknown
from tui.hardware.system_files import folder_names, parse_integer, read_line
from tui.sentences import reason


class GpuClient(msgspec.Struct, frozen=True):
    """One open handle on a GPU."""

    key: str
    """PCI address and client number: two descriptors of one handle count once."""
    nanoseconds: Mapping[str, int]
    cycles: Mapping[str, int]
    total_cycles: Mapping[str, int]


def parse_fdinfo(text: str) -> GpuClient | None:
    """Parse one file of fdinfo; None when the descriptor is not a GPU's."""
    fields = {
        key.strip(): value.split() for key, _, value in (line.partition(":") for line in text.splitlines())
    }
    if not fields.get("drm-client-id") or not fields.get("drm-driver"):
        return None
    address = " ".join(fields.get("drm-pdev", []))
    nanoseconds: dict[str, int] = {}
    cycles: dict[str, int] = {}
    total: dict[str, int] = {}
    for key, value in fields.items():
        number = parse_integer(value[0]) if value else None
        if number is None or number < 0 or key.startswith("drm-engine-capacity-"):
            continue
        for prefix, into in (
            ("drm-engine-", nanoseconds),
            ("drm-cycles-", cycles),
            ("drm-total-cycles-", total),
        ):
            if key.startswith(prefix):
                into[key[len(prefix) :]] = number
    return GpuClient(f"{address} {fields['drm-client-id'][0]}", nanoseconds, cycles, total)


def busiest_percent(
    first: Mapping[str, GpuClient], second: Mapping[str, GpuClient], seconds: float
) -> float | None:
    """Return the load of the busiest engine between two samples, 0 to 100; None when no handle is in both."""
    busy: dict[str, float] = {}
    for key, client in second.items():
        if key not in first:
            continue
        for engine, value in client.nanoseconds.items():
            spent = max(0, value - first[key].nanoseconds.get(engine, value))
            busy[engine] = busy.get(engine, 0.0) + (spent / (seconds * 1e9) if seconds > 0 else 0.0)
        for engine, value in client.cycles.items():
            spent = max(0, value - first[key].cycles.get(engine, value))
            passed = client.total_cycles.get(engine, 0) - first[key].total_cycles.get(engine, 0)
            busy[engine] = busy.get(engine, 0.0) + (spent / passed if passed > 0 else 0.0)
    return min(100.0, 100 * max(busy.values())) if busy else None


class ProcessGpuMeter:
    """Follows the GPU handles of one process from sample to sample."""

    def __init__(self, pid: int, interfaces: Interfaces | None = None) -> None:
        self.pid = pid
        self._interfaces = interfaces or LocalInterfaces()
        self._last: tuple[float, dict[str, GpuClient]] | None = None

    def read(self) -> Metric[float]:
        """Return the load of the GPU by this process since the last sample, 0 to 100."""
        sample = (self._interfaces.clock(), self._clients())
        last, self._last = self._last, sample
        if last is None:
            return unknown(reason("hardware.load_after_next_sample"), "fdinfo")
        percent = busiest_percent(last[1], sample[1], sample[0] - last[0])
        if percent is None:
            return unknown(reason("hardware.engine_uses_other_gpu"), "fdinfo")
        return known(percent, "engine fdinfo")

    def _clients(self) -> dict[str, GpuClient]:
        folder = f"/proc/{self.pid}/fdinfo"
        texts = (
            read_line(self._interfaces, f"{folder}/{name}") for name in folder_names(self._interfaces, folder)
        )
        clients = (parse_fdinfo(text or "") for text in texts)
        return {client.key: client for client in clients if client is not None}
