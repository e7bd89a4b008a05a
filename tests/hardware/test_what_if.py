"""Machines by name: built in, the user's own, and one like this with other memory."""

from collections.abc import Mapping

import msgspec
import pytest

from tests.reasons import because, raises_sentence, sentence_of
from tui.engine.options import LoadSettings
from tui.fit.board import fit_model
from tui.fit.formula import footprint
from tui.fit.pools import pools
from tui.fit.sizing import Sized
from tui.fit.verdict import Fit, Verdict
from tui.hardware.detect import detect_machine
from tui.hardware.machine import Gpu, Machine
from tui.hardware.profiles import PROFILES
from tui.hardware.reading import known, unknown
from tui.hardware.what_if import UnknownMachineError, known_names, machine_named, same_processor
from tui.models.catalogue.catalogue import load_catalogues
from tui.models.listing import catalogue_model, find_entry
from tui.settings.settings import MachineSettings
from tui.units import GIB, MIB

NO_DRIVER = unknown(because("not asked"))
CARD = Gpu(0, "RTX 4070", "nvidia", False, known(12 * GIB, "test"), NO_DRIVER)
OWN: Mapping[str, MachineSettings] = {
    "Box": MachineSettings(ram_gb=64, gpu="Radeon RX 7900", vram_gb=24, cores=12, gpu_bandwidth_gbs=960),
    "plain": MachineSettings(ram_gb=12.5, bandwidth_gbs=40),
    "mini": MachineSettings(ram_gb=16, unified=True, bandwidth_gbs=120),
    "thin": MachineSettings(ram_gb=16, gpu="Iris Xe", shared_gb=8),
}


@pytest.fixture(scope="module")
def local_machine() -> Machine:
    machine = msgspec.structs.replace(
        detect_machine(), gpus=(), container="docker", memory_limit_source="cgroup v2 memory.max"
    )
    return msgspec.structs.replace(machine, ram_bytes=32 * GIB, memory_limit_bytes=4 * GIB)


def with_gpu(machine: Machine, gpu: Gpu) -> Machine:
    return msgspec.structs.replace(machine, gpus=(gpu,))


def fit_on(machine: Machine, name: str, quant: str, context: int = 8192) -> Fit:
    """The verdict by the closed form, with nothing else running there."""
    entry = find_entry(load_catalogues(), name)
    assert entry is not None
    model = catalogue_model(entry, quant)
    settings = LoadSettings(context=context, kv_type="f16", threads=4)
    assert model.shape is not None
    size = footprint(model.shape, model.weights_bytes, settings)
    return fit_model(model, Sized(size), pools(machine, None), settings)


@pytest.mark.parametrize("name", sorted(PROFILES))
def test_a_built_in_machine_has_its_name_in_any_case_and_its_bandwidths(local_machine: Machine, name: str):
    machine = machine_named(f" {name.upper()} ", {}, local_machine)
    assert machine is PROFILES[name]
    (gpu,) = machine.gpus
    assert machine.memory_bandwidth is not None
    assert gpu.memory_bandwidth is not None
    # A card's own memory is faster than the RAM; a GPU that shares the RAM is exactly as fast.
    if gpu.shares_memory:
        assert gpu.memory_bandwidth == machine.memory_bandwidth
    else:
        assert gpu.memory_bandwidth > machine.memory_bandwidth


def test_bandwidths_are_in_bytes_a_second():
    assert PROFILES["m1-8gb"].memory_bandwidth == 68e9
    assert PROFILES["hp-i5-1035g1"].memory_bandwidth == 21.3e9
    assert PROFILES["pc-24gb"].gpus[0].memory_bandwidth == 1008e9


@pytest.mark.parametrize(
    ("name", "quant", "verdict"),
    [
        ("Llama-3.2-3B-Instruct", "Q4_K_M", Verdict.FITS),
        ("Llama-3.2-3B-Instruct", "F16", Verdict.TOO_BIG),
        ("Qwen2.5-7B-Instruct", "Q8_0", Verdict.TOO_BIG),
    ],
)
def test_verdicts_for_a_macbook_with_8_gb(name: str, quant: str, verdict: Verdict):
    fit = fit_on(PROFILES["m1-8gb"], name, quant)
    assert fit.verdict is verdict
    assert "5.33 GiB of unified memory" in sentence_of(fit.reason)


