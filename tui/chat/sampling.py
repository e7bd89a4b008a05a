"""Sampling of the next answer: each value with its origin."""

import secrets
from collections.abc import Mapping
from typing import Literal

import msgspec

from tui.engine.options import SamplingSettings
from tui.models.published_sampling import PublishedSampling
from tui.sentences import Reason, ReasonedError, reason
from tui.settings.settings import SAMPLING_KEYS, Settings
from tui.units import format_number, parse_number

Origin = Literal["chat", "preset", "settings", "file", "published", "engine"]
"""Origin of a value; the first that has one counts, in this order."""

NEW_SEED = -1
"""Seed that stands for another one for each answer."""
NO_LIMIT = 0
"""Token limit that stands for none: until the model ends, or the context is full."""
_TITLES = {
    "temperature": "chat.knob_temperature",
    "top_k": "chat.knob_top_k",
    "top_p": "chat.knob_top_p",
    "min_p": "chat.knob_min_p",
    "repeat_penalty": "chat.knob_repeat_penalty",
    "presence_penalty": "chat.knob_presence_penalty",
    "frequency_penalty": "chat.knob_frequency_penalty",
    "seed": "chat.knob_seed",
    "max_tokens": "chat.knob_max_tokens",
}
_EFFECTS = {
    "temperature": "chat.effect_of_temperature",
    "top_k": "chat.effect_of_top_k",
    "top_p": "chat.effect_of_top_p",
    "min_p": "chat.effect_of_min_p",
    "repeat_penalty": "chat.effect_of_repeat_penalty",
    "presence_penalty": "chat.effect_of_presence_penalty",
    "frequency_penalty": "chat.effect_of_frequency_penalty",
    "seed": "chat.effect_of_seed",
    "max_tokens": "chat.effect_of_max_tokens",
}
_SEED_BITS = 31
"""Bits of a drawn seed: two answers hardly ever have the same one, and it is short enough to type."""


class Knob(msgspec.Struct, frozen=True):
    """Value of `SamplingSettings` that a user can set, with its range."""

    name: str
    low: float
    high: float
    is_integer: bool
    """True for a whole number."""

    @property
    def title(self) -> Reason:
        """Name on the screen."""
        return reason(_TITLES[self.name])

    @property
    def about(self) -> Reason:
        """Effect in a few words."""
        return reason(_EFFECTS[self.name])

    @property
    def expected_reason(self) -> Reason:
        """Description of the values that are allowed."""
        low, high = (
            format_number(self.low, "g"),
            f"{self.high:.0f}" if self.is_integer else format_number(self.high, "g"),
        )
        code = "chat.whole_number_in_range" if self.is_integer else "chat.number_in_range"
        return reason(code, low=low, high=high)


KNOBS: tuple[Knob, ...] = tuple(
    Knob(name, low, high, is_integer) for name, (low, high, is_integer) in SAMPLING_KEYS.items()
)


class KnobChoice(msgspec.Struct, frozen=True):
    """Value of a knob for the next answer."""

    knob: Knob
    value: float
    origin: Origin
    recommended: float
    """Value without those of the user and the preset."""
    recommended_origin: Origin


class SamplingSources(msgspec.Struct, frozen=True):
    """Values of each origin, by the names of `SamplingSettings`."""

    chat: Mapping[str, float] = {}
    """Values that the user set for this conversation."""
    preset: Mapping[str, float] = {}
    settings: Mapping[str, float] = {}
    file: Mapping[str, float] = {}
    published: Mapping[str, float] = {}
    stops: Mapping[Origin, tuple[str, ...]] = {}
    """Stop texts by origin: the chat, the preset and the settings."""


class KnobValueError(ReasonedError):
    """A text is not an allowed value of a knob."""

    def __init__(self, knob: Knob, text: str) -> None:
        """Take the knob and the text that the user typed."""
        super().__init__(
            reason("chat.bad_sampling_value", title=knob.title, text=text, expected=knob.expected_reason)
        )


def settings_values(settings: Settings) -> dict[str, float]:
    """Return the sampling values that settings.toml sets."""
    values = {name: getattr(settings, name) for name in SAMPLING_KEYS}
    if not settings.max_tokens:
        del values["max_tokens"]
    return {name: value for name, value in values.items() if value is not None}


