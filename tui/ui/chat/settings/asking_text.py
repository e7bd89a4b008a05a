"""Words for sampling values and their origin, and for what a conversation and a reply are asked with."""

from collections.abc import Mapping

from tui.chat.asking import Asking, PartSettings
from tui.chat.context import FullContextPolicy
from tui.chat.sampling import KNOBS, NEW_SEED, NO_LIMIT, Knob, KnobChoice, Origin, knob_value_text
from tui.chat.stop_texts import format_stop_texts
from tui.i18n import _
from tui.services.model_asking import ModelAsking
from tui.text import clean_line

_SHOWN_WHEN_SET = ("presence_penalty", "frequency_penalty")
"""Values shown only where they have an effect."""
_RANDOM_ONLY = ("top_k", "top_p", "min_p", "seed")
"""Values without effect where the likeliest word is taken every time."""


def origin_text(origin: Origin, family: str) -> str:
    """Return words such as `recommended for Qwen3`; `family` is the one whose makers recommend it."""
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
    """Return the value, or its meaning for a special number."""
    if (knob.name, value) == ("seed", NEW_SEED):
        return _("another each")
    if (knob.name, value) == ("max_tokens", NO_LIMIT):
        return _("no limit")
    return knob_value_text(value, knob)


def choice_text(choice: KnobChoice, family: str) -> str:
    """Return the origin of a value, and for one of the user's the recommended value."""
    words = origin_text(choice.origin, family)
    if choice.origin not in ("chat", "preset"):
        return words
    instead = _("{value} {origin}").format(
        value=value_text(choice.recommended, choice.knob),
        origin=origin_text(choice.recommended_origin, family),
    )
    return f"{words}; {instead}"


def part_settings_text(settings: PartSettings) -> str:
    """Return words such as `Temperature 0.8 · Top-k 40 · … · Seed 1804289383 · Maximum tokens no limit`."""
    sampling = settings.sampling
    names = [knob.name for knob in KNOBS if sampling.temperature > 0 or knob.name not in _RANDOM_ONLY]
    names = [name for name in names if name not in _SHOWN_WHEN_SET or getattr(sampling, name)]
    unset = {"seed": NEW_SEED, "max_tokens": NO_LIMIT}
    numbers = {name: getattr(sampling, name) for name in names}
    values = {name: unset[name] if value is None else value for name, value in numbers.items()}
    schema = [_("JSON schema")] if settings.json_schema else []
    return " · ".join([*_values(values), *_stops(sampling.stop), *_thinking(settings.think), *schema])


def asking_text(asking: Asking) -> str:
    """Return the user's choices for a document: `Preset Summarise · Temperature 0.3`; empty for none."""
    preset, schema = asking.preset, asking.json_schema
    values = {**asking.preset_sampling, **asking.sampling}
    policies: dict[FullContextPolicy, str] = {
        "stop": _("context full: stop"),
        "drop_oldest": _("context full: drop the oldest turns"),
        "keep_pinned": _("context full: drop turns that are not pinned"),
    }
    parts = (
        [_("Preset {name}").format(name=clean_line(preset.title))] if preset else [],
        _values(values),
        _stops(asking.stop if asking.stop is not None else asking.preset_stop or ()),
        _thinking(asking.think),
        [_("earlier thinking is sent along")] if asking.keep_thinking else [],
        [_("JSON schema")] if schema else [],
        [policies[asking.when_full]] if asking.when_full else [],
    )
    return " · ".join(word for part in parts for word in part)


def _values(values: Mapping[str, float]) -> list[str]:
    return [f"{knob.title} {value_text(values[knob.name], knob)}" for knob in KNOBS if knob.name in values]


def _stops(stops: tuple[str, ...]) -> list[str]:
    return [_("Stop texts {texts}").format(texts=clean_line(format_stop_texts(stops)))] if stops else []


def _thinking(think: bool | None) -> list[str]:
    return [] if think is None else [_("thinks first") if think else _("does not think first")]


def asking_note(asking: ModelAsking, system: str) -> str:
    """Return the choices for the prompt's edge: the preset, the user's own system prompt, a JSON schema."""
    preset = asking.asking.preset
    title = preset.title if preset else ""
    own_prompt = _("own system prompt") if system and not title else ""
    # A preset that is known for its schema need not name it.
    usual_schema = preset.json_schema if preset else ""
    schema = _("JSON") if asking.json_schema not in ("", usual_schema) else ""
    return " · ".join(part for part in (title, own_prompt, schema) if part)
