"""Typed look-ups in the metadata of a GGUF header."""

from collections.abc import Sequence

from tui.models.gguf.header import ArrayInfo, Header
from tui.sentences import ReasonedError, reason

_LARGEST = (1 << 32) - 1
_MOST_ELEMENTS = 1 << 40


class ShapeError(ReasonedError):
    """A header that does not hold what is needed to size the model; the reason names the key."""


def plausible(elements: int) -> int:
    """Return `elements`, the number of elements of one layer's cache or state, unless it is impossible.

    Raises:
        ShapeError: there are more than any machine could hold, so the header is not true.
    """
    if elements > _MOST_ELEMENTS:
        raise ShapeError(reason("models.impossible_layers"))
    return elements


class Keys:
    """Metadata of one model, with the keys of its architecture by their short names.

    `keys.number("block_count")` reads `llama.block_count` of a llama model.
    """

    def __init__(self, header: Header) -> None:
        self._metadata = header.metadata
        architecture = header.metadata.get("general.architecture")
        if not isinstance(architecture, str) or not architecture:
            raise ShapeError(reason("models.key_missing", key="general.architecture"))
        self.architecture = architecture
        """The value of `general.architecture`."""

    def full(self, key: str) -> str:
        """Return the key as it stands in the file."""
        return f"{self.architecture}.{key}"

    def numbers(self, key: str) -> Sequence[int] | int | None:
        """Return a whole number, or a list of them (one a layer), or None when the key is absent.

        Raises:
            ShapeError: the value is something else, or does not fit 32 bits as the engine wants it.
        """
        value = self._metadata.get(self.full(key))
        if value is None:
            return None
        items = value if isinstance(value, tuple) else (value,)
        integers = [int(item) for item in items if isinstance(item, int)]
        if len(integers) != len(items) or any(not 0 <= item <= _LARGEST for item in integers):
            raise ShapeError(reason("models.key_no_whole_number", key=self.full(key)))
        return integers if isinstance(value, tuple) else integers[0]

    def number(self, key: str, default: int | None = None) -> int:
        """Return a whole number; `default` when the key is absent.

        Raises:
            ShapeError: the key is absent and there is no default, or it is a list.
        """
        value = self.numbers(key)
        if value is None:
            if default is None:
                raise ShapeError(reason("models.key_missing", key=self.full(key)))
            return default
        if not isinstance(value, int):
            raise ShapeError(reason("models.key_is_list", key=self.full(key)))
        return value

    def per_layer(self, key: str, layers: int, default: int | None = None) -> list[int]:
        """Return one number a layer: the list as it stands, or a single number for every layer.

        Raises:
            ShapeError: as `number`, or the list has another length than there are layers.
        """
        value = self.numbers(key)
        if value is None or isinstance(value, int):
            return [self.number(key, default)] * layers
        if len(value) != layers:
            raise ShapeError(
                reason("models.key_list_length", key=self.full(key), count=len(value), layers=layers)
            )
        return list(value)

    def list_length(self, key: str) -> int | None:
        """Return the number of elements of a list, by its full key; None when it is absent or no list."""
        value = self._metadata.get(key)
        if isinstance(value, ArrayInfo):
            return value.count
        return len(value) if isinstance(value, tuple) else None
