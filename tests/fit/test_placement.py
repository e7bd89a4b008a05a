"""Which part of a model goes where, on machines that people own."""

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import given

from tests.fit.machines import CARD_NAME, RAM_NAME, footprint
from tests.models.shapes import SHAPES
from tui.engine.footprint import DevicePart, Footprint
from tui.engine.options import LoadSettings
from tui.fit import formula
from tui.fit.board import fit_model, settings_for
from tui.fit.judge import judge
from tui.fit.placement import LayerBytes, Parts, parts_of, place_on_card, place_split, placed_settings
from tui.fit.pools import pools
from tui.fit.sizing import Sizer
from tui.fit.verdict import Fit, Pool, Verdict, gpu_part, ram_part
from tui.hardware.machine import Machine
from tui.hardware.profiles import PROFILES
from tui.models.catalogue.catalogue import load_catalogue
from tui.models.listing import catalogue_model, find_entry
from tui.models.model import Model
from tui.models.quantizations import weights_bytes
from tui.services.sentences import sentence
from tui.units import GIB, MIB

SETTINGS = LoadSettings(context=8192)
CATALOGUE = load_catalogue()
CARDS = ("pc-12gb", "pc-16gb", "pc-24gb")


def model_named(name: str, quant: str = "Q4_K_M") -> Model:
    entry = find_entry(CATALOGUE, name)
    assert entry is not None
    return catalogue_model(entry, quant)


def fit_on(machine: str, model: Model, context: int = 8192) -> Fit:
    """The verdict on an idle machine, in closed form."""
    load = settings_for(model, LoadSettings(context=context))
    return fit_model(model, Sizer(None).known_size(model, load), pools(PROFILES[machine], None), load)


def parts(count: int, weights: int, experts: int = 0, **more: int) -> Parts:
    """A model of equal layers, each with a MiB of cache."""
    layers = tuple(LayerBytes(weights, experts, MIB) for _layer in range(count))
    sizes = {"input_bytes": 0, "output_bytes": 0, "borrowed_bytes": 0, **more}
    return Parts(layers, tied=False, **sizes)


def footprint_of(of: Parts, compute: int = 0, process: int = 64 * MIB) -> Footprint:
    weights = sum(layer.weights + layer.experts for layer in of.layers) + of.input_bytes + of.output_bytes
    return Footprint(weights, sum(layer.kv for layer in of.layers), compute, process, "engine")


# What a person would expect


def test_model_that_fits_the_card_is_placed_on_it() -> None:
    fit = fit_on("pc-12gb", model_named("Qwen3-14B"))

    assert (fit.verdict, fit.gpu_layers, fit.cpu_experts) == (Verdict.FITS, None, 0)
    assert fit.footprint is not None
    # The embedding and the process stay in RAM.
    assert fit.device_bytes < fit.footprint.total_bytes - fit.footprint.process_bytes
    assert fit.device_bytes + fit.host_bytes == pytest.approx(fit.footprint.total_bytes, abs=1000)


@pytest.mark.parametrize("name", ["Qwen3-30B-A3B-Instruct-2507", "Qwen3-Coder-30B-A3B-Instruct"])
def test_only_experts_of_a_mixture_go_to_ram(name: str) -> None:
    fit = fit_on("pc-12gb", model_named(name))

    assert fit.verdict is Verdict.SPLIT
    assert fit.gpu_layers == 48
    assert 12 < fit.cpu_experts < 36
    assert sentence(fit.reason) == (
        f"all layers on the RTX 4070, the experts of {fit.cpu_experts} of 48 in RAM, somewhat slower"
    )


def test_a_larger_card_takes_more_experts() -> None:
    model = model_named("Qwen3-30B-A3B-Instruct-2507")

    small, middle, large = (fit_on(machine, model) for machine in CARDS)

    assert small.cpu_experts > middle.cpu_experts > large.cpu_experts == 0
    assert large.verdict is Verdict.FITS


@pytest.mark.parametrize(("machine", "least", "highest"), [("pc-16gb", 20, 34), ("pc-24gb", 36, 50)])
def test_a_dense_model_is_split_by_layers(machine: str, least: int, highest: int) -> None:
    fit = fit_on(machine, model_named("Llama-3.3-70B-Instruct"))

    assert fit.verdict is Verdict.SPLIT
    assert fit.cpu_experts == 0
    assert fit.gpu_layers is not None
    assert least < fit.gpu_layers < highest
    assert f"{fit.gpu_layers} of 80 layers on the RTX" in sentence(fit.reason)
    assert sentence(fit.reason).endswith("the rest in RAM, much slower")


