"""One shape of each kind of model that the rules of quantization tell apart."""

import msgspec

from tui.models.model import Latent, Shape, StateSpace


def make(architecture, layers, width, inner, heads, kv_heads, key_length, vocabulary, **more) -> Shape:
    kv = kv_heads if isinstance(kv_heads, tuple) else (kv_heads,) * layers
    if "sliding_layers" in more:
        more["sliding_layers"] = more["sliding_layers"][:layers]
    return Shape(
        architecture, layers, width, inner, heads, kv, key_length, key_length, vocabulary, 4096, **more
    )


def make_latent(latent: Latent, layers: int, **more) -> Shape:
    width = latent.kv_rank + latent.rope
    shape = make("deepseek2", layers, 2048, 1536, 20, 1, width, 50000, latent=latent, mla_cache_width=width)
    return msgspec.structs.replace(
        shape, value_length=latent.kv_rank, shared_feed_forward=3072, dense_feed_forward=10240, **more
    )


def every(heads: int, period: int, layers: int) -> tuple[int, ...]:
    """K/V heads in the last of each group of layers."""
    return tuple(0 if (layer + 1) % period else heads for layer in range(layers))


MAMBA2 = StateSpace(4, 2048, 128, 32, 2)
DELTA_NET = StateSpace(4, 2048, 128, 16, 8)
SHARED = {"experts": 16, "experts_used": 2, "shared_feed_forward": 1024}
EVERY_FIFTH = {"sliding_window": 512, "sliding_layers": (True, True, True, True, False) * 2}
"""A window in all but every fifth of ten layers."""
LLAMA_1B = make("llama", 16, 2048, 8192, 32, 8, 64, 128256, tied_embeddings=True)
LLAMA_3B = make("llama", 28, 3072, 8192, 24, 8, 128, 128256, tied_embeddings=True)
LLAMA_70B = make("llama", 80, 8192, 28672, 64, 8, 128, 128256)
MIXTRAL = make("llama", 32, 4096, 14336, 32, 8, 128, 32000, experts=8, experts_used=2)
QWEN_MOE = make("qwen3moe", 48, 2048, 768, 32, 4, 128, 151936, experts=128, experts_used=8)
SHAPES = {
    "dense, rows of whole blocks": LLAMA_1B,
    "dense, rows that are not": make("llama", 30, 576, 1536, 9, 3, 64, 49152, tied_embeddings=True),
    "70B": LLAMA_70B,
    "eight experts": MIXTRAL,
    "many experts": QWEN_MOE,
    "biased": make("qwen2", 28, 3584, 18944, 28, 4, 128, 152064),
    "fused": make("phi3", 32, 3072, 8192, 24, 8, 128, 200064, tied_embeddings=True),
    "gemma": make("gemma3", 26, 1152, 6912, 4, 1, 256, 262144, tied_embeddings=True, sliding_window=512),
    "gemma 2": make("gemma2", 42, 3584, 14336, 16, 8, 256, 256000, tied_embeddings=True, sliding_window=4096),
    "gpt-oss": make(
        "gpt-oss", 24, 2880, 2880, 64, 8, 64, 201088, sliding_window=128, experts=32, experts_used=4
    ),
    "no grouped heads": make("olmo2", 32, 4096, 11008, 32, 32, 128, 100278),
    "odd vocabulary": make("granite", 40, 4096, 12800, 32, 8, 128, 49159, tied_embeddings=True),
    "convolutions": make(
        "lfm2",
        16,
        2048,
        8192,
        32,
        tuple(8 if layer in (2, 5, 8, 10, 12, 14) else 0 for layer in range(16)),
        64,
        65536,
        tied_embeddings=True,
        recurrent_state=4096,
    ),
    "latent attention, a dense layer, shared experts": make_latent(
        Latent(512, 64, 192, 256, 768), 47, experts=64, experts_used=4, dense_layers=1
    ),
    "latent attention of whole queries": make_latent(
        Latent(512, 64, 128, 128), 27, experts=64, experts_used=6, dense_layers=1
    ),
    "Mamba": make(
        "mamba", 24, 1024, 0, 0, 0, 0, 65024, state_space=StateSpace(4, 2048, 16, 64), recurrent_state=38912
    ),
    "Mamba 2": make(
        "mamba2",
        24,
        1024,
        0,
        0,
        0,
        0,
        65024,
        state_space=MAMBA2,
        recurrent_state=268288,
        tied_embeddings=True,
    ),
    "attention among Mamba 2": make(
        "granitehybrid",
        24,
        1024,
        2048,
        16,
        every(4, 6, 24),
        64,
        50000,
        state_space=MAMBA2,
        tied_embeddings=True,
    ),
    "attention beside Mamba 2": make("falcon-h1", 24, 1024, 2048, 8, 2, 128, 65537, state_space=MAMBA2),
    "one part a layer": make(
        "nemotron_h",
        24,
        1024,
        4096,
        16,
        every(4, 6, 24),
        128,
        65536,
        state_space=MAMBA2,
        feed_forward_only=tuple(range(1, 24, 2)),
    ),
    "one part a layer, with experts": make(
        "nemotron_h_moe",
        24,
        1024,
        1792,
        16,
        every(4, 6, 24),
        128,
        65536,
        state_space=MAMBA2,
        feed_forward_only=tuple(range(1, 24, 2)),
        experts=16,
        experts_used=2,
        shared_feed_forward=3584,
    ),
    "linear attention": make(
        "qwen35", 24, 1024, 3584, 8, every(2, 4, 24), 256, 50000, state_space=DELTA_NET, tied_embeddings=True
    ),
    "linear attention, with experts": make(
        "qwen35moe", 24, 1024, 512, 8, every(2, 4, 24), 256, 50000, state_space=DELTA_NET, **SHARED
    ),
    "linear attention, steps in one": make(
        "qwen3next", 24, 1024, 512, 8, every(2, 4, 24), 256, 50000, state_space=DELTA_NET, **SHARED
    ),
    "inputs to each layer": make(
        "gemma3n", 30, 2048, 8192, 8, 2, 256, 50000, sliding_window=512, tied_embeddings=True
    ),
    "a bias in the router": make(
        "glm4moe", 8, 1024, 512, 8, 2, 128, 50000, dense_layers=1, dense_feed_forward=2048, **SHARED
    ),
    "heads of two lengths, a shared cache, inputs to each layer": make(
        "gemma4",
        10,
        1024,
        2048,
        8,
        (1, 1, 1, 1, 2, 0, 0, 0, 0, 0),
        256,
        50000,
        tied_embeddings=True,
        full_key_length=512,
        layer_input=256,
        shared_cache_feed_forward=4096,
        **EVERY_FIFTH,
    ),
    "values from keys": make(
        "gemma4",
        10,
        1024,
        2048,
        8,
        (4, 4, 4, 4, 2) * 2,
        256,
        50000,
        tied_embeddings=True,
        full_key_length=512,
        values_from_keys=True,
        **EVERY_FIFTH,
    ),
    "values from keys, experts beside a dense network": make(
        "gemma4",
        10,
        1024,
        768,
        8,
        (4, 4, 4, 4, 2) * 2,
        256,
        50000,
        tied_embeddings=True,
        full_key_length=512,
        values_from_keys=True,
        **EVERY_FIFTH,
        **SHARED,
    ),
    "latent attention in every layer of experts": msgspec.structs.replace(
        make_latent(Latent(256, 64, 64, 128, 1024), 8, experts=16, experts_used=2),
        architecture="mistral4",
    ),
    "a network without a gate": make("apertus", 8, 1024, 4096, 8, 2, 128, 50000),
    "one norm a layer": make("cohere2", 8, 1024, 4096, 8, 2, 128, 50000, tied_embeddings=True, **EVERY_FIFTH),
    "one norm a layer, no window": make("command-r", 8, 1024, 4096, 8, 2, 128, 50000, tied_embeddings=True),
    "norms after the parts": make("exaone4", 8, 1024, 4096, 8, 2, 128, 50000),
    "biased, norms before and after": make("seed_oss", 8, 1024, 4096, 8, 2, 128, 50000),
    "Hunyuan": make("hunyuan-dense", 8, 1024, 4096, 8, 2, 128, 50000, tied_embeddings=True),
    "Hunyuan, with experts": make(
        "hunyuan-moe", 8, 1024, 512, 8, 2, 128, 50000, tied_embeddings=True, **SHARED
    ),
    "sees pictures": make("qwen3vl", 8, 1024, 4096, 8, 2, 128, 50000, tied_embeddings=True),
    "many experts, a window": make(
        "mellum", 8, 1024, 512, 8, 2, 128, 50000, experts=16, experts_used=2, **EVERY_FIFTH
    ),
    "a gate on the output": make("muse-glimmer", 8, 1024, 4096, 8, 2, 128, 50000, **EVERY_FIFTH),
    "a gate on the output, with experts": make(
        "afmoe",
        8,
        1024,
        512,
        8,
        2,
        128,
        50000,
        dense_layers=1,
        dense_feed_forward=2048,
        **EVERY_FIFTH,
        **SHARED,
    ),
    "one part a layer, with narrow experts": make(
        "nemotron_h_moe",
        24,
        1024,
        1792,
        16,
        every(4, 6, 24),
        128,
        65536,
        state_space=MAMBA2,
        feed_forward_only=tuple(range(1, 24, 2)),
        experts=16,
        experts_used=2,
        shared_feed_forward=3584,
        expert_width=512,
    ),
    "experts that are shared": make(
        "ernie4_5-moe", 8, 1024, 512, 8, 2, 128, 50000, dense_layers=1, dense_feed_forward=2048, **SHARED
    ),
    "convolutions, with experts": make(
        "lfm2moe",
        24,
        1024,
        512,
        16,
        every(8, 4, 24),
        64,
        50000,
        tied_embeddings=True,
        recurrent_state=2048,
        dense_layers=2,
        dense_feed_forward=2048,
        **SHARED,
    ),
}
