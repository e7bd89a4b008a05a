"""Checks of the values of an entry against one another."""

from collections.abc import Iterator, Mapping
from typing import cast

from tui.models.catalogue.keys import RULES
from tui.models.catalogue.required_keys import barred_keys, expected_state_space
from tui.sentences import Reason, reason

Contradiction = tuple[str, Reason]
"""A key, and the value that was expected there."""

_PAIRS = (
    ("window", "window_pattern"),
    ("experts", "experts_used"),
    ("dense_layers", "dense_feed_forward"),
)
"""Keys that mean nothing without each other."""


def contradictions(values: Mapping[str, object]) -> Iterator[Contradiction]:
    """Yield every contradiction between values that are each right by themselves."""
    yield from _missing_partners(values)
    yield from _wrong_names(values)
    for key in barred_keys(values):
        if key in values:
            yield key, reason("models.expect_no_such_key", architecture=cast(str, values["architecture"]))
    yield from _out_of_range(values)
    yield from _wrong_layers(values)
    if expected := expected_state_space(values):
        yield "state_space", expected


def _missing_partners(values: Mapping[str, object]) -> Iterator[Contradiction]:
    for pair in _PAIRS:
        for key, partner in (pair, pair[::-1]):
            if partner in values and key not in values:
                yield key, reason("models.expect_beside", expected=RULES[key].expected, key=partner)


def _wrong_names(values: Mapping[str, object]) -> Iterator[Contradiction]:
    languages = cast(list[str], values.get("languages", []))
    if not set(cast(list[str], values.get("chosen_for", []))) <= set(languages):
        yield "chosen_for", reason("models.expect_own_languages", names=", ".join(languages))
    if "superseded_by" in values and values["superseded_by"] == values["name"]:
        yield "superseded_by", reason("models.expect_other_name")


def _out_of_range(values: Mapping[str, object]) -> Iterator[Contradiction]:
    heads, experts = _number(values, "heads"), _number(values, "experts")
    quants = cast(list[str], values["quants"])
    if heads % (_number(values, "kv_heads") or 1):
        yield "kv_heads", reason("models.expect_divisor", heads=heads)
    if values["default_quant"] not in quants:
        yield "default_quant", reason("models.expect_own_quant", names=", ".join(quants))
    if _number(values, "experts_used") > experts:
        yield "experts_used", reason("models.expect_at_most", key="experts", value=experts)
    for key in ("shared_feed_forward", "dense_layers"):
        if key in values and not experts:
            yield key, reason("models.expect_nothing_without", key="experts")


def _wrong_layers(values: Mapping[str, object]) -> Iterator[Contradiction]:
    layers = _number(values, "layers")
    attention = set(_numbers(values, "attention_layers"))
    feed_forward = set(_numbers(values, "feed_forward_layers"))
    for key, listed in (("attention_layers", attention), ("feed_forward_layers", feed_forward)):
        if max(listed, default=0) >= layers:
            yield key, reason("models.expect_layers_to", last=layers - 1)
    if attention & feed_forward:
        yield "feed_forward_layers", reason("models.expect_layers_without_attention")
    if _number(values, "dense_layers") > layers:
        yield "dense_layers", reason("models.expect_at_most", key="layers", value=layers)


def _number(values: Mapping[str, object], key: str) -> int:
    return cast(int, values.get(key, 0))


def _numbers(values: Mapping[str, object], key: str) -> list[int]:
    return cast(list[int], values.get(key, []))
