"""Tensors before and after a type is chosen for them."""

import pytest

from tui.models.tensors.tensor import Tensor, TypedTensor


def test_elements_are_the_product_of_the_dimensions() -> None:
    assert Tensor("blk.0.attn_q.weight", (64, 32)).elements == 2048


@pytest.mark.parametrize(("type", "size"), [("F32", 8192), ("F16", 4096), ("Q8_0", 2176), ("Q4_K", 1152)])
def test_the_size_follows_from_the_blocks_of_the_type(type: str, size: int) -> None:
    assert TypedTensor("a", (256, 8), type).size_bytes == size
