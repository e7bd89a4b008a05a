"""Calls of tools read from an answer, in the forms that chat templates teach models.

Recognised are, in this order: channels (`to=functions.NAME`), marks around one call (Kimi, DeepSeek), tags
with the name in them (`<function=NAME>`, `<invoke name="NAME">`), `[TOOL_CALLS]`, marks around JSON, around
Python calls or around `call:NAME{…}` (`<tool_call>`, `<|python_tag|>`, `<|tool_call_start|>` and their like),
a name before JSON (functionary), a list of Python calls, and JSON with a name and arguments, bare, in a code
fence or in a text.
"""

import ast
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, cast

import msgspec

from tui.chat.trials.json_values import sound_value
from tui.sentences import Reason, reason

ParameterTypes = Mapping[str, Mapping[str, str]]
"""By the name of a tool, the JSON types of its parameters by their names; "" for any type."""

_NAME_KEYS = ("name", "tool_name", "tool", "function", "action", "recipient_name")
_ARGUMENT_KEYS = ("arguments", "parameters", "args", "params", "input", "action_input", "tool_input")
_INNER_KEYS = ("tool_calls", "tool_call", "function", "function_call", "calls")
_TRIES = 64
"""Places in a text at which JSON may begin that are looked at."""

_CHANNEL = re.compile(
    r"to=(?:functions\.)?([\w.-]+)(?:(?!<\|message\|>).)*?<\|message\|>\s*(\{.*?)(?=<\|(?:call|end|start|eom|eot)\|>|\Z)",
    re.DOTALL,
)
_MARKED_NAME = re.compile(
    r"<\|tool_call_begin\|>\s*(?:functions\.)?([\w.-]+?)(?::\d+)?\s*<\|tool_call_argument_begin\|>"
    r"(.*?)(?=<\|tool_call_end\|>|<\|tool_call_begin\|>|\Z)"
    r"|<｜tool▁call▁begin｜>(?:function<｜tool▁sep｜>)?\s*([\w.-]+)\s*(?:<｜tool▁sep｜>)?"
    r"(.*?)(?=<｜tool▁call▁end｜>|<｜tool▁call▁begin｜>|\Z)",
    re.DOTALL,
)
_TAG = re.compile(
    r"<[^\s<>=]*?(?:invoke|function)(?:\s+name=\"([^\"]+)\"[^>]*|=([\w.-]+))>(.*?)"
    r"(?=</[^\s<>]*?(?:invoke|function)>|<[^\s<>=]*?(?:invoke|function)[\s=]|\Z)",
    re.DOTALL,
)
_TAG_PARAMETER = re.compile(
    r"<[^\s<>=]*?param(?:eter)?(?:\s+name=\"([^\"]+)\"[^>]*|=([^>\s]+))>(.*?)</[^\s<>]*?param(?:eter)?>",
    re.DOTALL,
)
_ARGUMENT_PAIR = re.compile(r"<arg_key>(.*?)</arg_key>\s*<arg_value>(.*?)</arg_value>", re.DOTALL)
_MISTRAL = re.compile(r"\[TOOL_CALLS\]\s*(.*?)(?=\[TOOL_CALLS\]|</s>|\Z)", re.DOTALL)
_NAME_THEN_JSON = re.compile(r"\s*([\w.-]+)(?:\[CALL_ID\]\w*)?(?:\[ARGS\])?\s*(\{.*)", re.DOTALL)
_MARKS = re.compile(
    r"(?:<tool_call>|<\|tool_call\|?>|<\|python_tag\|>|<\|START_ACTION\|>|<\|tool_call_start\|>|<\|tools_prefix\|>"
    r"|<tool_calls>|<TOOLCALL>|<start_function_call>|<functioncall>|<\|tool_calls\|>|<\|function_call\|>"
    r"|function call<\|role_sep\|>)"
    r"(.*?)"
    r"(?=</tool_call>|<\|/tool_call\|>|<tool_call\|>|<\|eom_id\|>|<\|END_ACTION\|>|<\|tool_call_end\|>|</tool_calls>"
    r"|<\|tools_suffix\|>|</TOOLCALL>|<end_function_call>|</functioncall>|<tool_call>|<\|tool_call\|?>"
    r"|<\|message_sep\|>"
    r"|<\|python_tag\|>|<\|eot_id\|>|<\|im_end\|>|<\|/tool_calls\|>|\Z)",
    re.DOTALL,
)
_FENCE = re.compile(r"```[ \t]*[\w+-]*[ \t]*\n(.*?)(?:```|\Z)", re.DOTALL)
_RECIPIENT = re.compile(r"(?:>>>|\A\s*)([\w.-]+)\n\s*(\{.*?)(?=>>>|<\||\Z)", re.DOTALL)
_PYTHON = re.compile(r"\[?\s*[A-Za-z_][\w.]*\(.*\)\s*\]?\s*", re.DOTALL)
_COLON = re.compile(r"\s*call:([\w.-]+)(\{.*\})\s*", re.DOTALL)
_QUOTED = re.compile(r'<\|"\|>(.*?)<\|"\|>', re.DOTALL)
_BARE_KEY = re.compile(r"([{,]\s*)([A-Za-z_][\w.-]*)\s*:")


