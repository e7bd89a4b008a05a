"""Checks of an answer to a task of the user's own: each passes, fails, or leaves the answer to a reader."""

from collections.abc import Sequence

import msgspec

from tui.chat.comparing.answers import (
    find_json,
    language_of,
    numbers_in,
    plain_letters,
    without_thinking,
    words_in,
)
from tui.chat.comparing.checks import Mark
from tui.chat.comparing.json_fields import plain_value
from tui.chat.comparing.tasks import LANGUAGES
from tui.chat.trials.json_values import json_difference, sound_value
from tui.chat.trials.pattern_search import PatternTooSlowError, has_pattern
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
from tui.sentences import Reason, reason


class CheckOutcome(msgspec.Struct, frozen=True):
    """Result of one check of an answer."""

    mark: Mark
    reason: Reason
    """Observation in the answer: a short sentence without a full stop."""


class TrialAnswer(msgspec.Struct, frozen=True):
    """Answer of a model, as the checks need it."""

    text: str
    """The answer without its thinking."""
    reading: CallReading
    """Calls of tools in it."""
    cut_off_at: int | None = None
    """Tokens after which it was cut off; None for an answer that came to its own end."""
    is_thinking: bool = False
    """True when it came to its end while the model was still thinking."""


def check_trial_answer(checks: Sequence[TrialCheck], answer: TrialAnswer) -> tuple[CheckOutcome, ...]:
    """Check an answer; may wait some seconds for a regular expression."""
    return tuple(_with_cut(_outcome(check, answer), answer) for check in checks)


def joined_mark(outcomes: Sequence[CheckOutcome]) -> Mark:
    """Return the mark of an answer by all of its checks; one without a check is for a reader."""
    marks = {outcome.mark for outcome in outcomes}
    if "fail" in marks:
        return "fail"
    return "pass" if marks == {"pass"} else "look"


def visible_text(text: str) -> str | None:
    """Return an answer without thinking; None when it never came out of it."""
    return without_thinking(text)


def _with_cut(outcome: CheckOutcome, answer: TrialAnswer) -> CheckOutcome:
    if answer.cut_off_at is None:
        return outcome
    cut_off = reason("chat.check_cut_off", result=outcome.reason, count=answer.cut_off_at)
    return CheckOutcome("look" if outcome.mark == "pass" else outcome.mark, cut_off)


def _outcome(check: TrialCheck, answer: TrialAnswer) -> CheckOutcome:
    if answer.is_thinking:
        return CheckOutcome("fail", reason("chat.check_still_thinking"))
    if isinstance(check, CallCheck):
        return _calls(check, answer)
    text = answer.text.strip()
    if not text:
        return CheckOutcome("fail", reason("chat.check_empty"))
    match check:
        case TextCheck():
            return _contains(check, text)
        case EqualsCheck():
            return _equals(check, text)
        case NumberCheck():
            return _number(check, text)
        case JsonCheck():
            return _json(check, text)
        case LanguageCheck():
            return _language(check, text)
        case LengthCheck():
            return _length(check, text)
        case PatternCheck():
            return _pattern(check, text)


def _contains(check: TextCheck, text: str) -> CheckOutcome:
    def has(wanted: str) -> bool:
        return wanted in text if check.exact else plain_letters(wanted) in plain_letters(text)

    present = next((wanted for wanted in check.texts if has(wanted)), None)
    listed = _listed(check.texts)
    if check.absent:
        if present is None:
            return CheckOutcome("pass", reason("trials.text_absent", texts=listed))
        return CheckOutcome("fail", reason("trials.text_not_wanted", text=present))
    if present is None:
        return CheckOutcome("fail", reason("trials.text_missing", texts=listed))
    return CheckOutcome("pass", reason("trials.text_present", text=present))


def _equals(check: EqualsCheck, text: str) -> CheckOutcome:
    def is_equal(wanted: str) -> bool:
        if check.exact:
            return text == wanted.strip()
        return _bare(text) == _bare(wanted)

    if any(is_equal(wanted) for wanted in check.texts):
        return CheckOutcome("pass", reason("trials.text_equal"))
    return CheckOutcome("fail", reason("trials.text_other", texts=_listed(check.texts)))


def _bare(text: str) -> str:
    """Return a text in small letters, without a full stop at its end and quotes around it."""
    return " ".join(text.casefold().split()).strip("\"'`*").rstrip(".").strip("\"'`*")


def _listed(texts: Sequence[str]) -> str:
    return ", ".join(f'"{plain_value(text)}"' for text in texts)


