"""Machines by name, for the question "what if": built in, the user's own, or one like this with other RAM."""

import difflib
import re
from collections.abc import Mapping

import msgspec

from tui.hardware.gpus.apple import APPLE, metal_ceiling
from tui.hardware.gpus.makers import maker_of, vendor_of_name
from tui.hardware.machine import Cpu, Gpu, Machine
from tui.hardware.profiles import PROFILES
from tui.hardware.reading import known, unknown
from tui.sentences import Reason, ReasonedError, reason
from tui.settings.settings import MachineSettings
from tui.text import clean_line
from tui.units import GIB, parse_bytes

LEAST_GB = 1
MOST_GB = 4096
DESCRIBED_SYSTEM = "described in settings.toml"
"""System of the user's machines; of which kind it is, the settings do not say."""
_SOURCE = "settings.toml"
_GB_PER_SECOND = 1e9


class UnknownMachineError(ReasonedError):
    """A name that is no machine; its reason has what was given and what is known."""


def known_names(own: Mapping[str, MachineSettings]) -> dict[str, Reason]:
    """Return every name that is a machine, the built-in ones first, each with a description of one line."""
    mine = {name.casefold() for name in own}
    names = {name: profile.name for name, profile in PROFILES.items() if name not in mine}
    return names | {clean_line(name): _facts(settings) for name, settings in own.items()}


def machine_named(name: str, own: Mapping[str, MachineSettings], this_machine: Machine) -> Machine:
    """Return the machine of this name, whatever its case. The user's own goes before a built-in one.

    Args:
        name: a built-in profile, one of `own`, or a size such as `16gb`: a machine like this with that RAM.
        own: the user's machines by name.
        this_machine: the machine that llmtui runs on.

    Raises:
        UnknownMachineError: there is none of this name, or the size is not from 1 to 4096 GB.
    """
    wanted = clean_line(name)
    described = {clean_line(key): settings for key, settings in own.items()}
    exact = [key for key in described if key == wanted]
    for key in exact or [key for key in described if key.casefold() == wanted.casefold()]:
        return _described(key, described[key])
    if profile := PROFILES.get(wanted.casefold()):
        return profile
    if (size := _size(wanted)) is not None:
        if not LEAST_GB * GIB <= size <= MOST_GB * GIB:
            raise UnknownMachineError(
                reason("hardware.machine_size", size=wanted, least=LEAST_GB, most=MOST_GB)
            )
        return _like(this_machine, size)
    raise UnknownMachineError(_nothing_called(wanted, list(known_names(own))))


def same_processor(machine: Machine, this_machine: Machine) -> bool:
    """True for this machine and for one like it with other memory: what was measured here holds there too."""
    # Not by the processor's name: the full one comes a second after the first.
    return (machine.system, machine.cpu.physical_cores, machine.cpu.logical_cores) == (
        this_machine.system,
        this_machine.cpu.physical_cores,
        this_machine.cpu.logical_cores,
    )


def _nothing_called(wanted: str, names: list[str]) -> Reason:
    similar = difflib.get_close_matches(wanted.casefold(), names, 1)
    known_machines = reason("hardware.known_machines", names=", ".join(names))
    if not wanted:
        return reason("hardware.machine_unnamed", known=known_machines)
    if similar:
        return reason("hardware.machine_misspelt", name=wanted, similar=similar[0], known=known_machines)
    return reason("hardware.machine_unknown", name=wanted, known=known_machines)


def _size(text: str) -> float | None:
    """Return bytes of what is written as a size, GB when it has no unit; None for anything else."""
    try:
        return parse_bytes(f"{text}GB" if re.fullmatch(r"[\d.,]+", text) else text)
    except ValueError:
        return None
    except OverflowError:
        return float("inf")


