"""The kind of container, by its signs."""

from pathlib import Path

import pytest

from tests.hardware.recorded import plant
from tui.hardware.interfaces import LocalInterfaces
from tui.hardware.memory.container import container_kind


@pytest.mark.parametrize(
    ("environ", "files", "kind"),
    [
        ({}, {}, None),
        ({}, {".dockerenv": ""}, "docker"),
        ({}, {"run/.containerenv": "", "proc/1/cgroup": "0::/\n"}, "podman"),
        ({"KUBERNETES_SERVICE_HOST": "10.0.0.1"}, {".dockerenv": ""}, "kubernetes"),
        ({}, {"proc/1/cgroup": "1:cpu:/kubepods/besteffort/pod1/abc\n"}, "kubernetes"),
        ({}, {"proc/1/cgroup": "5:memory:/docker/0f3c\n"}, "docker"),
        ({"container": "lxc"}, {}, "lxc"),
        ({}, {"run/systemd/container": "systemd-nspawn\n"}, "systemd-nspawn"),
        ({}, {"proc/version": "Linux version 5.15.153.1-microsoft-standard-WSL2 (root@host)\n"}, "WSL"),
        ({}, {"proc/version": "Linux version 6.1.0-18-amd64\n", "proc/1/cgroup": "0::/init.scope\n"}, None),
    ],
)
def test_container_kind_is_recognized_by_its_signs(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    environ: dict[str, str],
    files: dict[str, str | bytes],
    kind: str | None,
) -> None:
    interfaces = LocalInterfaces(plant(tmp_path, files))
    monkeypatch.setattr(LocalInterfaces, "environ", environ)
    assert container_kind(interfaces) == kind
