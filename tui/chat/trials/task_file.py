"""Reader of task files: TOML, or one JSON object a line; one with mistakes is refused, with all of them."""

import json
import re
from collections.abc import Mapping, Sequence
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import msgspec
import tomli

from tui.chat.attachments import AttachmentError, read_file
from tui.chat.prompt_messages import attachment_text
from tui.chat.trials.check_reader import read_calls_of, read_checks
from tui.chat.trials.table_reader import Mistake, TableReader
from tui.chat.trials.task import MAX_TOKENS, TaskSet, TaskTurn, TrialTask
from tui.engine.options import ToolCall
from tui.engine.schema import check_schema
from tui.models.model import USES, Use
from tui.sentences import Reason, ReasonedError, reason
from tui.settings.toml_errors import toml_error
from tui.text import clean_line, full_path

BUILT_IN = "tool-calls"
"""Name of the trials of tool calls that come with the program."""

_SHARED_KEYS = ("for", "system", "schema", "tools", "max_tokens", "temperature", "think", "repeat", "seeds")
FILE_KEYS = ("name", "defaults", "task")
TASK_KEYS = ("name", *_SHARED_KEYS, "prompt", "files", "turns", "check")
TURN_KEYS = ("prompt", "files", "answer", "call", "result", "tool", "check")
TOOL_KEYS = ("name", "description", "parameters")
_MOST_TASKS = 1_000
MOST_SEEDS = 100
_LARGEST_SEED = 2**31 - 1
_MOST_TOKENS = 100_000
_JSON_LINES = frozenset({".jsonl", ".ndjson", ".json"})
_HEADER = re.compile(r"\s*\[\[\s*task\s*\]\]")
_QUOTES = ('"""', "'''")


class TaskFileError(ReasonedError):
    """A task file cannot be used."""

    def __init__(self, mistakes: Sequence[Reason], why: Reason) -> None:
        """`mistakes` has every mistake with its place, `why` says what comes of them."""
        super().__init__(why)
        self.mistakes = tuple(mistakes)


def read_task_file(path: Path) -> TaskSet:
    """Read a task file; may wait for the disk.

    Raises:
        TaskFileError: it cannot be read, or has mistakes.
    """
    path = full_path(path)
    try:
        text = read_file(path).attachment.text
    except AttachmentError as error:
        raise TaskFileError((), error.reason) from None
    is_lines = path.suffix.lower() in _JSON_LINES or (
        path.suffix.lower() != ".toml" and text.lstrip().startswith("{")
    )
    name = clean_line(path.name)
    return (_read_lines if is_lines else _read_toml)(text, name, path.parent)


def built_in_set() -> TaskSet:
    """Return the trials of tool calls that come with the program."""
    text = _shipped("tool_calls.toml")
    return msgspec.structs.replace(_read_toml(text, BUILT_IN, Path()), name=BUILT_IN, is_built_in=True)


def example_text() -> str:
    """Return the example of a task file."""
    return _shipped("example.toml")


def _shipped(name: str) -> str:
    return resources.files("tui.chat.trials").joinpath(name).read_text(encoding="utf-8")


def with_repeat(tasks: TaskSet, count: int) -> TaskSet:
    """Return the tasks, each with so many seeds."""
    seeds = tuple(range(1, count + 1))
    repeated = tuple(msgspec.structs.replace(task, seeds=seeds) for task in tasks.tasks)
    return msgspec.structs.replace(tasks, tasks=repeated)


# Both forms of the file


def _read_toml(text: str, name: str, folder: Path) -> TaskSet:
    try:
        document = tomli.loads(text)
    except (tomli.TOMLDecodeError, RecursionError) as error:
        raise TaskFileError((), reason("trials.not_toml", file=name, why=toml_error(error))) from None
    mistakes: list[Mistake] = []
    top = TableReader(document, FILE_KEYS, mistakes, 0)
    defaults = top.table("defaults", reason("trials.expect_defaults")) or {}
    TableReader(defaults, _SHARED_KEYS, mistakes, 0, "defaults.")
    title = top.text("name", name)
    tables = top.tables("task", reason("trials.expect_tasks"))
    tasks = _read_tasks([_with_defaults(table, defaults) for table in tables], mistakes, folder)
    mistakes = [_at_defaults(mistake, tables, defaults) for mistake in mistakes]
    _refuse_mistakes(name, mistakes, tables, _TomlLines(text))
    return TaskSet(title, tuple(tasks))


