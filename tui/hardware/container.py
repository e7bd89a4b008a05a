"""Which kind of container, if any, this process runs in."""

from collections.abc import Mapping
from pathlib import Path

from tui.hardware.text import read_optional
from tui.text import clean_line

_CGROUP_SIGNS = (
    ("kubepods", "kubernetes"),
    ("libpod", "podman"),
    ("docker", "docker"),
    ("lxc", "lxc"),
    ("containerd", "containerd"),
)


def container_kind(environ: Mapping[str, str], root: Path = Path("/")) -> str | None:
    """`kubernetes`, `podman`, `docker`, `lxc`, `WSL`, …; None on the bare system.

    Order matters: a Kubernetes pod also looks like what runs it, and all of them can run inside WSL.
    """
    if environ.get("KUBERNETES_SERVICE_HOST"):
        return "kubernetes"
    if (root / "run/.containerenv").exists():
        return "podman"
    if (root / ".dockerenv").exists():
        return "docker"
    # systemd notes here what the container manager told the first process.
    noted = clean_line(environ.get("container") or read_optional(root / "run/systemd/container") or "")
    if noted:
        return noted
    groups = read_optional(root / "proc/1/cgroup") or ""
    for sign, kind in _CGROUP_SIGNS:
        if sign in groups:
            return kind
    if "microsoft" in (read_optional(root / "proc/version") or "").lower():
        return "WSL"
    return None
