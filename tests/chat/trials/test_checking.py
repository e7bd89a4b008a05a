"""Checks of answers: each passes or fails with its reason."""

import pytest

from tui.chat.trials.checking import TrialAnswer, check_trial_answer, joined_mark
from tui.chat.trials.task import (
    CallCheck,
    EqualsCheck,
    JsonCheck,
    LanguageCheck,
    LengthCheck,
    NumberCheck,
    PatternCheck,
    TextCheck,
    TrialCheck,
    WantedCall,
)
from tui.chat.trials.tool_calls import CallReading, ReadCall
from tui.sentences import reason
from tui.services.sentences import sentence

LIMA, OSLO = WantedCall("weather", {"city": "Lima"}), WantedCall("weather", {"city": "Oslo"})


NO_CALLS = CallReading()


def outcome(check: TrialCheck, text: str, reading: CallReading = NO_CALLS) -> tuple[str, str]:
    (result,) = check_trial_answer((check,), TrialAnswer(text, reading))
    return result.mark, sentence(result.reason)


@pytest.mark.parametrize(
    ("check", "text", "mark", "why"),
    [
        (TextCheck(("14 April", "April 14")), "It opens on  APRIL 14.", "pass", '"April 14" is in it'),
        (TextCheck(("reunión",)), "la reunion", "pass", '"reunión" is in it'),
        (TextCheck(("reunión",), exact=True), "la reunion", "fail", '"reunión" is not in it'),
        (TextCheck(("Friday",), absent=True), "el friday", "fail", '"Friday" is in it and should not be'),
        (TextCheck(("Friday",), absent=True), "viernes", "pass", '"Friday" is not in it, as it should be'),
        (EqualsCheck(("Mora",)), ' "mora". ', "pass", "it is what was asked for"),
        (EqualsCheck(("Mora",), exact=True), "mora", "fail", 'it is not "Mora"'),
        (EqualsCheck(("Mora",)), "It is Mora", "fail", 'it is not "Mora"'),
        (NumberCheck(79), "12 times 7 is 84, so 79.", "pass", "79 is right"),
        (NumberCheck(79), "79 eggs of 84", "fail", "79 is in it, but the last number is 84"),
        (NumberCheck(79, anywhere=True), "79 eggs of 84", "pass", "79 is right"),
        (NumberCheck(3.14, tolerance=0.01), "3.1416", "pass", "3.14 is right"),
        (NumberCheck(3.14), "3.1416", "fail", "3.1416, but 3.14 is right"),
        (NumberCheck(1), "one", "fail", "there is no number in it, 1 is right"),
        (JsonCheck({"a": 1}), '```json\n[{"a": 1, "b": 2}]\n```', "pass", "every field is right"),
        (JsonCheck({"a": 1}, exact=True), '{"a": 1, "b": 2}', "fail", '"b" was not asked for'),
        (JsonCheck({"a": 1}), "none", "fail", "there is no valid JSON in it"),
        (LanguageCheck("es"), "La casa es de mi padre y está en el campo", "pass", "it is in Spanish"),
        (LanguageCheck("es"), "The house of my father is in the country", "fail", "it is not in Spanish"),
        (LanguageCheck("es"), "Hola", "look", "too short to tell whether it is in Spanish"),
        (LengthCheck("words", largest=2), "one two three", "fail", "3 words, at most 2 were asked for"),
        (LengthCheck("words", least=2), "one", "fail", "1 word, at least 2 were asked for"),
        (LengthCheck("characters", 3, 3), "abc", "pass", "3 characters"),
        (PatternCheck(r"\d{4}"), "in 2031", "pass", r"\d{4} matches"),
        (PatternCheck(r"^Sure", absent=True), "Sure, here", "fail", "^Sure matches"),
        (TextCheck(("x",)), "  ", "fail", "it is empty"),
    ],
)
def test_text_checks(check: TrialCheck, text: str, mark: str, why: str) -> None:
    assert outcome(check, text) == (mark, why)


def calls(*cities: str) -> CallReading:
    return CallReading(tuple(ReadCall("weather", {"city": city}) for city in cities))


@pytest.mark.parametrize(
    ("wanted", "reading", "mark", "why"),
    [
        ((LIMA,), calls("lima"), "pass", "the right tool and arguments"),
        ((LIMA, OSLO), calls("Oslo", "Lima"), "pass", "all 2 calls are right"),
        ((LIMA, OSLO), calls("Lima"), "fail", "a call of weather is missing"),
        ((LIMA,), calls("Lima", "Oslo"), "fail", "one call too many, of weather"),
        ((LIMA,), calls("Rome"), "fail", 'weather: "city" is "Rome", not "Lima"'),
        ((LIMA,), CallReading(), "fail", "it calls no tool"),
        ((LIMA, OSLO), CallReading(), "fail", "it calls no tool, 2 calls were needed"),
        (
            (LIMA,),
            CallReading((ReadCall("weather", {"city": "Lima", "days": None}),)),
            "pass",
            "the right tool and arguments",
        ),
        (
            (LIMA,),
            CallReading((ReadCall("weather", {"city": "Lima", "days": 2}),)),
            "fail",
            'weather: "days" was not asked for',
        ),
        ((LIMA,), CallReading((ReadCall("oracle", {}),)), "fail", "it calls oracle, not weather"),
        ((), CallReading(), "pass", "no call, as it should be"),
        ((), calls("Lima"), "fail", "it calls weather, and no call was needed"),
        (
            (LIMA,),
            CallReading(broken=reason("trials.call_not_json")),
            "fail",
            "its call of a tool is not valid JSON",
        ),
    ],
)
def test_call_checks(wanted: tuple[WantedCall, ...], reading: CallReading, mark: str, why: str) -> None:
    assert outcome(CallCheck(wanted), "text", reading) == (mark, why)


def test_an_answer_that_was_cut_off_is_for_a_reader_and_one_still_thinking_fails() -> None:
    checks = (TextCheck(("a",)), TextCheck(("z",)))
    cut = check_trial_answer(checks, TrialAnswer("a", CallReading(), cut_off_at=9))
    assert [result.mark for result in cut] == ["look", "fail"]
    assert sentence(cut[0].reason) == '"a" is in it; cut off at 9 tokens'
    thinking = check_trial_answer(checks, TrialAnswer("", CallReading(), is_thinking=True))
    assert {sentence(result.reason) for result in thinking} == {"it was still thinking at its end"}


def test_a_task_passes_only_with_every_check() -> None:
    passed = check_trial_answer((TextCheck(("a",)),), TrialAnswer("a", CallReading()))
    failed = check_trial_answer((TextCheck(("z",)),), TrialAnswer("a", CallReading()))
    unclear = check_trial_answer((LanguageCheck("en"),), TrialAnswer("a", CallReading()))
    assert joined_mark(passed) == "pass"
    assert joined_mark((*passed, *unclear)) == "look"
    assert joined_mark((*passed, *unclear, *failed)) == "fail"
    assert joined_mark(()) == "look"