class ReadCall(msgspec.Struct, frozen=True):
    """Call of a tool in an answer."""

    name: str
    arguments: dict[str, Any]


class CallReading(msgspec.Struct, frozen=True):
    """Calls of an answer, or the reason why they cannot be read."""

    calls: tuple[ReadCall, ...] = ()
    broken: Reason | None = None
    """Mistake in the form of a call; None where every call can be read."""


class _BrokenCallError(Exception):
    """A call cannot be read; the argument is the reason."""

    def __init__(self, why: Reason) -> None:
        super().__init__(str(why))
        self.reason = why


def read_calls(text: str, types: ParameterTypes, marked: str = "") -> CallReading:
    """Return the calls in an answer, without its thinking; none for an answer in words.

    Args:
        text: the answer as it is shown.
        types: the tools that the model was offered.
        marked: the answer with the marks that are control tokens; empty where it is the text.
    """
    try:
        for read in (*_MARKED_READERS, *_PLAIN_READERS):
            # What a model thinks before it answers may have JSON, too.
            calls = tuple(read(marked or text if read in _MARKED_READERS else text, types))
            if calls:
                return CallReading(tuple(map(_sound_call, calls)))
    except _BrokenCallError as error:
        return CallReading(broken=error.reason)
    except (RecursionError, ValueError):
        # A value that is nested a thousand times is no call.
        return CallReading(broken=reason("trials.call_not_json"))
    if _looks_broken(text):
        return CallReading(broken=reason("trials.call_not_json"))
    return CallReading()


def parameter_types(tools: str) -> ParameterTypes:
    """Return the types of the parameters of a JSON list of functions."""
    types: dict[str, dict[str, str]] = {}
    for function in cast("list[dict[str, Any]]", json.loads(tools)) if tools else []:
        parameters = cast("dict[str, Any]", function.get("parameters") or {})
        properties = cast("dict[str, Any]", parameters.get("properties") or {})
        types[str(function["name"])] = {
            str(name): str(cast("dict[str, Any]", schema).get("type", "")) if isinstance(schema, dict) else ""
            for name, schema in properties.items()
        }
    return types


def _sound_call(call: ReadCall) -> ReadCall:
    return ReadCall(str(sound_value(call.name)), sound_value(call.arguments))


# Forms with marks: what they enclose has to be a call


def _channel_calls(text: str, types: ParameterTypes) -> Iterator[ReadCall]:
    del types
    for match in _CHANNEL.finditer(text):
        yield ReadCall(match[1], _arguments(match[2]))


def _marked_calls(text: str, types: ParameterTypes) -> Iterator[ReadCall]:
    del types
    for match in _MARKED_NAME.finditer(text):
        body = match[2] if match[1] else match[4]
        fence = _FENCE.search(body)
        yield ReadCall(match[1] or match[3], _arguments(fence[1] if fence else body))


def _tag_calls(text: str, types: ParameterTypes) -> Iterator[ReadCall]:
    for match in _TAG.finditer(text):
        name, body = match[1] or match[2], match[3]
        pairs = [(pair[1] or pair[2], pair[3]) for pair in _TAG_PARAMETER.finditer(body)]
        if pairs or not body.strip():
            yield ReadCall(name, _typed(pairs, types.get(name, {})))
        else:
            yield ReadCall(name, _arguments(body))