def sampling_sources(
    chat: Mapping[str, float],
    preset: Mapping[str, float],
    settings: Settings,
    file: Mapping[str, float],
    published: PublishedSampling | None,
    *,
    chat_stop: tuple[str, ...] | None = None,
    preset_stop: tuple[str, ...] | None = None,
) -> SamplingSources:
    """Return the values of each origin; `file` has those that the model's own file recommends.

    A `…_stop` of None is not set.
    """
    values = settings_values(settings)
    stops: dict[Origin, tuple[str, ...]] = {"settings": settings.stop} if settings.stop else {}
    if preset_stop is not None:
        stops["preset"] = preset_stop
    if chat_stop is not None:
        stops["chat"] = chat_stop
    return SamplingSources(chat, preset, values, file, published.values if published else {}, stops)


def knob_choices(origins: SamplingSources) -> tuple[KnobChoice, ...]:
    """Return every knob with its value for the next answer."""
    return tuple(_choice(knob, origins) for knob in KNOBS)


def stop_texts(
    origins: SamplingSources, *, without: tuple[Origin, ...] = ()
) -> tuple[tuple[str, ...], Origin]:
    """Return the stop texts of the next answer and their origin; those of `without` do not count."""
    order: tuple[Origin, ...] = ("chat", "preset", "settings")
    for origin in order:
        if origin in origins.stops and origin not in without:
            return origins.stops[origin], origin
    return (), "engine"


def sampling_settings(origins: SamplingSources) -> SamplingSettings:
    """Return the settings that are sent to the engine."""
    values = {
        choice.knob.name: int(choice.value) if choice.knob.is_integer else float(choice.value)
        for choice in knob_choices(origins)
    }
    return msgspec.convert(
        {
            **values,
            "seed": None if values["seed"] == NEW_SEED else values["seed"],
            "max_tokens": None if values["max_tokens"] == NO_LIMIT else values["max_tokens"],
            "stop": stop_texts(origins)[0],
        },
        SamplingSettings,
    )


def with_drawn_seed(sampling: SamplingSettings) -> SamplingSettings:
    """Return the settings with a seed drawn for this answer where another one is wanted each time."""
    if sampling.seed is not None:
        return sampling
    return msgspec.structs.replace(sampling, seed=secrets.randbits(_SEED_BITS))


def parse_knob_value(knob: Knob, text: str) -> float:
    """Return the number that the user typed.

    Raises:
        KnobValueError: it is no number, or out of range.
    """
    try:
        value = parse_number(text)
    except ValueError:
        value = float("nan")
    if not is_allowed(knob, value):
        raise KnobValueError(knob, text.strip())
    return value


def is_allowed(knob: Knob, value: float) -> bool:
    """Return True for a value that the engine can take."""
    return knob.low <= value <= knob.high and not (knob.is_integer and value != int(value))


def knob_value_text(value: float, knob: Knob) -> str:
    """Return the value as the user would type it."""
    return f"{value:.0f}" if knob.is_integer else format_number(value, "g")


def _choice(knob: Knob, sources: SamplingSources) -> KnobChoice:
    engine = {"seed": NEW_SEED, "max_tokens": NO_LIMIT}.get(knob.name)
    if engine is None:
        engine = getattr(SamplingSettings(), knob.name)
    user: list[tuple[Origin, Mapping[str, float]]] = [("chat", sources.chat), ("preset", sources.preset)]
    defaults: list[tuple[Origin, Mapping[str, float]]] = [
        ("settings", sources.settings),
        ("file", sources.file),
        ("published", sources.published),
        ("engine", {knob.name: engine}),
    ]
    recommended_origin, recommended = _first(knob, defaults)
    origin, value = _first(knob, [*user, *defaults])
    return KnobChoice(knob, value, origin, recommended, recommended_origin)


def _first(knob: Knob, origins: list[tuple[Origin, Mapping[str, float]]]) -> tuple[Origin, float]:
    # A file may recommend what the engine cannot take.
    return next(
        (origin, values[knob.name])
        for origin, values in origins
        if knob.name in values and is_allowed(knob, values[knob.name])
    )
