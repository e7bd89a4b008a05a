"""Fields of a JSON answer compared with those wanted."""

import json
from typing import Any

import pytest

from tui.chat.comparing.checks import CheckResult, check_answer
from tui.chat.comparing.tasks import (
    all_tasks,
)
from tui.sentences import reason
from tui.services.sentences import sentence

TASKS = {task.name: task for task in all_tasks()}


BOOKING = {"name": "Laura Bennett", "city": "Leeds", "guests": 6, "date": "2025-05-12"}


def outcome(name: str, text: str, **more: Any) -> CheckResult:
    return check_answer(TASKS[name], text, **more)


def fenced(value: object) -> str:
    return f"```json\n{json.dumps(value, indent=2)}\n```"


RESERVA = {"nombre": "José Martínez", "ciudad": "Málaga", "personas": 8, "fecha": "2025-10-03"}


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
    result = outcome("extraction-en", text)
    assert (result.mark, reason in sentence(result.reason)) == (mark, True), result
    assert "\x1b" not in sentence(result.reason)
    assert len(sentence(result.reason)) < 120


def test_missing_accents_are_for_the_reader_to_judge():
    text = json.dumps(RESERVA | {"nombre": "Jose Martinez"})
    assert outcome("extraction-es", text) == CheckResult(
        "look", reason("chat.check_accents_missing", key="nombre")
    )