def _mistral_calls(text: str, types: ParameterTypes) -> Iterator[ReadCall]:
    for match in _MISTRAL.finditer(text):
        body = match[1].strip()
        named = _NAME_THEN_JSON.fullmatch(body)
        if named is not None:
            yield ReadCall(named[1], _arguments(named[2]))
        else:
            yield from _body_calls(body, types)


def _enclosed_calls(text: str, types: ParameterTypes) -> Iterator[ReadCall]:
    for match in _MARKS.finditer(text):
        yield from _body_calls(match[1].strip(), types)


def _body_calls(body: str, types: ParameterTypes) -> Iterator[ReadCall]:
    """Yield the calls between marks.

    Raises:
        _BrokenCallError: there is anything else.
    """
    fence = _FENCE.fullmatch(body)
    body = fence[1].strip() if fence else body
    if pairs := _ARGUMENT_PAIR.findall(body):
        name = body[: body.index("<arg_key>")].strip()
        yield ReadCall(name, _typed(pairs, types.get(name, {})))
    elif body in types:
        yield ReadCall(body, {})
    elif colon := _COLON.fullmatch(body):
        yield ReadCall(colon[1], _arguments(_with_quotes(colon[2])))
    elif _PYTHON.fullmatch(body):
        yield from _python_calls(body, types, is_marked=True)
    else:
        named = _NAME_THEN_JSON.fullmatch(body)
        if named is not None and named[1] in types:
            yield ReadCall(named[1], _arguments(named[2]))
            return
        values = _json_values(body)
        if values is None or not values:
            raise _BrokenCallError(reason("trials.call_not_json"))
        for value in values:
            calls = list(_calls_in(value, types))
            if not calls:
                raise _BrokenCallError(reason("trials.call_without_name"))
            yield from calls


# Forms without marks


def _recipient_calls(text: str, types: ParameterTypes) -> Iterator[ReadCall]:
    for match in _RECIPIENT.finditer(text):
        if match[1] in types:
            yield ReadCall(match[1], _arguments(match[2]))


