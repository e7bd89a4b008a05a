"""What the engine sees against what the machine has."""

from typing import Any

import msgspec
import pytest

from tests.reasons import because, sentence_of
from tui.engine.install import build_command
from tui.engine.protocol import DeviceKind, EngineDevice
from tui.fit.engine_view import engine_notes, pair_up, rebuild_command, unused_instructions
from tui.hardware.machine import Gpu, Machine, Vendor
from tui.hardware.profiles import PROFILES
from tui.hardware.reading import Metric, known, unknown
from tui.sentences import reason
from tui.units import GIB

CPU = EngineDevice("CPU", "Intel(R) Core(TM) i5-1035G1 CPU @ 1.00GHz", "cpu", 8 * GIB, 8 * GIB)


def gpu(name: str, vendor: Vendor, shares: bool = False, size: int | None = 12 * GIB, index: int = 0) -> Gpu:
    memory: Metric[int] = unknown(because("x")) if size is None else known(size, "driver")
    return Gpu(index, name, vendor, shares, memory, known("1", "driver"))


def device(name: str, description: str, kind: DeviceKind = "gpu", total: int = 12 * GIB) -> EngineDevice:
    return EngineDevice(name, description, kind, total, total)


def machine(*gpus: Gpu, system: str = "Linux 6.8 x86_64") -> Machine:
    return msgspec.structs.replace(PROFILES["pc-12gb"], gpus=gpus, system=system)


CARD = gpu("NVIDIA GeForce RTX 4070", "nvidia")
INTEL = gpu("Intel UHD Graphics", "intel", shares=True, size=None)


def test_agreement_of_machine_and_engine_is_not_reported() -> None:
    assert engine_notes(machine(CARD), [device("CUDA0", CARD.name), CPU], True) == []
    assert engine_notes(machine(), [CPU], False) == []


def test_build_without_gpu_support_names_the_command_to_build_one() -> None:
    (note,) = engine_notes(machine(CARD), [CPU], False)
    command = build_command("-DGGML_CUDA=on", windows=False)
    assert note == reason("fit.gpu_unusable", gpu="NVIDIA GeForce RTX 4070", command=command)
    sentence = f"This engine cannot use your NVIDIA GeForce RTX 4070; reinstall it with: {command}"
    assert sentence_of(note) == sentence


@pytest.mark.parametrize(
    ("vendor", "system", "command_start"),
    [
        ("nvidia", "Linux 6.8 x86_64", 'CMAKE_ARGS="-DGGML_CUDA=on -D'),
        ("nvidia", "Windows 11 AMD64", '$env:CMAKE_ARGS="-DGGML_CUDA=on -D'),
        ("apple", "macOS 15.1 arm64", 'CMAKE_ARGS="-DGGML_METAL=on -D'),
        ("amd", "Linux 6.8 x86_64", 'CMAKE_ARGS="-DGGML_VULKAN=on -D'),
        ("intel", "Linux 6.8 x86_64", 'CMAKE_ARGS="-DGGML_VULKAN=on -D'),
        ("unknown", "Linux 6.8 x86_64", 'CMAKE_ARGS="-DGGML_VULKAN=on -D'),
    ],
)
def test_build_command_for_each_maker_and_shell(vendor: Vendor, system: str, command_start: str) -> None:
    command = rebuild_command(vendor, system)
    assert command.startswith(command_start)
    assert command.endswith(" llama-cpp-python==0.3.36")


def test_amd_users_are_advised_of_rocm() -> None:
    (note,) = engine_notes(machine(gpu("AMD Radeon RX 7900 XTX", "amd")), [CPU], False)
    sentence = sentence_of(note)
    assert "-DGGML_VULKAN=on" in sentence
    assert sentence.endswith(" (where ROCm is installed, -DGGML_HIP=on instead)")


def test_missing_integrated_intel_graphics_are_reported_mildly() -> None:
    (note,) = engine_notes(machine(INTEL), [CPU], False)
    assert note.code == "fit.shared_gpu_unused"
    assert "the processor is often as fast" in sentence_of(note)


def test_missing_registry_is_not_reported_for_a_build_with_offload() -> None:
    assert engine_notes(machine(CARD), [], True) == []
    assert len(engine_notes(machine(CARD), [], False)) == 1


