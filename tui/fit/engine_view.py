"""Differences between the GPUs of this machine and those that the engine sees, as reasons.

A build for the processor alone on a machine with a GPU is the commonest reason for a slow model.
"""

from collections.abc import Iterable, Sequence

from tui.engine.install import build_command
from tui.engine.protocol import EngineDevice
from tui.hardware.gpus.makers import maker_of, vendor_of_backend, vendor_of_name
from tui.hardware.machine import Gpu, Machine, Vendor
from tui.sentences import Reason, reason

_DRIVERS_PART = 0.1
"""Share of a card's memory that its driver may hide from the engine."""
_FAR_LESS = 0.75
"""Share of a card's memory under which the engine's view is worth a note; drivers hide up to a tenth."""

_USEFUL_FEATURES = frozenset(
    {"AVX", "AVX2", "FMA", "F16C", "AVX_VNNI", "AVX512F", "AVX512_VNNI", "FP16", "DOTPROD", "I8MM", "SVE"}
)
"""Features with code in the engine for weights as they are in the file, in which alone llmtui computes.

Not among them: AMX, which needs weights in another order, and AVX512_BF16, for a type that few files have.
"""
_ENGINE_NAMES = {"AVX512F": "AVX512", "FP16": "FP16_VA", "I8MM": "MATMUL_INT8"}
"""The engine's names of features that `Cpu.features` has by the kernel's."""
_PROMPT_GAIN = 2.3
"""Speed of a build with AVX-512 over the published kind; docs/installing.md has the measurement."""


def engine_notes(
    machine: Machine, devices: Sequence[EngineDevice], gpu_offload: bool, instructions: Sequence[str] = ()
) -> list[Reason]:
    """Return what is worth a note, most important first; none when the engine and the machine agree.

    Args:
        machine: this machine.
        devices: the list of the engine's registry; empty when it does not tell.
        gpu_offload: True when the engine can put layers on a GPU.
        instructions: instruction sets that the build uses; empty when it does not tell.
    """
    notes = _gpu_notes(machine, devices, gpu_offload)
    # A build for the processor would replace one that uses a GPU, which matters more.
    return notes if gpu_offload else notes + _instruction_notes(machine, instructions)


def unused_instructions(features: Sequence[str], instructions: Sequence[str]) -> tuple[str, ...] | None:
    """Return the processor's features that the engine has code for and its build does not use.

    None where the processor's features or the build's instruction sets are unknown.

    Args:
        features: those of the processor, as `Cpu.features` names them.
        instructions: instruction sets of the build, by the engine's names.
    """
    if not features or not instructions:
        return None
    used = {*instructions}
    if "AVX512_VNNI" in features:
        # The engine takes the wide form of these instructions before the narrow one.
        used.add("AVX_VNNI")
    return tuple(
        feature
        for feature in features
        if feature in _USEFUL_FEATURES and _ENGINE_NAMES.get(feature, feature) not in used
    )


def _instruction_notes(machine: Machine, instructions: Sequence[str]) -> list[Reason]:
    unused = unused_instructions(machine.cpu.features, instructions)
    if not unused:
        return []
    names, command = ", ".join(unused), build_command(windows=machine.system.startswith("Windows"))
    if "AVX512F" in unused:
        return [
            reason("fit.wide_instructions_unused", instructions=names, times=_PROMPT_GAIN, command=command)
        ]
    return [reason("fit.instructions_unused", instructions=names, command=command)]


def _gpu_notes(machine: Machine, devices: Sequence[EngineDevice], gpu_offload: bool) -> list[Reason]:
    if not devices and gpu_offload:
        return []
    gpu_devices = _without_duplicates(device for device in devices if device.kind in ("gpu", "igpu"))
    pairs = pair_up(machine.gpus, gpu_devices)
    paired = {id(device) for _gpu, device in pairs}
    used_indexes = {gpu.index for gpu, _device in pairs}
    notes = [_unused_note(gpu, machine) for gpu in machine.gpus if gpu.index not in used_indexes]
    notes += [
        _less_memory_note(gpu, device) for gpu, device in pairs if _sees_far_less_memory_note(gpu, device)
    ]
    if _is_order_unknown(pairs):
        notes.append(reason("fit.gpu_order_unknown"))
    return notes + [_unknown_device_note(device) for device in gpu_devices if id(device) not in paired]