def _at_defaults(
    mistake: Mistake, tables: Sequence[Mapping[str, Any]], defaults: Mapping[str, Any]
) -> Mistake:
    """Return a mistake in a value that a task has from the defaults as one of the defaults."""
    top = mistake.key.partition(".")[0]
    if not mistake.task or top in tables[mistake.task - 1] or top not in defaults:
        return mistake
    return Mistake(0, f"defaults.{mistake.key}", mistake.reason)


def _read_lines(text: str, name: str, folder: Path) -> TaskSet:
    tables: list[dict[str, Any]] = []
    numbers: list[int] = []
    mistakes: list[Mistake] = []
    defaults: dict[str, Any] = {}
    title = name
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        value = _json_object(line)
        if isinstance(value, Reason):
            raise TaskFileError((), _placed(name, reason("trials.line", number=number), value))
        if set(value) <= {"defaults", "name"} and "defaults" in value and not tables:
            head = TableReader(value, FILE_KEYS, mistakes, 0)
            title = head.text("name", name)
            defaults = head.table("defaults", reason("trials.expect_defaults")) or {}
            TableReader(defaults, _SHARED_KEYS, mistakes, 0, "defaults.")
            continue
        tables.append(_with_defaults(value, defaults))
        numbers.append(number)
    tasks = _read_tasks(tables, mistakes, folder)
    _refuse_mistakes(name, mistakes, tables, numbers)
    return TaskSet(title, tuple(tasks))


def _with_defaults(table: dict[str, Any], defaults: dict[str, Any]) -> dict[str, Any]:
    """Return a task with the defaults that it does not set; its own seeds replace a number of them."""
    replaced = {"seeds": "repeat", "repeat": "seeds"}
    unset = {key: value for key, value in defaults.items() if replaced.get(key) not in table}
    return {**unset, **table}


def _json_object(line: str) -> dict[str, Any] | Reason:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        return reason("trials.not_json", why=str(error))
    if not isinstance(value, dict):
        return reason("trials.not_an_object")
    return cast("dict[str, Any]", value)


def _refuse_mistakes(
    file: str,
    mistakes: Sequence[Mistake],
    tables: Sequence[Mapping[str, Any]],
    lines: "_TomlLines | list[int]",
) -> None:
    """Raise a TaskFileError where there are mistakes, or no task."""
    if not mistakes and not tables:
        raise TaskFileError((), reason("trials.no_task", file=file))
    if not mistakes:
        return
    placed: list[Reason] = []
    for mistake in mistakes:
        if isinstance(lines, list):
            number = lines[mistake.task - 1] if mistake.task else 1
        else:
            number = lines.line_of(mistake.task, mistake.key)
        place = reason("trials.line", number=number)
        if mistake.task:
            name = tables[mistake.task - 1].get("name")
            title = clean_line(name) if isinstance(name, str) and name.strip() else str(mistake.task)
            place = reason("trials.line_of_task", number=number, task=title)
        placed.append(_placed(file, place, mistake.reason))
    # A default that is wrong is wrong in every task.
    unique = tuple(dict.fromkeys(placed))
    raise TaskFileError(unique, reason("trials.file_refused", file=file, count=len(unique)))


def _placed(file: str, place: Reason, mistake: Reason) -> Reason:
    return reason("trials.mistake", file=file, place=place, mistake=mistake)


class _TomlLines:
    """Lines of the tasks and keys of a TOML file."""

    def __init__(self, text: str) -> None:
        self._lines = list(_code_lines(text))
        """Number and text of each line that is not inside a text of several lines."""

    def line_of(self, task: int, key: str) -> int:
        """Return the line of a key in a task, or else that of the task; 1 for neither."""
        count, line_number = 0, 1
        parts = key.split(".") if key else []
        for number, line in self._lines:
            if _HEADER.match(line):
                count += 1
                line_number = number if count == task else line_number
            if count != task:
                continue
            # The parts of a key stand in one line, or in lines one after another.
            while parts and _key_pattern(parts[0]).search(line):
                line_number = number
                del parts[0]
        return line_number


