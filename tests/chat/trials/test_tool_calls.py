"""Calls of tools in the forms that chat templates teach models."""

import json
from typing import Any

import pytest

from tui.chat.trials.tool_calls import CallReading, ReadCall, parameter_types, read_calls
from tui.services.sentences import sentence

TOOLS = json.dumps(
    [
        {
            "name": "weather",
            "description": "",
            "parameters": {
                "type": "object",
                "properties": {"city": {"type": "string"}, "days": {"type": "integer"}, "at": {}},
            },
        },
        {"name": "clock", "description": "", "parameters": {"type": "object", "properties": {}}},
    ]
)
TYPES = parameter_types(TOOLS)
LIMA: dict[str, Any] = {"city": "Lima", "days": 3}
ONE = '{"name": "weather", "arguments": {"city": "Lima", "days": 3}}'
TWO = '{"name": "weather", "arguments": {"city": "Rome", "days": 3}}'


@pytest.mark.parametrize(
    "text",
    [
        ONE,
        f"```json\n{ONE}\n```",
        f"I will look that up.\n{ONE}\nOne moment.",
        f"<tool_call>\n{ONE}\n</tool_call>",
        f"Let me see. <tool_call>{ONE}",
        "<tool_call>\n<function=weather>\n<parameter=city>\nLima\n</parameter>\n<parameter=days>\n3\n</parameter>\n"
        "</function>\n</tool_call>",
        '<function=weather>{"city": "Lima", "days": 3}</function>',
        '<function name="weather"><param name="city">Lima</param><param name="days">3</param></function>',
        '<minimax:tool_call>\n<invoke name="weather">\n<parameter name="city">Lima</parameter>\n'
        '<parameter name="days">3</parameter>\n</invoke>\n</minimax:tool_call>',
        "<tool_call>weather\n<arg_key>city</arg_key>\n<arg_value>Lima</arg_value>\n<arg_key>days</arg_key>\n"
        "<arg_value>3</arg_value>\n</tool_call>",
        f"[TOOL_CALLS] [{ONE}]</s>",
        '[TOOL_CALLS]weather[ARGS]{"city": "Lima", "days": 3}</s>',
        '<|python_tag|>{"name": "weather", "parameters": {"city": "Lima", "days": 3}}<|eom_id|>',
        f"<|tool_call|>[{ONE}]<|/tool_call|>",
        '<|tool_call_start|>[weather(city="Lima", days=3)]<|tool_call_end|>',
        '[weather(city="Lima", days=3)]',
        '```tool_code\nweather(city="Lima", days=3)\n```',
        '<|tool_call>call:weather{city:<|"|>Lima<|"|>,days:3}<tool_call|>',
        '<|START_ACTION|>[{"tool_call_id": "0", "tool_name": "weather", "parameters": {"city": "Lima", '
        '"days": 3}}]<|END_ACTION|>',
        "<|channel|>commentary to=functions.weather <|constrain|>json<|message|>"
        '{"city": "Lima", "days": 3}<|call|>',
        "<|tool_calls_section_begin|><|tool_call_begin|>functions.weather:0<|tool_call_argument_begin|>"
        '{"city": "Lima", "days": 3}<|tool_call_end|>',
        "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>weather\n```json\n"
        '{"city": "Lima", "days": 3}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
        'weather\n{"city": "Lima", "days": 3}',
        '>>>weather\n{"city": "Lima", "days": 3}',
        '{"tool_calls": [{"function": {"name": "weather", '
        '"arguments": "{\\"city\\": \\"Lima\\", \\"days\\": 3}"}}]}',
        '{"weather": {"city": "Lima", "days": 3}}',
        '{"name": "weather", "city": "Lima", "days": 3}',
    ],
)
def test_a_call_is_read_in_every_form(text: str) -> None:
    assert read_calls(text, TYPES) == CallReading((ReadCall("weather", LIMA),))


@pytest.mark.parametrize(
    "text",
    [
        f"[{ONE}, {TWO}]",
        f"<tool_call>{ONE}</tool_call>\n<tool_call>{TWO}</tool_call>",
        f"<|python_tag|>{ONE}; {TWO}",
        f"[TOOL_CALLS][{ONE}, {TWO}]",
        '[weather(city="Lima", days=3), weather(city="Rome", days=3)]',
        f"First {ONE} and then {TWO}",
    ],
)
def test_two_calls_are_two(text: str) -> None:
    cities = [call.arguments["city"] for call in read_calls(text, TYPES).calls]
    assert cities == ["Lima", "Rome"]


@pytest.mark.parametrize(
    "text",
    [
        "The weather in Lima is fine.",
        "",
        '{"city": "Lima", "days": 3}',
        "Use weather(city) to look it up.",
        "```python\nprint(weather)\n```",
        "See [1] and {this}.",
    ],
)
def test_words_and_other_json_are_no_call(text: str) -> None:
    assert read_calls(text, TYPES) == CallReading()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('<tool_call>{"name": "weather", "arguments": {"city": </tool_call>', "is not valid JSON"),
        ('{"name": "weather", "arguments": {"city": "Lima"', "is not valid JSON"),
        ('<tool_call>{"city": "Lima"}</tool_call>', "has no name or no arguments"),
        ('{"name": "weather", "arguments": "Lima"}', "are no JSON object"),
        ("[TOOL_CALLS]weather[ARGS]Lima", "is not valid JSON"),
    ],
)
def test_a_call_that_cannot_be_read_is_a_mistake_with_its_reason(text: str, why: str) -> None:
    reading = read_calls(text, TYPES)
    assert reading.calls == ()
    assert reading.broken is not None
    assert why in sentence(reading.broken)


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        (
            '{"name": "clock", "arguments": {"a": "\\ud800", "b": NaN, "c": 1e999}}',
            {"a": "?", "b": "NaN", "c": "Infinity"},
        ),
        ("[clock(a=1j, b={1: 2})]", {"a": "1j", "b": {"1": 2}}),
    ],
)
def test_values_that_are_no_json_become_text_that_can_be_kept(text: str, arguments: object) -> None:
    (call,) = read_calls(text, TYPES).calls
    assert call.arguments == arguments


@pytest.mark.parametrize("depth", [300, 5_000])
def test_values_nested_very_deeply_end_nothing(depth: int) -> None:
    nested = "[" * depth + ONE + "]" * depth
    for text in (nested, f"<tool_call>{nested}</tool_call>", f"[clock(a={nested})]"):
        reading = read_calls(text, TYPES)
        assert all(call.name in ("weather", "clock") for call in reading.calls)


def test_a_tool_that_does_not_exist_is_a_call_too() -> None:
    (call,) = read_calls('{"name": "oracle", "arguments": {}}', TYPES).calls
    assert call.name == "oracle"


def test_a_parameter_that_is_a_text_stays_one_where_all_are_written_as_text() -> None:
    (call,) = read_calls("<function=weather><parameter=city>12</parameter></function>", TYPES).calls
    assert call.arguments == {"city": "12"}


def test_json_in_the_thinking_of_a_channel_is_no_call() -> None:
    marked = (
        f"<|channel|>analysis<|message|>Maybe {ONE}<|end|><|start|>assistant<|channel|>final<|message|>No."
    )
    assert read_calls("No.", TYPES, marked) == CallReading()
