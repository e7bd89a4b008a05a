"""Memory that a model and its context take, from the engine's own account or else from its log."""

import ctypes
import re
import sys

import msgspec

from tui.engine.devices import pci_address
from tui.engine.footprint import DevicePart

_SYMBOL = "_Z26llama_get_memory_breakdownPK13llama_context"

_CACHE_LINE = re.compile(r"llama_(?:kv_cache|memory_recurrent)\w*: +size = +([\d.]+) MiB")
_COMPUTE_LINE = re.compile(r": +(\S+) compute buffer size = +([\d.]+) MiB")
_OUTPUT_LINE = re.compile(r": +\S+ +output buffer size = +([\d.]+) MiB")
_MIB = 1 << 20


class Breakdown(msgspec.Struct, frozen=True):
    """Memory that the engine plans or holds, in bytes."""

    weights_bytes: int
    kv_bytes: int
    compute_bytes: int
    device_bytes: int
    """Part of all three outside the host's memory."""
    devices: tuple[DevicePart, ...] = ()
    """Same part by device; empty where only the sum is known."""


class _Map(ctypes.Structure):
    """libstdc++'s `std::map` header: an empty comparator, the root node's parent links, and the count."""

    _fields_ = (
        ("compare", ctypes.c_uint64),
        ("color", ctypes.c_uint64),
        ("root", ctypes.c_void_p),
        ("leftmost", ctypes.c_void_p),
        ("rightmost", ctypes.c_void_p),
        ("count", ctypes.c_size_t),
    )


class _Node(ctypes.Structure):
    """One node of that map: buffer type, then bytes of the model, of the context's memory, of its compute."""

    _fields_ = (
        ("color", ctypes.c_uint64),
        ("parent", ctypes.c_void_p),
        ("left", ctypes.c_void_p),
        ("right", ctypes.c_void_p),
        ("buffer_type", ctypes.c_void_p),
        ("model", ctypes.c_size_t),
        ("context", ctypes.c_size_t),
        ("compute", ctypes.c_size_t),
    )


def engine_breakdown(llama: ctypes.CDLL, ggml: ctypes.CDLL, context: int, log: str) -> Breakdown | None:
    """Return the engine's own breakdown by buffer type; None where this build cannot be asked.

    `log` is the log of the context's creation.

    The function is C++ and returns a map by value, whose layout is known for libstdc++ only, so only Linux
    is asked.
    """
    if sys.platform != "linux":
        return None
    try:
        function = llama[_SYMBOL]
        is_host = ggml["ggml_backend_buft_is_host"]
        name_of = ggml["ggml_backend_buft_name"]
    except AttributeError:
        return None
    function.argtypes = [ctypes.c_void_p]
    function.restype = _Map
    is_host.argtypes = [ctypes.c_void_p]
    is_host.restype = ctypes.c_bool
    name_of.argtypes = [ctypes.c_void_p]
    name_of.restype = ctypes.c_char_p
    buffers: _Map = function(context)
    weights = kv = compute = 0
    devices: list[DevicePart] = []
    pending = [buffers.root]
    while pending:
        address = pending.pop()
        if not address:
            continue
        node = _Node.from_address(address)
        pending += [node.left, node.right]
        weights += node.model
        kv += node.context
        compute += node.compute
        if not is_host(node.buffer_type):
            name = (name_of(node.buffer_type) or b"").decode("utf-8", "replace")
            address = _address(ggml, node.buffer_type)
            devices.append(DevicePart(name, node.model, node.context, node.compute, address))
    device = sum(part.total_bytes for part in devices)
    return Breakdown(weights, kv, compute + output_bytes(log), device, tuple(devices))


def _address(ggml: ctypes.CDLL, buffer_type: int) -> str:
    """Return the PCI address of the GPU of a buffer type; empty where the build does not tell."""
    try:
        device_of = ggml["ggml_backend_buft_get_device"]
    except AttributeError:
        return ""
    device_of.argtypes, device_of.restype = [ctypes.c_void_p], ctypes.c_void_p
    device: int | None = device_of(buffer_type)
    return pci_address([ggml], device) if device else ""


def breakdown_from_log(log: str, model_bytes: int) -> Breakdown:
    """Return the breakdown from the log of a context's creation, for builds that cannot be asked.

    Equal to the engine's own to the log's last printed digit; it cannot split the weights between devices.
    """
    kv = sum(float(size) for size in _CACHE_LINE.findall(log))
    compute = device = 0.0
    for name, size in _COMPUTE_LINE.findall(log):
        compute += float(size)
        if "CPU" not in name and "Host" not in name:
            device += float(size)
    return Breakdown(
        model_bytes, round(kv * _MIB), round(compute * _MIB) + output_bytes(log), round(device * _MIB)
    )


def output_bytes(log: str) -> int:
    """Return the size of the buffer for the logits, which the engine's own breakdown leaves out."""
    return round(sum(float(size) for size in _OUTPUT_LINE.findall(log)) * _MIB)
