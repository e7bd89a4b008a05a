"""How the next answer is sampled: each value with where it comes from."""

import secrets
from collections.abc import Mapping
from typing import Literal

import msgspec

from tui.engine.options import SamplingSettings
from tui.i18n import _
from tui.models.published_sampling import Recommendation
from tui.settings.settings import SAMPLING_KEYS, Settings

Origin = Literal["chat", "preset", "settings", "file", "published", "engine"]
"""Whose value it is; the first that has one counts, in this order."""

NEW_SEED = -1
"""As a seed: another one for each answer."""
NO_LIMIT = 0
"""As the most tokens: until the model ends, or the context is full."""


_SEED_BITS = 31
"""Of a seed that is drawn: two answers hardly ever have the same one, and it is short enough to type."""


class Knob(msgspec.Struct, frozen=True):
    """One of the values of `SamplingSettings`."""

    name: str
    low: float
    high: float
    whole: bool
    """True for a whole number."""

    @property
    def title(self) -> str:
        """As the screen names it."""
        return {
            "temperature": _("Temperature"),
            "top_k": _("Top-k"),
            "top_p": _("Top-p"),
            "min_p": _("Min-p"),
            "repeat_penalty": _("Repeat penalty"),
            "presence_penalty": _("Presence penalty"),
            "frequency_penalty": _("Frequency penalty"),
            "seed": _("Seed"),
            "max_tokens": _("Maximum tokens"),
        }[self.name]

    @property
    def about(self) -> str:
        """What it does, in a few words."""
        return {
            "temperature": _("0 always takes the likeliest word, more is freer"),
            "top_k": _("only so many of the likeliest words; 0 for all"),
            "top_p": _("only the likeliest words that together have this share"),
            "min_p": _("only words with this share of the likeliest one's chance"),
            "repeat_penalty": _("1 is off, more avoids words that were there already"),
            "presence_penalty": _("0 is off, more avoids words that were there, however often"),
            "frequency_penalty": _("0 is off, more avoids words the more, the more often they were there"),
            "seed": _("the same number draws the same answer; -1 for another each time"),
            "max_tokens": _("the answer is cut there; 0 for no limit"),
        }[self.name]

    @property
    def expected(self) -> str:
        """What a right value is."""
        low, high = f"{self.low:g}", f"{self.high:.0f}" if self.whole else f"{self.high:g}"
        words = _("a whole number from {low} to {high}") if self.whole else _("a number from {low} to {high}")
        return words.format(low=low, high=high)


KNOBS: tuple[Knob, ...] = tuple(
    Knob(name, low, high, whole) for name, (low, high, whole) in SAMPLING_KEYS.items()
)


class KnobChoice(msgspec.Struct, frozen=True):
    """The value of a knob for the next answer."""

    knob: Knob
    value: float
    origin: Origin
    recommended: float
    """What it would be, had the user and the preset not said anything."""
    recommended_origin: Origin


class SamplingSources(msgspec.Struct, frozen=True):
    """Where values can come from, each by the names of `SamplingSettings`."""

    chat: Mapping[str, float] = {}
    """Set by the user for this conversation."""
    preset: Mapping[str, float] = {}
    settings: Mapping[str, float] = {}
    file: Mapping[str, float] = {}
    published: Mapping[str, float] = {}
    stops: Mapping[Origin, tuple[str, ...]] = {}
    """Texts that end an answer, by whose they are; of the chat, the preset and the settings."""


def settings_values(settings: Settings) -> dict[str, float]:
    """What settings.toml sets of the sampling."""
    found = {name: getattr(settings, name) for name in SAMPLING_KEYS}
    if not settings.max_tokens:
        del found["max_tokens"]
    return {name: value for name, value in found.items() if value is not None}


