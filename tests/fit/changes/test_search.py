"""Changes that make a model fit: their order, and that each gives the verdict it promises."""

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import given, settings

from tests.fit.changes.judged_models import (
    ENTRIES,
    M1,
    QWEN,
    VERDICT_ORDER,
    context_of,
    judged_on,
    kinds,
    kv_type_of,
    model_of,
    on_disk,
    program,
    ram,
)
from tests.fit.machines import NOT_SIZED, RAM_NAME
from tui.engine.options import KV_TYPES, LoadSettings
from tui.fit import judge as judging
from tui.fit.changes.search import cheapest_change, find_changes, smallest_setup
from tui.fit.changes.words import cost, describe, describe_with_gain, floor_words, gain
from tui.fit.contexts import CONTEXTS
from tui.fit.pools import pools
from tui.fit.verdict import Pool, Verdict
from tui.hardware.profiles import PROFILES
from tui.models.listing import catalogue_model
from tui.models.model import Model
from tui.units import GIB, MIB, format_bytes


def test_a_model_that_is_too_heavy_needs_a_smaller_quantization():
    judged = judged_on(catalogue_model(QWEN, "Q8_0"), M1)
    assert judged.fit.verdict is Verdict.TOO_BIG
    (only,) = judged.changes()
    # THEN the largest that fits is offered, Q5_K_M and Q6_K being too large
    assert (only.kind, model_of(only).quant, only.verdict) == ("quant", "Q4_K_M", Verdict.FITS)
    assert only.downloads
    assert describe_with_gain(only).startswith("to fit: quantization Q4_K_M (to download), frees 3.")


def test_a_file_on_this_disk_goes_before_a_download_that_is_no_better():
    judged = judged_on(on_disk(QWEN.name, "Q8_0"), M1)
    lighter = on_disk(QWEN.name, "Q4_K_M")
    (only,) = judged.changes((lighter, judged.model))
    assert model_of(only) == lighter
    assert not only.downloads
    assert describe(only) == "quantization Q4_K_M (on disk)"
    # WHEN the one on the disk is lighter than need be THEN the download is offered behind it
    small = on_disk(QWEN.name, "Q3_K_M")
    assert [model_of(change).quant for change in judged.changes((small,))] == ["Q3_K_M", "Q4_K_M"]


