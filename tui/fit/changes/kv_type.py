"""A smaller type of the KV cache, as a step towards a better verdict."""

from typing import ClassVar

import msgspec

from tui.engine.options import KV_TYPES, KvType, LoadSettings
from tui.fit.changes.step import Setup
from tui.models.model import Model
from tui.sentences import Reason, reason

_KV_BLOCK = 32
"""Elements of a block of the cache's smaller types (ggml's type table): a head must be whole blocks."""


class SmallerKvType(msgspec.Struct, frozen=True):
    """Keep the KV cache in fewer bits a number."""

    kind: ClassVar[str] = "kv_type"
    changes_settings: ClassVar[bool] = True
    gain_is_rough: ClassVar[bool] = False

    kv_type: KvType

    def apply(self, setup: Setup) -> Setup:
        """Return the setup with this type of the KV cache."""
        settings = msgspec.structs.replace(setup.settings, kv_type=self.kv_type)
        return msgspec.structs.replace(setup, settings=settings)

    def describe(self) -> Reason:
        """Name the type: `KV cache q8_0`."""
        return reason("fit.change_kv_type", type=self.kv_type)

    def describe_briefly(self) -> Reason:
        """Name the type: `KV q8_0`."""
        return reason("fit.change_kv_type_brief", type=self.kv_type)

    def cost(self) -> tuple[Reason, ...]:
        """Say how much of the cache's accuracy is lost."""
        return (reason("fit.kv_in_eight_bits" if self.kv_type == "q8_0" else "fit.kv_in_four_bits"),)


def smaller_kv_types(model: Model, settings: LoadSettings) -> tuple[KvType, ...]:
    """Return the KV types that take less, the largest first; none where a head is not whole blocks."""
    shape = model.shape
    if shape is not None and (shape.key_length % _KV_BLOCK or shape.value_length % _KV_BLOCK):
        return ()
    return KV_TYPES[KV_TYPES.index(settings.kv_type) + 1 :]