def sampling_sources(
    chat: Mapping[str, float],
    preset: Mapping[str, float],
    settings: Settings,
    file: Mapping[str, float],
    published: Recommendation | None,
    *,
    chat_stop: tuple[str, ...] | None = None,
    preset_stop: tuple[str, ...] | None = None,
) -> SamplingSources:
    """All that is known; `file` is what the model's own file recommends. A `…_stop` of None says nothing."""
    values = settings_values(settings)
    stops: dict[Origin, tuple[str, ...]] = {"settings": settings.stop} if settings.stop else {}
    if preset_stop is not None:
        stops["preset"] = preset_stop
    if chat_stop is not None:
        stops["chat"] = chat_stop
    return SamplingSources(chat, preset, values, file, published.values if published else {}, stops)


def knob_choices(found: SamplingSources) -> tuple[KnobChoice, ...]:
    """Every knob with its value for the next answer."""
    return tuple(_choice(knob, found) for knob in KNOBS)


def stop_texts(found: SamplingSources, *, but: tuple[Origin, ...] = ()) -> tuple[tuple[str, ...], Origin]:
    """The texts that end the next answer, and whose they are; of `but`, none count."""
    order: tuple[Origin, ...] = ("chat", "preset", "settings")
    for origin in order:
        if origin in found.stops and origin not in but:
            return found.stops[origin], origin
    return (), "engine"


def sampling_settings(found: SamplingSources) -> SamplingSettings:
    """What the engine is told."""
    values = {each.knob.name: each for each in knob_choices(found)}
    given = {name: int(each.value) if each.knob.whole else float(each.value) for name, each in values.items()}
    return msgspec.convert(
        {
            **given,
            "seed": None if given["seed"] == NEW_SEED else given["seed"],
            "max_tokens": None if given["max_tokens"] == NO_LIMIT else given["max_tokens"],
            "stop": stop_texts(found)[0],
        },
        SamplingSettings,
    )


def with_drawn_seed(sampling: SamplingSettings) -> SamplingSettings:
    """The same with a seed drawn for this answer where another one is wanted each time: so it is known."""
    if sampling.seed is not None:
        return sampling
    return msgspec.structs.replace(sampling, seed=secrets.randbits(_SEED_BITS))


def parse_knob_value(knob: Knob, text: str) -> float:
    """The number that the user typed.

    Raises:
        ValueError: it is none, or out of range; the text says what was expected.
    """
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        value = float("nan")
    if not is_allowed(knob, value):
        message = _("{title} is {text}; expected {expected}")
        raise ValueError(message.format(title=knob.title, text=text.strip(), expected=knob.expected))
    return value


def is_allowed(knob: Knob, value: float) -> bool:
    """True for a value that the engine can take."""
    return knob.low <= value <= knob.high and not (knob.whole and value != int(value))


def knob_value_text(value: float, knob: Knob) -> str:
    """The value as the user would type it."""
    return f"{value:.0f}" if knob.whole else f"{value:g}"


def _choice(knob: Knob, found: SamplingSources) -> KnobChoice:
    engine = {"seed": NEW_SEED, "max_tokens": NO_LIMIT}.get(knob.name)
    if engine is None:
        engine = getattr(SamplingSettings(), knob.name)
    user: list[tuple[Origin, Mapping[str, float]]] = [("chat", found.chat), ("preset", found.preset)]
    others: list[tuple[Origin, Mapping[str, float]]] = [
        ("settings", found.settings),
        ("file", found.file),
        ("published", found.published),
        ("engine", {knob.name: engine}),
    ]
    below, recommended = _first(knob, others)
    origin, value = _first(knob, [*user, *others])
    return KnobChoice(knob, value, origin, recommended, below)


def _first(knob: Knob, origins: list[tuple[Origin, Mapping[str, float]]]) -> tuple[Origin, float]:
    # A file may recommend what the engine cannot take.
    return next(
        (origin, values[knob.name])
        for origin, values in origins
        if knob.name in values and is_allowed(knob, values[knob.name])
    )
