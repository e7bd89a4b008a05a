"""Check of an answer to a task: pass, fail, or look for yourself, each with its reason."""

from collections.abc import Sequence
from typing import Any, Literal, cast

import msgspec

from tui.chat.comparing.answers import (
    FoundJson,
    find_json,
    language_of,
    mentions_term,
    numbers_in,
    without_thinking,
    words_in,
)
from tui.chat.comparing.json_fields import compare_fields, plain_value
from tui.chat.comparing.tasks import (
    LANGUAGES,
    AnyOf,
    ArithmeticCheck,
    DraftCheck,
    ExtractionCheck,
    SummaryCheck,
    Task,
    ToolCheck,
    TranslationCheck,
)
from tui.sentences import Reason, reason

Mark = Literal["pass", "fail", "look"]

_TERMS_MISSING = 3
"""A translation fails if it lacks more than one in this many of its key words."""
_GREETING_LINES = 3
"""Lines that are searched for the greeting, which may follow a subject line and an empty one."""


class CheckResult(msgspec.Struct, frozen=True):
    """Result of the check of an answer."""

    mark: Mark
    reason: Reason
    """Its sentence is a short one without a full stop."""


def check_answer(task: Task, text: str, *, thinking: str = "", cut_off_at: int | None = None) -> CheckResult:
    """Check an answer.

    Args:
        task: what was asked.
        text: the answer; a block of thinking before it does not count.
        thinking: what came before the answer, where the engine has set that apart.
        cut_off_at: tokens after which it was cut off; None for an answer that came to its own end.
    """
    answer = without_thinking(text)
    if answer is None or (thinking and not answer):
        return CheckResult("fail", reason("chat.check_still_thinking"))
    if not answer:
        return CheckResult("fail", reason("chat.check_empty"))
    outcome = _judge(task, answer)
    if cut_off_at is not None:
        cut_off = reason("chat.check_cut_off", result=outcome.reason, count=cut_off_at)
        return CheckResult("look" if outcome.mark == "pass" else outcome.mark, cut_off)
    return outcome


def _judge(task: Task, answer: str) -> CheckResult:
    check = task.check
    match check:
        case SummaryCheck():
            return _summary(task, check, answer)
        case TranslationCheck():
            return _translation(task, check, answer)
        case DraftCheck():
            return _draft(task, check, answer)
        case ExtractionCheck():
            return _extraction(check, answer)
        case ToolCheck():
            return _tool(check, answer)
        case ArithmeticCheck():
            return _arithmetic(check, answer)


# Texts


def _summary(task: Task, check: SummaryCheck, answer: str) -> CheckResult:
    count = len(words_in(answer))
    if wrong := _wrong_language(task, answer):
        return wrong
    if count > check.words_most:
        return CheckResult("fail", reason("chat.check_too_long", count=count, most=check.words_most))
    if missing := _missing(answer, check.mentions):
        return CheckResult("fail", _not_said(missing))
    return _or_look_at_language(task, answer, reason("chat.check_facts_named", count=count))


def _translation(task: Task, check: TranslationCheck, answer: str) -> CheckResult:
    if wrong := _wrong_language(task, answer):
        return wrong
    missing = _missing(answer, check.terms)
    if len(missing) * _TERMS_MISSING > len(check.terms):
        return CheckResult("fail", _not_said(missing))
    if missing:
        # Another word may do as well, which only a reader can tell.
        return CheckResult("look", _not_said(missing))
    return _or_look_at_language(task, answer, reason("chat.check_key_words"))


def _draft(task: Task, check: DraftCheck, answer: str) -> CheckResult:
    count = len(words_in(answer))
    if wrong := _wrong_language(task, answer):
        return wrong
    lines = [line for line in answer.splitlines() if line.strip(" *_#>")][:_GREETING_LINES]
    if not any(_greets(line, check.greetings) for line in lines):
        return CheckResult("fail", reason("chat.check_no_greeting"))
    if not check.words_least <= count <= check.words_most:
        wrong_length = reason(
            "chat.check_wrong_length", count=count, least=check.words_least, most=check.words_most
        )
        return CheckResult("fail", wrong_length)
    if missing := _missing(answer, check.mentions):
        return CheckResult("fail", _not_said(missing))
    if placeholder := _placeholder(answer):
        return CheckResult("look", reason("chat.check_gap", gap=placeholder))
    return _or_look_at_language(task, answer, reason("chat.check_draft_complete", count=count))


def _greets(line: str, greetings: Sequence[str]) -> bool:
    first = " ".join(words_in(line)[:2])
    return any(mentions_term(first, greeting) for greeting in greetings)


