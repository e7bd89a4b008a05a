"""One shape of each kind of model that the rules of quantization tell apart."""

import msgspec

from tui.models.model import Latent, Shape, StateSpace


def make(architecture, layers, width, inner, heads, kv_heads, key_length, vocabulary, **more) -> Shape:
    kv = kv_heads if isinstance(kv_heads, tuple) else (kv_heads,) * layers
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