def test_more_memory_in_a_machine_like_this_makes_a_model_fit(local_machine: Machine):
    small, large = machine_named("8gb", {}, local_machine), machine_named("64gb", {}, local_machine)
    assert fit_on(small, "Qwen2.5-Coder-14B-Instruct", "Q4_K_M").verdict is Verdict.TOO_BIG
    fit = fit_on(large, "Qwen2.5-Coder-14B-Instruct", "Q4_K_M")
    assert fit.verdict is Verdict.FITS
    assert "62.5 GiB of RAM at most" in sentence_of(fit.reason)


@pytest.mark.parametrize("name", ["16gb", "16 GB", "16GB", "16", " 16 GiB ", "16.0g"])
def test_size_means_this_machine_with_that_memory(local_machine: Machine, name: str):
    machine = machine_named(name, OWN, local_machine)
    assert sentence_of(machine.name) == "a machine like this with 16 GB"
    assert machine.ram_bytes == machine.memory_limit_bytes == 16 * GIB
    assert (machine.memory_limit_source, machine.container) == ("RAM", None)
    assert (machine.cpu, machine.system) == (local_machine.cpu, local_machine.system)


@pytest.mark.parametrize(("gib", "ceiling_mib"), [(8, 5461), (16, 10922), (32, 21845), (64, 49152)])
def test_an_apple_gpu_gets_the_ceiling_of_metal(local_machine: Machine, gib: int, ceiling_mib: int):
    apple = Gpu(0, "Apple M2", "apple", True, known(20 * GIB, "iogpu.wired_limit_mb"), NO_DRIVER)
    (gpu,) = machine_named(f"{gib}gb", {}, with_gpu(local_machine, apple)).gpus
    assert gpu.memory_bytes.value is not None
    assert gpu.memory_bytes.value // MIB == ceiling_mib


def test_another_gpu_that_shares_the_memory_gets_its_part_in_proportion(local_machine: Machine):
    shared = Gpu(0, "Radeon 780M", "amd", True, known(16 * GIB, "sysfs"), NO_DRIVER)
    (gpu,) = machine_named("8gb", {}, with_gpu(local_machine, shared)).gpus
    assert gpu.memory_bytes.value == 4 * GIB
    # AND what was not known stays so
    without_size = msgspec.structs.replace(shared, memory_bytes=unknown(because("the driver does not say")))
    assert machine_named("8gb", {}, with_gpu(local_machine, without_size)).gpus == (without_size,)


def test_a_card_keeps_its_own_memory(local_machine: Machine):
    assert machine_named("8gb", {}, with_gpu(local_machine, CARD)).gpus == (CARD,)


@pytest.mark.parametrize("name", ["0gb", "0.5 GB", "4097gb", "5tb", "512mb", "9" * 400 + "gb"])
def test_a_size_out_of_reason_is_refused(local_machine: Machine, name: str):
    with raises_sentence(UnknownMachineError, r"is not from 1 to 4096 GB\.$"):
        machine_named(name, {}, local_machine)


@pytest.mark.parametrize("name", ["1gb", "4096gb"])
def test_smallest_and_largest_sizes_are_valid(local_machine: Machine, name: str):
    assert machine_named(name, {}, local_machine).ram_bytes == int(name[:-2]) * GIB


def test_a_card_of_the_users_own_machine_has_its_own_memory(local_machine: Machine):
    machine = machine_named("BOX", OWN, local_machine)
    (gpu,) = machine.gpus
    assert sentence_of(machine.name) == "Box, 64 GB, Radeon RX 7900 24 GB"
    assert machine.memory_limit_bytes == 64 * GIB
    assert (gpu.shares_memory, gpu.memory_bytes.value, gpu.vendor) == (False, 24 * GIB, "amd")
    assert (machine.memory_bandwidth, gpu.memory_bandwidth) == (None, 960e9)
    assert machine.cpu.physical_cores == 12
    assert [pool.kind for pool in pools(machine, None)] == ["vram", "ram"]


