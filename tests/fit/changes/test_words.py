"""Changes in words: what to do, its gain and its cost, and what is said where nothing helps."""

import msgspec
import pytest

from tests.fit.changes.judged_models import M1, QWEN, judged_on, program
from tui.fit.changes.change import Change
from tui.fit.changes.context import ShorterContext
from tui.fit.changes.kv_type import SmallerKvType
from tui.fit.changes.programs import ClosePrograms
from tui.fit.changes.quantization import LighterQuantization
from tui.fit.changes.words import (
    cost,
    describe,
    describe_briefly,
    describe_with_gain,
    floor_words,
    floor_words_briefly,
    gain,
    process_count,
)
from tui.fit.verdict import Verdict
from tui.hardware.programs import ProcessId, Program
from tui.models.listing import catalogue_model
from tui.units import MIB, format_bytes

CHANGE = Change(
    (ShorterContext(4096), LighterQuantization(catalogue_model(QWEN, "Q3_K_M"))), 420 * MIB, Verdict.FITS
)
FLOOR = judged_on(catalogue_model(QWEN), M1).fit


def test_a_change_is_the_words_of_its_steps():
    assert describe(CHANGE) == "context 4096, quantization Q3_K_M (to download)"
    assert describe_briefly(CHANGE) == "Q3_K_M, context 4096"


@pytest.mark.parametrize(("verdict", "start"), [(Verdict.FITS, "to fit: "), (Verdict.TIGHT, "to be tight: ")])
def test_sentence_has_the_verdict_and_the_gain(verdict: Verdict, start: str):
    change = msgspec.structs.replace(CHANGE, verdict=verdict)
    assert describe_with_gain(change) == f"{start}{describe(CHANGE)}, frees 420 MiB"


def test_memory_freed_by_programs_is_rounded():
    closing = Change((ClosePrograms((program("browser", 420 * MIB),)),), 420 * MIB, Verdict.FITS)
    assert gain(closing) == "frees about 420 MiB"


def test_the_cost_of_settings_goes_before_that_of_the_model():
    sentences = cost(CHANGE)
    limit, follows, bits = (
        sentences.index(part)
        for part in ("at most 4096 tokens", "Every verdict follows.", "Fewer bits a weight")
    )
    assert limit < follows < bits
    cache_only = Change((SmallerKvType("q8_0"),), MIB, Verdict.FITS)
    assert cost(cache_only).endswith("Every verdict follows.")
    assert "verdict" not in cost(Change((LighterQuantization(catalogue_model(QWEN)),), MIB, Verdict.FITS))


def test_processes_are_counted_over_all_programs():
    process = ProcessId(1, 1.0)
    assert process_count((Program("mail", (process,), (process,), MIB),)) == "1 process"
    assert process_count((program("mail", MIB), program("browser", MIB))) == "2 processes"


def test_smallest_possible_size_is_named_when_nothing_helps():
    size = format_bytes(FLOOR.footprint.total_bytes)
    model = catalogue_model(QWEN, "Q2_K")
    assert (
        floor_words(model, FLOOR)
        == f"Even at Q2_K with a context of 8192 and a f16 KV cache it needs {size}."
    )
    assert floor_words_briefly(model, FLOOR) == f"even Q2_K, KV f16, context 8192 needs {size}"


def test_a_floor_of_unknown_size_promises_nothing():
    unsized = msgspec.structs.replace(FLOOR, footprint=None)
    assert floor_words(catalogue_model(QWEN), unsized) == "Nothing here would make it fit."
    assert floor_words_briefly(catalogue_model(QWEN), unsized).endswith("needs n/a")