def _key_pattern(key: str) -> re.Pattern[str]:
    return re.compile(rf"""(?:^|[\s{{,.\[])["']?{re.escape(key)}["']?\s*(?:=|\.|\])""")


def _code_lines(text: str) -> "list[tuple[int, str]]":
    lines: list[tuple[int, str]] = []
    closing = ""
    for number, line in enumerate(text.splitlines(), 1):
        if closing:
            if closing in line:
                closing = ""
            continue
        lines.append((number, line))
        for quotes in _QUOTES:
            if line.count(quotes) % 2:
                closing = quotes
                break
    return lines


# Tasks


def _read_tasks(tables: Sequence[dict[str, Any]], mistakes: list[Mistake], folder: Path) -> list[TrialTask]:
    tasks: list[TrialTask] = []
    names: set[str] = set()
    if len(tables) > _MOST_TASKS:
        mistakes.append(Mistake(0, "task", reason("trials.too_many_tasks", most=_MOST_TASKS)))
    for number, table in enumerate(tables[:_MOST_TASKS], 1):
        reader = TableReader(table, TASK_KEYS, mistakes, number)
        task = _read_task(reader, number, folder)
        if task.name in names:
            reader.add("name", reason("trials.name_twice", name=task.name))
        names.add(task.name)
        tasks.append(task)
    return tasks


def _read_task(reader: TableReader, number: int, folder: Path) -> TrialTask:
    tools = _tools(reader)
    names = frozenset(str(tool["name"]) for tool in tools)
    use = reader.choice("for", USES)
    return TrialTask(
        name=clean_line(reader.text("name", str(number))),
        turns=_turns(reader, names, folder),
        use=cast("Use | None", use),
        system=reader.text("system").strip(),
        schema=_schema(reader, folder),
        tools=json.dumps(tools, ensure_ascii=False) if tools else "",
        max_tokens=reader.whole("max_tokens", 1, _MOST_TOKENS) or MAX_TOKENS,
        temperature=reader.number("temperature", 0, 5),
        think=reader.flag("think"),
        seeds=_seeds(reader),
    )


def _seeds(reader: TableReader) -> tuple[int, ...]:
    repeat = reader.whole("repeat", 1, MOST_SEEDS)
    if "seeds" not in reader.values:
        return tuple(range(1, (repeat or 1) + 1))
    value = reader.values["seeds"]
    seeds = cast("list[Any]", value) if isinstance(value, list) else []
    are_right = all(
        isinstance(seed, int) and not isinstance(seed, bool) and 0 <= seed <= _LARGEST_SEED for seed in seeds
    )
    if not seeds or not are_right or len(seeds) > MOST_SEEDS or len(set(seeds)) < len(seeds):
        reader.wrong("seeds", reason("trials.expect_seeds", most=MOST_SEEDS))
        return (1,)
    if repeat is not None:
        reader.add("repeat", reason("trials.repeat_and_seeds"))
    return tuple(seeds)


def _schema(reader: TableReader, folder: Path) -> str:
    """Return the schema as JSON: from a table, from JSON in a text, or from a file."""
    value = reader.values.get("schema")
    if value is None:
        return ""
    if isinstance(value, dict):
        text = json.dumps(value, ensure_ascii=False)
    else:
        text = reader.text("schema").strip()
        if text and not text.startswith("{"):
            text = _file_text(reader, "schema", text, folder)
    if not text:
        return ""
    if problem := check_schema(text):
        reader.add("schema", reason("trials.wrong_schema", key=reader.title + "schema", problem=problem))
        return ""
    return text


def _file_text(reader: TableReader, key: str, name: str, folder: Path) -> str:
    try:
        return read_file(folder / full_path(Path(name))).attachment.text
    except AttachmentError as error:
        reader.add(key, reason("trials.wrong_file", key=reader.title + key, problem=error.reason))
        return ""


