"""Memory that an operating system takes for itself while nothing else runs, for machines that are not here.

Published figures, of systems that had settled after the start:

- macOS: what is wired is 1 to 4 GB on most Macs and grows with their memory ("Mac Wired vs Compressed
  Memory Explained", monithor.dev/guides/mac-wired-vs-compressed-memory). The processes of the system,
  mostly compressed, come on top; with 8 GB that is about 2 GiB together.
- Windows: 2 to 2.6 GB for Windows 11 without programs ("Windows 11 vs Windows 10",
  laptoppcfixguide.best), and 2 to 4 GB on a machine with 8 GB ("Understanding RAM Usage in Windows 11",
  windowsforum.com/threads/339807).
- Linux with a full desktop takes 1 to 1.5 GB: GNOME 1.4, Cinnamon 1.0 GiB, and lighter ones 0.6 to 0.85
  (gist.github.com/rusty-snake/f3cf3416a1781afaf555d6e8bcf23837, of 2026), Ubuntu 1.0 and Pop!_OS 1.4 GB
  (github.com/pop-os/iso/issues/52). A server takes a few hundred MB.
"""

from tui.units import GIB, MIB

_MAC_LEAST, _MAC_MOST, _MAC_SHARE = 2 * GIB, 4 * GIB, 16
_WINDOWS = 2560 * MIB
_LINUX = 1536 * MIB
_MOST_SHARE = 4
"""A system takes at most a quarter of its memory: with little memory it takes less."""


def system_bytes(system: str, ram_bytes: int) -> int:
    """Return the bytes that a system takes for itself.

    Args:
        system: its name, as in `Machine.system`; one that is not known counts as Windows, which takes most.
        ram_bytes: the memory of its machine.
    """
    name = system.partition(" ")[0]
    if name == "macOS":
        size_bytes = max(_MAC_LEAST, min(_MAC_MOST, ram_bytes // _MAC_SHARE))
    else:
        size_bytes = _LINUX if name == "Linux" else _WINDOWS
    return min(size_bytes, ram_bytes // _MOST_SHARE)
