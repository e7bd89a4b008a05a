"""What a recording leaves out: serial numbers, names, and long lists of other people's hardware."""

import re
from collections.abc import Mapping
from typing import Any

_NAMING = re.compile(rb"^\s*(serial|gpu uuid|uuid|iopl\w*serial\w*)\b", re.IGNORECASE)
_ID = re.compile(r"^0x([0-9a-f]{4})\s*$")
_VENDOR = re.compile(rb"^[0-9a-f]{4}  ")


def scrubbed(path: str, data: bytes, answers: Mapping[str, Mapping[str, Any]]) -> bytes:
    """The content of a file, or what a command printed, without what tells one owner from another.

    `answers` are those noted so far: of the list of PCI names only the devices of this machine are kept.
    """
    if path.endswith("/pci.ids"):
        return _named_devices(data, answers)
    lines = data.splitlines(keepends=True)
    if path.endswith("/mountinfo"):
        # Where disks are mounted says who owns them; only the cgroup file systems are asked for.
        return b"".join(line for line in lines if b" - cgroup" in line)
    if any(map(_NAMING.match, lines)):
        return b"".join(line for line in lines if not _NAMING.match(line))
    return data


def _named_devices(data: bytes, answers: Mapping[str, Mapping[str, Any]]) -> bytes:
    found = (
        _ID.match(str(answer.get("text"))) for asked, answer in answers.items() if asked.endswith("/device")
    )
    devices = tuple(b"\t" + match[1].encode() + b" " for match in found if match)
    lines = data.splitlines(keepends=True)
    return b"".join(line for line in lines if _VENDOR.match(line) or line.startswith(devices or b"\t\t\t"))
