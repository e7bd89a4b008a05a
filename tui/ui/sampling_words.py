"""Where a sampling value comes from, in words."""

from tui.chat.sampling import NEW_SEED, NO_LIMIT, Choice, Knob, Origin, shown
from tui.i18n import _


def origin_words(origin: Origin, family: str) -> str:
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


def value_words(value: float, knob: Knob) -> str:
    """The value, or what it means where the number says nothing."""
    if (knob.name, value) == ("seed", NEW_SEED):
        return _("another each")
    if (knob.name, value) == ("max_tokens", NO_LIMIT):
        return _("no limit")
    return shown(value, knob)


def choice_words(choice: Choice, family: str) -> str:
    """Where the value comes from, and for one of the user's what is recommended instead."""
    words = origin_words(choice.origin, family)
    if choice.origin not in ("chat", "preset"):
        return words
    instead = _("{value} {origin}").format(
        value=value_words(choice.recommended, choice.knob),
        origin=origin_words(choice.recommended_origin, family),
    )
    return f"{words}; {instead}"