def test_a_split_needs_ram_for_the_other_layers() -> None:
    # GIVEN what fits the card in part, and RAM that does not hold the rest of it
    fit = fit_on("pc-12gb", model_named("Llama-3.3-70B-Instruct"))

    assert (fit.verdict, fit.pool, fit.gpu_layers) == (Verdict.TOO_BIG, None, None)
    assert (fit.device_bytes, fit.host_bytes) == (0, 0)


@pytest.mark.parametrize("machine", ["m1-8gb", "hp-i5-1035g1", "m3-max-64gb"])
def test_one_memory_is_never_split(machine: str) -> None:
    for entry in CATALOGUE.entries:
        fit = fit_on(machine, catalogue_model(entry))
        assert fit.verdict is not Verdict.SPLIT
        assert (fit.gpu_layers, fit.cpu_experts, fit.device_bytes) == (None, 0, 0)


@pytest.mark.parametrize("machine", ["ryzen-8700g", "ryzen-ai-max-128gb"])
def test_the_processor_computes_what_is_over_the_memory_that_a_gpu_can_use(machine: str) -> None:
    (pool,) = pools(PROFILES[machine], None)
    gpu, ram, share = gpu_part(pool), ram_part(pool), pool.share
    assert share is not None
    verdicts: set[Verdict] = set()
    for entry in CATALOGUE.entries:
        fit = fit_on(machine, catalogue_model(entry))
        verdicts.add(fit.verdict)
        if fit.footprint is None or fit.verdict not in (Verdict.FITS, Verdict.SPLIT):
            continue
        # What was set aside holds none of what only the processor can reach.
        assert fit.device_bytes <= share.aside_bytes
        assert fit.host_bytes <= ram.room_now_bytes
        if fit.verdict is Verdict.FITS:
            assert fit.device_bytes + fit.host_bytes >= fit.footprint.total_bytes - MIB
        else:
            assert fit.footprint.total_bytes > gpu.room_now_bytes
            assert fit.gpu_layers is not None
            assert share.device in sentence(fit.reason)
    assert verdicts >= ({Verdict.FITS, Verdict.SPLIT} if machine == "ryzen-8700g" else {Verdict.FITS})


def test_model_too_large_for_one_card_is_split_over_two() -> None:
    # GIVEN a PC with one card of 24 GiB, and with two
    small_machine = PROFILES["pc-24gb"]
    second = msgspec.structs.replace(small_machine.gpus[0], index=1)
    two = msgspec.structs.replace(small_machine, gpus=(*small_machine.gpus, second))

    def on(machine: Machine, name: str, quant: str = "Q4_K_M") -> Fit:
        model = model_named(name, quant)
        return fit_model(model, Sizer(None).known_size(model, SETTINGS), pools(machine, None), SETTINGS)

    large = on(two, "Llama-3.3-70B-Instruct")
    assert on(small_machine, "Llama-3.3-70B-Instruct").verdict is Verdict.SPLIT
    assert (large.verdict, large.gpu_layers) == (Verdict.FITS, None)
    assert large.pool is not None
    assert large.pool.cards == 2
    assert "2 × RTX 4090" in sentence(large.reason)
    # Each card has buffers of its own, and whole layers.
    assert large.footprint is not None
    assert large.device_bytes + large.host_bytes > large.footprint.total_bytes + large.footprint.compute_bytes
    # THEN what one of them holds is not spread, and what both do not hold is split or too big as before
    small = on(two, "gemma-3-12b-it")
    assert (small.verdict, small.pool) == (Verdict.FITS, pools(two, None)[0])
    assert on(two, "Llama-3.3-70B-Instruct", "Q8_0").verdict in (Verdict.SPLIT, Verdict.TOO_BIG)


@pytest.mark.parametrize("machine", CARDS)
def test_every_part_of_the_catalogue_has_room_where_it_goes(machine: str) -> None:
    vram, ram = pools(PROFILES[machine], None)
    for entry in CATALOGUE.entries:
        model = catalogue_model(entry)
        fit = fit_on(machine, model)
        if fit.verdict not in (Verdict.FITS, Verdict.SPLIT) or fit.footprint is None:
            continue
        assert fit.device_bytes <= vram.room_now_bytes
        assert fit.host_bytes <= ram.room_now_bytes
        assert fit.device_bytes + fit.host_bytes >= fit.footprint.total_bytes - MIB
        if fit.verdict is Verdict.SPLIT:
            # THEN the card is used as far as whole layers go
            assert vram.room_now_bytes - fit.device_bytes < 2 * model.weights_bytes / entry.shape.layers


# How the parts are told


