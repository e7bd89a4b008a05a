"""Tiny models of several architectures with random weights, so that every token depends on its past."""

from collections.abc import Mapping
from pathlib import Path

import numpy

from tests.gguf_files import Tensor, Typed, header_bytes, llama_metadata, llama_tensors

BYTE_TOKENS = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
VOCABULARY = len(BYTE_TOKENS)

BYTE_TOKENIZER: dict[str, object] = {
    "tokenizer.ggml.model": "llama",
    "tokenizer.ggml.tokens": BYTE_TOKENS,
    "tokenizer.ggml.scores": Typed("float32", [0.0] * VOCABULARY),
    "tokenizer.ggml.token_type": Typed("int32", [2, 3, 3, *[6] * 256]),
    "tokenizer.ggml.bos_token_id": 1,
    "tokenizer.ggml.eos_token_id": 2,
    "tokenizer.ggml.unknown_token_id": 0,
    "tokenizer.ggml.add_space_prefix": False,
}


def write_random(
    path: Path, metadata: Mapping[str, object], tensors: list[Tensor], *, seed: int = 1, spread: float = 0.2
) -> Path:
    """A whole file with a byte tokenizer: norms are ones, all other weights are drawn with `spread`."""
    draw = numpy.random.default_rng(seed)
    keys = {key: value for key, value in metadata.items() if not key.endswith("vocab_size")} | BYTE_TOKENIZER
    with path.open("wb") as file:
        file.write(header_bytes(keys, tensors))
        for tensor in tensors:
            count = int(numpy.prod(tensor.dims))
            if "norm" in tensor.name:
                values = numpy.ones(count)
            elif tensor.name.endswith("ssm_a"):
                values = -numpy.ones(count)
            else:
                values = draw.normal(0.0, spread, count)
            data = values.astype("<f2" if tensor.type == "F16" else "<f4").tobytes()
            file.write(data + b"\x00" * (-len(data) % 32))
    return path


def random_llama(path: Path, *, metadata: Mapping[str, object] = {}, seed: int = 1, **sizes: int) -> Path:
    """A dense model; `metadata` adds keys, such as a chat template."""
    sizes = {"vocabulary": VOCABULARY, "embedding": 128, **sizes}
    shape = {key: value for key, value in sizes.items() if key != "context"}
    keys = llama_metadata(**{"context": 4096, **sizes}) | dict(metadata)
    return write_random(path, keys, llama_tensors(**shape), seed=seed)


def gemma3_parts(
    *,
    layers: int = 6,
    embedding: int = 64,
    heads: int = 4,
    kv_heads: int = 1,
    key: int = 32,
    window: int = 32,
    vocabulary: int = VOCABULARY,
    context: int = 4096,
) -> tuple[dict[str, object], list[Tensor]]:
    """Keys and tensors of a model whose layers but every sixth see a sliding window only."""
    metadata: dict[str, object] = {
        "general.architecture": "gemma3",
        "gemma3.block_count": layers,
        "gemma3.context_length": context,
        "gemma3.embedding_length": embedding,
        "gemma3.feed_forward_length": 2 * embedding,
        "gemma3.attention.head_count": heads,
        "gemma3.attention.head_count_kv": kv_heads,
        "gemma3.attention.key_length": key,
        "gemma3.attention.value_length": key,
        "gemma3.attention.sliding_window": window,
        "gemma3.attention.layer_norm_rms_epsilon": 1e-6,
        "gemma3.vocab_size": vocabulary,
        "tokenizer.ggml.model": "none",
    }
    tensors = [
        Tensor("token_embd.weight", (embedding, vocabulary), "F16"),
        Tensor("output_norm.weight", (embedding,)),
    ]
    for layer in range(layers):
        name = f"blk.{layer}."
        tensors += [
            Tensor(name + "attn_norm.weight", (embedding,)),
            Tensor(name + "attn_q.weight", (embedding, key * heads), "F16"),
            Tensor(name + "attn_k.weight", (embedding, key * kv_heads), "F16"),
            Tensor(name + "attn_v.weight", (embedding, key * kv_heads), "F16"),
            Tensor(name + "attn_output.weight", (key * heads, embedding), "F16"),
            Tensor(name + "attn_q_norm.weight", (key,)),
            Tensor(name + "attn_k_norm.weight", (key,)),
            Tensor(name + "post_attention_norm.weight", (embedding,)),
            Tensor(name + "ffn_norm.weight", (embedding,)),
            Tensor(name + "ffn_gate.weight", (embedding, 2 * embedding), "F16"),
            Tensor(name + "ffn_up.weight", (embedding, 2 * embedding), "F16"),
            Tensor(name + "ffn_down.weight", (2 * embedding, embedding), "F16"),
            Tensor(name + "post_ffw_norm.weight", (embedding,)),
        ]
    return metadata, tensors


