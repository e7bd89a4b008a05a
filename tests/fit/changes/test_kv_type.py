"""A smaller type of the KV cache as a step."""

import msgspec
import pytest

from tests.fit.changes.judged_models import QWEN
from tests.reasons import sentence_of
from tui.engine.options import KvType, LoadSettings
from tui.fit.changes.kv_type import SmallerKvType, smaller_kv_types
from tui.fit.changes.step import Setup
from tui.models.listing import catalogue_model


def test_only_the_kv_type_of_the_settings_changes():
    setup = Setup(catalogue_model(QWEN), LoadSettings(context=2048))
    changed = SmallerKvType("q8_0").apply(setup)
    assert changed == Setup(catalogue_model(QWEN), LoadSettings(context=2048, kv_type="q8_0"))


@pytest.mark.parametrize(
    ("kv_type", "smaller"), [("f16", ("q8_0", "q4_0")), ("q8_0", ("q4_0",)), ("q4_0", ())]
)
def test_smaller_types_come_largest_first(kv_type: KvType, smaller: tuple[KvType, ...]):
    assert smaller_kv_types(catalogue_model(QWEN), LoadSettings(kv_type=kv_type)) == smaller


@pytest.mark.parametrize("head", [{"key_length": 80}, {"value_length": 80}])
def test_a_head_of_broken_blocks_has_no_smaller_type(head: dict[str, int]):
    model = catalogue_model(QWEN)
    assert model.shape is not None
    model = msgspec.structs.replace(model, shape=msgspec.structs.replace(model.shape, **head))
    assert smaller_kv_types(model, LoadSettings()) == ()
    # A head that nobody knows is taken for one of whole blocks.
    assert smaller_kv_types(msgspec.structs.replace(model, shape=None), LoadSettings()) == ("q8_0", "q4_0")


def test_the_type_is_named_with_its_loss():
    eight, four = SmallerKvType("q8_0"), SmallerKvType("q4_0")
    names = [sentence_of(name) for name in (eight.describe(), eight.describe_briefly())]
    assert names == ["KV cache q8_0", "KV q8_0"]
    (eight_bits,), (four_bits,) = eight.cost(), four.cost()
    assert "8 bits" in sentence_of(eight_bits)
    assert "4 bits" in sentence_of(four_bits)
