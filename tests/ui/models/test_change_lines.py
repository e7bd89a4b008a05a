"""Lines of the changes that would make a model fit."""

import msgspec
import pytest
from rich.cells import cell_len

from tests.ui.model_samples import POOL, fit, model
from tui.fit.changes.change import Change
from tui.fit.changes.context import ShorterContext
from tui.fit.changes.kv_type import SmallerKvType
from tui.fit.changes.offer import Offer
from tui.fit.changes.programs import ClosePrograms
from tui.fit.changes.quantization import LighterQuantization
from tui.fit.changes.words import describe
from tui.fit.verdict import Verdict
from tui.hardware.programs import ProcessId, Program
from tui.ui.kit.pieces import plain
from tui.ui.models.change_lines import change_lines, hint_fields, no_change_text
from tui.ui.models.verdicts import VERDICTS
from tui.units import GIB, MIB

FIREFOX = Program(
    "firefox", tuple(ProcessId(n, 1.0) for n in range(12)), (ProcessId(0, 1.0),), 2 * GIB + 100 * MIB
)


KV = Change((SmallerKvType("q8_0"),), 410 * MIB, Verdict.FITS)


CONTEXT = Change((ShorterContext(2048),), 800 * MIB, Verdict.FITS)


CLOSE = Change((ClosePrograms((FIREFOX,)),), FIREFOX.memory_bytes, Verdict.FITS)


QUANT = Change((LighterQuantization(model("Qwen2.5-7B-Instruct", "Q3_K_M")),), 3 * GIB, Verdict.TIGHT)


ALL = (KV, CONTEXT, CLOSE, QUANT)


OFFER = Offer(model("Qwen2.5-7B-Instruct"), fit(Verdict.TIGHT), ALL)


@pytest.mark.parametrize("width", [40, 56, 72, 88])
def test_every_line_says_what_it_frees_and_the_verdict_in_words(width: int):
    for change, line in zip(ALL, change_lines(ALL, width), strict=True):
        look = VERDICTS[change.verdict]
        assert cell_len(plain(line)) <= width
        assert plain(line).endswith(f"{look.glyph} {look.word}")
        assert "frees" in plain(line)


def test_lines_stand_in_columns():
    lines = [plain(line) for line in change_lines(ALL, 88)]
    assert lines[0].startswith("KV cache q8_0 ")
    assert (
        len({line.index(VERDICTS[change.verdict].glyph) for change, line in zip(ALL, lines, strict=True)})
        == 1
    )


def test_a_program_with_a_hostile_name_is_only_text():
    evil = msgspec.structs.replace(FIREFOX, name="[red]x\x1b[2J[/red]")
    assert describe(msgspec.structs.replace(CLOSE, steps=(ClosePrograms((evil,)),))) == "close [red]x[/red]"


def test_the_hint_names_the_cheapest_change_and_the_key():
    assert hint_fields(KV, None) == ("to fit: KV q8_0 frees 410 MiB", "c for more")
    assert hint_fields(QUANT, None)[0] == "to be tight: Q3_K_M frees 3.00 GiB"
    assert hint_fields(None, (OFFER.model, fit(Verdict.TOO_BIG, total=21))) == (
        "nothing here makes it fit",
        "even Q4_K_M, KV f16, context 8192 needs 21.0 GiB",
    )
    assert hint_fields(None, None) == ()
    silent = msgspec.structs.replace(POOL, device="RTX 4070", free_known=False)
    tight = msgspec.structs.replace(fit(Verdict.TIGHT), pool=silent)
    assert hint_fields(None, (OFFER.model, tight)) == ("may fit: the free memory there is unknown",)
    assert no_change_text(Offer(OFFER.model, tight, (), (OFFER.model, tight))).startswith("It may fit: ")


def test_model_that_fits_has_the_memory_that_is_left():
    text = no_change_text(Offer(OFFER.model, fit(total=2), ()))
    # 5 GiB are free, half of one is the reserve
    assert text.startswith("It fits as it is. It leaves 2.50 GiB of unified memory free, besides 512 MiB for")
    assert text.endswith("A context of up to 24576 fits now.")