def olmoe_parts(
    *,
    layers: int = 3,
    embedding: int = 128,
    heads: int = 4,
    experts: int = 8,
    used: int = 2,
    width: int = 96,
    vocabulary: int = VOCABULARY,
    context: int = 4096,
) -> tuple[dict[str, object], list[Tensor]]:
    """Keys and tensors of a mixture of experts."""
    metadata: dict[str, object] = {
        "general.architecture": "olmoe",
        "olmoe.block_count": layers,
        "olmoe.context_length": context,
        "olmoe.embedding_length": embedding,
        "olmoe.feed_forward_length": width,
        "olmoe.attention.head_count": heads,
        "olmoe.attention.head_count_kv": heads,
        "olmoe.attention.layer_norm_rms_epsilon": 1e-5,
        "olmoe.expert_count": experts,
        "olmoe.expert_used_count": used,
        "olmoe.vocab_size": vocabulary,
        "tokenizer.ggml.model": "none",
    }
    tensors = [
        Tensor("token_embd.weight", (embedding, vocabulary), "F16"),
        Tensor("output_norm.weight", (embedding,)),
        Tensor("output.weight", (embedding, vocabulary), "F16"),
    ]
    for layer in range(layers):
        name = f"blk.{layer}."
        tensors += [
            Tensor(name + "attn_norm.weight", (embedding,)),
            *(Tensor(f"{name}attn_{part}.weight", (embedding, embedding), "F16") for part in "qkv"),
            Tensor(name + "attn_output.weight", (embedding, embedding), "F16"),
            Tensor(name + "attn_q_norm.weight", (embedding,)),
            Tensor(name + "attn_k_norm.weight", (embedding,)),
            Tensor(name + "ffn_norm.weight", (embedding,)),
            Tensor(name + "ffn_gate_inp.weight", (embedding, experts), "F16"),
            Tensor(name + "ffn_gate_exps.weight", (embedding, width, experts), "F16"),
            Tensor(name + "ffn_up_exps.weight", (embedding, width, experts), "F16"),
            Tensor(name + "ffn_down_exps.weight", (width, embedding, experts), "F16"),
        ]
    return metadata, tensors


def mamba_parts(
    *, layers: int = 3, embedding: int = 64, state: int = 16, rank: int = 4, vocabulary: int = VOCABULARY
) -> tuple[dict[str, object], list[Tensor]]:
    """Keys and tensors of a recurrent model, which holds a state and no KV cache."""
    inner = 2 * embedding
    metadata: dict[str, object] = {
        "general.architecture": "mamba",
        "mamba.block_count": layers,
        "mamba.context_length": 4096,
        "mamba.embedding_length": embedding,
        "mamba.feed_forward_length": 0,
        "mamba.attention.head_count": 0,
        "mamba.attention.layer_norm_rms_epsilon": 1e-5,
        "mamba.ssm.conv_kernel": 4,
        "mamba.ssm.inner_size": inner,
        "mamba.ssm.state_size": state,
        "mamba.ssm.time_step_rank": rank,
        "mamba.vocab_size": vocabulary,
        "tokenizer.ggml.model": "none",
    }
    tensors = [
        Tensor("token_embd.weight", (embedding, vocabulary), "F16"),
        Tensor("output_norm.weight", (embedding,)),
    ]
    for layer in range(layers):
        name = f"blk.{layer}."
        tensors += [
            Tensor(name + "attn_norm.weight", (embedding,)),
            Tensor(name + "ssm_in.weight", (embedding, 2 * inner), "F16"),
            Tensor(name + "ssm_conv1d.weight", (4, inner)),
            Tensor(name + "ssm_conv1d.bias", (inner,)),
            Tensor(name + "ssm_x.weight", (inner, rank + 2 * state), "F16"),
            Tensor(name + "ssm_dt.weight", (rank, inner), "F16"),
            Tensor(name + "ssm_dt.bias", (inner,)),
            Tensor(name + "ssm_a", (state, inner)),
            Tensor(name + "ssm_d", (inner,)),
            Tensor(name + "ssm_out.weight", (inner, embedding), "F16"),
        ]
    return metadata, tensors


def lfm2_parts(
    *, layers: int = 4, embedding: int = 128, heads: int = 4, vocabulary: int = VOCABULARY
) -> tuple[dict[str, object], list[Tensor]]:
    """Keys and tensors of a hybrid: attention in every second layer, a short convolution in the others."""
    kv_heads = [0 if layer % 2 == 0 else 2 for layer in range(layers)]
    head = embedding // heads
    metadata: dict[str, object] = {
        "general.architecture": "lfm2",
        "lfm2.block_count": layers,
        "lfm2.context_length": 4096,
        "lfm2.embedding_length": embedding,
        "lfm2.feed_forward_length": 2 * embedding,
        "lfm2.attention.head_count": heads,
        "lfm2.attention.head_count_kv": Typed("int32", kv_heads),
        "lfm2.attention.layer_norm_rms_epsilon": 1e-5,
        "lfm2.shortconv.l_cache": 3,
        "lfm2.vocab_size": vocabulary,
        "tokenizer.ggml.model": "none",
    }
    tensors = [
        Tensor("token_embd.weight", (embedding, vocabulary), "F16"),
        Tensor("token_embd_norm.weight", (embedding,)),
    ]
    for layer, kv in enumerate(kv_heads):
        name = f"blk.{layer}."
        tensors += [
            Tensor(name + "attn_norm.weight", (embedding,)),
            Tensor(name + "ffn_norm.weight", (embedding,)),
            Tensor(name + "ffn_gate.weight", (embedding, 2 * embedding), "F16"),
            Tensor(name + "ffn_up.weight", (embedding, 2 * embedding), "F16"),
            Tensor(name + "ffn_down.weight", (2 * embedding, embedding), "F16"),
        ]
        if kv:
            tensors += [
                Tensor(name + "attn_q.weight", (embedding, embedding), "F16"),
                Tensor(name + "attn_k.weight", (embedding, head * kv), "F16"),
                Tensor(name + "attn_v.weight", (embedding, head * kv), "F16"),
                Tensor(name + "attn_output.weight", (embedding, embedding), "F16"),
                Tensor(name + "attn_q_norm.weight", (head,)),
                Tensor(name + "attn_k_norm.weight", (head,)),
            ]
        else:
            tensors += [
                Tensor(name + "shortconv.conv.weight", (3, embedding)),
                Tensor(name + "shortconv.in_proj.weight", (embedding, 3 * embedding), "F16"),
                Tensor(name + "shortconv.out_proj.weight", (embedding, embedding), "F16"),
            ]
    return metadata, tensors
