"""How answers are asked for, in words: where a value comes from, what a conversation and a reply have."""

from collections.abc import Mapping

from tui.chat.asking import Asking, PartSettings
from tui.chat.context import FullContextPolicy
from tui.chat.sampling import KNOBS, NEW_SEED, NO_LIMIT, Knob, KnobChoice, Origin, knob_value_text
from tui.chat.stop_texts import format_stop_texts
from tui.i18n import _
from tui.text import clean_line

_SELDOM_SET = ("presence_penalty", "frequency_penalty")
"""What is told only where it does something."""
_OF_A_DRAW = ("top_k", "top_p", "min_p", "seed")
"""What says nothing where the likeliest word is taken every time."""


def origin_text(origin: Origin, family: str) -> str:
    """For example `recommended for Qwen3`; `family` is the one whose makers recommend it."""
    match origin:
        case "chat":
            return _("yours")
        case "preset":
            return _("from the preset")
        case "settings":
            return _("from settings.toml")
        case "file":
            return _("recommended by the model's file")
        case "published":
            return _("recommended for {family}").format(family=family)
        case "engine":
            return _("the engine's own")


def value_text(value: float, knob: Knob) -> str:
    """The value, or what it means where the number says nothing."""
    if (knob.name, value) == ("seed", NEW_SEED):
        return _("another each")
    if (knob.name, value) == ("max_tokens", NO_LIMIT):
        return _("no limit")
    return knob_value_text(value, knob)


def choice_text(choice: KnobChoice, family: str) -> str:
    """Where the value comes from, and for one of the user's what is recommended instead."""
    words = origin_text(choice.origin, family)
    if choice.origin not in ("chat", "preset"):
        return words
    instead = _("{value} {origin}").format(
        value=value_text(choice.recommended, choice.knob),
        origin=origin_text(choice.recommended_origin, family),
    )
    return f"{words}; {instead}"


def part_settings_text(way: PartSettings) -> str:
    """For example `Temperature 0.8 · Top-k 40 · … · Seed 1804289383 · Maximum tokens no limit`."""
    sampling = way.sampling
    names = [knob.name for knob in KNOBS if sampling.temperature > 0 or knob.name not in _OF_A_DRAW]
    names = [name for name in names if name not in _SELDOM_SET or getattr(sampling, name)]
    unset = {"seed": NEW_SEED, "max_tokens": NO_LIMIT}
    given = {name: getattr(sampling, name) for name in names}
    values = {name: unset[name] if value is None else value for name, value in given.items()}
    schema = [_("JSON schema")] if way.json_schema else []
    return " · ".join([*_values(values), *_stops(sampling.stop), *_thinking(way.think), *schema])


def asking_text(manner: Asking) -> str:
    """What the user chose, for a document: `Preset Summarise · Temperature 0.3`; empty for nothing."""
    preset, schema = manner.preset, manner.json_schema
    values = {**manner.preset_sampling, **manner.sampling}
    policies: dict[FullContextPolicy, str] = {
        "stop": _("context full: stop"),
        "drop_oldest": _("context full: drop the oldest turns"),
        "keep_pinned": _("context full: drop turns that are not pinned"),
    }
    parts = (
        [_("Preset {name}").format(name=clean_line(preset.title))] if preset else [],
        _values(values),
        _stops(manner.stop if manner.stop is not None else manner.preset_stop or ()),
        _thinking(manner.think),
        [_("earlier thinking is sent along")] if manner.keep_thinking else [],
        [_("JSON schema")] if schema else [],
        [policies[manner.when_full]] if manner.when_full else [],
    )
    return " · ".join(word for part in parts for word in part)


def _values(values: Mapping[str, float]) -> list[str]:
    return [f"{knob.title} {value_text(values[knob.name], knob)}" for knob in KNOBS if knob.name in values]


def _stops(stops: tuple[str, ...]) -> list[str]:
    return [_("Stop texts {texts}").format(texts=clean_line(format_stop_texts(stops)))] if stops else []


def _thinking(think: bool | None) -> list[str]:
    return [] if think is None else [_("thinks first") if think else _("does not think first")]
