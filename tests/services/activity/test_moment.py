"""A reading in the figures that the timeline draws."""

from tests.ui.host import card, card_reading, engine, memory, reading
from tui.services.activity.moment import Phase, moment_of
from tui.units import GIB


def test_a_moment_has_the_figures_of_its_reading() -> None:
    one = reading(
        load=97, held=memory(5.0, cache=2.0), gpus=(card_reading(load=21),), process=engine(1.0, 0.5)
    )
    moment = moment_of(one, (card(),), 12.0, Phase.GENERATING, 40, 71.0)
    assert (moment.cpu_percent, moment.gpu_percent, moment.celsius) == (97, 21, 54)
    assert moment.engine_bytes == 1.5 * GIB
    # The mapped weights are in use, as on the gauge.
    assert moment.memory_used == 5.5 * GIB
    assert moment.vram_total == 12 * GIB
    assert (moment.phase, moment.tokens, moment.rate) == (Phase.GENERATING, 40, 71.0)


def test_memory_of_a_gpu_that_shares_it_is_no_vram() -> None:
    moment = moment_of(reading(gpus=(card_reading(),)), (card(shares=True),), 0.0)
    assert moment.vram_used is None


def test_an_unknown_figure_stays_unknown() -> None:
    moment = moment_of(reading(load=None), (), 0.0)
    assert moment.cpu_percent is None
    assert moment.gpu_percent is None
    assert moment.watts is None
    assert moment.watts_reason
