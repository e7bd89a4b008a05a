"""Checks pass good answers and fail the others with a reason."""

import json
from typing import Any

import pytest

from tui.chat.comparing.checks import CheckResult, check_answer
from tui.chat.comparing.tasks import (
    all_tasks,
    task_names,
)
from tui.sentences import reason
from tui.services.sentences import sentence

TASKS = {task.name: task for task in all_tasks()}


SUMMARY = (
    "The Riverside Library closes on 3 March because its roof needs repairs, and opens again on 14 April."
)


RESUMEN = "La Biblioteca del Puerto cierra para reparar el tejado y vuelve a abrir el 14 de abril."


TO_SPANISH = (
    "La reunión se ha cambiado del martes al jueves a las diez de la mañana. Por favor, traiga el contrato "
    "firmado y avíseme si no puede venir."
)


TO_ENGLISH = (
    "The package arrived broken and two pieces were missing. I would like to return it and get my money back "
    "before Friday."
)


LETTER = (
    "Subject: Our appointment\n\nDear Ms Parker,\n\nI am sorry to ask, but could we move our appointment "
    "from Monday to Wednesday? I have to see the dentist on Monday and cannot come. Please tell me if that "
    "is fine for you.\n\nKind regards,\nAlex"
)


CARTA = (
    "Estimada señora Ruiz:\n\n¿Sería posible cambiar nuestra cita del lunes al miércoles? Ese día tengo que "
    "ir al dentista y no puedo asistir. Le pido disculpas por las molestias y espero su respuesta. Muchas "
    "gracias.\n\nUn saludo,\nAlejandro"
)


BOOKING = {"name": "Laura Bennett", "city": "Leeds", "guests": 6, "date": "2025-05-12"}


RESERVA = {"nombre": "José Martínez", "ciudad": "Málaga", "personas": 8, "fecha": "2025-10-03"}


ALARM = {"name": "set_alarm", "arguments": {"time": "06:30", "label": "gym"}}


WEATHER = {"name": "get_weather", "arguments": {"city": "Bilbao", "days": 3}}


GOOD = {
    "summary-en": SUMMARY,
    "summary-es": RESUMEN,
    "translation-en-es": TO_SPANISH,
    "translation-es-en": TO_ENGLISH,
    "draft-en": LETTER,
    "draft-es": CARTA,
    "extraction-en": json.dumps(BOOKING),
    "extraction-es": json.dumps(RESERVA, ensure_ascii=False),
    "extraction-schema-en": json.dumps(BOOKING),
    "extraction-schema-es": json.dumps(RESERVA),
    "tool-en": json.dumps(ALARM),
    "tool-es": json.dumps(WEATHER),
    "arithmetic-en": "17 × 24 = 408, and 408 − 9 = 399.\n\n399",
    "arithmetic-es": "3 × 2,40 = 7,20; 7,20 + 1,15 = 8,35\n8,35",
}


def outcome(name: str, text: str, **more: Any) -> CheckResult:
    return check_answer(TASKS[name], text, **more)


@pytest.mark.parametrize("name", task_names())
def test_a_good_answer_passes(name: str):
    assert outcome(name, GOOD[name]).mark == "pass", outcome(name, GOOD[name]).reason


@pytest.mark.parametrize("name", task_names())
def test_thinking_before_the_answer_is_ignored(name: str):
    thought = f"<think>\nFirst 1, then 2. {{}} The el la.\n</think>\n\n{GOOD[name]}"
    assert outcome(name, thought).mark == "pass"


@pytest.mark.parametrize("name", task_names())
@pytest.mark.parametrize("text", ["", "  \n", "I am a helpful assistant.", "<think>Well, let me see"])
def test_useless_answer_fails_with_a_reason(name: str, text: str):
    result = outcome(name, text)
    assert result.mark == "fail"
    assert result.reason
    assert "\n" not in sentence(result.reason)


@pytest.mark.parametrize("name", task_names())
def test_the_answer_to_another_task_does_not_pass(name: str):
    for other_text, text in GOOD.items():
        if TASKS[other_text].check != TASKS[name].check:
            assert outcome(name, text).mark != "pass", (name, other_text)


@pytest.mark.parametrize("name", task_names())
def test_the_prompt_alone_does_not_pass(name: str):
    assert outcome(name, TASKS[name].prompt).mark != "pass"


@pytest.mark.parametrize("name", task_names())
def test_truncated_good_answer_needs_review(name: str):
    result = outcome(name, GOOD[name], cut_off_at=160)
    assert result.mark == "look"
    assert "cut off at 160 tokens" in sentence(result.reason)


def test_answer_with_only_thinking_is_reported():
    for text, thinking in (("<think>Well", ""), ("", "Well"), (" \n", "Well")):
        assert outcome("tool-en", text, thinking=thinking).reason == reason("chat.check_still_thinking")


@pytest.mark.parametrize(
    ("name", "text", "mark", "reason"),
    [
        ("summary-en", SUMMARY.replace("Riverside", "Riverdale"), "fail", '"Riverside" is not in it'),
        ("summary-en", SUMMARY.replace("14 April", "April 14th"), "pass", "all facts named"),
        ("summary-en", RESUMEN, "fail", "it is not in English"),
        ("summary-en", SUMMARY + " It is" + " so very" * 20, "fail", "words, at most 40 were asked for"),
        ("summary-en", "Riverside: roof, 14 April", "look", "hardly a word tells that it is in English"),
        ("summary-es", RESUMEN.replace("tejado", "TECHO"), "pass", "all facts named"),
        ("summary-es", RESUMEN.replace("14 de abril", "14 de mayo"), "fail", '"14 de abril" is not in it'),
        ("summary-es", SUMMARY, "fail", "it is not in Spanish"),
    ],
)
def test_summaries(name: str, text: str, mark: str, reason: str):
    result = outcome(name, text)
    assert (result.mark, reason in sentence(result.reason)) == (mark, True), result


