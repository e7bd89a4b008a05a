"""Keys of an entry of the catalogue, and the values that each may have."""

import re
from collections.abc import Callable
from typing import cast

import msgspec

from tui.models.architectures import ARCHITECTURES
from tui.models.model import USES
from tui.models.quantizations import QUANTS
from tui.sentences import Reason, reason
from tui.settings.settings import SAMPLING_KEYS


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


def _tables(fits: Callable[[dict[str, object]], bool]) -> Callable[[object], bool]:
    def check(value: object) -> bool:
        if not isinstance(value, list) or not value:
            return False
        return all(
            isinstance(item, dict) and fits(cast(dict[str, object], item))
            for item in cast(list[object], value)
        )

    return check


def _sampling(table: dict[str, object]) -> bool:
    """Return True for a source, whether it is for thinking, and values that the engine takes."""
    values = {key: value for key, value in table.items() if key not in ("source", "thinking")}
    return (
        _text(_LINE_OF_TEXT)(table.get("source"))
        and isinstance(table.get("thinking", True), bool)
        and bool(values)
        and all(key in RECOMMENDABLE and _in_range(key, value) for key, value in values.items())
    )


def _in_range(key: str, value: object) -> bool:
    low, high, is_integer = SAMPLING_KEYS[key]
    if isinstance(value, bool) or not isinstance(value, int if is_integer else int | float):
        return False
    return low <= value <= high


def _repository(table: dict[str, object]) -> bool:
    return (
        set(table) <= {"repository", "files", "quants"}
        and _text(_REPOSITORY)(table.get("repository"))
        and _text(_FILES)(table.get("files", "{quant}.gguf"))
        and _list_of(_one_of(QUANTS))(table.get("quants"))
    )


RECOMMENDABLE = tuple(key for key in SAMPLING_KEYS if key not in ("seed", "max_tokens"))
"""Sampling settings that makers recommend."""
_LAYERS = 512
"""LLAMA_MAX_LAYERS: with more the engine aborts."""
_DIMENSION = 1 << 24
_EXPERTS = 1024
"""LLAMA_MAX_EXPERTS."""
_COUNT = 10**13
_THINKING = ("no", "yes", "both")
_LINE_OF_TEXT = r"\S|\S.*\S"
_DATE = r"\d{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?"
_LANGUAGE = r"[a-z]{2,3}(-[A-Za-z]{2,4})?"
_REPOSITORY = r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*"
_FILES = r"(?!.*\.\.)[\w.+-]*\{quant\}[\w.+-]*\.gguf"


def _line(*, required: bool = True) -> Rule:
    return Rule(reason("models.expect_line"), _text(_LINE_OF_TEXT), required)


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
    "released": Rule(reason("models.expect_date"), _text(_DATE), required=False),
    "use": _line(),
    "uses": Rule(
        reason("models.expect_names_of", names=", ".join(USES)), _list_of(_one_of(USES)), required=False
    ),
    "languages": Rule(reason("models.expect_languages"), _list_of(_text(_LANGUAGE)), required=False),
    "chosen_for": Rule(reason("models.expect_languages"), _list_of(_text(_LANGUAGE)), required=False),
    "thinking": Rule(
        reason("models.expect_one_of", names=", ".join(_THINKING)), _one_of(_THINKING), required=False
    ),
    "tools": Rule(reason("models.expect_bool"), lambda value: isinstance(value, bool), required=False),
    "superseded_by": _line(required=False),
    "sampling": Rule(
        reason("models.expect_sampling", names=", ".join(RECOMMENDABLE)), _tables(_sampling), required=False
    ),
    "repository": Rule(reason("models.expect_repository"), _text(_REPOSITORY)),
    "files": Rule(reason("models.expect_files"), _text(_FILES), required=False),
    "quants": Rule(reason("models.expect_names_of", names=", ".join(QUANTS)), _list_of(_one_of(QUANTS))),
    "default_quant": Rule(reason("models.expect_one_quant"), _one_of(QUANTS)),
    "other_repositories": Rule(
        reason("models.expect_repositories", names=", ".join(QUANTS)), _tables(_repository), required=False
    ),
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
    "full_key_length": _dimension(required=False),
    "full_kv_heads": _dimension(required=False),
    "values_from_keys": Rule(
        reason("models.expect_bool"), lambda value: isinstance(value, bool), required=False
    ),
    "shared_cache_layers": _from(1, _LAYERS),
    "shared_cache_feed_forward": _dimension(required=False),
    "layer_input": _dimension(required=False),
    "tied": Rule(reason("models.expect_bool"), lambda value: isinstance(value, bool), required=False),
    "window": _tokens(required=False),
    "window_pattern": _from(2, _LAYERS),
    "experts": _range(2, _EXPERTS, required=False),
    "experts_used": _from(1, _DIMENSION),
    "shared_feed_forward": _dimension(required=False),
    "dense_layers": _from(1, _LAYERS),
    "dense_feed_forward": _dimension(required=False),
    "expert_width": _dimension(required=False),
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
