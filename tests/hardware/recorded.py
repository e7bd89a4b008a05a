"""Files of systems that are not this one, written into a folder that stands for their root."""

from pathlib import Path


def plant(root: Path, files: dict[str, str | bytes]) -> Path:
    """Write each file under `root` and return it. A text that starts with `->` makes a link to the rest."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        elif content.startswith("->"):
            path.symlink_to(content[2:])
        else:
            path.write_text(content, encoding="utf-8")
    return root


MEMORY_STAT_V2 = """\
anon 1879048192
file 3221225472
kernel 41943040
kernel_stack 1572864
shmem 0
file_mapped 104857600
file_dirty 0
inactive_anon 1878528000
active_anon 520192
inactive_file 2147483648
active_file 1073741824
unevictable 0
slab_reclaimable 20971520
pgfault 1024311
"""

MOUNTS_V2 = (
    "24 30 0:22 / /sys rw,nosuid,nodev,noexec,relatime shared:7 - sysfs sysfs rw\n"
    "35 24 0:30 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate\n"
)


def amd_card(
    card: str, address: str, files: dict[str, str | bytes], device: str = "0x744c"
) -> dict[str, str | bytes]:
    """The sysfs files of an AMD GPU as amdgpu lays them out."""
    place = f"sys/devices/pci0000:00/{address}"
    bound: dict[str, str | bytes] = {
        f"{place}/class": "0x030000\n",
        f"{place}/vendor": "0x1002\n",
        f"{place}/device": f"{device}\n",
        f"{place}/power/runtime_status": "active\n",
        f"{place}/driver": "->../../../bus/pci/drivers/amdgpu",
        f"sys/class/drm/{card}/device": f"->../../../devices/pci0000:00/{address}",
        f"sys/class/drm/{card}-HDMI-A-1/status": "connected\n",
        "sys/class/drm/version": "drm 1.1.0 20060810\n",
        f"sys/bus/pci/devices/{address}": f"->../../../devices/pci0000:00/{address}",
    }
    return bound | {f"{place}/{name}": content for name, content in files.items()}


def intel_card(card: str, address: str, driver: str = "i915") -> dict[str, str | bytes]:
    """The sysfs files of an Intel GPU."""
    place = f"sys/devices/pci0000:00/{address}"
    return {
        f"{place}/class": "0x030000\n",
        f"{place}/vendor": "0x8086\n",
        f"{place}/device": "0x8a56\n",
        f"{place}/power/runtime_status": "active\n",
        f"{place}/driver": f"->../../../bus/pci/drivers/{driver}",
        f"sys/class/drm/{card}/device": f"->../../../devices/pci0000:00/{address}",
        f"sys/class/drm/{card}/gt_cur_freq_mhz": "350\n",
        f"sys/bus/pci/devices/{address}": f"->../../../devices/pci0000:00/{address}",
    }


def nvidia_card(address: str, status: str = "active", driver: str = "nvidia") -> dict[str, str | bytes]:
    """The bus's files of an NVIDIA card."""
    place = f"sys/bus/pci/devices/{address}"
    return {
        f"{place}/class": "0x030000\n",
        f"{place}/vendor": "0x10de\n",
        f"{place}/device": "0x2786\n",
        f"{place}/power/runtime_status": f"{status}\n",
        f"{place}/driver": f"->../../../bus/pci/drivers/{driver}",
        f"proc/driver/nvidia/gpus/{address}/information": (
            "Model: \t\t NVIDIA GeForce RTX 4070\nIRQ:   \t\t 181\n"
            "Video BIOS: \t ??.??.??.??.??\nBus Type: \t PCIe\n"
        ),
    }


PCI_IDS = """\
# List of PCI ID's
1002  Advanced Micro Devices, Inc. [AMD/ATI]
\t15bf  Phoenix1
\t744c  Navi 31 [Radeon RX 7900 XT/7900 XTX/7900 GRE/7900M]
\t\t1002 0e3b  RX 7900 GRE
10de  NVIDIA Corporation
\t2786  AD104 [GeForce RTX 4070]
8086  Intel Corporation
\t8a56  Iris Plus Graphics G1 (Ice Lake)
"""
