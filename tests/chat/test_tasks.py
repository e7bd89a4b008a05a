"""The built-in tasks, and what the checks say of good, bad and nearly good answers."""

import json
from typing import Any

import pytest

from tui.chat.comparing.checks import CheckResult, check_answer
from tui.chat.comparing.tasks import (
    KINDS,
    DraftCheck,
    ExtractionCheck,
    SummaryCheck,
    Task,
    ToolCheck,
    TranslationCheck,
    UnknownTaskError,
    all_tasks,
    task_names,
    tasks_named,
)
from tui.engine.schema import check_schema

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


def test_there_is_every_kind_in_both_languages():
    found = {(task.kind, task.language) for task in all_tasks()}
    assert found == {(kind, language) for kind in KINDS for language in ("en", "es")}
    assert len(set(task_names())) == len(all_tasks())
    assert all(task.sampling.temperature == 0 for task in all_tasks())
    assert len({task.title for task in all_tasks()}) == len(all_tasks())


@pytest.mark.parametrize("name", task_names())
def test_a_good_answer_passes(name: str):
    assert outcome(name, GOOD[name]).mark == "pass", outcome(name, GOOD[name]).reason


@pytest.mark.parametrize("name", task_names())
def test_thinking_before_it_does_not_count(name: str):
    thought = f"<think>\nFirst 1, then 2. {{}} The el la.\n</think>\n\n{GOOD[name]}"
    assert outcome(name, thought).mark == "pass"


@pytest.mark.parametrize("name", task_names())
@pytest.mark.parametrize("text", ["", "  \n", "I am a helpful assistant.", "<think>Well, let me see"])
def test_nothing_of_use_fails_with_a_reason(name: str, text: str):
    found = outcome(name, text)
    assert found.mark == "fail"
    assert found.reason
    assert "\n" not in found.reason


@pytest.mark.parametrize("name", task_names())
def test_the_answer_to_another_task_does_not_pass(name: str):
    for other, text in GOOD.items():
        if TASKS[other].check != TASKS[name].check:
            assert outcome(name, text).mark != "pass", (name, other)


@pytest.mark.parametrize("name", task_names())
def test_the_prompt_alone_does_not_pass(name: str):
    assert outcome(name, TASKS[name].prompt).mark != "pass"


@pytest.mark.parametrize("name", task_names())
def test_a_good_answer_that_is_cut_off_has_to_be_looked_at(name: str):
    found = outcome(name, GOOD[name], cut_off_at=160)
    assert found.mark == "look"
    assert "cut off at 160 tokens" in found.reason


def test_an_answer_that_never_left_its_thinking_says_so():
    for text, thinking in (("<think>Well", ""), ("", "Well"), (" \n", "Well")):
        assert outcome("tool-en", text, thinking=thinking).reason == "it was still thinking at its end"


def test_what_the_checks_want_is_what_the_prompts_ask_for():
    for task in all_tasks():
        check = task.check
        match check:
            case SummaryCheck():
                assert str(check.words_most) in task.prompt
            case DraftCheck():
                assert f" {check.words_least} " in task.prompt
                assert f" {check.words_most} " in task.prompt
                assert all(mention[0] in task.prompt for mention in check.mentions)
            case ExtractionCheck():
                assert all(f'"{key}"' in task.prompt for key in check.fields)
            case ToolCheck():
                assert check.name in task.prompt
                assert all(key in task.prompt for key in check.arguments)
            case TranslationCheck():
                assert len(check.terms) >= 5
            case _:
                pass


def test_a_schema_is_one_that_the_engine_takes_and_asks_for_the_fields_of_the_check():
    held = [task for task in all_tasks() if task.json_schema]
    assert {task.language for task in held} == {"en", "es"}
    for task in held:
        assert check_schema(task.json_schema) is None
        assert isinstance(task.check, ExtractionCheck)
        schema = json.loads(task.json_schema)
        assert set(schema["properties"]) == set(schema["required"]) == set(task.check.fields)


