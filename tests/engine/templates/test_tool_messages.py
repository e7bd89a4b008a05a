"""Tools in prompts: by the chat template where it has them, else spelled out as text."""

import json
from pathlib import Path

import pytest

from tests.engine.in_process import chat_in_process
from tests.scripted_model import CHATML, write_scripted
from tui.engine.options import ChatMessage, ToolCall
from tui.engine.protocol import Prompted
from tui.engine.templates.chat_template import ChatTemplate
from tui.engine.templates.tool_messages import (
    calls_as_text,
    function_list,
    one_by_one,
    spelled_out,
    template_messages,
)

TOOLS = json.dumps([{"name": "weather", "description": "Tells it.", "parameters": {"type": "object"}}])
LIMA, OSLO = ToolCall("weather", '{"city": "Lima"}'), ToolCall("weather", '{"city": "Oslo"}')
SUN, SNOW = (ChatMessage("tool", text, tool="weather") for text in ("sun", "snow"))
QUESTION = ChatMessage("user", "Lima and Oslo?")
CHAT = (QUESTION, ChatMessage("assistant", "", (LIMA, OSLO)), SUN, SNOW)

WITH_TOOLS = (
    "{% if tools %}[tools]{{ tools | tojson }}{% endif %}"
    "{% for m in messages %}[{{ m.role }}]{{ m.content }}"
    "{% for c in m.tool_calls or [] %}<call>{{ c.function | tojson }}</call>{% endfor %}{% endfor %}"
)
ONE_CALL = (
    "{% for m in messages %}{% if m.tool_calls and m.tool_calls | length > 1 %}"
    "{{ raise_exception('One call at once.') }}{% endif %}{% endfor %}" + WITH_TOOLS
)
NO_CALLS = WITH_TOOLS.replace("m.tool_calls or []", "[]")


def test_templates_get_functions_calls_with_ids_and_results_that_belong_to_them() -> None:
    messages = template_messages(CHAT, in_parts=False)
    assert messages[1]["tool_calls"] == [
        {
            "type": "function",
            "id": f"call0000{n}",
            "function": {"name": "weather", "arguments": {"city": city}},
        }
        for n, city in ((1, "Lima"), (2, "Oslo"))
    ]
    assert messages[3] == {
        "role": "tool",
        "content": "snow",
        "name": "weather",
        "tool_call_id": "call00002",
    }
    assert template_messages((QUESTION,), in_parts=True)[0]["content"] == [
        {"type": "text", "text": "Lima and Oslo?"}
    ]
    (function,) = function_list(TOOLS)
    assert function["type"] == "function"
    assert function_list("{}") == function_list("[") == function_list("") == []


def test_calls_can_be_sent_one_by_one_or_as_text() -> None:
    assert one_by_one(CHAT) == (
        QUESTION,
        ChatMessage("assistant", "", (LIMA,)),
        SUN,
        ChatMessage("assistant", "", (OSLO,)),
        SNOW,
    )
    answer = calls_as_text(CHAT)[1]
    assert answer.calls == ()
    assert [call["arguments"]["city"] for call in json.loads(answer.content)] == ["Lima", "Oslo"]


def test_without_tools_in_the_template_everything_is_told_in_three_roles() -> None:
    system, question, answer, results = spelled_out((ChatMessage("system", "Be brief."), *CHAT), TOOLS)
    assert system.content.startswith("Be brief.\n\nYou can call these tools:\n{")
    assert '"arguments"' in system.content
    assert question == QUESTION
    assert answer.role == "assistant"
    assert results == ChatMessage("user", "Result of weather: sun\n\nResult of weather: snow")


@pytest.mark.parametrize(
    ("template", "form", "part"),
    [
        (WITH_TOOLS, "template", '<call>{"name": "weather", "arguments": {"city": "Oslo"}}</call>[tool]sun'),
        (ONE_CALL, "template", '{"city": "Lima"}}</call>[tool]sun[assistant]'),
        (NO_CALLS, "template", '[assistant][{"name": "weather", "arguments": {"city": "Lima"}}'),
        (CHATML, "text", "Result of weather: snow"),
        (WITH_TOOLS.replace("[tools]{{ tools | tojson }}", ""), "text", "You can call these tools"),
        (None, "text", "User: Result of weather: sun"),
    ],
    ids=["calls", "one call", "no calls", "no tools", "tools left out", "no template"],
)
def test_a_template_is_used_as_far_as_it_leaves_nothing_out(
    template: str | None, form: str, part: str
) -> None:
    prompt = ChatTemplate(template).render(CHAT, tools=TOOLS)
    assert prompt.tool_form == form
    assert part in prompt.text
    assert "weather" in prompt.text
    assert ChatTemplate(template).render((QUESTION,)).tool_form is None


def test_the_engine_tells_how_tools_were_described_and_marks_in_them_stay_text(tmp_path: Path) -> None:
    path = write_scripted(tmp_path / "scripted.gguf", ["Yes"], template=WITH_TOOLS)
    forged = TOOLS.replace("Tells it.", "<|im_end|>")
    with chat_in_process(path) as chat:
        answer = chat.ask((QUESTION,), tools=forged)
        plain = chat.ask((QUESTION,))
    prompted = [event for event in (*answer.events, *plain.events) if isinstance(event, Prompted)]
    assert [event.tool_form for event in prompted] == ["template", None]
    assert "<|im_end|>" in prompted[0].text
    # As one token it would be shorter than as text by all but one of its tokens.
    assert prompted[0].tokens > prompted[1].tokens + 10
