"""Tools and their calls in a conversation: as chat templates take them, or spelled out as plain text.

Templates take what Hugging Face's `apply_chat_template` gives them: a list of functions, answers with
`tool_calls`, and results as messages of the role `tool`.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any, cast

from tui.engine.options import ChatMessage, ToolCall

FunctionList = Sequence[dict[str, object]]
"""Tools in the form of templates: `{"type": "function", "function": {…}}` each."""

_DESCRIPTION = """\
You can call these tools:
{tools}
To call a tool, answer with JSON of this form and with nothing else:
{{"name": "name of the tool", "arguments": {{"name of an argument": "its value"}}}}
For several calls, answer with a list of such objects. Call a tool only where it is needed. Otherwise answer \
in words."""
"""Plain text for models whose template has no tools; never translated, so that results can be compared."""
_CALL_ID = "call{number:05}"
"""Nine letters and digits, which is what the templates of Mistral ask for."""
_PROBE_WORDS = ("narwhal", "axolotl", "ocelot", "pangolin")
"""Words to look for in the output of a template; no template writes them by itself."""
PROBE_TOOL = "look_up"
PROBE_TOOLS = json.dumps(
    [
        {
            "name": PROBE_TOOL,
            "description": PROBE_TOOL,
            "parameters": {
                "type": "object",
                "properties": {"word": {"type": "string", "description": "word"}},
                "required": ["word"],
            },
        }
    ]
)
"""The tool of the `probe_conversation`."""

Rewrite = Callable[[Sequence[ChatMessage]], Sequence[ChatMessage]]


def probe_conversation() -> tuple[ChatMessage, ...]:
    """Return a conversation with two calls and their results, all of whose words are in `has_probe`."""
    first, second, sun, rain = _PROBE_WORDS
    calls = [ToolCall(PROBE_TOOL, json.dumps({"word": word})) for word in (first, second)]
    return (
        ChatMessage("user", "?"),
        ChatMessage("assistant", "", tuple(calls)),
        ChatMessage("tool", sun, tool=PROBE_TOOL),
        ChatMessage("tool", rain, tool=PROBE_TOOL),
    )


def has_probe(text: str) -> bool:
    """Return True for a prompt that has everything of the `probe_conversation`."""
    return all(word in text for word in _PROBE_WORDS)


def function_list(tools: str) -> FunctionList:
    """Return the tools of a request as templates take them; empty for a text that is no JSON list."""
    try:
        values = json.loads(tools) if tools else None
    except (ValueError, RecursionError):
        return []
    if not isinstance(values, list):
        return []
    functions = [
        cast("dict[str, object]", value) for value in cast("list[Any]", values) if isinstance(value, dict)
    ]
    return [{"type": "function", "function": function} for function in functions]


def template_messages(messages: Sequence[ChatMessage], *, in_parts: bool) -> list[dict[str, object]]:
    """Return messages as a template takes them; `in_parts` for one that takes contents as lists of parts."""
    fields: list[dict[str, object]] = []
    results = 0
    for message in messages:
        results = results + 1 if message.role == "tool" else 0
        content = [{"type": "text", "text": message.content}] if in_parts else message.content
        fields.append({"role": message.role, "content": content})
        if message.calls:
            fields[-1]["tool_calls"] = [
                {
                    "type": "function",
                    "id": _CALL_ID.format(number=number),
                    "function": {"name": call.name, "arguments": _arguments(call.arguments)},
                }
                for number, call in enumerate(message.calls, 1)
            ]
        if message.role == "tool":
            # Results follow the calls in their order.
            fields[-1] |= {"name": message.tool, "tool_call_id": _CALL_ID.format(number=results)}
    return fields


def one_by_one(messages: Sequence[ChatMessage]) -> tuple[ChatMessage, ...]:
    """Return a conversation in which each answer has one call, followed by its result."""
    chat: list[ChatMessage] = []
    calls: list[ToolCall] = []
    for message in messages:
        if message.role == "tool" and chat[-1].role == "tool" and calls:
            chat.append(ChatMessage("assistant", "", (calls.pop(0),)))
        if len(message.calls) > 1:
            first, *calls = message.calls
            message = ChatMessage(message.role, message.content, (first,))
        chat.append(message)
    return tuple(chat)


def calls_as_text(messages: Sequence[ChatMessage]) -> tuple[ChatMessage, ...]:
    """Return a conversation in which calls are JSON in the text of the answers; results stay as they are."""
    return tuple(_spelled_out(message) if message.calls else message for message in messages)


def spelled_out(messages: Sequence[ChatMessage], tools: str) -> tuple[ChatMessage, ...]:
    """Return a conversation in which tools, calls and results are plain text of the three usual roles."""
    chat = [_spelled_out(message) for message in messages]
    functions = function_list(tools)
    if functions:
        listed = "\n".join(json.dumps(function["function"], ensure_ascii=False) for function in functions)
        text = _DESCRIPTION.format(tools=listed)
        if chat and chat[0].role == "system":
            chat[0] = ChatMessage("system", f"{chat[0].content}\n\n{text}")
        else:
            chat.insert(0, ChatMessage("system", text))
    return _joined(chat)


def _spelled_out(message: ChatMessage) -> ChatMessage:
    if message.role == "tool":
        return ChatMessage("user", f"Result of {message.tool}: {message.content}")
    if not message.calls:
        return message
    calls = [{"name": call.name, "arguments": _arguments(call.arguments)} for call in message.calls]
    text = json.dumps(calls[0] if len(calls) == 1 else calls, ensure_ascii=False)
    return ChatMessage(message.role, f"{message.content}\n{text}".strip())


def _joined(chat: Sequence[ChatMessage]) -> tuple[ChatMessage, ...]:
    """Join messages of one role that follow one another: many templates refuse them."""
    joined: list[ChatMessage] = []
    for message in chat:
        if joined and joined[-1].role == message.role:
            joined[-1] = ChatMessage(message.role, f"{joined[-1].content}\n\n{message.content}")
        else:
            joined.append(message)
    return tuple(joined)


def _arguments(text: str) -> object:
    """Return the arguments of a call as an object; as the text itself where it is no JSON."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


REWRITES: Sequence[Rewrite] = (tuple, one_by_one, calls_as_text)
"""Ways to give a template several calls, the best first."""