def _python_calls(text: str, types: ParameterTypes, *, is_marked: bool = False) -> Iterator[ReadCall]:
    """Yield the calls of a list such as `[get_weather(city="Lima")]`; other Python is no call."""
    fence = _FENCE.fullmatch(text.strip())
    source = (fence[1] if fence else text).strip()
    if not _PYTHON.fullmatch(source):
        return
    try:
        tree = ast.parse(source, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        if is_marked:
            raise _BrokenCallError(reason("trials.call_not_json")) from None
        return
    nodes = tree.elts if isinstance(tree, ast.List | ast.Tuple) else [tree]
    calls = [_python_call(node) for node in nodes]
    if is_marked and None in calls:
        raise _BrokenCallError(reason("trials.call_not_json"))
    if is_marked or any(call is not None and call.name in types for call in calls):
        yield from (call for call in calls if call is not None)


def _python_call(node: ast.expr) -> ReadCall | None:
    if not isinstance(node, ast.Call) or node.args:
        return None
    arguments: dict[str, Any] = {}
    for keyword in node.keywords:
        try:
            arguments[str(keyword.arg)] = ast.literal_eval(keyword.value)
        except (ValueError, TypeError, RecursionError, MemoryError):
            return None
    return ReadCall(ast.unparse(node.func), arguments)


def _json_calls(text: str, types: ParameterTypes) -> Iterator[ReadCall]:
    """Yield the calls of JSON anywhere in the text."""
    for value in _values_in(text):
        yield from _calls_in(value, types)


def _calls_in(value: Any, types: ParameterTypes) -> Iterator[ReadCall]:
    """Yield the calls that a JSON value is, in any usual form."""
    if isinstance(value, list):
        for item in cast("list[Any]", value):
            yield from _calls_in(item, types)
        return
    if not isinstance(value, dict):
        return
    fields = cast("dict[str, Any]", value)
    for key in _INNER_KEYS:
        if isinstance(fields.get(key), dict | list):
            yield from _calls_in(fields[key], types)
            return
    name = next((fields[key] for key in _NAME_KEYS if isinstance(fields.get(key), str)), None)
    arguments = next((fields[key] for key in _ARGUMENT_KEYS if key in fields), None)
    if isinstance(arguments, str):
        # The form of OpenAI: the arguments are JSON in a text.
        arguments = _loaded(arguments)
    if name is None:
        # {"get_weather": {"city": "Lima"}}
        key = next(iter(fields), "")
        if len(fields) == 1 and key in types and isinstance(fields[key], dict):
            yield ReadCall(key, cast("dict[str, Any]", fields[key]))
        return
    if isinstance(arguments, dict):
        yield ReadCall(name.removeprefix("functions."), cast("dict[str, Any]", arguments))
    elif name in types and not any(key in fields for key in _ARGUMENT_KEYS):
        # Without arguments, or with them beside the name.
        beside = {key: item for key, item in fields.items() if key not in (*_NAME_KEYS, "type", "id")}
        yield ReadCall(name, beside)
    elif name in types:
        raise _BrokenCallError(reason("trials.call_arguments_no_object"))


_Reader = Callable[[str, ParameterTypes], Iterator[ReadCall]]
_MARKED_READERS: Sequence[_Reader] = (
    _channel_calls,
    _marked_calls,
    _tag_calls,
    _mistral_calls,
    _enclosed_calls,
)
_PLAIN_READERS: Sequence[_Reader] = (_recipient_calls, _python_calls, _json_calls)


# Values


def _arguments(text: str) -> dict[str, Any]:
    """Return the arguments that a JSON object at the beginning of a text is.

    Raises:
        _BrokenCallError: it is none.
    """
    value, _end = _decoded(text.strip(), 0)
    if value is None:
        raise _BrokenCallError(reason("trials.call_not_json"))
    if not isinstance(value, dict):
        raise _BrokenCallError(reason("trials.call_arguments_no_object"))
    return cast("dict[str, Any]", value)


def _typed(pairs: Sequence[tuple[str, str]], types: Mapping[str, str]) -> dict[str, Any]:
    """Return arguments that were written as text; a parameter that is no text is read as JSON."""
    arguments: dict[str, Any] = {}
    for key, written in pairs:
        name = key.strip()
        text = written.removeprefix("<![CDATA[").removesuffix("]]>").removeprefix("\n").removesuffix("\n")
        arguments[name] = text if types.get(name) == "string" else _value(text)
    return arguments


def _value(text: str) -> Any:
    """Return a value that was written as JSON or, by some templates, in Python; any other text as it is."""
    for load in (json.loads, ast.literal_eval):
        try:
            return load(text)
        except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
            continue
    return text


def _with_quotes(text: str) -> str:
    """Return `{city:<|"|>Lima<|"|>}` as JSON."""
    parts = _QUOTED.split(text)
    # Every second part is a text in quotes.
    return "".join(
        json.dumps(part) if number % 2 else _BARE_KEY.sub(r'\1"\2":', part)
        for number, part in enumerate(parts)
    )


def _loaded(text: str) -> Any:
    """Return the JSON value that is the whole text; None for none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _decoded(text: str, start: int) -> tuple[Any, int]:
    """Return the JSON value that begins at a place, and the place after it; None for none."""
    try:
        return json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError):
        return None, start


def _json_values(text: str) -> list[Any] | None:
    """Return the JSON values that a text is, one after another; None where there is anything else."""
    values: list[Any] = []
    position = 0
    while position < len(text):
        if text[position].isspace() or text[position] in ",;":
            position += 1
            continue
        value, end = _decoded(text, position)
        if end == position:
            return None
        values.append(value)
        position = end
    return values


def _values_in(text: str) -> Iterator[Any]:
    """Yield the JSON objects and lists anywhere in a text, one after another."""
    position = 0
    for _try in range(_TRIES):
        match = re.compile(r"[{\[]").search(text, position)
        if match is None:
            return
        value, end = _decoded(text, match.start())
        if isinstance(value, dict | list):
            yield cast("Any", value)
        position = max(end, match.end())


def _looks_broken(text: str) -> bool:
    """Return True for JSON that was meant as a call and is not valid."""
    fence = _FENCE.search(text)
    body = (fence[1] if fence else text).lstrip()
    has_name = re.search(r"[\"'](?:name|tool_name|function)[\"']\s*:", body)
    return (
        body.startswith(("{", "["))
        and has_name is not None
        and any(f'"{key}"' in body or f"'{key}'" in body for key in _ARGUMENT_KEYS)
    )