@pytest.mark.parametrize("kind", SHAPES)
@pytest.mark.parametrize("settings", [SETTINGS, LoadSettings(context=700, kv_type="q8_0", swa_full=True)])
def test_cache_of_the_layers_sums_up_to_the_whole(kind: str, settings: LoadSettings) -> None:
    by_layer = formula.kv_bytes_by_layer(SHAPES[kind], settings)

    assert len(by_layer) == SHAPES[kind].layers
    assert sum(by_layer) == pytest.approx(formula.kv_bytes(SHAPES[kind], settings), abs=0)


@pytest.mark.parametrize("kind", SHAPES)
def test_the_parts_add_up_to_the_model(kind: str) -> None:
    shape = SHAPES[kind]
    model = Model("m", "Q4_K_M", weights_bytes(shape, "Q4_K_M"), shape, None, None)
    sizes = formula.footprint(shape, model.weights_bytes, SETTINGS)

    parts = parts_of(model, sizes, SETTINGS)

    assert parts is not None
    weights = sum(layer.weights + layer.experts for layer in parts.layers)
    # Each is rounded on its own.
    assert weights + parts.input_bytes + parts.output_bytes == pytest.approx(model.weights_bytes, abs=1000)
    assert sum(layer.kv for layer in parts.layers) == pytest.approx(sizes.kv_bytes, abs=1000)
    # Router and shared experts are on every token's way, and stay with the layer.
    without = shape.dense_layers + shape.layers - (len(shape.feed_forward_only) or shape.layers)
    assert parts.expert_layers == (shape.layers - without if shape.experts else 0)
    assert 0 < parts.borrowed_bytes < model.weights_bytes
    assert parts.tied == shape.tied_embeddings


def test_a_quantization_without_rules_is_split_by_the_elements_of_its_tensors() -> None:
    shape = SHAPES["many experts"]
    model = Model("m", "IQ2_XXS", 8 * GIB, shape, None, None)

    parts = parts_of(model, footprint(9 * GIB), SETTINGS)

    assert parts is not None
    assert parts.expert_layers == shape.layers
    assert sum(layer.experts for layer in parts.layers) > 6 * GIB


def test_an_architecture_that_is_not_known_has_layers_alike() -> None:
    shape = msgspec.structs.replace(SHAPES["dense, rows of whole blocks"], architecture="unheard-of")
    model = Model("m", "Q4_K_M", 16 * GIB, shape, None, None)

    parts = parts_of(model, footprint(20 * GIB), SETTINGS)

    assert parts is not None
    assert {layer.weights for layer in parts.layers} == {GIB}
    assert (parts.input_bytes, parts.output_bytes, parts.expert_layers) == (0, 0, 0)


def test_without_a_shape_there_are_no_parts() -> None:
    assert parts_of(Model("m", "Q4_K_M", GIB, None, None, None), footprint(GIB), SETTINGS) is None


# What goes where


def test_the_embedding_stays_in_ram_and_a_tied_output_is_held_twice() -> None:
    of = parts(4, GIB, input_bytes=300 * MIB, output_bytes=20 * MIB)
    sizes = footprint_of(of, compute=100 * MIB)

    apart = place_on_card(sizes, of)
    tied = place_on_card(sizes, msgspec.structs.replace(of, tied=True))

    assert apart.device_bytes == 4 * (GIB + MIB) + 20 * MIB + 100 * MIB
    assert apart.host_bytes == 300 * MIB + sizes.process_bytes
    assert tied.device_bytes == apart.device_bytes + 300 * MIB
    assert tied.host_bytes == apart.host_bytes


def test_engine_figures_of_a_card_replace_estimates() -> None:
    of = parts(4, GIB)
    planned = msgspec.structs.replace(
        footprint_of(of),
        device_bytes=3 * GIB,
        devices=(DevicePart("CUDA0", 3 * GIB, 0, 0),),
    )

    assert place_on_card(planned, of).device_bytes == 3 * GIB
    # A sum without devices is of buffers alone, so it is no account of the weights.
    assert place_on_card(msgspec.structs.replace(planned, devices=()), of).device_bytes > 4 * GIB


def test_a_split_by_layers_pays_for_buffers_on_both_sides() -> None:
    of = parts(10, GIB, borrowed_bytes=200 * MIB)
    sizes = footprint_of(of, compute=100 * MIB)

    placement = place_split(sizes, of, 5 * GIB, 32 * GIB)

    # THEN four layers fit beside the buffers and the matrix that is borrowed for prompts
    assert placement is not None
    assert (placement.gpu_layers, placement.cpu_experts) == (4, 0)
    assert placement.device_bytes == 4 * (GIB + MIB) + 300 * MIB
    assert placement.host_bytes == 6 * (GIB + MIB) + 100 * MIB + sizes.process_bytes


