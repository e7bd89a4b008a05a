"""Footprints in closed form, from a shape, for machines without the engine and models to download."""

import functools

import msgspec

from tui.engine.footprint import Footprint
from tui.engine.options import KvType, LoadSettings
from tui.models.architectures import TRAITS, Traits
from tui.models.model import Shape
from tui.models.recurrent import recurrent_layers
from tui.units import MIB

_PLAIN = Traits()
"""Traits of an architecture that is not in the table."""

_CELL_STEP = 256
"""llama.cpp pads the context to this many cells."""

_BLOCKS: dict[KvType, tuple[int, int]] = {"f16": (1, 2), "q8_0": (32, 34), "q4_0": (32, 18)}
"""Elements and bytes per block of each cache type (ggml's type table)."""

_PADDED_STEPS = 16
"""Elements per token of the small tensors that every graph has: positions, rows to write, scales."""

PROCESS_BYTES = 50 * MIB
"""Bytes of a process without a model's buffers: Python, the binding, the engine's libraries and a context's
graph; measured on Linux."""

_TOKEN_BYTES, _BPE_TOKEN_BYTES, _MERGE_BYTES = 148, 145, 112
"""Resident bytes of a vocabulary per token, SentencePiece and byte-level BPE, and per merge of the latter.
Within 4 % of fifteen published vocabularies, 32k to 262k tokens."""
_BPE_TABLE_BYTES = 2_500_000
"""Bytes of the engine's tables of letters, which only BPE needs."""

_SENTENCEPIECE = frozenset({"ernie4_5-moe", "gemma", "gemma2", "gemma3", "gemma3n"})
_SENTENCEPIECE_MAX = 32_768
"""Vocabularies of up to this many tokens are SentencePiece ones, whatever the architecture."""
_MERGES = {128_256: 280_147, 131_072: 269_443, 151_552: 318_088, 154_880: 321_649, 201_088: 446_189}
"""Merges of the vocabularies that have many more of them than tokens, by tokens."""


class ContextTerms(msgspec.Struct, frozen=True):
    """Terms of the memory that grows with the context, for one shape and the settings without the context.

    With them a context costs a few multiplications; the longest that fits is searched among thousands.
    """

    full_cell: int
    """Bytes of a cell in all layers that see everything."""
    sliding_cell: int
    """Bytes of a cell in all layers that see only a window."""
    state: int
    """Bytes of all recurrent states."""
    window: int | None
    """Tokens of the window; None where its layers hold as many cells as the others."""
    batch: int
    step_elements: int
    fixed_elements: int
    output: int
    """Bytes of an output row with its buffers."""
    logits: int
    has_attention: bool
    has_window: bool
    flash_attention: bool
    score_heads: int
    """Heads whose scores are kept, without flash attention."""
    row_elements: int
    """Elements a token of the stream, Q, K and V beside the scores."""

    def kv_bytes(self, context: int) -> int:
        """Return the bytes of KV cache and recurrent state."""
        cells = self._window_cells(context)
        return self.state + _padded(context) * self.full_cell + cells * self.sliding_cell

    def compute_bytes(self, context: int) -> int:
        """Return the bytes of compute and output buffers."""
        batch = min(self.batch, context)
        cells = _padded(context)
        step = 4 * (batch * self.step_elements + self.fixed_elements)
        if not self.has_attention:
            # Neither mask nor scores.
            return max(self.output, step) + self.logits
        mask_cells = cells + (self._window_cells(context) if self.has_window else 0)
        mask = batch * mask_cells * (2 if self.flash_attention else 4)
        if not self.flash_attention:
            step = max(step, 4 * batch * (cells * self.score_heads + self.row_elements))
        return max(self.output, step + mask) + self.logits

    def _window_cells(self, context: int) -> int:
        cells = _padded(context)
        if self.window is None:
            return cells
        return min(cells, _padded(self.window + min(self.batch, context)))


def context_terms(shape: Shape, settings: LoadSettings) -> ContextTerms:
    """Return the terms of a shape for these settings, whose context does not count."""
    return _context_terms(
        shape, settings.kv_type, settings.batch, settings.flash_attention, settings.swa_full
    )


