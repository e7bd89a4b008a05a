"""Reasons of the picks as whole sentences."""

from tests.services.picks.samples import CODE, MAKERS_OWN, coding, evidence, figure, judged
from tui.models.evidence.evidence import Evidence
from tui.services.picks.measured_here import MeasuredHere
from tui.services.picks.recommendation import recommend
from tui.services.picks.wish import Wish
from tui.services.picks.words import published_score, remarks, role_reason, tally_reason, why_pick
from tui.services.sentences import sentence
from tui.services.sizing import JudgedModel


def spoken(
    models: list[JudgedModel],
    figures: Evidence,
    measured: tuple[MeasuredHere, ...] = (),
    wish: Wish = CODE,
) -> list[list[str]]:
    result = recommend(models, wish, figures, measured)
    return [
        [sentence(why) for why in (role_reason(pick, result), why_pick(pick), *remarks(pick, result))]
        for pick in result.picks
    ]


def test_says_benchmark_figures_date_measurer_and_mark():
    models = [judged("big"), judged("small", speed=50.0), judged("mid"), judged("w1"), judged("w2")]
    texts = spoken(models, coding({"big": 40, "mid": 39, "small": 20, "w1": 1, "w2": 2}))
    assert texts == [
        [
            "The best evidenced of 5 models that run well here.",
            "big with 40 in Coding ties with mid, 39 (Lab, 2026-07; evidence A).",
        ],
        [
            "Writes 2.5 times as fast as big.",
            "small has 20 in Coding, less good than big with 40 (Lab, 2026-07; evidence A).",
        ],
        ["Place 2 of 5.", "mid with 39 in Coding ties with big, 40 (Lab, 2026-07; evidence A)."],
    ]


def test_says_what_thinking_and_a_small_quantization_cost():
    texts = spoken([judged("big", "Q3_K_M", thinking="yes")], coding({"big": 40}))
    assert texts[0] == [
        "The only model that runs well here.",
        "big has 40 in Coding (Lab, 2026-07; evidence B); nothing else here was measured in it.",
        "It thinks first: the answer begins after about 50 s for each 1,000 tokens of thinking.",
        "Its figures are of full precision, and Q3_K_M loses a part of that.",
    ]


def test_says_that_the_languages_of_a_translator_are_not_listed():
    translator = judged("big", languages=(), uses=("translate",))
    texts = spoken([translator], evidence(), wish=Wish("translate", "es", 8192))
    assert "Its publisher does not list its languages." in texts[0]


def test_says_that_nothing_supports_a_pick():
    texts = spoken([judged("big", speed=None, thinking=None)], evidence())
    assert texts[0][1:] == [
        "No published figure was found for big (evidence D).",
        "Whether it thinks first is not known.",
        "How fast it writes here is not known.",
        "Nothing published supports this pick.",
    ]


def test_says_what_was_measured_here():
    measured = (
        MeasuredHere("a Q4_K_M", "code", "mine", 18, 20, "2026-11-30"),
        MeasuredHere("b Q4_K_M", "code", "mine", 9, 20, "2026-11-30"),
    )
    texts = spoken([judged("a"), judged("b")], evidence(), measured)
    assert texts[0][1] == "a has 18 of 20 in mine, and b 9 of 20 (this machine, 2026-11-30; evidence A)."


def test_says_that_a_licence_has_conditions():
    wish = Wish("code", "en", 8192, commercial=True)
    texts = spoken([judged("a", commercial="conditions")], coding({"a": 1}), wish=wish)
    assert texts[0][2] == "Its licence, llama3.2, allows commercial use under conditions."


def test_names_another_maker():
    models = [judged("a"), judged("b", publisher="Other"), judged("c")]
    texts = spoken(models, coding({"a": 30, "b": 20, "c": 10}))
    assert texts[1][0] == "Of another maker: Other."


def test_counts_the_comparisons():
    result = recommend([judged("a"), judged("b")], CODE, coding({"a": 30, "b": 20}))
    assert sentence(tally_reason(result.places[0])) == "Of its comparisons a wins 1, loses 0 and ties 0."


def test_writes_scores_with_their_units():
    assert sentence(published_score(12.5, MAKERS_OWN)) == "12.5 %"
    assert sentence(
        why_pick(recommend([judged("a")], CODE, evidence(figure("a", MAKERS_OWN, 7))).picks[0])
    ) == ("a has 7 % in Contest (Maker, 2026-01; evidence C); nothing else here was measured in it.")
