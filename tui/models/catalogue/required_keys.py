"""What each kind of model needs in its entry of the catalogue, and what has no place there."""

from collections.abc import Mapping
from typing import cast

from tui.models.architectures import TRAITS, Traits
from tui.models.catalogue.keys import RULES

_OF_ATTENTION = ("heads", "kv_heads", "key_length", "value_length")
_OF_LATENT = ("kv_heads", "key_length", "value_length")
"""What `latent` says already."""
_TWICE_AS_WIDE = ("mamba", "granitehybrid")
"""Where the engine takes no other width inside a recurrent layer than twice the embedding's."""


def required_keys(values: Mapping[str, object]) -> list[str]:
    """The keys that an entry with these values must have, in the order of models.toml."""
    traits = _traits(values)
    excused = _excused(traits)
    added = {key for key, needed in _special(traits).items() if needed}
    if traits.made_of_experts:
        added.add("experts")
    return [key for key, rule in RULES.items() if key in added or (rule.required and key not in excused)]


def barred_keys(values: Mapping[str, object]) -> list[str]:
    """The keys that mean nothing in a model of this architecture, or follow from another."""
    traits = _traits(values)
    return [*_excused(traits), *(key for key, needed in _special(traits).items() if not needed)]


def impossible_space(values: Mapping[str, object]) -> str | None:
    """What should stand in `state_space` instead, in words; None when it is possible or absent."""
    space = cast(dict[str, int], values.get("state_space"))
    kind = _traits(values).recurrent
    if not space or kind == "none":
        return None
    inner, groups = space["inner"], space.get("groups", 0)
    if kind == "mamba":
        if groups:
            return "no groups: the first Mamba has none"
    elif not groups or inner % groups:
        return f"groups that divide inner ({inner})"
    if kind == "delta_net" and inner != space["state"] * space["step_rank"]:
        return f"inner = state × step_rank ({space['state'] * space['step_rank']})"
    twice = 2 * cast(int, values["embedding"])
    if values["architecture"] in _TWICE_AS_WIDE and inner != twice:
        return f"inner = twice the embedding ({twice})"
    return None


def _traits(values: Mapping[str, object]) -> Traits:
    architecture = values.get("architecture")
    # A wrong one is told by its own rule.
    return TRAITS.get(architecture, Traits()) if isinstance(architecture, str) else Traits()


def _excused(traits: Traits) -> tuple[str, ...]:
    if traits.without_attention:
        return ("feed_forward", *_OF_ATTENTION)
    return _OF_LATENT if traits.attention == "latent" else ()


def _special(traits: Traits) -> dict[str, bool]:
    """Keys that a kind of model needs and no other may have."""
    recurrent = traits.recurrent
    return {
        "attention_layers": recurrent != "none" and not traits.parallel and not traits.without_attention,
        "feed_forward_layers": traits.single_part,
        "recurrent_state": recurrent == "short_convolution",
        "state_space": recurrent not in ("none", "short_convolution"),
        "latent": traits.attention == "latent",
    }
