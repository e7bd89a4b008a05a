"""Tensors that only Gemma 3n has."""

from tests.models.shapes import LLAMA_1B
from tui.models.tensors.gemma3n import layer_inputs, model_inputs


def test_the_embeddings_of_all_layers_are_one_table() -> None:
    dims = {tensor.name: tensor.dims for tensor in model_inputs(LLAMA_1B)}

    assert dims["per_layer_token_embd.weight"] == (256 * LLAMA_1B.layers, LLAMA_1B.vocabulary)
    assert dims["altup_proj.weight"] == (LLAMA_1B.embedding, LLAMA_1B.embedding, 3)


def test_each_layer_has_its_own_gate_and_low_rank_path() -> None:
    dims = {tensor.name: tensor.dims for tensor in layer_inputs(LLAMA_1B)}

    assert dims["inp_gate.weight"] == (LLAMA_1B.embedding, 256)
    assert dims["laurel_l.weight"][::-1] == dims["laurel_r.weight"]
