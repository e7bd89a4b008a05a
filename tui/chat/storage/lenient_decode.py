"""Lenient decoding of stored structs, which may be of an older or a newer llmtui.

Values that cannot be decoded are left out, and reported with their places and reasons.
"""

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

import msgspec

from tui.chat.asking import Asking, PartSettings
from tui.chat.messages import FinishReason
from tui.chat.presets import Preset
from tui.chat.sampling import KNOBS, is_allowed, knob_value_text
from tui.sentences import Reason, reason

log = logging.getLogger(__name__)

T = TypeVar("T", bound=msgspec.Struct)
OnLeftOut = Callable[[str, Reason], None]
"""Called with the place of a value that is left out, empty for the whole value, and the reason."""


def log_left_out(place: str, why: Reason) -> None:
    """Log a value that is left out."""
    log.warning("conversations: left out: %s: %s(%s)", place, why.code, why.facts)


def encode_json(value: msgspec.Struct | tuple[msgspec.Struct, ...] | None) -> str | None:
    """Return a struct or several as JSON; None for None and for an empty tuple."""
    # With the standard library, because it can write and read any Python text, even a lone surrogate.
    return json.dumps(msgspec.to_builtins(value)) if value else None


def decode_json(text: str | None) -> object:
    """Return the value of a JSON text; None for None and for invalid JSON."""
    try:
        return None if text is None else json.loads(text)
    except (ValueError, TypeError, RecursionError) as error:
        log_left_out("", reason("chat.not_decoded", error=str(error)))
        return None


def decode_struct(value: object, kind: type[T], on_left_out: OnLeftOut = log_left_out) -> T | None:
    """Return the struct of a decoded JSON value; None for None and for an invalid value.

    Unknown fields are ignored, and missing fields become None if their type allows it.
    """
    if value is None:
        return None
    missing = {field.name: None for field in msgspec.structs.fields(kind) if field.required}
    fields = cast("dict[str, Any]", value) if isinstance(value, dict) else None
    try:
        return msgspec.convert(value if fields is None else {**missing, **fields}, kind)
    except msgspec.ValidationError as error:
        on_left_out(*_place_and_reason(error))
        return None


def decode_finish(value: object, on_left_out: OnLeftOut = log_left_out) -> FinishReason | None:
    """Return the finish reason of a reply; None for a value that this version does not know."""
    try:
        return None if value is None else msgspec.convert(value, FinishReason)
    except msgspec.ValidationError as error:
        on_left_out(*_place_and_reason(error))
        return None


def decode_part_settings(value: object, on_left_out: OnLeftOut = log_left_out) -> tuple[PartSettings, ...]:
    """Return the settings of a reply's parts; an empty tuple if the settings of any part are unknown."""
    if value is None:
        return ()
    if not isinstance(value, list):
        on_left_out("", reason("chat.expected_list"))
        return ()
    decoded = [
        decode_struct(part, PartSettings, under_path(f"[{index}]", on_left_out))
        for index, part in enumerate(cast("list[object]", value))
    ]
    parts = tuple(part for part in decoded if part is not None)
    return parts if len(parts) == len(decoded) else ()


def decode_asking(value: object, on_left_out: OnLeftOut = log_left_out) -> Asking | None:
    """Return the user's answer settings without invalid ones; None if none were saved."""
    if not isinstance(value, dict):
        if value is not None:
            on_left_out("", reason("chat.expected_object"))
        return None
    stored = cast("dict[str, object]", value)
    fields: dict[str, Any] = {}
    for field in msgspec.structs.fields(Asking):
        if field.name in stored:
            try:
                fields[field.name] = msgspec.convert(stored[field.name], field.type)
            except msgspec.ValidationError as error:
                under_path(field.name, on_left_out)(*_place_and_reason(error))
    preset: Preset | None = fields.get("preset")
    if preset is not None:
        sampling = _allowed_values(preset.sampling, "preset.sampling", on_left_out)
        fields["preset"] = msgspec.structs.replace(preset, sampling=sampling)
    if "sampling" in fields:
        fields["sampling"] = _allowed_values(fields["sampling"], "sampling", on_left_out)
    return Asking(**fields)


def under_path(path: str, on_left_out: OnLeftOut) -> OnLeftOut:
    """Return a callback that prefixes each place with a path."""

    def report(place: str, why: Reason) -> None:
        on_left_out(path + place if not place or place.startswith("[") else f"{path}.{place}", why)

    return report


def _allowed_values(values: Mapping[str, float], place: str, on_left_out: OnLeftOut) -> dict[str, float]:
    """Return the values that the engine accepts."""
    knobs = {knob.name: knob for knob in KNOBS}
    allowed: dict[str, float] = {}
    for name, value in values.items():
        knob = knobs.get(name)
        if knob is not None and is_allowed(knob, value):
            allowed[name] = value
        elif knob is not None:
            text = knob_value_text(value, knob)
            why = reason("chat.expected_other_value", value=text, expected=knob.expected_reason)
            on_left_out(f"{place}.{name}", why)
    return allowed


def _place_and_reason(error: msgspec.ValidationError) -> tuple[str, Reason]:
    """Return place and reason from msgspec's message: `Expected ... - at `$.place``."""
    text, _separator, place = str(error).replace("`", "").partition(" - at ")
    why = reason("chat.not_decoded", error=text[:1].lower() + text[1:])
    return place.removeprefix("$").removeprefix("."), why
