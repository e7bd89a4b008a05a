"""Reasons as they are saved: each as a sentence for older programs, with its code and facts beside it."""

import json
from collections.abc import Callable, Mapping
from typing import Any, cast

import msgspec

from tui.chat.receipt import Energy, Receipt
from tui.chat.storage.lenient_decode import OnLeftOut, decode_json, decode_struct, log_left_out
from tui.chat.storage.text_codec import encode_text
from tui.sentences import Reason

Sentence = Callable[[Reason], str]
"""Finds the sentence of a reason, in the user's language."""

_ENERGY_KEYS = ("source", "reason")
_CODES = "codes"
"""Key of the reasons of an energy, by the keys of their sentences; older programs pass it over."""


def encode_interruption(
    interrupted: Reason | str | None, sentence: Sentence
) -> tuple[str | bytes | None, str | None]:
    """Return an interruption as SQLite takes it: its sentence, and its code and facts as JSON.

    The JSON has the sentence too: where an older program has written another sentence since, it is of no use.
    Words of an older version are only a sentence.
    """
    if not isinstance(interrupted, Reason):
        return interrupted and encode_text(interrupted), None
    text = sentence(interrupted)
    return encode_text(text), json.dumps({**_fields(interrupted), "sentence": text})


def decode_interruption(text: str | None, saved: str | None) -> Reason | str | None:
    """Return the interruption that `encode_interruption` encoded; words of an older version stay text."""
    fields = decode_json(saved)
    if text is not None and isinstance(fields, dict):
        fields = cast("dict[str, object]", fields)
        if fields.get("sentence") == text:
            return decode_struct(fields, Reason) or text
    if text is not None and text.startswith('{"code"'):
        # For some time, the code and the facts were in place of the sentence.
        return decode_struct(decode_json(text), Reason) or text
    return text


def receipt_fields(receipt: Receipt | None, sentence: Sentence) -> dict[str, Any] | None:
    """Return a receipt for JSON: sentences where it has reasons, and the reasons under a key beside them."""
    if receipt is None:
        return None
    fields: dict[str, Any] = msgspec.to_builtins(receipt)
    energy = receipt.energy
    reasons = {key: why for key in _ENERGY_KEYS if isinstance(why := _part(energy, key), Reason)}
    fields["energy"].update({key: sentence(why) for key, why in reasons.items()})
    if reasons:
        fields["energy"][_CODES] = {key: _fields(why) for key, why in reasons.items()}
    return fields


def encode_receipt(receipt: Receipt | None, sentence: Sentence) -> str | None:
    """Return a receipt as JSON text; None for None."""
    fields = receipt_fields(receipt, sentence)
    return None if fields is None else json.dumps(fields)


def decode_receipt(value: object, on_left_out: OnLeftOut = log_left_out) -> Receipt | None:
    """Return the receipt of a decoded JSON value; None for None, and where it cannot be one."""
    receipt = decode_struct(value, Receipt, on_left_out)
    if receipt is None or not isinstance(value, Mapping):
        return receipt
    codes = cast("Mapping[str, Any]", value)["energy"].get(_CODES)
    if not isinstance(codes, Mapping):
        return receipt
    codes = cast("Mapping[str, object]", codes)
    decoded = {key: decode_struct(codes.get(key), Reason) for key in _ENERGY_KEYS}
    reasons = {key: why for key, why in decoded.items() if why is not None}
    return msgspec.structs.replace(receipt, energy=msgspec.structs.replace(receipt.energy, **reasons))


def _part(energy: Energy, key: str) -> Reason | str | None:
    return energy.source if key == "source" else energy.reason


def _fields(why: Reason) -> dict[str, Any]:
    return msgspec.to_builtins(why)
