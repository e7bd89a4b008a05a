"""Text for sampling values, their origin, and the answer settings of a conversation and a reply."""

from collections.abc import Mapping

from tui.chat.asking import Asking, PartSettings
from tui.chat.context import FullContextPolicy
from tui.chat.sampling import KNOBS, NEW_SEED, NO_LIMIT, Knob, KnobChoice, Origin, knob_value_text
from tui.chat.stop_texts import format_stop_texts
from tui.i18n import _
from tui.services.model_asking import ModelAsking
from tui.services.sentences import sentence
from tui.text import clean_line

_SHOWN_WHEN_SET = ("presence_penalty", "frequency_penalty")
"""Values shown only where they have an effect."""
_RANDOM_ONLY = ("top_k", "top_p", "min_p", "seed")
"""Values without effect at temperature 0, where the likeliest token is always chosen."""


def origin_text(origin: Origin, family: str) -> str:
    """Return the origin of a value, such as `recommended for Qwen3`; `family` is the model family."""
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
    """Return a value as text; special numbers become words."""
    if (knob.name, value) == ("seed", NEW_SEED):
        return _("new each time")
    if (knob.name, value) == ("max_tokens", NO_LIMIT):
        return _("no limit")
    return knob_value_text(value, knob)


def choice_text(choice: KnobChoice, family: str) -> str:
    """Return the origin of a value; a value of the user's own is followed by the recommended value."""
    origin = origin_text(choice.origin, family)
    if choice.origin not in ("chat", "preset"):
        return origin
    recommended = _("{value} {origin}").format(
        value=value_text(choice.recommended, choice.knob),
        origin=origin_text(choice.recommended_origin, family),
    )
    return f"{origin}; {recommended}"


def part_settings_text(settings: PartSettings) -> str:
    """Return the settings of a reply's part: `Temperature 0.8 · Top-k 40 · … · Maximum tokens no limit`."""
    sampling = settings.sampling
    names = [knob.name for knob in KNOBS if sampling.temperature > 0 or knob.name not in _RANDOM_ONLY]
    names = [name for name in names if name not in _SHOWN_WHEN_SET or getattr(sampling, name)]
    unset = {"seed": NEW_SEED, "max_tokens": NO_LIMIT}
    numbers = {name: getattr(sampling, name) for name in names}
    values = {name: unset[name] if value is None else value for name, value in numbers.items()}
    schema = [_("JSON schema")] if settings.json_schema else []
    return " · ".join([*_values(values), *_stops(sampling.stop), *_thinking(settings.think), *schema])


def asking_text(asking: Asking) -> str:
    """Return the user's choices for an export: `Preset Summarise · Temperature 0.3`; empty for none."""
    preset, schema = asking.preset, asking.json_schema
    values = {**asking.preset_sampling, **asking.sampling}
    policies: dict[FullContextPolicy, str] = {
        "stop": _("context full: stop"),
        "drop_oldest": _("context full: drop the oldest turns"),
        "keep_pinned": _("context full: drop turns that are not pinned"),
    }
    parts = (
        [_("Preset {name}").format(name=sentence(preset.title))] if preset else [],
        _values(values),
        _stops(asking.stop if asking.stop is not None else asking.preset_stop or ()),
        _thinking(asking.think),
        [_("earlier thinking is sent along")] if asking.keep_thinking else [],
        [_("JSON schema")] if schema else [],
        [policies[asking.when_full]] if asking.when_full else [],
    )
    return " · ".join(choice for part in parts for choice in part)


def _values(values: Mapping[str, float]) -> list[str]:
    return [
        f"{sentence(knob.title)} {value_text(values[knob.name], knob)}"
        for knob in KNOBS
        if knob.name in values
    ]


def _stops(stops: tuple[str, ...]) -> list[str]:
    return [_("Stop texts {texts}").format(texts=clean_line(format_stop_texts(stops)))] if stops else []


def _thinking(think: bool | None) -> list[str]:
    return [] if think is None else [_("thinks first") if think else _("does not think first")]


def asking_note(asking: ModelAsking, system: str) -> str:
    """Return the choices shown above the prompt: preset, the user's own system prompt, JSON schema."""
    preset = asking.asking.preset
    title = sentence(preset.title) if preset else ""
    own_prompt = _("own system prompt") if system and not title else ""
    # A preset with a schema of its own implies it.
    usual_schema = preset.json_schema if preset else ""
    schema = _("JSON") if asking.json_schema not in ("", usual_schema) else ""
    return " · ".join(part for part in (title, own_prompt, schema) if part)
