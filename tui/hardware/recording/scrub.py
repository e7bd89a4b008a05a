"""Removal of what identifies an owner: serial numbers, names that people gave, other hardware."""

import re
from collections.abc import Callable, Iterable

_NAMING = re.compile(rb"^\s*(serial|gpu uuid|uuid)\b", re.IGNORECASE)
_NAMING_KEY = re.compile(
    rb"\s*<key>[^<]*(?:serial|uuid)[^<]*</key>\s*<(string|data|integer)>[^<]*</\1>", re.IGNORECASE
)
_BUILDER = re.compile(rb"\([^()]*@[^()]*\) ?")
"""Builder of a kernel and its host, in /proc/version."""
_ADDRESS = re.compile(r"(?:[0-9a-f]{2}[:_-]){5}[0-9a-f]{2}", re.IGNORECASE)
"""Of a network card or of a mouse without a wire: as good as a serial number."""
_ID = re.compile(rb"^0x([0-9a-f]{4})\s*$")
_VENDOR = re.compile(rb"^([0-9a-f]{4}) ")
_DEVICE = re.compile(rb"^\t([0-9a-f]{4}) ")
_CGROUPS = "/sys/fs/cgroup"
_KNOWN_GROUPS = frozenset(
    ("user.slice", "system.slice", "machine.slice", "app.slice", "init.scope", "docker", "lxc", "..", "")
)
_GROUP_SIGNS = ("kubepods", "libpod", "docker", "lxc", "containerd")
_GROUP_KINDS = (".slice", ".scope", ".service")
_GROUP_FILES = ("cgroup.", "memory.", "cpu.")


class Scrubber:
    """Renames the same thing the same way all through one recording."""

    def __init__(self) -> None:
        self._groups: dict[str, str] = {}
        self._addresses: dict[str, str] = {}
        self._mounts = [_CGROUPS]
        self._ids: dict[str, set[bytes]] = {"vendor": set(), "device": set()}

    def path(self, path: str) -> str:
        """Return a path without the names of services and programs, nor addresses of devices."""
        mount = next((mount for mount in self._mounts if f"{path}/".startswith(f"{mount}/")), None)
        if mount is not None:
            path = mount + self._groups_in(path[len(mount) :])
        return _ADDRESS.sub(self._address, path)

    def names(self, folder: str, names: Iterable[str]) -> list[str]:
        """Return the names in a folder; of a control group only its files, not the groups below it."""
        if any(f"{folder}/".startswith(f"{mount}/") for mount in self._mounts):
            return [name for name in names if name.startswith(_GROUP_FILES)]
        return sorted(_ADDRESS.sub(self._address, name) for name in names)

    def data(self, source: str, data: bytes) -> bytes:
        """Return the content of a file or the output of a command without what identifies an owner."""
        name = source.rpartition("/")[2]
        if name in self._ids and (number := _ID.match(data)):
            self._ids[name].add(number[1])
        match name:
            case "pci.ids":
                return self._named_devices(data)
            case "amdgpu.ids":
                ids = self._ids["device"]
                rows = data.splitlines(keepends=True)
                return b"".join(row for row in rows if row[:4].lower() in ids)
            case "cgroup":
                return _each_line(data, self._membership)
            case "mountinfo":
                # Where disks are mounted says who owns them; only the cgroup file systems are asked for.
                cgroups = (line for line in data.splitlines(keepends=True) if b" - cgroup" in line)
                return _each_line(b"".join(cgroups), self._mount)
            case "version":
                return _BUILDER.sub(b"", data)
            case ".containerenv" | ".dockerenv":
                # That they are there says it all; a container's name is its owner's business.
                return b""
            case _:
                data = _NAMING_KEY.sub(b"", data)
                lines = data.splitlines(keepends=True)
                return b"".join(line for line in lines if not _NAMING.match(line))

    def _membership(self, line: str) -> str:
        """A line of /proc/self/cgroup: `0::/user.slice/user-1000.slice`."""
        head, colon, path = line.rpartition(":")
        return head + colon + self._groups_in(path)

    def _mount(self, line: str) -> str:
        """A line of /proc/self/mountinfo about cgroups: the fourth field is a group, the fifth a place."""
        fields = line.split(" ")
        if len(fields) > 4:
            fields[3] = self._groups_in(fields[3])
            if fields[4] not in self._mounts:
                # The longest first: a controller's own mount is below that of all.
                self._mounts = sorted({*self._mounts, fields[4]}, key=len, reverse=True)
        return " ".join(fields)

    def _groups_in(self, path: str) -> str:
        return "/".join(self._group(part) for part in path.split("/"))

    def _group(self, part: str) -> str:
        if part in _KNOWN_GROUPS or part.startswith(_GROUP_FILES) or part in self._groups.values():
            return part
        if part not in self._groups:
            sign = next((sign for sign in _GROUP_SIGNS if sign in part), "group")
            kind = next((kind for kind in _GROUP_KINDS if part.endswith(kind)), "")
            self._groups[part] = f"{sign}-{len(self._groups) + 1}{kind}"
        return self._groups[part]

    def _address(self, address: re.Match[str]) -> str:
        return self._addresses.setdefault(address[0].lower(), f"device-{len(self._addresses) + 1}")

    def _named_devices(self, data: bytes) -> bytes:
        """Of the list of PCI names the devices of this machine only."""
        rows: list[bytes] = []
        inside = False
        for line in data.splitlines(keepends=True):
            if vendor := _VENDOR.match(line):
                inside = vendor[1] in self._ids["vendor"]
                if inside:
                    rows.append(line)
            elif inside and (device := _DEVICE.match(line)) and device[1] in self._ids["device"]:
                rows.append(line)
        return b"".join(rows)


def _each_line(data: bytes, change: Callable[[str], str]) -> bytes:
    lines = data.decode("utf-8", "surrogateescape").split("\n")
    return "\n".join(change(line) if line else line for line in lines).encode("utf-8", "surrogateescape")
