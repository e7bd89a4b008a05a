"""What would make a model fit: which changes, in what order, and that each keeps its promise."""

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import given, settings

from tests.fit.machines import CARD_NAME, NOT_SIZED, RAM_NAME, footprint
from tui.engine.options import KV_TYPES, LoadSettings
from tui.fit import judge as judging
from tui.fit.board import fit_model, settings_for
from tui.fit.changes.change import Change
from tui.fit.changes.context import ShorterContext
from tui.fit.changes.kv_type import SmallerKvType
from tui.fit.changes.offer import ChangeStart, judge_by_formula, make_offer, settle
from tui.fit.changes.search import Judge, cheapest_change, find_changes, smallest_setup
from tui.fit.changes.words import cost, describe, describe_with_gain, floor_words, gain
from tui.fit.contexts import CONTEXTS
from tui.fit.plans import Sized
from tui.fit.pools import pools
from tui.fit.sizing import Sizer
from tui.fit.verdict import Fit, Pool, Verdict
from tui.hardware.profiles import PROFILES
from tui.hardware.programs import ProcessId, Program
from tui.models.catalogue.catalogue import load_catalogue
from tui.models.listing import catalogue_model
from tui.models.model import Model, ModelFile
from tui.units import GIB, MIB, format_bytes

ENTRIES = {entry.name: entry for entry in load_catalogue().entries}
QWEN = ENTRIES["Qwen2.5-7B-Instruct"]
M1 = pools(PROFILES["m1-8gb"], None)
ORDER = list(Verdict)
BY_FORMULA = Sizer(None)


class Asked(msgspec.Struct):
    """A model under a verdict, and a judge of other settings."""

    model: Model
    fit: Fit
    pools: list[Pool]
    settings: LoadSettings
    judge: Judge

    def changes(
        self, others: tuple[Model, ...] = (), programs: tuple[Program, ...] = ()
    ) -> tuple[Change, ...]:
        return find_changes(self.model, self.fit, self.pools, self.settings, self.judge, others, programs)


def asked(
    model: Model, on: list[Pool], context: int = 8192, kv_type: str = "f16", previous: Fit | None = None
) -> Asked:
    load = LoadSettings(context=context, kv_type=kv_type)
    own = settings_for(model, load)
    fit = fit_model(model, BY_FORMULA.known_size(model, own), on, own, previous)
    return Asked(model, fit, on, load, judge_by_formula(ChangeStart(model, fit, load), BY_FORMULA, on))


def on_disk(name: str, quant: str) -> Model:
    model = catalogue_model(ENTRIES[name], quant)
    path = f"/models/{name}-{quant}.gguf"
    file = ModelFile(path, (path,), 1, 0, name, quant, "test", model.weights_bytes, model.shape)
    return msgspec.structs.replace(model, file=file)


def program(name: str, memory: int, pid: int = 100) -> Program:
    process = ProcessId(pid, 1.0)
    return Program(name, (process,), (process,), memory)


def model_of(change: Change) -> Model:
    return change.apply(catalogue_model(QWEN), LoadSettings()).model


def context_of(change: Change) -> int | None:
    return next((step.context for step in change.steps if isinstance(step, ShorterContext)), None)


def kv_type_of(change: Change) -> str | None:
    return next((step.kv_type for step in change.steps if isinstance(step, SmallerKvType)), None)


def kinds(found: tuple[Change, ...]) -> list[str]:
    return [change.kind for change in found]


def ram(free: int, capacity: int = 16 * GIB) -> list[Pool]:
    return [Pool(RAM_NAME, "ram", capacity, free, GIB)]


def test_a_model_that_is_too_heavy_needs_a_smaller_quantization():
    question = asked(catalogue_model(QWEN, "Q8_0"), M1)
    assert question.fit.verdict is Verdict.TOO_BIG
    (only,) = question.changes()
    # THEN the largest that fits is offered, Q5_K_M and Q6_K being too large
    assert (only.kind, model_of(only).quant, only.verdict) == ("quant", "Q4_K_M", Verdict.FITS)
    assert only.downloads
    assert describe_with_gain(only).startswith("to fit: quantization Q4_K_M (to download), frees 3.")