def _placeholder(answer: str) -> str | None:
    start = answer.find("[")
    end = answer.find("]", start)
    return " ".join(answer[start : end + 1].split())[:40] if 0 <= start < end else None


def _wrong_language(task: Task, answer: str) -> CheckResult | None:
    language = language_of(answer)
    if language is None or language == task.language:
        return None
    return CheckResult("fail", reason("chat.check_other_language", language=LANGUAGES[task.language]))


def _or_look_at_language(task: Task, answer: str, result: Reason) -> CheckResult:
    if language_of(answer) is None:
        doubt = reason("chat.check_language_unclear", result=result, language=LANGUAGES[task.language])
        return CheckResult("look", doubt)
    return CheckResult("pass", result)


def _missing(answer: str, wanted: Sequence[AnyOf]) -> list[str]:
    return [terms[0] for terms in wanted if not any(mentions_term(answer, term) for term in terms)]


def _not_said(missing: Sequence[str]) -> Reason:
    terms = ", ".join(f'"{term}"' for term in missing)
    return reason("chat.check_terms_missing", terms=terms, count=len(missing))


# JSON


def _extraction(check: ExtractionCheck, answer: str) -> CheckResult:
    parsed = find_json(answer)
    if parsed is None:
        return CheckResult("fail", reason("chat.check_no_json"))
    value = parsed.value
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, dict):
        return CheckResult("fail", reason("chat.check_not_one_object"))
    return _compared(check.fields, cast("dict[str, Any]", value), parsed, reason("chat.check_fields_right"))


def _tool(check: ToolCheck, answer: str) -> CheckResult:
    parsed = find_json(answer)
    if parsed is None:
        return CheckResult("fail", reason("chat.check_no_json"))
    call = _call_in(parsed.value)
    if call is None:
        return CheckResult("fail", reason("chat.check_not_one_call"))
    name, arguments = call
    if name != check.name:
        return CheckResult("fail", reason("chat.check_other_tool", name=plain_value(name), wanted=check.name))
    return _compared(check.arguments, arguments, parsed, reason("chat.check_call_right"))


def _call_in(value: Any) -> tuple[str, dict[str, Any]] | None:
    """Return the name and the arguments of a call, in any usual form; None for anything else."""
    if isinstance(value, list) and len(cast("list[Any]", value)) == 1:
        return _call_in(cast("list[Any]", value)[0])
    if not isinstance(value, dict):
        return None
    call = cast("dict[str, Any]", value)
    for inner in ("tool_calls", "function", "tool_call"):
        if isinstance(call.get(inner), dict | list):
            return _call_in(call[inner])
    name = call.get("name", call.get("function"))
    arguments = call.get("arguments", call.get("parameters"))
    if isinstance(arguments, str):
        # OpenAI's form: the arguments are JSON in a text.
        inside = find_json(arguments)
        arguments = inside.value if inside is not None else None
    if isinstance(name, str) and isinstance(arguments, dict):
        return name, cast("dict[str, Any]", arguments)
    return None


def _compared(wanted: dict[str, Any], got: dict[str, Any], parsed: FoundJson, right: Reason) -> CheckResult:
    difference = compare_fields(wanted, got)
    if difference is not None:
        return CheckResult("look" if difference.slight else "fail", difference.reason)
    match parsed.wrapping:
        case "in_text":
            return CheckResult("look", reason("chat.check_json_in_text", result=right))
        case "fenced":
            return CheckResult("pass", reason("chat.check_json_fenced", result=right))
        case "fenced_in_text":
            return CheckResult("pass", reason("chat.check_json_fenced_in_text", result=right))
        case _:
            return CheckResult("pass", right)


# Numbers


def _arithmetic(check: ArithmeticCheck, answer: str) -> CheckResult:
    numbers = numbers_in(answer)
    wanted = check.value
    if not numbers:
        return CheckResult("fail", reason("chat.check_no_number", wanted=wanted))
    if _is(wanted, numbers[-1]):
        return CheckResult("pass", reason("chat.check_number_right", wanted=wanted))
    last = numbers[-1][0]
    if any(_is(wanted, readings) for readings in numbers):
        return CheckResult("look", reason("chat.check_number_not_last", wanted=wanted, last=last))
    return CheckResult("fail", reason("chat.check_number_wrong", wanted=wanted, last=last))


def _is(wanted: float, readings: Sequence[float]) -> bool:
    return any(abs(value - wanted) <= 1e-9 * max(1.0, abs(wanted)) for value in readings)
