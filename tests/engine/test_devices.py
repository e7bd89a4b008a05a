"""The engine's device registry, through a stand-in for ggml and through the real one."""

import ctypes
from collections.abc import Callable
from typing import Any

from tui.engine.devices import list_devices
from tui.engine.protocol import EngineDevice
from tui.units import GIB


class Function:
    """A C function as ctypes shows it."""

    def __init__(self, call: Any) -> None:
        self._call = call
        self.restype: Any = None
        self.argtypes: Any = None

    def __call__(self, *arguments: Any) -> Any:
        return self._call(*arguments)


class FakeGgml:
    """A registry of (name, description, type, free, total)."""

    def __init__(
        self,
        devices: list[tuple[bytes, bytes, int, int, int]],
        without: str = "",
        ids: dict[int, bytes] | None = None,
    ) -> None:
        def properties(device: int, place: int) -> None:
            # On 64 bits: name, description, free, total, type and its padding, then the id.
            ctypes.c_char_p.from_address(place + 40).value = (ids or {}).get(device)

        def memory(device: int, free: int, total: int) -> None:
            ctypes.c_size_t.from_address(free).value = devices[device][3]
            ctypes.c_size_t.from_address(total).value = devices[device][4]

        def column(number: int) -> Callable[[int], Any]:
            return lambda device: devices[device][number]

        def get(index: int) -> int:
            return index

        functions: dict[str, Callable[..., Any]] = {
            "count": lambda: len(devices),
            "get": get,
            "name": column(0),
            "description": column(1),
            "type": column(2),
            "memory": memory,
            "get_props": properties,
        }
        for name, call in functions.items():
            if name != without:
                setattr(self, f"ggml_backend_dev_{name}", Function(call))


REGISTRY = [
    (b"CUDA0", b"NVIDIA GeForce RTX 4070", 1, 11 * GIB, 12 * GIB),
    (b"Vulkan0", b"Intel(R) UHD Graphics \xff", 2, 0, 0),
    (b"BLAS", b"OpenBLAS", 3, 0, 0),
    (b"META", b"several", 4, 1, 1),
    (b"CPU", b"a processor", 0, 8 * GIB, 8 * GIB),
]


def test_devices_are_listed_with_kind_and_memory() -> None:
    devices = list_devices([FakeGgml(REGISTRY)])
    assert [(device.name, device.kind) for device in devices] == [
        ("CUDA0", "gpu"),
        ("Vulkan0", "igpu"),
        ("BLAS", "accel"),
        ("CPU", "cpu"),
    ]
    assert devices[0] == EngineDevice("CUDA0", "NVIDIA GeForce RTX 4070", "gpu", 11 * GIB, 12 * GIB)
    assert str(devices[0]) == "CUDA0: NVIDIA GeForce RTX 4070"
    # Memory that the registry does not tell is unknown, not nothing.
    assert (devices[1].free_bytes, devices[1].total_bytes) == (None, None)


def test_device_on_the_pci_bus_has_its_address() -> None:
    ids = {0: b"0000:C1:00.0", 1: b"a name of its own"}
    devices = list_devices([FakeGgml(REGISTRY, ids=ids)])
    assert [device.address for device in devices] == ["0000:c1:00.0", "", "", ""]
    # AND a build that has no such function tells none
    assert {
        device.address for device in list_devices([FakeGgml(REGISTRY, without="get_props", ids=ids)])
    } == {""}


def test_functions_are_found_in_several_libraries() -> None:
    assert len(list_devices([FakeGgml(REGISTRY, without="name"), FakeGgml(REGISTRY)])) == 4


def test_registry_that_is_not_exported_is_empty() -> None:
    assert list_devices([FakeGgml(REGISTRY, without="count")]) == ()
    assert list_devices([]) == ()


def test_without_memory_the_devices_are_still_listed() -> None:
    assert {device.total_bytes for device in list_devices([FakeGgml(REGISTRY, without="memory")])} == {None}