@pytest.mark.parametrize(
    ("name", "text", "mark", "reason"),
    [
        ("translation-en-es", TO_SPANISH.replace("reunión", "reunion"), "pass", "every key word"),
        ("translation-en-es", TO_SPANISH.replace("reunión", "cita"), "look", '"reunión" is not in it'),
        (
            "translation-en-es",
            "La cita es el viernes con los papeles y por la tarde.",
            "fail",
            "are not in it",
        ),
        (
            "translation-en-es",
            "The meeting has been moved from Tuesday to Thursday.",
            "fail",
            "not in Spanish",
        ),
        ("translation-es-en", TO_ENGLISH.replace("package", "parcel"), "pass", "every key word"),
        ("translation-es-en", TO_ENGLISH.replace("broken", "in bits"), "look", '"broken" is not in it'),
        ("translation-es-en", f"{TO_ENGLISH}\n{TASKS['translation-es-en'].prompt}" * 2, "look", "hardly"),
    ],
)
def test_translations(name: str, text: str, mark: str, reason: str):
    result = outcome(name, text)
    assert (result.mark, reason in sentence(result.reason)) == (mark, True), result


@pytest.mark.parametrize(
    ("name", "text", "mark", "reason"),
    [
        ("draft-en", LETTER.replace("Dear Ms", "Ms"), "fail", "does not begin with a greeting"),
        ("draft-en", LETTER.replace("Dear", "**Hi**"), "pass", "a greeting"),
        ("draft-en", LETTER.replace("dentist", "doctor"), "fail", '"dentist" is not in it'),
        ("draft-en", LETTER.replace("Alex", "[Your Name] Alex"), "look", "a gap to fill in: [Your Name]"),
        ("draft-en", "Dear Ms Parker, Wednesday not Monday, dentist. Alex", "fail", "30 to 100 were asked"),
        ("draft-en", LETTER + " It is so." * 30, "fail", "30 to 100 were asked"),
        ("draft-es", CARTA.replace("miércoles", "miercoles"), "pass", "a greeting"),
        ("draft-es", CARTA.replace("Estimada", "Buenos días,"), "pass", "a greeting"),
        ("draft-es", LETTER, "fail", "it is not in Spanish"),
    ],
)
def test_drafts(name: str, text: str, mark: str, reason: str):
    result = outcome(name, text)
    assert (result.mark, reason in sentence(result.reason)) == (mark, True), result


@pytest.mark.parametrize(
    ("value", "mark", "reason"),
    [
        (ALARM, "pass", "the right tool and arguments"),
        ({"name": "set_alarm", "parameters": ALARM["arguments"]}, "pass", "the right tool"),
        ({"name": "set_alarm", "arguments": json.dumps(ALARM["arguments"])}, "pass", "the right tool"),
        ({"function": ALARM}, "pass", "the right tool"),
        ({"type": "function", "function": ALARM}, "pass", "the right tool"),
        ({"tool_calls": [{"id": "1", "function": ALARM}]}, "pass", "the right tool"),
        ([ALARM], "pass", "the right tool"),
        ([ALARM, ALARM], "fail", "not one call of a tool"),
        (ALARM["arguments"], "fail", "not one call of a tool"),
        ({"name": "alarm", "arguments": {}}, "fail", 'it calls "alarm", not "set_alarm"'),
        ({"name": "set_alarm", "arguments": {"time": "6:30", "label": "gym"}}, "fail", '"time" is 6:30'),
        ({"name": "set_alarm", "arguments": {"time": "06:30"}}, "fail", '"label" is missing'),
        ({"name": "set_alarm", "arguments": "soon"}, "fail", "not one call of a tool"),
        ({"name": 3, "arguments": {}}, "fail", "not one call of a tool"),
    ],
)
def test_tool_calls(value: object, mark: str, reason: str):
    result = outcome("tool-en", json.dumps(value))
    assert (result.mark, reason in sentence(result.reason)) == (mark, True), result


def test_a_tool_call_between_its_marks_passes():
    assert outcome("tool-es", f"<tool_call>\n{json.dumps(WEATHER)}\n</tool_call>").mark == "pass"


@pytest.mark.parametrize(
    ("name", "text", "mark", "reason"),
    [
        ("arithmetic-en", "The answer is **399** bottles.", "pass", "399 is right"),
        ("arithmetic-en", "\\boxed{399}", "pass", "399 is right"),
        ("arithmetic-en", "399.0", "pass", "399 is right"),
        ("arithmetic-en", "408", "fail", "408, but 399 is right"),
        ("arithmetic-en", "3,99", "fail", "3.99, but 399 is right"),
        ("arithmetic-en", "399, since 17 boxes", "look", "399 is in it, but the last number is 17"),
        ("arithmetic-en", "three hundred and ninety-nine", "fail", "no number in it"),
        ("arithmetic-es", "8.35", "pass", "8.35 is right"),
        ("arithmetic-es", "Son 8,35 €.", "pass", "8.35 is right"),
        ("arithmetic-es", "8,350", "pass", "8.35 is right"),
        ("arithmetic-es", "835", "fail", "835, but 8.35 is right"),
        ("arithmetic-es", "8 euros y 35 céntimos", "fail", "35, but 8.35 is right"),
    ],
)
def test_arithmetic(name: str, text: str, mark: str, reason: str):
    result = outcome(name, text)
    assert (result.mark, reason in sentence(result.reason)) == (mark, True), result
