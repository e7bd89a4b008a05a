"""Three picks that differ, and the reasons why others are not among them."""

import pytest

from tests.services.picks.samples import CODE, coding, evidence, judged
from tui.fit.verdict import Verdict
from tui.models.evidence.evidence import Evidence
from tui.services.picks.recommendation import recommend
from tui.services.sizing import JudgedModel

FIGURES = coding({"big": 40, "mid": 30, "small": 20, "strange": 25, "huge": 60} | {"w1": 5, "w2": 6, "w3": 7})
WEAK = [judged(name) for name in ("w1", "w2", "w3")]
"""Models that stand last, so that the better half holds three."""


def picked(models: list[JudgedModel], figures: Evidence = FIGURES, count: int = 3) -> list[tuple[str, str]]:
    result = recommend(models, CODE, figures, count=count)
    return [(pick.role, pick.candidate.name) for pick in result.picks]


def test_picks_the_best_a_faster_and_one_of_another_maker():
    models = [
        judged("big", speed=10.0),
        judged("mid", speed=15.0),
        judged("small", speed=40.0),
        judged("strange", speed=12.0, publisher="Other"),
        *WEAK,
    ]
    assert picked(models) == [("best", "big"), ("faster", "small"), ("other maker", "strange")]
    assert picked(models, count=4)[3] == ("next", "mid")
    assert picked(models, count=1) == [("best", "big")]


def test_picks_one_that_answers_at_once_where_the_best_thinks():
    models = [judged("big", thinking="yes"), judged("mid", speed=10.0), judged("small", thinking="yes")]
    assert picked(models)[1] == ("faster", "mid")


def test_picks_a_freer_licence_where_all_are_of_one_maker():
    models = [judged("big", commercial="conditions"), judged("mid", commercial="no"), judged("small"), *WEAK]
    assert picked(models)[1] == ("other maker", "small")


def test_picks_no_faster_one_from_the_weaker_half_or_where_the_best_is_quick():
    models = [judged("big", speed=10.0), judged("mid", speed=11.0), judged("small", speed=40.0)]
    assert picked(models)[1] == ("next", "mid")
    models = [judged("big", speed=60.0), judged("mid", speed=500.0), judged("small"), *WEAK]
    assert picked(models)[1] == ("next", "mid")


def test_fills_the_picks_with_the_next_in_order():
    assert picked([judged("small"), judged("big"), judged("mid")]) == [
        ("best", "big"),
        ("next", "mid"),
        ("next", "small"),
    ]


def test_says_why_good_models_of_a_size_for_the_machine_are_not_picked():
    models = [
        judged("small", size=3),
        judged("big", verdict=Verdict.TOO_BIG, size=4.4),
        judged("huge", verdict=Verdict.TOO_BIG, size=40),
        judged("mid", speed=1.0),
        judged("strange", languages=("zh",)),
    ]
    result = recommend(models, CODE, FIGURES)
    assert [(item.place.candidate.name, item.why.code) for item in result.expected] == [
        ("big", "services.gate_too_big"),
        ("mid", "services.gate_slow"),
    ]
    assert {item.place.candidate.name for item in result.closed} == {"big", "huge", "mid", "strange"}


@pytest.mark.parametrize(
    ("rows", "quant"),
    [
        ([("Q4_K_M", Verdict.TOO_BIG, False), ("Q3_K_M", Verdict.FITS, False)], "Q3_K_M"),
        ([("Q4_K_M", Verdict.FITS, False), ("Q3_K_M", Verdict.FITS, False)], "Q4_K_M"),
        ([("Q8_0", Verdict.FITS, False), ("Q4_K_M", Verdict.FITS, True)], "Q4_K_M"),
        ([("Q4_K_M", Verdict.FITS, False), ("Q2_K", Verdict.FITS, True)], "Q4_K_M"),
    ],
)
def test_takes_one_quantization_of_each_model(rows: list[tuple[str, Verdict, bool]], quant: str):
    models = [judged("big", row, verdict=verdict, is_local=is_local) for row, verdict, is_local in rows]
    result = recommend(models, CODE, FIGURES)
    assert [pick.candidate.model.quant for pick in result.picks] == [quant]


def test_has_no_pick_where_nothing_passes():
    result = recommend([judged("big", verdict=Verdict.TOO_BIG)], CODE, FIGURES)
    assert (result.picks, len(result.closed)) == ((), 1)
    assert recommend([], CODE, evidence()).picks == ()


def test_names_the_comparison_with_the_best_placed_other():
    result = recommend([judged("big"), judged("mid"), judged("small")], CODE, FIGURES)
    rivals = [pick.rival.candidate.name for pick in result.picks if pick.rival]
    assert rivals == ["mid", "big", "big"]
    assert [pick.comparison.gap > 0 for pick in result.picks if pick.comparison] == [True, False, False]