def pair_up(gpus: Sequence[Gpu], devices: Sequence[EngineDevice]) -> list[tuple[Gpu, EngineDevice]]:
    """Return each GPU that the engine sees with its device there.

    They are matched by PCI address, where both tell it; else by name and memory, by name, by kind, and by the
    order of a maker's GPUs.
    """
    pairs: list[tuple[Gpu, EngineDevice]] = []
    unpaired_devices, unpaired_gpus = list(devices), list(gpus)
    for is_same in (_same_address, _same_size, _same_name, _same_kind, _same_maker):
        for gpu in tuple(unpaired_gpus):
            match = next((device for device in unpaired_devices if is_same(gpu, device)), None)
            if match is not None:
                pairs.append((gpu, match))
                unpaired_devices.remove(match)
                unpaired_gpus.remove(gpu)
    return sorted(pairs, key=lambda pair: pair[0].index)


def rebuild_command(vendor: Vendor, system: str) -> str:
    """Return the command that builds an engine for a maker's GPUs, for the shell of `system`."""
    return build_command(f"-DGGML_{maker_of(vendor).build_option}=on", windows=system.startswith("Windows"))


def _unused_note(gpu: Gpu, machine: Machine) -> Reason:
    command = rebuild_command(gpu.vendor, machine.system)
    maker = maker_of(gpu.vendor)
    if maker.processor_as_fast and gpu.shares_memory:
        return reason("fit.shared_gpu_unused", gpu=gpu.name, command=command)
    if maker.build_hint is not None and not machine.system.startswith("Windows"):
        return reason("fit.gpu_unusable_hint", gpu=gpu.name, command=command, hint=maker.build_hint)
    return reason("fit.gpu_unusable", gpu=gpu.name, command=command)


def _less_memory_note(gpu: Gpu, device: EngineDevice) -> Reason:
    return reason(
        "fit.gpu_memory_unseen",
        seen=device.total_bytes or 0,
        total=gpu.memory_bytes.value or 0,
        gpu=gpu.name,
    )


def _unknown_device_note(device: EngineDevice) -> Reason:
    return reason("fit.device_without_gauge", device=device.description or device.name)


def _is_order_unknown(pairs: Sequence[tuple[Gpu, EngineDevice]]) -> bool:
    """Return True for several cards of one maker whose addresses the engine does not tell."""
    vendors = [
        gpu.vendor for gpu, device in pairs if not gpu.shares_memory and not _same_address(gpu, device)
    ]
    return len(vendors) > len(set(vendors))


def _sees_far_less_memory_note(gpu: Gpu, device: EngineDevice) -> bool:
    total, seen = gpu.memory_bytes.value, device.total_bytes
    if total is None or seen is None or (gpu.shares_memory and maker_of(gpu.vendor).ram_ceiling is None):
        # Every driver counts the RAM that a GPU may borrow differently.
        return False
    return seen < _FAR_LESS * total


def _without_duplicates(devices: Iterable[EngineDevice]) -> list[EngineDevice]:
    """Return each GPU once where two backends list it: the first of an address, one backend for a name."""
    distinct: list[EngineDevice] = []
    backend_of: dict[str, str] = {}
    for device in devices:
        if device.address and any(device.address == earlier.address for earlier in distinct):
            continue
        backend = device.name.rstrip("0123456789")
        if backend_of.setdefault(device.description, backend) == backend:
            distinct.append(device)
    return distinct


def _same_address(gpu: Gpu, device: EngineDevice) -> bool:
    return bool(gpu.address) and gpu.address == device.address


def _differs_in_address(gpu: Gpu, device: EngineDevice) -> bool:
    """Return True where both tell an address, and the addresses differ."""
    return bool(gpu.address and device.address) and gpu.address != device.address


def _same_size(gpu: Gpu, device: EngineDevice) -> bool:
    total, seen = gpu.memory_bytes.value, device.total_bytes
    if total is None or seen is None:
        return False
    return _same_name(gpu, device) and abs(total - seen) < _DRIVERS_PART * total


def _same_name(gpu: Gpu, device: EngineDevice) -> bool:
    return not _differs_in_address(gpu, device) and _plain_name(gpu.name) == _plain_name(device.description)


def _same_kind(gpu: Gpu, device: EngineDevice) -> bool:
    return _same_maker(gpu, device) and gpu.shares_memory == (device.kind == "igpu")


def _same_maker(gpu: Gpu, device: EngineDevice) -> bool:
    return not _differs_in_address(gpu, device) and gpu.vendor == _vendor(device)


def _vendor(device: EngineDevice) -> Vendor:
    """Return who made a device, by its description, else by a backend that drives one maker's GPUs only."""
    vendor = vendor_of_name(device.description)
    return vendor_of_backend(device.name) if vendor == "unknown" else vendor


def _plain_name(name: str) -> str:
    """Return a name as all drivers write it: without marks, and without Vulkan's addition in brackets."""
    for mark in ("(R)", "(TM)", "(tm)", "(r)"):
        name = name.replace(mark, " ")
    return " ".join(name.partition("(")[0].casefold().split())
