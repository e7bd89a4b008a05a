"""Keys of an entry of the catalogue, and the values that each may have."""

import re
from collections.abc import Callable
from typing import cast

import msgspec

from tui.models.architectures import ARCHITECTURES
from tui.models.quantizations import QUANTS
from tui.sentences import Reason, reason


class Rule(msgspec.Struct, frozen=True):
    """Rule for the value of one key."""

    expected: Reason
    """Its sentence follows the word `expected`."""
    fits: Callable[[object], bool]
    required: bool = True


def _integer(low: int, high: int) -> Callable[[object], bool]:
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
        allowed = {*required, optional}
        return set(required) <= set(items) <= allowed and all(map(_integer(1, _DIMENSION), items.values()))

    return check


_LAYERS = 512
"""LLAMA_MAX_LAYERS: with more the engine aborts."""
_DIMENSION = 1 << 24
_EXPERTS = 1024
"""LLAMA_MAX_EXPERTS."""
_COUNT = 10**13
_LINE_OF_TEXT = r"\S|\S.*\S"
_DATE = r"\d{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?"
_LANGUAGE = r"[a-z]{2,3}(-[A-Za-z]{2,4})?"
_REPOSITORY = r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*"


def _line() -> Rule:
    return Rule(reason("models.expect_line"), _text(_LINE_OF_TEXT))


def _range(least: int, largest: int, *, required: bool = True) -> Rule:
    return Rule(reason("models.expect_range", least=least, most=largest), _integer(least, largest), required)


def _dimension(*, required: bool = True) -> Rule:
    return _range(1, _DIMENSION, required=required)


def _from(least: int, largest: int) -> Rule:
    return Rule(reason("models.expect_from", least=least), _integer(least, largest), required=False)


def _tokens(*, required: bool = True) -> Rule:
    return Rule(reason("models.expect_tokens"), _integer(1, 1 << 31), required)


def _layer_numbers() -> Rule:
    return Rule(reason("models.expect_layers"), _list_of(_integer(0, _LAYERS - 1)), required=False)


RULES: dict[str, Rule] = {
    "name": _line(),
    "publisher": _line(),
    "license": _line(),
    "released": Rule(reason("models.expect_date"), _text(_DATE)),
    "use": _line(),
    "languages": Rule(reason("models.expect_languages"), _list_of(_text(_LANGUAGE))),
    "repository": Rule(reason("models.expect_repository"), _text(_REPOSITORY)),
    "quants": Rule(reason("models.expect_quants", names=", ".join(QUANTS)), _list_of(_one_of(QUANTS))),
    "default_quant": Rule(reason("models.expect_one_quant"), _one_of(QUANTS)),
    "parameters": Rule(reason("models.expect_parameters"), _integer(1, _COUNT)),
    "architecture": Rule(
        reason("models.expect_one_of", names=", ".join(ARCHITECTURES)), _one_of(ARCHITECTURES)
    ),
    "layers": _range(1, _LAYERS),
    "embedding": _dimension(),
    "feed_forward": _dimension(),
    "heads": _dimension(),
    "kv_heads": _dimension(),
    "key_length": _dimension(),
    "value_length": _dimension(required=False),
    "vocabulary": _dimension(),
    "context": _tokens(),
    "tied": Rule(reason("models.expect_bool"), lambda value: isinstance(value, bool), required=False),
    "window": _tokens(required=False),
    "window_pattern": _from(2, _LAYERS),
    "experts": _range(2, _EXPERTS, required=False),
    "experts_used": _from(1, _DIMENSION),
    "shared_feed_forward": _dimension(required=False),
    "dense_layers": _from(1, _LAYERS),
    "dense_feed_forward": _dimension(required=False),
    "attention_layers": _layer_numbers(),
    "feed_forward_layers": _layer_numbers(),
    "recurrent_state": Rule(reason("models.expect_elements"), _integer(1, _COUNT), required=False),
    "state_space": Rule(
        reason("models.expect_state_space"),
        _table(("kernel", "inner", "state", "step_rank"), "groups"),
        required=False,
    ),
    "latent": Rule(
        reason("models.expect_latent"), _table(("kv_rank", "rope", "nope", "value"), "q_rank"), required=False
    ),
}
"""The rule of every key, in the order of models.toml."""

KEYS = tuple(RULES)
"""Every key an entry may have."""
