"""Moments: what of a reading goes on the timeline."""

import msgspec
import pytest

from tests.reasons import because
from tests.ui.host import card, card_reading, engine, memory, reading
from tui.hardware.reading import known, unknown
from tui.services.activity.moment import Phase, moment_of
from tui.units import GIB


def test_a_moment_has_the_figures_of_its_reading() -> None:
    sample = reading(
        load=97,
        memory_reading=memory(5.0, cache=2.0),
        gpus=(card_reading(load=21),),
        process=engine(1.0, 0.5),
    )
    moment = moment_of(sample, (card(),), 12.0, Phase.GENERATING, 40, 71.0)
    assert (moment.time, moment.wall) == (100.0, 12.0)
    assert (moment.cpu_percent, moment.gpu_percent, moment.celsius) == (97, 21, 54)
    assert moment.engine_bytes == 1.5 * GIB
    # The mapped weights are in use, as on the gauge.
    assert moment.memory_used == 5.5 * GIB
    assert moment.memory_total == 8 * GIB
    assert moment.vram_total == 12 * GIB
    assert (moment.phase, moment.tokens, moment.rate) == (Phase.GENERATING, 40, 71.0)


def test_memory_of_a_gpu_that_shares_it_is_no_vram() -> None:
    moment = moment_of(reading(gpus=(card_reading(),)), (card(shares=True),), 0.0)
    assert (moment.vram_used, moment.vram_total) == (None, None)
    assert moment.gpu_percent == 21


def test_of_several_gpus_the_busiest_and_the_hottest_count_and_their_memory_adds_up() -> None:
    hot = msgspec.structs.replace(card_reading(1, load=80, used=2.0), temperature_celsius=known(81.0, "test"))
    sample = reading(gpus=(card_reading(0, load=None, used=5.0), hot, card_reading(2, load=3, used=1.0)))
    moment = moment_of(sample, (card(0), card(1), card(2, shares=True)), 0.0)
    assert (moment.gpu_percent, moment.celsius) == (80, 81)
    assert (moment.vram_used, moment.vram_total) == (7 * GIB, 24 * GIB)


def test_card_without_a_memory_figure_is_left_out_of_the_sums() -> None:
    silent = msgspec.structs.replace(card_reading(1), memory_used_bytes=unknown(because("asleep")))
    moment = moment_of(reading(gpus=(card_reading(0, used=5.0), silent)), (card(0), card(1)), 0.0)
    assert (moment.vram_used, moment.vram_total) == (5 * GIB, 12 * GIB)
    moment = moment_of(reading(gpus=(silent,)), (card(1),), 0.0)
    assert (moment.vram_used, moment.vram_total) == (None, None)


def test_processor_is_one_of_the_temperatures() -> None:
    sample = msgspec.structs.replace(
        reading(gpus=(card_reading(),)), cpu_temperature_celsius=known(90.0, "test")
    )
    assert moment_of(sample, (card(),), 0.0).celsius == 90.0


def test_an_unknown_figure_stays_unknown() -> None:
    sample = msgspec.structs.replace(reading(load=None), memory=unknown(because("not told")))
    moment = moment_of(sample, (), 0.0)
    for name in ("cpu_percent", "gpu_percent", "celsius", "memory_used", "memory_total", "engine_bytes"):
        assert getattr(moment, name) is None
    assert moment.watts is None
    assert moment.watts_reason is not None


@pytest.mark.parametrize(
    ("phases", "greatest"),
    [
        ((Phase.READING, Phase.IDLE, Phase.LOADING), Phase.READING),
        ((Phase.LOADING, Phase.GENERATING, Phase.READING), Phase.GENERATING),
    ],
)
def test_phases_are_ordered_by_what_matters_most_in_a_column(
    phases: tuple[Phase, ...], greatest: Phase
) -> None:
    assert max(phases) is greatest
