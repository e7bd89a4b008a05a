"""Programs to close: the smallest that are enough, alone or together."""

import msgspec

from tests.fit.changes.judged_models import (
    M1,
    QWEN,
    JudgedModel,
    judged_on,
    kinds,
    program,
    ram,
)
from tests.fit.machines import CARD_NAME, footprint
from tests.reasons import sentence_of
from tui.engine.options import LoadSettings
from tui.fit import judge as judging
from tui.fit.changes.programs import ClosePrograms, program_names, programs_to_close
from tui.fit.changes.step import Setup
from tui.fit.changes.words import gain
from tui.fit.verdict import Pool, Verdict
from tui.models.listing import catalogue_model
from tui.units import GIB, MIB


def test_a_tight_model_fits_once_a_program_is_closed():
    model = catalogue_model(QWEN)
    need = judged_on(model, ram(GIB)).fit.footprint.total_bytes
    # GIVEN 1 GiB too little to keep the reserve of 1 GiB, and a sixteenth of a GiB to hold the verdict steady
    judged = judged_on(model, ram(need))
    assert judged.fit.verdict is Verdict.TIGHT
    programs = (program("editor", GIB), program("browser", 3 * GIB), program("mail", 2 * GIB))
    changes = [change for change in judged.changes(programs=programs) if change.kind == "close"]
    # THEN each that is enough alone is offered, the smallest first
    assert [change.programs_to_close[0].name for change in changes] == ["mail", "browser"]
    assert [change.frees_bytes for change in changes] == [2 * GIB, 3 * GIB]
    assert {change.verdict for change in changes} == {Verdict.FITS}
    assert gain(changes[0]) == "frees about 2.00 GiB"


def test_several_programs_are_combined_when_one_is_not_enough():
    model = catalogue_model(QWEN)
    need = judged_on(model, ram(GIB)).fit.footprint.total_bytes
    judged = judged_on(model, ram(need))
    programs = tuple(program(f"program {n}", n * 300 * MIB) for n in (1, 2, 3))
    (change,) = [change for change in judged.changes(programs=programs) if change.kind == "close"]
    assert [program.name for program in change.programs_to_close] == ["program 3", "program 2"]
    assert not [change for change in judged.changes(programs=programs[:1]) if change.kind == "close"]


def test_closing_programs_is_not_offered_where_it_cannot_help():
    big = (program("browser", 8 * GIB),)
    assert "close" not in kinds(judged_on(catalogue_model(QWEN, "Q8_0"), M1).changes(programs=big))
    # A card's memory is not what a browser's processes hold.
    tight = judging.judge(
        footprint(11 * GIB), [Pool(CARD_NAME, "vram", 12 * GIB, 5 * GIB, 0), *ram(9 * GIB)], LoadSettings()
    )
    assert tight.verdict is Verdict.TIGHT
    judged = JudgedModel(
        catalogue_model(QWEN),
        tight,
        [Pool(CARD_NAME, "vram", 12 * GIB, 5 * GIB, 0)],
        LoadSettings(),
        lambda *_: tight,
    )
    assert judged.changes(programs=big) == ()


def test_a_setup_with_programs_to_close_keeps_model_and_settings():
    browser, mail = program("browser", GIB), program("mail", 2 * GIB)
    step = ClosePrograms((browser, mail))
    setup = step.apply(Setup(catalogue_model(QWEN), LoadSettings()))
    assert setup == Setup(catalogue_model(QWEN), LoadSettings(), (browser, mail))
    assert step.memory_bytes == 3 * GIB
    assert step.describe() == step.describe_briefly()
    assert sentence_of(step.describe()) == "close browser, mail"
    (loss,) = step.cost()
    assert "Unsaved work" in sentence_of(loss)


def test_the_name_of_a_program_is_cleaned():
    assert program_names((program("bad\x1b[31mname", GIB),)) == "badname"


def test_without_a_footprint_no_program_is_enough():
    tight = judged_on(catalogue_model(QWEN), ram(GIB)).fit
    unsized = msgspec.structs.replace(tight, verdict=Verdict.TIGHT, footprint=None)
    assert programs_to_close(unsized, ram(GIB), LoadSettings(), (program("browser", 9 * GIB),)) == []