def _tools(reader: TableReader) -> list[dict[str, Any]]:
    tools: list[dict[str, Any]] = []
    for values in reader.tables("tools", reason("trials.expect_tool")):
        # The form of OpenAI puts each tool into a table of its own.
        inner = values.get("function")
        table = cast("dict[str, Any]", inner) if isinstance(inner, dict) else values
        tool = TableReader(table, TOOL_KEYS, reader.mistakes, reader.task, f"{reader.title}tools.")
        name = tool.text("name")
        if "name" not in table:
            reader.wrong("tools", reason("trials.expect_tool"))
        if any(name == other_tool["name"] for other_tool in tools):
            tool.add("name", reason("trials.tool_twice", name=name))
        parameters = tool.table("parameters", reason("trials.expect_parameters"))
        schema = parameters or {"type": "object", "properties": {}}
        if not isinstance(schema.get("properties", {}), dict):
            tool.wrong("parameters", reason("trials.expect_parameters"))
        tools.append({"name": name, "description": tool.text("description"), "parameters": schema})
    return tools


# Turns


def _turns(reader: TableReader, tools: frozenset[str], folder: Path) -> tuple[TaskTurn, ...]:
    """Return the turns of a task: those listed, or the one of its prompt."""
    checks = read_checks(reader, "check", tools)
    if "turns" not in reader.values:
        text = _prompt(reader, folder)
        if "prompt" not in reader.values:
            reader.add("prompt", reason("trials.prompt_missing"))
        return (TaskTurn("prompt", text, checks=checks),)
    for key in ("prompt", "files"):
        if key in reader.values:
            reader.add(key, reason("trials.goes_without_turns", key=key))
    turns: list[TaskTurn] = []
    for values in reader.tables("turns", reason("trials.expect_turn")):
        turn_reader = TableReader(values, TURN_KEYS, reader.mistakes, reader.task, "turns.")
        turns.append(_turn(turn_reader, tools, folder))
    if not turns:
        reader.wrong("turns", reason("trials.expect_turn"))
        return ()
    turns[-1] = msgspec.structs.replace(turns[-1], checks=(*turns[-1].checks, *checks))
    _check_order(reader, turns)
    return tuple(turns)


def _prompt(reader: TableReader, folder: Path) -> str:
    texts = [reader.text("prompt").strip()]
    for name in reader.texts("files"):
        try:
            texts.insert(-1, attachment_text(read_file(folder / full_path(Path(name))).attachment))
        except AttachmentError as error:
            reader.add("files", reason("trials.wrong_file", key=reader.title + "files", problem=error.reason))
    return "\n\n".join(text for text in texts if text)


def _turn(reader: TableReader, tools: frozenset[str], folder: Path) -> TaskTurn:
    kinds = [key for key in ("prompt", "answer", "call", "result") if key in reader.values]
    if len(kinds) != 1:
        reader.add("turns", reason("trials.turn_kinds"))
        return TaskTurn("prompt")
    checks = read_checks(reader, "check", tools)
    match kinds[0]:
        case "prompt":
            return TaskTurn("prompt", _prompt(reader, folder), checks=checks)
        case "answer":
            turn = TaskTurn("answer", reader.text("answer").strip())
        case "call":
            calls = read_calls_of(reader, "call", tools, reader.mistakes)
            turn = TaskTurn(
                "calls",
                calls=tuple(
                    ToolCall(call.name, json.dumps(call.arguments, ensure_ascii=False)) for call in calls
                ),
            )
        case _:
            return TaskTurn("result", _result(reader), tool=reader.text("tool"), checks=checks)
    if checks:
        reader.add("check", reason("trials.check_of_own_answer"))
    return turn


def _result(reader: TableReader) -> str:
    value = reader.values["result"]
    return (
        json.dumps(value, ensure_ascii=False)
        if isinstance(value, dict | list)
        else reader.text("result").strip()
    )


def _check_order(reader: TableReader, turns: Sequence[TaskTurn]) -> None:
    """Take the mistakes of turns that cannot follow one another."""
    if turns[0].kind != "prompt":
        reader.add("turns", reason("trials.turns_begin"))
    if turns[-1].kind in ("answer", "calls"):
        reader.add("turns", reason("trials.turns_end"))
    for turn, following in pairwise(turns):
        if turn.kind == "calls" and following.kind != "result":
            reader.add("turns", reason("trials.result_missing"))
        if turn.kind == "answer" and following.kind != "prompt":
            reader.add("turns", reason("trials.prompt_after_answer"))
        is_unanswered = following.kind in ("answer", "calls") or turn.kind == following.kind == "result"
        if turn.checks and is_unanswered:
            reader.add("check", reason("trials.check_of_own_answer"))
