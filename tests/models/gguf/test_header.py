"""Facts of a header, and the place that its error names."""

import pytest

from tui.models.gguf.header import GgufError, TensorInfo, padded
from tui.sentences import reason


@pytest.mark.parametrize(("count", "result"), [(0, 0), (1, 32), (32, 32), (33, 64)])
def test_a_count_is_rounded_up_to_the_alignment(count: int, result: int) -> None:
    assert padded(count, 32) == result


def test_a_tensor_counts_the_elements_of_all_its_dimensions() -> None:
    assert TensorInfo("a", (4, 3, 2), "F32", 0, 96).elements == 24
    assert TensorInfo("scalar", (), "F32", 0, 4).elements == 1


def test_the_offset_of_an_error_is_its_byte_and_zero_for_a_file_as_a_whole() -> None:
    assert GgufError(reason("models.header_cut_off", byte=24)).offset == 24
    assert GgufError(reason("models.empty_file")).offset == 0
