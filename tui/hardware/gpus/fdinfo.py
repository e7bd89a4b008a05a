"""How busy a GPU is with one process, from `/proc/<pid>/fdinfo`: no root needed for a process of one's own.

Format: the kernel's `gpu/drm-usage-stats.rst`. i915 and amdgpu give nanoseconds (`drm-engine-render`), xe
gives cycles and the cycles there were (`drm-cycles-rcs`, `drm-total-cycles-rcs`).
"""

from collections.abc import Mapping

import msgspec

from tui.hardware.interfaces import Interfaces, LocalInterfaces
from tui.hardware.reading import Metric, known, unknown
from tui.hardware.system_files import folder_names, parse_integer, read_line
from tui.sentences import reason


class Client(msgspec.Struct, frozen=True):
    """One open handle on a GPU."""

    key: str
    """PCI address and client number: two descriptors of one handle count once."""
    nanoseconds: Mapping[str, int]
    cycles: Mapping[str, int]
    total_cycles: Mapping[str, int]


def parse_fdinfo(text: str) -> Client | None:
    """One file of fdinfo; None when the descriptor is not a GPU's."""
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
    return Client(f"{address} {fields['drm-client-id'][0]}", nanoseconds, cycles, total)


def busiest_percent(
    before: Mapping[str, Client], after: Mapping[str, Client], seconds: float
) -> float | None:
    """Load of the busiest engine between two looks, 0 to 100; None when no handle is in both."""
    busy: dict[str, float] = {}
    for key, now in after.items():
        if key not in before:
            continue
        for engine, value in now.nanoseconds.items():
            spent = max(0, value - before[key].nanoseconds.get(engine, value))
            busy[engine] = busy.get(engine, 0.0) + (spent / (seconds * 1e9) if seconds > 0 else 0.0)
        for engine, value in now.cycles.items():
            spent = max(0, value - before[key].cycles.get(engine, value))
            passed = now.total_cycles.get(engine, 0) - before[key].total_cycles.get(engine, 0)
            busy[engine] = busy.get(engine, 0.0) + (spent / passed if passed > 0 else 0.0)
    return min(100.0, 100 * max(busy.values())) if busy else None


class ClientMeter:
    """Follows the GPU handles of one process from look to look."""

    def __init__(self, pid: int, interfaces: Interfaces | None = None) -> None:
        self.pid = pid
        self._interfaces = interfaces or LocalInterfaces()
        self._before: tuple[float, dict[str, Client]] | None = None

    def read(self) -> Metric[float]:
        """Load of the GPU by this process since the last look, 0 to 100."""
        now = (self._interfaces.clock(), self._clients())
        before, self._before = self._before, now
        if before is None:
            return unknown(reason("hardware.load_after_next_sample"), "fdinfo")
        percent = busiest_percent(before[1], now[1], now[0] - before[0])
        if percent is None:
            return unknown(reason("hardware.engine_uses_other_gpu"), "fdinfo")
        return known(percent, "engine fdinfo")

    def _clients(self) -> dict[str, Client]:
        folder = f"/proc/{self.pid}/fdinfo"
        texts = (
            read_line(self._interfaces, f"{folder}/{name}") for name in folder_names(self._interfaces, folder)
        )
        clients = (parse_fdinfo(text or "") for text in texts)
        return {client.key: client for client in clients if client is not None}