def test_cheapest_change_comes_first_with_its_gain():
    # GIVEN 300 MiB too little
    model = catalogue_model(ENTRIES["Llama-3.1-8B-Instruct"])
    room = judged_on(model, ram(0)).fit.footprint.total_bytes - 300 * MIB
    judged = judged_on(model, [Pool(RAM_NAME, "ram", room, room, 0)])
    changes = judged.changes()
    assert kinds(changes) == ["kv_type", "context", "quant"]
    assert [kv_type_of(change) for change in changes] == ["q8_0", None, None]
    assert [context_of(change) for change in changes] == [None, 4096, None]
    # 8192 cells × 32 layers × 8 heads × 128 × 2 rows at 2 bytes, and at 34/32 of one
    cells = 8192 * 32 * 8 * 128 * 2
    assert changes[0].frees_bytes == pytest.approx(cells * 2 - cells * 34 // 32, rel=0.1)
    assert gain(changes[0]) == f"frees {format_bytes(changes[0].frees_bytes)}"


def test_a_very_short_context_and_q4_0_are_the_last_resorts():
    # GIVEN 750 MiB too little, which neither q8_0 nor a context of 4096 frees
    model = catalogue_model(ENTRIES["Qwen3-8B"])
    room = judged_on(model, ram(0)).fit.footprint.total_bytes - 750 * MIB
    changes = judged_on(model, [Pool(RAM_NAME, "ram", room, room, 0)]).changes()
    assert [kv_type_of(change) or context_of(change) or model_of(change).quant for change in changes] == [
        "q4_0",
        "Q3_K_M",
        2048,
    ]
    assert "few short messages" in cost(changes[2])
    assert "download" in cost(changes[1])


def test_context_and_kv_type_are_combined_when_neither_is_enough():
    # GIVEN room that neither q8_0 nor a context of 512 alone reaches: the cache must go almost entirely
    model = catalogue_model(ENTRIES["Llama-3.1-8B-Instruct"])
    small = judged_on(model, ram(0), 512, "q4_0").fit.footprint.total_bytes
    alone = judged_on(model, ram(0), 512).fit.footprint.total_bytes
    room = (small + alone) // 2
    judged = judged_on(model, [Pool(RAM_NAME, "ram", room, room, 0)])
    pair = next(change for change in judged.changes() if change.kind == "context+kv_type")
    assert (pair.verdict, context_of(pair), kv_type_of(pair)) == (Verdict.FITS, 1024, "q4_0")
    assert "context" not in kinds(judged.changes())
    assert "kv_type" not in kinds(judged.changes())


def test_two_changes_are_combined_when_one_is_not_enough():
    judged = judged_on(catalogue_model(ENTRIES["Llama-3.1-8B-Instruct"], "Q8_0"), M1, 131072)
    changes = judged.changes()
    assert kinds(changes) == ["context+quant"]
    assert (model_of(changes[0]).quant, context_of(changes[0])) == ("Q4_K_M", 4096)
    assert describe_with_gain(changes[0]).startswith(
        "to fit: context 4096, quantization Q4_K_M (to download), frees "
    )


def test_smallest_setup_is_reported_when_nothing_helps():
    judged = judged_on(catalogue_model(ENTRIES["Llama-3.3-70B-Instruct"]), M1)
    assert judged.changes() == ()
    model, fit = smallest_setup(judged.model, judged.fit, judged.settings, judged.judge)
    assert fit.verdict is Verdict.TOO_BIG
    size = format_bytes(fit.footprint.total_bytes)
    sentence = f"Even at Q2_K with a context of 512 and a q4_0 KV cache it needs {size}."
    assert floor_words(model, fit) == sentence


def test_a_model_may_fit_where_only_the_use_of_the_card_is_unknown():
    # GIVEN a card whose driver does not say what is in use
    card, ram = pools(PROFILES["pc-12gb"], None)
    silent = [msgspec.structs.replace(card, free_known=False), ram]
    judged = judged_on(catalogue_model(QWEN), silent)
    assert (judged.fit.verdict, judged.fit.may_fit) == (Verdict.TIGHT, True)
    # THEN no change is offered, none is asked for, and no context is said to fit now
    assert judged.changes() == ()
    assert judged.fit.max_context is None
    sentence_start = floor_words(*smallest_setup(judged.model, judged.fit, judged.settings, judged.judge))
    assert sentence_start == (
        "It may fit: how much of the RTX 4070 is free cannot be read, and llmtui doctor says why."
    )
    # AND one that is too large even for the idle card is not said to fit
    assert not judged_on(catalogue_model(ENTRIES["Llama-3.3-70B-Instruct"]), silent).fit.may_fit


def test_a_model_that_fits_or_cannot_be_sized_has_no_changes():
    fitting = judged_on(catalogue_model(QWEN), M1)
    assert fitting.fit.verdict is Verdict.FITS
    assert fitting.changes() == ()
    unknown = judging.unknown(NOT_SIZED, LoadSettings())
    lost = Model("Odd", "Q8_0", GIB, None, None, None)
    assert find_changes(lost, unknown, M1, LoadSettings(), lambda *_: unknown) == ()
    assert cheapest_change(lost, unknown, LoadSettings(), lambda *_: unknown) is None


def test_a_head_that_is_not_whole_blocks_keeps_its_cache_as_it_is():
    odd = msgspec.structs.replace(catalogue_model(ENTRIES["Llama-3.1-8B-Instruct"]))
    odd = msgspec.structs.replace(
        odd, shape=msgspec.structs.replace(odd.shape, key_length=80, value_length=80)
    )
    judged = judged_on(odd, M1, 32768)
    assert judged.fit.verdict is Verdict.TOO_BIG
    assert not any(kv_type_of(change) for change in judged.changes())


def test_the_context_of_the_list_stays_where_only_the_kv_type_changes():
    # GIVEN a model that was trained for less than the list is judged for
    entry = ENTRIES["phi-4"]
    judged = judged_on(catalogue_model(entry), ram(12 * GIB, 12 * GIB), 131072)
    assert judged.fit.context == entry.shape.context_length
    (first, *_changes) = judged.changes()
    assert first.kind == "kv_type"
    assert first.apply(judged.model, judged.settings).settings.context == 131072


NAMES = sorted(ENTRIES)


@settings(max_examples=150, deadline=None)
@given(
    name=st.sampled_from(NAMES),
    quant=st.integers(0, 8),
    profile=st.sampled_from(sorted(PROFILES)),
    context=st.sampled_from(CONTEXTS[2:]),
    kv_type=st.sampled_from(KV_TYPES),
    busy=st.floats(0, 0.9),
)
def test_every_change_gives_the_verdict_that_it_promises(name, quant, profile, context, kv_type, busy):
    # GIVEN any model on any machine, with some of its memory in use
    entry = ENTRIES[name]
    model = catalogue_model(entry, entry.quants[quant % len(entry.quants)])
    busy_pools = [
        msgspec.structs.replace(pool, free_bytes=int(pool.free_bytes * (1 - busy)))
        for pool in pools(PROFILES[profile], None)
    ]
    programs = (program("browser", 2 * GIB), program("editor", 700 * MIB))
    judged = judged_on(model, busy_pools, context, kv_type)
    changes = judged.changes(programs=programs)
    if judged.fit.verdict is Verdict.FITS:
        assert changes == ()
        return
    for change in changes:
        # WHEN it is applied
        freed_bytes = sum(program.memory_bytes for program in change.programs_to_close)
        freed_pools = [
            msgspec.structs.replace(
                pool,
                free_bytes=min(pool.capacity_bytes, pool.free_bytes + freed_bytes * (pool.kind != "vram")),
            )
            for pool in busy_pools
        ]
        setup = change.apply(model, judged.settings)
        load, changed = setup.settings, setup.model
        after = judged_on(changed, freed_pools, load.context, load.kv_type, previous=judged.fit).fit
        # THEN the verdict is the promised one, better than before, and what is freed is the difference
        assert after.verdict is change.verdict
        assert VERDICT_ORDER.index(after.verdict) < VERDICT_ORDER.index(judged.fit.verdict)
        if not change.programs_to_close:
            assert change.frees_bytes == judged.fit.footprint.total_bytes - after.footprint.total_bytes
        # AND nothing gets longer or heavier
        assert after.context <= judged.fit.context
        assert changed.weights_bytes <= model.weights_bytes
        assert KV_TYPES.index(after.kv_type) >= KV_TYPES.index(judged.fit.kv_type)
    ranks = [VERDICT_ORDER.index(change.verdict) for change in changes]
    assert ranks == sorted(ranks)
    # AND the one line of the detail pane agrees, and says that nothing helps only where the smallest does not
    plain = judged.changes()
    assert cheapest_change(model, judged.fit, judged.settings, judged.judge) == (plain[0] if plain else None)
    if not plain:
        _least, floor = smallest_setup(model, judged.fit, judged.settings, judged.judge)
        assert VERDICT_ORDER.index(floor.verdict) >= VERDICT_ORDER.index(judged.fit.verdict)
