"""Structs from what JSON was decoded to, of an older or a newer llmtui too.

What cannot be one is left out, and whoever wants to know is told.
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
from tui.i18n import _

log = logging.getLogger(__name__)

T = TypeVar("T", bound=msgspec.Struct)
OnLeftOut = Callable[[str, str], None]
"""Is told what is left out: its place in what is revived, empty for all of it, and why."""


def log_left_out(place: str, why: str) -> None:
    """The one who is told where nobody reads."""
    log.warning("conversations: left out: %s: %s", place, why)


def encode_json(value: msgspec.Struct | tuple[msgspec.Struct, ...] | None) -> str | None:
    """A struct or several as JSON; None for None and for none."""
    # Of the standard library: it writes and reads any text that Python can hold, a lone surrogate too.
    return json.dumps(msgspec.to_builtins(value)) if value else None


def decode_json(text: str | None) -> object:
    """What JSON stands for; None for None, and where it is no JSON."""
    try:
        return None if text is None else json.loads(text)
    except (ValueError, TypeError, RecursionError) as error:
        log_left_out("", str(error))
        return None


def decode_struct(value: object, kind: type[T], tell: OnLeftOut = log_left_out) -> T | None:
    """A struct of that kind; None for None, and where that is hopeless.

    Fields that are not known are passed over, and those that are missing become None where they may be.
    """
    if value is None:
        return None
    missing = {field.name: None for field in msgspec.structs.fields(kind) if field.required}
    given = cast("dict[str, Any]", value) if isinstance(value, dict) else None
    try:
        return msgspec.convert(value if given is None else {**missing, **given}, kind)
    except msgspec.ValidationError as error:
        tell(*_told(error))
        return None


def decode_finish(value: object, tell: OnLeftOut = log_left_out) -> FinishReason | None:
    """How a reply ended; None for a way that is not known here."""
    try:
        return None if value is None else msgspec.convert(value, FinishReason)
    except msgspec.ValidationError as error:
        tell(*_told(error))
        return None


def decode_part_settings(value: object, tell: OnLeftOut = log_left_out) -> tuple[PartSettings, ...]:
    """How the parts of a reply were asked for; none where it is not known of one."""
    if value is None:
        return ()
    if not isinstance(value, list):
        tell("", _("expected a list"))
        return ()
    found = [
        decode_struct(each, PartSettings, under_path(f"[{at}]", tell))
        for at, each in enumerate(cast("list[object]", value))
    ]
    known = tuple(each for each in found if each is not None)
    return known if len(known) == len(found) else ()


def decode_asking(value: object, tell: OnLeftOut = log_left_out) -> Asking | None:
    """How a conversation is asked for, without what is wrong in it; None where nothing was kept."""
    if not isinstance(value, dict):
        if value is not None:
            tell("", _("expected an object"))
        return None
    given = cast("dict[str, object]", value)
    found: dict[str, Any] = {}
    for field in msgspec.structs.fields(Asking):
        if field.name in given:
            try:
                found[field.name] = msgspec.convert(given[field.name], field.type)
            except msgspec.ValidationError as error:
                under_path(field.name, tell)(*_told(error))
    preset: Preset | None = found.get("preset")
    if preset is not None:
        right = _right(preset.sampling, "preset.sampling", tell)
        found["preset"] = msgspec.structs.replace(preset, sampling=right)
    if "sampling" in found:
        found["sampling"] = _right(found["sampling"], "sampling", tell)
    return Asking(**found)


def _right(values: Mapping[str, float], place: str, tell: OnLeftOut) -> dict[str, float]:
    """The values that the engine can take."""
    knobs = {knob.name: knob for knob in KNOBS}
    right: dict[str, float] = {}
    for name, value in values.items():
        knob = knobs.get(name)
        if knob is not None and is_allowed(knob, value):
            right[name] = value
        elif knob is not None:
            words = _("expected {expected}, got {value}")
            tell(f"{place}.{name}", words.format(value=knob_value_text(value, knob), expected=knob.expected))
    return right


def under_path(place: str, tell: OnLeftOut) -> OnLeftOut:
    """Tells of what is below a place."""

    def told(inner: str, why: str) -> None:
        tell(place + inner if not inner or inner.startswith("[") else f"{place}.{inner}", why)

    return told


def _told(error: msgspec.ValidationError) -> tuple[str, str]:
    """The place and the reason that the library gives in one: `Expected ... - at `$.place``."""
    why, _at, place = str(error).replace("`", "").partition(" - at ")
    return place.removeprefix("$").removeprefix("."), why[:1].lower() + why[1:]
