"""Keys that each kind of model needs in its entry of the catalogue, and keys that have no place there."""

from collections.abc import Mapping
from typing import cast

from tui.models.architectures import TRAITS, Traits
from tui.models.catalogue.keys import RULES
from tui.sentences import Reason, reason

_OF_ATTENTION = ("heads", "kv_heads", "key_length", "value_length")
_OF_LATENT = ("kv_heads", "key_length", "value_length")
"""Keys that follow from `latent`."""
_OF_GEMMA4 = (
    "full_key_length",
    "full_kv_heads",
    "values_from_keys",
    "shared_cache_layers",
    "shared_cache_feed_forward",
    "layer_input",
)
"""Keys that only Gemma 4 has."""
_TWICE_AS_WIDE = ("mamba", "granitehybrid")
"""Architectures whose recurrent layers have to be twice as wide inside as the embedding."""


def required_keys(values: Mapping[str, object]) -> list[str]:
    """List the keys that an entry with these values must have, in the order of models.toml."""
    traits = _traits(values)
    excused = _excused(traits)
    added = {key for key, needed in _special(traits).items() if needed}
    if traits.made_of_experts:
        added.add("experts")
    return [key for key, rule in RULES.items() if key in added or (rule.required and key not in excused)]


def barred_keys(values: Mapping[str, object]) -> list[str]:
    """List the keys that mean nothing in a model of this architecture, or follow from another key."""
    traits = _traits(values)
    special = [key for key, needed in _special(traits).items() if not needed]
    narrowing = traits.single_part and traits.made_of_experts
    return [
        *_excused(traits),
        *special,
        *(() if traits.gemma4 else _OF_GEMMA4),
        *(() if narrowing else ("expert_width",)),
    ]


def expected_state_space(values: Mapping[str, object]) -> Reason | None:
    """Return what `state_space` should have instead; None when it is possible or absent."""
    space = cast(dict[str, int], values.get("state_space"))
    kind = _traits(values).recurrent
    if not space or kind == "none":
        return None
    inner, groups = space["inner"], space.get("groups", 0)
    if kind == "mamba":
        if groups:
            return reason("models.expect_no_groups")
    elif not groups or inner % groups:
        return reason("models.expect_groups", inner=inner)
    if kind == "delta_net" and inner != space["state"] * space["step_rank"]:
        return reason("models.expect_inner_product", inner=space["state"] * space["step_rank"])
    twice = 2 * cast(int, values["embedding"])
    if values["architecture"] in _TWICE_AS_WIDE and inner != twice:
        return reason("models.expect_inner_twice", inner=twice)
    return None


def _traits(values: Mapping[str, object]) -> Traits:
    architecture = values.get("architecture")
    # A wrong one breaks its own rule.
    return TRAITS.get(architecture, Traits()) if isinstance(architecture, str) else Traits()


def _excused(traits: Traits) -> tuple[str, ...]:
    if traits.without_attention:
        return ("feed_forward", *_OF_ATTENTION)
    return _OF_LATENT if traits.attention == "latent" else ()


def _special(traits: Traits) -> dict[str, bool]:
    """Return the keys that only some kinds of models have, and whether this one needs each."""
    recurrent = traits.recurrent
    return {
        "attention_layers": recurrent != "none" and not traits.parallel and not traits.without_attention,
        "feed_forward_layers": traits.single_part,
        "recurrent_state": recurrent == "short_convolution",
        "state_space": recurrent not in ("none", "short_convolution"),
        "latent": traits.attention == "latent",
    }