def test_experts_go_to_ram_from_the_first_layer_on() -> None:
    # GIVEN a first layer without experts
    of = parts(4, 100 * MIB, GIB)
    dense = LayerBytes(300 * MIB, 0, MIB)
    of = msgspec.structs.replace(of, layers=(dense, *of.layers[1:]))

    placement = place_split(footprint_of(of), of, 2 * GIB, 32 * GIB)

    # THEN one layer's experts are on the card; the first layer counts, though it has none to leave
    assert placement is not None
    assert (placement.gpu_layers, placement.cpu_experts) == (4, 3)
    assert placement.device_bytes == GIB + 600 * MIB + 4 * MIB

    roomier = place_split(footprint_of(of), of, 3 * GIB, 32 * GIB)
    assert roomier is not None
    assert roomier.cpu_experts == 2


def test_a_mixture_too_large_without_its_experts_is_split_by_layers() -> None:
    of = parts(10, GIB, GIB)

    placement = place_split(footprint_of(of), of, 7 * GIB, 32 * GIB)

    assert placement is not None
    assert (placement.gpu_layers, placement.cpu_experts) == (3, 0)


def test_a_card_without_room_for_a_layer_is_left_alone() -> None:
    of = parts(10, GIB)
    sizes = footprint_of(of, compute=100 * MIB)

    placement = place_split(sizes, of, -GIB, 32 * GIB)

    assert placement is not None
    assert (placement.gpu_layers, placement.device_bytes, placement.host_bytes) == (0, 0, sizes.total_bytes)
    assert place_split(sizes, of, GIB // 2, 9 * GIB) is None


def test_a_model_is_loaded_where_its_verdict_says() -> None:
    by_layers = fit_on("pc-24gb", model_named("Llama-3.3-70B-Instruct"))
    by_experts = fit_on("pc-12gb", model_named("Qwen3-30B-A3B-Instruct-2507"))
    whole_fit = fit_on("pc-24gb", model_named("Qwen3-14B"))

    assert placed_settings(by_layers, SETTINGS) == LoadSettings(
        context=8192, gpu_layers=by_layers.gpu_layers or 0
    )
    assert placed_settings(by_experts, SETTINGS) == LoadSettings(
        context=8192, gpu_layers=-1, cpu_experts=by_experts.cpu_experts
    )
    assert placed_settings(whole_fit, SETTINGS) == SETTINGS
    assert placed_settings(None, SETTINGS) == SETTINGS


LAYERS = st.builds(
    LayerBytes, st.integers(1, GIB), st.one_of(st.just(0), st.integers(1, GIB)), st.integers(0, GIB // 8)
)
PARTS = st.builds(
    Parts,
    st.lists(LAYERS, min_size=1, max_size=40).map(tuple),
    st.integers(0, GIB),
    st.integers(0, GIB),
    st.booleans(),
    st.integers(0, GIB),
)
BYTES = st.integers(0, 40 * GIB)


@given(PARTS, st.integers(0, GIB), BYTES, BYTES, BYTES, BYTES)
def test_each_part_has_room_where_it_goes(
    of: Parts, compute: int, card_bytes: int, card_used: int, ram_bytes: int, ram_used: int
) -> None:
    sizes = footprint_of(of, compute)
    card = Pool(CARD_NAME, "vram", card_bytes, max(0, card_bytes - card_used), 384 * MIB, "A card")
    ram = Pool(RAM_NAME, "ram", ram_bytes, max(0, ram_bytes - ram_used), GIB)

    fit = judge(sizes, [card, ram], SETTINGS, of)

    if fit.verdict is Verdict.FITS:
        assert fit.device_bytes <= card.room_now_bytes
        assert fit.host_bytes <= ram.room_now_bytes
    elif fit.verdict is not Verdict.TOO_BIG:
        assert fit.device_bytes <= card.capacity_bytes
        assert fit.host_bytes <= ram.capacity_bytes
    if fit.verdict is Verdict.SPLIT:
        assert "close programs" in sentence(fit.reason) or fit.host_bytes <= ram.room_now_bytes
        assert "close programs" in sentence(fit.reason) or fit.device_bytes <= max(0, card.room_now_bytes)
    if fit.verdict is not Verdict.TOO_BIG:
        assert fit.device_bytes + fit.host_bytes >= sizes.total_bytes


@given(PARTS, st.integers(0, GIB), BYTES, st.integers(0, 4 * GIB))
def test_more_room_on_the_card_never_takes_layers_off_it(
    of: Parts, compute: int, room: int, more: int
) -> None:
    sizes = footprint_of(of, compute)
    small, large = (place_split(sizes, of, card, 1 << 50) for card in (room, room + more))

    assert small is not None
    assert large is not None
    assert small.gpu_layers is not None
    assert large.gpu_layers is not None
    assert large.gpu_layers >= small.gpu_layers
    if small.cpu_experts:
        assert large.cpu_experts <= small.cpu_experts
