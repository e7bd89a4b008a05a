"""Tensors of known architectures, and their parameters."""

import pytest

from tests.models.shapes import LLAMA_1B, MIXTRAL
from tui.models.tensors.model_tensors import (
    active_parameters,
    parameters,
)


def test_parameters_that_work_on_a_token_leave_out_the_idle_experts() -> None:
    assert active_parameters(LLAMA_1B) is None
    assert parameters(MIXTRAL) == pytest.approx(46.7e9, rel=0.001)
    assert active_parameters(MIXTRAL) == pytest.approx(12.9e9, rel=0.005)
