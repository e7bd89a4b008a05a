"""The kind of container that this process runs in."""

from tui.hardware.interfaces import Interfaces
from tui.hardware.system_files import read_line
from tui.text import clean_line

_CGROUP_SIGNS = (
    ("kubepods", "kubernetes"),
    ("libpod", "podman"),
    ("docker", "docker"),
    ("lxc", "lxc"),
    ("containerd", "containerd"),
)


def container_kind(interfaces: Interfaces) -> str | None:
    """Return `kubernetes`, `podman`, `docker`, `lxc`, `WSL`, …; None on the bare system.

    Order matters: a Kubernetes pod also has the signs of what runs it, and all of them can run inside WSL.
    """
    environ = interfaces.environ
    if environ.get("KUBERNETES_SERVICE_HOST"):
        return "kubernetes"
    if read_line(interfaces, "/run/.containerenv") is not None:
        return "podman"
    if read_line(interfaces, "/.dockerenv") is not None:
        return "docker"
    # systemd writes here what the container manager passed to the first process.
    noted = clean_line(environ.get("container") or read_line(interfaces, "/run/systemd/container") or "")
    if noted:
        return noted
    groups = read_line(interfaces, "/proc/1/cgroup") or ""
    for sign, kind in _CGROUP_SIGNS:
        if sign in groups:
            return kind
    if "microsoft" in (read_line(interfaces, "/proc/version") or "").lower():
        return "WSL"
    return None