def test_a_file_on_this_disk_goes_before_a_download_that_is_no_better():
    question = asked(on_disk(QWEN.name, "Q8_0"), M1)
    here = on_disk(QWEN.name, "Q4_K_M")
    (only,) = question.changes((here, question.model))
    assert model_of(only) == here
    assert not only.downloads
    assert describe(only) == "quantization Q4_K_M (on disk)"
    # WHEN the one on the disk is lighter than need be THEN the download is offered behind it
    small = on_disk(QWEN.name, "Q3_K_M")
    assert [model_of(change).quant for change in question.changes((small,))] == ["Q3_K_M", "Q4_K_M"]


def test_the_cheapest_comes_first_and_each_says_what_it_frees():
    # GIVEN 300 MiB too little
    model = catalogue_model(ENTRIES["Llama-3.1-8B-Instruct"])
    room = asked(model, ram(0)).fit.footprint.total_bytes - 300 * MIB
    question = asked(model, [Pool(RAM_NAME, "ram", room, room, 0)])
    found = question.changes()
    assert kinds(found) == ["kv_type", "context", "quant"]
    assert [kv_type_of(change) for change in found] == ["q8_0", None, None]
    assert [context_of(change) for change in found] == [None, 4096, None]
    # 8192 cells × 32 layers × 8 heads × 128 × 2 rows at 2 bytes, and at 34/32 of one
    cells = 8192 * 32 * 8 * 128 * 2
    assert found[0].frees_bytes == pytest.approx(cells * 2 - cells * 34 // 32, rel=0.1)
    assert gain(found[0]) == f"frees {format_bytes(found[0].frees_bytes)}"


def test_a_very_short_context_and_q4_0_are_the_last_resorts():
    # GIVEN 750 MiB too little, which neither q8_0 nor a context of 4096 frees
    model = catalogue_model(ENTRIES["Qwen3-8B"])
    room = asked(model, ram(0)).fit.footprint.total_bytes - 750 * MIB
    found = asked(model, [Pool(RAM_NAME, "ram", room, room, 0)]).changes()
    assert [kv_type_of(change) or context_of(change) or model_of(change).quant for change in found] == [
        "q4_0",
        "Q3_K_M",
        2048,
    ]
    assert "few short messages" in cost(found[2])
    assert "download" in cost(found[1])


def test_context_and_kv_type_together_where_neither_is_enough():
    # GIVEN room that neither q8_0 nor a context of 512 alone reaches: the cache must go almost entirely
    model = catalogue_model(ENTRIES["Llama-3.1-8B-Instruct"])
    small = asked(model, ram(0), 512, "q4_0").fit.footprint.total_bytes
    alone = asked(model, ram(0), 512).fit.footprint.total_bytes
    room = (small + alone) // 2
    question = asked(model, [Pool(RAM_NAME, "ram", room, room, 0)])
    pair = next(change for change in question.changes() if change.kind == "context+kv_type")
    assert (pair.verdict, context_of(pair), kv_type_of(pair)) == (Verdict.FITS, 1024, "q4_0")
    assert "context" not in kinds(question.changes())
    assert "kv_type" not in kinds(question.changes())


def test_two_changes_where_one_is_not_enough():
    question = asked(catalogue_model(ENTRIES["Llama-3.1-8B-Instruct"], "Q8_0"), M1, 131072)
    found = question.changes()
    assert kinds(found) == ["context+quant"]
    assert (model_of(found[0]).quant, context_of(found[0])) == ("Q4_K_M", 4096)
    assert describe_with_gain(found[0]).startswith(
        "to fit: context 4096, quantization Q4_K_M (to download), frees "
    )


def test_where_nothing_helps_the_smallest_is_told():
    question = asked(catalogue_model(ENTRIES["Llama-3.3-70B-Instruct"]), M1)
    assert question.changes() == ()
    model, fit = smallest_setup(question.model, question.fit, question.settings, question.judge)
    assert fit.verdict is Verdict.TOO_BIG
    size = format_bytes(fit.footprint.total_bytes)
    told = f"Even at Q2_K with a context of 512 and a q4_0 KV cache it needs {size}."
    assert floor_words(model, fit) == told


def test_a_tight_model_fits_once_a_program_is_closed():
    model = catalogue_model(QWEN)
    need = asked(model, ram(GIB)).fit.footprint.total_bytes
    # GIVEN 1 GiB too little to keep the reserve of 1 GiB, and a sixteenth of a GiB to hold the verdict steady
    question = asked(model, ram(need))
    assert question.fit.verdict is Verdict.TIGHT
    programs = (program("editor", GIB), program("browser", 3 * GIB), program("mail", 2 * GIB))
    found = [change for change in question.changes(programs=programs) if change.kind == "close"]
    # THEN each that is enough alone is offered, the smallest first
    assert [change.programs_to_close[0].name for change in found] == ["mail", "browser"]
    assert [change.frees_bytes for change in found] == [2 * GIB, 3 * GIB]
    assert {change.verdict for change in found} == {Verdict.FITS}
    assert gain(found[0]) == "frees about 2.00 GiB"


def test_programs_close_together_where_none_is_enough_alone():
    model = catalogue_model(QWEN)
    need = asked(model, ram(GIB)).fit.footprint.total_bytes
    question = asked(model, ram(need))
    programs = tuple(program(f"program {n}", n * 300 * MIB) for n in (1, 2, 3))
    (change,) = [each for each in question.changes(programs=programs) if each.kind == "close"]
    assert [each.name for each in change.programs_to_close] == ["program 3", "program 2"]
    assert not [each for each in question.changes(programs=programs[:1]) if each.kind == "close"]


def test_closing_programs_is_not_offered_where_it_cannot_help():
    big = (program("browser", 8 * GIB),)
    assert "close" not in kinds(asked(catalogue_model(QWEN, "Q8_0"), M1).changes(programs=big))
    # A card's memory is not what a browser's processes hold.
    tight = judging.judge(
        footprint(11 * GIB), [Pool(CARD_NAME, "vram", 12 * GIB, 5 * GIB, 0), *ram(9 * GIB)], LoadSettings()
    )
    assert tight.verdict is Verdict.TIGHT
    question = Asked(
        catalogue_model(QWEN),
        tight,
        [Pool(CARD_NAME, "vram", 12 * GIB, 5 * GIB, 0)],
        LoadSettings(),
        lambda *_: tight,
    )
    assert question.changes(programs=big) == ()


def test_where_only_the_use_of_the_card_is_unknown_it_is_said_that_it_may_fit():
    # GIVEN a card whose driver does not say what is in use
    card, ram = pools(PROFILES["pc-12gb"], None)
    silent = [msgspec.structs.replace(card, free_known=False), ram]
    question = asked(catalogue_model(QWEN), silent)
    assert (question.fit.verdict, question.fit.may_fit) == (Verdict.TIGHT, True)
    # THEN no change is offered, none is asked for, and no context is said to fit now
    assert question.changes() == ()
    assert question.fit.max_context is None
    words = floor_words(*smallest_setup(question.model, question.fit, question.settings, question.judge))
    assert words == (
        "It may fit: how much of the RTX 4070 is free cannot be read, and llmtui doctor says why."
    )
    # AND one that is too large even for the idle card is not said to fit
    assert not asked(catalogue_model(ENTRIES["Llama-3.3-70B-Instruct"]), silent).fit.may_fit


def test_a_model_that_fits_or_cannot_be_sized_has_no_changes():
    fitting = asked(catalogue_model(QWEN), M1)
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
    question = asked(odd, M1, 32768)
    assert question.fit.verdict is Verdict.TOO_BIG
    assert not any(kv_type_of(change) for change in question.changes())


def test_the_context_of_the_list_stays_where_only_the_kv_type_changes():
    # GIVEN a model that was trained for less than the list is judged for
    entry = ENTRIES["phi-4"]
    question = asked(catalogue_model(entry), ram(12 * GIB, 12 * GIB), 131072)
    assert question.fit.context == entry.shape.context_length
    (first, *_others) = question.changes()
    assert first.kind == "kv_type"
    assert first.apply(question.model, question.settings).settings.context == 131072


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
    now = [
        msgspec.structs.replace(pool, free_bytes=int(pool.free_bytes * (1 - busy)))
        for pool in pools(PROFILES[profile], None)
    ]
    programs = (program("browser", 2 * GIB), program("editor", 700 * MIB))
    question = asked(model, now, context, kv_type)
    found = question.changes(programs=programs)
    if question.fit.verdict is Verdict.FITS:
        assert found == ()
        return
    for change in found:
        # WHEN it is applied
        freed = sum(each.memory_bytes for each in change.programs_to_close)
        then = [
            msgspec.structs.replace(
                pool, free_bytes=min(pool.capacity_bytes, pool.free_bytes + freed * (pool.kind != "vram"))
            )
            for pool in now
        ]
        setup = change.apply(model, question.settings)
        load, other = setup.settings, setup.model
        after = asked(other, then, load.context, load.kv_type, previous=question.fit).fit
        # THEN the verdict is the promised one, better than before, and what is freed is the difference
        assert after.verdict is change.verdict
        assert ORDER.index(after.verdict) < ORDER.index(question.fit.verdict)
        if not change.programs_to_close:
            assert change.frees_bytes == question.fit.footprint.total_bytes - after.footprint.total_bytes
        # AND nothing gets longer or heavier
        assert after.context <= question.fit.context
        assert other.weights_bytes <= model.weights_bytes
        assert KV_TYPES.index(after.kv_type) >= KV_TYPES.index(question.fit.kv_type)
    ranks = [ORDER.index(change.verdict) for change in found]
    assert ranks == sorted(ranks)
    # AND the one line of the detail pane agrees, and says that nothing helps only where the smallest does not
    plain = question.changes()
    assert cheapest_change(model, question.fit, question.settings, question.judge) == (
        plain[0] if plain else None
    )
    if not plain:
        _least, floor = smallest_setup(model, question.fit, question.settings, question.judge)
        assert ORDER.index(floor.verdict) >= ORDER.index(question.fit.verdict)


def test_near_a_footprint_of_the_engine_only_the_difference_is_estimated():
    model = catalogue_model(QWEN)
    load = LoadSettings()
    by_formula = BY_FORMULA.known_size(model, load).footprint
    # GIVEN an engine that found 40 MiB more in the buffers than the closed form
    told = msgspec.structs.replace(
        by_formula, source="engine", compute_bytes=by_formula.compute_bytes + 40 * MIB
    )
    fit = fit_model(model, Sized(told), ram(3 * GIB), load)
    judge = judge_by_formula(ChangeStart(model, fit, load), BY_FORMULA, ram(3 * GIB))
    shorter = msgspec.structs.replace(load, context=2048)
    after = judge(model, shorter).footprint
    assert after.total_bytes == BY_FORMULA.known_size(model, shorter).footprint.total_bytes + 40 * MIB
    assert after.source == "formula"


class Engine:
    """A sizer that knows a size only once it was asked, and finds 1 GiB more than the closed form."""

    def __init__(self) -> None:
        self.asked: set[tuple[str, LoadSettings]] = set()

    def known_size(self, model: Model, load: LoadSettings) -> Sized:
        size = BY_FORMULA.known_size(model, load).footprint
        if not self.needs_engine(model, load):
            size = msgspec.structs.replace(size, source="engine", compute_bytes=size.compute_bytes + GIB)
        return Sized(size)

    def needs_engine(self, model: Model, load: LoadSettings) -> bool:
        return (model.key, load) not in self.asked

    async def size_quickly(self, model: Model, load: LoadSettings) -> Sized:
        self.asked.add((model.key, load))
        return self.known_size(model, load)


async def test_every_size_on_offer_is_the_engines_own():
    model, load, sizer = catalogue_model(QWEN, "Q8_0"), LoadSettings(), Engine()
    fit = fit_model(model, sizer.known_size(model, load), M1, load)
    offer = await make_offer(ChangeStart(model, fit, load), sizer, M1, ())
    # THEN what the formula lets through, Q4_K_M, is not offered, for the engine says that it does not fit
    assert [model_of(change).quant for change in offer.changes if change.kind == "quant"] == ["Q3_K_M"]
    for change in offer.changes:
        setup = change.apply(model, load)
        other, its_load = setup.model, setup.settings
        assert (other.key, its_load) in sizer.asked
        assert (
            sizer.known_size(other, its_load).footprint.total_bytes
            == fit.footprint.total_bytes - change.frees_bytes
        )
    assert offer.floor is None


async def test_an_answer_that_asks_for_nothing_is_given_at_once():
    fit = asked(catalogue_model(QWEN), M1).fit
    start = ChangeStart(catalogue_model(QWEN), fit, LoadSettings())
    assert await settle(start, BY_FORMULA, M1, lambda _judge: 7) == 7


@pytest.mark.parametrize("name", ["Llama-3.3-70B-Instruct", "Qwen2.5-7B-Instruct"])
async def test_an_offer_has_either_changes_or_the_smallest_or_fits(name: str):
    question = asked(catalogue_model(ENTRIES[name]), M1)
    offer = await make_offer(ChangeStart(question.model, question.fit, question.settings), BY_FORMULA, M1, ())
    assert bool(offer.floor) == (question.fit.verdict is not Verdict.FITS)
    assert offer.changes == ()
