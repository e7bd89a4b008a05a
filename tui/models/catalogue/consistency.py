"""What in an entry of the catalogue is right by itself and wrong beside the rest."""

from collections.abc import Iterator, Mapping
from typing import cast

from tui.models.catalogue.keys import RULES
from tui.models.catalogue.required_keys import barred_keys, impossible_space

Objection = tuple[str, str]
"""A key, and what was expected there."""

_PAIRS = (
    ("window", "window_pattern"),
    ("experts", "experts_used"),
    ("dense_layers", "dense_feed_forward"),
)
"""Keys that mean nothing without each other."""


def objections(values: Mapping[str, object]) -> Iterator[Objection]:
    """Everything wrong with values that are each right by themselves."""
    yield from _halves(values)
    for key in barred_keys(values):
        if key in values:
            yield key, f"nothing: it has no place in a {values['architecture']} model"
    yield from _out_of_range(values)
    yield from _wrong_layers(values)
    if reason := impossible_space(values):
        yield "state_space", reason


def _halves(values: Mapping[str, object]) -> Iterator[Objection]:
    for one, other in _PAIRS:
        for key, beside in ((one, other), (other, one)):
            if beside in values and key not in values:
                yield key, f"{RULES[key].expected}, since {beside} is given"


def _out_of_range(values: Mapping[str, object]) -> Iterator[Objection]:
    heads, experts = _number(values, "heads"), _number(values, "experts")
    quants = cast(list[str], values["quants"])
    if heads % (_number(values, "kv_heads") or 1):
        yield "kv_heads", f"a divisor of heads ({heads})"
    if values["default_quant"] not in quants:
        yield "default_quant", f"one of its quants: {', '.join(quants)}"
    if _number(values, "experts_used") > experts:
        yield "experts_used", f"at most experts ({experts})"
    for key in ("shared_feed_forward", "dense_layers"):
        if key in values and not experts:
            yield key, "nothing, since experts is not given"


def _wrong_layers(values: Mapping[str, object]) -> Iterator[Objection]:
    layers = _number(values, "layers")
    attention, alone = (set(_numbers(values, f"{kind}_layers")) for kind in ("attention", "feed_forward"))
    for key, listed in (("attention_layers", attention), ("feed_forward_layers", alone)):
        if max(listed, default=0) >= layers:
            yield key, f"layers from 0 to {layers - 1}"
    if attention & alone:
        yield "feed_forward_layers", "layers that are not among attention_layers"
    if _number(values, "dense_layers") > layers:
        yield "dense_layers", f"at most layers ({layers})"


def _number(values: Mapping[str, object], key: str) -> int:
    return cast(int, values.get(key, 0))


def _numbers(values: Mapping[str, object], key: str) -> list[int]:
    return cast(list[int], values.get(key, []))
