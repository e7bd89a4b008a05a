"""Changes: their kind, their rank, and which one of several is the best."""

from tests.fit.changes.judged_models import QWEN, program
from tui.engine.options import LoadSettings
from tui.fit.changes.change import Change, first_best, most_usable
from tui.fit.changes.context import ShorterContext
from tui.fit.changes.kv_type import SmallerKvType
from tui.fit.changes.programs import ClosePrograms
from tui.fit.changes.quantization import LighterQuantization
from tui.fit.changes.step import Setup
from tui.fit.verdict import Verdict
from tui.models.listing import catalogue_model

LIGHTER = catalogue_model(QWEN, "Q3_K_M")
BROWSER = program("browser", 1000)


def shortening(context: int, verdict: Verdict = Verdict.FITS) -> Change:
    return Change((ShorterContext(context),), 100, verdict)


def test_the_kinds_of_its_steps_are_joined_in_alphabetical_order():
    change = Change((SmallerKvType("q8_0"), ShorterContext(2048)), 100, Verdict.FITS)
    assert change.kind == "context+kv_type"


def test_its_steps_are_applied_one_after_another():
    change = Change(
        (ShorterContext(2048), SmallerKvType("q8_0"), LighterQuantization(LIGHTER)), 0, Verdict.FITS
    )
    setup = change.apply(catalogue_model(QWEN), LoadSettings(context=8192))
    assert setup == Setup(LIGHTER, LoadSettings(context=2048, kv_type="q8_0"))


def test_a_change_has_the_properties_of_its_steps():
    closing = Change((ClosePrograms((BROWSER,)),), 1000, Verdict.FITS)
    assert (closing.gain_is_rough, closing.changes_settings) == (True, False)
    assert closing.programs_to_close == (BROWSER,)
    context = shortening(2048)
    assert (context.gain_is_rough, context.changes_settings, context.is_usable) == (False, True, False)
    assert context.programs_to_close == ()
    download = Change((LighterQuantization(LIGHTER),), 100, Verdict.FITS)
    assert (download.downloads, download.is_usable, context.downloads) == (True, True, False)


def test_the_search_ends_with_the_first_change_that_fits():
    tight, fits = shortening(4096, Verdict.TIGHT), shortening(2048)

    def changes():
        yield None
        yield tight
        yield fits
        raise AssertionError("looked further than needed")

    assert first_best(changes()) is fits
    assert first_best([shortening(4096, Verdict.SPLIT), tight, shortening(512, Verdict.TIGHT)]) is tight
    assert first_best([None]) is None


def test_best_verdict_prefers_a_usable_context_then_the_longest():
    usable, longest = shortening(4096), shortening(2048)
    assert most_usable([shortening(8192, Verdict.TIGHT), longest, usable]) is usable
    assert most_usable([shortening(512), longest, None]) is longest
    assert most_usable([]) is None