def _like(this_machine: Machine, ram_bytes: float) -> Machine:
    """Return this machine with other RAM: no container, and a GPU that shares it may use as large a part."""
    ram = round(ram_bytes)
    return msgspec.structs.replace(
        this_machine,
        name=reason("hardware.machine_like_this", size=_number(ram / GIB)),
        ram_bytes=ram,
        memory_limit_bytes=ram,
        memory_limit_source="RAM",
        container=None,
        ram_reason=None,
        gpus=tuple(_scaled(gpu, ram, this_machine.ram_bytes) for gpu in this_machine.gpus),
    )


def _scaled(gpu: Gpu, ram_bytes: int, before_bytes: int) -> Gpu:
    ceiling = gpu.memory_bytes
    if not gpu.shares_memory:
        return gpu
    if ram_ceiling := maker_of(gpu.vendor).ram_ceiling:
        ceiling = ram_ceiling(ram_bytes)
    elif ceiling.value is not None:
        # What the firmware sets aside does not grow with the RAM; what it may borrow does.
        borrowed = (ceiling.value - gpu.set_aside_bytes) * ram_bytes // max(1, before_bytes)
        ceiling = known(gpu.set_aside_bytes + borrowed, "proportion of RAM")
    return msgspec.structs.replace(gpu, memory_bytes=ceiling)


def _described(name: str, settings: MachineSettings) -> Machine:
    ram = round(settings.ram_gb * GIB)
    gpu = _gpu(settings, ram)
    return Machine(
        name=reason("hardware.machine_described", name=name, facts=_facts(settings)),
        system=DESCRIBED_SYSTEM,
        cpu=Cpu(
            unknown(reason("hardware.described_without_cpu")),
            settings.cores,
            settings.cores,
            unknown(reason("hardware.described_without_container")),
            (),
        ),
        ram_bytes=ram,
        memory_limit_bytes=ram,
        memory_limit_source="RAM",
        container=None,
        gpus=(gpu,) if gpu else (),
        gpu_reason=None if gpu else reason("hardware.described_without_gpu"),
        memory_bandwidth=_rate(settings.bandwidth_gbs),
    )


def _gpu(settings: MachineSettings, ram_bytes: int) -> Gpu | None:
    shares = settings.vram_gb is None
    memory_gb = settings.shared_gb if shares else settings.vram_gb
    if memory_gb is None and not settings.unified:
        return None
    name = _gpu_name(settings)
    own_rate = settings.gpu_bandwidth_gbs or (settings.bandwidth_gbs if shares else None)
    return Gpu(
        index=0,
        name=name,
        vendor=APPLE.vendor if settings.unified else vendor_of_name(name),
        shares_memory=shares,
        memory_bytes=(
            metal_ceiling(ram_bytes) if memory_gb is None else known(round(memory_gb * GIB), _SOURCE)
        ),
        driver=unknown(reason("hardware.described_without_driver")),
        memory_bandwidth=_rate(own_rate),
    )


def _gpu_name(settings: MachineSettings) -> str:
    """Return the name of a GPU; a general one where the settings name none."""
    if name := clean_line(settings.gpu):
        return name
    return "Apple GPU" if settings.unified else "GPU"


def _facts(settings: MachineSettings) -> Reason:
    """Return a machine's memories as the built-in names have them: `32 GB, RTX 4070 12 GB`."""
    ram, is_named = _number(settings.ram_gb), bool(settings.gpu) or settings.unified
    if settings.vram_gb is not None:
        gpu = _gpu_name(settings) if is_named else reason("hardware.unnamed_card")
        return reason("hardware.ram_and_card", ram=ram, gpu=gpu, vram=_number(settings.vram_gb))
    if settings.unified or settings.shared_gb is not None:
        gpu = _gpu_name(settings) if is_named else reason("hardware.unnamed_shared_gpu")
        return reason("hardware.ram_and_gpu", ram=ram, gpu=gpu)
    return reason("hardware.ram_alone", ram=ram)


def _rate(gbs: float | None) -> float | None:
    return None if gbs is None else gbs * _GB_PER_SECOND


def _number(value: float) -> str:
    return f"{value:.6g}"
