"""Buffers that the engine allocates while it works, outside its plan: converted rows, candidates, graphs."""

from tui.engine import llama

_CANDIDATE_BYTES = 12
"""Token, logit and probability of each candidate for the next token (`llama_token_data`)."""
_BLOCK_BYTES, _BLOCK = 292, 256
"""ggml's `block_q8_K`, to which a CPU converts activations before it multiplies them by quantized weights."""
_WIDE_GRAPHS = frozenset({"kimi-linear", "qwen35", "qwen35moe", "qwen3next"})
"""Architectures for which llama.cpp reserves 40 graph nodes per token of a batch."""
_GRAPH_BYTES, _GRAPH_TOKEN_BYTES = 7_400_000, 26_000
"""Size of the records of those nodes, measured on Linux."""


def unplanned_bytes(model: llama.LlamaModel, batch: int) -> int:
    """Estimate the bytes on the host: one micro-batch of the widest rows, and the candidates of one token."""
    architecture = model.metadata("general.architecture") or ""

    def number(key: str) -> int:
        text = model.metadata(f"{architecture}.{key}") or ""
        # A value with one number per layer is a list, and counts as 0 here.
        return int(text) if text.isdecimal() else 0

    used_experts = number("expert_used_count")
    width = max(
        number("embedding_length"),
        number("feed_forward_length"),
        number("expert_feed_forward_length") * used_experts,
        number("ssm.inner_size"),
        number("attention.head_count") * number("attention.key_length"),
    )
    graph = _GRAPH_BYTES + _GRAPH_TOKEN_BYTES * batch if architecture in _WIDE_GRAPHS else 0
    return batch * width * _BLOCK_BYTES // _BLOCK + _CANDIDATE_BYTES * model.vocabulary + graph
