"""A smaller type of the KV cache, as a step towards a better verdict."""

from typing import ClassVar

import msgspec

from tui.engine.options import KV_TYPES, KvType, LoadSettings
from tui.fit.changes.step import Setup
from tui.i18n import _
from tui.models.model import Model

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

    def describe(self) -> str:
        """Name the type: `KV cache q8_0`."""
        return _("KV cache {type}").format(type=self.kv_type)

    def describe_briefly(self) -> str:
        """Name the type: `KV q8_0`."""
        return _("KV {type}").format(type=self.kv_type)

    def cost(self) -> tuple[str, ...]:
        """Say how much of the cache's accuracy is lost."""
        if self.kv_type == "q8_0":
            return (_("The model's memory of the text is kept in 8 bits a number: hardly any loss."),)
        return (_("The model's memory of the text is kept in 4 bits a number: long texts suffer first."),)


def smaller_kv_types(model: Model, settings: LoadSettings) -> tuple[KvType, ...]:
    """Return the KV types that take less, the largest first; none where a head is not whole blocks."""
    shape = model.shape
    if shape is not None and (shape.key_length % _KV_BLOCK or shape.value_length % _KV_BLOCK):
        return ()
    return KV_TYPES[KV_TYPES.index(settings.kv_type) + 1 :]