def test_only_the_gpu_that_is_left_out_is_named() -> None:
    seen = [device("Vulkan0", "Intel(R) UHD Graphics (ICL GT1)", "igpu"), CPU]
    (note,) = engine_notes(machine(CARD, msgspec.structs.replace(INTEL, index=1)), seen, True)
    assert (note.code, note.facts["gpu"]) == ("fit.gpu_unusable", "NVIDIA GeForce RTX 4070")


def test_engine_gpu_without_a_gauge_is_reported() -> None:
    (note,) = engine_notes(machine(), [device("Vulkan0", "AMD Radeon RX 7600\x1b[31m"), CPU], True)
    sentence = sentence_of(note)
    assert sentence.startswith("The engine can use AMD Radeon RX 7600")
    assert "\x1b" not in sentence


def test_card_partly_visible_to_the_engine_is_reported() -> None:
    (note,) = engine_notes(machine(CARD), [device("CUDA0", CARD.name, total=5 * GIB)], True)
    sentence = "The engine sees only 5.00 GiB of the 12.0 GiB of your NVIDIA GeForce RTX 4070."
    assert sentence_of(note) == sentence
    # What a driver keeps for itself is not worth a word, nor what a GPU may borrow of the RAM.
    assert engine_notes(machine(CARD), [device("CUDA0", CARD.name, total=11 * GIB)], True) == []
    apu = gpu("AMD Radeon 780M", "amd", shares=True, size=16 * GIB)
    assert engine_notes(machine(apu), [device("Vulkan0", apu.name, "igpu", 8 * GIB)], True) == []


def test_gpu_listed_by_two_backends_counts_once_and_twins_twice() -> None:
    twice = [device("CUDA0", CARD.name), device("Vulkan0", CARD.name)]
    assert engine_notes(machine(CARD), twice, True) == []
    twins = (CARD, msgspec.structs.replace(CARD, index=1))
    assert len(pair_up(twins, [device("CUDA0", CARD.name), device("CUDA1", CARD.name)])) == 2
    (note,) = engine_notes(machine(*twins), [device("CUDA0", CARD.name)], True)
    assert note.code == "fit.gpu_unusable"


def test_devices_are_paired_by_name_before_order() -> None:
    small, large = gpu("NVIDIA GeForce GTX 1650", "nvidia"), gpu("NVIDIA GeForce RTX 3090", "nvidia", index=1)
    # CUDA lists the fastest first, NVML by the place on the bus.
    seen = [device("CUDA0", large.name), device("CUDA1", small.name)]
    assert [(device.name, gpu.name) for device, gpu in pair_up((small, large), seen)] == [
        (small.name, "CUDA1"),
        (large.name, "CUDA0"),
    ]


def test_names_that_drivers_write_differently_are_paired() -> None:
    card = gpu("AMD Radeon RX 7900 XT/7900 XTX/7900 GRE/7900M", "amd")
    apu = gpu("AMD Phoenix1", "amd", shares=True, index=1)
    seen = [
        device("Vulkan0", "AMD Radeon 780M (RADV PHOENIX)", "igpu"),
        device("Vulkan1", "AMD Radeon RX 7900 XTX (RADV NAVI31)"),
    ]
    assert [(device.index, gpu.name) for device, gpu in pair_up((card, apu), seen)] == [
        (0, "Vulkan1"),
        (1, "Vulkan0"),
    ]
    assert engine_notes(machine(card, apu), seen, True) == []


def at(place: Gpu | EngineDevice, address: str) -> Any:
    return msgspec.structs.replace(place, address=address)


def test_cards_that_the_engine_counts_in_another_order_are_known_by_their_addresses() -> None:
    # GIVEN two alike, of which the engine lists the second one first
    name = "NVIDIA GeForce RTX 3090"
    first, second = gpu(name, "nvidia"), gpu(name, "nvidia", index=1)
    cards = at(first, "0000:01:00.0"), at(second, "0000:02:00.0")
    seen = at(device("CUDA0", name), "0000:02:00.0"), at(device("CUDA1", name), "0000:01:00.0")

    assert pair_up(cards, seen) == [(cards[0], seen[1]), (cards[1], seen[0])]
    assert engine_notes(machine(*cards), [*seen, CPU], True) == []
    # AND where it does not tell, that is said
    (note,) = engine_notes(machine(*cards), [device("CUDA0", name), device("CUDA1", name), CPU], True)
    assert note == reason("fit.gpu_order_unknown")
    assert sentence_of(note).startswith("The engine does not say which of your GPUs is which")
    # AND one at another address is none of them
    assert pair_up(cards[:1], seen[:1]) == []