@functools.lru_cache(maxsize=16384)
def _context_terms(
    shape: Shape, kv_type: KvType, batch: int, flash_attention: bool, swa_full: bool
) -> ContextTerms:
    full, sliding = _cell_bytes(shape, kv_type)
    # The scores of all heads, the stream, Q, K and V.
    rows = shape.key_length * 2 * (shape.heads + max(shape.kv_heads, default=0))
    return ContextTerms(
        full_cell=full,
        sliding_cell=sliding,
        state=4 * shape.recurrent_state * recurrent_layers(shape),
        window=None if swa_full else shape.sliding_window,
        batch=batch,
        step_elements=_step_elements(shape),
        fixed_elements=_fixed_elements(shape),
        output=4 * shape.vocabulary + 8 * shape.embedding,
        logits=4 * shape.vocabulary,
        has_attention=any(shape.kv_heads),
        has_window=any(shape.sliding_layers),
        flash_attention=flash_attention,
        score_heads=shape.heads,
        row_elements=3 * shape.embedding + rows,
    )


def kv_bytes(shape: Shape, settings: LoadSettings) -> int:
    """Return the bytes of KV cache and recurrent state, exact to the byte against the engine.

    Per attention layer: cells × (a row of K + a row of V). A sliding-window layer holds the window and one
    micro-batch, unless `swa_full`. Latent attention keeps one K row. Recurrent layers keep a state of f32.
    """
    return context_terms(shape, settings).kv_bytes(settings.context)


def _cell_bytes(shape: Shape, kv_type: KvType) -> tuple[int, int]:
    """Return the bytes of one cell in all layers that see everything, and in all that see only a window."""
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
    """Return the bytes of compute and output buffers, as far as the engine's allocator has a closed form.

    With ub tokens in a micro-batch, the larger of the output row and the widest step of a layer, plus the
    attention mask; without flash attention, the attention scores dominate. Within 5 % of the engine on nine
    tenths of the catalogue.
    """
    return context_terms(shape, settings).compute_bytes(settings.context)


_PARTS = {"apertus": 1}
"""Copies of a feed-forward network's inner row where its activation works in place."""


def _step_elements(shape: Shape) -> int:
    """Return the elements per token that exist at once in the widest step of a layer."""
    traits = TRAITS.get(shape.architecture, _PLAIN)
    stream = _stream_elements(shape, traits)
    # Gate, up and their product, whose memory no later tensor can take.
    parts = _PARTS.get(shape.architecture, 2) if traits.feed_forward == "plain" else 3
    widest = parts * shape.dense_feed_forward + stream
    inner = max(shape.feed_forward * max(1, shape.experts_used), shape.shared_cache_feed_forward)
    outer = (shape.expert_width or shape.embedding) * shape.experts_used
    # The output of the experts is added, unless it fits into the memory of gate and up.
    whole_queries = shape.latent is not None and not shape.latent.q_rank
    beside = outer if whole_queries or outer > (parts - 1) * inner else 0
    if shape.expert_width:
        # The narrow input of the experts is made from the stream, and their outputs are widened again.
        widest = inner + outer + 5 * shape.embedding
    else:
        widest = max(widest, parts * inner + beside + stream)
    return max(widest, _recurrent_elements(shape, traits)) + _PADDED_STEPS


def _stream_elements(shape: Shape, traits: Traits) -> int:
    """Return the elements per token that a layer keeps during its feed-forward network: the stream, and Q."""
    if traits.per_layer_inputs:
        # Four streams at once.
        return 27 * shape.embedding // 2
    if traits.fused or traits.recurrent in ("delta_net", "short_convolution"):
        return 3 * shape.embedding
    if traits.single_part:
        return shape.embedding
    if traits.recurrent == "mamba2" and not traits.parallel:
        return 5 * shape.embedding
    head = shape.latent.nope + shape.latent.rope if shape.latent else _longest_head(shape)
    # Gemma 4 keeps the inputs of all layers to the end.
    inputs = shape.embedding + shape.layer_input * shape.layers if shape.layer_input else 0
    return 3 * shape.embedding + head * shape.heads + inputs