def _number(check: NumberCheck, text: str) -> CheckOutcome:
    numbers = numbers_in(text)
    if not numbers:
        return CheckOutcome("fail", reason("chat.check_no_number", wanted=check.value))
    allowed = check.tolerance + 1e-9 * max(1.0, abs(check.value))

    def is_right(readings: Sequence[float]) -> bool:
        return any(abs(value - check.value) <= allowed for value in readings)

    if any(map(is_right, numbers if check.anywhere else numbers[-1:])):
        return CheckOutcome("pass", reason("chat.check_number_right", wanted=check.value))
    last = numbers[-1][0]
    if any(map(is_right, numbers)):
        return CheckOutcome("fail", reason("chat.check_number_not_last", wanted=check.value, last=last))
    return CheckOutcome("fail", reason("chat.check_number_wrong", wanted=check.value, last=last))


def _json(check: JsonCheck, text: str) -> CheckOutcome:
    json = find_json(text)
    if json is None:
        return CheckOutcome("fail", reason("chat.check_no_json"))
    try:
        value = sound_value(json.value)
    except ValueError:
        return CheckOutcome("fail", reason("chat.check_no_json"))
    is_object_wanted = isinstance(check.value, dict)
    if is_object_wanted and isinstance(json.value, list) and len(json.value) == 1:
        # One object in a list is that object.
        value = value[0]
    if difference := json_difference(check.value, value, exact=check.exact):
        return CheckOutcome("fail", difference)
    return CheckOutcome("pass", reason("chat.check_fields_right"))


def _language(check: LanguageCheck, text: str) -> CheckOutcome:
    language = language_of(text)
    name = LANGUAGES[check.language]
    if language is None:
        return CheckOutcome("look", reason("trials.language_unknown", language=name))
    if language != check.language:
        return CheckOutcome("fail", reason("chat.check_other_language", language=name))
    return CheckOutcome("pass", reason("trials.language_right", language=name))


def _length(check: LengthCheck, text: str) -> CheckOutcome:
    count = len(words_in(text)) if check.unit == "words" else len(text)
    length = reason(f"trials.length_{check.unit}", count=count)
    if check.least is not None and count < check.least:
        return CheckOutcome("fail", reason("trials.too_short", length=length, least=check.least))
    if check.largest is not None and count > check.largest:
        return CheckOutcome("fail", reason("trials.too_long", length=length, most=check.largest))
    return CheckOutcome("pass", length)


def _pattern(check: PatternCheck, text: str) -> CheckOutcome:
    try:
        is_there = has_pattern(check.pattern, text)
    except PatternTooSlowError:
        return CheckOutcome("look", reason("trials.pattern_too_slow", pattern=check.pattern))
    if is_there:
        why = reason("trials.pattern_there", pattern=check.pattern)
    else:
        why = reason("trials.pattern_missing", pattern=check.pattern)
    return CheckOutcome("fail" if is_there is check.absent else "pass", why)


# Calls of tools


def _calls(check: CallCheck, answer: TrialAnswer) -> CheckOutcome:
    reading = answer.reading
    if reading.broken is not None:
        return CheckOutcome("fail", reading.broken)
    if not check.calls:
        if reading.calls:
            names = ", ".join(call.name for call in reading.calls)
            return CheckOutcome("fail", reason("trials.call_not_wanted", names=names))
        if not answer.text.strip():
            return CheckOutcome("fail", reason("chat.check_empty"))
        return CheckOutcome("pass", reason("trials.no_call_right"))
    if not reading.calls:
        return CheckOutcome("fail", reason("trials.no_call", count=len(check.calls)))
    return _compared_calls(check.calls, reading.calls)


def _compared_calls(wanted: Sequence[WantedCall], calls: Sequence[ReadCall]) -> CheckOutcome:
    """Find a call of the answer for each that is wanted; the first without one is the reason."""
    unused = list(calls)
    for call in wanted:
        fitting = next((read for read in unused if _call_difference(call, read) is None), None)
        if fitting is not None:
            unused.remove(fitting)
            continue
        nearest = next((read for read in unused if read.name == call.name), None)
        if nearest is None:
            if any(read.name == call.name for read in calls):
                return CheckOutcome("fail", reason("trials.call_missing", name=call.name))
            names = ", ".join(dict.fromkeys(read.name for read in calls))
            return CheckOutcome("fail", reason("trials.call_other_tool", names=names, wanted=call.name))
        difference = _call_difference(call, nearest)
        if difference is not None:
            return CheckOutcome("fail", reason("trials.call_wrong", name=call.name, why=difference))
    if unused:
        return CheckOutcome("fail", reason("trials.call_too_many", count=len(unused), name=unused[0].name))
    return CheckOutcome("pass", reason("trials.calls_right", count=len(wanted)))


def _call_difference(wanted: WantedCall, call: ReadCall) -> Reason | None:
    if wanted.name != call.name:
        return reason("trials.call_other_tool", names=call.name, wanted=wanted.name)
    # An argument that is null is one that was left out.
    arguments = {
        key: value for key, value in call.arguments.items() if value is not None or key in wanted.arguments
    }
    return json_difference(wanted.arguments, arguments, exact=True)
