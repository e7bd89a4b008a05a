"""Footprints in closed form, from a shape: for machines without the engine and models not on the disk."""

import functools

from tui.engine.protocol import Footprint, KvType, LoadSettings
from tui.models.model import Shape
from tui.models.recurrent import recurrent_layers
from tui.units import MIB

_CELL_STEP = 256
"""llama.cpp pads the context to this many cells."""

_BLOCKS: dict[KvType, tuple[int, int]] = {"f16": (1, 2), "q8_0": (32, 34), "q4_0": (32, 18)}
"""Elements and bytes of a block of each cache type (ggml's type table)."""

_SCAN_ROWS = 14
"""Embedding widths per token in a recurrent layer's graph: its input with the gate 4, and convolution, steps,
scan, output and gated output 2 each. Within 7 % of the engine on mamba."""

PROCESS_BYTES = 43 * MIB
"""Python, the binding and the engine's libraries in a process without a model, measured on Linux."""

_TOKEN_BYTES = 310
"""Resident bytes of a vocabulary per token: 18 MB at 49k, 40 at 128k, 47 at 152k, 59 at 200k, measured."""

_VOCABULARY_BYTES_MAX = 60_000_000
"""The largest vocabularies are SentencePiece ones, which take about half as much per token."""


def kv_bytes(shape: Shape, settings: LoadSettings) -> int:
    """KV cache and recurrent state, exact to the byte against the engine.

    Per attention layer: cells × (a row of K + a row of V). A sliding-window layer holds the window and one
    micro-batch, unless `swa_full`. Latent attention keeps one K row. Recurrent layers keep a state of f32.
    """
    full, sliding = _cell_bytes(shape, settings.kv_type)
    state = 4 * shape.recurrent_state * recurrent_layers(shape)
    return state + _padded(settings.context) * full + _window_cells(shape, settings) * sliding


@functools.lru_cache(maxsize=4096)
def _cell_bytes(shape: Shape, kv_type: KvType) -> tuple[int, int]:
    """Bytes that one cell takes in all layers that see everything, and in all that see a window only."""
    full = sliding = 0
    for layer, heads in enumerate(shape.kv_heads):
        if heads == 0:
            continue
        if shape.mla_cache_width is not None:
            row = _row_bytes(kv_type, shape.mla_cache_width)
        else:
            row = _row_bytes(kv_type, shape.key_length * heads)
            row += _row_bytes(kv_type, shape.value_length * heads)
        if shape.sliding_layers and shape.sliding_layers[layer]:
            sliding += row
        else:
            full += row
    return full, sliding


def compute_bytes(shape: Shape, settings: LoadSettings) -> int:
    """Compute and output buffers, about: what a graph allocator arrives at has no closed form.

    With ub tokens in a micro-batch, the larger of the output row and the widest feed-forward step, plus the
    attention mask; without flash attention, the attention scores dominate. Median error 3 %.
    """
    batch = min(settings.batch, settings.context)
    cells = _padded(settings.context)
    output = 4 * shape.vocabulary + 8 * shape.embedding
    width = shape.feed_forward * max(1, shape.experts_used)
    step = 4 * batch * (3 * width + 4 * shape.embedding)
    if not any(shape.kv_heads):
        # No attention, so neither mask nor scores; a scan of twice the embedding's width in their place.
        return max(output, step, 4 * batch * _SCAN_ROWS * shape.embedding) + 4 * shape.vocabulary
    mask = 2 * batch * (cells + (_window_cells(shape, settings) if any(shape.sliding_layers) else 0))
    if not settings.flash_attention:
        step += 4 * batch * cells * shape.heads
    return max(output, step + mask) + 4 * shape.vocabulary


def vocabulary_bytes(tokens: int) -> int:
    """What a vocabulary takes in the engine's process, about."""
    return min(_TOKEN_BYTES * tokens, _VOCABULARY_BYTES_MAX)


def process_bytes(shape: Shape) -> int:
    """What the engine's process holds besides the model: libraries and vocabulary."""
    return PROCESS_BYTES + vocabulary_bytes(shape.vocabulary)


def footprint(shape: Shape, weights_bytes: int, settings: LoadSettings) -> Footprint:
    """The whole footprint; everything is counted as one pool's."""
    return Footprint(
        weights_bytes=weights_bytes,
        kv_bytes=kv_bytes(shape, settings),
        compute_bytes=compute_bytes(shape, settings),
        process_bytes=process_bytes(shape),
        source="formula",
        vocabulary_bytes=vocabulary_bytes(shape.vocabulary),
    )


def _padded(tokens: int) -> int:
    return -(-tokens // _CELL_STEP) * _CELL_STEP


def _window_cells(shape: Shape, settings: LoadSettings) -> int:
    cells = _padded(settings.context)
    if shape.sliding_window is None or settings.swa_full:
        return cells
    batch = min(settings.batch, settings.context)
    return min(cells, _padded(shape.sliding_window + batch))


def _row_bytes(kv_type: KvType, elements: int) -> int:
    block, size = _BLOCKS[kv_type]
    return -(-elements // block) * size
