"""The keys that an entry of the catalogue has, and what fits in each."""

import re
from collections.abc import Callable
from typing import cast

import msgspec

from tui.models.architectures import ARCHITECTURES
from tui.models.quantizations import QUANTS


class Rule(msgspec.Struct, frozen=True):
    """What one key must hold."""

    expected: str
    """In words, to follow `expected`."""
    fits: Callable[[object], bool]
    required: bool = True


def _whole(low: int, high: int) -> Callable[[object], bool]:
    # bool is an int to Python, but not to a person.
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _text(pattern: str) -> Callable[[object], bool]:
    compiled = re.compile(pattern)
    return lambda value: isinstance(value, str) and value.isprintable() and bool(compiled.fullmatch(value))


def _list_of(fits: Callable[[object], bool]) -> Callable[[object], bool]:
    def check(value: object) -> bool:
        if not isinstance(value, list) or not value:
            return False
        items = cast(list[object], value)
        return all(fits(item) for item in items) and len({str(item) for item in items}) == len(items)

    return check


def _one_of(names: tuple[str, ...]) -> Callable[[object], bool]:
    return lambda value: value in names


def _table(required: tuple[str, ...], optional: str) -> Callable[[object], bool]:
    def check(value: object) -> bool:
        if not isinstance(value, dict):
            return False
        items = cast(dict[str, object], value)
        known = {*required, optional}
        return set(required) <= set(items) <= known and all(map(_whole(1, _DIMENSION), items.values()))

    return check


_LAYERS = 512
"""LLAMA_MAX_LAYERS: with more the engine aborts."""
_DIMENSION = 1 << 24
_EXPERTS = 1024
"""LLAMA_MAX_EXPERTS."""
_COUNT = 10**13
_WORDS = r"\S|\S.*\S"
_WORDS_WANTED = "a line of text in quotes"
_LAYERS_WANTED = "different layer numbers, from 0"
_DIMENSION_WANTED = f"a whole number from 1 to {_DIMENSION}"

RULES: dict[str, Rule] = {
    "name": Rule(_WORDS_WANTED, _text(_WORDS)),
    "publisher": Rule(_WORDS_WANTED, _text(_WORDS)),
    "license": Rule(_WORDS_WANTED, _text(_WORDS)),
    "released": Rule(
        'a month or day like "2025-08"', _text(r"\d{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?")
    ),
    "use": Rule(_WORDS_WANTED, _text(_WORDS)),
    "languages": Rule('different codes like ["en", "es"]', _list_of(_text(r"[a-z]{2,3}(-[A-Za-z]{2,4})?"))),
    "repository": Rule('"owner/name"', _text(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")),
    "quants": Rule(f"different names out of {', '.join(QUANTS)}", _list_of(_one_of(QUANTS))),
    "default_quant": Rule("one of its quants", _one_of(QUANTS)),
    "parameters": Rule("a whole number of parameters", _whole(1, _COUNT)),
    "architecture": Rule(f"one of {', '.join(ARCHITECTURES)}", _one_of(ARCHITECTURES)),
    "layers": Rule(f"a whole number from 1 to {_LAYERS}", _whole(1, _LAYERS)),
    "embedding": Rule(_DIMENSION_WANTED, _whole(1, _DIMENSION)),
    "feed_forward": Rule(_DIMENSION_WANTED, _whole(1, _DIMENSION)),
    "heads": Rule(_DIMENSION_WANTED, _whole(1, _DIMENSION)),
    "kv_heads": Rule(_DIMENSION_WANTED, _whole(1, _DIMENSION)),
    "key_length": Rule(_DIMENSION_WANTED, _whole(1, _DIMENSION)),
    "value_length": Rule(_DIMENSION_WANTED, _whole(1, _DIMENSION), required=False),
    "vocabulary": Rule(_DIMENSION_WANTED, _whole(1, _DIMENSION)),
    "context": Rule("a whole number of tokens", _whole(1, 1 << 31)),
    "tied": Rule("true or false", lambda value: isinstance(value, bool), required=False),
    "window": Rule("a whole number of tokens", _whole(1, 1 << 31), required=False),
    "window_pattern": Rule("a whole number from 2", _whole(2, _LAYERS), required=False),
    "experts": Rule(f"a whole number from 2 to {_EXPERTS}", _whole(2, _EXPERTS), required=False),
    "experts_used": Rule("a whole number from 1", _whole(1, _DIMENSION), required=False),
    "shared_feed_forward": Rule(_DIMENSION_WANTED, _whole(1, _DIMENSION), required=False),
    "dense_layers": Rule("a whole number from 1", _whole(1, _LAYERS), required=False),
    "dense_feed_forward": Rule(_DIMENSION_WANTED, _whole(1, _DIMENSION), required=False),
    "attention_layers": Rule(_LAYERS_WANTED, _list_of(_whole(0, _LAYERS - 1)), required=False),
    "feed_forward_layers": Rule(_LAYERS_WANTED, _list_of(_whole(0, _LAYERS - 1)), required=False),
    "recurrent_state": Rule("a whole number of elements", _whole(1, _COUNT), required=False),
    "state_space": Rule(
        "a table like { kernel = 4, inner = 4096, state = 128, groups = 1, step_rank = 64 }",
        _table(("kernel", "inner", "state", "step_rank"), "groups"),
        required=False,
    ),
    "latent": Rule(
        "a table like { kv_rank = 512, rope = 64, nope = 128, value = 128 }",
        _table(("kv_rank", "rope", "nope", "value"), "q_rank"),
        required=False,
    ),
}
"""The rule of every key, in the order of models.toml."""

KEYS = tuple(RULES)
"""Every key an entry may have."""
