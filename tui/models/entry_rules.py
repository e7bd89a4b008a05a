"""What an entry of the catalogue must hold, and how each mistake in one is told."""

import difflib
from typing import cast

import msgspec

from tui.models.entry_keys import KEYS, RULES
from tui.models.model import CatalogueEntry, Shape
from tui.models.quantize import QUANTS
from tui.models.tensors import active_parameters, parameters
from tui.models.toml_entries import RawEntry

TOLERANCE = 0.005
"""How far the parameters counted from the shape may be from the published number."""


class Fault(msgspec.Struct, frozen=True):
    """One mistake in an entry."""

    line: int
    key: str
    found: str
    """What stands there, as written; `nothing` for a missing key."""
    expected: str


_SHOWN_WHOLE = 10**20

_PAIRS = (
    ("window", "window_pattern"),
    ("experts", "experts_used"),
    ("attention_layers", "recurrent_state"),
)
"""Keys that mean nothing without each other."""


def check_entry(raw: RawEntry) -> CatalogueEntry | tuple[Fault, ...]:
    """The entry that stands there, or everything that is wrong with it."""
    faults = (
        _unknown_keys(raw) + _missing_keys(raw) + _wrong_values(raw)
        or _wrong_together(raw)
        or _miscounted(raw)
    )
    return tuple(faults) or _entry(raw)


def shown(value: object) -> str:
    """A value as the file has it, short and without control characters."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and abs(value) > _SHOWN_WHOLE:
        # Python refuses to write out thousands of digits.
        return "a number too large"
    text = f'"{value}"' if isinstance(value, str) and value.isprintable() else ascii(value)
    return text if len(text) <= 60 else f"{text[:59]}…"


def shown_key(key: str) -> str:
    """A key on one line, without control characters."""
    return key if key.isprintable() and len(key) <= 60 else shown(key)


def _unknown_keys(raw: RawEntry) -> list[Fault]:
    faults: list[Fault] = []
    for key in raw.values:
        if key in RULES:
            continue
        close = difflib.get_close_matches(key, KEYS, 1)
        expected = f"{close[0]}, perhaps" if close else f"one of {', '.join(KEYS)}"
        faults.append(Fault(raw.key_lines.get(key, raw.line), shown_key(key), "an unknown key", expected))
    return faults


def _missing_keys(raw: RawEntry) -> list[Fault]:
    return [
        Fault(raw.line, key, "nothing", rule.expected)
        for key, rule in RULES.items()
        if rule.required and key not in raw.values
    ]


def _wrong_values(raw: RawEntry) -> list[Fault]:
    return [
        Fault(raw.key_lines.get(key, raw.line), key, shown(value), RULES[key].expected)
        for key, value in raw.values.items()
        if key in RULES and not RULES[key].fits(value)
    ]


def _wrong_together(raw: RawEntry) -> list[Fault]:
    """What is right by itself and wrong beside the rest."""
    faults: list[Fault] = []

    def object_to(key: str, expected: str) -> None:
        found = shown(raw.values[key]) if key in raw.values else "nothing"
        faults.append(Fault(raw.key_lines.get(key, raw.line), key, found, expected))

    for one, other in _PAIRS:
        for key, beside in ((one, other), (other, one)):
            if beside in raw.values and key not in raw.values:
                object_to(key, f"{RULES[key].expected}, since {beside} is given")
    if _number(raw, "heads") % _number(raw, "kv_heads"):
        object_to("kv_heads", f"a divisor of heads ({_number(raw, 'heads')})")
    if raw.values["default_quant"] not in cast(list[str], raw.values["quants"]):
        object_to("default_quant", f"one of its quants: {', '.join(cast(list[str], raw.values['quants']))}")
    if _number(raw, "experts_used") > _number(raw, "experts"):
        object_to("experts_used", f"at most experts ({_number(raw, 'experts')})")
    attention = cast(list[int], raw.values.get("attention_layers", []))
    if attention and max(attention) >= _number(raw, "layers"):
        object_to("attention_layers", f"layers from 0 to {_number(raw, 'layers') - 1}")
    if raw.values["architecture"] in ("gpt-oss", "qwen3moe", "olmoe") and "experts" not in raw.values:
        object_to("experts", f"{RULES['experts'].expected}: the architecture is made of experts")
    if raw.values["architecture"] == "lfm2" and "recurrent_state" not in raw.values:
        object_to("attention_layers", "the layers with attention: most of this architecture have none")
    return faults


def _miscounted(raw: RawEntry) -> list[Fault]:
    """A shape whose parameters don't come out at the published number has a wrong dimension in it."""
    published = _number(raw, "parameters")
    counted = parameters(_shape(raw))
    if abs(counted - published) <= TOLERANCE * published:
        return []
    expected = f"about {counted:_}, the count from its shape: check every dimension, and tied"
    return [Fault(raw.key_lines.get("parameters", raw.line), "parameters", f"{published:_}", expected)]


def _number(raw: RawEntry, key: str) -> int:
    return cast(int, raw.values.get(key, 0))


def _shape(raw: RawEntry) -> Shape:
    layers = _number(raw, "layers")
    kv_heads = _number(raw, "kv_heads")
    attention = cast(list[int], raw.values.get("attention_layers", list(range(layers))))
    pattern = _number(raw, "window_pattern")
    shape = Shape(
        architecture=cast(str, raw.values["architecture"]),
        layers=layers,
        embedding=_number(raw, "embedding"),
        feed_forward=_number(raw, "feed_forward"),
        heads=_number(raw, "heads"),
        kv_heads=tuple(kv_heads if layer in attention else 0 for layer in range(layers)),
        key_length=_number(raw, "key_length"),
        value_length=_number(raw, "value_length") or _number(raw, "key_length"),
        vocabulary=_number(raw, "vocabulary"),
        context_length=_number(raw, "context"),
        tied_embeddings=bool(raw.values.get("tied", False)),
        sliding_window=_number(raw, "window") or None,
        # The last layer of each group sees everything, as in llama.cpp.
        sliding_layers=tuple(layer % pattern < pattern - 1 for layer in range(layers)) if pattern else (),
        experts=_number(raw, "experts"),
        experts_used=_number(raw, "experts_used"),
        recurrent_state=_number(raw, "recurrent_state"),
        parameters=_number(raw, "parameters"),
    )
    return msgspec.structs.replace(shape, active_parameters=active_parameters(shape))


def _entry(raw: RawEntry) -> CatalogueEntry:
    quants = cast(list[str], raw.values["quants"])
    return CatalogueEntry(
        name=cast(str, raw.values["name"]),
        publisher=cast(str, raw.values["publisher"]),
        license=cast(str, raw.values["license"]),
        released=cast(str, raw.values["released"]),
        use=cast(str, raw.values["use"]),
        languages=tuple(cast(list[str], raw.values["languages"])),
        shape=_shape(raw),
        quants=tuple(sorted(quants, key=QUANTS.index)),
        default_quant=cast(str, raw.values["default_quant"]),
        repository=cast(str, raw.values["repository"]),
    )