def test_the_sums_are_right():
    assert TASKS["arithmetic-en"].check.value == 24 * 17 - 9
    assert TASKS["arithmetic-es"].check.value == pytest.approx(3 * 2.40 + 1.15)


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
    found = outcome(name, text)
    assert (found.mark, reason in found.reason) == (mark, True), found


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
    found = outcome(name, text)
    assert (found.mark, reason in found.reason) == (mark, True), found


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
    found = outcome(name, text)
    assert (found.mark, reason in found.reason) == (mark, True), found


def fenced(value: object) -> str:
    return f"```json\n{json.dumps(value, indent=2)}\n```"


@pytest.mark.parametrize(
    ("text", "mark", "reason"),
    [
        (fenced(BOOKING), "pass", "every field is right, in a code fence"),
        (f"Sure.\n{fenced(BOOKING)}", "pass", "in a code fence with text around it"),
        (f"Here it is: {json.dumps(BOOKING)}", "look", "there is text around the JSON"),
        (json.dumps([BOOKING]), "pass", "every field is right"),
        (json.dumps([BOOKING, BOOKING]), "fail", "it is not one JSON object"),
        (json.dumps(BOOKING | {"guests": 6.0}), "pass", "every field"),
        (json.dumps(BOOKING | {"guests": 7}), "fail", '"guests" is 7, not 6'),
        (json.dumps(BOOKING | {"guests": "6"}), "fail", '"guests" is "6", not the number 6'),
        (json.dumps(BOOKING | {"guests": True}), "fail", '"guests" is true'),
        (json.dumps(BOOKING | {"guests": None}), "fail", '"guests" is null'),
        (json.dumps(BOOKING | {"date": "12 May 2025"}), "fail", '"date" is 12 May 2025, not 2025-05-12'),
        (json.dumps(BOOKING | {"city": " leeds "}), "pass", "every field"),
        (json.dumps(BOOKING | {"city": ["Leeds"]}), "fail", '"city" is ["Leeds"], not Leeds'),
        (json.dumps({key: BOOKING[key] for key in ("name", "city", "date")}), "fail", '"guests" is missing'),
        (json.dumps(BOOKING | {"window": True}), "fail", '"window" was not asked for'),
        (json.dumps({key.title(): value for key, value in BOOKING.items()}), "look", "in another case"),
        (json.dumps(BOOKING)[:-1], "fail", "no valid JSON"),
        (str(BOOKING), "fail", "no valid JSON"),
        ('{"name": "\\u001b[31mred\\u0007"}', "fail", '"name" is red, not Laura Bennett'),
        (json.dumps(BOOKING | {"name": "L" * 500}), "fail", "LLL…"),
    ],
)
def test_extractions(text: str, mark: str, reason: str):
    found = outcome("extraction-en", text)
    assert (found.mark, reason in found.reason) == (mark, True), found
    assert "\x1b" not in found.reason
    assert len(found.reason) < 120


def test_missing_accents_are_for_the_reader_to_judge():
    text = json.dumps(RESERVA | {"nombre": "Jose Martinez"})
    assert outcome("extraction-es", text) == CheckResult("look", 'accents are missing in "nombre"')


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
    found = outcome("tool-en", json.dumps(value))
    assert (found.mark, reason in found.reason) == (mark, True), found


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
    found = outcome(name, text)
    assert (found.mark, reason in found.reason) == (mark, True), found


def test_tasks_by_name_kind_language_or_all():
    def names(*given: str) -> list[str]:
        return [task.name for task in tasks_named(given)]

    assert names("all") == list(task_names())
    assert names("tool") == ["tool-en", "tool-es"]
    assert names("arithmetic-es", "summary-en", "summary-en") == ["summary-en", "arithmetic-es"]
    assert {task.language for task in tasks_named(["es"])} == {"es"}
    with pytest.raises(UnknownTaskError, match="poetry"):
        tasks_named(["tool", "poetry"])


def test_a_task_is_named_by_one_word_for_a_shell():
    assert all(task.name == task.name.lower() and " " not in task.name for task in all_tasks())
    assert all(isinstance(task, Task) for task in all_tasks())