def _longest_head(shape: Shape) -> int:
    return shape.full_key_length or shape.key_length


def _recurrent_elements(shape: Shape, traits: Traits) -> int:
    """Return the elements per token of a recurrent layer: input, three convolutions, output."""
    space = shape.state_space
    if space is None or not shape.recurrent_state:
        return 0
    shared = 2 * space.groups * space.state
    convolution = space.inner + shared
    if traits.recurrent == "delta_net":
        return 3 * shape.embedding + 3 * convolution
    projected = 2 * space.inner + shared + (space.step_rank if traits.recurrent == "mamba2" else 0)
    elements = shape.embedding + projected + 3 * convolution + space.inner
    if traits.parallel:
        # Q, K and V of the attention at its side.
        elements += shape.key_length * (shape.heads + 2 * max(shape.kv_heads))
    return elements


def _fixed_elements(shape: Shape) -> int:
    """Return the elements of the graph that do not grow with the batch: a layer's state, two convolutions."""
    space = shape.state_space
    if space is None or not shape.recurrent_state:
        return 0
    convolution = max(0, space.kernel - 1) * (space.inner + 2 * space.groups * space.state)
    return space.state * space.inner + 2 * convolution


def vocabulary_bytes(shape: Shape) -> int:
    """Return the approximate bytes of a vocabulary in the engine's process: tokens and likely merges."""
    tokens = shape.vocabulary
    if shape.architecture in _SENTENCEPIECE or tokens <= _SENTENCEPIECE_MAX:
        return _TOKEN_BYTES * tokens
    return _BPE_TABLE_BYTES + _BPE_TOKEN_BYTES * tokens + _MERGE_BYTES * _MERGES.get(tokens, tokens)


def process_bytes(shape: Shape, settings: LoadSettings) -> int:
    """Return the bytes of the engine's process besides the model: libraries, vocabulary and work buffers.

    The work buffers are a micro-batch of the widest rows in 8 bits with scales, 12 bytes for each candidate
    token, and the large graph of a delta net.
    """
    inner = shape.state_space.inner if shape.state_space else 0
    experts = max(shape.feed_forward * max(1, shape.experts_used), shape.shared_cache_feed_forward)
    width = max(shape.embedding, shape.dense_feed_forward, experts, inner, _longest_head(shape) * shape.heads)
    batch = min(settings.batch, settings.context)
    scratch = batch * width * 292 // 256 + 12 * shape.vocabulary
    if TRAITS.get(shape.architecture, _PLAIN).recurrent == "delta_net":
        scratch += 7_400_000 + 26_000 * batch
    return PROCESS_BYTES + vocabulary_bytes(shape) + scratch


def footprint(shape: Shape, weights_bytes: int, settings: LoadSettings) -> Footprint:
    """Return the whole footprint, as in a single pool."""
    return Footprint(
        weights_bytes=weights_bytes,
        kv_bytes=kv_bytes(shape, settings),
        compute_bytes=compute_bytes(shape, settings),
        process_bytes=process_bytes(shape, settings),
        source="formula",
        vocabulary_bytes=vocabulary_bytes(shape),
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


def kv_bytes_by_layer(shape: Shape, settings: LoadSettings) -> tuple[int, ...]:
    """Return the bytes of each layer's KV cache or recurrent state; their sum is `kv_bytes`."""
    state = 4 * shape.recurrent_state
    everywhere = recurrent_layers(shape) == shape.layers
    cells = _padded(settings.context), _window_cells(shape, settings)
    layer_bytes: list[int] = []
    for layer, heads in enumerate(shape.kv_heads):
        if shape.mla_cache_width is not None:
            row = _row_bytes(settings.kv_type, shape.mla_cache_width) if heads else 0
        else:
            row = _row_bytes(settings.kv_type, shape.key_length * heads)
            row += _row_bytes(settings.kv_type, shape.value_length * heads)
        slides = bool(shape.sliding_layers) and shape.sliding_layers[layer]
        has_state = everywhere or (heads == 0 and layer not in shape.feed_forward_only)
        layer_bytes.append(cells[slides] * row + state * has_state)
    return tuple(layer_bytes)