def test_cards_of_one_name_are_told_apart_by_their_memory() -> None:
    name = "NVIDIA GeForce RTX 3080"
    small, large = gpu(name, "nvidia", size=10 * GIB), gpu(name, "nvidia", index=1)
    seen = device("CUDA0", name, total=12 * GIB - GIB // 2), device("CUDA1", name, total=10 * GIB)

    assert pair_up((small, large), seen) == [(small, seen[1]), (large, seen[0])]


def test_card_listed_by_two_backends_under_two_names_counts_once() -> None:
    card = at(CARD, "0000:01:00.0")
    seen = [at(device("CUDA0", CARD.name), card.address), at(device("Vulkan0", "RTX 4070"), card.address)]
    assert engine_notes(machine(card), [*seen, CPU], True) == []


HASWELL = ("SSE3", "AVX", "AVX2", "F16C", "FMA", "BMI2")
"""Instruction sets of the wheels that are published for x86."""
ICE_LAKE = ("SSE4.2", "AVX", "AVX2", "FMA", "F16C", "AVX512F", "AVX512_VNNI")


def test_instructions_are_compared_by_the_names_of_both_sides() -> None:
    assert unused_instructions(ICE_LAKE, HASWELL) == ("AVX512F", "AVX512_VNNI")
    assert unused_instructions(ICE_LAKE, (*HASWELL, "AVX512", "AVX512_VNNI")) == ()
    graviton = ("NEON", "FP16", "DOTPROD", "I8MM", "BF16", "SVE")
    assert unused_instructions(graviton, ("NEON", "ARM_FMA", "DOTPROD")) == ("FP16", "I8MM", "SVE")
    assert unused_instructions(graviton, ("NEON", "FP16_VA", "DOTPROD", "MATMUL_INT8", "SVE")) == ()


def test_instructions_without_use_for_mapped_weights_are_not_missed() -> None:
    assert unused_instructions((*ICE_LAKE[:5], "AMX_INT8", "AVX512_BF16"), HASWELL) == ()


def test_narrow_form_of_instructions_is_not_missed_beside_the_wide_one() -> None:
    assert unused_instructions((*ICE_LAKE, "AVX_VNNI"), HASWELL) == ("AVX512F", "AVX512_VNNI")
    assert unused_instructions(("AVX2", "AVX_VNNI"), HASWELL) == ("AVX_VNNI",)


def test_unknown_instructions_are_not_called_unused() -> None:
    assert unused_instructions((), HASWELL) is None
    assert unused_instructions(ICE_LAKE, ()) is None


def test_build_that_leaves_instructions_unused_names_the_command_to_build_one() -> None:
    cpu = msgspec.structs.replace(PROFILES["pc-12gb"].cpu, features=ICE_LAKE)
    host = msgspec.structs.replace(machine(), cpu=cpu)
    (note,) = engine_notes(host, [CPU], False, HASWELL)
    sentence = sentence_of(note)
    assert sentence.startswith("This engine leaves AVX512F, AVX512_VNNI of your processor unused")
    assert "up to 2.3 times as fast" in sentence
    assert sentence.endswith(build_command(windows=False))
    assert engine_notes(host, [CPU], False, (*HASWELL, "AVX512", "AVX512_VNNI")) == []
    # AND the speed is said only of instructions that were measured
    (note,) = engine_notes(host, [CPU], False, ("SSE3", "AVX", "AVX512", "AVX512_VNNI"))
    assert sentence_of(note).startswith("This engine leaves AVX2, FMA, F16C of your processor unused")
    assert "times as fast" not in sentence_of(note)
    # AND nobody is talked out of a build for a GPU
    assert engine_notes(host, [CPU], True, HASWELL) == []