def test_a_machine_without_a_gpu_says_so(local_machine: Machine):
    machine = machine_named("plain", OWN, local_machine)
    assert machine.gpus == ()
    assert machine.gpu_reason
    assert machine.ram_bytes == 25 * GIB // 2
    assert [pool.kind for pool in pools(machine, None)] == ["ram"]


def test_unified_memory_of_the_users_own_machine_has_the_ceiling_of_metal(local_machine: Machine):
    machine = machine_named("mini", OWN, local_machine)
    (pool,) = pools(machine, None)
    assert (pool.kind, pool.capacity_bytes // MIB) == ("unified", 10922)
    assert machine.memory_bandwidth == machine.gpus[0].memory_bandwidth == 120e9


def test_gpu_without_a_maker_has_no_ceiling(local_machine: Machine):
    assert machine_named("thin", OWN, local_machine).gpus[0].vendor == "intel"
    unnamed = {"x": MachineSettings(ram_gb=8, shared_gb=4)}
    assert machine_named("x", unnamed, local_machine).gpus[0].vendor == "unknown"


def test_the_users_own_machine_goes_before_a_built_in_one(local_machine: Machine):
    own = {"M1-8GB": MachineSettings(ram_gb=16, unified=True), "16gb": MachineSettings(ram_gb=15)}
    assert machine_named("m1-8gb", own, local_machine).ram_bytes == 16 * GIB
    assert machine_named("16gb", own, local_machine).ram_bytes == 15 * GIB
    names = known_names(own)
    assert "m1-8gb" not in names
    assert sentence_of(names["M1-8GB"]) == "16 GB, Apple GPU"


def test_names_that_differ_in_their_case_are_two_machines(local_machine: Machine):
    own = {"a": MachineSettings(ram_gb=8), "A": MachineSettings(ram_gb=16)}
    assert [machine_named(name, own, local_machine).ram_bytes // GIB for name in ("a", "A")] == [8, 16]


def test_every_known_name_is_a_machine_with_a_description(local_machine: Machine):
    names = known_names(OWN)
    assert set(names) == {*PROFILES, *OWN}
    assert sentence_of(names["m1-8gb"]) == "MacBook Pro M1, 8 GB"
    assert sentence_of(names["thin"]) == "16 GB, Iris Xe"
    unnamed = known_names(
        {"card": MachineSettings(ram_gb=8, vram_gb=4), "laptop": MachineSettings(ram_gb=8, shared_gb=4)}
    )
    assert sentence_of(unnamed["card"]) == "8 GB, graphics card 4 GB"
    assert sentence_of(unnamed["laptop"]) == "8 GB, shared graphics"
    assert all(machine_named(name, OWN, local_machine) for name in names)


def test_unknown_name_suggests_the_nearest_and_lists_all(local_machine: Machine):
    with pytest.raises(UnknownMachineError) as raised:
        machine_named("m1-8bg", OWN, local_machine)
    text = sentence_of(raised.value.reason)
    assert text.startswith("There is no machine called m1-8bg; did you mean m1-8gb? Known: ")
    assert all(name in text for name in (*PROFILES, *OWN, "16gb"))
    assert "\n" not in text


@pytest.mark.parametrize("name", ["", "  ", "zzz", "16 potatoes", "1.2.3", "\x1b[31mx"])
def test_text_that_is_no_machine_is_refused_without_a_suggestion(local_machine: Machine, name: str):
    with pytest.raises(UnknownMachineError) as raised:
        machine_named(name, {}, local_machine)
    assert "did you mean" not in sentence_of(raised.value.reason)
    assert "\x1b" not in sentence_of(raised.value.reason)


def test_only_a_machine_like_this_has_its_processor(local_machine: Machine):
    similar_machine, own = machine_named("16gb", {}, local_machine), MachineSettings(ram_gb=16)

    assert same_processor(local_machine, local_machine)
    assert same_processor(similar_machine, local_machine)
    assert not same_processor(PROFILES["m1-8gb"], local_machine)
    assert not same_processor(machine_named("box", {"box": own}, local_machine), local_machine)
